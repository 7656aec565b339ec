"""Every replicate brought to the population margins again, as the full sample was."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from analysis.arrays import FloatArray, IntArray
from analysis.errors import ConvergenceError
from analysis.estimation.replicate_raking import BatchProblem, build_batch, emptied_classes, solve_batch
from analysis.estimation.replicates import Recalibration, Replicates
from analysis.weighting.cells import Cells
from analysis.weighting.margins import Margin, PanelPopulation, reconcile
from analysis.weighting.raking import TOLERANCE, rake

_CHUNK_VALUES = 4_000_000


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
    coefficients = _coefficients(problem, cells.sum(full.weights) / cells.sum(full.base_weights))
    g = np.empty((cells.n_cells, replicates.n_replicates))
    error = np.empty(replicates.n_replicates)
    for columns in _chunks(replicates.n, replicates.n_replicates):
        start = _cell_sums(cells, replicates.unadjusted_matrix(columns))
        g[:, columns], error[columns] = _solve(problem, start, coefficients, tolerance)
    failed = np.flatnonzero(~(error <= tolerance))
    if failed.size and not (leave_out and replicates.is_random and replicates.n_replicates - failed.size >= 2):
        start = _cell_sums(cells, replicates.unadjusted_matrix(failed[:1]))
        raise _refusal(problem, start, g[:, failed[:1]], failed, replicates.n_replicates)
    return _with_margins(replicates, full.weights, Recalibration(cells.index, g, error, failed))


def _solve(
    problem: BatchProblem, start: FloatArray, coefficients: FloatArray, tolerance: float
) -> tuple[FloatArray, FloatArray]:
    """Return factors (c, r) on `start` and errors (r,); infinite where a category has lost everybody."""
    factors = np.ones_like(start)
    error = np.full(start.shape[1], np.inf)
    possible = np.flatnonzero(~emptied_classes(problem, start).any(axis=0))
    if possible.size:
        scaling = problem.total / start[:, possible].sum(axis=0)
        solved = solve_batch(problem, start[:, possible] * scaling, coefficients, tolerance)
        factors[:, possible], error[possible] = solved.factors * scaling, solved.max_error
    return factors, error


def _with_margins(replicates: Replicates, weights: FloatArray, found: Recalibration) -> Replicates:
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


def _coefficients(problem: BatchProblem, g: FloatArray) -> FloatArray:
    """Return l of g = exp(x'l), from which every replicate is only a small step away."""
    return np.asarray(np.linalg.lstsq(problem.design, np.log(g), rcond=None)[0], dtype=np.float64)


def _cell_sums(cells: Cells, matrix: FloatArray) -> FloatArray:
    n = matrix.shape[0]
    membership = csr_array((np.ones(n), (cells.index, np.arange(n))), shape=(cells.n_cells, n))
    return np.asarray(membership @ matrix)


def _chunks(n: int, n_replicates: int) -> Iterator[IntArray]:
    width = max(1, _CHUNK_VALUES // n)
    for first in range(0, n_replicates, width):
        yield np.arange(first, min(n_replicates, first + width))


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
