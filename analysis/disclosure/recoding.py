"""How microdata become k-anonymous: merge categories along the declared trees, blank what still stands out."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_floats, require_length
from analysis.disclosure.anonymity import DEFAULT_K, class_labels, require_microdata
from analysis.disclosure.hierarchies import Coding, Hierarchy, merge_group, recode
from analysis.errors import DisclosureError, InputError

BLANK = -1
_ALL_SUBSETS = 12


@dataclass(frozen=True)
class MergedGroup:
    """Categories of a variable that become one."""

    variable: str
    categories: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Recoding:
    """Microdata that are k-anonymous.

    Attributes
    ----------
    codes : (n, d) int array
        What may leave: a merged category is coded by its first member, -1 is blank.
    merges : tuple of MergedGroup
        The proposal for the analyst.
    n_blanked : int
        Values blanked in single rows.
    loss : float
        0 (all kept) to 1 (nothing left), weighted over variables.
    is_optimal : bool
        Every coding that the trees allow was weighed.
    within_allowance : bool
        No larger share of values is blank than allowed.
    """

    codes: IntArray
    merges: tuple[MergedGroup, ...]
    n_blanked: int
    loss: float
    is_optimal: bool
    within_allowance: bool


def propose_recoding(
    codes: ArrayLike,
    hierarchies: Sequence[Hierarchy],
    k: int = DEFAULT_K,
    *,
    importance: ArrayLike | None = None,
    max_blanked: float = 0.05,
    exact_up_to: int = 5_000,
) -> Recoding:
    """Return the coding and blanks of least loss with which every combination is shared by `k` rows.

    Loss of a value: (merged categories - 1) / (all categories - 1), of a blank 1; averaged over rows and, by
    importance, over variables. Codings are weighed from the least loss up until none can be better; when the
    trees allow more than `exact_up_to` of them, merges are added one by one by rows saved per loss instead.

    Parameters
    ----------
    codes : (n, d) int array
        Category per variable; -1 is blank already.
    hierarchies : sequence of Hierarchy
        One per column.
    importance : (d,) array, optional
        Weight of each variable (positive); default equal.
    max_blanked : float
        Share of values that may be blanked, 0 to 1. Where no coding allows that, the least loss counts alone.

    Raises
    ------
    DisclosureError
        not_anonymous: fewer than k rows.
    InputError
        wrong_shape, wrong_length, not_integer, no_rows, code_out_of_range, invalid_value.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control, Wiley, sections 3.3-3.4 (global recoding, local
    suppression). Iyengar, V. (2002). Transforming data to satisfy privacy constraints. KDD '02, 279-288 (loss).
    """
    table = _require_rows(codes, hierarchies, k)
    shares = _shares(importance, len(hierarchies))
    n_codings = math.prod(hierarchy.n_codings() for hierarchy in hierarchies)
    task = _Task(table, tuple(hierarchies), k, shares, max_blanked)
    is_exact = n_codings <= exact_up_to
    candidates = _by_loss(task) if is_exact else _step_by_step(task)
    best = _best(task, candidates, stops_early=is_exact)
    return Recoding(
        best.codes,
        _merges(hierarchies, best.codings),
        best.n_blanked,
        best.loss,
        is_exact,
        task.is_allowed(best.n_blanked),
    )


def blank_locally(codes: ArrayLike, k: int = DEFAULT_K, *, importance: ArrayLike | None = None) -> IntArray:
    """Return `codes` (n, d) with as few values as it takes blanked (-1) to be k-anonymous, greedily.

    A blank is a value of its own: rows with the same blanks and the same other values have to be `k`. Sets of
    variables are tried from least to most important. A last few rows are joined by the smallest class.

    Raises
    ------
    DisclosureError
        not_anonymous: fewer than k rows.
    InputError
        As `propose_recoding`.
    """
    table = require_microdata(codes, k)
    _require_enough(table, k)
    return _blank(table, k, _shares(importance, table.shape[1]))


@dataclass(frozen=True, eq=False)
class _Task:
    table: IntArray
    hierarchies: tuple[Hierarchy, ...]
    k: int
    shares: FloatArray
    max_blanked: float

    def is_allowed(self, n_blanked: int) -> bool:
        """Whether no larger share of values is blank than allowed."""
        return n_blanked <= self.max_blanked * self.table.size

    def merging_loss(self, column: int, coding: Coding) -> float:
        """Loss of one variable before anything is blanked."""
        return float(self.losses(column, coding).mean() * self.shares[column])

    def losses(self, column: int, coding: Coding) -> FloatArray:
        """Loss of each value (n,) of one variable; what was blank already loses nothing."""
        return np.append(self.hierarchies[column].loss(coding), 0.0)[self.table[:, column]]


@dataclass(frozen=True, eq=False)
class _Outcome:
    codings: tuple[Coding, ...]
    codes: IntArray
    n_blanked: int
    loss: float


def _by_loss(task: _Task) -> Iterator[tuple[float, tuple[Coding, ...]]]:
    """All codings, those that lose least first."""
    options = [
        [(task.merging_loss(i, coding), coding) for coding in hierarchy.codings()]
        for i, hierarchy in enumerate(task.hierarchies)
    ]
    weighed = [
        (sum(loss for loss, _ in choice), tuple(coding for _, coding in choice))
        for choice in itertools.product(*options)
    ]
    yield from sorted(weighed)


def _step_by_step(task: _Task) -> Iterator[tuple[float, tuple[Coding, ...]]]:
    """From nothing merged, each time the merge that saves most rows per loss."""
    codings = tuple(hierarchy.finest for hierarchy in task.hierarchies)
    while True:
        yield sum(task.merging_loss(i, coding) for i, coding in enumerate(codings)), codings
        steps = list(_steps(task, codings))
        if not steps:
            return
        codings = max(steps, key=lambda step: step[0])[1]


def _steps(task: _Task, codings: tuple[Coding, ...]) -> Iterator[tuple[float, tuple[Coding, ...]]]:
    before = _n_rare(recode(task.table, codings), task.k)
    for i, hierarchy in enumerate(task.hierarchies):
        for group in hierarchy.groups():
            merged = merge_group(codings[i], group)
            if len(set(merged)) < len(set(codings[i])):
                after = (*codings[:i], merged, *codings[i + 1 :])
                saved = before - _n_rare(recode(task.table, after), task.k)
                added = task.merging_loss(i, merged) - task.merging_loss(i, codings[i])
                yield (saved + 1e-9) / (added + 1e-9), after


def _best(task: _Task, candidates: Iterator[tuple[float, tuple[Coding, ...]]], *, stops_early: bool) -> _Outcome:
    """The least loss among those within the allowance, or among all when none is."""
    best = _outcome(task, next(candidates)[1])
    for merging_loss, codings in candidates:
        if stops_early and task.is_allowed(best.n_blanked) and merging_loss >= best.loss:
            break
        outcome = _outcome(task, codings)
        if _rank(task, outcome) < _rank(task, best):
            best = outcome
    return best


def _rank(task: _Task, outcome: _Outcome) -> tuple[bool, float]:
    return not task.is_allowed(outcome.n_blanked), outcome.loss


def _outcome(task: _Task, codings: tuple[Coding, ...]) -> _Outcome:
    merged = recode(task.table, codings)
    codes = _blank(merged, task.k, task.shares)
    blanked = (codes == BLANK) & (merged != BLANK)
    losses = np.column_stack([task.losses(i, coding) for i, coding in enumerate(codings)])
    loss = (np.where(blanked, 1.0, losses) @ task.shares).mean()
    return _Outcome(codings, codes, int(blanked.sum()), float(loss))


def _blank(table: IntArray, k: int, shares: FloatArray) -> IntArray:
    codes = table.copy()
    settled = _class_sizes(codes) >= k
    for variables in _subsets(shares):
        if settled.all():
            return codes
        trial = codes.copy()
        trial[:, variables] = np.where(settled[:, None], codes[:, variables], BLANK)
        found = ~settled & (_class_sizes(trial) >= k)
        codes[found] = trial[found]
        settled |= found
    return _join_rest(codes, settled, k)


def _join_rest(codes: IntArray, settled: BoolArray, k: int) -> IntArray:
    """Fewer than k rows are left: they lose all values, and so does the smallest class beside them."""
    if settled.all():
        return codes
    codes[~settled] = BLANK
    sizes = np.where(settled, _class_sizes(codes), codes.shape[0] + 1)
    smallest = codes[int(np.argmin(sizes))].copy()
    codes[(codes == smallest).all(axis=1)] = BLANK
    return codes


def _subsets(shares: FloatArray) -> list[list[int]]:
    """Sets of columns by importance; of very many columns only one, two or all."""
    n = shares.shape[0]
    sizes = range(1, n + 1) if n <= _ALL_SUBSETS else (1, 2, n)
    found = [list(s) for size in sizes for s in itertools.combinations(range(n), size)]
    return sorted(found, key=lambda subset: (round(float(shares[subset].sum()), 12), subset))


def _class_sizes(codes: IntArray) -> IntArray:
    labels = class_labels(codes)
    return np.asarray(np.bincount(labels)[labels], dtype=np.int64)


def _n_rare(codes: IntArray, k: int) -> int:
    return int(np.count_nonzero(_class_sizes(codes) < k))


def _merges(hierarchies: Sequence[Hierarchy], codings: tuple[Coding, ...]) -> tuple[MergedGroup, ...]:
    found = []
    for hierarchy, coding in zip(hierarchies, codings, strict=True):
        for code in dict.fromkeys(coding):
            members = [hierarchy.categories[i] for i, own in enumerate(coding) if own == code]
            found += [MergedGroup(hierarchy.variable, tuple(members))] if len(members) > 1 else []
    return tuple(found)


def _shares(importance: ArrayLike | None, n: int) -> FloatArray:
    given = np.ones(n) if importance is None else as_floats("importance", importance, 1)
    require_length("importance", given, n)
    if not (np.isfinite(given).all() and (given > 0).all()):
        raise InputError("invalid_value", name="importance", value=given.tolist(), reason="must be finite and > 0")
    return np.asarray(given / given.sum(), dtype=np.float64)


def _require_rows(codes: ArrayLike, hierarchies: Sequence[Hierarchy], k: int) -> IntArray:
    table = require_microdata(codes, k)
    if table.shape[1] != len(hierarchies):
        raise InputError("wrong_length", name="hierarchies", expected=table.shape[1], got=len(hierarchies))
    for column, hierarchy in zip(table.T, hierarchies, strict=True):
        last = len(hierarchy.categories) - 1
        if column.min() < BLANK or column.max() > last:
            raise InputError("code_out_of_range", name=hierarchy.variable, value=int(column.max()), last=last)
    _require_enough(table, k)
    return table


def _require_enough(table: IntArray, k: int) -> None:
    if table.shape[0] < k:
        raise DisclosureError("not_anonymous", n_rows=table.shape[0], k=k)
