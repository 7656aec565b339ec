"""Wald tests of linear hypotheses about estimates with a covariance, and Student's t for one contrast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, fdtrc, stdtr

from analysis.arrays import FloatArray, as_floats, require_length
from analysis.errors import EstimationError, InputError

_SINGULAR = 1e-10


@dataclass(frozen=True, eq=False)
class HypothesisTest:
    """A test: chi-squared (`denominator_df` infinite) or F statistic, degrees of freedom, p-value."""

    statistic: float
    numerator_df: float
    denominator_df: float
    p_value: float


def wald_test(
    estimate: ArrayLike,
    covariance: ArrayLike,
    *,
    contrasts: ArrayLike | None = None,
    hypothesis: ArrayLike | None = None,
    df: float = np.inf,
) -> HypothesisTest:
    """Test `contrasts` @ estimate = `hypothesis`: W = (L b - c)' (L V L')^-1 (L b - c).

    Without `df` W is held against chi-squared (m); with it W / m against F (m, df).

    Parameters
    ----------
    estimate : (q,) array
    covariance : (q, q) array
        From `covariance_of_means` or a fitted model.
    contrasts : (m, q) array
        Rows L; default the identity: every estimate at once.
    hypothesis : (m,) array
        Default 0.
    df : float
        Design degrees of freedom: sampling units minus strata (for a model: minus its other coefficients).

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value.
    EstimationError
        dependent_hypotheses: the contrasts are not free of each other (for shares that add up to 1, leave one out).

    References
    ----------
    Korn, E. L. & Graubard, B. I. (1990). Simultaneous testing of regression coefficients with complex survey data.
    American Statistician 44, 270-276.
    """
    b, v = _estimates(estimate, covariance)
    matrix = np.eye(b.shape[0]) if contrasts is None else as_floats("contrasts", contrasts, 2)
    if matrix.shape[1] != b.shape[0] or matrix.shape[0] == 0:
        raise InputError("invalid_value", name="contrasts", value=matrix.shape, reason="one column per estimate")
    values = np.zeros(matrix.shape[0]) if hypothesis is None else as_floats("hypothesis", hypothesis, 1)
    require_length("hypothesis", values, matrix.shape[0])
    if not (np.isfinite(matrix).all() and np.isfinite(values).all()):
        raise InputError("invalid_value", name="contrasts", value="NaN", reason="every entry must be a number")
    w = solve_hypothesis(matrix @ b - values, matrix @ v @ matrix.T)
    m = matrix.shape[0]
    if np.isinf(df):
        return HypothesisTest(w, float(m), np.inf, float(chdtrc(m, w)))
    return f_test(w / m, m, df)


def f_test(statistic: float, numerator_df: float, denominator_df: float) -> HypothesisTest:
    """Return the test that holds `statistic` against F; raises EstimationError (no_degrees_of_freedom)."""
    if not (np.isfinite([statistic, numerator_df]).all() and numerator_df > 0):
        value = (statistic, numerator_df)
        raise InputError("invalid_value", name="F", value=value, reason="finite, with more than no degrees of freedom")
    if not denominator_df > 0:
        raise EstimationError("no_degrees_of_freedom", needed=1, available=denominator_df)
    p_value = float(fdtrc(numerator_df, denominator_df, statistic))
    return HypothesisTest(float(statistic), float(numerator_df), float(denominator_df), p_value)


def solve_hypothesis(difference: FloatArray, covariance: FloatArray) -> float:
    """Return d' V^-1 d; raises EstimationError (dependent_hypotheses) when V has no inverse."""
    scale = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    if not (scale > 0).all():
        raise EstimationError("dependent_hypotheses", rank=int(np.count_nonzero(scale > 0)), needed=scale.shape[0])
    correlation = covariance / np.outer(scale, scale)
    rank = int(np.linalg.matrix_rank(correlation, tol=_SINGULAR, hermitian=True))
    if rank < scale.shape[0]:
        raise EstimationError("dependent_hypotheses", rank=rank, needed=scale.shape[0])
    standardized = difference / scale
    return float(standardized @ np.linalg.solve(correlation, standardized))


def two_sided_p(t: ArrayLike, df: ArrayLike) -> FloatArray:
    """Return P(|T| > |t|) for Student's t with `df` degrees of freedom; NaN where df is not positive."""
    degrees = np.asarray(df, dtype=np.float64)
    usable = np.where(degrees > 0, degrees, np.nan)
    return np.asarray(2 * stdtr(usable, -np.abs(np.asarray(t, dtype=np.float64))), dtype=np.float64)


def _estimates(estimate: ArrayLike, covariance: ArrayLike) -> tuple[FloatArray, FloatArray]:
    b, v = as_floats("estimate", estimate, 1), as_floats("covariance", covariance, 2)
    require_length("covariance", v, b.shape[0])
    if v.shape[1] != b.shape[0]:
        raise InputError("wrong_length", name="covariance columns", expected=b.shape[0], got=v.shape[1])
    if not (np.isfinite(b).all() and np.isfinite(v).all()):
        raise InputError("invalid_value", name="estimate", value="NaN", reason="every entry must be a number")
    if not np.allclose(v, v.T, rtol=1e-8, atol=1e-12 * np.abs(v).max(initial=0.0)):
        raise InputError("invalid_value", name="covariance", value="a matrix", reason="it must be symmetric")
    return b, v
