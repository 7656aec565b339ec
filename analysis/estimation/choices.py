"""Questions with several choices: shares of persons and of choices, and how many were chosen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.estimation.design import Design
from analysis.estimation.estimates import Estimates, estimate_means, estimate_ratios
from analysis.estimation.item_answers import require_allowed
from analysis.estimation.linearization import answers


@dataclass(frozen=True, eq=False)
class ChoiceEstimates:
    """Per option (columns): share of persons, share of all choices made; in one column, options chosen per person."""

    of_persons: Estimates
    of_choices: Estimates
    number_chosen: Estimates


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
        As `estimate_means`; no_columns; invalid_value for anything but 0, 1 and NaN.
    """
    return estimate_means(design, _choices(design, selected), domain=domain, n_domains=n_domains)


def estimate_choices(
    design: Design, selected: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> ChoiceEstimates:
    """Estimate shares of persons, shares of all choices (adding up to 1) and the mean number of options chosen.

    The share of choices is the ratio sum w y_k / sum w (y_1 + ... + y_K); someone with many choices counts for
    more, so that it says what is named most, not what most people want. The last two need a complete row.

    Parameters and errors as `estimate_several`.

    References
    ----------
    Lohr, S. L. (2010). Sampling: Design and Analysis, 2nd ed., section 4.1 (ratio estimation).
    """
    chosen = _choices(design, selected)
    number = chosen.sum(axis=1, keepdims=True)
    totals = np.broadcast_to(number, chosen.shape)
    return ChoiceEstimates(
        of_persons=estimate_means(design, chosen, domain=domain, n_domains=n_domains),
        of_choices=estimate_ratios(design, chosen, totals, domain=domain, n_domains=n_domains),
        number_chosen=estimate_means(design, number, domain=domain, n_domains=n_domains),
    )


def _choices(design: Design, selected: ArrayLike) -> FloatArray:
    chosen = answers("selected", selected, design.n)
    require_allowed("selected", chosen, (chosen == 0) | (chosen == 1), "0, 1 or missing")
    return chosen
