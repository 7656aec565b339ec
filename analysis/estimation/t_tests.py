"""Student's t on a survey design: a mean against a value, paired answers, differences between groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_codes, as_floats, require_count, require_length
from analysis.errors import EstimationError, InputError
from analysis.estimation.design import Design
from analysis.estimation.intervals import LEVEL, mean_interval
from analysis.estimation.linearization import influence_of_means, require_codes
from analysis.estimation.wald import two_sided_p

# a standard error below rounding: everybody in a group answered alike, and a test has nothing to go by
_NO_SPREAD = 1e-12


@dataclass(frozen=True, eq=False)
class TTests:
    """One or more tested differences; arrays are (k,).

    Attributes
    ----------
    estimate, standard_error : the difference; NaN where a group has no answers
    statistic : estimate / standard error; NaN also where nobody differs from his group
    degrees_of_freedom : sampling units minus strata among those compared, minus 1, as R's svyttest counts
    p_value : two-sided; NaN where it could not be tested
    low, high : limits of the interval of the difference
    """

    estimate: FloatArray
    standard_error: FloatArray
    statistic: FloatArray
    degrees_of_freedom: FloatArray
    p_value: FloatArray
    low: FloatArray
    high: FloatArray


def one_sample_t_test(
    design: Design, values: ArrayLike, *, expected: float = 0.0, domain: ArrayLike | None = None, level: float = LEVEL
) -> TTests:
    """Test whether the mean of `values` (n,) is `expected`: t = (mean - expected) / se, result (1,).

    Paired answers: `paired_t_test`.

    Parameters
    ----------
    design : Design
    values : (n,) array
        NaN is no answer.
    expected : float
    domain : (n,) integer array
        0 inside, -1 outside; default everybody.
    level : float
        Of the interval of mean - expected.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range, invalid_value.
    EstimationError
        no_rows (nobody answered).

    References
    ----------
    Lumley, T. (2010). Complex Surveys: A Guide to Analysis Using R. Wiley, section 2.4.
    """
    if not np.isfinite(expected):
        raise InputError("invalid_value", name="expected", value=expected, reason="it must be a finite number")
    codes = np.zeros(design.n, dtype=np.int64) if domain is None else _codes("domain", domain, design.n, 1)
    means, influence = influence_of_means(design, _column("values", values), domain=codes, n_domains=1)
    if np.isnan(means).any():
        raise EstimationError("no_rows", name="values")
    df = _degrees_of_freedom(design, values, codes, [(0, 0)])
    return _tested(design, means[0] - expected, influence[:, :, 0], df, level)


def paired_t_test(
    design: Design, first: ArrayLike, second: ArrayLike, *, domain: ArrayLike | None = None, level: float = LEVEL
) -> TTests:
    """Test whether the mean of `first` - `second` (both (n,)) is 0 among those who answered both.

    As `one_sample_t_test`, with the same errors.
    """
    y, x = as_floats("first", first, 1), as_floats("second", second, 1)
    require_length("second", x, y.shape[0])
    return one_sample_t_test(design, y - x, domain=domain, level=level)


def two_sample_t_test(design: Design, values: ArrayLike, groups: ArrayLike, *, level: float = LEVEL) -> TTests:
    """Test whether two groups have the same mean: mean of group 1 minus that of group 0, result (1,).

    The slope of a linear regression on the group. Its variance takes along that the two means are correlated: by
    calibration, and because one cluster holds members of both.

    Parameters
    ----------
    design : Design
    values : (n,) array
        NaN is no answer.
    groups : (n,) integer array
        0 or 1; -1 is neither.
    level : float

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range, invalid_value.
    EstimationError
        empty_category (a group in which nobody answered).
    """
    found = group_differences(design, values, groups, 2, level=level)
    if np.isnan(found.estimate).any():
        is_first = (np.asarray(groups) == 0) & ~np.isnan(np.asarray(values, dtype=np.float64))
        raise EstimationError("empty_category", name="groups", category=int((design.weights * is_first).any()))
    return found


def group_differences(
    design: Design,
    values: ArrayLike,
    groups: ArrayLike,
    n_groups: int,
    *,
    pairs: Sequence[tuple[int, int]] | None = None,
    level: float = LEVEL,
) -> TTests:
    """Test the differences between the means of groups, one t test per pair (a, b): mean of a minus mean of b.

    Parameters
    ----------
    design : Design
    values : (n,) array
        NaN is no answer; 0/1 gives differences between shares.
    groups : (n,) integer array
        0..n_groups-1; -1 is none of them.
    n_groups : int
    pairs : sequence of (int, int)
        Default every pair a > b: (1, 0), (2, 0), (2, 1), ... Together they are one family: put the p-values
        through `guard_family` before naming a difference.
    level : float
        Of each interval on its own.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range, invalid_value (no pairs, infinite values).
    """
    codes = _codes("groups", groups, design.n, n_groups)
    chosen = [(a, b) for a in range(n_groups) for b in range(a)] if pairs is None else list(pairs)
    if not chosen:
        raise InputError("invalid_value", name="pairs", value=chosen, reason="at least one pair")
    require_codes("pairs", np.array(chosen, dtype=np.int64), n_groups)
    means, influence = influence_of_means(design, _column("values", values), domain=codes, n_domains=n_groups)
    first, second = np.array(chosen).T
    df = _degrees_of_freedom(design, values, codes, chosen)
    difference = means[first, 0] - means[second, 0]
    return _tested(design, difference, influence[:, first, 0] - influence[:, second, 0], df, level)


def differences_from_the_rest(
    design: Design, values: ArrayLike, groups: ArrayLike, n_groups: int, *, level: float = LEVEL
) -> TTests:
    """Test for each group whether its mean differs from that of all other groups together; result (n_groups,).

    Parameters and errors as `group_differences`; one family too.
    """
    codes = _codes("groups", groups, design.n, n_groups)
    column = _column("values", values)
    differences, influences = [], []
    degrees: list[float] = []
    for group in range(n_groups):
        two = np.where(codes < 0, -1, (codes != group).astype(np.int64))
        means, influence = influence_of_means(design, column, domain=two, n_domains=2)
        differences.append(means[0, 0] - means[1, 0])
        influences.append(influence[:, 0, 0] - influence[:, 1, 0])
        degrees.extend(_degrees_of_freedom(design, values, two, [(0, 1)]))
    return _tested(design, np.array(differences), np.stack(influences, axis=1), np.array(degrees), level)


def _column(name: str, values: ArrayLike) -> FloatArray:
    return as_floats(name, values, 1)[:, None]


def _codes(name: str, codes: ArrayLike, n: int, n_codes: int) -> IntArray:
    require_count(f"number of {name}", n_codes)
    given = as_codes(name, codes, 1)
    require_length(name, given, n)
    require_codes(name, given, n_codes)
    return given


def _degrees_of_freedom(
    design: Design, values: ArrayLike, codes: IntArray, pairs: Sequence[tuple[int, int]]
) -> FloatArray:
    answered = ~np.isnan(as_floats("values", values, 1))
    counts = [design.degrees_of_freedom(answered & ((codes == a) | (codes == b))) for a, b in pairs]
    return np.array(counts, dtype=np.float64) - 1.0


def _tested(design: Design, estimate: FloatArray, influence: FloatArray, df: FloatArray, level: float) -> TTests:
    se = np.sqrt(design.variance(influence))
    interval = mean_interval(estimate, se, np.maximum(df, 0.0), level=level)
    has_spread = se > _NO_SPREAD * np.abs(estimate)
    statistic = np.divide(estimate, se, out=np.full_like(se, np.nan), where=has_spread)
    return TTests(estimate, se, statistic, df, two_sided_p(statistic, df), interval.low, interval.high)
