"""Two routes to the same raked weights: Newton's method on the dual, and iterative proportional fitting."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.arrays import FloatArray
from analysis.weighting.targets import Problem

_NEWTON_STEPS = 60
_HALVINGS = 30
_DEGENERATE = 1e-9


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


def solve_newton(problem: Problem, start: FloatArray, tolerance: float) -> Solution:
    """Minimise sum d exp(x'l) - t'l over l by damped Newton steps (Deville & Sarndal 1992, JASA 87:376).

    Stops at `tolerance` (largest relative margin error), then takes one more step when that is better.
    A solution in which some profile all but vanishes lies on the boundary and is not accepted.
    """
    coefficients = np.zeros(problem.totals.shape[0])
    weights = start
    error = problem.max_error(weights)
    iteration = 0
    while iteration < _NEWTON_STEPS:
        iteration += 1
        reached = error <= tolerance
        step = _newton_step(problem, start, coefficients, weights)
        if step is None:
            break
        new_coefficients, new_weights = step
        new_error = problem.max_error(new_weights)
        if reached and new_error >= error:
            break
        coefficients, weights, error = new_coefficients, new_weights, new_error
        if reached:
            break
    ratios = weights / start
    if ratios.min() < _DEGENERATE * ratios.max():
        error = np.inf
    return Solution(weights, Method.NEWTON, iteration, error)


def solve_proportionally(problem: Problem, start: FloatArray, tolerance: float, max_iterations: int) -> Solution:
    """Scale to each margin in turn until all are met (Deming & Stephan 1940, Ann. Math. Stat. 11:427)."""
    weights = start.copy()
    error = problem.max_error(weights)
    iteration = 0
    while error > tolerance and iteration < max_iterations:
        iteration += 1
        for target in problem.targets:
            sums = target.sums(weights)
            factors = np.ones_like(sums)
            k = target.n_constrained
            np.divide(target.wanted(sums), sums[:k], out=factors[:k], where=sums[:k] > 0)
            weights *= factors[target.codes]
        error = problem.max_error(weights)
    return Solution(weights, Method.PROPORTIONAL_FITTING, iteration, error)


def _newton_step(
    problem: Problem, start: FloatArray, coefficients: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray] | None:
    gradient = problem.design.T @ weights - problem.totals
    hessian = problem.design.T @ (problem.design * weights[:, None])
    try:
        direction = np.linalg.solve(hessian, gradient)
    except np.linalg.LinAlgError:
        return None
    objective = weights.sum() - problem.totals @ coefficients
    allowed = objective + 1e-12 * abs(objective)
    length = 1.0
    for _ in range(_HALVINGS):
        candidate = coefficients - length * direction
        with np.errstate(over="ignore", invalid="ignore"):
            moved = start * np.exp(problem.design @ candidate)
            value = moved.sum() - problem.totals @ candidate
        if np.isfinite(value) and value <= allowed:
            return candidate, moved
        length /= 2
    return None
