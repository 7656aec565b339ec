"""The design under which a weighted file is tabulated: its weights are made once more, so that errors know how."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import FloatArray, IntArray, weighted_counts
from analysis.estimation.design import Design, weighted_design
from analysis.estimation.replicate_calibration import recalibrate
from analysis.estimation.replicate_weights import rescaled_bootstrap
from analysis.estimation.replicates import Replicates
from analysis.estimation.stages import LonelyUnits
from analysis.weighting.calibrating import CalibrationResult
from analysis.weighting.calibration import Calibration
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.raking import RakingResult, prepare_raking
from analysis.weighting.trimming import rake_and_trim
from feedback.analyst import respondents, weighing
from feedback.analyst.csv_file import CsvFile
from feedback.analyst.faults import PlanRefusedError
from feedback.analyst.plan import MarginPlan, Plan, TablesPlan, WeightingPlan
from feedback.analyst.weighing import Profiles

SAME = 1e-6
_NARROWER = 129


@dataclass(frozen=True, eq=False)
class Sample:
    """Who the respondents are to the estimators: weights, strata, clusters, and what the weights meet."""

    weights: FloatArray
    base_weights: FloatArray
    strata: IntArray | None
    clusters: IntArray | None
    sizes: FloatArray | None
    profiles: Profiles | None
    population: PanelPopulation
    calibration: Calibration | None

    @property
    def is_calibrated(self) -> bool:
        """Whether standard errors know of the calibration."""
        return self.calibration is not None

    def design(self, lonely: str) -> Design:
        """The design for linearization."""
        return weighted_design(
            self.weights,
            strata=self.strata,
            clusters=self.clusters,
            population_sizes=self.sizes,
            lonely=LonelyUnits(lonely),
            calibration=self.calibration,
        )


def columns_needed(plan: Plan) -> list[str]:
    """The columns that the design is read from."""
    data = plan.data
    found = [data.id, data.weight, data.strata, data.clusters, data.fpc]
    if plan.weighting is not None:
        found += weighing.columns_needed(plan, plan.weighting)
    return [name for name in dict.fromkeys(found) if name]


def sample(file: CsvFile, plan: Plan) -> Sample:
    """Read the sample; refuses weights that the plan's weighting does not make."""
    weights = respondents.numeric(file, plan, plan.data.weight, "a weight above 0, like 1.25 or 1,25", positive=True)
    sizes = None
    if plan.data.fpc:
        expected = "the units in the frame, a number above 0"
        sizes = respondents.numeric(file, plan, plan.data.fpc, expected, positive=True)
    plain = Sample(
        weights=weights,
        base_weights=weights,
        strata=respondents.groups(file, plan, plan.data.strata),
        clusters=respondents.groups(file, plan, plan.data.clusters),
        sizes=sizes,
        profiles=None,
        population=PanelPopulation(float(weights.sum())),
        calibration=None,
    )
    if plan.weighting is None:
        return plain
    base = respondents.base_weights(file, plan)
    profiles = _profiles(file, plan, plan.weighting, weights)
    made = _weigh_again(file, plan, plan.weighting, profiles, base, plain)
    _require_same(plan, weights, made.weights)
    return replace(plain, base_weights=base, profiles=profiles, calibration=made.calibration)


def replicates(of: Sample, plan: Plan, tables: TablesPlan) -> Replicates | None:
    """Bootstrap replicates brought to the margins again; None when the plan asks for none."""
    if not tables.replicates:
        return None
    weighting = plan.weighting
    if weighting is not None and (not weighting.is_raking or weighting.trim is not None):
        reason = "tables.replicates goes with raking without bounds or trim; leave it out for linearized errors"
        raise PlanRefusedError([reason])
    drawn = rescaled_bootstrap(
        of.base_weights,
        tables.replicates,
        np.random.default_rng(tables.seed),
        strata=of.strata,
        clusters=of.clusters,
        sampling_fraction=of.design(tables.lonely).sampling_fraction,
    )
    if of.profiles is None:
        return drawn
    return recalibrate(drawn, of.profiles.codes, of.profiles.margins, of.population, leave_out=True)


def _profiles(file: CsvFile, plan: Plan, weighting: WeightingPlan, weights: FloatArray) -> Profiles:
    """Margins whose totals are what the weights add up to: those that the weights were made to meet."""
    margins = tuple(_observed(file, plan, weighting, margin) for margin in weighting.margins)
    merged = weighing.profiles_of(file, plan, weighting, margins)
    filled = tuple(_with_totals(margin, merged.codes[:, j], weights) for j, margin in enumerate(merged.margins))
    return Profiles(filled, merged.codes)


def _observed(file: CsvFile, plan: Plan, weighting: WeightingPlan, of: MarginPlan) -> Margin:
    index, levels = respondents.crossed(file, plan, of)
    seen = {levels[i] for i in np.unique(index[index >= 0])}
    merges = [merge for merge in weighting.merges if merge.margin == of.name]
    seen |= {name for merge in merges for name in (merge.category, merge.into)}
    own = tuple(name for name in of.own_classes if name in seen)
    excluded = tuple(name for name in of.excluded_classes if name in seen)
    categories = tuple(sorted(seen - {*own, *excluded}))
    return Margin(
        of.name,
        categories,
        np.ones(len(categories)),
        age_max=_NARROWER if excluded else None,
        own_classes=own,
        excluded_classes=excluded,
    )


def _with_totals(margin: Margin, codes: IntArray, weights: FloatArray) -> Margin:
    known = codes >= 0
    sums = weighted_counts(codes[known], weights[known], len(margin.all_categories))[: len(margin.categories)]
    return replace(margin, totals=sums * (weights.sum() / sums.sum()))


def _weigh_again(
    file: CsvFile, plan: Plan, weighting: WeightingPlan, profiles: Profiles, base: FloatArray, of: Sample
) -> RakingResult | CalibrationResult:
    if weighting.is_raking:
        prepared = prepare_raking(profiles.codes, base, profiles.margins, of.population)
        low, high = weighting.trim or (0.0, np.inf)
        return rake_and_trim(prepared, lower=low, upper=high).raking
    totals = {
        name: float(of.weights @ respondents.numeric(file, plan, name, "a number, like 12.5 or 12,5"))
        for name in weighting.totals
    }
    auxiliaries = weighing.auxiliaries_of(file, plan, totals)
    calibration = weighing.prepare(file, plan, weighting, profiles, base, of.population, auxiliaries)
    return calibration.result(*calibration.solve(calibration.base_weights))


def _require_same(plan: Plan, given: FloatArray, made: FloatArray) -> None:
    worst = float(np.abs(made / given - 1).max())
    if not worst <= SAME:
        raise PlanRefusedError(
            [
                f"column {plan.data.weight} does not hold the weights that [weighting] makes (up to {worst:.1%} off)",
                "use the plan that made them, or leave [weighting] out: the weights then count as fixed, and standard "
                "errors are too large",
            ]
        )
