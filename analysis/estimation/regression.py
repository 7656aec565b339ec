"""Regression on a survey design: coefficients with linearized covariance, odds ratios and tests of terms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import MISSING, BoolArray, FloatArray, as_codes, as_floats, require_count, require_length
from analysis.errors import InputError
from analysis.estimation.design import Design
from analysis.estimation.glm import Family, GlmFit, fit_glm
from analysis.estimation.intervals import mean_interval
from analysis.estimation.wald import HypothesisTest, two_sided_p, wald_test


@dataclass(frozen=True, eq=False)
class Regression:
    """Coefficients of p columns and their uncertainty.

    Attributes
    ----------
    coefficients, standard_error, t, p_value : (p,) arrays
        p_value is two-sided, from Student's t; NaN when no degrees of freedom are left.
    covariance : (p, p) array
    degrees_of_freedom : int
        Sampling units minus strata plus 1 minus p, among the respondents used; 0 when none are left.
    base : int
        Respondents used.
    fitted : (n,) array
        Expected answer, NaN for respondents that were not used.
    """

    coefficients: FloatArray
    standard_error: FloatArray
    t: FloatArray
    p_value: FloatArray
    covariance: FloatArray
    degrees_of_freedom: int
    base: int
    fitted: FloatArray


@dataclass(frozen=True, eq=False)
class Effects:
    """Coefficients or ratios (p,) with their interval."""

    estimate: FloatArray
    low: FloatArray
    high: FloatArray


def estimate_regression(
    design: Design, x: ArrayLike, y: ArrayLike, *, family: Family = "binomial", domain: ArrayLike | None = None
) -> Regression:
    """Regress y on the columns of x; respondents with a missing value, or outside `domain`, form another domain.

    beta solves sum w x (y - mu) = 0. Linearization: u_i = A^-1 x_i (y_i - mu_i) with A = sum w V(mu) x x', 0
    for respondents not used, and Cov(beta) = `Design.covariance` of u, so with calibration residuals when
    the design is calibrated.

    Parameters
    ----------
    design : Design
    x : (n, p) array
        With a column of ones for the intercept; NaN is missing. See `indicator_columns`.
    y : (n,) array
        NaN is missing; values as in `fit_glm`.
    family : {"binomial", "gaussian", "poisson"}
        Logit, identity or log link; the variance needs no dispersion, so these are also the quasi-families.
    domain : (n,) array of bool
        Respondents to use; default all.

    Raises
    ------
    InputError, EstimationError
        As `fit_glm`, for the respondents used.

    References
    ----------
    Binder, D. A. (1983), International Statistical Review 51, 279-292; Lumley (2010), Complex Surveys, ch. 5-6.
    """
    columns, answers = as_floats("x", x, 2), as_floats("y", y, 1)
    require_length("x", columns, design.n)
    require_length("y", answers, design.n)
    used = respondents_used(columns, answers, domain)
    fit = fit_glm(columns[used], answers[used], design.weights[used], family=family)
    influence = np.zeros_like(columns)
    influence[used] = (columns[used] * fit.residuals[:, None]) @ fit.inverse_information
    freedom = design.degrees_of_freedom(used & (design.weights > 0))
    return make_regression(fit, design.covariance(influence), freedom, used)


def coefficient_intervals(model: Regression, level: float = 0.95) -> Effects:
    """Return beta -+ t se, t from Student's distribution; unbounded when no degrees of freedom are left."""
    found = mean_interval(model.coefficients, model.standard_error, model.degrees_of_freedom, level=level)
    return Effects(model.coefficients, found.low, found.high)


def odds_ratios(model: Regression, level: float = 0.95) -> Effects:
    """Return exp(beta) with exp of its interval: odds ratios (binomial) or ratios of means (poisson)."""
    found = coefficient_intervals(model, level)
    with np.errstate(over="ignore"):
        return Effects(np.exp(found.estimate), np.exp(found.low), np.exp(found.high))


def term_test(model: Regression, columns: Sequence[int]) -> HypothesisTest:
    """Test whether the coefficients of `columns` (one term, say) are all zero, with F; see `wald.wald_test`.

    Raises
    ------
    InputError
        no_rows, code_out_of_range.
    EstimationError
        no_degrees_of_freedom; dependent_hypotheses: more coefficients than the design can tell apart.

    References
    ----------
    Korn & Graubard (1990), American Statistician 44, 270-276; Lumley (2010), Complex Surveys, section 5.2.
    """
    chosen = np.unique(as_codes("columns", columns, 1))
    if chosen.size == 0:
        raise InputError("no_rows", name="columns")
    last = model.coefficients.shape[0] - 1
    if chosen[0] < 0 or chosen[-1] > last:
        outside = int(chosen[0] if chosen[0] < 0 else chosen[-1])
        raise InputError("code_out_of_range", name="columns", value=outside, last=last)
    covariance = model.covariance[np.ix_(chosen, chosen)]
    return wald_test(model.coefficients[chosen], covariance, df=model.degrees_of_freedom)


def indicator_columns(codes: ArrayLike, n_categories: int, *, reference: int = 0) -> FloatArray:
    """Return one 0/1 column for each category but the `reference`; code -1 (missing) gives NaN.

    Raises
    ------
    InputError
        not_integer, wrong_shape, code_out_of_range.
    """
    require_count("n_categories", n_categories)
    values = as_codes("codes", codes, 1)
    for name, found in (("codes", values), ("reference", as_codes("reference", [reference], 1))):
        wrong = found[(found >= n_categories) | (found < (MISSING if name == "codes" else 0))]
        if wrong.size:
            raise InputError("code_out_of_range", name=name, value=int(wrong[0]), last=n_categories - 1)
    kept = np.delete(np.arange(n_categories), reference)
    return np.where(values[:, None] == MISSING, np.nan, (values[:, None] == kept).astype(np.float64))


def respondents_used(columns: FloatArray, y: FloatArray, domain: ArrayLike | None) -> BoolArray:
    """Return whether each of n respondents is in `domain` and has no missing value; raises InputError."""
    n = columns.shape[0]
    mask = np.ones(n, dtype=np.bool_) if domain is None else as_codes("domain", domain, 1) != 0
    require_length("domain", mask, n)
    return np.asarray(mask & ~(np.isnan(columns).any(axis=1) | np.isnan(y)))


def make_regression(fit: GlmFit, covariance: FloatArray, degrees_of_freedom: int, used: BoolArray) -> Regression:
    """Return the model of a fit on the respondents `used` (n,), with its tests."""
    standard_error = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = fit.coefficients / standard_error
    freedom = max(0, degrees_of_freedom + 1 - fit.coefficients.shape[0])
    fitted = np.full(used.shape[0], np.nan)
    fitted[used] = fit.fitted
    base = int(np.count_nonzero(used))
    p_value = two_sided_p(t, freedom)
    return Regression(fit.coefficients, standard_error, t, p_value, covariance, freedom, base, fitted)
