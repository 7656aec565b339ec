"""Two routes to calibrated weights: Newton's method on the dual, and iterative proportional fitting."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.arrays import FloatArray, weighted_counts
from analysis.weighting.distances import Response, exponential
from analysis.weighting.targets import Problem, weighted_gram

_NEWTON_STEPS = 100
_HALVINGS = 30
_DEGENERATE = 1e-9
POLISHED = 1e-12
"""Margins met this closely: what remains is rounding, or goes with one step more."""
_ROUNDING = 1e-14
_FAST = 0.2
_RIDGE = 1e-9
_SLACK = 1e-12


class Method(StrEnum):
    """How the weights were found."""

    NEWTON = "newton"
    PROPORTIONAL_FITTING = "proportional_fitting"


@dataclass(frozen=True, eq=False)
class Solution:
    """Cell weights (c,), the route, its iterations and the error it reached."""

    cell_weights: FloatArray
    method: Method
    iterations: int
    max_error: float


@dataclass(frozen=True, eq=False)
class _Point:
    coefficients: FloatArray
    weights: FloatArray
    curvature: FloatArray
    objective: float
    scale: float


@dataclass(frozen=True, eq=False)
class _Dual:
    """Sum over cells of (d/q) * integral of F(q x'l), minus t'l: convex in l, with the calibrated l at its minimum."""

    problem: Problem
    start: FloatArray
    response: Response
    factors: FloatArray | None

    def at(self, coefficients: FloatArray) -> _Point:
        linear = self.problem.design @ coefficients
        start = self.start
        if self.factors is None:
            ratio, slope, integral = self.response(linear)
            weights = start * ratio
            curvature = weights if slope is ratio else start * slope
            bulk = float(start @ integral)
        else:
            ratio, slope, integral = self.response(linear * self.factors)
            weights, curvature = start * ratio, start * slope * self.factors
            bulk = float((start / self.factors) @ integral)
        pull = float(self.problem.totals @ coefficients)
        return _Point(coefficients, weights, curvature, bulk - pull, abs(bulk) + abs(pull))

    def step(self, point: _Point) -> _Point | None:
        """Return the point one damped Newton step further; None when no step lowers the objective."""
        direction = self._direction(point)
        allowed = point.objective + _SLACK * point.scale
        length = 1.0
        for _ in range(_HALVINGS):
            candidate = self.at(point.coefficients - length * direction)
            if np.isfinite(candidate.objective) and candidate.objective <= allowed:
                return candidate
            length /= 2
        return None

    def _direction(self, point: _Point) -> FloatArray:
        design = self.problem.design
        gradient = point.weights @ design - self.problem.totals
        hessian = weighted_gram(design, point.curvature)
        direction = _solve(hessian, gradient)
        if np.isfinite(direction).all() and direction @ gradient >= 0:
            return direction
        # weights at their bounds have no slope: a little of the base weights' curvature keeps the step finite
        ridge = _RIDGE * np.einsum("i,ij,ij->j", self.start, design, design)
        return _solve(hessian + np.diag(ridge), gradient)


def solve_newton(
    problem: Problem,
    start: FloatArray,
    tolerance: float,
    response: Response = exponential,
    factors: FloatArray | None = None,
) -> Solution:
    """Find weights start * F(q x'l) that reach the totals, by damped Newton steps on the convex dual in l.

    Stops at `tolerance` (largest relative margin error), after one more step if that is better. A raking
    solution in which some profile all but vanishes lies on the boundary and is not accepted.

    References
    ----------
    Deville & Sarndal (1992), JASA 87, 376-382, section 2.
    """
    dual = _Dual(problem, start, response, factors)
    with np.errstate(over="ignore", invalid="ignore"):
        weights, iterations, error = _descend(dual, tolerance)
    if response is exponential:
        ratios = weights / start
        if ratios.min() < _DEGENERATE * ratios.max():
            error = np.inf
    return Solution(weights, Method.NEWTON, iterations, error)


def solve_proportionally(problem: Problem, start: FloatArray, tolerance: float, max_iterations: int) -> Solution:
    """Scale to each margin in turn until all are met (Deming & Stephan 1940, Ann. Math. Stat. 11:427)."""
    weights = start
    error = problem.max_error(weights)
    iteration = 0
    while error > tolerance and iteration < max_iterations:
        iteration += 1
        weights, _ = sweep(problem, weights)
        error = problem.max_error(weights)
    return Solution(weights, Method.PROPORTIONAL_FITTING, iteration, error)


def sweep_while_fast(problem: Problem, start: FloatArray) -> Solution:
    """Scale to each margin in turn, for as long as every sweep moves the weights five times less than the one before.

    Margins of a few variables mostly are met within rounding before that ends, without any table of constraints;
    the answer is then that of Newton's method. Otherwise the error reported is above `POLISHED`.
    """
    weights, before = sweep(problem, start)
    weights, moved = sweep(problem, weights)
    iteration = 2
    # if the next one makes as much headway again, it moves them by moved * moved / before
    while moved * moved > _ROUNDING * before and moved <= _FAST * before:
        before = moved
        weights, moved = sweep(problem, weights)
        iteration += 1
    return Solution(weights, Method.PROPORTIONAL_FITTING, iteration, problem.max_error(weights))


def sweep(problem: Problem, weights: FloatArray) -> tuple[FloatArray, float]:
    """Return `weights` (c,) moved once to each margin in turn, and the largest relative move of any class.

    Csiszar, I. (1975). I-divergence geometry. Annals of Probability 3, 146-158: these steps, repeated, end where
    raking ends.
    """
    weights = weights.copy()
    moves: list[FloatArray] = []
    for target, codes in zip(problem.targets, problem.membership.codes, strict=True):
        factors = target.factors(weighted_counts(codes, weights, len(target.margin.all_categories)))
        weights *= factors.take(codes)
        moves.append(factors)
    if problem.has_free_classes and problem.total is not None:
        weights *= problem.total / weights.sum()
    return weights, float(np.abs(np.concatenate(moves) - 1.0).max())


def _descend(dual: _Dual, tolerance: float) -> tuple[FloatArray, int, float]:
    point = dual.at(np.zeros(dual.problem.totals.shape[0]))
    error = dual.problem.max_error(point.weights)
    for iteration in range(1, _NEWTON_STEPS + 1):
        reached = error <= tolerance
        if reached and error <= POLISHED:
            return point.weights, iteration - 1, error
        candidate = dual.step(point)
        if candidate is None:
            return point.weights, iteration, error
        new_error = dual.problem.max_error(candidate.weights)
        if reached:
            better = candidate.weights if new_error < error else point.weights
            return better, iteration, min(error, new_error)
        point, error = candidate, new_error
    return point.weights, _NEWTON_STEPS, error


def _solve(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Return the solution, or not-a-number throughout when there is none: no step is then accepted."""
    try:
        return np.asarray(np.linalg.solve(matrix, right))
    except np.linalg.LinAlgError:
        return np.full_like(right, np.nan)
