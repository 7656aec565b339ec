"""What an attacker can work out: the smallest and largest value of a cell that fits everything known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse.csgraph import connected_components

from analysis.arrays import BoolArray, FloatArray, IntArray, as_floats, require_length
from analysis.errors import DisclosureError, InputError

_TOLERANCE = 1e-6
_NO_BLOCK = -1
_GLANCES = 6

Enough = Callable[[FloatArray, FloatArray], BoolArray]


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Bounds (c,) that an attacker knows for every cell before using the relations between them."""

    low: FloatArray
    high: FloatArray

    @property
    def is_open(self) -> BoolArray:
        """Cells that are not known exactly."""
        return np.asarray(self.high - self.low > _TOLERANCE, dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Extremes:
    """Smallest and largest feasible value per target (t,), with the slopes (t, c) that prove them.

    With relations @ x = 0 every feasible x has x_target = slopes_target @ x; bounding each term on its own
    proves the extreme, and shows which cells would have to be open for the interval to be wider.
    """

    low: FloatArray
    high: FloatArray
    low_slopes: sp.csr_array
    high_slopes: sp.csr_array


def knowledge_of(values: FloatArray, hidden: ArrayLike, *, largest: ArrayLike = np.inf) -> Knowledge:
    """Return the knowledge of somebody who sees every cell exactly but the `hidden` (c,) bool ones.

    `largest` (scalar or (c,)): what hidden cells are known not to exceed, e.g. the number invited.
    """
    gone = np.asarray(hidden, dtype=np.bool_)
    return Knowledge(np.where(gone, 0.0, values), np.where(gone, np.maximum(values, largest), values))


def as_knowledge(low: ArrayLike, high: ArrayLike) -> Knowledge:
    """Return bounds (c,) given by hand.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value (not a number, or the lower above the upper).
    """
    lows, highs = as_floats("low", low, 1), as_floats("high", high, 1)
    require_length("high", highs, lows.shape[0])
    if not (np.isfinite(lows).all() and (lows <= highs).all()):
        raise InputError("invalid_value", name="low", value="a bound", reason="must be finite and at most high")
    return Knowledge(lows, highs)


def cell_extremes(
    relations: sp.csr_array,
    known: Knowledge,
    targets: IntArray,
    caps: FloatArray | None = None,
    *,
    whole_numbers: bool = False,
    enough: Enough | None = None,
) -> Extremes:
    """Return the feasible interval of each target cell, by linear programming (HiGHS, dual simplex).

    The cells fall apart into blocks that share no relation; one program takes a target of every block at once,
    so there are as many programs as targets in the fullest block.

    Parameters
    ----------
    relations : (m, c) sparse array
        With `relations @ x == 0`.
    known : Knowledge
        Bounds per cell.
    targets : (t,) int array
        Cells to bound, each once.
    caps : (t, 2) array, optional
        Per target the values beyond which nobody needs to look. Default: none below, and above a hundred times
        all that is known plus a million, reported as infinite.

    whole_numbers : bool
        The attacker uses that counts are integers too (slower; without slopes).
    enough : function, optional
        Tells from values (t,) that are feasible, a smaller and a larger one, which targets need no further look.
        Their intervals are then at least as wide as returned, and come without slopes.

    Raises
    ------
    DisclosureError
        knowledge_contradicts, when no counts fit the bounds and the relations.
    """
    blocks = find_blocks(relations, known)
    limits = _default_caps(known, targets) if caps is None else caps
    ends = _Ends(known, targets, blocks, enough)
    slopes: tuple[list[sp.csr_array], list[sp.csr_array]] = ([], [])
    order: list[IntArray] = []
    if enough is not None and not whole_numbers:
        _look_around(relations, known, blocks, targets, limits, ends)
    for turn in _rounds(blocks.of_cell[targets]):
        rows = turn[~ends.is_done[turn]]
        if not rows.size:
            continue
        program = _program(relations, known, blocks, targets[rows])
        order.append(rows)
        for side, sign in enumerate((1.0, -1.0)):
            ends.take(rows, side, program.cells, program.solve(sign, limits[rows], whole_numbers=whole_numbers))
            slopes[side].append(program.slopes)
    low, high = ends.found
    if caps is None:
        high = np.where(high >= limits[:, 1] * (1 - _TOLERANCE), np.inf, high)
    return Extremes(low, high, *(_in_order(parts, order, targets, relations.shape[1]) for parts in slopes))


@dataclass(frozen=True, eq=False)
class Blocks:
    """Parts of the cells that share no relation through open cells."""

    of_cell: IntArray
    """(c,) block of each open cell, -1 for known ones."""
    of_row: IntArray
    """(m,) block of each relation, -1 without open cells."""


class _Ends:
    """The extremes found so far, and what every solution on the way shows about the other targets."""

    def __init__(self, known: Knowledge, targets: IntArray, blocks: Blocks, enough: Enough | None) -> None:
        self._targets = targets
        self._enough = enough
        is_open = blocks.of_cell[targets] != _NO_BLOCK
        self._seen = [np.where(is_open, np.inf, known.low[targets]), np.where(is_open, -np.inf, known.high[targets])]
        self.is_done: BoolArray = np.zeros(targets.shape[0], dtype=np.bool_)

    def take(self, rows: IntArray, side: int, cells: IntArray, values: FloatArray) -> None:
        """Take in one feasible solution: the extremes of `rows` on one side, a possible value of the others."""
        place = np.minimum(np.searchsorted(cells, self._targets), cells.shape[0] - 1)
        met = cells[place] == self._targets
        if self._enough is None:
            met &= np.isin(np.arange(met.shape[0]), rows)
            self._seen[side][met] = values[place[met]]
            return
        self._seen[0][met] = np.minimum(self._seen[0][met], values[place[met]])
        self._seen[1][met] = np.maximum(self._seen[1][met], values[place[met]])
        self.is_done = self._enough(self._seen[0], self._seen[1])

    @property
    def found(self) -> tuple[FloatArray, FloatArray]:
        """Smallest and largest value per target."""
        return self._seen[0], self._seen[1]


def _look_around(
    relations: sp.csr_array, known: Knowledge, blocks: Blocks, targets: IntArray, limits: FloatArray, ends: _Ends
) -> None:
    """Push many targets up and down at once: most turn out to be free without a program of their own."""
    for bit in range(_GLANCES):
        rows = np.flatnonzero((blocks.of_cell[targets] != _NO_BLOCK) & ~ends.is_done)
        if rows.size:
            program = _program(relations, known, blocks, targets[rows])
            pushes = np.where(np.arange(rows.size) >> bit & 1, 1.0, -1.0)
            for sign in (1.0, -1.0):
                ends.take(rows, 0, program.cells, program.push(sign * pushes, limits[rows]))


class _Program:
    """The blocks of some targets as one linear program."""

    def __init__(self, matrix: sp.csr_array, cells: IntArray, known: Knowledge, targets: IntArray) -> None:
        self._matrix = matrix
        self.cells = cells
        self._targets = targets
        self._low, self._high = known.low[cells], known.high[cells]
        fixed = np.where(known.is_open, 0.0, known.low)
        self._right = -np.asarray(matrix @ fixed)
        self._inside = np.searchsorted(cells, targets)
        self._open_part = matrix[:, cells]
        self.row_target: IntArray = np.zeros(0, dtype=np.int64)
        self.slopes = sp.csr_array((0, 0))

    def solve(self, sign: float, limits: FloatArray, *, whole_numbers: bool) -> FloatArray:
        """Return a solution with the minimum (sign 1) or maximum (-1) of every target, and keep the slopes."""
        solve = self._solve_whole if whole_numbers else self._solve_continuous
        found, duals = solve(*self._pushed(np.full(self._inside.shape[0], sign), limits))
        self._prove(sign * duals)
        return np.asarray(found, dtype=np.float64)

    def push(self, signs: FloatArray, limits: FloatArray) -> FloatArray:
        """Return a solution with the targets (t,) pushed down (1) or up (-1) together."""
        return np.asarray(self._solve_continuous(*self._pushed(signs, limits))[0], dtype=np.float64)

    def _pushed(self, signs: FloatArray, limits: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        cost = np.zeros(self.cells.shape[0])
        cost[self._inside] = signs
        low, high = self._low.copy(), self._high.copy()
        low[self._inside] = np.maximum(low[self._inside], limits[:, 0])
        high[self._inside] = np.minimum(high[self._inside], limits[:, 1])
        return cost, low, high

    def _solve_continuous(self, cost: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
        bounds = np.column_stack([low, high])
        found = linprog(cost, A_eq=self._open_part, b_eq=self._right, bounds=bounds, method="highs-ds")
        if found.x is None:
            raise DisclosureError("knowledge_contradicts")
        return found.x, np.asarray(found.eqlin.marginals, dtype=np.float64)

    def _solve_whole(self, cost: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
        met = LinearConstraint(self._open_part, self._right, self._right)
        found = milp(cost, constraints=met, integrality=np.ones_like(cost), bounds=Bounds(np.ceil(low), np.floor(high)))
        if found.x is None:
            raise DisclosureError("knowledge_contradicts")
        return np.round(found.x), np.zeros(self._right.shape[0])

    def _prove(self, duals: FloatArray) -> None:
        n_rows = duals.shape[0]
        shares = sp.csr_array((duals, (self.row_target, np.arange(n_rows))), shape=(len(self._targets), n_rows))
        own = sp.csr_array(
            (np.ones(len(self._targets)), (np.arange(len(self._targets)), self._targets)),
            shape=(len(self._targets), self._matrix.shape[1]),
        )
        self.slopes = sp.csr_array(own - shares @ self._matrix)


def _default_caps(known: Knowledge, targets: IntArray) -> FloatArray:
    ceiling = 100 * np.where(np.isfinite(known.high), known.high, known.low).sum() + 1e6
    return np.column_stack([np.full(targets.shape[0], -np.inf), np.maximum(known.low[targets], ceiling)])


def find_blocks(relations: sp.csr_array, known: Knowledge) -> Blocks:
    """Return the blocks into which the cells that are not known exactly fall apart."""
    open_cells = np.flatnonzero(known.is_open)
    part = sp.csr_array(relations[:, open_cells])
    n_rows, n_open = part.shape
    graph = (
        sp.block_array([[None, part], [part.T, None]]) if n_rows and n_open else sp.csr_array((n_rows + n_open,) * 2)
    )
    _, labels = connected_components(graph, directed=False)
    of_row = np.where(np.diff(part.indptr) > 0, labels[:n_rows], _NO_BLOCK)
    of_cell = np.full(relations.shape[1], _NO_BLOCK)
    of_cell[open_cells] = labels[n_rows:]
    _require_consistent(relations, known, of_row)
    return Blocks(of_cell.astype(np.int64), of_row.astype(np.int64))


def _require_consistent(relations: sp.csr_array, known: Knowledge, of_row: IntArray) -> None:
    gap = np.abs(relations @ known.low)[of_row == _NO_BLOCK]
    if gap.max(initial=0.0) > _TOLERANCE * (1 + np.abs(known.low).max(initial=0.0)):
        raise DisclosureError("knowledge_contradicts")


def _rounds(blocks: IntArray) -> Iterator[IntArray]:
    """Yield positions of targets, at most one per block each time; targets without a block are known already."""
    order = np.argsort(blocks, kind="stable")
    order = order[blocks[order] != _NO_BLOCK]
    ordered = blocks[order]
    first = np.searchsorted(ordered, ordered)
    turn = np.arange(order.shape[0]) - first
    for number in range(int(turn.max(initial=-1)) + 1):
        yield np.asarray(order[turn == number], dtype=np.int64)


def _program(relations: sp.csr_array, known: Knowledge, blocks: Blocks, targets: IntArray) -> _Program:
    active = blocks.of_cell[targets]
    cells = np.flatnonzero(np.isin(blocks.of_cell, active) & known.is_open)
    rows = np.flatnonzero(np.isin(blocks.of_row, active))
    program = _Program(sp.csr_array(relations[rows]), cells, known, targets)
    by_block = np.argsort(active)
    program.row_target = by_block[np.searchsorted(active[by_block], blocks.of_row[rows])]
    return program


def _in_order(parts: list[sp.csr_array], order: list[IntArray], targets: IntArray, n_cells: int) -> sp.csr_array:
    """Put the slopes of all rounds in the order of the targets; a known cell is its own proof."""
    done = np.concatenate([np.zeros(0, dtype=np.int64), *order])
    rest = np.setdiff1d(np.arange(targets.shape[0]), done)
    own = sp.csr_array(
        (np.ones(rest.shape[0]), (np.arange(rest.shape[0]), targets[rest])), shape=(rest.shape[0], n_cells)
    )
    stacked = sp.vstack([*parts, own], format="csr")
    return sp.csr_array(stacked[np.argsort(np.concatenate([done, rest]))])
