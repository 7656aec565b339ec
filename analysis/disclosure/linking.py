"""Many tables as one linked set: every cell once, with the linear relations that tie the cells together."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_floats
from analysis.disclosure.tables import Axis, Members, Node, Table
from analysis.errors import InputError

Domain = tuple[tuple[str, Members], ...]
CellKey = tuple[str, Domain]
Terms = tuple[tuple[CellKey, float], ...]
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Nesting:
    """Population `smaller` lies within `larger`: an earlier version, a filter, drawn members within all."""

    smaller: str
    larger: str


@dataclass(frozen=True, eq=False)
class LinkedTables:
    """Cells (c,) of all tables with their relations (m, c): `relations @ values == 0`.

    Attributes
    ----------
    names : tuple of str
        Readable name per cell.
    base_of : (c,) int array
        Index of the cell that holds the base of the group; of a base the cell itself.
    is_shown : (c,) bool array
        Part of a table that is to be published (before suppression).
    is_public : (c,) bool array
        Published already, cannot be taken back.
    is_guarded : (c,) bool array
        Must stay unknown when too small, although it may not be printed anywhere.
    is_sensitive : (c,) bool array
        Numerators are judged too.
    """

    names: tuple[str, ...]
    keys: tuple[CellKey, ...]
    values: FloatArray
    base_of: IntArray
    is_shown: BoolArray
    is_public: BoolArray
    is_guarded: BoolArray
    is_sensitive: BoolArray
    relations: sp.csr_array
    sizes: dict[str, int]
    """Number of categories per variable."""

    @property
    def is_base(self) -> BoolArray:
        """Whether each cell is the base of a group."""
        return np.asarray(self.base_of == np.arange(len(self.names)), dtype=np.bool_)

    def cells_of(self, table: Table) -> IntArray:
        """Return the cell at every node of a table (shape of `table.node_counts`)."""
        position = {key: i for i, key in enumerate(self.keys)}
        nodes = itertools.product(*(axis.nodes for axis in table.all_axes))
        return np.array([position[_key(table, chosen)] for chosen in nodes], dtype=np.int64).reshape(
            table.node_counts.shape
        )


@dataclass
class _Cell:
    name: str
    value: float
    base: CellKey
    is_shown: bool = False
    is_public: bool = False
    is_guarded: bool = False
    is_sensitive: bool = False


@dataclass
class _Collector:
    cells: dict[CellKey, _Cell] = field(default_factory=dict)
    relations: set[Terms] = field(default_factory=set)
    axes: dict[str, tuple[str, ...]] = field(default_factory=dict)


def link_tables(tables: Sequence[Table], nestings: Sequence[Nesting] = ()) -> LinkedTables:
    """Return all cells of `tables` as one linked set, in an order that does not depend on that of the tables.

    A cell is a population and a set of categories per variable, so the same group in two tables is one cell,
    and *wijk A* of ten wijken is the *wijk A* of wijk A against the rest. Groups are tied to their categories;
    categories that no table shows stand in the set as unpublished cells.

    Raises
    ------
    InputError
        no_rows, category_mismatch (a variable with different categories), cells_disagree (the same cell with
        two counts: another version is another population, see `Nesting`), unknown_population.
    """
    if not tables:
        raise InputError("no_rows", name="tables")
    found = _Collector()
    for table in tables:
        _register_axes(found, table)
        _collect(found, table)
    for nesting in nestings:
        _nest(found, nesting)
    return _assemble(found)


def link_cells(
    values: ArrayLike,
    relations: sp.csr_array | ArrayLike,
    *,
    public: ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> LinkedTables:
    """Return a linked set from bare arrays: counts (c,) and relations (m, c) with `relations @ values == 0`.

    Every cell is taken as a base of its own that is to be shown; those in `public` (c,) bool are out already.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value, relation_broken.
    """
    v = as_floats("values", values, 1)
    n = v.shape[0]
    matrix = sp.csr_array(relations, dtype=np.float64)
    if matrix.shape[1] != n:
        raise InputError("wrong_length", name="relations", expected=n, got=matrix.shape[1])
    if not (np.isfinite(v).all() and (v >= 0).all()):
        raise InputError("invalid_value", name="values", value="a count", reason="must be finite and >= 0")
    labels = tuple(names) if names is not None else tuple(f"cell {i}" for i in range(n))
    out = np.zeros(n, dtype=np.bool_) if public is None else np.asarray(public, dtype=np.bool_)
    for name, length in (("names", len(labels)), ("public", out.shape[0])):
        if length != n:
            raise InputError("wrong_length", name=name, expected=n, got=length)
    _require_relations(matrix, v)
    keys = tuple(("cells", ((label, (i,)),)) for i, label in enumerate(labels))
    everywhere = np.ones(n, dtype=np.bool_)
    nowhere = np.zeros(n, dtype=np.bool_)
    return LinkedTables(labels, keys, v, np.arange(n), everywhere, out, everywhere, nowhere, matrix, {})


def _register_axes(found: _Collector, table: Table) -> None:
    for axis in table.all_axes:
        if found.axes.setdefault(axis.variable, axis.categories) != axis.categories:
            raise InputError("category_mismatch", table=table.name, variable=axis.variable)


def _collect(found: _Collector, table: Table) -> None:
    counts, shown = table.node_counts, table.node_shown
    grid = [axis.nodes for axis in table.all_axes]
    for position in itertools.product(*(range(len(nodes)) for nodes in grid)):
        chosen = [nodes[i] for nodes, i in zip(grid, position, strict=True)]
        cell = _cell_at(found, table, chosen, float(counts[position]))
        is_shown = bool(shown[position])
        cell.is_shown |= is_shown
        cell.is_public |= is_shown and table.is_public
        cell.is_guarded |= table.is_shown
        cell.is_sensitive |= table.is_sensitive
        found.relations.update(_relations(table, chosen))


def _cell_at(found: _Collector, table: Table, chosen: list[Node], value: float) -> _Cell:
    key = _key(table, chosen)
    cell = found.cells.get(key)
    if cell is None:
        base = key if table.answers is None else _key(table, [*chosen[:-1], table.answers.nodes[-1]])
        cell = found.cells[key] = _Cell(_name(table, chosen), value, base)
    elif abs(cell.value - value) > _TOLERANCE:
        raise InputError("cells_disagree", cell=cell.name, table=table.name, first=cell.value, second=value)
    return cell


def _key(table: Table, chosen: Sequence[Node]) -> CellKey:
    parts = [
        (axis.variable, node.members)
        for axis, node in zip(table.all_axes, chosen, strict=True)
        if len(node.members) < len(axis.categories)
    ]
    return table.population, tuple(sorted(parts))


def _name(table: Table, chosen: Sequence[Node]) -> str:
    parts = [
        f"{axis.variable}={node.label}"
        for axis, node in zip(table.all_axes, chosen, strict=True)
        if len(node.members) < len(axis.categories)
    ]
    return f"{table.population}: {', '.join(sorted(parts)) or 'everybody'}"


def _relations(table: Table, chosen: list[Node]) -> Iterable[Terms]:
    """A union of categories is the sum of its categories, along each axis with the others held."""
    for position, (axis, node) in enumerate(zip(table.all_axes, chosen, strict=True)):
        if len(node.members) > 1:
            parts = [_key(table, _replaced(chosen, position, axis, member)) for member in node.members]
            yield ((_key(table, chosen), 1.0), *((part, -1.0) for part in sorted(parts)))


def _replaced(chosen: list[Node], position: int, axis: Axis, member: int) -> list[Node]:
    return [*chosen[:position], Node(axis.categories[member], (member,), False), *chosen[position + 1 :]]


def _nest(found: _Collector, nesting: Nesting) -> None:
    domains = [domain for population, domain in found.cells if population == nesting.smaller]
    shared = [domain for domain in domains if (nesting.larger, domain) in found.cells]
    if not shared:
        raise InputError("unknown_population", smaller=nesting.smaller, larger=nesting.larger)
    label = f"{nesting.larger} without {nesting.smaller}"
    for domain in shared:
        large, small = found.cells[nesting.larger, domain], found.cells[nesting.smaller, domain]
        if large.value < small.value - _TOLERANCE:
            raise InputError("cells_disagree", cell=large.name, table=small.name, first=large.value, second=small.value)
        name = label + large.name[len(nesting.larger) :]
        rest = _Cell(name, large.value - small.value, (label, large.base[1]), is_guarded=True)
        rest.is_sensitive = large.is_sensitive
        found.cells[label, domain] = rest
        found.relations.add(
            (((nesting.larger, domain), 1.0), ((label, domain), -1.0), ((nesting.smaller, domain), -1.0))
        )


def _assemble(found: _Collector) -> LinkedTables:
    keys = tuple(sorted(found.cells))
    position = {key: i for i, key in enumerate(keys)}
    cells = [found.cells[key] for key in keys]
    return LinkedTables(
        tuple(cell.name for cell in cells),
        keys,
        np.array([cell.value for cell in cells]),
        np.array([position.get(cell.base, i) for i, cell in enumerate(cells)], dtype=np.int64),
        np.array([cell.is_shown for cell in cells]),
        np.array([cell.is_public for cell in cells]),
        np.array([cell.is_guarded for cell in cells]),
        np.array([cell.is_sensitive for cell in cells]),
        relation_matrix(
            [[(position[key], sign) for key, sign in terms] for terms in sorted(found.relations)], len(keys)
        ),
        {variable: len(categories) for variable, categories in found.axes.items()},
    )


def relation_matrix(rows: Sequence[Sequence[tuple[int, float]]], n_cells: int) -> sp.csr_array:
    """Return relations, each a list of (cell, coefficient), as a sparse matrix (m, c)."""
    indptr = np.cumsum([0, *(len(row) for row in rows)])
    indices = np.array([cell for row in rows for cell, _ in row], dtype=np.int64)
    data = np.array([sign for row in rows for _, sign in row], dtype=np.float64)
    return sp.csr_array((data, indices, indptr), shape=(len(rows), n_cells))


def _require_relations(matrix: sp.csr_array, values: FloatArray) -> None:
    gap = np.abs(matrix @ values)
    if gap.size and gap.max() > _TOLERANCE * (1 + values.max(initial=0)):
        row = int(np.argmax(gap))
        raise InputError("relation_broken", row=row, gap=float(gap[row]))
