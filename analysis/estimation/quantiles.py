"""Weighted quantiles with Woodruff and score intervals, overall and by domain."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from analysis.arrays import FloatArray, IntArray, as_floats
from analysis.errors import EstimationError, InputError
from analysis.estimation.design import Design
from analysis.estimation.estimates import Estimates, estimate_means
from analysis.estimation.intervals import (
    LEVEL,
    Intervals,
    asin_interval,
    beta_interval,
    checked_level,
    logit_interval,
    mean_intervals,
)
from analysis.estimation.linearization import answers, domain_codes
from analysis.estimation.quantile_rules import QuantileRule, WeightedDistribution, quantile, weighted_distribution


class QuantileInterval(StrEnum):
    """Interval of the share at or below the quantile that is inverted; SCORE inverts a test at every answer."""

    MEAN = "mean"
    BETA = "beta"
    LOGIT = "xlogit"
    ARCSINE = "asin"
    SCORE = "score"


@dataclass(frozen=True)
class Quantile:
    """A quantile with its interval; `base` is the number of answers."""

    probability: float
    estimate: float
    low: float
    high: float
    base: int
    standard_error: float


@dataclass(frozen=True, eq=False)
class Quantiles:
    """Quantiles of one item, arrays (D, P): domains by probabilities; NaN where nobody answered.

    Attributes
    ----------
    probabilities : (P,) array
    estimate, low, high : in the unit of the answers
    standard_error : length of the interval / (2 t)
    base : (D,) integer array
        Respondents who answered.
    """

    probabilities: FloatArray
    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    standard_error: FloatArray
    base: IntArray


def estimate_quantile(
    design: Design,
    values: ArrayLike,
    probability: float = 0.5,
    *,
    rule: QuantileRule = QuantileRule.MATH,
    interval: QuantileInterval = QuantileInterval.MEAN,
    level: float = LEVEL,
) -> Quantile:
    """Return one quantile of everybody; see `estimate_quantiles`.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value.
    EstimationError
        no_rows, when nobody answered.
    """
    found = estimate_quantiles(design, values, [probability], rule=rule, interval=interval, level=level)
    if not found.base[0]:
        raise EstimationError("no_rows", name="values")
    columns = (found.estimate, found.low, found.high)
    estimate, low, high = (float(column[0, 0]) for column in columns)
    return Quantile(probability, estimate, low, high, int(found.base[0]), float(found.standard_error[0, 0]))


def estimate_quantiles(
    design: Design,
    values: ArrayLike,
    probabilities: Sequence[float],
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
    rule: QuantileRule = QuantileRule.MATH,
    interval: QuantileInterval = QuantileInterval.MEAN,
    level: float = LEVEL,
) -> Quantiles:
    """Estimate quantiles of one item, within each domain.

    By default the smallest answer at or below which at least the share p of the weight lies. The interval
    inverts the interval of the share at or below the estimate (Woodruff), or takes the answers at which a test
    that this share is p does not reject (score). A limit beyond the answers is cut off at the lowest or highest.

    Parameters
    ----------
    design : Design
    values : (n,) array
        NaN where a respondent has no answer.
    probabilities : sequence of float
        Between 0 and 1; 0.5 is the median.
    domain, n_domains
        As `estimate_means`.
    rule : QuantileRule
    interval : QuantileInterval
        LOGIT and ARCSINE give NaN where no answer lies above the estimate.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range, invalid_value (probability outside 0..1).

    References
    ----------
    Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. Journal of the
    American Statistical Association 47, 635-646; Francisco, C. A. & Fuller, W. A. (1991). Quantile estimation with
    a complex survey design. Annals of Statistics 19, 454-469; Dorfman, A. & Valliant, R. (1993). Quantile variance
    estimators in complex surveys. Proceedings of the Section on Survey Research Methods, ASA.
    """
    y = answers("values", as_floats("values", values, 1)[:, None], design.n)[:, 0]
    checked_level(level)
    for p in as_floats("probabilities", probabilities, 1).tolist():
        if not 0 < p < 1:
            raise InputError("invalid_value", name="probability", value=p, reason="must lie in 0..1")
    codes, count = domain_codes(design.n, domain, n_domains)
    shape = (count, len(probabilities))
    estimate, low, high, error = (np.full(shape, np.nan) for _ in range(4))
    usable = ~np.isnan(y) & (design.weights != 0)
    for d in range(count):
        inside = usable & (codes == d)
        if not inside.any():
            continue
        one = _OneDomain(design, y, codes == d, weighted_distribution(y[inside], design.weights[inside]), rule, level)
        for k, p in enumerate(probabilities):
            estimate[d, k] = quantile(one.distribution, p, rule)
            low[d, k], high[d, k], error[d, k] = one.interval(estimate[d, k], p, interval)
    base = np.bincount(codes[~np.isnan(y) & (codes >= 0)], minlength=count)
    return Quantiles(np.asarray(probabilities, dtype=np.float64), estimate, low, high, error, base)


@dataclass(frozen=True, eq=False)
class _OneDomain:
    design: Design
    y: FloatArray
    inside: np.ndarray
    distribution: WeightedDistribution
    rule: QuantileRule
    level: float

    def interval(self, estimate: float, probability: float, kind: QuantileInterval) -> tuple[float, float, float]:
        shares = self._shares_below(estimate)
        t = float(stdtrit(max(int(shares.degrees_of_freedom[0, 0]), 1), (1 + self.level) / 2))
        if kind is QuantileInterval.SCORE:
            low, high = (self._score_limit(probability, reach) for reach in (t, -t))
        else:
            limits = _share_interval(kind, shares, self.level)
            low, high = (self._quantile(float(limit[0, 0])) for limit in (limits.low, limits.high))
        return low, high, (high - low) / (2 * t)

    def _shares_below(self, limit: float) -> Estimates:
        below = np.where(np.isnan(self.y), np.nan, (self.y <= limit).astype(np.float64))
        return estimate_means(self.design, below[:, None], domain=np.where(self.inside, 0, -1))

    def _quantile(self, probability: float) -> float:
        return np.nan if np.isnan(probability) else quantile(self.distribution, probability, self.rule)

    def _score_limit(self, probability: float, reach: float) -> float:
        """Return the quantile at the first answer where p - F(answer) is at most `reach` standard errors."""
        distinct = np.unique(self.distribution.answers)
        first, last = 0, distinct.shape[0] - 1
        while first < last:
            middle = (first + last) // 2
            shares = self._shares_below(float(distinct[middle]))
            if probability - shares.estimate[0, 0] <= reach * shares.standard_error[0, 0]:
                last = middle
            else:
                first = middle + 1
        # the share from the running sum itself: rounding must not push the limit one answer up
        at_or_below = np.searchsorted(self.distribution.answers, distinct[first], side="right")
        return self._quantile(float(self.distribution.shares[at_or_below - 1]))


def _share_interval(kind: QuantileInterval, shares: Estimates, level: float) -> Intervals:
    if kind is QuantileInterval.MEAN:
        return mean_intervals(shares, level=level)
    p, se, df = shares.estimate, shares.standard_error, shares.degrees_of_freedom
    if kind is QuantileInterval.BETA:
        return beta_interval(p, se, df, shares.base, shares.effective_base, level=level)
    method = logit_interval if kind is QuantileInterval.LOGIT else asin_interval
    return method(p, se, df, level=level)
