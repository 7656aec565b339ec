"""How a panel shrinks, and when its next round of recruitment is due."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, betaln

from analysis.arrays import FloatArray, as_codes, as_floats, require_length
from analysis.errors import InputError

_MONTHS_A_YEAR = 12
_LONGEST = 120
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class AttritionBelief:
    """Beta distributions of the share of members that leaves in a year: (S,) arrays `left`, `stayed`."""

    left: FloatArray
    stayed: FloatArray

    @property
    def mean(self) -> FloatArray:
        """Expected yearly attrition per stratum."""
        return self.left / (self.left + self.stayed)


@dataclass(frozen=True, eq=False)
class StockForecast:
    """Members per month 0..T: arrays (T + 1, S) per stratum, (T + 1,) in all; `low`..`high` holds with `level`."""

    expected: FloatArray
    low: FloatArray
    high: FloatArray
    total_expected: FloatArray
    total_low: FloatArray
    total_high: FloatArray
    level: float


@dataclass(frozen=True, eq=False)
class RefreshmentPlan:
    """When the next round must bring in new members, and how many.

    Attributes
    ----------
    due, earliest, latest : int or None
        First month in which the expected total (its lower, its upper limit) lies below the minimum; None: not
        within the forecast.
    gaps : (S,) array
        Members per stratum that bring the panel back to its target in month `due` (or the last one).
    gap_low, gap_high : (S,) arrays
    total_gap : float
    """

    due: int | None
    earliest: int | None
    latest: int | None
    gaps: FloatArray
    gap_low: FloatArray
    gap_high: FloatArray
    total_gap: float


def learn_attrition(
    members: ArrayLike, left: ArrayLike, *, prior_rate: float = 0.12, prior_members: float = 50.0
) -> AttritionBelief:
    """Return what earlier years say about leaving, per stratum, starting from a published rate.

    Parameters
    ----------
    members, left : (S,) arrays
        Member-years observed, and members who left in them; 0 is allowed.
    prior_rate : float
        Yearly share (0-1) expected before anything is known; 12 % in the LISS panel.
    prior_members : float
        How many member-years that expectation weighs as much as.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value.

    References
    ----------
    Scherpenzeel, A. & Das, M. (2010). "True" longitudinal and probability-based Internet panels: evidence from
    the Netherlands. In: Social and Behavioral Research and the Internet. Routledge, 77-104.
    """
    years, gone = as_floats("members", members, 1), as_floats("left", left, 1)
    require_length("left", gone, years.shape[0])
    if not (np.isfinite(years).all() and ((gone >= 0) & (gone <= years)).all()):
        raise InputError("invalid_value", name="left", value=gone.tolist(), reason="must lie in 0..members")
    if not (0 < prior_rate < 1 and 0 < prior_members < np.inf):
        raise InputError("invalid_value", name="prior_rate", value=prior_rate, reason="must lie in 0..1")
    return AttritionBelief(prior_rate * prior_members + gone, (1 - prior_rate) * prior_members + (years - gone))


def forecast_stock(
    stock: ArrayLike,
    belief: AttritionBelief,
    months: int,
    *,
    joiners: ArrayLike | None = None,
    level: float = 0.80,
) -> StockForecast:
    """Return the members left after each month, when everybody stays another month with the same chance.

    After u years a share (1 - rate)^u is left. Mean and variance are exact: over the uncertain rate, and over
    who happens to leave. The interval is that of a Beta distribution between 0 and everybody with that mean and
    variance, in whole members; strata count as independent.

    Parameters
    ----------
    stock : (S,) integer array
        Members now.
    belief : AttritionBelief
    months : int
        T, 1-120.
    joiners : (S,) or (T, S) integer array
        New members planned in every month, or per month 1..T; they leave like the others.
    level : float

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, invalid_value.

    References
    ----------
    Gupta, A. K. & Nadarajah, S. (2004). Handbook of Beta Distribution. Dekker, chapter 2 (moments).
    """
    if not 1 <= months <= _LONGEST:
        raise InputError("invalid_value", name="months", value=months, reason=f"must lie in 1..{_LONGEST}")
    if not 0 < level < 1:
        raise InputError("invalid_value", name="level", value=level, reason="must lie in 0..1")
    cohorts = _cohorts(stock, joiners, months, belief.left.shape[0])
    mean, variance = _moments(cohorts, belief)
    most = np.cumsum(cohorts, axis=0)
    low, high = _limits(mean, variance, most, level)
    total_low, total_high = _limits(mean.sum(axis=1), variance.sum(axis=1), most.sum(axis=1), level)
    return StockForecast(mean, low, high, mean.sum(axis=1), total_low, total_high, level)


def plan_refreshment(forecast: StockForecast, minimum: float, target: ArrayLike) -> RefreshmentPlan:
    """Return when the panel falls below `minimum` members in all, and what each stratum then lacks.

    Parameters
    ----------
    forecast : StockForecast
    minimum : float
    target : (S,) array
        Members per stratum after the round.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value.
    """
    wanted = as_floats("target", target, 1)
    require_length("target", wanted, forecast.expected.shape[1])
    if not (np.isfinite(wanted).all() and (wanted >= 0).all()):
        raise InputError("invalid_value", name="target", value=wanted.tolist(), reason="must be zero or more")
    due, earliest, latest = (
        _first_below(total, minimum) for total in (forecast.total_expected, forecast.total_low, forecast.total_high)
    )
    month = -1 if due is None else due
    gaps, low, high = (
        np.maximum(wanted - members[month], 0.0) for members in (forecast.expected, forecast.high, forecast.low)
    )
    return RefreshmentPlan(due, earliest, latest, gaps, low, high, float(gaps.sum()))


def _cohorts(stock: ArrayLike, joiners: ArrayLike | None, months: int, n_strata: int) -> FloatArray:
    """Members by month of joining (T + 1, S), those of today first."""
    today = as_codes("stock", stock, 1)
    require_length("stock", today, n_strata)
    given = np.zeros(n_strata, dtype=np.int64) if joiners is None else np.asarray(joiners)
    planned = as_codes("joiners", np.tile(given, (months, 1)) if given.ndim == 1 else given, 2)
    require_length("joiners", planned, months)
    require_length("joiners", planned.T, n_strata)
    cohorts = np.vstack([today, planned]).astype(np.float64)
    if (cohorts < 0).any():
        raise InputError("invalid_value", name="stock or joiners", value=cohorts.min(), reason="must be zero or more")
    return cohorts


def _moments(cohorts: FloatArray, belief: AttritionBelief) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of the members after each month (T + 1, S)."""
    n = cohorts.shape[0]
    years = np.arange(2 * n)[:, None] / _MONTHS_A_YEAR
    # expectation of (1 - rate)^u
    left = np.exp(betaln(belief.stayed + years, belief.left) - betaln(belief.stayed, belief.left))
    ages = np.arange(n)
    common = left[ages[:, None] + ages] - left[ages][:, None] * left[ages]
    mean, variance = np.empty_like(cohorts), np.empty_like(cohorts)
    for month in range(n):
        of_age = cohorts[month::-1]
        known = ages[: month + 1]
        mean[month] = (of_age * left[known]).sum(axis=0)
        by_chance = (of_age * (left[known] - left[2 * known])).sum(axis=0)
        by_rate = np.einsum("is,ijs,js->s", of_age, common[: month + 1, : month + 1], of_age)
        variance[month] = by_chance + by_rate
    return mean, np.maximum(variance, 0.0)


def _limits(mean: FloatArray, variance: FloatArray, most: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    is_certain = variance <= 1e-12 * np.maximum(most, 1.0)
    top = np.where(is_certain, 1.0, most)
    share, spread = np.where(is_certain, 0.5, mean / top), np.where(is_certain, 0.05, variance / top**2)
    size = np.maximum(share * (1 - share) / spread - 1, 1e-6)
    tail = (1 - level) / 2
    low, high = (top * betaincinv(share * size, (1 - share) * size, p) for p in (tail, 1 - tail))
    low, high = np.where(is_certain, mean, low), np.where(is_certain, mean, high)
    return np.floor(low + _ROUNDING), np.ceil(high - _ROUNDING)


def _first_below(totals: FloatArray, minimum: float) -> int | None:
    below = np.flatnonzero(totals < minimum)
    return int(below[0]) if below.size else None
