"""Influence values: what each respondent adds to an estimate, and the variance and covariance they give."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    as_codes,
    as_floats,
    column_chunks,
    require_count,
    require_length,
)
from analysis.errors import InputError
from analysis.estimation.design import Design
from analysis.estimation.stages import group_sums


def answers(name: str, values: ArrayLike, n: int) -> FloatArray:
    """Return `values` as (n, q) floats, in which NaN is no answer.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, no_columns, invalid_value (infinite).
    """
    y = as_floats(name, values, 2)
    require_length(name, y, n)
    if y.shape[1] == 0:
        raise InputError("no_columns", name=name)
    if not np.isfinite(y.sum()) and np.isinf(y).any():
        raise InputError("invalid_value", name=name, value=float(y[np.isinf(y)][0]), reason="finite, or missing")
    return y


def domain_codes(n: int, domain: ArrayLike | None, n_domains: int) -> tuple[IntArray, int]:
    """Return the checked codes (n,) and the number of domains; no codes: everybody in domain 0."""
    require_count("n_domains", n_domains)
    if domain is None:
        return np.zeros(n, dtype=np.int64), n_domains
    codes = as_codes("domain", domain, 1)
    require_length("domain", codes, n)
    require_codes("domain", codes, n_domains)
    return codes, n_domains


def ratio_answers(n: int, numerators: ArrayLike, denominators: ArrayLike) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return y and x (n, q) with 0 where either is missing, and where both are known; errors as `answers`."""
    y = answers("numerators", numerators, n)
    x = answers("denominators", denominators, n)
    if y.shape != x.shape:
        raise InputError("wrong_length", name="denominators", expected=y.shape[1], got=x.shape[1])
    usable = ~(np.isnan(y) | np.isnan(x))
    return np.where(usable, y, 0.0), np.where(usable, x, 0.0), usable


def category_indicators(n: int, codes: ArrayLike, n_categories: int) -> FloatArray:
    """Return (n, n_categories): 1 for the category of each respondent, else 0; NaN where the code is -1.

    Raises
    ------
    InputError
        wrong_shape, not_integer, wrong_length, code_out_of_range, invalid_value.
    """
    require_count("n_categories", n_categories)
    given = as_codes("codes", codes, 1)
    require_length("codes", given, n)
    require_codes("codes", given, n_categories)
    indicators: FloatArray = (given[:, None] == np.arange(n_categories)).astype(np.float64)
    indicators[given < 0] = np.nan
    return indicators


def require_codes(name: str, codes: IntArray, n_categories: int) -> None:
    """Raise InputError (code_out_of_range) for codes outside -1..n_categories-1."""
    wrong = (codes >= n_categories) | (codes < -1)
    if wrong.any():
        raise InputError("code_out_of_range", name=name, value=int(codes[wrong][0]), last=n_categories - 1)


def domain_totals(values: FloatArray, codes: IntArray, n_domains: int) -> FloatArray:
    """Return the sums (D, q) of `values` (n, q) per domain."""
    return group_sums(values, codes + 1, n_domains + 1)[1:]


def linearized_variance(
    design: Design,
    y: FloatArray,
    x: FloatArray,
    codes: IntArray,
    pairs: tuple[IntArray, IntArray],
    centre: FloatArray,
    scale: FloatArray | float,
) -> FloatArray:
    """Return the variances (k,) for k `pairs` of domain and item, with influence (y - centre x) scale."""
    domains, items = pairs
    scales = np.broadcast_to(scale, domains.shape)
    variance = np.empty(domains.shape[0])
    # one long list of pairs, in pieces that stay in the processor's cache
    for piece in column_chunks(design.n, domains.shape[0]):
        d, q = domains[piece], items[piece]
        influence = (y[:, q] - x[:, q] * centre[piece]) * (codes[:, None] == d) * scales[piece]
        variance[piece] = design.variance(influence)
    return variance


def degrees_of_freedom(design: Design, answered: BoolArray, codes: IntArray, n_domains: int) -> IntArray:
    """Return sampling units minus strata (D, q) among those of each domain who `answered` (n, q)."""
    counted = answered & (design.weights != 0)[:, None]
    if answered.all():
        counted = counted[:, :1]
    stage = design.stages[0]
    result = np.empty((n_domains, answered.shape[1]), dtype=np.int64)
    for d in range(n_domains):
        rows = np.flatnonzero(codes == d)
        units, compact = np.unique(stage.units[rows], return_inverse=True)
        present = group_sums(counted[rows].astype(np.float64), compact.astype(np.int64), units.shape[0]) > 0
        strata, compact = np.unique(stage.unit_stratum[units], return_inverse=True)
        occurring = group_sums(present.astype(np.float64), compact.astype(np.int64), strata.shape[0]) > 0
        result[d] = present.sum(axis=0) - occurring.sum(axis=0)
    return result


def influence_of_means(
    design: Design, values: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> tuple[FloatArray, FloatArray]:
    """Return the means (D, q) and the influence (n, D, q) of each respondent on them, before weighting.

    u = (y - mean) / sum w for who answered in the domain, else 0; NaN where nobody answered. Sum of w u is 0, and
    `design.covariance` of these columns is the covariance of the means. Parameters as `estimate_means`.
    """
    y = answers("values", values, design.n)
    codes, count = domain_codes(design.n, domain, n_domains)
    answered = ~np.isnan(y)
    w, filled = design.weights[:, None], np.where(answered, y, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = 1.0 / domain_totals(w * answered, codes, count)
        means = domain_totals(w * filled, codes, count) * scale
    inside = (codes[:, None] == np.arange(count))[:, :, None] & answered[:, None, :]
    known = np.isfinite(scale)
    centre = np.where(known, means, np.nan)
    with np.errstate(invalid="ignore"):
        influence = np.where(inside, filled[:, None, :] - centre, 0.0) * np.where(known, scale, np.nan)
    return centre, influence


def covariance_of_means(
    design: Design, values: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> FloatArray:
    """Return the (D q, D q) covariance of the means of `values` (n, q) in the domains, all items of a domain together.

    NaN where nobody answered. Parameters and errors as `estimate_means`; meant for some hundreds of means.
    """
    _, influence = influence_of_means(design, values, domain=domain, n_domains=n_domains)
    return design.covariance(influence.reshape(design.n, -1))


def covariance_of_totals(
    design: Design, values: ArrayLike, *, domain: ArrayLike | None = None, n_domains: int = 1
) -> FloatArray:
    """Return the (D q, D q) covariance of totals, as `covariance_of_means`; no answer counts as 0."""
    y = answers("values", values, design.n)
    codes, count = domain_codes(design.n, domain, n_domains)
    inside = (codes[:, None] == np.arange(count))[:, :, None]
    return design.covariance((np.nan_to_num(y)[:, None, :] * inside).reshape(design.n, -1))
