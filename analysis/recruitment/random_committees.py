"""Random committees around given expected seats: a walk to a vertex of the quotas, then swaps to whole seats.

The walk is a martingale, as the flight phase of the cube method (Deville & Tillé 2004) with quotas as intervals:
the mean of the vertices that it reaches is the starting point. All walks of a batch take their steps together.
"""

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.recruitment.committees import CommitteeSpace

_TINY = 1e-9
_SWAPS = 40
_BATCH_VALUES = 400_000


def random_committees(
    space: CommitteeSpace,
    expected: FloatArray,
    n: int,
    rng: np.random.Generator,
    prices: FloatArray | None = None,
) -> IntArray:
    """Return at most `n` committees (C, G) whose mean lies near `expected` (G,), a point that meets the quotas.

    Walks that swaps cannot bring within the quotas are left out. With `prices` (G,) the swaps prefer dear groups.
    """
    preference = np.zeros(space.n_groups)
    if prices is not None and prices.max() > 0:
        preference = prices * (0.4 / prices.max())
    noise = 0.9 if prices is None else 0.05
    found: list[IntArray] = []
    batch = max(8, _BATCH_VALUES // space.n_quota**2)
    for start in range(0, n, batch):
        vertices = _Walk(space, expected, min(batch, n - start), rng).finish()
        for vertex in vertices:
            committee = _land(space, vertex, preference, noise, rng)
            if committee is not None:
                found.append(committee)
    return np.array(found, dtype=np.int64).reshape(len(found), space.n_groups)


class _Walk:
    """A batch of walks; per walk a basis of one variable per quota row, first the rows' own totals.

    With y = (seats, totals) the rows read A seats - totals = 0. Each step moves one seat variable that is not at
    a bound along the only direction that keeps the rows, up or down with chances that keep its mean, until it or
    a basic variable meets a bound; that basic variable then leaves the basis.
    """

    def __init__(self, space: CommitteeSpace, expected: FloatArray, n: int, rng: np.random.Generator) -> None:
        rows = space.rows[: space.n_quota]
        seats = np.clip(expected, 0.0, space.most)
        self.low = np.concatenate([np.floor(seats + _TINY), space.lower[: space.n_quota]])
        self.high = np.concatenate([np.ceil(seats - _TINY), space.upper[: space.n_quota]])
        self.values = np.tile(np.concatenate([seats, rows @ seats]), (n, 1))
        self.columns = np.ascontiguousarray(rows.T)
        self.n_groups = space.n_groups
        self.walks = np.arange(n)
        self.basis = np.tile(np.arange(len(seats), len(self.low)), (n, 1))
        self.inverse = np.tile(-np.eye(space.n_quota), (n, 1, 1))
        self.basic = self.values[self.walks[:, None], self.basis]
        self.basic_low, self.basic_high = self.low[self.basis], self.high[self.basis]
        movable = np.flatnonzero(self.high[: self.n_groups] > self.low[: self.n_groups])
        self.order: IntArray = rng.permuted(np.tile(movable, (n, 1)), axis=1)
        self.coins: FloatArray = rng.random((len(movable), n))

    def finish(self) -> FloatArray:
        """Return the vertices, (n, G)."""
        for step, coin in enumerate(self.coins):
            self._step(self.order[:, step], coin)
        self.values[self.walks[:, None], self.basis] = self.basic
        return self.values[:, : self.n_groups]

    def _step(self, entering: IntArray, coin: FloatArray) -> None:
        slope = np.matmul(self.inverse, self.columns[entering][:, :, None])[:, :, 0]
        moves = np.abs(slope) > _TINY
        per_unit = 1.0 / np.where(moves, slope, 1.0)
        above, below = self.basic - self.basic_low, self.basic_high - self.basic
        reach_up = np.where(moves, np.where(slope > 0, above, -below) * per_unit, np.inf)
        reach_down = np.where(moves, np.where(slope > 0, below, -above) * per_unit, np.inf)
        block_up, block_down = reach_up.argmin(axis=1), reach_down.argmin(axis=1)
        basic_up = np.maximum(reach_up[self.walks, block_up], 0.0)
        basic_down = np.maximum(reach_down[self.walks, block_down], 0.0)
        value = self.values[self.walks, entering]
        own_up, own_down = self.high[entering] - value, value - self.low[entering]
        up, down = np.minimum(basic_up, own_up), np.minimum(basic_down, own_down)
        rises = coin * (up + down) <= down
        distance = np.where(rises, up, -down)
        self.basic -= slope * distance[:, None]
        value = value + distance
        self.values[self.walks, entering] = value
        enters = np.flatnonzero(np.where(rises, basic_up < own_up, basic_down < own_down))
        if enters.size:
            leaving = np.where(rises, block_up, block_down)[enters]
            self._pivot(enters, leaving, entering[enters], slope[enters], value[enters])

    def _pivot(
        self, walks: IntArray, leaving: IntArray, entering: IntArray, slope: FloatArray, value: FloatArray
    ) -> None:
        low, high = self.basic_low[walks, leaving], self.basic_high[walks, leaving]
        reached = self.basic[walks, leaving]
        at_bound = np.where(np.abs(reached - low) < np.abs(reached - high), low, high)
        self.values[walks, self.basis[walks, leaving]] = at_bound
        every = np.arange(len(walks))
        pivot = self.inverse[walks, leaving] / slope[every, leaving][:, None]
        slope[every, leaving] = 0.0
        updated = self.inverse[walks] - slope[:, :, None] * pivot[:, None, :]
        updated[every, leaving] = pivot
        self.inverse[walks] = updated
        self.basis[walks, leaving] = entering
        self.basic[walks, leaving] = value
        self.basic_low[walks, leaving], self.basic_high[walks, leaving] = self.low[entering], self.high[entering]


def _round(vertex: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Round the few seats that are not whole, systematically in random order, so that their sum stays."""
    whole = np.floor(vertex + 1e-7)
    part = vertex - whole
    open_ = rng.permutation(np.flatnonzero(part > 1e-7))
    if open_.size:
        passed = np.cumsum(part[open_])
        passed[-1] = np.rint(passed[-1])
        whole[open_] += np.diff(np.floor(passed + rng.random()), prepend=0.0)
    return whole


@dataclass(frozen=True, eq=False)
class _Excess:
    """How far the rows' totals lie outside the bounds, and how that changes with one seat more or less."""

    total: float
    one_more: FloatArray
    one_less: FloatArray


def _excess(space: CommitteeSpace, totals: FloatArray) -> _Excess:
    def outside(values: FloatArray) -> FloatArray:
        return np.maximum(space.lower - values, 0.0) + np.maximum(values - space.upper, 0.0)

    now = outside(totals)
    return _Excess(float(now.sum()), outside(totals + 1) - now, outside(totals - 1) - now)


def _land(
    space: CommitteeSpace, vertex: FloatArray, preference: FloatArray, noise: float, rng: np.random.Generator
) -> IntArray | None:
    """Return whole seats near `vertex` that meet every row, by the best swap of one seat at a time."""
    seats = _round(vertex, rng)
    totals = space.rows @ seats
    for _ in range(_SWAPS):
        excess = _excess(space, totals)
        if excess.total == 0:
            return seats.astype(np.int64)
        leaves, joins = _best_swap(space, seats, excess, preference, noise, rng)
        seats[leaves] -= 1
        seats[joins] += 1
        totals += space.rows[:, joins] - space.rows[:, leaves]
    return None


def _best_swap(
    space: CommitteeSpace,
    seats: FloatArray,
    excess: _Excess,
    preference: FloatArray,
    noise: float,
    rng: np.random.Generator,
) -> tuple[int, int]:
    # both exist: with nobody to take off or to put on there is a single committee, and no walk leaves it
    leaving, joining = np.flatnonzero(seats > 0), np.flatnonzero(seats < space.most)
    # a row that counts both groups stays as it is: what the two moves cost it apart is taken off again
    shared = excess.one_more + excess.one_less
    rows = np.flatnonzero(shared)
    inside = space.rows[rows]
    cost = (excess.one_less @ space.rows + preference)[leaving][:, None]
    cost = cost + (excess.one_more @ space.rows - preference)[joining][None, :]
    cost -= (inside[:, leaving] * shared[rows][:, None]).T @ inside[:, joining]
    cost += rng.random(cost.shape) * noise
    out, into = np.unravel_index(int(cost.argmin()), cost.shape)
    return int(leaving[out]), int(joining[into])
