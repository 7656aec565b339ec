"""Post-stratification: every class of one (crossed) margin brought to its population count at once."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import IntArray, as_codes
from analysis.errors import Refusal
from analysis.weighting.calibrating import CalibrationResult, prepare_calibration
from analysis.weighting.distances import Distance
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.merging import MergeHierarchy
from analysis.weighting.solvers import Method, Solution, sweep

_EMPTY = "category_without_respondents"


def poststratify(
    codes: ArrayLike,
    base_weights: ArrayLike,
    margin: Margin,
    population: PanelPopulation,
    *,
    partial: bool = False,
    hierarchy: MergeHierarchy | None = None,
    derivation_tolerance: float = 0.0,
) -> CalibrationResult:
    """Weight respondents by N_h / (sum of d in class h): w = d N_h / N_h-hat.

    Parameters
    ----------
    codes : (n,) integer array
        Index of `margin.all_categories`; -1 is missing (and refused). `cross` makes codes of crossed variables.
    base_weights : (n,) array
        1 / inclusion probability; positive, on any scale.
    margin : Margin
    population : PanelPopulation
    partial : bool
        Leave out classes without respondents instead of refusing them: weights then add up to the population
        of the other classes, and the result tells in `ignored` for whom they do not speak.
    hierarchy : MergeHierarchy
        From which merges are proposed.
    derivation_tolerance : float
        See `reconcile`.

    Raises
    ------
    MarginError, WeightingRefusedError, InputError
        As `calibrate`.

    References
    ----------
    Holt, D. & Smith, T. M. F. (1979). Post stratification. Journal of the Royal Statistical Society A 142, 33-46.
    """
    profile = as_codes("codes", codes, 1)
    ignored: tuple[Refusal, ...] = ()
    if partial:
        profile, margin, population, ignored = _without_empty(profile, margin, population)
    prepared = prepare_calibration(
        base_weights,
        population=population,
        codes=profile[:, None],
        margins=[margin],
        hierarchies={} if hierarchy is None else {margin.variable: hierarchy},
        derivation_tolerance=derivation_tolerance,
    )
    cells = prepared.grouped.cells
    start = cells.sum(prepared.base_weights)
    start *= population.total / start.sum()
    met, _ = sweep(prepared.problem, start)
    solution = Solution(met, Method.PROPORTIONAL_FITTING, 1, prepared.problem.max_error(met))
    weights = prepared.base_weights * cells.spread(met / cells.sum(prepared.base_weights))
    return replace(prepared.result(weights, solution), distance=Distance.RAKING, ignored=ignored)


def _without_empty(
    codes: IntArray, margin: Margin, population: PanelPopulation
) -> tuple[IntArray, Margin, PanelPopulation, tuple[Refusal, ...]]:
    n_categories = len(margin.categories)
    present = np.isin(np.arange(n_categories), codes)
    empty = np.flatnonzero(~present & (margin.totals > 0))
    if not empty.size or not present.any():
        return codes, margin, population, ()
    kept = np.setdiff1d(np.arange(n_categories), empty)
    share = float(margin.totals[kept].sum() / margin.totals.sum())
    position = np.arange(-1, len(margin.all_categories))  # entry 0 is missing, which stays missing
    position[1:] -= np.searchsorted(empty, np.arange(len(margin.all_categories)), side="right")
    ignored = tuple(Refusal(_EMPTY, margin.variable, margin.categories[k], 0, float(margin.totals[k])) for k in empty)
    # shares stay shares: of those for whom the weights speak
    totals = margin.totals[kept] / (share if margin.in_shares else 1.0)
    smaller = replace(margin, categories=tuple(margin.categories[k] for k in kept), totals=totals)
    # codes that name no category are left for the check that names them
    known = (codes >= -1) & (codes < len(margin.all_categories))
    moved = np.where(known, position[np.where(known, codes, -1) + 1], codes)
    return moved, smaller, replace(population, total=population.total * share), ignored
