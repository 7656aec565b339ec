"""What calibration did to each margin and total, for the method statement."""

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.weighting.targets import Problem


@dataclass(frozen=True, eq=False)
class MarginReport:
    """One margin in counts: base weights scaled to the population, weighted, population, relative error.

    All arrays follow `categories`; excluded classes are left out.
    """

    variable: str
    categories: tuple[str, ...]
    n_respondents: IntArray
    before: FloatArray
    after: FloatArray
    population: FloatArray
    relative_error: FloatArray


@dataclass(frozen=True)
class TotalReport:
    """One numeric total: under base weights, weighted, population, relative error."""

    variable: str
    before: float
    after: float
    population: float
    relative_error: float


def report_margins(
    problem: Problem, cell_counts: FloatArray, before: FloatArray, after: FloatArray
) -> tuple[MarginReport, ...]:
    """Return one report per margin from cell weights (c,) before and after calibration."""
    counts, old, new = (problem.sums(weights) for weights in (cell_counts, before, after))
    wanted, errors = problem.wanted(new), problem.errors(after)
    return tuple(
        MarginReport(
            variable=target.margin.variable,
            categories=target.margin.all_categories[: target.n_constrained],
            n_respondents=np.rint(counts[target.columns]).astype(np.int64),
            before=old[target.columns],
            after=new[target.columns],
            population=wanted[target.columns],
            relative_error=errors[target.columns],
        )
        for target in problem.targets
    )


def report_totals(problem: Problem, before: FloatArray, after: FloatArray) -> tuple[TotalReport, ...]:
    """Return one report per numeric total from cell weights (c,) before and after calibration."""
    errors = problem.errors(after)[problem.incidence.shape[1] :]
    return tuple(
        TotalReport(n.variable, float(before @ n.values), float(after @ n.values), n.total, float(error))
        for n, error in zip(problem.numeric, errors, strict=True)
    )
