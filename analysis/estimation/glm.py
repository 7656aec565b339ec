"""Weighted generalized linear models with their canonical link: the fit alone, without a survey design."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from analysis.arrays import FloatArray, as_floats, require_length
from analysis.errors import EstimationError, InputError

Family = Literal["binomial", "gaussian", "poisson"]

_STEP = 1e-9
_COLLINEAR = 1e-10
_SINGULAR = 1e-13


@dataclass(frozen=True, eq=False)
class GlmFit:
    """Coefficients of a fitted model.

    Attributes
    ----------
    coefficients : (p,) array
    linear_predictor, fitted, residuals : (n,) arrays
        x beta, the mean mu it stands for, and y - mu.
    working_weights : (n,) array
        w V(mu), the weight of a row in the information.
    information, inverse_information : (p, p) arrays
        sum w V(mu) x x' (dispersion 1) and its inverse.
    iterations : int
    """

    coefficients: FloatArray
    linear_predictor: FloatArray
    fitted: FloatArray
    residuals: FloatArray
    working_weights: FloatArray
    information: FloatArray
    inverse_information: FloatArray
    iterations: int


@dataclass(frozen=True)
class _Model:
    """Mean, variance, residual and unit deviance as functions of the linear predictor (and y)."""

    start: Callable[[FloatArray], FloatArray]
    mean: Callable[[FloatArray], FloatArray]
    variance: Callable[[FloatArray], FloatArray]
    residual: Callable[[FloatArray, FloatArray], FloatArray]
    loss: Callable[[FloatArray, FloatArray], FloatArray]


def fit_logistic(x: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> GlmFit:
    """Fit a logistic regression by maximum weighted likelihood; `fit_glm` with family binomial."""
    return fit_glm(x, y, weights)


def fit_glm(
    x: ArrayLike,
    y: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    family: Family = "binomial",
    max_iterations: int = 100,
) -> GlmFit:
    """Solve sum w x (y - mu) = 0 with g(mu) = x beta, by iteratively reweighted least squares.

    Links: logit (binomial), identity (gaussian), log (poisson). Iterates until no linear predictor moves by
    more than 1e-9 of its size, in an orthonormal basis of x, so that badly scaled columns do no harm.

    Parameters
    ----------
    x : (n, p) array
        With a column of ones when the model has an intercept.
    y : (n,) array
        Binomial: 0..1; poisson: zero or more; gaussian: any.
    weights : (n,) array
        Zero or more, default 1; their scale does not matter for the coefficients.
    family : {"binomial", "gaussian", "poisson"}
    max_iterations : int

    Raises
    ------
    InputError
        wrong_shape, wrong_length, no_rows, invalid_value (also for missing values).
    EstimationError
        collinear_column; separation, when a combination of columns predicts an answer perfectly, so that no
        finite coefficient is the best; fit_not_converged.

    References
    ----------
    McCullagh & Nelder (1989). Generalized Linear Models, 2nd ed., 40-43; Albert & Anderson (1984),
    Biometrika 71, 1-10 (separation).
    """
    columns, answers, w = _checked(x, y, weights, family)
    model, present = _MODELS[family], w > 0
    triangle = _orthonormal(columns, w)
    basis = np.asarray(np.linalg.solve(triangle.T, columns.T).T, dtype=np.float64)
    problem = _Problem(model, basis[present], answers[present], w[present] / w.mean(), triangle, max_iterations)
    return _finish(model, (columns, answers, w), basis, triangle, problem.solve())


def _checked(
    x: ArrayLike, y: ArrayLike, weights: ArrayLike | None, family: Family
) -> tuple[FloatArray, FloatArray, FloatArray]:
    columns, answers = as_floats("x", x, 2), as_floats("y", y, 1)
    w = np.ones(answers.shape[0]) if weights is None else as_floats("weights", weights, 1)
    if columns.size == 0:
        raise InputError("no_rows", name="x")
    require_length("y", answers, columns.shape[0])
    require_length("weights", w, columns.shape[0])
    if family not in _MODELS:
        raise InputError("invalid_value", name="family", value=family, reason=f"one of {sorted(_MODELS)}")
    low, high = _RANGES[family]
    _require("x", columns, np.isfinite(columns), "it must be a finite number")
    _require("y", answers, np.isfinite(answers) & (answers >= low) & (answers <= high), f"must lie in {low}..{high}")
    _require("weights", w, np.isfinite(w) & (w >= 0), "it must be zero or more")
    if not w.any():
        raise InputError("invalid_value", name="weights", value=0.0, reason="no row has a positive weight")
    return columns, answers, w


def _require(name: str, values: FloatArray, allowed: np.ndarray, reason: str) -> None:
    if not allowed.all():
        raise InputError("invalid_value", name=name, value=float(values[~allowed][0]), reason=reason)


def _orthonormal(columns: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the triangle R of which x R^-1 has the unit matrix as weighted cross product (weights adding up to 1)."""
    root = np.sqrt(weights / weights.sum())[:, None]
    norms = np.sqrt(np.sum((columns * root) ** 2, axis=0))
    pad = max(0, columns.shape[1] - columns.shape[0])
    scaled = np.pad(columns / np.where(norms > 0, norms, 1.0) * root, ((0, pad), (0, 0)))
    triangle = np.linalg.qr(scaled, mode="r")
    dependent = np.flatnonzero(np.abs(np.diag(triangle)) < _COLLINEAR)
    if dependent.size:
        raise EstimationError("collinear_column", column=int(dependent[0]))
    return np.asarray(triangle * norms)


@dataclass(frozen=True, eq=False)
class _Problem:
    """Rows with a positive weight, their columns in an orthonormal basis."""

    model: _Model
    basis: FloatArray
    y: FloatArray
    weights: FloatArray
    triangle: FloatArray
    max_iterations: int

    def solve(self) -> tuple[FloatArray, int]:
        eta = self.model.start(self.y)
        size = float(self.weights @ self.model.variance(eta))
        first = self.information(eta)
        beta = self.step(eta, first, size) + np.linalg.solve(first, self.moment(self.model.variance(eta) * eta))
        beta *= self.length(np.zeros_like(eta), self.basis @ beta)
        eta = self.basis @ beta
        for iteration in range(1, self.max_iterations + 1):
            step = self.step(eta, self.information(eta), size)
            step *= self.length(eta, self.basis @ step)
            moved = self.basis @ step
            beta, eta = beta + step, eta + moved
            if np.all(np.abs(moved) <= _STEP * (1.0 + np.abs(eta))):
                return np.linalg.solve(self.triangle, beta), iteration
        raise EstimationError("fit_not_converged", iterations=self.max_iterations)

    def information(self, eta: FloatArray) -> FloatArray:
        return np.asarray((self.basis * (self.weights * self.model.variance(eta))[:, None]).T @ self.basis)

    def moment(self, values: FloatArray) -> FloatArray:
        return np.asarray(self.basis.T @ (self.weights * values))

    def step(self, eta: FloatArray, information: FloatArray, size: float) -> FloatArray:
        values, vectors = np.linalg.eigh(information)
        # the columns are independent: information that vanishes means fitted means that run to their limit
        if not values[0] > _SINGULAR * max(values[-1], size):
            column = _leading_column(self.triangle, vectors[:, 0])
            raise EstimationError("separation", column=column)
        return np.asarray(vectors @ ((vectors.T @ self.moment(self.model.residual(self.y, eta))) / values))

    def length(self, eta: FloatArray, moved: FloatArray) -> float:
        before = self.loss(eta)
        slack = 1e-9 * (1.0 + abs(before))
        length = 1.0
        # ends: along a scoring step the loss goes down at first; the slack covers rounding at the optimum
        while not self.loss(eta + length * moved) <= before + slack:
            length /= 2.0
        return length

    def loss(self, eta: FloatArray) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return float(self.weights @ self.model.loss(self.y, eta))


def _leading_column(triangle: FloatArray, direction: FloatArray) -> int:
    contribution = np.linalg.solve(triangle, direction) * np.linalg.norm(triangle, axis=0)
    return int(np.argmax(np.abs(contribution)))


def _finish(
    model: _Model,
    data: tuple[FloatArray, FloatArray, FloatArray],
    basis: FloatArray,
    triangle: FloatArray,
    solution: tuple[FloatArray, int],
) -> GlmFit:
    columns, answers, w = data
    coefficients, iterations = solution
    eta = columns @ coefficients
    working = w * model.variance(eta)
    back = np.linalg.inv(triangle)
    return GlmFit(
        coefficients,
        eta,
        model.mean(eta),
        model.residual(answers, eta),
        working,
        (columns * working[:, None]).T @ columns,
        back @ np.linalg.inv((basis * working[:, None]).T @ basis) @ back.T,
        iterations,
    )


def _log_one_plus_exp(eta: FloatArray) -> FloatArray:
    return np.asarray(np.logaddexp(0.0, eta))


_RANGES: dict[Family, tuple[float, float]] = {
    "binomial": (0.0, 1.0),
    "gaussian": (-np.inf, np.inf),
    "poisson": (0.0, np.inf),
}

_MODELS: dict[Family, _Model] = {
    # y - mu and mu(1 - mu) written with both tails, so that they keep their digits near 0 and 1
    "binomial": _Model(
        start=lambda y: np.log((y + 0.5) / (1.5 - y)),
        mean=lambda eta: np.asarray(expit(eta)),
        variance=lambda eta: np.asarray(expit(eta) * expit(-eta)),
        residual=lambda y, eta: np.asarray(y * expit(-eta) - (1.0 - y) * expit(eta)),
        loss=lambda y, eta: _log_one_plus_exp(eta) - y * eta,
    ),
    "gaussian": _Model(
        start=lambda y: y,
        mean=lambda eta: eta,
        variance=np.ones_like,
        residual=lambda y, eta: y - eta,
        loss=lambda y, eta: (y - eta) ** 2 / 2.0,
    ),
    "poisson": _Model(
        start=lambda y: np.log(y + 0.1),
        mean=np.exp,
        variance=np.exp,
        residual=lambda y, eta: y - np.exp(eta),
        loss=lambda y, eta: np.exp(eta) - y * eta,
    ),
}
