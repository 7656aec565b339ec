"""Means, shares, ratios and totals with standard errors, overall and by domain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_codes, as_floats, column_chunks, require_length
from analysis.errors import InputError
from analysis.estimation.design import Design


@dataclass(frozen=True, eq=False)
class Estimates:
    """Estimates of q items in D domains (D = 1: everybody); every array is (D, q).

    Attributes
    ----------
    estimate, standard_error : NaN where nobody in the domain answered
    base : integer
        Respondents who answered.
    effective_base : respondents, corrected for unequal weights (Kish)
    degrees_of_freedom : integer
        Sampling units minus strata among those who answered.
    """

    estimate: FloatArray
    standard_error: FloatArray
    base: IntArray
    effective_base: FloatArray
    degrees_of_freedom: IntArray


def estimate_means(
    design: Design, values: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> Estimates:
    """Estimate the mean of each item, within each domain: sum w y / sum w over those who answered.

    Shares are means of 0/1 items. Variance by linearization, u = (y - mean) / sum w, with calibration
    residuals when the design is calibrated; respondents outside the domain stay in with value 0.

    Parameters
    ----------
    design : Design
    values : (n, q) array
        NaN where a respondent has no answer.
    domain : (n,) integer array
        0..n_domains-1; -1 belongs to no domain. Default: one domain of everybody.
    n_domains : int

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range.

    References
    ----------
    Deville & Sarndal (1992), JASA 87, 376-382; Woodruff, R. S. (1971). A simple method for approximating the
    variance of a complicated estimate. JASA 66, 411-414.
    """
    y = as_floats("values", values, 2)
    require_length("values", y, design.n)
    answered = np.isfinite(y)
    return _domain_ratios(design, np.where(answered, y, 0.0), answered.astype(np.float64), domain, n_domains)


def estimate_ratios(
    design: Design,
    numerators: ArrayLike,
    denominators: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> Estimates:
    """Estimate sum w y / sum w x per item and domain; rows where either is NaN are left out.

    Parameters and errors as `estimate_means`, with `numerators` and `denominators` both (n, q).
    """
    y = as_floats("numerators", numerators, 2)
    x = as_floats("denominators", denominators, 2)
    require_length("numerators", y, design.n)
    require_length("denominators", x, design.n)
    usable = np.isfinite(y) & np.isfinite(x)
    return _domain_ratios(design, np.where(usable, y, 0.0), np.where(usable, x, 0.0), domain, n_domains)


def estimate_totals(
    design: Design, values: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> Estimates:
    """Estimate sum w y per item and domain; without an answer counts as 0. Parameters as `estimate_means`."""
    y = as_floats("values", values, 2)
    require_length("values", y, design.n)
    answered = np.isfinite(y)
    filled = np.where(answered, y, 0.0)
    members = _membership(design.n, domain, n_domains)
    estimate = members.T @ (filled * design.weights[:, None])
    variance = np.empty_like(estimate)
    for d in range(n_domains):
        variance[d] = design.variance(filled * members[:, d : d + 1])
    return _assemble(design, estimate, variance, answered, members)


def estimate_shares(
    design: Design,
    codes: ArrayLike,
    n_categories: int,
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> Estimates:
    """Estimate the share of each category of one variable; -1 is no answer. Result is (D, n_categories).

    Parameters and errors as `estimate_means`.
    """
    given = as_codes("codes", codes, 1)
    _require_codes("codes", given, n_categories)
    indicators = (given[:, None] == np.arange(n_categories)).astype(np.float64)
    indicators[given < 0] = np.nan
    return estimate_means(design, indicators, domain=domain, n_domains=n_domains)


def covariance_of_means(design: Design, values: ArrayLike) -> FloatArray:
    """Return the (q, q) covariance of the means of `values` (n, q); parameters as `estimate_means`."""
    y = as_floats("values", values, 2)
    require_length("values", y, design.n)
    answered = np.isfinite(y)
    filled = np.where(answered, y, 0.0)
    sums = design.weights @ answered
    means = design.weights @ filled / sums
    return design.covariance(np.where(answered, filled - means, 0.0) / sums)


def _domain_ratios(design: Design, y: FloatArray, x: FloatArray, domain: ArrayLike | None, n_domains: int) -> Estimates:
    members = _membership(design.n, domain, n_domains)
    weighted = members * design.weights[:, None]
    denominators = weighted.T @ x
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = (weighted.T @ y) / denominators
    variance = np.full_like(estimate, np.nan)
    # one long list of (domain, item) pairs, in pieces that stay in the processor's cache
    d_index, item_index = np.nonzero(denominators != 0)
    for piece in column_chunks(design.n, d_index.shape[0]):
        d, q = d_index[piece], item_index[piece]
        influence = (y[:, q] - x[:, q] * estimate[d, q]) * members[:, d] / denominators[d, q]
        variance[d, q] = design.variance(influence)
    return _assemble(design, estimate, variance, x != 0, members)


def _assemble(
    design: Design, estimate: FloatArray, variance: FloatArray, answered: FloatArray, members: FloatArray
) -> Estimates:
    flags = np.asarray(answered, dtype=np.float64)
    base = np.rint(members.T @ flags).astype(np.int64)
    w = design.weights[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = ((members * w).T @ flags) ** 2 / ((members * w**2).T @ flags)
    return Estimates(
        estimate=estimate,
        standard_error=np.sqrt(variance),
        base=base,
        effective_base=np.where(base > 0, effective, 0.0),
        degrees_of_freedom=_degrees_of_freedom(design, flags, members, base),
    )


def _degrees_of_freedom(design: Design, flags: FloatArray, members: FloatArray, base: IntArray) -> IntArray:
    single_units = design.unit_stratum.shape[0] == design.n
    if single_units and design.sampling_fraction.shape[0] == 1:
        return np.maximum(base - 1, 0)
    result = np.zeros_like(base)
    for d, q in np.ndindex(base.shape):
        result[d, q] = design.degrees_of_freedom((members[:, d] * flags[:, q]) > 0)
    return result


def _membership(n: int, domain: ArrayLike | None, n_domains: int) -> FloatArray:
    if domain is None:
        return np.ones((n, 1))
    codes = as_codes("domain", domain, 1)
    require_length("domain", codes, n)
    _require_codes("domain", codes, n_domains)
    members: FloatArray = (codes[:, None] == np.arange(n_domains)).astype(np.float64)
    return members


def _require_codes(name: str, codes: IntArray, n_categories: int) -> None:
    if codes.size and int(codes.max()) >= n_categories:
        raise InputError("code_out_of_range", name=name, value=int(codes.max()), last=n_categories - 1)
