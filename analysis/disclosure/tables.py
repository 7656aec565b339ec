"""What a wave publishes: tables of counts, each over class variables and the answers to one item."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_codes, as_numbers, require_count, require_length
from analysis.errors import InputError

Members = tuple[int, ...]


@dataclass(frozen=True)
class Group:
    """A named union of categories: a municipality part, *65 and older*, *the rest*."""

    name: str
    members: Members


@dataclass(frozen=True)
class Node:
    """One position on an axis: a category, a group or the total."""

    label: str
    members: Members
    is_shown: bool


@dataclass(frozen=True)
class Axis:
    """One variable of a table, with its finest categories and the groups of them that the table shows.

    The categories partition the population: people without a value need a category of their own, which may
    stay hidden (`shows_categories=False` and groups for what is shown). Two axes with the same `variable` are
    linked through the same categories, whatever groups each of them shows.
    """

    variable: str
    categories: tuple[str, ...]
    groups: tuple[Group, ...] = ()
    shows_categories: bool = True
    shows_total: bool = True

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Categories in order, then groups, then the total; equal sets once."""
        everything = tuple(range(len(self.categories)))
        found: dict[Members, Node] = {}
        for i, category in enumerate(self.categories):
            _keep(found, Node(category, (i,), self.shows_categories))
        for group in self.groups:
            _keep(found, Node(group.name, tuple(sorted(set(group.members))), True))
        _keep(found, Node("total", everything, self.shows_total))
        return tuple(found.values())


@dataclass(frozen=True, eq=False)
class Table:
    """Unweighted counts over class variables and, last, the answers to an item.

    Attributes
    ----------
    population : str
        Who is counted, e.g. everybody who answered item q1. Tables of one population are linked.
    axes : tuple of Axis
        Class variables.
    counts : (k1, ..., kd) or (k1, ..., kd, a) array
        Answers per combination of the finest categories; the last axis is that of `answers` when given.
    answers : Axis, optional
        Answers to the item; its total is the base. Without it every cell is a base.
    is_sensitive : bool
        Numerators are judged too.
    is_shown : bool
        False for a cross that nobody publishes, but through which an attacker may reason.
    visible : (n1, ..., nd) bool array, optional
        Only for tables that are public already: which nodes (`Axis.nodes` order) were shown; None: all shown ones.
    """

    name: str
    population: str
    axes: tuple[Axis, ...]
    counts: FloatArray
    answers: Axis | None = None
    is_sensitive: bool = False
    is_shown: bool = True
    is_public: bool = False
    visible: BoolArray | None = None
    all_axes: tuple[Axis, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "all_axes", self.axes if self.answers is None else (*self.axes, self.answers))
        object.__setattr__(self, "counts", as_numbers(self.name, self.counts))
        _require_axes(self)
        _require_counts(self)

    @property
    def node_counts(self) -> FloatArray:
        """Counts of every node of every axis, totals included."""
        values = self.counts
        for position, axis in enumerate(self.all_axes):
            values = np.moveaxis(np.tensordot(_membership(axis), values, axes=(1, position)), 0, position)
        return np.asarray(values, dtype=np.float64)

    @property
    def node_shown(self) -> BoolArray:
        """Whether each node is shown, before any suppression."""
        shape = tuple(len(axis.nodes) for axis in self.all_axes)
        shown = np.full(shape, self.is_shown)
        for position, axis in enumerate(self.all_axes):
            flags = np.array([node.is_shown for node in axis.nodes])
            shown &= flags.reshape([-1 if i == position else 1 for i in range(len(shape))])
        return shown if self.visible is None else shown & self.visible


def count_table(
    codes: ArrayLike, n_categories: Sequence[int], answers: ArrayLike | None = None, n_answers: int = 0
) -> FloatArray:
    """Count rows per combination of categories, and per answer when `answers` are given.

    Parameters
    ----------
    codes : (n, d) integer array
        Category per class variable.
    answers : (n,) integer array, optional
        Answer per row; rows with a negative code did not answer and are left out.

    Raises
    ------
    InputError
        code_out_of_range, wrong_length, not_integer.
    """
    columns = as_codes("codes", codes, 2)
    sizes = [require_count("n_categories", size) for size in as_codes("n_categories", n_categories, 1)]
    if answers is not None:
        require_count("n_answers", n_answers)
        given = as_codes("answers", answers, 1)
        require_length("answers", given, columns.shape[0])
        columns, sizes = np.column_stack([columns, given])[given >= 0], [*sizes, n_answers]
    _require_codes(columns, sizes)
    counts = np.zeros(sizes)
    np.add.at(counts, tuple(columns.T), 1)
    return counts


def _keep(found: dict[Members, Node], node: Node) -> None:
    earlier = found.get(node.members)
    if earlier is None:
        found[node.members] = node
    elif node.is_shown and not earlier.is_shown:
        found[node.members] = Node(earlier.label, node.members, True)


def _membership(axis: Axis) -> FloatArray:
    nodes = axis.nodes
    matrix = np.zeros((len(nodes), len(axis.categories)))
    for row, node in enumerate(nodes):
        matrix[row, list(node.members)] = 1
    return matrix


def _require_axes(table: Table) -> None:
    variables = [axis.variable for axis in table.all_axes]
    if len(set(variables)) < len(variables):
        raise InputError("invalid_value", name=table.name, value=variables, reason="a variable stands there twice")
    for axis in table.all_axes:
        last = len(axis.categories) - 1
        for group in axis.groups:
            if not group.members or min(group.members) < 0 or max(group.members) > last:
                raise InputError("code_out_of_range", name=group.name, value=group.members, last=last)


def _require_counts(table: Table) -> None:
    shape = tuple(len(axis.categories) for axis in table.all_axes)
    if table.counts.shape != shape:
        raise InputError("wrong_length", name=table.name, expected=shape, got=table.counts.shape)
    if not (np.isfinite(table.counts).all() and (table.counts >= 0).all()):
        raise InputError("invalid_value", name=table.name, value="a count", reason="must be finite and >= 0")
    nodes = tuple(len(axis.nodes) for axis in table.all_axes)
    if table.visible is not None and np.shape(table.visible) != nodes:
        raise InputError("wrong_length", name=f"{table.name}.visible", expected=nodes, got=np.shape(table.visible))


def _require_codes(columns: IntArray, sizes: list[int]) -> None:
    if columns.shape[1] != len(sizes):
        raise InputError("wrong_shape", name="codes", expected=(2, len(sizes)), got=columns.shape)
    for position, size in enumerate(sizes):
        column = columns[:, position]
        if column.size and (column.min() < 0 or column.max() >= size):
            raise InputError("code_out_of_range", name="codes", value=int(column.max()), last=size - 1)
