"""Estimates from replicate weights: means, shares, totals, ratios, quantiles, and any statistic of the weights."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_floats, require_length
from analysis.errors import EstimationError, InputError
from analysis.estimation.estimates import Estimates
from analysis.estimation.intervals import LEVEL, mean_interval
from analysis.estimation.linearization import answers, category_indicators, domain_codes, ratio_answers
from analysis.estimation.replicates import Replicates


@dataclass(frozen=True, eq=False)
class ReplicateEstimates(Estimates):
    """Estimates (D, q) whose standard errors come from replicates; intervals as for any other `Estimates`.

    Attributes
    ----------
    replicates : (D, q, R) array
        The estimate in each replicate; NaN where nobody in it answered.
    degrees_of_freedom : integer
        Those of the replicates, or sampling units minus strata among those who answered when that is less.
    undefined : (D, q) integer array
        Replicates without an estimate. See `Replicates.variance` for what they do to the standard error.
    source : Replicates
    """

    replicates: FloatArray
    undefined: IntArray
    source: Replicates

    def covariance(self) -> FloatArray:
        """Return the covariance (Dq, Dq) of all estimates, domain by domain; NaN where one is undefined."""
        flat = self.replicates.reshape(-1, self.replicates.shape[-1])
        return self.source.covariance(self.estimate.ravel(), flat)

    def combine(self, coefficients: ArrayLike) -> "ReplicateEstimates":
        """Estimate linear combinations, such as differences between domains or items of the same respondents.

        `coefficients` (k, Dq) follow the estimates domain by domain; the result is (1, k), its base that of the
        smallest estimate involved.
        """
        matrix = as_floats("coefficients", coefficients, 2)
        if matrix.shape[1] != self.estimate.size:
            raise InputError("wrong_length", name="coefficients", expected=self.estimate.size, got=matrix.shape[1])
        flat = self.replicates.reshape(-1, self.replicates.shape[-1])
        used = matrix != 0
        rows = [row[chosen] @ flat[chosen] for row, chosen in zip(matrix, used, strict=True)]
        estimate = [row[chosen] @ self.estimate.ravel()[chosen] for row, chosen in zip(matrix, used, strict=True)]
        base = [self.base.ravel()[chosen].min(initial=self.source.n) for chosen in used]
        effective = [self.effective_base.ravel()[chosen].min(initial=self.source.n) for chosen in used]
        degrees = [self.degrees_of_freedom.ravel()[chosen].min(initial=self.source.n) for chosen in used]
        return _assemble(
            self.source,
            np.array([estimate]),
            np.array([rows]),
            np.array([base]),
            np.array([effective]),
            np.array([degrees]),
        )


@dataclass(frozen=True)
class ReplicateQuantile:
    """A quantile with standard error and interval; `base` is the number of answers."""

    probability: float
    estimate: float
    standard_error: float
    low: float
    high: float
    base: int
    degrees_of_freedom: int


def replicate_means(
    replicates: Replicates, values: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> ReplicateEstimates:
    """Estimate the mean of each item, within each domain: sum w y / sum w over those who answered.

    Parameters
    ----------
    replicates : Replicates
    values : (n, q) array
        NaN where a respondent has no answer; shares are means of 0/1 items.
    domain : (n,) integer array
        0..n_domains-1; -1 belongs to no domain. Default: one domain of everybody.
    n_domains : int

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range, invalid_value.
    """
    y = answers("values", values, replicates.n)
    answered = np.isfinite(y)
    x = answered.astype(np.float64)
    return _ratios(replicates, np.where(answered, y, 0.0), x, answered, _members(replicates.n, domain, n_domains))


def replicate_shares(
    replicates: Replicates,
    codes: ArrayLike,
    n_categories: int,
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> ReplicateEstimates:
    """Estimate the share of each category of one variable; -1 is no answer. Result is (D, n_categories)."""
    indicators = category_indicators(replicates.n, codes, n_categories)
    return replicate_means(replicates, indicators, domain=domain, n_domains=n_domains)


def replicate_ratios(
    replicates: Replicates,
    numerators: ArrayLike,
    denominators: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> ReplicateEstimates:
    """Estimate sum w y / sum w x per item and domain; rows where either is NaN are left out.

    Parameters and errors as `replicate_means`, with `numerators` and `denominators` both (n, q).
    """
    y, x, usable = ratio_answers(replicates.n, numerators, denominators)
    return _ratios(replicates, y, x, usable, _members(replicates.n, domain, n_domains))


def replicate_totals(
    replicates: Replicates, values: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> ReplicateEstimates:
    """Estimate sum w y per item and domain; without an answer counts as 0. Parameters as `replicate_means`."""
    y = answers("values", values, replicates.n)
    answered = np.isfinite(y)
    members = _members(replicates.n, domain, n_domains)
    filled = np.where(answered, y, 0.0)
    estimate, found = _domain_sums(replicates, filled, members)
    return _assemble(replicates, estimate, found, *_bases(replicates, answered, members))


def replicate_statistic(replicates: Replicates, statistic: Callable[[FloatArray], ArrayLike]) -> ReplicateEstimates:
    """Estimate any function of the weights: `statistic` takes weights (n,) and returns one or more numbers (q,).

    Called once with the final weights and once per replicate; the result is (1, q). Meant for statistics that are
    smooth in the weights; for medians the jackknife is inconsistent.

    Raises
    ------
    InputError
        wrong_shape, wrong_length.
    EstimationError
        undefined_statistic: not finite on the full sample.
    """
    estimate = _evaluate(statistic, replicates.weights)
    if not np.isfinite(estimate).all():
        raise EstimationError("undefined_statistic")
    found = np.empty((1, estimate.shape[0], replicates.n_replicates))
    for columns in replicates.chunks():
        for r, weights in enumerate(np.ascontiguousarray(replicates.weight_matrix(columns).T), start=columns.start):
            value = _evaluate(statistic, weights)
            require_length("result of the statistic", value, estimate.shape[0])
            found[0, :, r] = value
    everybody = np.ones((replicates.n, estimate.shape[0]), dtype=bool)
    members = _members(replicates.n, None, 1)
    return _assemble(replicates, estimate[None, :], found, *_bases(replicates, everybody, members))


def replicate_quantile(
    replicates: Replicates,
    values: ArrayLike,
    probability: float = 0.5,
    *,
    woodruff: bool = True,
    level: float = LEVEL,
) -> ReplicateQuantile:
    """Return the smallest answer at or below which at least `probability` of the weight lies.

    By default with Woodruff's interval: the replicates give the standard error of the share at or below the
    estimate, its t interval is inverted, and the standard error is the interval's length over twice the t value.
    Otherwise the quantile itself is computed in every replicate: only for bootstrap and half-samples.

    Parameters
    ----------
    replicates : Replicates
    values : (n,) array
        NaN where a respondent has no answer.
    probability : float
        Between 0 and 1.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value.
    EstimationError
        no_rows, when nobody answered.

    References
    ----------
    Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. JASA 47, 635-646.
    Shao & Wu (1989). A general theory for jackknife variance estimation. Annals of Statistics 17, 1176-1197.
    """
    y = as_floats("values", values, 1)
    answers("values", y[:, None], replicates.n)
    if not 0 < probability < 1:
        raise InputError("invalid_value", name="probability", value=probability, reason="must lie in 0..1")
    answered = np.flatnonzero(np.isfinite(y))
    if not answered.size:
        raise EstimationError("no_rows", name="values")
    order = answered[np.argsort(y[answered], kind="stable")]
    estimate = float(_invert(y[order], replicates.weights[order, None], probability)[0])
    df = replicates.domain_degrees_of_freedom(answered)
    if woodruff:
        error, low, high = _woodruff(replicates, y, order, estimate, df, level)
    else:
        error = _direct(replicates, y[order], order, estimate, probability)
        limits = mean_interval(estimate, error, df, level=level)
        low, high = float(limits.low), float(limits.high)
    return ReplicateQuantile(probability, estimate, error, low, high, answered.size, df)


def _woodruff(
    replicates: Replicates, y: FloatArray, order: IntArray, estimate: float, df: int, level: float
) -> tuple[float, float, float]:
    below = np.where(np.isfinite(y), (y <= estimate).astype(np.float64), np.nan)
    share = replicate_means(replicates, below[:, None])
    limits = mean_interval(share.estimate[0, 0], share.standard_error[0, 0], df, level=level)
    weights = replicates.weights[order, None]
    low, high = (float(_invert(y[order], weights, float(limit))[0]) for limit in (limits.low, limits.high))
    two_t = 2 * float(mean_interval(0.0, 1.0, df, level=level).high)
    return (high - low) / two_t, low, high


def _direct(replicates: Replicates, ordered: FloatArray, order: IntArray, estimate: float, probability: float) -> float:
    found = np.empty((1, replicates.n_replicates))
    for columns in replicates.chunks():
        found[0, columns] = _invert(ordered, replicates.weight_matrix(columns)[order], probability)
    return float(np.sqrt(replicates.variance(np.array([estimate]), found))[0])


def _evaluate(statistic: Callable[[FloatArray], ArrayLike], weights: FloatArray) -> FloatArray:
    return as_floats("result of the statistic", np.atleast_1d(np.asarray(statistic(weights), dtype=np.float64)), 1)


def _invert(ordered: FloatArray, weights: FloatArray, probability: float) -> FloatArray:
    """Return the quantiles (r,) of `ordered` answers under each column of `weights`; NaN without any weight."""
    cumulative = np.cumsum(weights, axis=0)
    # rounding in the running sum must not push an exact boundary one answer up; nor may weightless answers count
    wanted = np.maximum(probability * cumulative[-1] * (1 - 1e-12), np.finfo(float).tiny)
    position = np.minimum((cumulative < wanted).sum(axis=0), ordered.shape[0] - 1)
    return np.where(cumulative[-1] > 0, ordered[position], np.nan)


def _ratios(
    replicates: Replicates, y: FloatArray, x: FloatArray, answered: BoolArray, members: list[IntArray]
) -> ReplicateEstimates:
    top, top_replicates = _domain_sums(replicates, y, members)
    # items that everybody answered share one denominator
    same = bool((x == x[:, :1]).all())
    bottom, bottom_replicates = _domain_sums(replicates, x[:, :1] if same else x, members)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate, found = top / bottom, top_replicates / bottom_replicates
    for result in (estimate, found):
        result[~np.isfinite(result)] = np.nan
    return _assemble(replicates, estimate, found, *_bases(replicates, answered, members))


def _domain_sums(replicates: Replicates, values: FloatArray, members: list[IntArray]) -> tuple[FloatArray, FloatArray]:
    """Return sum w y per domain and item: (D, q) on the full sample, (D, q, R) on the replicates."""
    shape = (len(members), values.shape[1])
    full, found = np.empty(shape), np.empty((*shape, replicates.n_replicates))
    parts = [np.ascontiguousarray(values[rows].T) for rows in members]
    for d, (rows, part) in enumerate(zip(members, parts, strict=True)):
        full[d] = part @ replicates.weights[rows]
    for columns in replicates.chunks():
        weights = replicates.weight_matrix(columns)
        for d, (rows, part) in enumerate(zip(members, parts, strict=True)):
            found[d][:, columns] = part @ (weights if rows.size == replicates.n else weights[rows])
    return full, found


def _assemble(
    source: Replicates,
    estimate: FloatArray,
    found: FloatArray,
    base: IntArray,
    effective: FloatArray,
    degrees_of_freedom: IntArray,
) -> ReplicateEstimates:
    flat = found.reshape(-1, found.shape[-1])
    variance = source.variance(estimate.ravel(), flat).reshape(estimate.shape)
    return ReplicateEstimates(
        estimate=estimate,
        standard_error=np.sqrt(variance),
        base=base,
        effective_base=effective,
        degrees_of_freedom=degrees_of_freedom,
        replicates=found,
        undefined=np.count_nonzero(~np.isfinite(found), axis=-1),
        source=source,
    )


def _bases(
    replicates: Replicates, answered: BoolArray, members: list[IntArray]
) -> tuple[IntArray, FloatArray, IntArray]:
    """Return the number of answers (D, q), its effective size, and the degrees of freedom."""
    flags = answered.astype(np.float64)
    w = replicates.weights
    base = np.array([np.count_nonzero(answered[rows], axis=0) for rows in members], dtype=np.int64)
    sums = np.array([w[rows] @ flags[rows] for rows in members])
    squares = np.array([w[rows] ** 2 @ flags[rows] for rows in members])
    effective = np.divide(sums**2, squares, out=np.zeros_like(sums), where=squares > 0)
    degrees = np.array([_domain_degrees(replicates, flags[rows] != 0, rows) for rows in members], dtype=np.int64)
    return base, effective, degrees


def _domain_degrees(replicates: Replicates, answered: BoolArray, rows: IntArray) -> list[int]:
    if answered.all():
        return [replicates.domain_degrees_of_freedom(rows)] * answered.shape[1]
    return [replicates.domain_degrees_of_freedom(rows[column]) for column in answered.T]


def _members(n: int, domain: ArrayLike | None, n_domains: int) -> list[IntArray]:
    """Return the rows of each domain."""
    codes, count = domain_codes(n, domain, n_domains)
    return [np.flatnonzero(codes == d) for d in range(count)]
