"""Composition against the population, next to what a perfect random draw of the same size would give."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import MISSING, FloatArray, IntArray, as_codes, as_floats, require_length, weighted_counts
from analysis.errors import InputError
from analysis.estimation.intervals import LEVEL, wilson_interval
from analysis.weighting.margins import Margin


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
    dissimilarity : float
        Half the sum of absolute differences: the part that would have to change class (0-1).
    chance_mean, chance_high : float
        Dissimilarity of a perfect random draw of the same size: mean, and the value 95 % stay under.
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
    dissimilarity: float
    chance_mean: float
    chance_high: float
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
        Shares are weighted by these; intervals then use Kish's effective n.
    n_draws : int

    Raises
    ------
    InputError
        wrong_shape, wrong_length, code_out_of_range, no_rows (nobody has a class of the margin).

    References
    ----------
    Duncan, O. D. & Duncan, B. (1955). A methodological analysis of segregation indexes. American Sociological
    Review 20, 210-217.
    """
    given = as_codes("codes", codes, 1)
    w = np.ones(given.shape[0]) if weights is None else as_floats("weights", weights, 1)
    require_length("weights", w, given.shape[0])
    k = len(margin.categories)
    _require_known(given, margin)
    covered = (given > MISSING) & (given < k)
    n = int(np.count_nonzero(covered))
    if n == 0:
        raise InputError("no_rows", name=margin.variable)
    inside = w[covered]
    share = weighted_counts(given[covered], inside, k) / inside.sum()
    population = margin.totals / margin.totals.sum()
    effective_n = float(inside.sum() ** 2 / (inside @ inside))
    interval = wilson_interval(share, effective_n, level=level)
    chance = chance_dissimilarity(population, n, rng, n_draws=n_draws)
    return Composition(
        variable=margin.variable,
        categories=margin.categories,
        counts=np.bincount(given[covered], minlength=k).astype(np.int64),
        share=share,
        low=interval.low,
        high=interval.high,
        population_share=population,
        dissimilarity=dissimilarity(share, population),
        chance_mean=float(chance.mean()),
        chance_high=float(np.quantile(chance, 0.95)),
        n_outside=given.shape[0] - n,
    )


def dissimilarity(shares: ArrayLike, population_shares: ArrayLike) -> float:
    """Return half the sum of absolute differences between two sets of shares (k,); 0 equal, 1 disjoint."""
    first = as_floats("shares", shares, 1)
    second = as_floats("population_shares", population_shares, 1)
    require_length("population_shares", second, first.shape[0])
    return float(np.abs(first - second).sum() / 2)


def chance_dissimilarity(
    population_shares: Sequence[float] | FloatArray, n: int, rng: np.random.Generator, *, n_draws: int = 2000
) -> FloatArray:
    """Return the dissimilarity of `n_draws` simple random draws of `n` persons; returns (n_draws,)."""
    population = as_floats("population_shares", population_shares, 1)
    draws = rng.multinomial(n, population, size=n_draws) / n
    return np.asarray(np.abs(draws - population).sum(axis=1) / 2, dtype=np.float64)


def _require_known(codes: IntArray, margin: Margin) -> None:
    n_all = len(margin.all_categories)
    if codes.size and int(codes.max()) >= n_all:
        raise InputError("code_out_of_range", name=margin.variable, value=int(codes.max()), last=n_all - 1)
