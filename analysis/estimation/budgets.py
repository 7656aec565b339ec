"""Budgets divided over posts: mean share, who gives nothing, and how the shares are spread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray
from analysis.errors import EstimationError, InputError
from analysis.estimation.design import Design
from analysis.estimation.estimates import Estimates, estimate_means
from analysis.estimation.item_answers import keep_missing, require_allowed
from analysis.estimation.linearization import answers
from analysis.estimation.quantiles import Quantiles, estimate_quantiles

_ROUNDING = 1e-6
_SPREAD = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, eq=False)
class BudgetEstimates:
    """Per post (columns): mean share of the budget, and share of respondents who give it nothing."""

    mean_share: Estimates
    nothing: Estimates


def estimate_budget(
    design: Design,
    points: ArrayLike,
    *,
    budget: float = 100.0,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> BudgetEstimates:
    """Estimate how respondents divide `budget` points over k posts; the mean shares add up to 1.

    Parameters
    ----------
    design : Design
    points : (n, k) array
        Points per post; a post left empty (NaN) gets 0; a row of only NaN is no answer.
    budget : float
        What each answered row adds up to; more than 0.
    domain, n_domains
        See `estimate_means`.

    Raises
    ------
    InputError
        As `estimate_means`; no_columns; invalid_value for negative points or a budget that is not positive.
    EstimationError
        budget_sum, with the number of rows that do not add up.
    """
    shares = _shares(design, points, budget)
    nothing = keep_missing(shares, shares == 0)
    return BudgetEstimates(
        mean_share=estimate_means(design, shares, domain=domain, n_domains=n_domains),
        nothing=estimate_means(design, nothing, domain=domain, n_domains=n_domains),
    )


def estimate_budget_spread(
    design: Design,
    points: ArrayLike,
    *,
    budget: float = 100.0,
    probabilities: Sequence[float] = _SPREAD,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> tuple[Quantiles, ...]:
    """Estimate quantiles of the share that each post gets, one `Quantiles` per post.

    Answers are often round (0, 10, 25), so quantiles move in steps; unlike the means they do not add up to 1.

    Parameters and errors as `estimate_budget` and `estimate_quantiles`.
    """
    shares = _shares(design, points, budget)
    return tuple(
        estimate_quantiles(design, column, probabilities, domain=domain, n_domains=n_domains) for column in shares.T
    )


def _shares(design: Design, points: ArrayLike, budget: float) -> FloatArray:
    given = answers("points", points, design.n)
    require_allowed("points", given, given >= 0, "zero or more")
    if not 0 < budget < np.inf:
        raise InputError("invalid_value", name="budget", value=budget, reason="it must be positive")
    answered: BoolArray = np.asarray(np.isfinite(given).any(axis=1))
    filled = np.where(np.isnan(given), 0.0, given)
    n_wrong = int(np.count_nonzero(answered & (np.abs(filled.sum(axis=1) - budget) > _ROUNDING * budget)))
    if n_wrong:
        raise EstimationError("budget_sum", count=n_wrong, expected=budget)
    return np.where(answered[:, None], filled / budget, np.nan)
