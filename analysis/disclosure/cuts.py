"""The choice of what else to withhold, as a covering problem whose inequalities are learned from the attacker."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from analysis.arrays import BoolArray, FloatArray, IntArray

_ENOUGH = 1e-6
_GRID = 1e6
_NODE_LIMIT = 20_000


@dataclass(frozen=True, eq=False)
class Room:
    """How far each cell (c,) could move if it were withheld, and to which unit it belongs.

    `unit` is -1 for cells that are open whatever is decided, -2 for cells that stay known.
    """

    down: FloatArray
    up: FloatArray
    unit: IntArray

    ALWAYS_OPEN = -1
    KNOWN = -2


@dataclass(frozen=True)
class Cut:
    """Of these units, withhold so many that the shares add up to at least 1."""

    units: tuple[int, ...]
    shares: tuple[float, ...]


def room_needed(slopes: sp.csr_array, room: Room, side: float) -> sp.csr_array:
    """Return per target (t, c) how far each cell lets the target move up (side 1) or down (-1)."""
    steps = sp.coo_array(slopes)
    slope = side * steps.data
    kept = (np.abs(slope) > _ENOUGH) & (room.unit[steps.col] != Room.KNOWN)
    rows, columns, slope = steps.row[kept], steps.col[kept], slope[kept]
    reach = np.where(slope > 0, room.up[columns], room.down[columns])
    moves = np.abs(slope) * reach
    return sp.csr_array((moves[moves > 0], (rows[moves > 0], columns[moves > 0])), shape=slopes.shape)


def cuts_from(moves: sp.csr_array, needed: FloatArray, room: Room, forced: BoolArray) -> list[Cut]:
    """Return a cut per target (t,) whose room falls short of `needed` unless more is withheld.

    Parameters
    ----------
    moves : (t, c) sparse array
        From `room_needed`, or the sum of both sides.
    needed : (t,) array
        How far the target must be able to move; 0 asks nothing.
    forced : (u,) bool array
        Units that are withheld anyway.
    """
    found = []
    for target in np.flatnonzero(needed > 0):
        inside = slice(moves.indptr[target], moves.indptr[target + 1])
        units, reach = room.unit[moves.indices[inside]], moves.data[inside]
        given = (units == Room.ALWAYS_OPEN) | ((units >= 0) & forced[np.maximum(units, 0)])
        short = needed[target] - reach[given].sum()
        if short > _ENOUGH:
            found.append(_cut(units[~given], np.minimum(reach[~given], short) / short))
    return found


def _cut(units: IntArray, shares: FloatArray) -> Cut:
    different, position = np.unique(units, return_inverse=True)
    total = np.minimum(np.bincount(position, weights=shares, minlength=different.shape[0]), 1.0)
    # rounded up, so that three shares of a third make a whole and the cut stays true
    return Cut(tuple(different.tolist()), tuple((np.ceil(total * _GRID - _ENOUGH) / _GRID).tolist()))


@dataclass
class Cover:
    """Units to withhold at the lowest total weight that meets all cuts learned so far."""

    weights: FloatArray
    exact_up_to: int
    """Components with more units than this are covered greedily."""
    cuts: dict[Cut, None] = field(default_factory=dict)
    is_optimal: bool = True
    _solved: dict[tuple[Cut, ...], IntArray] = field(default_factory=dict)

    def learn(self, cuts: Iterable[Cut]) -> int:
        """Add cuts; return how many were new."""
        before = len(self.cuts)
        self.cuts.update(dict.fromkeys(cuts))
        return len(self.cuts) - before

    def solve(self) -> BoolArray:
        """Return the units (u,) to withhold; the problem falls apart into components, solved once each."""
        chosen = np.zeros(self.weights.shape[0], dtype=np.bool_)
        solved: dict[tuple[Cut, ...], IntArray] = {}
        for part in self._components():
            solved[part] = self._solved[part] if part in self._solved else self._solve_part(part)
            chosen[solved[part]] = True
        self._solved = solved
        return chosen

    def _components(self) -> list[tuple[Cut, ...]]:
        cuts = list(self.cuts)
        if not cuts:
            return []
        matrix = _matrix(cuts, self.weights.shape[0])
        _, labels = connected_components(sp.block_array([[None, matrix], [matrix.T, None]]), directed=False)
        parts: dict[int, list[Cut]] = {}
        for cut, label in zip(cuts, labels[: len(cuts)].tolist(), strict=True):
            parts.setdefault(label, []).append(cut)
        return [tuple(part) for part in parts.values()]

    def _solve_part(self, cuts: tuple[Cut, ...]) -> IntArray:
        units = np.unique(np.concatenate([cut.units for cut in cuts]).astype(np.int64))
        matrix = _matrix(cuts, self.weights.shape[0])[:, units]
        best = self._exact(matrix, units) if units.shape[0] <= self.exact_up_to else None
        if best is None:
            self.is_optimal = False
            best = cover_greedily(sp.csr_array(matrix), self.weights[units])
        return np.asarray(units[best], dtype=np.int64)

    def _exact(self, matrix: sp.csr_array, units: IntArray) -> BoolArray | None:
        # presolve off: as fast on problems this small, and with it HiGHS writes to the terminal
        found = milp(
            self.weights[units],
            constraints=LinearConstraint(matrix, lb=1),
            integrality=np.ones(units.shape[0]),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": 0.0, "node_limit": _NODE_LIMIT, "presolve": False},
        )
        if found.status != 0:
            return None
        return np.asarray(found.x > 0.5, dtype=np.bool_)


def cover_greedily(matrix: sp.csr_array, weights: FloatArray) -> BoolArray:
    """Meet `matrix @ chosen >= 1` as far as it can be met, each time by the unit with most missing share per weight."""
    columns = sp.csc_array(matrix)
    short = np.ones(matrix.shape[0])
    chosen = np.zeros(weights.shape[0], dtype=np.bool_)
    while (short > _ENOUGH).any():
        gains = np.minimum(columns.data, short[columns.indices])
        gain = np.add.reduceat(np.append(gains, 0.0), columns.indptr[:-1]) / weights
        gain[chosen | (np.diff(columns.indptr) == 0)] = -1.0
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        chosen[best] = True
        inside = slice(columns.indptr[best], columns.indptr[best + 1])
        short[columns.indices[inside]] = np.maximum(short[columns.indices[inside]] - columns.data[inside], 0.0)
    return chosen


def _matrix(cuts: Iterable[Cut], n_units: int) -> sp.csr_array:
    listed = list(cuts)
    indptr = np.cumsum([0, *(len(cut.units) for cut in listed)])
    indices = np.array([unit for cut in listed for unit in cut.units], dtype=np.int64)
    data = np.array([share for cut in listed for share in cut.shares], dtype=np.float64)
    return sp.csr_array((data, indices, indptr), shape=(len(listed), n_units))
