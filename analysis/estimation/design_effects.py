"""Design effects: the variance of a figure against that of a simple random sample of the same size."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.estimation.design import Design
from analysis.estimation.estimates import Estimates, estimate_means, estimate_totals, estimate_variances
from analysis.estimation.linearization import domain_codes, domain_totals


def mean_design_effects(
    design: Design,
    values: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
    with_replacement: bool = False,
) -> FloatArray:
    """Return (D, q) the variance of each mean / its variance in a simple random sample of as many answers.

    S^2 / n with replacement, (1 - n / N) S^2 / n without, N being the sum of the weights; S^2 as in
    `estimate_variances`. Without replacement it needs weights that add up to the population: NaN where they add
    up to no more than the number of answers. NaN too where the answers do not differ.

    Parameters and errors as `estimate_means`.

    References
    ----------
    Kish, L. (1965). Survey Sampling. Wiley, section 8.2; R survey's `deff = TRUE` and `deff = "replace"`.
    """
    means = estimate_means(design, values, domain=domain, n_domains=n_domains)
    return _ratio(design, values, domain, means, np.ones_like(means.estimate), with_replacement=with_replacement)


def total_design_effects(
    design: Design,
    values: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
    with_replacement: bool = False,
) -> FloatArray:
    """Return (D, q) design effects of totals: as those of means, with N^2 times the variance of the mean."""
    totals = estimate_totals(design, values, domain=domain, n_domains=n_domains)
    size = _population(design, values, domain, n_domains)
    return _ratio(design, values, domain, totals, size, with_replacement=with_replacement)


def _ratio(
    design: Design,
    values: ArrayLike,
    domain: ArrayLike | None,
    estimates: Estimates,
    multiple: FloatArray,
    *,
    with_replacement: bool,
) -> FloatArray:
    n_domains = estimates.estimate.shape[0]
    n = estimates.base.astype(np.float64)
    spread = estimate_variances(design, values, domain=domain, n_domains=n_domains).estimate
    size = _population(design, values, domain, n_domains)
    with np.errstate(invalid="ignore", divide="ignore"):
        share_left = np.ones_like(size) if with_replacement else np.where(size > n, 1.0 - n / size, np.nan)
        simple = multiple**2 * share_left * spread / n
        return np.where(simple > 0, estimates.standard_error**2 / simple, np.nan)


def _population(design: Design, values: ArrayLike, domain: ArrayLike | None, n_domains: int) -> FloatArray:
    codes, count = domain_codes(design.n, domain, n_domains)
    answered = ~np.isnan(np.asarray(values, dtype=np.float64))
    return domain_totals(design.weights[:, None] * answered, codes, count)
