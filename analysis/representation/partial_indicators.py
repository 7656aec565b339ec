"""Partial R-indicators: which variables and categories make the response uneven."""

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray, weighted_counts
from analysis.representation.r_indicators import r_indicator
from analysis.representation.response_propensities import ResponsePropensities, fit_propensities
from analysis.representation.sampling_variance import total_variance


@dataclass(frozen=True, eq=False)
class PartialIndicators:
    """Of one variable with k categories: its part in the spread of the response propensities.

    Attributes
    ----------
    variable : str
    unconditional, unconditional_unadjusted, unconditional_error : float
        Spread between the categories, with and without bias adjustment, and its standard error.
    conditional, conditional_unadjusted, conditional_error : float
        Spread that is left within groups alike on the other variables of the model. Its standard error is the
        unconditional one, which is larger.
    categories : tuple of str, length k
    response_rate : (k,) array
        Mean propensity per category; NaN where nobody was invited.
    category_unconditional, category_unconditional_error : (k,) arrays
        Below 0: under-represented; above 0: over-represented. Not bias-adjusted.
    category_conditional, category_conditional_error : (k,) arrays
        Never negative. The error is NaN where the indicator is 0.
    """

    variable: str
    unconditional: float
    unconditional_unadjusted: float
    unconditional_error: float
    conditional: float
    conditional_unadjusted: float
    conditional_error: float
    categories: tuple[str, ...]
    response_rate: FloatArray
    category_unconditional: FloatArray
    category_unconditional_error: FloatArray
    category_conditional: FloatArray
    category_conditional_error: FloatArray


def partial_indicators(fit: ResponsePropensities) -> tuple[PartialIndicators, ...]:
    """Return the partial R-indicators of every factor of the cells, also of those outside the model.

    Unconditional: Pu = sqrt(sum_h N_h/N (rho_h - rho)^2), per category sqrt(N_h/N) (rho_h - rho). Conditional:
    Pc = sqrt(sum d (rho_i - mean rho of alike persons)^2 / N), alike on the other variables of the model.
    Variables are adjusted by sqrt(1 - B / S^2); the sampling design enters the errors as in `r_indicator`.

    Raises
    ------
    InputError, EstimationError
        As `fit_propensities` and `r_indicator`.

    References
    ----------
    Schouten, B., Shlomo, N. & Skinner, C. (2011). Indicators for monitoring and improving representativeness of
    response. Journal of Official Statistics 27, 231-253. De Heij, V., Schouten, B. & Shlomo, N. (2014). RISQ
    manual 2.0, sections 6-10.
    """
    factor = float(np.sqrt(r_indicator(fit).bias_factor))
    return tuple(_partials(fit, position, factor) for position in range(len(fit.cells.factors)))


def _partials(fit: ResponsePropensities, position: int, factor: float) -> PartialIndicators:
    variable = fit.cells.factors[position]
    k = len(variable.categories)
    codes = fit.cells.codes[:, position]
    rate, between, between_error = _between(fit, codes, k)
    within, within_error = _within(fit, codes, k, _alike(fit, variable.name))
    pu, pc = (float(np.sqrt((values**2).sum())) for values in (between, within))
    alone = r_indicator(fit_propensities(fit.cells, [variable.name]))
    return PartialIndicators(
        variable=variable.name,
        unconditional=pu * factor,
        unconditional_unadjusted=pu,
        unconditional_error=alone.standard_error / 2,
        conditional=pc * factor,
        conditional_unadjusted=pc,
        conditional_error=alone.standard_error / 2,
        categories=variable.categories,
        response_rate=rate,
        category_unconditional=between,
        category_unconditional_error=between_error,
        category_conditional=within,
        category_conditional_error=within_error,
    )


def _between(fit: ResponsePropensities, codes: IntArray, k: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    d = fit.cells.population
    total = d.sum()
    size = weighted_counts(codes, d, k)
    known = np.where(size > 0, size, np.nan)
    rate = weighted_counts(codes, d * fit.propensity, k) / known
    share = size / total
    signed = np.where(size > 0, np.sqrt(share) * (rate - fit.mean), 0.0)
    inside = codes[:, None] == np.arange(k)
    own = total_variance(fit.cells, inside * fit.propensity[:, None])
    other = total_variance(fit.cells, ~inside * fit.propensity[:, None])
    variance = share * (own * (1 / known - 1 / total) ** 2 + other / total**2)
    return rate, signed, np.sqrt(np.nan_to_num(variance))


def _alike(fit: ResponsePropensities, variable: str) -> IntArray:
    """Group of persons alike on the model's other variables, per cell."""
    used = dict.fromkeys([*fit.variables, *(name for names in fit.interactions for name in names)])
    others = [fit.cells.column(name) for name in used if name != variable]
    return np.asarray(np.unique(fit.cells.codes[:, others], axis=0, return_inverse=True)[1], dtype=np.int64).ravel()


def _within(fit: ResponsePropensities, codes: IntArray, k: int, alike: IntArray) -> tuple[FloatArray, FloatArray]:
    d = fit.cells.population
    total = d.sum()
    rho = _residual(fit.propensity[:, None], d, alike)[:, 0]
    z = _residual(fit.sensitivity, d, alike)
    inside = codes[:, None] == np.arange(k)
    squares = weighted_counts(codes, d * rho**2, k)
    sampling = total_variance(fit.cells, inside * (rho**2)[:, None])
    variance = np.full(k, np.nan)
    for h in np.flatnonzero(squares > total * np.finfo(np.float64).eps ** 2):
        rows = inside[:, h]
        slope = (d[rows] * rho[rows]) @ z[rows]
        spread = (z[rows] * d[rows, None]).T @ z[rows] @ fit.covariance
        terms = 4 * slope @ fit.covariance @ slope + 2 * np.sum(spread * spread.T) + sampling[h]
        variance[h] = terms / (4 * total * squares[h])
    return np.sqrt(squares / total), np.sqrt(variance)


def _residual(values: FloatArray, weights: FloatArray, groups: IntArray) -> FloatArray:
    """Values minus the weighted mean of their group."""
    size = np.bincount(groups, weights=weights)
    sums = np.zeros((size.shape[0], values.shape[1]))
    np.add.at(sums, groups, values * weights[:, None])
    return np.asarray(values - (sums / np.where(size > 0, size, 1.0)[:, None])[groups], dtype=np.float64)
