"""Making replicate weights: jackknife, balanced half-samples, the rescaled bootstrap, or weights from elsewhere."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import FloatArray, IntArray, as_floats, as_numbers, require_count, require_length
from analysis.errors import EstimationError, InputError
from analysis.estimation.design import Design, weighted_design
from analysis.estimation.hadamard import hadamard_matrix
from analysis.estimation.replicates import ReplicateMethod, Replicates, UnitFactors, rank_degrees_of_freedom

_LARGEST_MATRIX = 250_000_000


def jackknife(
    weights: ArrayLike, *, clusters: ArrayLike | None = None, sampling_fraction: float = 0.0, mse: bool = False
) -> Replicates:
    """Delete one sampling unit at a time from an unstratified sample (JK1).

    The others are multiplied by n/(n-1); scale (1 - f)(n - 1)/n.

    Parameters
    ----------
    weights : (n,) array
        Positive base weights: 1 / inclusion probability, before any calibration.
    clusters : (n,) integer array
        Sampling unit of each respondent; default each one its own.
    sampling_fraction : float
        Units drawn / units in the frame; 0 is sampling with replacement.
    mse : bool
        Centre at the full-sample estimate, not at the mean of the replicates.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, no_rows, invalid_value.
    EstimationError
        lonely_stratum (a single unit), too_many_replicates.

    References
    ----------
    Wolter, K. M. (2007). Introduction to Variance Estimation, 2nd ed., Springer, section 4.2.
    """
    design = _design(weights, None, clusters, sampling_fraction)
    return _jackknife(design, ReplicateMethod.JACKKNIFE, mse)


def stratified_jackknife(
    weights: ArrayLike,
    strata: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    sampling_fraction: ArrayLike = 0.0,
    mse: bool = False,
) -> Replicates:
    """Delete one sampling unit at a time; the rest of its stratum takes over its weight (JKn).

    Factor n_h/(n_h - 1) within the stratum, 1 outside; scale 1, rscales (1 - f_h)(n_h - 1)/n_h.

    Parameters
    ----------
    strata : (n,) integer array
        Clusters lie within strata.
    sampling_fraction : float or (H,) array
        Per stratum, in order of its code.

    The others, errors (also cluster_across_strata) and reference as `jackknife` (section 4.5).
    """
    return _jackknife(_design(weights, strata, clusters, sampling_fraction), ReplicateMethod.STRATIFIED_JACKKNIFE, mse)


def balanced_half_samples(
    weights: ArrayLike, strata: ArrayLike, *, clusters: ArrayLike | None = None, fay: float = 0.0, mse: bool = False
) -> Replicates:
    """Take one of the two sampling units of every stratum, in a balanced pattern (BRR), or Fay's variant of it.

    The chosen unit is multiplied by 2 - fay, the other by fay; scale 1 / (R (1 - fay)^2), where R is the order
    of the first Hadamard matrix larger than the number of strata (full orthogonal balance). In the first
    replicate the unit with the lower code is chosen everywhere.

    Parameters
    ----------
    fay : float
        0 is plain BRR; 0.3-0.5 keeps every respondent in every replicate, which small domains, quantiles and
        recalibration need.

    The others as `stratified_jackknife`.

    Raises
    ------
    InputError
        As `jackknife`; invalid_value for `fay` outside 0 <= fay < 1.
    EstimationError
        not_two_units, lonely_stratum, cluster_across_strata.

    References
    ----------
    McCarthy, P. J. (1969). Pseudo-replication: half samples. Review of the International Statistical Institute
    37, 239-264. Judkins, D. R. (1990). Fay's method for variance estimation. J. of Official Statistics 6, 223-239.
    """
    if not 0 <= fay < 1:
        raise InputError("invalid_value", name="fay", value=fay, reason="it must lie in 0 <= fay < 1")
    design = _design(weights, strata, clusters, 0.0)
    n_units = np.bincount(design.unit_stratum)
    if (n_units != 2).any():
        stratum = int((n_units != 2).argmax())
        label = int(np.unique(np.asarray(strata))[stratum])
        raise EstimationError("not_two_units", stratum=label, n_units=int(n_units[stratum]))
    signs = hadamard_matrix(n_units.shape[0] + 1)[:, 1 : n_units.shape[0] + 1].T
    factors = np.empty((design.unit_stratum.shape[0], signs.shape[1]))
    pairs = np.argsort(design.unit_stratum, kind="stable").reshape(-1, 2)
    factors[pairs[:, 0]] = 1.0 + (1.0 - fay) * signs
    factors[pairs[:, 1]] = 1.0 - (1.0 - fay) * signs
    scale = 1.0 / (signs.shape[1] * (1.0 - fay) ** 2)
    return _replicates(design, factors, scale, np.ones(signs.shape[1]), ReplicateMethod.HALF_SAMPLES, mse)


def rescaled_bootstrap(
    weights: ArrayLike,
    n_replicates: int,
    rng: np.random.Generator,
    *,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    sampling_fraction: ArrayLike = 0.0,
    mse: bool = False,
) -> Replicates:
    """Draw n_h - 1 sampling units with replacement from the n_h of each stratum (Rao-Wu).

    Weights are multiplied by 1 - a + a n_h/(n_h - 1) times the number of times a unit was drawn, where
    a = sqrt(1 - f_h): 1 without a finite population correction. Scale 1/(R - 1).

    Parameters
    ----------
    n_replicates : int
        At least 2; 500 gives standard errors within about 3 %.
    rng : numpy Generator
        The same state gives the same replicates.

    The others as `stratified_jackknife`; by default one stratum.

    Raises
    ------
    InputError, EstimationError
        As `stratified_jackknife`; invalid_value for `n_replicates`.

    References
    ----------
    Rao, J. N. K. & Wu, C. F. J. (1988). Resampling inference with complex survey data. JASA 83, 231-241.
    Rao, Wu & Yue (1992). Some recent work on resampling methods for complex surveys. Survey Methodology 18,
    209-217.
    """
    require_count("n_replicates", n_replicates, at_least=2)
    design = _design(weights, strata, clusters, sampling_fraction)
    n_units = np.bincount(design.unit_stratum)
    _require_room(design.unit_stratum.shape[0], n_replicates)
    counts = _draw_counts(design.unit_stratum, n_units, n_replicates, rng)
    stretch = np.sqrt(1.0 - design.sampling_fraction)
    slope = (stretch * n_units / (n_units - 1.0))[design.unit_stratum]
    factors = UnitFactors(counts, slope, (1.0 - stretch)[design.unit_stratum], design.unit_stratum)
    return Replicates(
        weights=design.weights,
        base_weights=design.weights,
        units=design.units,
        factors=factors,
        scale=1.0 / (n_replicates - 1),
        rscales=np.ones(n_replicates),
        mse=mse,
        degrees_of_freedom=min(design.degrees_of_freedom(), n_replicates - 1),
        method=ReplicateMethod.BOOTSTRAP,
    )


def given_replicates(
    weights: ArrayLike,
    replicate_weights: ArrayLike,
    *,
    scale: float,
    rscales: ArrayLike | None = None,
    combined: bool = True,
    mse: bool = False,
    degrees_of_freedom: int | None = None,
    is_bootstrap: bool = False,
) -> Replicates:
    """Take replicate weights that came with the data.

    Parameters
    ----------
    weights : (n,) array
        Positive.
    replicate_weights : (n, R) array
        Not negative.
    scale : float
        Jackknife (R - 1)/R, BRR 1/R, Fay 1/(R (1 - fay)^2), bootstrap 1/(R - 1), stratified jackknife 1.
    rscales : (R,) array
        Default 1; the stratified jackknife needs its (n_h - 1)/n_h.
    combined : bool
        The replicate weights contain the full-sample weight; otherwise they are factors on it.
    degrees_of_freedom : int
        By default the rank of the replicates around their mean.
    is_bootstrap : bool
        The replicates are exchangeable draws, of which some may be undefined or left out.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, no_rows, invalid_value.
    """
    full = _positive("weights", as_floats("weights", weights, 1))
    given = as_floats("replicate_weights", replicate_weights, 2)
    require_length("replicate_weights", given, full.shape[0])
    if given.shape[1] < 2 or not (np.isfinite(given) & (given >= 0)).all():
        reason = "two or more columns of finite weights that are not negative are needed"
        raise InputError("invalid_value", name="replicate_weights", value=f"{given.shape[1]} columns", reason=reason)
    scales = np.ones(given.shape[1]) if rscales is None else as_floats("rscales", rscales, 1)
    require_length("rscales", scales, given.shape[1])
    for name, values in (("rscales", scales), ("scale", as_numbers("scale", [scale]))):
        if not (np.isfinite(values) & (values >= 0)).all():
            raise InputError("invalid_value", name=name, value=values.tolist(), reason="it must not be negative")
    if degrees_of_freedom is not None:
        require_count("degrees_of_freedom", degrees_of_freedom, at_least=0)
    factors = given / full[:, None] if combined else given
    df = degrees_of_freedom
    return Replicates(
        weights=full,
        base_weights=full,
        units=np.arange(full.shape[0]),
        factors=_plain(factors, np.zeros(full.shape[0], dtype=np.int64)),
        scale=float(scale),
        rscales=scales,
        mse=mse,
        degrees_of_freedom=rank_degrees_of_freedom(factors * full[:, None]) if df is None else df,
        method=ReplicateMethod.BOOTSTRAP if is_bootstrap else ReplicateMethod.GIVEN,
    )


def _design(weights: ArrayLike, strata: ArrayLike | None, clusters: ArrayLike | None, fraction: ArrayLike) -> Design:
    base = _positive("weights", as_floats("weights", weights, 1))
    return weighted_design(base, strata=strata, clusters=clusters, sampling_fraction=fraction)


def _positive(name: str, weights: FloatArray) -> FloatArray:
    if weights.shape[0] == 0:
        raise InputError("no_rows", name=name)
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
    if bad.size:
        raise InputError("invalid_value", name=name, value=float(weights[bad[0]]), reason="weights must be positive")
    return weights


def _jackknife(design: Design, method: ReplicateMethod, mse: bool) -> Replicates:
    stratum = design.unit_stratum
    n_units = np.bincount(stratum).astype(np.float64)
    _require_room(stratum.shape[0], stratum.shape[0])
    raised = (n_units / (n_units - 1.0))[stratum]
    factors = np.where(stratum[:, None] == stratum, raised, 1.0)
    np.fill_diagonal(factors, 0.0)
    shares = ((1.0 - design.sampling_fraction) * (n_units - 1.0) / n_units)[stratum]
    if method is ReplicateMethod.JACKKNIFE:
        return _replicates(design, factors, float(shares[0]), np.ones_like(shares), method, mse)
    # replicates follow the strata, as elsewhere
    order = np.argsort(stratum, kind="stable")
    return _replicates(design, factors[:, order], 1.0, shares[order], method, mse)


def _replicates(
    design: Design, factors: FloatArray, scale: float, rscales: FloatArray, method: ReplicateMethod, mse: bool
) -> Replicates:
    return Replicates(
        weights=design.weights,
        base_weights=design.weights,
        units=design.units,
        factors=_plain(factors, design.unit_stratum),
        scale=scale,
        rscales=rscales,
        mse=mse,
        degrees_of_freedom=design.degrees_of_freedom(),
        method=method,
    )


def _plain(factors: FloatArray, strata: IntArray) -> UnitFactors:
    return UnitFactors(factors, np.ones(factors.shape[0]), np.zeros(factors.shape[0]), strata)


def _require_room(n_units: int, n_replicates: int) -> None:
    if n_units * n_replicates > _LARGEST_MATRIX:
        raise EstimationError("too_many_replicates", n_units=n_units, n_replicates=n_replicates, limit=_LARGEST_MATRIX)


def _draw_counts(
    stratum: IntArray, n_units: IntArray, n_replicates: int, rng: np.random.Generator
) -> NDArray[np.uint16]:
    """Return how often each unit (U,) is drawn in each replicate (R,): n_h - 1 draws in stratum h."""
    order = np.argsort(stratum, kind="stable")
    first = np.cumsum(n_units) - n_units
    size = np.repeat(n_units, n_units - 1).astype(np.float64)
    offset = np.repeat(first, n_units - 1)
    drawn = np.empty((n_replicates, stratum.shape[0]), dtype=np.uint16)
    for r in range(n_replicates):
        chosen = (rng.random(size.shape[0]) * size).astype(np.int64)
        chosen += offset
        drawn[r] = np.bincount(chosen, minlength=stratum.shape[0])
    counts = np.empty((stratum.shape[0], n_replicates), dtype=np.uint16)
    counts[order] = drawn.T
    return counts
