"""R-indicator and coefficient of variation of response propensities."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from analysis.arrays import FloatArray
from analysis.estimation.intervals import checked_level
from analysis.representation.response_propensities import ResponsePropensities
from analysis.representation.sampling_variance import total_variance

_NO_SPREAD = 1e-14


@dataclass(frozen=True)
class RIndicator:
    """How evenly the propensity to respond is spread: 1 = the same for everybody, lower = more uneven.

    Attributes
    ----------
    n : int
        Persons invited.
    population : float
        Persons that they stand for, the sum of the design weights.
    response_rate : float
        Design-weighted mean propensity.
    variance, bias : float
        Variance of the propensities, and the part of it that is estimation error.
    r, r_unadjusted : float
        1 - 2 S, with and without the bias taken off.
    standard_error : float
        NaN where the propensities do not vary.
    low, high : float
        Normal interval around `r`; may pass 1.
    cv, cv_unadjusted, cv_standard_error : float
        S / mean propensity: the largest standardized bias that nonresponse can give to a mean.
    variance_terms : tuple of three float
        Variance of S^2 from the coefficients (first and second order) and from sampling.
    """

    n: int
    population: float
    response_rate: float
    variance: float
    bias: float
    r: float
    r_unadjusted: float
    standard_error: float
    low: float
    high: float
    cv: float
    cv_unadjusted: float
    cv_standard_error: float
    variance_terms: tuple[float, float, float]

    @property
    def bias_factor(self) -> float:
        """Part of the variance that remains when the bias is taken off, 0-1."""
        return max(0.0, 1 - self.bias / self.variance) if self.variance > _NO_SPREAD else 0.0


def r_indicator(fit: ResponsePropensities, *, level: float = 0.95) -> RIndicator:
    """Return the R-indicator of fitted response propensities.

    R = 1 - 2 S, S^2 = sum d (rho - mean rho)^2 / (N - 1). Comparable only between figures of the same model.

    Parameters
    ----------
    fit : ResponsePropensities
        From `fit_propensities`.
    level : float
        Probability of the interval.

    Raises
    ------
    InputError, EstimationError
        invalid_value for the level; from the design: see `total_variance`.

    References
    ----------
    Schouten, B., Cobben, F. & Bethlehem, J. (2009). Indicators for the representativeness of survey response.
    Survey Methodology 35, 101-113. Shlomo, N., Skinner, C. & Schouten, B. (2012), JSPI 142, 201-211.
    """
    checked_level(level)
    d = fit.cells.population
    total = float(d.sum())
    centred = fit.propensity - fit.mean
    variance = float(d @ centred**2) / (total - 1)
    has_spread = variance > _NO_SPREAD
    sampling = total_variance(fit.cells, np.column_stack([fit.propensity, centred**2]))
    bias = (_estimation_error(fit) - float(sampling[0]) / total) / total
    terms = (*_coefficient_terms(fit, centred), float(sampling[1]) / total**2)
    error = float(np.sqrt(sum(terms) / (variance * (total - 1) / total))) if has_spread else float("nan")
    spread, unadjusted = (float(np.sqrt(max(0.0, s2))) for s2 in (variance - bias, variance))
    r, reach = 1 - 2 * spread, float(ndtri((1 + level) / 2)) * error
    cv = unadjusted / fit.mean
    return RIndicator(
        n=fit.cells.n,
        population=total,
        response_rate=fit.mean,
        variance=variance,
        bias=bias,
        r=r,
        r_unadjusted=1 - 2 * unadjusted,
        standard_error=error,
        low=r - reach,
        high=r + reach,
        cv=spread / fit.mean,
        cv_unadjusted=cv,
        cv_standard_error=float(np.sqrt(error**2 / (4 * fit.mean**2) + cv**4 / fit.cells.n)),
        variance_terms=terms,
    )


def _estimation_error(fit: ResponsePropensities) -> float:
    """Sum over persons of d z' V z: what the errors of the coefficients add to the squares."""
    squares = np.einsum("ij,jk,ik->i", fit.sensitivity, fit.covariance, fit.sensitivity)
    return float(fit.cells.population @ squares)


def _coefficient_terms(fit: ResponsePropensities, centred: FloatArray) -> tuple[float, float]:
    d = fit.cells.population
    total = d.sum()
    z = fit.sensitivity - d @ fit.sensitivity / total
    slope = (d * centred) @ z / total
    spread = (z * d[:, None]).T @ z / total @ fit.covariance
    return 4 * float(slope @ fit.covariance @ slope), 2 * float(np.sum(spread * spread.T))
