"""What else must be withheld so that nothing that is withheld can be worked out."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import scipy.sparse as sp

from analysis.arrays import BoolArray, FloatArray, IntArray, as_floats, require_length
from analysis.disclosure.cuts import Cover, Cut, Room, cuts_from, room_needed
from analysis.disclosure.intervals import Extremes, Knowledge, cell_extremes, find_blocks, knowledge_of
from analysis.disclosure.linking import LinkedTables
from analysis.disclosure.thresholds import Protection
from analysis.errors import DisclosureError, InputError

_MAX_NAMED = 5


class Level(StrEnum):
    """What is withheld as one piece."""

    CELL = "cell"
    GROUP = "group"
    """A base with all its answers: the group reads *te weinig antwoorden*."""
    BREAKDOWN = "breakdown"
    """All groups by the same variables in a population."""


@dataclass(frozen=True, eq=False)
class Suppression:
    """Cells (c,) withheld.

    Attributes
    ----------
    primary, complementary : (c,) bool arrays
        Withheld by the thresholds (their whole unit), and because a withheld cell would follow from them.
    hidden : (c,) bool array
        Everything nobody sees: both, and cells that no table shows.
    loss : float
        Total weight of the complementary units.
    is_optimal : bool
        No cheaper choice protects (proved); False when a part was too large to prove it.
    rounds : int
        Times that the attacker was asked.
    """

    primary: BoolArray
    complementary: BoolArray
    hidden: BoolArray
    loss: float
    is_optimal: bool
    rounds: int


def suppress(
    linked: LinkedTables,
    primary: BoolArray,
    protection: Protection,
    *,
    level: Level = Level.GROUP,
    weights: FloatArray | None = None,
    exact_up_to: int = 400,
    max_rounds: int = 200,
) -> Suppression:
    """Choose complementary suppressions of the least total weight that give all cells their protection.

    The attacker knows every published cell, all relations and that counts are not negative. A master problem
    chooses units; the attacker's programs (`cell_extremes`) find cells that can be bounded too tightly; the
    multipliers of those programs become inequalities of the master, until none is found. What is public already
    is never withheld.

    Parameters
    ----------
    primary : (c,) bool array
        Cells that must be withheld (`primary_cells(...).mask`, plus any withheld for another reason).
    protection : Protection
        What the attacker must be left with.
    level : Level
        What is withheld as one piece.
    weights : (c,) array, optional
        Information lost with each cell (positive); default the count plus one. All ones minimise their number.
    exact_up_to : int
        Parts of the problem with more units than this are solved greedily, then thinned out.

    max_rounds : int
        After so many questions to the attacker everything that can help is withheld, then thinned out.

    Raises
    ------
    DisclosureError
        not_protectable: a cell follows from what is public already.
    InputError
        wrong_length, invalid_value.

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001). Solving the cell suppression problem on tabular data with linear
    constraints. Management Science 47(7), 1008-1027. Hundepool, A. et al. (2012). Statistical Disclosure
    Control, Wiley, ch. 4.
    """
    problem = _problem(linked, primary, protection, level, weights)
    _require_protectable(linked, problem)
    cover = Cover(problem.unit_weights, exact_up_to)
    cover.learn(_first_cuts(problem))
    chosen, rounds = _settle(problem, cover, max_rounds)
    if not cover.is_optimal:
        chosen = _thin_out(problem, chosen)
    return _result(linked, problem, chosen, cover.is_optimal, rounds)


def units_by(linked: LinkedTables, level: Level) -> IntArray:
    """Return the unit (c,) of each cell."""
    if level is Level.CELL:
        return np.arange(len(linked.names))
    if level is Level.GROUP:
        return linked.base_of
    found: dict[tuple[str, tuple[str, ...]], int] = {}
    units = []
    for base in linked.base_of.tolist():
        population, domain = linked.keys[base]
        units.append(found.setdefault((population, tuple(variable for variable, _ in domain)), len(found)))
    return np.array(units, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class _Problem:
    relations: sp.csr_array
    values: FloatArray
    room: Room
    forced: BoolArray
    """(u,) units withheld by the thresholds."""
    unit_weights: FloatArray
    protection: Protection
    targets: IntArray

    def hidden(self, chosen: BoolArray) -> BoolArray:
        """Cells (c,) open to the attacker when the `chosen` (u,) units are withheld too."""
        return np.asarray((self.room.unit == Room.ALWAYS_OPEN) | self.in_units(chosen | self.forced), dtype=np.bool_)

    def in_units(self, units: BoolArray) -> BoolArray:
        """Cells (c,) that belong to one of the `units` (u,)."""
        unit = self.room.unit
        return np.asarray((unit >= 0) & units[np.maximum(unit, 0)], dtype=np.bool_)

    def everything_open(self) -> Knowledge:
        """What an attacker knows when all that can be withheld is."""
        return knowledge_of(self.values, self.room.unit != Room.KNOWN)

    def attack(self, hidden: BoolArray, targets: IntArray) -> tuple[Extremes, BoolArray]:
        """Return the intervals, as far as needed, and which targets are not protected."""
        values, known = self.values[targets], knowledge_of(self.values, hidden)
        caps = np.column_stack(self._wanted(targets))

        def enough(low: FloatArray, high: FloatArray) -> BoolArray:
            return ~self.protection.is_short(targets, values, low, high)

        found = cell_extremes(self.relations, known, targets, caps, enough=enough)
        return found, ~enough(found.low, found.high)

    def _wanted(self, targets: IntArray) -> tuple[FloatArray, FloatArray]:
        asked, value = self.protection, self.values[targets]
        low = value - np.maximum(asked.lower, asked.width)[targets]
        high = value + np.maximum(asked.upper, asked.width)[targets]
        return low, high

    def cuts(self, low_slopes: sp.csr_array, high_slopes: sp.csr_array, targets: IntArray) -> list[Cut]:
        """What the slopes say about the units that must go."""
        down, up = room_needed(low_slopes, self.room, -1.0), room_needed(high_slopes, self.room, 1.0)
        asked = self.protection
        return [
            *cuts_from(down, asked.lower[targets], self.room, self.forced),
            *cuts_from(up, asked.upper[targets], self.room, self.forced),
            *cuts_from(sp.csr_array(down + up), asked.width[targets], self.room, self.forced),
        ]


def _problem(
    linked: LinkedTables, primary: BoolArray, protection: Protection, level: Level, weights: FloatArray | None
) -> _Problem:
    n = len(linked.names)
    require_length("primary", primary, n)
    require_length("protection", protection.width, n)
    loss = linked.values + 1 if weights is None else as_floats("weights", weights, 1)
    require_length("weights", loss, n)
    if not (np.isfinite(loss).all() and (loss > 0).all()):
        raise InputError("invalid_value", name="weights", value="a weight", reason="must be finite and > 0")
    _, unit = np.unique(units_by(linked, level), return_inverse=True)
    unit = np.where(linked.is_shown, unit, Room.ALWAYS_OPEN)
    unit = np.where(linked.is_public, Room.KNOWN, unit)
    n_units = max(1, int(unit.max(initial=0)) + 1)
    inside = unit >= 0
    forced = np.zeros(n_units, dtype=np.bool_)
    forced[unit[inside & primary]] = True
    return _Problem(
        linked.relations,
        linked.values,
        Room(linked.values, np.full(n, np.inf), unit),
        forced,
        np.maximum(np.bincount(unit[inside], weights=loss[inside], minlength=n_units), 1e-9),
        protection,
        np.flatnonzero(protection.is_asked),
    )


def _require_protectable(linked: LinkedTables, problem: _Problem) -> None:
    everything = np.ones(problem.forced.shape[0], dtype=np.bool_)
    _, short = problem.attack(problem.hidden(everything), problem.targets)
    if short.any():
        named = [linked.names[i] for i in problem.targets[short]]
        shown = "; ".join(named[:_MAX_NAMED]) + ("; ..." if len(named) > _MAX_NAMED else "")
        raise DisclosureError("not_protectable", count=len(named), cells=shown, names=tuple(named))


def _first_cuts(problem: _Problem) -> list[Cut]:
    """Each single relation already proves something: another of its cells has to go."""
    columns = sp.csc_array(problem.relations)[:, problem.targets]
    rows, which, sign = (
        columns.indices,
        np.repeat(np.arange(len(problem.targets)), np.diff(columns.indptr)),
        columns.data,
    )
    own = sp.csr_array(
        (np.ones(len(rows)), (np.arange(len(rows)), problem.targets[which])),
        shape=(len(rows), problem.relations.shape[1]),
    )
    slopes = sp.csr_array(own - sp.diags_array(1 / sign) @ problem.relations[rows]) if len(rows) else own
    return problem.cuts(slopes, slopes, problem.targets[which])


def _settle(problem: _Problem, cover: Cover, max_rounds: int) -> tuple[BoolArray, int]:
    """Ask the attacker, learn, choose again, until nothing is found; after many rounds only ever withhold more."""
    rounds = 0
    kept = np.zeros(problem.forced.shape[0], dtype=np.bool_)
    watch = _Watch(problem)
    while True:
        rounds += 1
        chosen = cover.solve() | kept
        cuts = watch.attack(problem.hidden(chosen))
        if not cuts:
            return chosen, rounds
        cover.learn(cuts)
        if rounds > max_rounds:
            cover.is_optimal = False
            kept = _more(chosen, cuts)


def _more(chosen: BoolArray, cuts: list[Cut]) -> BoolArray:
    """Every unit that could help; all units when those are withheld already."""
    helping = chosen.copy()
    helping[[unit for cut in cuts for unit in cut.units]] = True
    return helping if (helping != chosen).any() else np.ones_like(chosen)


def _thin_out(problem: _Problem, chosen: BoolArray) -> BoolArray:
    """Show again, heaviest first, what turns out not to be needed."""
    kept = chosen & ~problem.forced
    watch = _Watch(problem)
    watch.attack(problem.hidden(kept))
    for unit in sorted(np.flatnonzero(kept).tolist(), key=lambda u: (-problem.unit_weights[u], u)):
        kept[unit] = False
        if watch.attack(problem.hidden(kept)):
            kept[unit] = True
            watch.attack(problem.hidden(kept))
    return kept


class _Watch:
    """Asks again only about targets in whose block something changed since they were last asked about."""

    def __init__(self, problem: _Problem) -> None:
        self._problem = problem
        self._block = find_blocks(problem.relations, problem.everything_open()).of_cell
        self._hidden: BoolArray | None = None
        self._short = np.ones(problem.targets.shape[0], dtype=np.bool_)

    def attack(self, hidden: BoolArray) -> list[Cut]:
        """Return what is learned when exactly `hidden` (c,) is withheld; nothing when all is protected."""
        problem = self._problem
        asked = np.flatnonzero(self._short | self._is_touched(hidden))
        self._hidden = hidden
        found, short = problem.attack(hidden, problem.targets[asked])
        self._short[asked] = short
        rows = np.flatnonzero(short)
        low, high = sp.csr_array(found.low_slopes[rows]), sp.csr_array(found.high_slopes[rows])
        return problem.cuts(low, high, problem.targets[asked[rows]])

    def _is_touched(self, hidden: BoolArray) -> BoolArray:
        if self._hidden is None:
            return self._short
        changed = np.unique(self._block[hidden != self._hidden])
        return np.asarray(np.isin(self._block[self._problem.targets], changed), dtype=np.bool_)


def _result(linked: LinkedTables, problem: _Problem, chosen: BoolArray, is_optimal: bool, rounds: int) -> Suppression:
    forced, extra = problem.in_units(problem.forced), problem.in_units(chosen & ~problem.forced)
    loss = float(problem.unit_weights[chosen & ~problem.forced].sum())
    return Suppression(forced, extra, problem.hidden(chosen), loss, is_optimal, rounds)
