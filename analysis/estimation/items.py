"""Estimators per kind of question: several choices, scale matrix, ranking, budget."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, as_floats, require_length
from analysis.errors import EstimationError, InputError
from analysis.estimation.design import Design
from analysis.estimation.estimates import Estimates, estimate_means

_FEWEST_SCALE_POINTS = 4


@dataclass(frozen=True, eq=False)
class ScaleEstimates:
    """Per statement (columns): mean score, share in the two highest points, that minus the two lowest."""

    mean: Estimates
    top_two: Estimates
    net: Estimates


@dataclass(frozen=True, eq=False)
class RankingEstimates:
    """Per ranked item (columns): mean rank (1 = best), Borda score (1 best, 0 worst), share ranked first."""

    mean_rank: Estimates
    borda: Estimates
    first: Estimates


@dataclass(frozen=True, eq=False)
class BudgetEstimates:
    """Per post (columns): mean share of the budget, and share of respondents who give it nothing."""

    mean_share: Estimates
    nothing: Estimates


def estimate_several(
    design: Design, selected: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> Estimates:
    """Estimate for each option the share of persons who chose it; the shares may add up to more than 1.

    Parameters
    ----------
    design : Design
    selected : (n, k) array
        1 chosen, 0 not chosen, NaN not answered.
    domain, n_domains
        See `estimate_means`.

    Raises
    ------
    InputError
        As `estimate_means`; invalid_value for anything but 0, 1 and NaN.
    """
    chosen = as_floats("selected", selected, 2)
    _require_allowed("selected", chosen, np.isin(chosen, (0.0, 1.0)), "0, 1 or missing")
    return estimate_means(design, chosen, domain=domain, n_domains=n_domains)


def estimate_scales(
    design: Design,
    scores: ArrayLike,
    n_points: int,
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> ScaleEstimates:
    """Estimate statements with one scale 1..n_points (n_points the most positive; at least 4).

    Parameters
    ----------
    design : Design
    scores : (n, k) array
        NaN where a statement was not answered.
    n_points : int
    domain, n_domains
        See `estimate_means`.

    Raises
    ------
    InputError
        As `estimate_means`; invalid_value for scores off the scale or a scale under 4 points.
    """
    y = as_floats("scores", scores, 2)
    if n_points < _FEWEST_SCALE_POINTS:
        raise InputError("invalid_value", name="n_points", value=n_points, reason="at least 4 points")
    _require_allowed("scores", y, np.isin(y, np.arange(1, n_points + 1)), f"1..{n_points} or missing")
    top = _keep_missing(y, y >= n_points - 1)
    bottom = _keep_missing(y, y <= 2)
    return ScaleEstimates(
        mean=estimate_means(design, y, domain=domain, n_domains=n_domains),
        top_two=estimate_means(design, top, domain=domain, n_domains=n_domains),
        net=estimate_means(design, top - bottom, domain=domain, n_domains=n_domains),
    )


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
        As `estimate_means`.
    EstimationError
        rank_out_of_range, with the number of rows that are no ranking.

    References
    ----------
    Marden, J. I. (1995). Analyzing and Modeling Rank Data. Chapman & Hall, chapter 2.
    """
    given = as_floats("ranks", ranks, 2)
    require_length("ranks", given, design.n)
    complete = _complete_ranks(given)
    k = given.shape[1]
    first = _keep_missing(complete, given == 1)
    return RankingEstimates(
        mean_rank=estimate_means(design, complete, domain=domain, n_domains=n_domains),
        borda=estimate_means(design, (k - complete) / max(1, k - 1), domain=domain, n_domains=n_domains),
        first=estimate_means(design, first, domain=domain, n_domains=n_domains),
    )


def estimate_budget(
    design: Design,
    points: ArrayLike,
    *,
    budget: float = 100.0,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> BudgetEstimates:
    """Estimate how respondents divide `budget` points over k posts.

    Parameters
    ----------
    design : Design
    points : (n, k) array
        Points per post; a post left empty (NaN) gets 0; a row of only NaN is no answer.
    budget : float
        What each answered row adds up to.
    domain, n_domains
        See `estimate_means`.

    Raises
    ------
    InputError
        As `estimate_means`; invalid_value for negative points.
    EstimationError
        budget_sum, with the number of rows that do not add up.
    """
    given = as_floats("points", points, 2)
    _require_allowed("points", given, given >= 0, "zero or more")
    answered = np.isfinite(given).any(axis=1)
    filled = np.where(np.isfinite(given), given, 0.0)
    n_wrong = int(np.count_nonzero(answered & (np.abs(filled.sum(axis=1) - budget) > 1e-6 * budget)))
    if n_wrong:
        raise EstimationError("budget_sum", count=n_wrong, expected=budget)
    filled[~answered] = np.nan
    nothing = _keep_missing(filled, filled == 0)
    return BudgetEstimates(
        mean_share=estimate_means(design, filled / budget, domain=domain, n_domains=n_domains),
        nothing=estimate_means(design, nothing, domain=domain, n_domains=n_domains),
    )


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


def _keep_missing(values: FloatArray, condition: np.ndarray) -> FloatArray:
    return np.where(np.isfinite(values), condition.astype(np.float64), np.nan)


def _require_allowed(name: str, values: FloatArray, allowed: np.ndarray, reason: str) -> None:
    wrong = ~(allowed | np.isnan(values))
    if wrong.any():
        raise InputError("invalid_value", name=name, value=float(values[wrong][0]), reason=reason)
