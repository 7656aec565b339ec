"""Calibration: weights close to the base weights that meet margins and numeric totals, or an error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_floats, require_length
from analysis.errors import AnalysisError, InputError, MarginError, Refusal, WeightingRefusedError
from analysis.weighting.auxiliaries import Auxiliary, refuse_auxiliaries, variance_factors
from analysis.weighting.calibration import Calibration
from analysis.weighting.cells import as_profile
from analysis.weighting.constraints import Grouped, group_households, group_profiles, household_sizes
from analysis.weighting.distances import Bounds, Distance, Response, response_of
from analysis.weighting.feasibility import BoundedProblem
from analysis.weighting.margins import Margin, PanelPopulation, ReconciledMargins, Reconciliation, reconcile
from analysis.weighting.merging import MergeHierarchy
from analysis.weighting.raking import TOLERANCE, collapse_checked
from analysis.weighting.refusals import Hierarchies, refuse_base_weights
from analysis.weighting.reports import MarginReport, TotalReport, report_margins, report_totals
from analysis.weighting.shortfall import Respondents
from analysis.weighting.solvers import Solution, solve_newton
from analysis.weighting.targets import Problem

_ALREADY_SCALED = 1e-6


class HouseholdVariance(StrEnum):
    """What one household counts for in the distance.

    MEAN : each member has the household's mean (Lemaitre & Dufour 1987; R's `aggregate.stage`).
    SUM : the household is the unit, with the sums of its members.
    """

    MEAN = "mean"
    SUM = "sum"


@dataclass(frozen=True, eq=False)
class Households:
    """Household of each respondent (n,), as integer codes, and what a household counts for."""

    codes: ArrayLike
    variance: HouseholdVariance = HouseholdVariance.MEAN


@dataclass(frozen=True, eq=False)
class CalibrationResult:
    """Calibrated weights with what is needed to judge and to use them.

    Attributes
    ----------
    weights, base_weights, g_weights : (n,) arrays
        Base weights as the bounds see them: scaled to the declared total; g = weights / base weights.
    distance : Distance
    bounds : (lower, upper) or None
        On the g-weights.
    iterations : int
        Newton steps.
    max_error : float
        Largest relative error over margins, totals and the population size.
    margins : tuple of MarginReport
    totals : tuple of TotalReport
    notes : tuple of Reconciliation
        How each margin was brought to the declared total.
    calibration : Calibration
        Constraints, for standard errors.
    ignored : tuple of Refusal
        Classes left out by partial post-stratification: people for whom these weights do not speak.
    """

    weights: FloatArray
    base_weights: FloatArray
    g_weights: FloatArray
    distance: Distance
    bounds: Bounds | None
    iterations: int
    max_error: float
    margins: tuple[MarginReport, ...]
    totals: tuple[TotalReport, ...]
    notes: tuple[Reconciliation, ...]
    calibration: Calibration
    ignored: tuple[Refusal, ...] = ()


@dataclass(frozen=True, eq=False)
class PreparedCalibration:
    """Checked input of calibration, grouped to cells; can be solved more than once, as for replicates."""

    grouped: Grouped
    problem: Problem
    base_weights: FloatArray
    distance: Distance
    bounds: Bounds | None
    response: Response
    notes: tuple[Reconciliation, ...]
    variance_factors: FloatArray | None
    hierarchies: Hierarchies

    def solve(self, weights: FloatArray, tolerance: float = TOLERANCE) -> tuple[FloatArray, Solution]:
        """Return `weights` (n,) calibrated, with the solution on cells.

        Raises ConvergenceError (bounds_too_tight, bounds_cannot_meet_all, not_converged).
        """
        cells = self.grouped.cells
        start = cells.sum(weights)
        solution = solve_newton(self.problem, start, tolerance, self.response, self.grouped.factors)
        if not solution.max_error <= tolerance:
            raise self._failure(start, solution)
        return weights * cells.spread(solution.cell_weights / start), solution

    def result(self, weights: FloatArray, solution: Solution) -> CalibrationResult:
        """Return the result that belongs to final `weights` (n,), found by `solution`."""
        cells, after = self.grouped.cells, solution.cell_weights
        before = cells.sum(self.base_weights)
        return CalibrationResult(
            weights=weights,
            base_weights=self.base_weights,
            g_weights=weights / self.base_weights,
            distance=self.distance,
            bounds=self.bounds,
            iterations=solution.iterations,
            max_error=solution.max_error,
            margins=report_margins(self.problem, cells.counts, before, after),
            totals=report_totals(self.problem, before, after),
            notes=self.notes,
            calibration=Calibration(cells, self.problem.design, self._regression_weights),
        )

    @property
    def _regression_weights(self) -> FloatArray:
        return self.base_weights if self.variance_factors is None else self.base_weights * self.variance_factors

    def _failure(self, start: FloatArray, solution: Solution) -> AnalysisError:
        reachable = self.bounds or (0.0 if self.distance is Distance.RAKING else -np.inf, np.inf)
        respondents = Respondents(self.grouped.cells.counts, self.hierarchies)
        bounded = BoundedProblem(self.problem, start, reachable, respondents)
        return bounded.explain() or respondents.not_converged(self.problem, solution)


class Specification(TypedDict, total=False):
    """What `calibrate` takes besides base weights; `prepare_calibration` has the defaults."""

    population: PanelPopulation | None
    codes: ArrayLike | None
    margins: Sequence[Margin]
    auxiliaries: Sequence[Auxiliary]
    distance: Distance
    bounds: Bounds | None
    factors: ArrayLike | None
    households: Households | None
    scaled: bool
    hierarchies: Mapping[str, MergeHierarchy] | None
    derivation_tolerance: float


def calibrate(base_weights: ArrayLike, **specification: Unpack[Specification]) -> CalibrationResult:
    """Weight respondents so that margins and numeric totals are met: w = d F(q x'l), close to d.

    Newton's method on the dual, on distinct profiles. Convergence is the largest relative error of any margin
    or total, never that the weights stopped moving.

    Parameters
    ----------
    base_weights : (n,) array
        1 / inclusion probability; positive.
    population : PanelPopulation
        Its total is a constraint too (the intercept). None calibrates to numeric totals alone.
    codes : (n, m) integer array
        Column j indexes `margins[j].all_categories`; -1 is missing (and refused).
    margins : sequence of m Margin
        One-way or crossed.
    auxiliaries : sequence of Auxiliary
        Numeric variables with their totals.
    distance : Distance
    bounds : (lower, upper)
        Smallest and largest g-weight, around 1; infinite on one side is allowed except with LOGIT, which needs
        both. LINEAR with bounds is the truncated linear distance.
    factors : (n,) array
        The q of the distance: 1 / the variance that a linear model of the answers has. Default 1.
    households : Households
        Members of one household get one weight; their base weights must be equal.
    scaled : bool
        Scale base weights to the population first, so that bounds are about over- and under-representation
        alone (weights that add up to the population within one in a million are left as they are). False
        reads bounds, and keeps distance, relative to the base weights as given. R does the former, silently,
        when population / sample exceeds 20 for all variables, and the latter otherwise.
    hierarchies : mapping of variable to MergeHierarchy
        From which merges are proposed.
    derivation_tolerance : float
        See `reconcile`.

    Raises
    ------
    MarginError
        Margins that do not fit the population or each other (see `reconcile`); total_without_population,
        collinear_total.
    WeightingRefusedError
        missing_value, nonpositive_base_weight, category_without_respondents, category_not_in_population;
        all of them at once.
    ConvergenceError
        margins_contradict, bounds_too_tight, bounds_cannot_meet_all, not_converged.
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range, no_rows, no_constraints, invalid_value,
        uneven_household.

    References
    ----------
    Deville, J.-C. & Sarndal, C.-E. (1992). Calibration estimators in survey sampling. Journal of the American
    Statistical Association 87, 376-382. Lemaitre, G. & Dufour, J. (1987). An integrated method for weighting
    persons and families. Survey Methodology 13, 199-207.
    """
    prepared = prepare_calibration(base_weights, **specification)
    return prepared.result(*prepared.solve(prepared.base_weights))


def prepare_calibration(
    base_weights: ArrayLike,
    *,
    population: PanelPopulation | None = None,
    codes: ArrayLike | None = None,
    margins: Sequence[Margin] = (),
    auxiliaries: Sequence[Auxiliary] = (),
    distance: Distance = Distance.LINEAR,
    bounds: Bounds | None = None,
    factors: ArrayLike | None = None,
    households: Households | None = None,
    scaled: bool = True,
    hierarchies: Mapping[str, MergeHierarchy] | None = None,
    derivation_tolerance: float = 0.0,
) -> PreparedCalibration:
    """Check the input of `calibrate` and group it to cells; parameters and errors as there."""
    response = response_of(distance, bounds)
    base = as_floats("base_weights", base_weights, 1)
    reconciled = _reconcile(base, population, margins, auxiliaries, derivation_tolerance)
    profile = _profile(codes, base.shape[0], margins)
    _refuse(profile, base, reconciled.margins, auxiliaries, hierarchies or {})
    q = variance_factors(factors, base.shape[0])
    if households is not None and households.variance is HouseholdVariance.SUM:
        q = household_sizes(households.codes) * (1.0 if q is None else q)
    total = None if population is None else reconciled.total
    base = base * _scaling(base, total if scaled else None)
    grouped = _group(profile, reconciled.margins, [a.values for a in auxiliaries], q, households, base)
    problem = grouped.problem(grouped.cells.sum(base), reconciled.margins, total, auxiliaries)
    problem.refuse_contradictions()
    return PreparedCalibration(
        grouped, problem, base, distance, bounds, response, reconciled.notes, q, hierarchies or {}
    )


def _reconcile(
    base: FloatArray,
    population: PanelPopulation | None,
    margins: Sequence[Margin],
    auxiliaries: Sequence[Auxiliary],
    derivation_tolerance: float,
) -> ReconciledMargins:
    if base.shape[0] == 0:
        raise InputError("no_rows", name="base_weights")
    if population is not None:
        return reconcile(margins, population, derivation_tolerance=derivation_tolerance)
    if margins:
        raise MarginError("total_without_population", margin=margins[0].variable)
    if not auxiliaries:
        raise InputError("no_constraints")
    return ReconciledMargins(float(base.sum()), (), ())


def _profile(codes: ArrayLike | None, n: int, margins: Sequence[Margin]) -> IntArray:
    profile = np.zeros((n, 0), dtype=np.int64) if codes is None else as_profile(codes).astype(np.int64, copy=False)
    require_length("codes", profile, n)
    if profile.shape[1] != len(margins):
        raise InputError("wrong_length", name="columns of codes", expected=len(margins), got=profile.shape[1])
    return profile


def _refuse(
    profile: IntArray,
    base: FloatArray,
    margins: Sequence[Margin],
    auxiliaries: Sequence[Auxiliary],
    hierarchies: Hierarchies,
) -> None:
    refusals = refuse_auxiliaries(auxiliaries, base.shape[0])
    try:
        if margins:
            collapse_checked(profile, base, margins, hierarchies)
        else:
            refusals = refuse_base_weights(base) + refusals
    except WeightingRefusedError as refused:
        refusals = refused.refusals + refusals
    if refusals:
        raise WeightingRefusedError(refusals)


def _scaling(base: FloatArray, total: float | None) -> float:
    if total is None:
        return 1.0
    factor = total / float(base.sum())
    return 1.0 if abs(factor - 1.0) <= _ALREADY_SCALED else factor


def _group(
    profile: IntArray,
    margins: Sequence[Margin],
    values: Sequence[FloatArray],
    factors: FloatArray | None,
    households: Households | None,
    base: FloatArray,
) -> Grouped:
    if households is not None:
        return group_households(households.codes, profile, margins, values, factors, base)
    columns = [*values] if factors is None else [*values, factors]
    return group_profiles(profile, [len(margin.all_categories) for margin in margins], columns, len(values))
