"""How many letters a stratum needs to fill its gap, and how many members to expect from them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, gammaln

from analysis.arrays import FloatArray, IntArray, as_codes, as_floats, require_length
from analysis.errors import InputError


@dataclass(frozen=True, eq=False)
class YieldBelief:
    """Beta distributions of the share of letters that gives a member: (S,) arrays `successes`, `failures`."""

    successes: FloatArray
    failures: FloatArray

    @property
    def mean(self) -> FloatArray:
        """Expected yield per stratum."""
        return self.successes / (self.successes + self.failures)


@dataclass(frozen=True, eq=False)
class LetterPlan:
    """Per stratum (S,): letters to send, members expected, and the interval they fall in."""

    letters: IntArray
    expected: FloatArray
    low: IntArray
    high: IntArray


def learn_yields(
    sent: ArrayLike, joined: ArrayLike, *, prior_yield: float = 0.10, prior_letters: float = 50.0
) -> YieldBelief:
    """Return what earlier rounds say about each stratum, starting from a published yield.

    Parameters
    ----------
    sent, joined : (S,) integer arrays
        Letters sent and members gained per stratum, added up over rounds; 0 sent is allowed.
    prior_yield : float
        Yield (0-1) expected before anything is known.
    prior_letters : float
        How many letters that expectation weighs as much as.

    Raises
    ------
    InputError
        wrong_length, invalid_value (more joined than sent, a prior that is no share).

    References
    ----------
    Gelman, A. et al. (2013). Bayesian Data Analysis, 3rd ed. CRC Press, section 2.4.
    """
    n, k = as_codes("sent", sent, 1), as_codes("joined", joined, 1)
    require_length("joined", k, n.shape[0])
    if ((k < 0) | (k > n)).any():
        raise InputError("invalid_value", name="joined", value=k.tolist(), reason="must lie in 0..sent")
    if not (0 < prior_yield < 1 and prior_letters > 0):
        raise InputError("invalid_value", name="prior_yield", value=prior_yield, reason="must lie in 0..1")
    successes: FloatArray = prior_yield * prior_letters + k.astype(np.float64)
    failures: FloatArray = (1 - prior_yield) * prior_letters + (n - k).astype(np.float64)
    return YieldBelief(successes, failures)


def plan_letters(
    gaps: ArrayLike,
    belief: YieldBelief,
    *,
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
    addresses : (S,) integer array
        Persons in the stratum who can still be written to.
    budget : int
        Most letters in all; what is wanted is scaled down to it (largest remainder).
    level : float
        Probability that the number of new members lies within `low`..`high`.

    Raises
    ------
    InputError
        wrong_length.
    """
    missing = np.maximum(as_floats("gaps", gaps, 1), 0.0)
    require_length("gaps", missing, belief.mean.shape[0])
    wanted = np.ceil(missing / belief.mean - 1e-9)
    if addresses is not None:
        limit = as_codes("addresses", addresses, 1)
        require_length("addresses", limit, missing.shape[0])
        wanted = np.minimum(wanted, limit)
    letters = _within_budget(wanted, budget)
    limits = [
        _interval(int(n), a, b, level) for n, a, b in zip(letters, belief.successes, belief.failures, strict=True)
    ]
    low, high = np.array(limits, dtype=np.int64).reshape(-1, 2).T
    return LetterPlan(letters, letters * belief.mean, low, high)


def _within_budget(wanted: FloatArray, budget: int | None) -> IntArray:
    total = wanted.sum()
    if budget is None or total <= budget:
        return wanted.astype(np.int64)
    exact = wanted * (budget / total)
    letters: IntArray = np.floor(exact).astype(np.int64)
    # scaled down, so a rounded-up stratum still gets no more than it wants
    order = np.argsort(-(exact - letters), kind="stable")
    letters[order[: budget - int(letters.sum())]] += 1
    return letters


def _interval(letters: int, successes: float, failures: float, level: float) -> tuple[int, int]:
    members = np.arange(letters + 1)
    log_choose = gammaln(letters + 1) - gammaln(members + 1) - gammaln(letters - members + 1)
    log_odds = betaln(members + successes, letters - members + failures) - betaln(successes, failures)
    cumulative = np.cumsum(np.exp(log_choose + log_odds))
    tail = (1 - level) / 2
    # the first number of members at which the probability up to it passes the tail
    return int(np.searchsorted(cumulative, tail)), min(letters, int(np.searchsorted(cumulative, 1 - tail)))
