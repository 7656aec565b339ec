"""Raking: weights that meet every population margin, or a refusal that says why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from numpy.typing import ArrayLike, NDArray

from analysis.arrays import FloatArray, as_floats, require_length
from analysis.errors import InputError, WeightingRefusedError
from analysis.weighting.calibration import Calibration
from analysis.weighting.cells import Cells, as_profile, collapse
from analysis.weighting.margins import Margin, PanelPopulation, ReconciledMargins, Reconciliation, reconcile
from analysis.weighting.membership import profile_membership
from analysis.weighting.merging import MergeHierarchy
from analysis.weighting.refusals import Hierarchies, refuse_base_weights, refuse_cells, refuse_rows
from analysis.weighting.reports import MarginReport, report_margins
from analysis.weighting.shortfall import Respondents
from analysis.weighting.solvers import (
    POLISHED,
    Method,
    Solution,
    solve_newton,
    solve_proportionally,
    sweep,
    sweep_while_fast,
)
from analysis.weighting.targets import Problem, build_problem

__all__ = ["TOLERANCE", "MarginReport", "PreparedRaking", "RakingResult", "assemble", "prepare_raking", "rake"]

TOLERANCE = 1e-10
_MAX_ITERATIONS = 1000


@dataclass(frozen=True, eq=False)
class PreparedRaking:
    """Checked input of raking, collapsed to cells; can be solved more than once."""

    cells: Cells
    base_weights: FloatArray
    reconciled: ReconciledMargins
    hierarchies: Hierarchies = field(default_factory=dict)

    @property
    def respondents(self) -> Respondents:
        """Numbers per cell and hierarchies, for errors."""
        return Respondents(self.cells.counts, self.hierarchies)

    @cached_property
    def problem(self) -> Problem:
        """The constraints on cells."""
        membership = profile_membership(self.cells, self.reconciled.margins)
        return build_problem(membership, self.cell_base, self.reconciled.total)

    @cached_property
    def cell_base(self) -> FloatArray:
        """Base weight (c,) per cell."""
        if self.has_one_weight:
            return self.cells.counts * float(self.base_weights[0])
        return self.cells.sum(self.base_weights)

    @cached_property
    def has_one_weight(self) -> bool:
        """Whether all base weights are equal, which spares passes over the rows."""
        base = self.base_weights
        return bool(base[0] == base[-1] and (base == base[0]).all())

    def solve(
        self, weights: FloatArray, tolerance: float = TOLERANCE, method: Method | None = None
    ) -> tuple[FloatArray, Solution]:
        """Return `weights` (n,) raked to the margins, with the solution on cells.

        Raises ConvergenceError (not_converged).
        """
        is_base = weights is self.base_weights
        cell_start = self.cell_base if is_base else self.cells.sum(weights)
        solution = self.solve_cells(cell_start, tolerance, method)
        if is_base and self.has_one_weight:
            return self.cells.spread(solution.cell_weights / self.cells.counts), solution
        raked = self.cells.spread(solution.cell_weights / cell_start)
        raked *= weights
        return raked, solution

    def solve_cells(
        self, cell_start: FloatArray, tolerance: float = TOLERANCE, method: Method | None = None
    ) -> Solution:
        """Return cell weights raked from `cell_start` (c,); raises ConvergenceError (not_converged)."""
        scaled = cell_start * (self.reconciled.total / cell_start.sum())
        return _solve(self.problem, scaled, tolerance, method, self.respondents)


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

    prepared: PreparedRaking
    weights: FloatArray
    cell_weights: FloatArray
    method: Method
    iterations: int
    max_error: float

    @property
    def base_weights(self) -> FloatArray:
        """Base weights (n,) as given."""
        return self.prepared.base_weights

    @cached_property
    def g_weights(self) -> FloatArray:
        """Weights / base weights (n,)."""
        return self.weights / self.base_weights

    @cached_property
    def margins(self) -> tuple[MarginReport, ...]:
        """What raking did, margin by margin."""
        prepared = self.prepared
        before = prepared.cell_base * (prepared.reconciled.total / prepared.cell_base.sum())
        return report_margins(prepared.problem, prepared.cells.counts, before, self.cell_weights)

    @property
    def notes(self) -> tuple[Reconciliation, ...]:
        """How each margin was brought to the declared total."""
        return self.prepared.reconciled.notes

    @cached_property
    def calibration(self) -> Calibration:
        """The constraints that the weights meet."""
        return Calibration(self.prepared.cells, self.prepared.problem.design, self.base_weights)


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

    On the distinct profiles: proportional fitting while every sweep brings them five times closer, else Newton's
    method, and where that fails proportional fitting to the end. Convergence is the largest relative margin
    error, never that the weights stopped moving.

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
        Forces one route from beginning to end.

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
        wrong_shape, wrong_length, not_integer, code_out_of_range, no_rows, no_constraints.

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
    profile = as_profile(codes)
    base = as_floats("base_weights", base_weights, 1)
    require_length("base_weights", base, profile.shape[0])
    if profile.shape[0] == 0:
        raise InputError("no_rows", name="codes")
    if not margins:
        raise InputError("no_constraints")
    if profile.shape[1] != len(margins):
        raise InputError("wrong_length", name="columns of codes", expected=len(margins), got=profile.shape[1])
    reconciled = reconcile(margins, population, derivation_tolerance=derivation_tolerance)
    cells = collapse_checked(profile, base, reconciled.margins, hierarchies or {})
    return PreparedRaking(cells, base, reconciled, hierarchies or {})


def collapse_checked(
    profile: NDArray[Any], base: FloatArray, margins: Sequence[Margin], hierarchies: Hierarchies
) -> Cells:
    """Return the cells of `profile` (n, m), or raise every reason against weighting at once."""
    refusals = refuse_base_weights(base)
    try:
        cells = collapse(profile, [len(margin.all_categories) for margin in margins])
    except InputError:
        # a value is missing or no category: only now is it worth looking row by row
        raise WeightingRefusedError(refusals + refuse_rows(profile, margins, hierarchies)) from None
    refusals += refuse_cells(cells, margins, hierarchies)
    if refusals:
        raise WeightingRefusedError(refusals)
    return cells


def assemble(prepared: PreparedRaking, weights: FloatArray, solution: Solution) -> RakingResult:
    """Return the result that belongs to final `weights` (n,), found by `solution`."""
    return RakingResult(
        prepared=prepared,
        weights=weights,
        cell_weights=solution.cell_weights,
        method=solution.method,
        iterations=solution.iterations,
        max_error=solution.max_error,
    )


def _solve(
    problem: Problem, scaled: FloatArray, tolerance: float, method: Method | None, respondents: Respondents
) -> Solution:
    if method is None:
        solution = sweep_while_fast(problem, scaled)
        if solution.max_error <= min(tolerance, POLISHED):
            return solution
    # margins that contradict each other are never met so closely: only now can they be there
    problem.refuse_contradictions()
    if method is not Method.PROPORTIONAL_FITTING:
        once, _ = sweep(problem, scaled)
        twice, _ = sweep(problem, once)
        solution = solve_newton(problem, twice, tolerance)
        if solution.max_error <= tolerance:
            return solution
    if method is not Method.NEWTON:
        solution = solve_proportionally(problem, scaled, tolerance, _MAX_ITERATIONS)
        if solution.max_error <= tolerance:
            return solution
    raise respondents.not_converged(problem, solution)
