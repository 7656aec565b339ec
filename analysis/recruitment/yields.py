"""What share of letters gives a member: learned per stratum from earlier rounds, pooled, over two letters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln

from analysis.arrays import FloatArray, IntArray, as_codes, as_floats, require_length
from analysis.errors import InputError

_GRID = 41
_ROUNDS = 6
_SPREAD_OF_STRENGTH = 1.5


@dataclass(frozen=True, eq=False)
class YieldBelief:
    """Beta distributions of the share of letters that gives a member: (S,) arrays `successes`, `failures`."""

    successes: FloatArray
    failures: FloatArray

    def __post_init__(self) -> None:
        for name in ("successes", "failures"):
            values = as_floats(name, getattr(self, name), 1)
            if not (np.isfinite(values).all() and (values > 0).all()):
                raise InputError("invalid_value", name=name, value=values.tolist(), reason="must be more than zero")
            object.__setattr__(self, name, values)
        require_length("failures", self.failures, self.successes.shape[0])

    @property
    def mean(self) -> FloatArray:
        """Expected yield per stratum."""
        return self.successes / (self.successes + self.failures)


@dataclass(frozen=True, eq=False)
class PooledYields:
    """Yields in which strata learn from one another.

    Attributes
    ----------
    belief : YieldBelief
    mean : float
        Yield of a stratum of which nothing is known.
    letters : float
        How many letters that expectation weighs as much as: many when strata are alike.
    """

    belief: YieldBelief
    mean: float
    letters: float


def learn_yields(
    sent: ArrayLike, joined: ArrayLike, *, prior_yield: ArrayLike = 0.10, prior_letters: float = 50.0
) -> YieldBelief:
    """Return what earlier rounds say about each stratum, starting from a published yield.

    Parameters
    ----------
    sent, joined : (S,) integer arrays
        Letters sent and members gained per stratum, added up over rounds; 0 sent is allowed.
    prior_yield : float or (S,) array
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
    n, k = _counts(sent, joined)
    _check_prior(prior_yield, prior_letters)
    prior = np.broadcast_to(np.asarray(prior_yield, dtype=np.float64), n.shape)
    return YieldBelief(prior * prior_letters + k, (1 - prior) * prior_letters + (n - k))


def pool_yields(
    sent: ArrayLike, joined: ArrayLike, *, prior_yield: float = 0.10, prior_letters: float = 50.0
) -> PooledYields:
    """Return yields per stratum, drawn to a common yield as far as the strata prove alike (empirical Bayes).

    The common Beta(m M, (1 - m) M) maximizes its Beta-Binomial likelihood over the strata times a weak prior:
    m ~ Beta(prior_yield, prior_letters), log M ~ normal(log prior_letters, 1.5). Its own error is left out, so
    intervals for new strata are a little narrow.

    Parameters
    ----------
    sent, joined, prior_yield, prior_letters
        As in `learn_yields`.

    Raises
    ------
    InputError
        As `learn_yields`.

    References
    ----------
    Gelman, A. et al. (2013). Bayesian Data Analysis, 3rd ed. CRC Press, sections 5.1-5.4.
    """
    n, k = _counts(sent, joined)
    _check_prior(prior_yield, prior_letters)
    centre, reach = (float(np.log(prior_yield / (1 - prior_yield))), float(np.log(prior_letters))), (6.0, 6.0)
    for _ in range(_ROUNDS):
        grid = [np.linspace(c - r, c + r, _GRID) for c, r in zip(centre, reach, strict=True)]
        logit, log_letters = np.meshgrid(*grid, indexing="ij")
        found = np.argmax(_log_posterior(n, k, logit, log_letters, prior_yield, prior_letters))
        centre = float(logit.flat[found]), float(log_letters.flat[found])
        reach = reach[0] * 4 / _GRID, reach[1] * 4 / _GRID
    mean, letters = float(1 / (1 + np.exp(-centre[0]))), float(np.exp(centre[1]))
    return PooledYields(learn_yields(n, k, prior_yield=mean, prior_letters=letters), mean, letters)


def with_second_letter(first: YieldBelief, second: YieldBelief) -> YieldBelief:
    """Return the yield per address when who does not join gets a second letter, of yield `second` (S,).

    1 - y = (1 - y1) (1 - y2), with y1 and y2 independent; the Beta distribution with that mean and variance.

    Raises
    ------
    InputError
        wrong_length.

    References
    ----------
    Fan, D.-Y. (1991). The distribution of the product of independent beta variables. Communications in
    Statistics, Theory and Methods 20, 4043-4052.
    """
    require_length("second", second.successes, first.successes.shape[0])
    mean, square = np.ones_like(first.mean), np.ones_like(first.mean)
    for belief in (first, second):
        letters = belief.successes + belief.failures
        mean = mean * belief.failures / letters
        square = square * belief.failures * (belief.failures + 1) / (letters * (letters + 1))
    letters = (mean - square) / (square - mean**2)
    return YieldBelief((1 - mean) * letters, mean * letters)


def _log_posterior(
    n: IntArray, k: IntArray, logit: FloatArray, log_letters: FloatArray, prior_yield: float, prior_letters: float
) -> FloatArray:
    log_mean, log_rest = -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)
    a, b = np.exp(log_mean + log_letters), np.exp(log_rest + log_letters)
    fit = np.zeros_like(a)
    for sent, joined in zip(n.tolist(), k.tolist(), strict=True):
        fit += betaln(a + joined, b + sent - joined) - betaln(a, b)
    prior = prior_letters * (prior_yield * log_mean + (1 - prior_yield) * log_rest)
    weak = ((log_letters - np.log(prior_letters)) / _SPREAD_OF_STRENGTH) ** 2 / 2
    return np.asarray(fit + prior - weak, dtype=np.float64)


def _counts(sent: ArrayLike, joined: ArrayLike) -> tuple[IntArray, IntArray]:
    n, k = as_codes("sent", sent, 1), as_codes("joined", joined, 1)
    require_length("joined", k, n.shape[0])
    if ((k < 0) | (k > n)).any():
        raise InputError("invalid_value", name="joined", value=k.tolist(), reason="must lie in 0..sent")
    return n, k


def _check_prior(prior_yield: ArrayLike, prior_letters: float) -> None:
    share = np.asarray(prior_yield, dtype=np.float64)
    if not ((share > 0) & (share < 1)).all():
        raise InputError("invalid_value", name="prior_yield", value=share.tolist(), reason="must lie in 0..1")
    if not 0 < prior_letters < np.inf:
        raise InputError("invalid_value", name="prior_letters", value=prior_letters, reason="must be more than zero")
