"""Groups that nobody printed, but that follow by subtracting one printed group from another."""

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from analysis.arrays import BoolArray, IntArray
from analysis.disclosure.linking import CellKey, Domain, LinkedTables, relation_matrix


@dataclass(frozen=True)
class Difference:
    """Subtracting `smaller` from `larger`, both shown, gives the answers of a group of `base` persons."""

    larger: str
    smaller: str
    base: float
    larger_index: int
    smaller_index: int


def small_differences(linked: LinkedTables, visible: BoolArray, floor: int) -> tuple[Difference, ...]:
    """Return every pair of visible groups, one within the other, that differ by fewer than `floor` answers.

    Parameters
    ----------
    visible : (c,) bool array
        Cells that everybody can see: published before, or about to be.
    floor : int
        Smallest base that may be known.

    Notes
    -----
    Pairs within one population; between populations a `Nesting` puts the difference into the linked set, and
    several groups subtracted at once are found by the audit.
    """
    found = []
    bases = np.flatnonzero(linked.is_base & visible)
    populations = np.array([linked.keys[i][0] for i in bases])
    for population in sorted(set(populations.tolist())):
        found += _within(linked, bases[populations == population], floor)
    return tuple(found)


def with_differences(linked: LinkedTables, floor: int) -> LinkedTables:
    """Return the linked set with a guarded cell for each small difference that has no cell yet.

    The difference of two groups in several variables (*women of wijk A* within *women and men over 65*) is not a
    union of categories; with a cell of its own the suppression and the audit protect it like any other group.
    """
    large = linked.values >= floor
    pairs = small_differences(linked, (linked.is_shown | linked.is_public) & large, floor)
    known = set(linked.keys)
    fresh = [pair for pair in pairs if _as_domain(linked, pair) not in known]
    return _extend(linked, fresh) if fresh else linked


def _within(linked: LinkedTables, cells: IntArray, floor: int) -> list[Difference]:
    variables = sorted({variable for i in cells for variable, _ in linked.keys[i][1]} & set(linked.sizes))
    covers = np.hstack([np.zeros((cells.shape[0], 0)), *(_coverage(linked, cells, variable) for variable in variables)])
    outside = covers @ (1 - covers).T
    gap = linked.values[cells][None, :] - linked.values[cells][:, None]
    smaller, larger = np.nonzero((outside == 0) & (gap > 0) & (gap < floor))
    return [
        Difference(linked.names[b], linked.names[a], float(linked.values[b] - linked.values[a]), int(b), int(a))
        for a, b in zip(cells[smaller], cells[larger], strict=True)
        if variables
    ]


def _coverage(linked: LinkedTables, cells: IntArray, variable: str) -> np.ndarray:
    """(cells, categories): which categories of the variable each group takes in; all when it does not mention it."""
    covers = np.ones((cells.shape[0], linked.sizes[variable]))
    for row, cell in enumerate(cells):
        members = dict(linked.keys[cell][1]).get(variable)
        if members is not None:
            covers[row] = 0
            covers[row, list(members)] = 1
    return covers


def _as_domain(linked: LinkedTables, pair: Difference) -> CellKey:
    """The key of the difference when both differ in one variable; otherwise a key that no table has."""
    population, larger = linked.keys[pair.larger_index]
    smaller = dict(linked.keys[pair.smaller_index][1])
    wide = dict(larger)
    changed = [variable for variable, members in smaller.items() if wide.get(variable) != members]
    if len(changed) != 1:
        return _difference_key(linked, pair, ())
    variable = changed[0]
    everything = tuple(range(linked.sizes[variable]))
    rest = set(wide.get(variable, everything)) - set(smaller[variable])
    return population, tuple(sorted({**wide, variable: tuple(sorted(rest))}.items()))


def _difference_key(linked: LinkedTables, pair: Difference, answer: Domain) -> CellKey:
    return linked.keys[pair.larger_index][0], tuple(sorted([(f"{pair.larger} without {pair.smaller}", ()), *answer]))


def _extend(linked: LinkedTables, pairs: list[Difference]) -> LinkedTables:
    n = len(linked.names)
    rows: list[tuple[tuple[int, float], ...]] = []
    names: list[str] = []
    keys: list[CellKey] = []
    bases: list[int] = []
    sensitive: list[bool] = []
    for pair in pairs:
        first = n + len(keys)
        for large, small, answer in _matched(linked, pair):
            rows.append(((large, 1.0), (small, -1.0), (n + len(keys), -1.0)))
            label = f", {answer[0][0]} {answer[0][1]}" if answer else ""
            names.append(f"{pair.larger} without {pair.smaller}{label}")
            keys.append(_difference_key(linked, pair, answer))
            bases.append(first)
            sensitive.append(bool(linked.is_sensitive[large]))
    total = n + len(keys)
    old = sp.csr_array(
        (linked.relations.data, linked.relations.indices, linked.relations.indptr), (linked.relations.shape[0], total)
    )
    values = [linked.values[row[0][0]] - linked.values[row[1][0]] for row in rows]
    nowhere = np.zeros(len(keys), dtype=np.bool_)
    return replace(
        linked,
        names=(*linked.names, *names),
        keys=(*linked.keys, *keys),
        values=np.append(linked.values, values),
        base_of=np.append(linked.base_of, bases).astype(np.int64),
        is_shown=np.append(linked.is_shown, nowhere),
        is_public=np.append(linked.is_public, nowhere),
        is_guarded=np.append(linked.is_guarded, ~nowhere),
        is_sensitive=np.append(linked.is_sensitive, np.array(sensitive, dtype=np.bool_)),
        relations=sp.csr_array(sp.vstack([old, relation_matrix(rows, total)])),
    )


def _matched(linked: LinkedTables, pair: Difference) -> list[tuple[int, int, Domain]]:
    """The bases of the pair first, then each answer that both groups have."""
    small = _answers(linked, pair.smaller_index)
    large = _answers(linked, pair.larger_index)
    shared = sorted(answer for answer in large if answer in small and answer)
    return [(large[answer], small[answer], answer) for answer in [(), *shared]]


def _answers(linked: LinkedTables, base: int) -> dict[Domain, int]:
    group = set(linked.keys[base][1])
    return {
        tuple(part for part in linked.keys[i][1] if part not in group): int(i)
        for i in np.flatnonzero(linked.base_of == base)
    }
