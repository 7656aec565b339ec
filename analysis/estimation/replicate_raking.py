"""Raking many replicates at once: profile cells by replicates, Newton's method with one matrix product per step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.weighting.margins import Margin

_FIRST_ROUNDS = 2
_NEWTON_STEPS = 15
_FITTING_ROUNDS = 1000
_RIDGE = 1e-12
_DEGENERATE = 1e-9
_POLISH = 1e-2
_ROUNDING = 1e-13


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


def solve_batch(
    problem: BatchProblem, start: FloatArray, factor: FloatArray, tolerance: float
) -> tuple[FloatArray, FloatArray]:
    """Rake every column of `start` (c, r), which add up to the total; `factor` (c,) is what the full sample needed.

    Returns factors (c, r) on `start` and the largest relative margin error (r,), infinite where a profile all but
    vanishes: such a replicate lies on the boundary and is not accepted. Two rounds of proportional fitting, then
    Newton's method, which from there needs two or three steps; fitting again where that does not reach the margins.
    """
    goals = problem.goals(problem.indicators @ start)
    weights = start * factor[:, None]
    for _ in range(_FIRST_ROUNDS):
        _fit_once(problem, goals, weights)
    error = np.full(start.shape[1], np.inf)
    if problem.is_fixed:
        error = _newton(problem, goals, weights, tolerance)
    _fit(problem, goals, weights, error, tolerance)
    factors = np.divide(weights, start, out=np.ones_like(start), where=start > 0)
    error[factors.min(axis=0) < _DEGENERATE * factors.max(axis=0)] = np.inf
    return factors, error


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


def _newton(problem: BatchProblem, goals: FloatArray, weights: FloatArray, tolerance: float) -> FloatArray:
    """Bring `weights` (c, r) to the margins, in place, by full Newton steps; return the errors reached.

    Columns for which that fails are left as they were, with an infinite error.
    """
    # one more step costs little and leaves standard errors without a trace of the tolerance
    aim = min(tolerance, max(tolerance * _POLISH, _ROUNDING))
    error = np.full(weights.shape[1], np.inf)
    active = np.arange(weights.shape[1])
    start, moved = weights.copy(), weights
    coefficients = np.zeros((problem.design.shape[1], active.size))
    for _ in range(_NEWTON_STEPS):
        with np.errstate(over="ignore", invalid="ignore"):
            sums = problem.indicators @ moved
            worst = problem.errors(goals, sums).max(axis=0)
        met = worst <= tolerance
        going = (worst > aim) & np.isfinite(worst)
        if met.any():
            weights[:, active[met]], error[active[met]] = moved[:, met], worst[met]
        if not going.any():
            break
        if not going.all():
            active, start, goals = active[going], start[:, going], goals[:, going]
            coefficients, moved, sums = coefficients[:, going], moved[:, going], sums[:, going]
        gradient = problem.constraints @ (sums - problem.wanted(goals, sums))
        coefficients = coefficients - _directions(problem, moved, gradient)
        with np.errstate(over="ignore", invalid="ignore"):
            moved = problem.design @ coefficients
            np.exp(moved, out=moved)
            moved *= start
    return error


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


def _fit(problem: BatchProblem, goals: FloatArray, weights: FloatArray, error: FloatArray, tolerance: float) -> None:
    """Scale to each margin in turn (Deming & Stephan 1940), in place, where `error` exceeds `tolerance`."""
    active: IntArray = np.flatnonzero(error > tolerance)
    current, goals = weights[:, active], goals[:, active]
    for _ in range(_FITTING_ROUNDS):
        if not active.size:
            return
        _fit_once(problem, goals, current)
        worst = problem.errors(goals, problem.indicators @ current).max(axis=0)
        weights[:, active], error[active] = current, worst
        going = worst > tolerance
        active, current, goals = active[going], current[:, going], goals[:, going]


def _fit_once(problem: BatchProblem, goals: FloatArray, weights: FloatArray) -> None:
    for block in problem.blocks:
        sums = problem.indicators[block.rows] @ weights
        wanted = goals[block.rows]
        if block.has_free_class:
            wanted = wanted * (sums.sum(axis=0) / problem.total)
        scaling = np.ones((len(block.margin.all_categories), weights.shape[1]))
        np.divide(wanted, sums, out=scaling[: sums.shape[0]], where=sums > 0)
        weights *= scaling[block.codes]
