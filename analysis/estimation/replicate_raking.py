"""Raking many replicates at once: profile cells by replicates, Newton's method with one matrix product per step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.weighting.margins import Margin

_NEWTON_STEPS = 15
_FITTING_ROUNDS = 1000
_RIDGE = 1e-12
_DEGENERATE = 1e-9


@dataclass(frozen=True, eq=False)
class MarginBlock:
    """One margin on cells: its codes (c,), and the rows of the sums that belong to its constrained classes."""

    margin: Margin
    codes: IntArray
    rows: slice

    @property
    def n_categories(self) -> int:
        """Number of classes that the population counts."""
        return len(self.margin.categories)

    @property
    def shares(self) -> FloatArray:
        """Return the population shares of the categories."""
        return np.asarray(self.margin.totals / self.margin.totals.sum())

    @property
    def has_free_class(self) -> bool:
        """True when the margin leaves some classes alone, so that it fixes shares and no counts."""
        return bool(self.margin.excluded_classes)


@dataclass(frozen=True, eq=False)
class BatchProblem:
    """The margins of one raking as matrices, for start weights (c, r) of any number of replicates.

    Attributes
    ----------
    total : float
    blocks : tuple of MarginBlock
    indicators : (1 + K, c) array
        A row of ones, then one row per constrained class of each margin.
    constraints : (p, 1 + K) array
        Which sums (`indicators @ weights`) must reach given totals; one class of each margin follows from the
        rest.
    design : (c, p) array
        constraints @ indicators, transposed.
    products : (p (p + 1) / 2, c) array
        Products of two columns of `design`, upper triangle.
    """

    total: float
    blocks: tuple[MarginBlock, ...]
    indicators: FloatArray
    constraints: FloatArray
    design: FloatArray
    products: FloatArray

    def goals(self, start_sums: FloatArray) -> FloatArray:
        """Return goals (1 + K, r): own classes keep the share that they have in each replicate's start weights."""
        goals = np.full_like(start_sums, self.total)
        for block in self.blocks:
            observed = start_sums[block.rows]
            own = observed[block.n_categories :] / observed.sum(axis=0)
            fixed = block.shares[:, None] * (1.0 - own.sum(axis=0))
            goals[block.rows] = np.concatenate([fixed, own]) * self.total
        return goals

    def wanted(self, goals: FloatArray, sums: FloatArray) -> FloatArray:
        """Return the sums that are wanted: `goals`, or as shares of the covered classes where some are excluded."""
        free = [block.rows for block in self.blocks if block.has_free_class]
        if not free:
            return goals
        wanted = goals.copy()
        for rows in free:
            wanted[rows] *= sums[rows].sum(axis=0) / self.total
        return wanted

    def errors(self, goals: FloatArray, sums: FloatArray) -> FloatArray:
        """Return relative margin errors (1 + K, r); 0 where nobody is wanted."""
        wanted = self.wanted(goals, sums)
        return np.abs(np.divide(sums - wanted, wanted, out=np.zeros_like(sums), where=wanted > 0))

    @property
    def is_fixed(self) -> bool:
        """False when the constraints differ per replicate: shares of own classes among those covered."""
        return not any(block.has_free_class and block.margin.own_classes for block in self.blocks)


@dataclass(frozen=True, eq=False)
class BatchSolution:
    """Factors (c, r) on start weights, and the largest relative margin error (r,); infinite where none was found."""

    factors: FloatArray
    max_error: FloatArray


def build_batch(margins: Sequence[Margin], codes: IntArray, total: float) -> BatchProblem:
    """Return the matrices of raking cells with `codes` (c, m) to `margins`, which all add up to `total`."""
    blocks: list[MarginBlock] = []
    indicators = [np.ones((1, codes.shape[0]))]
    start = 1
    for j, margin in enumerate(margins):
        stop = start + len(margin.categories) + len(margin.own_classes)
        blocks.append(MarginBlock(margin, codes[:, j], slice(start, stop)))
        indicators.append((np.arange(stop - start)[:, None] == codes[:, j]).astype(np.float64))
        start = stop
    stacked = np.concatenate(indicators)
    constraints = _constraints(blocks, start)
    design = np.ascontiguousarray((constraints @ stacked).T)
    first, second = np.triu_indices(design.shape[1])
    products = np.ascontiguousarray((design[:, first] * design[:, second]).T)
    return BatchProblem(total, tuple(blocks), stacked, constraints, design, products)


def solve_batch(problem: BatchProblem, start: FloatArray, coefficients: FloatArray, tolerance: float) -> BatchSolution:
    """Rake every column of `start` (c, r), which add up to the total; Newton from `coefficients` (p,), then fitting.

    A replicate in which a profile all but vanishes lies on the boundary and is not accepted.
    """
    goals = problem.goals(problem.indicators @ start)
    factors = np.ones_like(start)
    error = np.full(start.shape[1], np.inf)
    if problem.is_fixed:
        _newton(problem, start, goals, coefficients, tolerance, factors, error)
    left = np.flatnonzero(error > tolerance)
    if left.size:
        factors[:, left], error[left] = _fit(problem, start[:, left], goals[:, left], tolerance)
    occupied = start > 0
    lowest = np.where(occupied, factors, np.inf).min(axis=0)
    highest = np.where(occupied, factors, 0.0).max(axis=0)
    error[lowest < _DEGENERATE * highest] = np.inf
    return BatchSolution(factors, error)


def emptied_classes(problem: BatchProblem, start: FloatArray) -> BoolArray:
    """Return (1 + K, r): classes that the population has, and of which the replicate has lost every respondent."""
    sums = problem.indicators @ start
    lost = np.zeros(sums.shape, dtype=bool)
    for block in problem.blocks:
        counted = block.rows.start + np.flatnonzero(block.margin.totals > 0)
        lost[counted] = sums[counted] <= 0
    return lost


def _constraints(blocks: Sequence[MarginBlock], n_sums: int) -> FloatArray:
    rows = [np.eye(1, n_sums)]
    for block in blocks:
        within = np.eye(block.rows.stop - block.rows.start)
        if block.has_free_class:
            # own classes never meet free ones here: such a problem is not fixed, and solved by fitting
            within[: block.n_categories, : block.n_categories] -= block.shares[:, None]
        # the first category with people follows from the rest
        placed = np.zeros((within.shape[0], n_sums))
        placed[:, block.rows] = within
        rows.append(np.delete(placed, int((block.margin.totals > 0).argmax()), axis=0))
    return np.concatenate(rows)


def _newton(
    problem: BatchProblem,
    start: FloatArray,
    goals: FloatArray,
    coefficients: FloatArray,
    tolerance: float,
    factors: FloatArray,
    error: FloatArray,
) -> None:
    """Fill `factors` and `error` for the replicates that full Newton steps bring to the margins."""
    active = np.arange(start.shape[1])
    current = np.repeat(coefficients[:, None], active.size, axis=1)
    for _ in range(_NEWTON_STEPS):
        with np.errstate(over="ignore", invalid="ignore"):
            moved = np.exp(problem.design @ current)
            weights = moved * start
            sums = problem.indicators @ weights
            worst = problem.errors(goals, sums).max(axis=0)
        met = worst <= tolerance
        factors[:, active[met]], error[active[met]] = moved[:, met], worst[met]
        going = ~met & np.isfinite(worst)
        if not going.any():
            return
        if not going.all():
            active, start, goals = active[going], start[:, going], goals[:, going]
            current, weights, sums = current[:, going], weights[:, going], sums[:, going]
        gradient = problem.constraints @ (sums - problem.wanted(goals, sums))
        current = current - _directions(problem, weights, gradient)


def _directions(problem: BatchProblem, weights: FloatArray, gradient: FloatArray) -> FloatArray:
    p, r = gradient.shape
    upper = (problem.products @ weights).T
    hessian = np.empty((r, p, p))
    first, second = np.triu_indices(p)
    hessian[:, first, second] = upper
    hessian[:, second, first] = upper
    diagonal = np.einsum("rii->ri", hessian)
    # constraints that repeat each other, or a class that a replicate lost, leave a direction open: do not move there
    diagonal += _RIDGE * diagonal + np.where(diagonal > 0, 0.0, 1.0)
    return np.asarray(np.linalg.solve(hessian, gradient.T[:, :, None])[:, :, 0].T, dtype=np.float64)


def _fit(
    problem: BatchProblem, start: FloatArray, goals: FloatArray, tolerance: float
) -> tuple[FloatArray, FloatArray]:
    """Scale to each margin in turn (Deming & Stephan 1940) until every replicate meets all of them."""
    factors = np.ones_like(start)
    error = np.full(start.shape[1], np.inf)
    active: IntArray = np.arange(start.shape[1])
    current = factors.copy()
    for _ in range(_FITTING_ROUNDS):
        for block in problem.blocks:
            current *= _scaling(problem, block, goals[:, active], start[:, active] * current)
        worst = problem.errors(goals[:, active], problem.indicators @ (start[:, active] * current)).max(axis=0)
        factors[:, active], error[active] = current, worst
        going = worst > tolerance
        active, current = active[going], current[:, going]
        if not active.size:
            break
    return factors, error


def _scaling(problem: BatchProblem, block: MarginBlock, goals: FloatArray, weights: FloatArray) -> FloatArray:
    sums = problem.indicators @ weights
    scaling = np.ones((len(block.margin.all_categories), weights.shape[1]))
    wanted = problem.wanted(goals, sums)[block.rows]
    np.divide(wanted, sums[block.rows], out=scaling[: wanted.shape[0]], where=sums[block.rows] > 0)
    return scaling[block.codes]
