"""Confidence intervals of shares and means, from an estimate, its standard error and degrees of freedom."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, expit, logit, ndtri, stdtrit

from analysis.arrays import BoolArray, FloatArray, as_numbers
from analysis.errors import InputError
from analysis.estimation.estimates import Estimates

LEVEL = 0.95
_SMALL_BASE = 30
_FEW_EXPECTED = 10.0
_HALVINGS = 80
_ROUNDING = 1e-9
_NO_SPREAD = 1e-12


class IntervalMethod(StrEnum):
    """How an interval of a share is made; named as in R's svyciprop, and Wilson's."""

    LOGIT = "logit"
    XLOGIT = "xlogit"
    LIKELIHOOD = "likelihood"
    BETA = "beta"
    ASIN = "asin"
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


def share_intervals(
    shares: Estimates,
    *,
    method: IntervalMethod | None = None,
    level: float = LEVEL,
    n_respondents: int | None = None,
) -> ShareIntervals:
    """Return an interval for every share, by the product's rule or by one named method; NaN where nobody answered.

    The rule (`method` None): logit, or beta where the base is small (fewer than 30 answers) or the share extreme
    (fewer than 10 effective answers on either side).

    Parameters
    ----------
    shares : Estimates
        Of 0/1 items, from `estimate_means` or `estimate_shares`.
    method : IntervalMethod
    level : float
        Between 0 and 1.
    n_respondents : int
        For beta and Wilson: respondents in the whole design, which R counts in a domain of a calibrated design too;
        default those who answered.

    Raises
    ------
    InputError
        invalid_value.
    """
    p, n_eff = shares.estimate, shares.effective_base
    if method is None:
        with np.errstate(invalid="ignore"):
            is_beta = (shares.base < _SMALL_BASE) | (n_eff * np.minimum(p, 1 - p) < _FEW_EXPECTED)
        chosen = share_intervals(shares, method=IntervalMethod.LOGIT, level=level)
        beta = share_intervals(shares, method=IntervalMethod.BETA, level=level, n_respondents=n_respondents)
        return ShareIntervals(
            np.where(is_beta, beta.low, chosen.low), np.where(is_beta, beta.high, chosen.high), is_beta
        )
    is_whole = n_respondents is not None and method is not IntervalMethod.LIKELIHOOD
    base = n_respondents if is_whole else shares.base
    df = shares.degrees_of_freedom
    found = share_interval(p, shares.standard_error, df, method=method, base=base, effective_base=n_eff, level=level)
    return ShareIntervals(found.low, found.high, np.full(p.shape, method is IntervalMethod.BETA))


def share_interval(
    share: ArrayLike,
    se: ArrayLike,
    df: ArrayLike,
    *,
    method: IntervalMethod,
    base: ArrayLike | None = None,
    effective_base: ArrayLike | None = None,
    level: float = LEVEL,
) -> Intervals:
    """Return the interval of a share by `method`; all arguments broadcast.

    Parameters
    ----------
    share : array
        Between 0 and 1; NaN gives NaN.
    se, df : array
        Standard error, and design degrees of freedom (sampling units minus strata).
    method : IntervalMethod
    base, effective_base : array
        Answers, and the same corrected for unequal weights (Kish): likelihood needs the first, beta and Wilson both.
    level : float
        Between 0 and 1.

    Raises
    ------
    InputError
        invalid_value: a share outside 0..1, a negative standard error or number, a level outside 0..1, a base that
        is missing.
    """
    _require_alike(share=share, se=se, df=df, base=base, effective_base=effective_base)
    if method in _PLAIN:
        return _PLAIN[method](share, se, df, level=level)
    if base is None:
        raise InputError("invalid_value", name="base", value=None, reason=f"{method.value} needs it")
    if method is IntervalMethod.LIKELIHOOD:
        return likelihood_interval(share, se, df, base, level=level)
    if effective_base is None:
        raise InputError("invalid_value", name="effective_base", value=None, reason=f"{method.value} needs it")
    if method is IntervalMethod.BETA:
        return beta_interval(share, se, df, base, effective_base, level=level)
    n_eff = effective_sample_size(share, se, df, base, effective_base, level=level)
    return wilson_interval(share, n_eff, level=level)


def mean_intervals(means: Estimates, *, level: float = LEVEL) -> Intervals:
    """Return estimate +/- t se for every entry; NaN where nobody answered."""
    return mean_interval(means.estimate, means.standard_error, means.degrees_of_freedom, level=level)


def mean_interval(estimate: ArrayLike, se: ArrayLike, df: ArrayLike, *, level: float = LEVEL) -> Intervals:
    """Return estimate +/- t(df) se (Wald); all arguments broadcast. For shares: for comparison only.

    Without degrees of freedom (df < 1) nothing is known and the interval is unbounded.
    """
    _require_alike(estimate=estimate, se=se, df=df)
    centre, error = as_numbers("estimate", estimate), _non_negative("se", se)
    reach = _times_t(error, df, level)
    return Intervals(centre - reach, centre + reach)


def logit_interval(share: ArrayLike, se: ArrayLike, df: ArrayLike, *, level: float = LEVEL) -> Intervals:
    """Return expit(logit p +/- t(df) se / (p (1 - p))); NaN where p is 0 or 1. Arguments broadcast.

    The Wald interval of a logistic model with a constant alone (R survey's `logit`), which is the delta method on
    the log odds (`xlogit`).

    Korn, E. L. & Graubard, B. I. (1999). Analysis of Health Surveys. Wiley, section 3.3.
    """
    _require_alike(share=share, se=se, df=df)
    p, error = _shares(share), _non_negative("se", se)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        reach = _times_t(error / (p * (1 - p)), df, level)
        inside = (p > 0) & (p < 1)
        centre = np.where(inside, logit(p), np.nan)
        return Intervals(expit(centre - reach), expit(centre + reach))


def likelihood_interval(
    share: ArrayLike, se: ArrayLike, df: ArrayLike, base: ArrayLike, *, level: float = LEVEL
) -> Intervals:
    """Return the shares q with 2 n_eff [p log(p/q) + (1-p) log((1-p)/(1-q))] <= t(df)^2. Arguments broadcast.

    The profile likelihood with Rao and Scott's correction, n_eff = p (1 - p) / se^2 times (base - 1) / base for the
    dispersion of the model; `base` is the number of answers. NaN where p is 0 or 1.

    Rao, J. N. K. & Scott, A. J. (1984). On chi-squared tests for multiway contingency tables with cell proportions
    estimated from survey data. Annals of Statistics 12(1), 46-60; Lumley, T. & Scott, A. (2014). Tests for
    regression models fitted to survey data. Australian & New Zealand Journal of Statistics 56, 1-14.
    """
    _require_alike(share=share, se=se, df=df, base=base)
    p, error, n = _shares(share), _non_negative("se", se), _non_negative("base", base)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # allowed divergence between p and the limit
        reach = _times_t(error, df, level) ** 2 / (2 * p * (1 - p)) * n / (n - 1)
    p, reach = np.broadcast_arrays(np.where((p > 0) & (p < 1), p, np.nan), reach)
    # the lower limit is the upper one of the complement, mirrored
    return Intervals(1 - _divergence_limit(1 - p, reach), _divergence_limit(p, reach))


def asin_interval(
    share: ArrayLike, se: ArrayLike, df: ArrayLike, *, level: float = LEVEL, is_folded: bool = False
) -> Intervals:
    """Return sin^2(asin sqrt p +/- t(df) se / (2 sqrt(p (1 - p)))); NaN where p is 0 or 1. Arguments broadcast.

    A limit beyond 0 or a right angle is cut off there. With `is_folded` it is left, so that the sine comes back up:
    what R survey prints, and what can leave the estimate itself outside the interval.

    Freeman, M. F. & Tukey, J. W. (1950). Transformations related to the angular and the square root. Annals of
    Mathematical Statistics 21(4), 607-611.
    """
    _require_alike(share=share, se=se, df=df)
    p, error = _shares(share), _non_negative("se", se)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        reach = _times_t(error / (2 * np.sqrt(p * (1 - p))), df, level)
    angle = np.where((p > 0) & (p < 1), np.arcsin(np.sqrt(p)), np.nan)
    low, high = angle - reach, angle + reach
    if not is_folded:
        low, high = np.maximum(low, 0.0), np.minimum(high, np.pi / 2)
    return Intervals(np.sin(low) ** 2, np.sin(high) ** 2)


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

    `base` and `effective_base` as in `effective_sample_size`.

    Korn, E. L. & Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data. Survey Methodology 24(2), 193-201.
    """
    p = _shares(share)
    n_eff = effective_sample_size(share, se, df, base, effective_base, level=level)
    tail = (1 - level) / 2
    hits, misses = n_eff * p, n_eff * (1 - p)
    tiny = np.finfo(np.float64).tiny
    low = np.where(hits > 0, betaincinv(np.maximum(hits, tiny), misses + 1, tail), 0.0)
    high = np.where(misses > 0, betaincinv(hits + 1, np.maximum(misses, tiny), 1 - tail), 1.0)
    known = np.isfinite(p) & np.isfinite(n_eff)
    return Intervals(np.where(known, low, np.nan), np.where(known, high, np.nan))


def wilson_interval(share: ArrayLike, effective_base: ArrayLike, *, level: float = LEVEL) -> Intervals:
    """Return Wilson's score interval on the effective base; for quick views. Arguments broadcast.

    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
    American Statistical Association 22, 209-212.
    """
    _require_alike(share=share, effective_base=effective_base)
    p, n = _shares(share), _non_negative("effective_base", effective_base)
    z2 = float(ndtri((1 + checked_level(level)) / 2)) ** 2
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # multiplied through by n, so that no answers at all (n = 0) give 0..1
        centre = (n * p + z2 / 2) / (n + z2)
        reach = np.sqrt(z2 * (n * p * (1 - p) + z2 / 4)) / (n + z2)
    return Intervals(np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0))


def effective_sample_size(
    share: ArrayLike,
    se: ArrayLike,
    df: ArrayLike,
    base: ArrayLike,
    effective_base: ArrayLike,
    *,
    level: float = LEVEL,
) -> FloatArray:
    """Return the answers that a simple random sample would need for this standard error. Arguments broadcast.

    p (1 - p) / se^2, times (t(base - 1) / t(df))^2 for the few degrees of freedom of a cluster sample. Where p is 0
    or 1, or se is 0, that says nothing and Kish's `effective_base` stands in; `base` is the number of answers (in R:
    of all respondents of a calibrated design, also in a domain).

    Korn & Graubard (1998), see `beta_interval`.
    """
    _require_alike(share=share, se=se, df=df, base=base, effective_base=effective_base)
    p, error = _shares(share), _non_negative("se", se)
    n, kish = _non_negative("base", base), _non_negative("effective_base", effective_base)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        n_eff = p * (1 - p) / error**2 * (_t_quantile(np.maximum(n - 1, 1), level) / _t_quantile(df, level)) ** 2
    says_nothing = (error <= _NO_SPREAD) | (p == 0) | (p == 1)
    return np.where(says_nothing, kish, n_eff)


_PLAIN: dict[IntervalMethod, Callable[..., Intervals]] = {
    IntervalMethod.LOGIT: logit_interval,
    IntervalMethod.XLOGIT: logit_interval,
    IntervalMethod.ASIN: asin_interval,
    IntervalMethod.MEAN: mean_interval,
}


def _divergence_limit(p: FloatArray, reach: FloatArray) -> FloatArray:
    """Return the q >= p with p log(p/q) + (1-p) log((1-p)/(1-q)) = reach, by halving; NaN where either is NaN."""
    low, high = p.copy(), np.ones_like(p)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            is_inside = p * np.log(p / middle) + (1 - p) * np.log((1 - p) / (1 - middle)) <= reach
            low, high = np.where(is_inside, middle, low), np.where(is_inside, high, middle)
    return np.where(np.isnan(p * reach), np.nan, (low + high) / 2)


def _times_t(se: FloatArray, df: ArrayLike, level: float) -> FloatArray:
    quantile = _t_quantile(df, level)
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(quantile) & ~np.isnan(se), np.inf, quantile * se)


def _t_quantile(df: ArrayLike, level: float) -> FloatArray:
    degrees = _non_negative("df", df)
    quantile = stdtrit(np.maximum(degrees, 1.0), (1 + checked_level(level)) / 2)
    return np.where(degrees >= 1, quantile, np.inf)


def checked_level(level: float) -> float:
    """Return `level`; raises InputError (invalid_value) unless it lies between 0 and 1."""
    if not 0 < level < 1:
        raise InputError("invalid_value", name="level", value=level, reason="it must lie between 0 and 1")
    return level


def _shares(share: ArrayLike) -> FloatArray:
    p = as_numbers("share", share)
    # a sum of weights over itself may be off by its last digit
    outside = (p < -_ROUNDING) | (p > 1 + _ROUNDING)
    if outside.any():
        raise InputError("invalid_value", name="share", value=float(p[outside].flat[0]), reason="it must lie in 0..1")
    return np.clip(p, 0.0, 1.0)


def _require_alike(**values: ArrayLike | None) -> None:
    """Raise InputError (wrong_length) unless the given arrays broadcast."""
    shapes = {name: as_numbers(name, given).shape for name, given in values.items() if given is not None}
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        first, *others = shapes
        other = next(name for name in others if shapes[name] != shapes[first])
        raise InputError("wrong_length", name=other, expected=shapes[first], got=shapes[other]) from None


def _non_negative(name: str, values: ArrayLike) -> FloatArray:
    array = as_numbers(name, values)
    if (array < 0).any():
        raise InputError("invalid_value", name=name, value=float(array[array < 0].flat[0]), reason="it is negative")
    return array
