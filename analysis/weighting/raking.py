"""Raking: weights that meet every population margin, or a refusal that says why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_codes, as_floats, require_length
from analysis.errors import ConvergenceError, InputError, WeightingRefusedError
from analysis.weighting.calibration import Calibration
from analysis.weighting.cells import Cells, collapse
from analysis.weighting.margins import Margin, PanelPopulation, ReconciledMargins, Reconciliation, reconcile
from analysis.weighting.merging import MergeHierarchy
from analysis.weighting.refusals import find_refusals
from analysis.weighting.solvers import Method, Solution, solve_newton, solve_proportionally
from analysis.weighting.targets import Problem, Target, build_problem

TOLERANCE = 1e-10
_MAX_ITERATIONS = 1000


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


@dataclass(frozen=True, eq=False)
class RakingResult:
    """Raked weights with what is needed to judge and to use them.

    Attributes
    ----------
    weights, g_weights, base_weights : (n,) arrays
        Weights add up to the declared total; g = weights / base weights.
    method : Method
    iterations : int
    max_error : float
        Largest relative margin error reached.
    margins : tuple of MarginReport
    notes : tuple of Reconciliation
        How each margin was brought to the declared total.
    calibration : Calibration
        Constraints, for standard errors.
    """

    weights: FloatArray
    g_weights: FloatArray
    base_weights: FloatArray
    method: Method
    iterations: int
    max_error: float
    margins: tuple[MarginReport, ...]
    notes: tuple[Reconciliation, ...]
    calibration: Calibration


@dataclass(frozen=True, eq=False)
class PreparedRaking:
    """Checked input of raking, collapsed to cells; can be solved more than once."""

    cells: Cells
    base_weights: FloatArray
    problem: Problem
    reconciled: ReconciledMargins

    def solve(
        self, weights: FloatArray, tolerance: float = TOLERANCE, method: Method | None = None
    ) -> tuple[FloatArray, Solution]:
        """Return `weights` (n,) raked to the margins, with the solution on cells.

        Raises ConvergenceError (not_converged).
        """
        cell_start = self.cells.sum(weights)
        solution = _solve(self.problem, cell_start, tolerance, method)
        return weights * (solution.cell_weights / cell_start)[self.cells.index], solution


def rake(
    codes: ArrayLike,
    base_weights: ArrayLike,
    margins: Sequence[Margin],
    population: PanelPopulation,
    *,
    hierarchies: Mapping[str, MergeHierarchy] | None = None,
    derivation_tolerance: float = 0.0,
    tolerance: float = TOLERANCE,
    method: Method | None = None,
) -> RakingResult:
    """Weight respondents so that every margin is met (multiplicative distance, w = d exp(x'l)).

    Newton's method on the distinct profiles; where it fails, iterative proportional fitting. Convergence is
    the largest relative margin error, never that the weights stopped moving.

    Parameters
    ----------
    codes : (n, m) integer array
        Column j indexes `margins[j].all_categories`; -1 is missing (and refused).
    base_weights : (n,) array
        1 / inclusion probability, on any scale; positive.
    margins : sequence of m Margin
    population : PanelPopulation
    hierarchies : mapping of variable to MergeHierarchy
        From which merges are proposed.
    derivation_tolerance : float
        See `reconcile`.
    tolerance : float
        Largest relative margin error accepted.
    method : Method
        Forces one route; by default Newton first.

    Raises
    ------
    MarginError
        Margins that do not fit the population or each other (see `reconcile`).
    WeightingRefusedError
        missing_value, nonpositive_base_weight, category_without_respondents, category_not_in_population;
        all of them at once.
    ConvergenceError
        not_converged: the margins cannot be met together by these respondents.
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range, no_rows.

    References
    ----------
    Deville, J.-C. & Sarndal, C.-E. (1992). Calibration estimators in survey sampling. Journal of the American
    Statistical Association 87, 376-382. Deville, Sarndal & Sautory (1993), JASA 88, 1013-1020.
    """
    prepared = prepare_raking(
        codes,
        base_weights,
        margins,
        population,
        hierarchies=hierarchies,
        derivation_tolerance=derivation_tolerance,
    )
    weights, solution = prepared.solve(prepared.base_weights, tolerance, method)
    return assemble(prepared, weights, solution)


def prepare_raking(
    codes: ArrayLike,
    base_weights: ArrayLike,
    margins: Sequence[Margin],
    population: PanelPopulation,
    *,
    hierarchies: Mapping[str, MergeHierarchy] | None = None,
    derivation_tolerance: float = 0.0,
) -> PreparedRaking:
    """Check the input of `rake` and collapse it to cells; parameters and errors as there."""
    profile = as_codes("codes", codes, 2)
    base = as_floats("base_weights", base_weights, 1)
    require_length("base_weights", base, profile.shape[0])
    if profile.shape[0] == 0:
        raise InputError("no_rows", name="codes")
    if profile.shape[1] != len(margins) or not margins:
        raise InputError("wrong_length", name="columns of codes", expected=len(margins), got=profile.shape[1])
    reconciled = reconcile(margins, population, derivation_tolerance=derivation_tolerance)
    refusals = find_refusals(profile, base, reconciled.margins, hierarchies or {})
    if refusals:
        raise WeightingRefusedError(refusals)
    cells = collapse(profile, [len(margin.all_categories) for margin in margins])
    problem = build_problem(cells, cells.sum(base), reconciled.margins, reconciled.total)
    return PreparedRaking(cells, base, problem, reconciled)


def assemble(prepared: PreparedRaking, weights: FloatArray, solution: Solution) -> RakingResult:
    """Return the result that belongs to final `weights` (n,), found by `solution`."""
    cell_weights = prepared.cells.sum(weights)
    cell_base = prepared.cells.sum(prepared.base_weights)
    before = cell_base * (prepared.problem.total / cell_base.sum())
    cell_counts = np.bincount(prepared.cells.index, minlength=prepared.cells.n_cells).astype(np.float64)
    return RakingResult(
        weights=weights,
        g_weights=weights / prepared.base_weights,
        base_weights=prepared.base_weights,
        method=solution.method,
        iterations=solution.iterations,
        max_error=prepared.problem.max_error(cell_weights),
        margins=tuple(_report(target, before, cell_weights, cell_counts) for target in prepared.problem.targets),
        notes=prepared.reconciled.notes,
        calibration=Calibration(prepared.cells, prepared.problem.design, prepared.base_weights),
    )


def _solve(problem: Problem, start: FloatArray, tolerance: float, method: Method | None) -> Solution:
    scaled = start * (problem.total / start.sum())
    if method is not Method.PROPORTIONAL_FITTING:
        solution = solve_newton(problem, scaled, tolerance)
        if solution.max_error <= tolerance:
            return solution
    if method is not Method.NEWTON:
        solution = solve_proportionally(problem, scaled, tolerance, _MAX_ITERATIONS)
        if solution.max_error <= tolerance:
            return solution
    raise _not_converged(problem, solution)


def _not_converged(problem: Problem, solution: Solution) -> ConvergenceError:
    errors = [np.abs(target.errors(solution.cell_weights)) for target in problem.targets]
    worst = max(range(len(errors)), key=lambda j: float(errors[j].max()))
    margin = problem.targets[worst].margin
    return ConvergenceError(
        "not_converged",
        iterations=solution.iterations,
        margin=margin.variable,
        category=margin.all_categories[int(errors[worst].argmax())],
        error=float(errors[worst].max()),
    )


def _report(target: Target, before: FloatArray, after: FloatArray, cell_counts: FloatArray) -> MarginReport:
    k = target.n_constrained
    sums = target.sums(after)
    return MarginReport(
        variable=target.margin.variable,
        categories=target.margin.all_categories[:k],
        n_respondents=target.sums(cell_counts)[:k].astype(np.int64),
        before=target.sums(before)[:k],
        after=sums[:k],
        population=target.wanted(sums),
        relative_error=target.errors(after),
    )
