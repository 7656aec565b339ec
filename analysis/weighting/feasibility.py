"""Why bounded weights cannot meet their margins: which class needs more, or less, than the bounds allow."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from analysis.arrays import FloatArray
from analysis.errors import ConvergenceError
from analysis.weighting.distances import Bounds
from analysis.weighting.shortfall import Respondents
from analysis.weighting.targets import Problem

_REACHED = 1e-9


@dataclass(frozen=True, eq=False)
class BoundedProblem:
    """A problem whose cell weights must lie within `bounds` times `start` (c,), in words: times `measure`."""

    problem: Problem
    start: FloatArray
    bounds: Bounds
    respondents: Respondents
    measure: str = "the base weights"

    def explain(self) -> ConvergenceError | None:
        """Return the error that says which margin cannot be met, and the merge that may help.

        First each class and total by itself: its reach follows from the bounds. Then all together: the linear
        programme that minimises the sum of relative misses. None when weights within the bounds exist.
        """
        return self._out_of_reach() or self._not_together()

    def _out_of_reach(self) -> ConvergenceError | None:
        columns, wanted = _fixed_constraints(self.problem, self.start)
        ends = columns * self.start[:, None]
        # a bound may be infinite, and infinity times nought is nought here
        low, high = (np.where(ends == 0, 0.0, ends * np.where(ends == 0, 1.0, bound)) for bound in self.bounds)
        lowest, highest = np.minimum(low, high).sum(axis=0), np.maximum(low, high).sum(axis=0)
        missed = np.maximum(lowest - wanted, wanted - highest) / np.where(wanted == 0, 1.0, np.abs(wanted))
        if missed.max(initial=0.0) <= _REACHED:
            return None
        worst = int(missed.argmax())
        return self._error(
            "bounds_too_tight",
            worst,
            wanted=float(wanted[worst]),
            lowest=float(lowest[worst]),
            highest=float(highest[worst]),
        )

    def _not_together(self) -> ConvergenceError | None:
        matrix, wanted = _all_constraints(self.problem, self.start)
        n_cells, n_constraints = matrix.shape
        miss = np.eye(n_constraints)
        found = linprog(
            c=np.concatenate([np.zeros(n_cells), np.ones(2 * n_constraints)]),
            A_eq=np.hstack([(matrix * self.start[:, None]).T, miss, -miss]),
            b_eq=wanted,
            bounds=[self.bounds] * n_cells + [(0, None)] * (2 * n_constraints),
            method="highs",
        )
        misses = np.abs(found.x[n_cells : n_cells + n_constraints] - found.x[n_cells + n_constraints :])
        worst = int(misses.argmax())
        if misses[worst] <= _REACHED:
            return None
        return self._error("bounds_cannot_meet_all", worst, error=float(misses[worst]))

    def _error(self, code: str, constraint: int, **params: float) -> ConvergenceError:
        limits = {"lower": self.bounds[0], "upper": self.bounds[1], "measure": self.measure}
        return self.respondents.shortfall(code, self.problem, constraint, {**limits, **params})


def _fixed_constraints(problem: Problem, start: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return columns (c, k) and totals (k,) of classes and numeric variables, in the order of `errors`."""
    columns = [problem.incidence, *(n.values[:, None] for n in problem.numeric)]
    goals = problem.goals.copy()
    for target in problem.targets:
        if target.has_free_class:
            goals[target.columns] = start @ problem.incidence[:, target.columns]
    return np.hstack(columns), np.append(goals, [n.total for n in problem.numeric])


def _all_constraints(problem: Problem, start: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return columns and totals relative to what they must reach, and the declared total as the last one."""
    columns, wanted = _fixed_constraints(problem, start)
    for target in problem.targets:
        if target.has_free_class:
            part = problem.incidence[:, target.columns]
            columns[:, target.columns] = part - part.sum(axis=1, keepdims=True) * target.goals / target.goals.sum()
            wanted[target.columns] = 0.0
    scale = np.concatenate([np.where(problem.goals > 0, problem.goals, 1.0), [n.scale for n in problem.numeric]])
    matrix, relative = columns / scale, wanted / scale
    if problem.total is None:
        return matrix, relative
    return np.column_stack([matrix, np.full(start.shape[0], 1.0 / problem.total)]), np.append(relative, 1.0)
