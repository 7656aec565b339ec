"""Which class of respondents falls short, how many they are, and the merge that may help."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from analysis.arrays import FloatArray
from analysis.errors import ConvergenceError
from analysis.weighting.refusals import Hierarchies
from analysis.weighting.solvers import Solution
from analysis.weighting.targets import Problem


@dataclass(frozen=True, eq=False)
class Respondents:
    """Numbers of respondents per cell (c,), and the hierarchies from which merges are proposed."""

    counts: FloatArray
    hierarchies: Hierarchies = field(default_factory=dict)

    def shortfall(self, code: str, problem: Problem, constraint: int, params: Mapping[str, object]) -> ConvergenceError:
        """Return the error about entry `constraint` of `problem.errors` (one more: the population itself)."""
        variable, category = _name(problem, constraint)
        hierarchy = self.hierarchies.get(variable)
        proposal = None if hierarchy is None else hierarchy.propose(category)
        sums = problem.sums(self.counts)
        n_respondents = sums[constraint] if constraint < sums.shape[0] else self.counts.sum()
        return ConvergenceError(
            code,
            margin=variable,
            category=category,
            n_respondents=round(float(n_respondents)),
            proposal=proposal,
            advice="" if proposal is None else f"; proposed: merge {proposal.category} with {proposal.into}",
            **params,
        )

    def not_converged(self, problem: Problem, solution: Solution) -> ConvergenceError:
        """Return the error that names the class farthest from its total."""
        errors = np.abs(problem.errors(solution.cell_weights))
        worst = int(errors.argmax())
        params = {"iterations": solution.iterations, "error": float(errors[worst])}
        return self.shortfall("not_converged", problem, worst, params)


def _name(problem: Problem, constraint: int) -> tuple[str, str]:
    if constraint == problem.incidence.shape[1] + len(problem.numeric):
        return "population", "total"
    return problem.name(constraint)
