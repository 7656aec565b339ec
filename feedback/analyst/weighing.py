"""The plan's weighting executed on a file: raked, or calibrated with another distance, and trimmed."""

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.errors import Merge, WeightingRefusedError
from analysis.weighting.auxiliaries import Auxiliary
from analysis.weighting.calibrating import Households, HouseholdVariance, PreparedCalibration, prepare_calibration
from analysis.weighting.distances import Distance
from analysis.weighting.margins import Margin, PanelPopulation, Reconciliation, Unit
from analysis.weighting.merging import MergedProfile, MergeHierarchy, apply_merges
from analysis.weighting.raking import RakingResult, prepare_raking
from analysis.weighting.reports import MarginReport, TotalReport
from analysis.weighting.trimming import rake_and_trim
from feedback.analyst import respondents
from feedback.analyst.csv_file import CsvFile
from feedback.analyst.plan import MergePlan, Plan, WeightingPlan
from feedback.analyst.population import Targets

_DISTANCE = {
    "raking": Distance.RAKING,
    "linear": Distance.LINEAR,
    "truncated": Distance.LINEAR,
    "logit": Distance.LOGIT,
}


@dataclass(frozen=True, eq=False)
class Weighed:
    """Weights of all respondents, with what is needed to judge them.

    `base_weights` and `g_weights` are relative to base weights that add up to the population.
    """

    weights: FloatArray
    base_weights: FloatArray
    g_weights: FloatArray
    method: str
    iterations: int
    max_error: float
    margins: tuple[MarginReport, ...]
    totals: tuple[TotalReport, ...]
    notes: tuple[Reconciliation, ...]
    n_trimmed: int = 0
    rounds: int = 0


@dataclass(frozen=True, eq=False)
class Profiles:
    """Margins and codes (n, m) of the respondents after the accepted merges."""

    margins: tuple[Margin, ...]
    codes: IntArray


def columns_needed(plan: Plan, weighting: WeightingPlan) -> list[str]:
    """The columns of the data that weighting reads."""
    data = plan.data
    crossed = [column for margin in weighting.margins for column in margin.columns]
    household = data.household if weighting.household else ""
    found = [data.id, *crossed, *weighting.totals, data.base_weight, household]
    return [name for name in dict.fromkeys(found) if name]


def weigh(file: CsvFile, plan: Plan, weighting: WeightingPlan, targets: Targets) -> Weighed:
    """Return weights that meet the targets.

    Raises
    ------
    FileRefusedError
        Cells that are wrong.
    AnalysisError
        What the numbers refuse; WeightingRefusedError with every reason at once.
    """
    margin_columns = [column for margin in weighting.margins for column in margin.columns]
    respondents.check(file, plan, margin_columns)
    base = respondents.base_weights(file, plan)
    profiles = profiles_of(file, plan, weighting, targets.margins)
    population = PanelPopulation(
        targets.total, Unit(plan.population.unit), plan.population.age_min, plan.population.age_max
    )
    if weighting.is_raking:
        return _rake(plan, weighting, profiles, base, population)
    auxiliaries = auxiliaries_of(file, plan, targets.totals)
    prepared = prepare(file, plan, weighting, profiles, base, population, auxiliaries)
    result = prepared.result(*prepared.solve(prepared.base_weights))
    return Weighed(
        weights=result.weights,
        base_weights=result.base_weights,
        g_weights=result.g_weights,
        method=weighting.distance,
        iterations=result.iterations,
        max_error=result.max_error,
        margins=result.margins,
        totals=result.totals,
        notes=result.notes,
    )


def profiles_of(file: CsvFile, plan: Plan, weighting: WeightingPlan, margins: tuple[Margin, ...]) -> Profiles:
    """The respondents' codes on every margin, merged; raises WeightingRefusedError with all unknown values at once."""
    columns: list[IntArray] = []
    refused: list[WeightingRefusedError] = []
    for margin, of in zip(margins, weighting.margins, strict=True):
        try:
            columns.append(respondents.margin_codes(file, plan, margin, of))
        except WeightingRefusedError as error:
            refused.append(error)
    if refused:
        raise WeightingRefusedError(tuple(refusal for error in refused for refusal in error.refusals))
    codes = np.stack(columns, axis=1) if columns else np.zeros((file.n_rows, 0), dtype=np.int64)
    merged: MergedProfile = apply_merges(codes, margins, [_merge(merge) for merge in weighting.merges])
    return Profiles(merged.margins, merged.codes)


def auxiliaries_of(file: CsvFile, plan: Plan, totals: dict[str, float]) -> list[Auxiliary]:
    """The numeric variables with the totals they must reach."""
    return [
        Auxiliary(name, respondents.numeric(file, plan, name, "a number, like 12.5 or 12,5"), total)
        for name, total in totals.items()
    ]


def prepare(
    file: CsvFile,
    plan: Plan,
    weighting: WeightingPlan,
    profiles: Profiles,
    base: FloatArray,
    population: PanelPopulation,
    auxiliaries: list[Auxiliary],
) -> PreparedCalibration:
    """Calibration by the plan, checked and grouped."""
    households = None
    if weighting.household:
        codes = respondents.groups(file, plan, plan.data.household)
        households = Households(codes, HouseholdVariance(weighting.household)) if codes is not None else None
    return prepare_calibration(
        base,
        population=population,
        codes=profiles.codes,
        margins=profiles.margins,
        auxiliaries=auxiliaries,
        distance=_DISTANCE[weighting.distance],
        bounds=weighting.bounds,
        households=households,
        hierarchies=hierarchies(weighting),
        derivation_tolerance=plan.population.derivation_tolerance,
    )


def hierarchies(weighting: WeightingPlan) -> dict[str, MergeHierarchy]:
    """The neighbours that the plan names, per margin; the first one named for a category counts."""
    found: dict[str, dict[str, str]] = {margin.name: {} for margin in weighting.margins}
    for merge in weighting.neighbours:
        found[merge.margin].setdefault(merge.category, merge.into)
    return {name: MergeHierarchy(name, neighbours) for name, neighbours in found.items()}


def _rake(
    plan: Plan, weighting: WeightingPlan, profiles: Profiles, base: FloatArray, population: PanelPopulation
) -> Weighed:
    prepared = prepare_raking(
        profiles.codes,
        base,
        profiles.margins,
        population,
        hierarchies=hierarchies(weighting),
        derivation_tolerance=plan.population.derivation_tolerance,
    )
    low, high = weighting.trim or (0.0, np.inf)
    trimmed = rake_and_trim(prepared, lower=low, upper=high)
    result: RakingResult = trimmed.raking
    scaled = base * (population.total / base.sum())
    return Weighed(
        weights=result.weights,
        base_weights=scaled,
        g_weights=result.weights / scaled,
        method="raking",
        iterations=result.iterations,
        max_error=result.max_error,
        margins=result.margins,
        totals=(),
        notes=result.notes,
        n_trimmed=trimmed.n_trimmed,
        rounds=trimmed.rounds,
    )


def _merge(merge: MergePlan) -> Merge:
    return Merge(merge.margin, merge.category, merge.into)
