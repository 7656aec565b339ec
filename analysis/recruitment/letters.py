"""How many letters a stratum needs to fill its gap, and how many members to expect from them."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, gammaln

from analysis.arrays import FloatArray, IntArray, as_codes, as_floats, require_count, require_length
from analysis.errors import InputError
from analysis.recruitment.yields import YieldBelief, with_second_letter

_NEGLIGIBLE = 1e-9


@dataclass(frozen=True, eq=False)
class LetterPlan:
    """Letters per stratum, and the members they are expected to give.

    Attributes
    ----------
    letters : (S,) integer array
        Addresses to write to.
    second_letters : (S,) array
        Expected second letters, to those who do not join after the first; 0 without a second letter.
    expected, low, high : (S,) arrays
        New members, and the interval they fall in.
    shortfall : (S,) array
        Members that addresses or budget leave missing.
    total_expected, total_low, total_high : float, int, int
        New members in all strata together: "expected 23, 80 % between 15 and 32".
    level : float
    """

    letters: IntArray
    second_letters: FloatArray
    expected: FloatArray
    low: IntArray
    high: IntArray
    shortfall: FloatArray
    total_expected: float
    total_low: int
    total_high: int
    level: float


def plan_letters(
    gaps: ArrayLike,
    belief: YieldBelief,
    *,
    second: YieldBelief | None = None,
    addresses: ArrayLike | None = None,
    budget: int | None = None,
    level: float = 0.80,
) -> LetterPlan:
    """Return letters per stratum = gap / expected yield, with the Beta-Binomial interval of new members.

    Parameters
    ----------
    gaps : (S,) array
        Members still missing; zero or less asks for no letters.
    belief : YieldBelief
        From `learn_yields` or `pool_yields`.
    second : YieldBelief
        Yield of a second letter among those who did not join after the first.
    addresses : (S,) integer array
        Persons in the stratum who can still be written to.
    budget : int
        Most letters in all, expected second ones included; what is wanted is scaled down to it (largest
        remainder).
    level : float
        Probability that the number of new members lies within `low`..`high`. Strata count as independent.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, invalid_value.

    References
    ----------
    Johnson, N. L., Kemp, A. W. & Kotz, S. (2005). Univariate Discrete Distributions, 3rd ed. Wiley, section 6.2.2.
    """
    missing = _gaps(gaps, belief)
    _check(budget, level)
    joint = belief if second is None else with_second_letter(belief, second)
    repeat = np.zeros_like(missing) if second is None else 1 - belief.mean
    wanted = np.ceil(missing / joint.mean - _NEGLIGIBLE)
    if addresses is not None:
        wanted = np.minimum(wanted, _addresses(addresses, missing.shape[0]))
    letters = _within_budget(wanted, 1 + repeat, budget)
    expected = letters * joint.mean
    chances = [_chances(int(n), a, b) for n, a, b in zip(letters, joint.successes, joint.failures, strict=True)]
    low, high = np.array([_interval(chance, level) for chance in chances], dtype=np.int64).reshape(-1, 2).T
    total_low, total_high = _interval(reduce(np.convolve, chances, np.ones(1)), level)
    return LetterPlan(
        letters=letters,
        second_letters=letters * repeat,
        expected=expected,
        low=low,
        high=high,
        shortfall=np.maximum(missing - expected, 0.0),
        total_expected=float(expected.sum()),
        total_low=total_low,
        total_high=total_high,
        level=level,
    )


def _within_budget(wanted: FloatArray, cost: FloatArray, budget: int | None) -> IntArray:
    total = wanted @ cost
    if budget is None or total <= budget:
        return wanted.astype(np.int64)
    exact = wanted * (budget / total)
    letters: IntArray = np.floor(exact + _NEGLIGIBLE).astype(np.int64)
    left = budget - float(letters @ cost)
    # scaled down, so a rounded-up stratum still gets no more than it wants
    for stratum in np.argsort(-(exact - letters), kind="stable"):
        if letters[stratum] < wanted[stratum] and cost[stratum] <= left + _NEGLIGIBLE:
            letters[stratum] += 1
            left -= cost[stratum]
    return letters


def _chances(letters: int, successes: float, failures: float) -> FloatArray:
    """Beta-Binomial probability of 0, 1, ... members; ends where what is left is negligible."""
    members = np.arange(letters + 1)
    log_choose = gammaln(letters + 1) - gammaln(members + 1) - gammaln(letters - members + 1)
    log_odds = betaln(members + successes, letters - members + failures) - betaln(successes, failures)
    chance = np.exp(log_choose + log_odds)
    last = int(np.searchsorted(np.cumsum(chance), 1 - _NEGLIGIBLE))
    return np.asarray(chance[: last + 1], dtype=np.float64)


def _interval(chance: FloatArray, level: float) -> tuple[int, int]:
    cumulative = np.cumsum(chance)
    tail = (1 - level) / 2
    # the first number of members at which the probability up to it passes the tail
    last = chance.shape[0] - 1
    return min(last, int(np.searchsorted(cumulative, tail))), min(last, int(np.searchsorted(cumulative, 1 - tail)))


def _gaps(gaps: ArrayLike, belief: YieldBelief) -> FloatArray:
    given = as_floats("gaps", gaps, 1)
    require_length("gaps", given, belief.mean.shape[0])
    if not np.isfinite(given).all():
        raise InputError("invalid_value", name="gaps", value=given.tolist(), reason="must be numbers")
    return np.maximum(given, 0.0)


def _addresses(addresses: ArrayLike, n_strata: int) -> IntArray:
    limit = as_codes("addresses", addresses, 1)
    require_length("addresses", limit, n_strata)
    if (limit < 0).any():
        raise InputError("invalid_value", name="addresses", value=limit.tolist(), reason="must be zero or more")
    return limit


def _check(budget: int | None, level: float) -> None:
    if budget is not None:
        require_count("budget", budget, at_least=0)
    if not 0 < level < 1:
        raise InputError("invalid_value", name="level", value=level, reason="must lie in 0..1")
