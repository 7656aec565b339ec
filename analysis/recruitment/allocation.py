"""How many persons to draw per stratum: proportional, optimal (Neyman), within limits, in whole persons."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_codes, as_floats, require_length
from analysis.errors import InputError

_ROUNDING = 1e-9


def allocate_proportionally(
    n: int, stratum_sizes: ArrayLike, *, at_least: ArrayLike = 0, at_most: ArrayLike | None = None
) -> IntArray:
    """Return (H,) numbers to draw, n_h proportional to N_h, adding up to `n`; see `allocate`."""
    sizes = _sizes(stratum_sizes)
    return allocate(n, sizes.astype(np.float64), at_least=at_least, at_most=sizes if at_most is None else at_most)


def allocate_optimally(
    n: int,
    stratum_sizes: ArrayLike,
    standard_deviations: ArrayLike,
    *,
    costs: ArrayLike | None = None,
    at_least: ArrayLike = 0,
) -> IntArray:
    """Return (H,) numbers to draw that give the total its smallest variance, n_h prop. to N_h S_h / sqrt(c_h).

    Parameters
    ----------
    n : int
        Persons to draw in all.
    stratum_sizes : (H,) integer array
        No stratum is drawn beyond its size.
    standard_deviations : (H,) array
        Of the variable that matters, within the stratum; for a share sqrt(p (1 - p)).
    costs : (H,) array
        Cost of one answer per stratum, such as 1 / expected response; default equal (Neyman's allocation).
    at_least : int or (H,) integer array
        Smallest number per stratum, such as 2, without which its variance cannot be estimated.

    Raises
    ------
    InputError
        As `allocate`.

    References
    ----------
    Neyman, J. (1934). Journal of the Royal Statistical Society 97, 558-625; Cochran, W. G. (1977). Sampling
    Techniques, 3rd ed. Wiley, section 5.5.
    """
    sizes = _sizes(stratum_sizes)
    spread = as_floats("standard_deviations", standard_deviations, 1)
    cost = np.ones(sizes.shape[0]) if costs is None else as_floats("costs", costs, 1)
    require_length("standard_deviations", spread, sizes.shape[0])
    require_length("costs", cost, sizes.shape[0])
    if not (np.isfinite(cost).all() and (cost > 0).all()):
        raise InputError("invalid_value", name="costs", value=cost.tolist(), reason="must be more than zero")
    return allocate(n, sizes * spread / np.sqrt(cost), at_least=at_least, at_most=sizes)


def allocate(n: int, measure: ArrayLike, *, at_least: ArrayLike = 0, at_most: ArrayLike) -> IntArray:
    """Return (H,) whole numbers in proportion to `measure`, within limits, adding up to exactly `n`.

    A stratum at its limit stays there and the rest shares what is left in proportion; then largest remainders,
    the first stratum first among equals.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, no_rows, invalid_value, allocation_infeasible.
    """
    as_codes("n", n, 0)
    share = as_floats("measure", measure, 1)
    if share.shape[0] == 0:
        raise InputError("no_rows", name="measure")
    if not (np.isfinite(share).all() and (share >= 0).all()):
        raise InputError("invalid_value", name="measure", value=share.tolist(), reason="must be zero or more")
    low, high = _limits("at_least", at_least, share.shape[0]), _limits("at_most", at_most, share.shape[0])
    if (low > high).any():
        raise InputError("invalid_value", name="at_least", value=low.tolist(), reason="more than at_most")
    reachable = int(np.where(share > 0, high, low).sum())
    if not low.sum() <= n <= reachable:
        raise InputError("allocation_infeasible", n=n, low=int(low.sum()), high=reachable)
    return largest_remainders(_proportional(n, share, low.astype(np.float64), high.astype(np.float64)), n)


def largest_remainders(exact: FloatArray, n: int) -> IntArray:
    """Round (H,) numbers that add up to `n` to whole numbers that do too: largest remainder (Hamilton)."""
    rounded: IntArray = np.floor(exact + _ROUNDING).astype(np.int64)
    order = np.argsort(-(exact - rounded), kind="stable")
    rounded[order[: n - int(rounded.sum())]] += 1
    return rounded


def _proportional(n: int, share: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Numbers clip(t * share, low, high) that add up to n; their sum rises piecewise linearly with t."""
    open_strata = share > 0
    if not open_strata.any():
        return low
    turns = np.unique(np.concatenate([limit[open_strata] / share[open_strata] for limit in (low, high)]))
    sums = np.array([np.clip(t * share, low, high).sum() for t in turns])
    # the sums start at the lower limits and end at the upper ones, so n lies between two turns
    t = np.interp(n, sums, turns)
    return np.asarray(np.clip(t * share, low, high), dtype=np.float64)


def _sizes(stratum_sizes: ArrayLike) -> IntArray:
    sizes = as_codes("stratum_sizes", stratum_sizes, 1)
    return _limits("stratum_sizes", sizes, sizes.shape[0])


def _limits(name: str, limits: ArrayLike, n_strata: int) -> IntArray:
    given = np.asarray(limits)
    values = as_codes(name, np.full(n_strata, given) if given.ndim == 0 else given, 1)
    require_length(name, values, n_strata)
    if (values < 0).any():
        raise InputError("invalid_value", name=name, value=values.tolist(), reason="must be zero or more")
    return values
