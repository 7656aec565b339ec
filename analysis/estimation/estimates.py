"""Means, shares, ratios and totals with standard errors, overall and by domain."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.estimation.design import Design
from analysis.estimation.linearization import (
    answers,
    category_indicators,
    covariance_of_means,
    degrees_of_freedom,
    domain_codes,
    domain_totals,
    linearized_variance,
    ratio_answers,
)
from analysis.estimation.moments import DomainSums, Groups, domain_sums, profile_groups, suits_moments
from analysis.estimation.unit_sums import UnitSums

__all__ = [
    "Estimates",
    "covariance_of_means",
    "estimate_breakdowns",
    "estimate_means",
    "estimate_ratios",
    "estimate_shares",
    "estimate_totals",
    "estimate_variances",
]

_FEW_GROUPS = 4096


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

    @property
    def coefficient_of_variation(self) -> FloatArray:
        """Standard error / |estimate|; infinite or NaN where the estimate is 0."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.standard_error / np.abs(self.estimate))


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
        wrong_shape, wrong_length, not_integer, code_out_of_range, invalid_value.

    References
    ----------
    Deville & Sarndal (1992), JASA 87, 376-382; Woodruff, R. S. (1971). A simple method for approximating the
    variance of a complicated estimate. JASA 66, 411-414.
    """
    return estimate_breakdowns(design, values, {"": (domain, n_domains)})[""]


def estimate_breakdowns(
    design: Design, values: ArrayLike, breakdowns: Mapping[str, tuple[ArrayLike | None, int]]
) -> dict[str, Estimates]:
    """Estimate the mean of each item in the domains of several breakdowns at once; far faster than one by one.

    Parameters
    ----------
    design : Design
    values : (n, q) array
        NaN where a respondent has no answer.
    breakdowns : mapping
        Name to (domain codes (n,) or None for everybody, number of domains), as in `estimate_means`.

    Raises
    ------
    InputError
        As `estimate_means`.
    """
    y = answers("values", values, design.n)
    domains = {name: domain_codes(design.n, codes, count) for name, (codes, count) in breakdowns.items()}
    return _by_breakdown(design, y, domains, are_totals=False)


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
    y, x, usable = ratio_answers(design.n, numerators, denominators)
    return _by_units(UnitSums(design), y, x, usable, domain_codes(design.n, domain, n_domains))


def estimate_totals(
    design: Design, values: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> Estimates:
    """Estimate sum w y per item and domain; without an answer counts as 0. Parameters as `estimate_means`."""
    y = answers("values", values, design.n)
    return _by_breakdown(design, y, {"": domain_codes(design.n, domain, n_domains)}, are_totals=True)[""]


def estimate_variances(
    design: Design, values: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> Estimates:
    """Estimate the population variance of each item, per domain: n / (n - 1) sum w (y - mean)^2 / sum w.

    NaN where fewer than two answered. Parameters and errors as `estimate_means`; R survey's `svyvar`.
    """
    y = answers("values", values, design.n)
    codes, count = domain_codes(design.n, domain, n_domains)
    means = estimate_means(design, y, domain=codes, n_domains=count)
    with np.errstate(invalid="ignore", divide="ignore"):
        correction = np.where(means.base > 1, means.base / (means.base - 1.0), np.nan)
    inside = codes >= 0
    squares = np.full_like(y, np.nan)
    squares[inside] = ((y - means.estimate[codes]) ** 2 * correction[codes])[inside]
    return estimate_means(design, squares, domain=codes, n_domains=count)


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
    indicators = category_indicators(design.n, codes, n_categories)
    return estimate_means(design, indicators, domain=domain, n_domains=n_domains)


def _by_breakdown(
    design: Design, y: FloatArray, domains: dict[str, tuple[IntArray, int]], *, are_totals: bool
) -> dict[str, Estimates]:
    if not suits_moments(design):
        answered = ~np.isnan(y)
        filled, x = np.where(answered, y, 0.0), answered.astype(np.float64)
        units = UnitSums(design)
        return {name: _by_units(units, filled, None if are_totals else x, answered, domains[name]) for name in domains}
    found: dict[str, Estimates] = {}
    for groups, names in _shared_groups(design, domains):
        sums = domain_sums(design, groups, y, {name: domains[name] for name in names}, are_totals=are_totals)
        for name in names:
            found[name] = _from_sums(design, y, domains[name][0], sums[name], are_totals=are_totals)
    return {name: found[name] for name in domains}


def _shared_groups(design: Design, domains: dict[str, tuple[IntArray, int]]) -> list[tuple[Groups, list[str]]]:
    """Let breakdowns share one pass over the respondents as long as their cross product stays small."""
    profiles = profile_groups(design)
    limit = max(_FEW_GROUPS, 4 * profiles.n_groups, design.n // 8)
    shared: list[tuple[Groups, list[str]]] = []
    for name, (codes, _) in domains.items():
        together = shared[-1][0].refine(codes) if shared else None
        if together is None or together.n_groups > limit:
            shared.append((profiles.refine(codes), [name]))
        else:
            shared[-1] = (together, [*shared[-1][1], name])
    return shared


def _from_sums(design: Design, y: FloatArray, codes: IntArray, sums: DomainSums, *, are_totals: bool) -> Estimates:
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums.weighted / sums.weight
        effective = sums.weight**2 / sums.weight_squares
    variance = np.where(sums.weight != 0, sums.variance, 0.0 if are_totals else np.nan)
    d, q = np.nonzero(sums.is_cancelled & (sums.weight != 0))
    if d.size:
        centre, scale = (np.zeros_like(means), 1.0) if are_totals else (means, 1.0 / sums.weight[d, q])
        answered = ~np.isnan(y[:, np.unique(q)])
        column = np.searchsorted(np.unique(q), q)
        filled = np.where(answered, y[:, np.unique(q)], 0.0)
        x = answered.astype(np.float64)
        variance[d, q] = linearized_variance(design, filled, x, codes, (d, column), centre[d, q], scale)
    base = np.rint(sums.base).astype(np.int64)
    return Estimates(
        estimate=sums.weighted if are_totals else means,
        standard_error=np.sqrt(variance),
        base=base,
        effective_base=np.where(base > 0, effective, 0.0),
        degrees_of_freedom=base - sums.n_strata,
    )


def _by_units(
    sums: UnitSums, y: FloatArray, x: FloatArray | None, answered: BoolArray, domain: tuple[IntArray, int]
) -> Estimates:
    """Estimate sum w y / sum w x, or sum w y without `x`, for designs of any kind."""
    design = sums.design
    codes, n_domains = domain
    w = design.weights[:, None]
    flags = np.ones((design.n, 1)) if answered.all() else answered.astype(np.float64)
    estimate = domain_totals(w * y, codes, n_domains)
    scale = np.ones_like(estimate)
    if x is not None:
        with np.errstate(invalid="ignore", divide="ignore"):
            scale = 1.0 / domain_totals(w * x, codes, n_domains)
            estimate = np.where(np.isfinite(scale), estimate * scale, np.nan)
    centre = np.zeros_like(estimate) if x is None else estimate
    factor = y if x is None else x
    variance, is_cancelled = sums.variances(y, factor, codes, centre, scale)
    d, q = np.nonzero(is_cancelled & np.isfinite(scale))
    variance[d, q] = linearized_variance(design, y, factor, codes, (d, q), centre[d, q], scale[d, q])
    variance[~np.isfinite(scale)] = np.nan
    base = np.rint(domain_totals(flags, codes, n_domains)).astype(np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = domain_totals(w * flags, codes, n_domains) ** 2 / domain_totals(w**2 * flags, codes, n_domains)
    return Estimates(
        estimate=estimate,
        standard_error=np.sqrt(variance),
        base=np.broadcast_to(base, estimate.shape),
        effective_base=np.broadcast_to(np.where(base > 0, effective, 0.0), estimate.shape),
        degrees_of_freedom=degrees_of_freedom(design, answered, codes, n_domains),
    )
