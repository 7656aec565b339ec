"""Composition against the population, next to what a perfect random draw of the same size would give."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from analysis.arrays import (
    MISSING,
    FloatArray,
    IntArray,
    as_codes,
    as_floats,
    require_count,
    require_length,
    weighted_counts,
)
from analysis.errors import InputError
from analysis.estimation.intervals import LEVEL, wilson_interval
from analysis.weighting.margins import Margin

# draws that equal the observed shares count as differing as much, whatever the rounding
_SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Composition:
    """One variable: shares in the group and in the population, per category of the margin.

    Attributes
    ----------
    categories : tuple of str, length k
    counts : (k,) integer array
    share, low, high : (k,) arrays
        Share among respondents with a known class, with its Wilson interval.
    population_share : (k,) array
    chance_share_low, chance_share_high : (k,) arrays
        Between these lie 95 % of the shares that perfect random draws of the same size give.
    dissimilarity : float
        Half the sum of absolute differences: the part that would have to change class (0-1).
    chance_mean, chance_high : float
        Dissimilarity of a perfect random draw of the same size: mean, and the value 95 % stay under.
    chi_squared, degrees_of_freedom, p_value : float, int, float
        Pearson's statistic on the effective n, and its probability by the chi-squared distribution; infinite
        with respondents in a category that the population lacks.
    chance_p_value : float
        Share of perfect random draws that differ as much, by the same statistic (this one included).
    n_outside : int
        Respondents without a class, or with a class that the margin does not cover.
    """

    variable: str
    categories: tuple[str, ...]
    counts: IntArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    population_share: FloatArray
    chance_share_low: FloatArray
    chance_share_high: FloatArray
    dissimilarity: float
    chance_mean: float
    chance_high: float
    chi_squared: float
    degrees_of_freedom: int
    p_value: float
    chance_p_value: float
    n_outside: int


def compare_composition(
    codes: ArrayLike,
    margin: Margin,
    rng: np.random.Generator,
    *,
    weights: ArrayLike | None = None,
    n_draws: int = 2000,
    level: float = LEVEL,
) -> Composition:
    """Compare the composition of a group with the population.

    Parameters
    ----------
    codes : (n,) integer array
        Positions among `margin.all_categories`; -1 is unknown.
    margin : Margin
    rng : numpy Generator
        For the perfect random draws; its seed belongs in the record.
    weights : (n,) array
        Shares are weighted by these; intervals and chi-squared then use Kish's effective n. The perfect random
        draws keep the true n: they show what weighting cannot be blamed for.
    n_draws : int
    level : float

    Raises
    ------
    InputError
        wrong_shape, wrong_length, code_out_of_range, invalid_value (a weight below zero or missing, n_draws
        below 1), no_rows (nobody with a weight has a class of the margin).

    References
    ----------
    Duncan, O. D. & Duncan, B. (1955). A methodological analysis of segregation indexes. American Sociological
    Review 20, 210-217. Cochran, W. G. (1952). The chi-squared test of goodness of fit. Annals of Mathematical
    Statistics 23, 315-345.
    """
    given = as_codes("codes", codes, 1)
    classes, w = _covered(given, _weights(weights, given.shape[0]), margin)
    n, k = classes.shape[0], len(margin.categories)
    share = weighted_counts(classes, w, k) / w.sum()
    population = margin.totals / margin.totals.sum()
    effective_n = float(w.sum() ** 2 / (w @ w))
    interval = wilson_interval(share, effective_n, level=level)
    chance = _Chance(population, n, chance_shares(population, n, rng, n_draws=n_draws))
    statistic = chi_squared(share, population, effective_n)
    df = int(np.count_nonzero(population)) - 1
    low, high = np.quantile(chance.shares, [0.025, 0.975], axis=0)
    return Composition(
        variable=margin.variable,
        categories=margin.categories,
        counts=np.bincount(classes, minlength=k).astype(np.int64),
        share=share,
        low=interval.low,
        high=interval.high,
        population_share=population,
        chance_share_low=low,
        chance_share_high=high,
        dissimilarity=dissimilarity(share, population),
        chance_mean=float(chance.dissimilarities.mean()),
        chance_high=float(np.quantile(chance.dissimilarities, 0.95)),
        chi_squared=statistic,
        degrees_of_freedom=df,
        p_value=float(chdtrc(df, statistic)) if df else 1.0,
        chance_p_value=chance.p_value(statistic),
        n_outside=given.shape[0] - n,
    )


@dataclass(frozen=True, eq=False)
class _Chance:
    """Perfect random draws of n persons: their shares (r, k)."""

    population: FloatArray
    n: int
    shares: FloatArray

    @property
    def dissimilarities(self) -> FloatArray:
        return np.asarray(np.abs(self.shares - self.population).sum(axis=1) / 2, dtype=np.float64)

    def p_value(self, statistic: float) -> float:
        by_chance = self.n * _squared_distance(self.shares, self.population)
        as_much = np.count_nonzero(by_chance >= statistic * (1 - _SAME) - _SAME)
        return float((as_much + 1) / (self.shares.shape[0] + 1))


def chi_squared(shares: ArrayLike, population_shares: ArrayLike, n: float) -> float:
    """Return Pearson's n sum (p_k - P_k)^2 / P_k of shares (k,); infinite where P_k = 0 < p_k."""
    first = _shares("shares", shares)
    second = _shares("population_shares", population_shares)
    require_length("population_shares", second, first.shape[0])
    return n * float(_squared_distance(first[None, :], second)[0])


def dissimilarity(shares: ArrayLike, population_shares: ArrayLike) -> float:
    """Return half the sum of absolute differences between two sets of shares (k,); 0 equal, 1 disjoint."""
    first = _shares("shares", shares)
    second = _shares("population_shares", population_shares)
    require_length("population_shares", second, first.shape[0])
    return float(np.abs(first - second).sum() / 2)


def chance_dissimilarity(
    population_shares: Sequence[float] | FloatArray, n: int, rng: np.random.Generator, *, n_draws: int = 2000
) -> FloatArray:
    """Return the dissimilarity of `n_draws` simple random draws of `n` persons; returns (n_draws,)."""
    drawn = chance_shares(population_shares, n, rng, n_draws=n_draws)
    return _Chance(as_floats("population_shares", population_shares, 1), n, drawn).dissimilarities


def chance_shares(
    population_shares: Sequence[float] | FloatArray, n: int, rng: np.random.Generator, *, n_draws: int = 2000
) -> FloatArray:
    """Return the shares per category of `n_draws` simple random draws of `n` persons; returns (n_draws, k)."""
    population = _shares("population_shares", population_shares)
    if not abs(population.sum() - 1.0) <= _SAME:
        raise InputError(
            "invalid_value", name="population_shares", value=population.tolist(), reason="must add up to 1"
        )
    for name, value in (("n", n), ("n_draws", n_draws)):
        require_count(name, value)
    return np.asarray(rng.multinomial(n, population, size=n_draws) / n, dtype=np.float64)


def _shares(name: str, shares: ArrayLike) -> FloatArray:
    given = as_floats(name, shares, 1)
    if not (np.isfinite(given) & (given >= 0)).all() or not given.size:
        raise InputError("invalid_value", name=name, value=given.tolist(), reason="must be finite and zero or more")
    return given


def _squared_distance(shares: FloatArray, population: FloatArray) -> FloatArray:
    """Sum over categories of (p - P)^2 / P, per row of `shares` (r, k)."""
    present = population > 0
    distance = ((shares - population)[:, present] ** 2 / population[present]).sum(axis=1)
    return np.where((shares[:, ~present] > 0).any(axis=1), np.inf, distance)


def _weights(weights: ArrayLike | None, n: int) -> FloatArray:
    w = np.ones(n) if weights is None else as_floats("weights", weights, 1)
    require_length("weights", w, n)
    if not (np.isfinite(w).all() and (w >= 0).all()):
        raise InputError("invalid_value", name="weights", value="weights", reason="must be zero or more")
    return w


def _covered(codes: IntArray, weights: FloatArray, margin: Margin) -> tuple[IntArray, FloatArray]:
    """Classes and weights of those whose class the margin counts."""
    n_all = len(margin.all_categories)
    if codes.size and int(codes.max()) >= n_all:
        raise InputError("code_out_of_range", name=margin.variable, value=int(codes.max()), last=n_all - 1)
    covered = (codes > MISSING) & (codes < len(margin.categories))
    if not weights[covered].sum() > 0:
        raise InputError("no_rows", name=margin.variable)
    return codes[covered], weights[covered]
