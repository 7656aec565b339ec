"""Questions answered with a number: mean, median and other quantiles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import as_floats
from analysis.estimation.design import Design
from analysis.estimation.estimates import Estimates, estimate_means
from analysis.estimation.quantiles import Quantiles, estimate_quantiles

_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, eq=False)
class QuantityEstimates:
    """Mean (D, 1) and quantiles (D, P) of one number.

    A mean far from the median says that a few large answers carry it: show the median then.
    """

    mean: Estimates
    quantiles: Quantiles


def estimate_quantity(
    design: Design,
    values: ArrayLike,
    *,
    probabilities: Sequence[float] = _QUARTILES,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> QuantityEstimates:
    """Estimate mean, median and other quantiles of one number.

    Parameters
    ----------
    design : Design
    values : (n,) array
        NaN where a respondent has no answer.
    probabilities : sequence of float
        Default the quartiles; 0.5 is the median.
    domain, n_domains
        See `estimate_means`.

    Raises
    ------
    InputError
        As `estimate_means` and `estimate_quantiles`.
    """
    y = as_floats("values", values, 1)
    mean = estimate_means(design, y[:, np.newaxis], domain=domain, n_domains=n_domains)
    return QuantityEstimates(mean, estimate_quantiles(design, y, probabilities, domain=domain, n_domains=n_domains))
