"""Rankings: mean rank, Borda score, first places, duels between two items and the item that wins them all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray
from analysis.errors import EstimationError, InputError
from analysis.estimation.design import Design
from analysis.estimation.estimates import Estimates, estimate_means
from analysis.estimation.intervals import LEVEL, share_intervals
from analysis.estimation.item_answers import keep_missing
from analysis.estimation.linearization import answers

_EVEN = 0.5
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class RankingEstimates:
    """Per ranked item (columns): mean rank (1 = best), Borda score (1 best, 0 worst), share ranked first."""

    mean_rank: Estimates
    borda: Estimates
    first: Estimates


@dataclass(frozen=True, eq=False)
class Duels:
    """Share that puts item i (row) before item j (column), in one domain.

    Attributes
    ----------
    share, standard_error, low, high : (k, k) arrays
        NaN on the diagonal; share[i, j] + share[j, i] = 1.
    base : int
        Respondents who ranked at least one item.
    condorcet_winner : int or None
        The item that more than half put before each other item.
    is_clear : bool
        Whether the winner's interval lies above one half in every duel.
    """

    share: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    base: int
    condorcet_winner: int | None
    is_clear: bool


def estimate_ranking(
    design: Design, ranks: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> RankingEstimates:
    """Estimate a ranking of k items; items left unranked share the average of the ranks that remain.

    Parameters
    ----------
    design : Design
    ranks : (n, k) array
        1 = best; NaN = not ranked; a row of only NaN is no answer. Ranks given are 1..r, each once.
    domain, n_domains
        See `estimate_means`.

    Raises
    ------
    InputError
        As `estimate_means`; no_columns.
    EstimationError
        rank_out_of_range, with the number of rows that are no ranking.

    References
    ----------
    Marden, J. I. (1995). Analyzing and Modeling Rank Data. Chapman & Hall, chapter 2.
    """
    given, complete = _rankings(design, ranks)
    k = given.shape[1]
    first = keep_missing(complete, given == 1)
    mean_rank, borda, top = (
        estimate_means(design, values, domain=domain, n_domains=n_domains)
        for values in (complete, (k - complete) / max(1, k - 1), first)
    )
    return RankingEstimates(mean_rank, borda, top)


def estimate_duels(
    design: Design,
    ranks: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
    level: float = LEVEL,
) -> tuple[Duels, ...]:
    """Estimate for each pair of items the share that puts one before the other; one `Duels` per domain.

    A ranked item goes before every unranked one; two unranked items count half for each. The Condorcet winner is
    clear when in each of its duels the interval of its share lies above one half: every duel is held to `level`
    and none is spared, so that the claim as a whole needs no further correction (intersection-union). There may be
    no winner: i before j, j before l and l before i.

    Parameters
    ----------
    design : Design
    ranks : (n, k) array
        As `estimate_ranking`, k at least 2.
    domain, n_domains
        See `estimate_means`.
    level : float
        Of the intervals of `share_intervals`.

    Raises
    ------
    InputError, EstimationError
        As `estimate_ranking`; invalid_value for fewer than 2 items.

    References
    ----------
    Marden (1995), Analyzing and Modeling Rank Data, section 2.3 (pairwise preferences); Young (1988), American
    Political Science Review 82, 1231-1244 (Condorcet); Berger (1982), Technometrics 24, 295-300.
    """
    given, complete = _rankings(design, ranks)
    k = given.shape[1]
    if k < 2:
        raise InputError("invalid_value", name="ranks", value=k, reason="at least 2 items")
    one, two = np.triu_indices(k, 1)
    before = _EVEN + np.sign(complete[:, two] - complete[:, one]) / 2.0
    shares = estimate_means(design, before, domain=domain, n_domains=n_domains)
    limits = share_intervals(shares, level=level)
    return tuple(_duels((one, two), shares, limits.low, limits.high, d) for d in range(shares.estimate.shape[0]))


def _duels(pairs: tuple[IntArray, IntArray], shares: Estimates, low: FloatArray, high: FloatArray, d: int) -> Duels:
    share, lowest = _square(pairs, shares.estimate[d], 1.0 - shares.estimate[d]), _square(pairs, low[d], 1.0 - high[d])
    winner = _condorcet_winner(share)
    is_clear = winner is not None and bool(np.all(np.delete(lowest[winner], winner) > _EVEN))
    return Duels(
        share=share,
        standard_error=_square(pairs, shares.standard_error[d], shares.standard_error[d]),
        low=lowest,
        high=_square(pairs, high[d], 1.0 - low[d]),
        base=int(shares.base[d, 0]),
        condorcet_winner=winner,
        is_clear=is_clear,
    )


def _square(pairs: tuple[IntArray, IntArray], above: FloatArray, below: FloatArray) -> FloatArray:
    k = int(pairs[1].max()) + 1
    matrix = np.full((k, k), np.nan)
    matrix[pairs] = above
    matrix[pairs[::-1]] = below
    return matrix


def _condorcet_winner(share: FloatArray) -> int | None:
    # a duel that is even but for rounding has no winner
    wins = np.count_nonzero(share > _EVEN + _ROUNDING, axis=1)
    found = np.flatnonzero(wins == share.shape[0] - 1)
    return int(found[0]) if found.size else None


def _rankings(design: Design, ranks: ArrayLike) -> tuple[FloatArray, FloatArray]:
    given = answers("ranks", ranks, design.n)
    return given, _complete_ranks(given)


def _complete_ranks(given: FloatArray) -> FloatArray:
    k = given.shape[1]
    n_ranked = np.isfinite(given).sum(axis=1, keepdims=True)
    # ranks 1..r each once: sorted, with the missing ones (inf) behind
    ordered = np.sort(np.where(np.isfinite(given), given, np.inf), axis=1)
    positions = np.arange(1, k + 1)
    expected = np.where(positions <= n_ranked, positions.astype(np.float64), np.inf)
    n_wrong = int(np.count_nonzero((ordered != expected).any(axis=1)))
    if n_wrong:
        raise EstimationError("rank_out_of_range", count=n_wrong, n_items=k)
    complete = np.where(np.isfinite(given), given, (n_ranked + 1 + k) / 2)
    return np.where(n_ranked > 0, complete, np.nan)
