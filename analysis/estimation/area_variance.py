"""Variance between areas in the area-level model: four estimators, their sampling variance and bias."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.arrays import FloatArray

Method = Literal["reml", "ml", "fay_herriot", "prasad_rao"]

_GRID = 60


@dataclass(frozen=True, eq=False)
class AreaData:
    """Direct estimates (m,), their sampling variances psi (m,) and covariates (m, p)."""

    direct: FloatArray
    psi: FloatArray
    x: FloatArray

    def at(self, variance: float) -> "AreaFit":
        """Return the generalized least squares fit for one variance between areas."""
        total = self.psi + variance
        weighted = self.x / total[:, None]
        inverse: FloatArray = np.asarray(np.linalg.inv(weighted.T @ self.x), dtype=np.float64)
        beta = inverse @ (weighted.T @ self.direct)
        return AreaFit(variance, total, beta, inverse, self.direct - self.x @ beta, weighted)


@dataclass(frozen=True, eq=False)
class AreaFit:
    """Fit for one variance: V = variance + psi, beta, (X'V^-1X)^-1, residuals and V^-1 X."""

    variance: float
    total: FloatArray
    beta: FloatArray
    inverse: FloatArray
    residuals: FloatArray
    weighted: FloatArray

    def log_likelihood(self, *, restricted: bool) -> float:
        """Return the (restricted) log-likelihood, without its constant."""
        value = -0.5 * float(np.sum(np.log(self.total)) + np.sum(self.residuals**2 / self.total))
        return value + 0.5 * float(np.linalg.slogdet(self.inverse)[1]) if restricted else value

    def score(self, *, restricted: bool) -> float:
        """Return its derivative to the variance."""
        trace = float(np.sum(1.0 / self.total)) - (self.regression_trace() if restricted else 0.0)
        return 0.5 * (float(np.sum((self.residuals / self.total) ** 2)) - trace)

    def regression_trace(self) -> float:
        """Return tr((X'V^-1X)^-1 X'V^-2X)."""
        return float(np.sum((self.weighted @ self.inverse) * self.weighted))


def variance_between_areas(data: AreaData, method: Method) -> float:
    """Return the estimate, 0 when the direct estimates vary no more than their sampling variances explain."""
    if method == "prasad_rao":
        return _prasad_rao(data)
    if method == "fay_herriot":
        freedom = float(data.x.shape[0] - data.x.shape[1])

        def excess(variance: float) -> float:
            fit = data.at(variance)
            return float(np.sum(fit.residuals**2 / fit.total)) - freedom

        return _root(excess, 0.0, _upper(data, excess)) if excess(0.0) > 0 else 0.0
    return _maximum(data, restricted=method == "reml")


def variance_of_variance(fit: AreaFit, method: Method) -> float:
    """Return the large-sample variance of the estimated variance between areas."""
    m = fit.total.shape[0]
    if method == "prasad_rao":
        return float(2.0 * np.sum(fit.total**2) / m**2)
    if method == "fay_herriot":
        return float(2.0 * m / np.sum(1.0 / fit.total) ** 2)
    return 2.0 / float(np.sum(1.0 / fit.total**2))


def bias(fit: AreaFit, method: Method) -> float:
    """Return the leading term of the bias of the estimated variance between areas."""
    one, two = float(np.sum(1.0 / fit.total)), float(np.sum(1.0 / fit.total**2))
    if method == "ml":
        return -fit.regression_trace() / two
    if method == "fay_herriot":
        return float(2.0 * (fit.total.shape[0] * two - one**2) / one**3)
    return 0.0


def _prasad_rao(data: AreaData) -> float:
    m, p = data.x.shape
    basis = np.linalg.qr(data.x)[0]
    residuals = data.direct - basis @ (basis.T @ data.direct)
    leverage = np.sum(basis**2, axis=1)
    return max(0.0, float((np.sum(residuals**2) - np.sum(data.psi * (1.0 - leverage))) / (m - p)))


def _maximum(data: AreaData, *, restricted: bool) -> float:
    # the likelihood may have more than one top: look over a grid, then close in on the highest
    def score(variance: float) -> float:
        return data.at(variance).score(restricted=restricted)

    grid = np.append(0.0, _upper(data, score) * np.geomspace(1e-9, 1.0, _GRID))
    top = int(np.argmax([data.at(variance).log_likelihood(restricted=restricted) for variance in grid]))
    if top == 0 and score(0.0) <= 0:
        return 0.0
    return _root(score, float(grid[max(0, top - 1)]), float(grid[min(_GRID, top + 1)]))


def _upper(data: AreaData, falling: Callable[[float], float]) -> float:
    upper = float(np.var(data.direct) + np.mean(data.psi))
    while falling(upper) > 0:
        upper *= 2.0
    return upper


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    middle = 0.5 * (low + high)
    while low < middle < high:
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
        middle = 0.5 * (low + high)
    return middle
