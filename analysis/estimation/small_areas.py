"""Estimates for areas with few answers: the area-level model of Fay and Herriot, with its mean squared error."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from analysis.arrays import BoolArray, FloatArray, as_floats, require_length
from analysis.errors import EstimationError, InputError
from analysis.estimation.area_variance import (
    AreaData,
    AreaFit,
    Method,
    bias,
    variance_between_areas,
    variance_of_variance,
)

_COLLINEAR = 1e-10
_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class SmallAreas:
    """Modelled estimates of m areas; to be marked as modelled wherever they are shown.

    Attributes
    ----------
    estimate, mse : (m,) arrays
        Best linear predictor and its estimated mean squared error.
    synthetic : (m,) array
        What the covariates alone predict, x'beta.
    shrinkage : (m,) array
        Weight of the direct estimate, variance / (variance + psi); 0 for synthetic areas.
    is_synthetic : (m,) array of bool
        Areas without a direct estimate: their figure is x'beta alone.
    standardized_residuals : (m,) array
        (direct - x'beta) / sqrt(variance + psi), NaN for synthetic areas; beyond 3 the model does not fit the area.
    coefficients, coefficient_covariance : (p,), (p, p) arrays
    variance, variance_standard_error : float
        Variance between areas that the covariates leave; 0 means every area got the synthetic figure.
    log_likelihood : float
        Of the model fitted (restricted for "reml"), with its constant.
    """

    estimate: FloatArray
    mse: FloatArray
    synthetic: FloatArray
    shrinkage: FloatArray
    is_synthetic: BoolArray
    standardized_residuals: FloatArray
    coefficients: FloatArray
    coefficient_covariance: FloatArray
    variance: float
    variance_standard_error: float
    log_likelihood: float

    def intervals(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Return estimate -+ z sqrt(mse); not kept within 0..1 for shares."""
        if not 0.0 < level < 1.0:
            raise InputError("invalid_value", name="level", value=level, reason="it must lie between 0 and 1")
        half_width = float(ndtri(0.5 + level / 2.0)) * np.sqrt(self.mse)
        return self.estimate - half_width, self.estimate + half_width


def estimate_small_areas(
    direct: ArrayLike, sampling_variance: ArrayLike, x: ArrayLike, *, method: Method = "reml"
) -> SmallAreas:
    """Combine direct estimates with what covariates predict: direct_i = x_i'beta + v_i + e_i.

    v has one unknown variance A between areas, e the sampling variances psi, taken as known (see
    `smooth_variances`) and independent between areas. estimate = g direct + (1 - g) x'beta, g = A / (A + psi).
    mse = g psi + (1 - g)^2 x'(X'V^-1X)^-1 x + 2 psi^2 / (A + psi)^3 Var(A) - (1 - g)^2 bias(A); an area without a
    direct estimate is the limit psi -> infinity: A + x'(X'V^-1X)^-1 x - bias(A).

    Parameters
    ----------
    direct : (m,) array
        Direct estimate per area; NaN where there is none.
    sampling_variance : (m,) array
        Squared standard error of each; positive where there is a direct estimate, else not read.
    x : (m, p) array
        Covariates known for every area, with a column of ones.
    method : {"reml", "ml", "fay_herriot", "prasad_rao"}
        How A is estimated: restricted or full likelihood, or by moments, weighted or not.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value.
    EstimationError
        too_few_areas (fewer than p + 1 direct estimates); collinear_column.

    References
    ----------
    Fay & Herriot (1979), JASA 74, 269-277; Prasad & Rao (1990), JASA 85, 163-171; Datta & Lahiri (2000),
    Statistica Sinica 10, 613-627; Datta, Rao & Smith (2005), Biometrika 92, 183-196; Rao & Molina (2015), Small Area
    Estimation, 2nd ed., chapter 6.
    """
    if method not in get_args(Method):
        raise InputError("invalid_value", name="method", value=method, reason=f"one of {get_args(Method)}")
    y, psi, columns = _checked(direct, sampling_variance, x)
    present = np.isfinite(y)
    data = AreaData(y[present], psi[present], columns[present])
    _require_independent(data.x)
    fit = data.at(variance_between_areas(data, method))
    return _predict(fit, (y, psi, columns), method)


def benchmark_areas(areas: SmallAreas, shares: ArrayLike, total: float) -> FloatArray:
    """Return estimates moved so that their average, weighted by population `shares`, is the published `total`.

    Each area moves in proportion to share times mse: the change that is smallest when measured in mse, so that the
    figures known best move least. The mse are those of before; the change shows how far the model is off.

    Parameters
    ----------
    areas : SmallAreas
    shares : (m,) array
        Share of the population in each area, zero or more, adding up to 1.
    total : float
        Direct estimate for all areas together.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value.

    References
    ----------
    Wang, Fuller & Qu (2008), Survey Methodology 34, 29-36.
    """
    w = as_floats("shares", shares, 1)
    require_length("shares", w, areas.estimate.shape[0])
    _require("shares", w, np.isfinite(w) & (w >= 0), "it must be zero or more")
    if abs(float(w.sum()) - 1.0) > _ROUNDING:
        raise InputError("invalid_value", name="shares", value=float(w.sum()), reason="they must add up to 1")
    if not np.isfinite(total):
        raise InputError("invalid_value", name="total", value=total, reason="it must be a finite number")
    reach = w * areas.mse
    return np.asarray(areas.estimate + reach * ((total - float(w @ areas.estimate)) / float(w @ reach)))


def smooth_variances(sampling_variance: ArrayLike, base: ArrayLike) -> FloatArray:
    """Return S^2 / n_i, with S^2 the average of n_i psi_i over areas weighted by n_i - 1.

    Direct variances of small areas are themselves uncertain, and 0 where everybody agrees; the area-level model
    takes them as known. Smoothing assumes that answers vary equally within each area: for shares, that the shares
    are not far apart.

    Parameters
    ----------
    sampling_variance : (m,) array
        Squared standard errors; NaN where there are no answers.
    base : (m,) array
        Answers per area, effective ones when weights are unequal; NaN is 0.

    Returns
    -------
    (m,) array
        NaN for areas without answers.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value.
    EstimationError
        too_few_areas: no area has two answers or more, or nothing varies.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation, 2nd ed., chapter 7 (generalized variance functions).
    """
    psi, n = as_floats("sampling_variance", sampling_variance, 1), as_floats("base", base, 1)
    require_length("base", n, psi.shape[0])
    n = np.where(np.isnan(n), 0.0, n)
    _require("base", n, np.isfinite(n) & (n >= 0), "it must be zero or more")
    usable = np.isfinite(psi) & (n > 1)
    _require("sampling_variance", psi, np.isnan(psi) | (np.isfinite(psi) & (psi >= 0)), "it must be zero or more")
    total = float(np.sum((n[usable] - 1.0) * n[usable] * psi[usable]))
    if not total > 0:
        raise EstimationError("too_few_areas", areas=int(np.count_nonzero(usable)), needed=1)
    unit_variance = total / float(np.sum(n[usable] - 1.0))
    return np.where(n > 0, unit_variance / np.where(n > 0, n, 1.0), np.nan)


def _checked(
    direct: ArrayLike, sampling_variance: ArrayLike, x: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    y, psi = as_floats("direct", direct, 1), as_floats("sampling_variance", sampling_variance, 1)
    columns = as_floats("x", x, 2)
    require_length("sampling_variance", psi, y.shape[0])
    require_length("x", columns, y.shape[0])
    _require("direct", y, ~np.isinf(y), "it must be finite or missing")
    _require("x", columns, np.isfinite(columns), "it must be a finite number for every area")
    present = np.isfinite(y)
    known = np.isfinite(psi) & (psi > 0)
    _require("sampling_variance", psi, known | ~present, "it must be positive; see smooth_variances")
    areas, needed = int(np.count_nonzero(present)), columns.shape[1] + 1
    if areas < needed:
        raise EstimationError("too_few_areas", areas=areas, needed=needed)
    return y, np.where(present, psi, np.inf), columns


def _require(name: str, values: FloatArray, allowed: BoolArray, reason: str) -> None:
    if not allowed.all():
        raise InputError("invalid_value", name=name, value=float(values[~allowed][0]), reason=reason)


def _require_independent(columns: FloatArray) -> None:
    norms = np.linalg.norm(columns, axis=0)
    diagonal = np.diag(np.linalg.qr(columns / np.where(norms > 0, norms, 1.0), mode="r"))
    dependent = np.flatnonzero(np.abs(diagonal) < _COLLINEAR)
    if dependent.size:
        raise EstimationError("collinear_column", column=int(dependent[0]))


def _predict(fit: AreaFit, areas: tuple[FloatArray, FloatArray, FloatArray], method: Method) -> SmallAreas:
    y, psi, columns = areas
    present = np.isfinite(y)
    total = fit.variance + psi
    shrinkage = fit.variance / total
    synthetic = columns @ fit.beta
    residuals = np.where(present, y - synthetic, 0.0)
    spread = variance_of_variance(fit, method)
    restricted = method == "reml"
    constant = -0.5 * np.log(2.0 * np.pi) * (fit.total.shape[0] - (fit.beta.shape[0] if restricted else 0))
    return SmallAreas(
        synthetic + shrinkage * residuals,
        _mean_squared_error(fit, psi, columns, method),
        synthetic,
        shrinkage,
        ~present,
        np.where(present, residuals / np.sqrt(total), np.nan),
        fit.beta,
        fit.inverse,
        fit.variance,
        float(np.sqrt(spread)),
        fit.log_likelihood(restricted=restricted) + float(constant),
    )


def _mean_squared_error(fit: AreaFit, psi: FloatArray, columns: FloatArray, method: Method) -> FloatArray:
    total = fit.variance + psi
    away = np.where(np.isinf(psi), 1.0, psi / np.where(np.isinf(psi), 1.0, total))
    known = fit.variance * away
    regression = away**2 * np.sum((columns @ fit.inverse) * columns, axis=1)
    estimated = 2.0 * away**2 / total * variance_of_variance(fit, method)
    return np.asarray(known + regression + estimated - away**2 * bias(fit, method))
