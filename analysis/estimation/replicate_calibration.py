"""Every replicate brought to the population margins again, as the full sample was."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from analysis.arrays import FloatArray, IntArray, as_floats, require_length
from analysis.errors import AnalysisError, ConvergenceError, InputError
from analysis.estimation.replicate_raking import BatchProblem, build_batch, emptied_classes, solve_batch
from analysis.estimation.replicates import Recalibration, Replicates
from analysis.weighting.cells import Cells
from analysis.weighting.margins import Margin, PanelPopulation, reconcile
from analysis.weighting.raking import TOLERANCE, rake


def recalibrate(
    replicates: Replicates,
    codes: ArrayLike,
    margins: Sequence[Margin],
    population: PanelPopulation,
    *,
    derivation_tolerance: float = 0.0,
    tolerance: float = TOLERANCE,
    leave_out: bool = False,
) -> Replicates:
    """Rake the full sample and every replicate to the same margins, so that the spread knows of the calibration.

    All replicates at once on the distinct profiles: w_r = d_r exp(x'l_r), Newton's method started at the
    solution of the full sample; a replicate that Newton's method does not bring to the margins is fitted
    proportionally. Own classes keep the share that they have in each replicate. Each replicate's largest
    relative margin error is reported, and is at most `tolerance`.

    Parameters
    ----------
    replicates : Replicates
        Recalibration starts from their base weights, so it can be repeated with other margins.
    codes, margins, population, derivation_tolerance, tolerance
        As `analysis.weighting.raking.rake`.
    leave_out : bool
        Bootstrap only: leave out replicates that cannot meet the margins (a category of which nobody was
        drawn, or margins that its respondents cannot meet together) and divide by the number that is left
        minus 1. Their numbers are in `recalibration.left_out`; many of them mean that a category is too small:
        merge it. Jackknife and half-sample replicates are never left out, as each stands for its own units.

    Raises
    ------
    ConvergenceError
        not_recalibrated, with the first replicate, its margin and category; not_converged (full sample).
    WeightingRefusedError, MarginError, InputError
        As `rake`.

    References
    ----------
    Rao, Wu & Yue (1992), Survey Methodology 18, 209-217; Deville & Sarndal (1992), JASA 87, 376-382; Yung & Rao
    (1996), Jackknife linearization variance estimators, Survey Methodology 22, 23-31.
    """
    full = rake(
        codes,
        replicates.base_weights,
        margins,
        population,
        derivation_tolerance=derivation_tolerance,
        tolerance=tolerance,
    )
    cells = full.calibration.cells
    reconciled = reconcile(margins, population, derivation_tolerance=derivation_tolerance)
    problem = build_batch(reconciled.margins, cells.codes, reconciled.total)
    factor = cells.sum(full.weights) / cells.sum(full.base_weights)
    g = np.empty((cells.n_cells, replicates.n_replicates))
    error = np.empty(replicates.n_replicates)
    for columns in replicates.chunks():
        start = _cell_sums(cells, replicates.unadjusted_matrix(columns))
        g[:, columns], error[columns] = _solve(problem, start, factor, tolerance)
    failed = np.flatnonzero(~(error <= tolerance))
    if failed.size and not may_miss(replicates, failed.size, leave_out=leave_out):
        start = _cell_sums(cells, replicates.unadjusted_matrix(failed[:1]))
        raise _refusal(problem, start, g[:, failed[:1]], failed, replicates.n_replicates)
    return with_margins(replicates, full.weights, Recalibration(cells.index, g, error, failed))


def recalibrate_by(
    replicates: Replicates, weigh: Callable[[IntArray, FloatArray], FloatArray], *, leave_out: bool = False
) -> Replicates:
    """Weigh the full sample and every replicate again by any procedure: linear, bounded, trimmed, by household.

    One call per replicate, so far slower than `recalibrate` does it for raking.

    Parameters
    ----------
    replicates : Replicates
    weigh : callable
        Takes the rows (k,) that take part and their positive base weights (k,), and returns final weights (k,).
        What it raises for a replicate is passed on.
    leave_out : bool
        Bootstrap only: leave out replicates for which `weigh` raises an AnalysisError; see `recalibrate`. The
        reached margin error is not known here, and NaN.

    Raises
    ------
    InputError
        wrong_length, invalid_value: `weigh` returned something else than weights.
    """
    everybody = np.arange(replicates.n)
    weights = _weighed(weigh, everybody, replicates.base_weights)
    g = np.zeros((replicates.n, replicates.n_replicates))
    failed: list[int] = []
    for r in range(replicates.n_replicates):
        start = replicates.unadjusted_matrix(slice(r, r + 1))[:, 0]
        rows = np.flatnonzero(start > 0)
        try:
            g[rows, r] = _weighed(weigh, rows, start[rows]) / start[rows]
        except AnalysisError:
            failed.append(r)
            if not may_miss(replicates, len(failed), leave_out=leave_out):
                raise
    error = np.full(replicates.n_replicates, np.nan)
    return with_margins(replicates, weights, Recalibration(everybody, g, error, np.array(failed, dtype=np.int64)))


def _weighed(
    weigh: Callable[[IntArray, FloatArray], FloatArray], rows: IntArray, base_weights: FloatArray
) -> FloatArray:
    weights = as_floats("result of weigh", weigh(rows, base_weights), 1)
    require_length("result of weigh", weights, rows.size)
    if not np.isfinite(weights).all():
        raise InputError("invalid_value", name="result of weigh", value="NaN", reason="weights must be numbers")
    return weights


def may_miss(replicates: Replicates, n_failed: int, *, leave_out: bool) -> bool:
    """Return whether `n_failed` replicates may be left out: of a bootstrap, when asked, and when two remain."""
    return leave_out and replicates.is_random and replicates.n_replicates - n_failed >= 2


def _solve(
    problem: BatchProblem, start: FloatArray, factor: FloatArray, tolerance: float
) -> tuple[FloatArray, FloatArray]:
    """Return factors (c, r) on `start` and errors (r,); infinite where a category has lost everybody."""
    lost = emptied_classes(problem, start).any(axis=0)
    possible: slice | IntArray = np.flatnonzero(~lost) if lost.any() else slice(None)
    factors = np.ones_like(start)
    error = np.full(start.shape[1], np.inf)
    if not lost.all():
        scaling = problem.total / start[:, possible].sum(axis=0)
        solved, error[possible] = solve_batch(problem, start[:, possible] * scaling, factor, tolerance)
        solved *= scaling
        factors[:, possible] = solved
    return factors, error


def with_margins(replicates: Replicates, weights: FloatArray, found: Recalibration) -> Replicates:
    """Return `replicates` with final `weights` (n,) and what was found, without those that are left out."""
    if not found.left_out.size:
        return replace(replicates, weights=weights, recalibration=found)
    kept = np.setdiff1d(np.arange(replicates.n_replicates), found.left_out)
    return replace(
        replicates,
        weights=weights,
        factors=replace(replicates.factors, counts=replicates.factors.counts[:, kept]),
        rscales=replicates.rscales[kept],
        scale=replicates.scale * (replicates.n_replicates - 1) / (kept.size - 1),
        degrees_of_freedom=min(replicates.degrees_of_freedom, kept.size - 1),
        recalibration=replace(found, g=found.g[:, kept], max_error=found.max_error[kept]),
    )


def _cell_sums(cells: Cells, matrix: FloatArray) -> FloatArray:
    n = matrix.shape[0]
    membership = csr_array((np.ones(n), (cells.index, np.arange(n))), shape=(cells.n_cells, n))
    return np.asarray(membership @ matrix)


def _refusal(
    problem: BatchProblem, start: FloatArray, g: FloatArray, failed: IntArray, n_replicates: int
) -> ConvergenceError:
    """Return the error that names the first failed replicate, whose start weights and factors are (c, 1)."""
    lost = emptied_classes(problem, start)[:, 0]
    if lost.any():
        row, reason = int(lost.argmax()), "has nobody left"
    else:
        goals = problem.goals(problem.indicators @ start)
        errors = problem.errors(goals, problem.indicators @ (start * g))[:, 0]
        row, reason = int(errors[1:].argmax()) + 1, "cannot be met together with the other margins"
    block = next(block for block in problem.blocks if row < block.rows.stop)
    return ConvergenceError(
        "not_recalibrated",
        count=failed.size,
        n_replicates=n_replicates,
        replicate=int(failed[0]) + 1,
        margin=block.margin.variable,
        category=block.margin.all_categories[row - block.rows.start],
        reason=reason,
    )
