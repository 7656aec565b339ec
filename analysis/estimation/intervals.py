"""Confidence intervals of shares and means, from an estimate, its standard error and degrees of freedom."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtri, stdtrit

from analysis.arrays import BoolArray, FloatArray
from analysis.estimation.estimates import Estimates

LEVEL = 0.95
_SMALL_BASE = 30
_FEW_EXPECTED = 10.0


class IntervalMethod(StrEnum):
    """How an interval was made."""

    LOGIT = "logit"
    BETA = "beta"
    WILSON = "wilson"
    MEAN = "mean"


@dataclass(frozen=True, eq=False)
class Intervals:
    """Lower and upper limits; arrays shaped as the estimates."""

    low: FloatArray
    high: FloatArray

    @property
    def half_width(self) -> FloatArray:
        """Half of the distance between the limits."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, eq=False)
class ShareIntervals(Intervals):
    """Limits in 0..1; `is_beta` marks where the beta interval stands instead of the logit."""

    is_beta: BoolArray


def share_intervals(shares: Estimates, *, level: float = LEVEL) -> ShareIntervals:
    """Return the logit interval, or the beta interval where the base is small or the share extreme.

    Small: fewer than 30 answers. Extreme: fewer than 10 effective answers on either side. NaN where nobody
    answered.
    """
    p, n_eff = shares.estimate, shares.effective_base
    with np.errstate(invalid="ignore"):
        is_beta = (shares.base < _SMALL_BASE) | (n_eff * np.minimum(p, 1 - p) < _FEW_EXPECTED)
    df = shares.degrees_of_freedom
    logit = logit_interval(p, shares.standard_error, df, level=level)
    beta = beta_interval(p, shares.standard_error, df, shares.base, n_eff, level=level)
    return ShareIntervals(np.where(is_beta, beta.low, logit.low), np.where(is_beta, beta.high, logit.high), is_beta)


def mean_intervals(means: Estimates, *, level: float = LEVEL) -> Intervals:
    """Return estimate +/- t se for every entry; NaN where nobody answered."""
    return mean_interval(means.estimate, means.standard_error, means.degrees_of_freedom, level=level)


def mean_interval(estimate: ArrayLike, se: ArrayLike, df: ArrayLike, *, level: float = LEVEL) -> Intervals:
    """Return estimate +/- t(df) se (Wald); all arguments broadcast. For shares: for comparison only."""
    centre = np.asarray(estimate, dtype=np.float64)
    reach = _t_quantile(df, level) * np.asarray(se, dtype=np.float64)
    return Intervals(centre - reach, centre + reach)


def logit_interval(share: ArrayLike, se: ArrayLike, df: ArrayLike, *, level: float = LEVEL) -> Intervals:
    """Return expit(logit p +/- t(df) se / (p (1 - p))); NaN where p is 0 or 1. Arguments broadcast.

    Korn & Graubard (1999), Analysis of Health Surveys, Wiley; R survey's `xlogit`.
    """
    p = np.asarray(share, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = np.log(p) - np.log1p(-p)
        reach = _t_quantile(df, level) * np.asarray(se, dtype=np.float64) / (p * (1 - p))
        return Intervals(_expit(centre - reach), _expit(centre + reach))


def beta_interval(
    share: ArrayLike,
    se: ArrayLike,
    df: ArrayLike,
    base: ArrayLike,
    effective_base: ArrayLike,
    *,
    level: float = LEVEL,
) -> Intervals:
    """Return the Clopper-Pearson interval on the effective sample size. Arguments broadcast.

    n_eff = p (1 - p) / se^2, times (t(base - 1) / t(df))^2; where p is 0 or 1, or se is 0, Kish's
    `effective_base`. R survey takes for `base` all respondents of a calibrated design, also in a domain.

    Korn, E. L. & Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data. Survey Methodology 24(2), 193-201.
    """
    p, error, n, kish = (np.asarray(a, dtype=np.float64) for a in (share, se, base, effective_base))
    with np.errstate(divide="ignore", invalid="ignore"):
        n_eff = p * (1 - p) / error**2
        n_eff = n_eff * (_t_quantile(np.maximum(n - 1, 1), level) / _t_quantile(df, level)) ** 2
        n_eff = np.where(np.isfinite(n_eff) & (n_eff > 0), n_eff, kish)
    tail = (1 - level) / 2
    hits, misses = n_eff * p, n_eff * (1 - p)
    tiny = np.finfo(np.float64).tiny
    low = np.where(hits > 0, betaincinv(np.maximum(hits, tiny), misses + 1, tail), 0.0)
    high = np.where(misses > 0, betaincinv(hits + 1, np.maximum(misses, tiny), 1 - tail), 1.0)
    known = np.isfinite(p) & (n_eff > 0)
    return Intervals(np.where(known, low, np.nan), np.where(known, high, np.nan))


def wilson_interval(share: ArrayLike, effective_base: ArrayLike, *, level: float = LEVEL) -> Intervals:
    """Return Wilson's score interval on the effective base; for quick views. Arguments broadcast.

    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
    American Statistical Association 22, 209-212.
    """
    p = np.asarray(share, dtype=np.float64)
    n = np.asarray(effective_base, dtype=np.float64)
    z2 = float(ndtri((1 + level) / 2)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (p + z2 / (2 * n)) / (1 + z2 / n)
        reach = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return Intervals(np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0))


def _t_quantile(df: ArrayLike, level: float) -> FloatArray:
    degrees = np.maximum(np.asarray(df, dtype=np.float64), 1.0)
    return np.asarray(stdtrit(degrees, (1 + level) / 2), dtype=np.float64)


def _expit(x: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-x)), dtype=np.float64)
