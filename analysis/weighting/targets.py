"""The calibration problem on cells: targets per margin and per total, and how far weights are from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.errors import ConvergenceError, MarginError
from analysis.weighting.margins import Margin
from analysis.weighting.membership import Membership

_DEPENDENT = 1e-10
_GOLDEN = 0.6180339887498949
_BLOCK = 512
_CONTRADICTION = 1e-9
_NOTHING = 1e-300


@dataclass(frozen=True, eq=False)
class Target:
    """One margin on cells: `goals` for the classes it constrains, which are `columns` of the incidence.

    `numerators` and `least` keep factors of empty classes at 1, and no goal from being divided by nought.
    """

    margin: Margin
    goals: FloatArray
    columns: slice
    numerators: FloatArray
    least: FloatArray

    @property
    def n_constrained(self) -> int:
        """Number of classes that are constrained; later classes of the margin are free."""
        return int(self.goals.shape[0])

    @property
    def has_free_class(self) -> bool:
        """Whether the goals are shares of what the constrained classes hold, whatever that is."""
        return bool(self.margin.excluded_classes)

    @cached_property
    def used(self) -> IntArray:
        """Classes that need a constraint: the first one with people follows from the rest."""
        return np.flatnonzero(self.goals > 0)[1:]

    def factors(self, sums: FloatArray) -> FloatArray:
        """Return what brings weighted counts (k,) of all classes to this margin, by the least multiplicative change."""
        if not self.has_free_class:
            return self.numerators / np.maximum(sums, self.least)
        factors = np.ones_like(sums)
        constrained = factors[: self.n_constrained]
        np.divide(self.numerators, np.maximum(sums[: self.n_constrained], self.least), out=constrained)
        # only shares among the constrained classes are asked: what these hold together is not the margin's to set
        constrained /= np.exp((self.goals / self.goals.sum()) @ np.log(constrained))
        return factors


@dataclass(frozen=True, eq=False)
class NumericTarget:
    """A total that a numeric variable must reach; `values` (c,) are means per cell."""

    variable: str
    values: FloatArray
    total: float
    scale: float
    """What the error is relative to: |total|, or the sum of d |x| when the total is nought."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A set of targets on cells with base weights `cell_base` (c,); `total` is declared, None when no constraint."""

    total: float | None
    targets: tuple[Target, ...]
    numeric: tuple[NumericTarget, ...]
    membership: Membership
    cell_base: FloatArray
    goals: FloatArray

    @property
    def incidence(self) -> FloatArray:
        """Which share of a cell (c, K) belongs to each constrained class: 0 or 1, except in households."""
        return self.membership.incidence

    @property
    def design(self) -> FloatArray:
        """The constraint variables (c, p), none of which follows from the others; raises as `refuse_contradictions`."""
        return self._constraints[0]

    @property
    def totals(self) -> FloatArray:
        """The totals (p,) that the constraint variables must reach; raises as `refuse_contradictions`."""
        return self._constraints[1]

    def refuse_contradictions(self) -> None:
        """Make the constraint variables, which few problems need in order to be solved.

        Raises
        ------
        ConvergenceError
            margins_contradict: a class that follows from other margins is given another total than they imply.
        MarginError
            collinear_total: a numeric total that follows from the other constraints.
        """
        _ = self._constraints

    @cached_property
    def _constraints(self) -> tuple[FloatArray, FloatArray]:
        columns = _Columns(self.total, self.targets, self.numeric)
        design, totals = columns.design(self.incidence, self.cell_base), columns.totals()
        kept = _independent_columns(design, totals, self.cell_base, columns)
        return (design, totals) if kept is None else (design.T[kept].T, totals[kept])

    def sums(self, cell_weights: FloatArray) -> FloatArray:
        """Return the weighted count (K,) of every constrained class."""
        return self.membership.sums(cell_weights)

    def wanted(self, sums: FloatArray) -> FloatArray:
        """Return the count (K,) each constrained class should have: fixed, or a share of the covered classes."""
        if not self.has_free_classes:
            return self.goals
        wanted = self.goals.copy()
        for target in self._free:
            wanted[target.columns] *= sums[target.columns].sum() / target.goals.sum()
        return wanted

    def errors(self, cell_weights: FloatArray) -> FloatArray:
        """Return the relative error of every class and numeric total (0 where the population has nobody)."""
        sums = self.sums(cell_weights)
        wanted = self.wanted(sums)
        relative = (sums - wanted) / np.where(wanted > 0, wanted, 1.0)
        if not self.numeric:
            return relative
        return np.append(relative, [(cell_weights @ n.values - n.total) / n.scale for n in self.numeric])

    def max_error(self, cell_weights: FloatArray) -> float:
        """Return the largest relative error over all targets and over the declared total."""
        error = float(np.abs(self.errors(cell_weights)).max(initial=0.0))
        if self.total is None:
            return error
        return max(error, abs(float(cell_weights.sum()) / self.total - 1.0))

    def name(self, constraint: int) -> tuple[str, str]:
        """Return the variable and category ("total" for a numeric one) of entry `constraint` of `errors`."""
        for target in self.targets:
            if target.columns.start <= constraint < target.columns.stop:
                return target.margin.variable, target.margin.all_categories[constraint - target.columns.start]
        return self.numeric[constraint - self.incidence.shape[1]].variable, "total"

    @property
    def has_free_classes(self) -> bool:
        """Whether some margin leaves classes alone."""
        return bool(self._free)

    @cached_property
    def _free(self) -> tuple[Target, ...]:
        return tuple(target for target in self.targets if target.has_free_class)


def build_problem(
    membership: Membership,
    cell_base: FloatArray,
    total: float | None,
    numeric: Sequence[NumericTarget] = (),
) -> Problem:
    """Return the problem of the margins of `membership` on cells with base weights `cell_base` (c,)."""
    margins, places = membership.margins, membership.places
    goals = np.concatenate([np.zeros(0), *_goals(membership, cell_base, total)])
    is_wanted = goals > 0
    numerators, least = np.where(is_wanted, goals, 1.0), np.where(is_wanted, _NOTHING, 1.0)
    targets = tuple(Target(m, goals[p], p, numerators[p], least[p]) for m, p in zip(margins, places, strict=True))
    return Problem(total, targets, tuple(numeric), membership, cell_base, goals)


def _goals(membership: Membership, cell_base: FloatArray, total: float | None) -> Iterator[FloatArray]:
    """Yield per margin what its classes are to hold; own classes keep the share that they have."""
    size = float(cell_base.sum()) if total is None else total
    for margin, place in zip(membership.margins, membership.places, strict=True):
        shares = margin.totals / margin.totals.sum()
        if margin.own_classes:
            observed = membership.sums(cell_base)[place]
            own = observed[len(margin.categories) :] / observed.sum()
            shares = np.concatenate([shares * (1.0 - own.sum()), own])
        yield shares * size


@dataclass(frozen=True, eq=False)
class _Columns:
    """The constraint variables: constant, classes per margin, numeric variables (centred and scaled)."""

    total: float | None
    targets: tuple[Target, ...]
    numeric: tuple[NumericTarget, ...]

    def design(self, incidence: FloatArray, cell_base: FloatArray) -> FloatArray:
        n_constant = 0 if self.total is None else 1
        n_classes = self._used.shape[0]
        # one row per constraint, filled in place: at thousands of profiles every further copy costs more than its sums
        rows = np.ones((n_constant + n_classes + len(self.numeric), cell_base.shape[0]))
        classes = rows[n_constant : n_constant + n_classes]
        np.take(incidence.T, self._used, axis=0, out=classes, mode="clip")
        for target, place in zip(self.targets, self._places, strict=True):
            if target.has_free_class:
                covered = incidence[:, target.columns].sum(axis=1)
                classes[place] -= np.outer(target.goals[target.used] / target.goals.sum(), covered)
        for row, numeric in zip(rows[n_constant + n_classes :], self.numeric, strict=True):
            row[:] = self._numeric_column(numeric, cell_base)
        return rows.T

    @cached_property
    def _used(self) -> IntArray:
        """Columns of the incidence that become constraints."""
        return np.concatenate([np.zeros(0, dtype=np.int64), *(t.used + t.columns.start for t in self.targets)])

    @cached_property
    def _places(self) -> list[slice]:
        """Where each target stands among the used columns."""
        ends = np.cumsum([0, *(target.used.shape[0] for target in self.targets)])
        return [slice(int(a), int(b)) for a, b in pairwise(ends)]

    def totals(self) -> FloatArray:
        parts = [[] if self.total is None else [self.total]]
        for target in self.targets:
            used = target.used
            parts.append([0.0] * used.shape[0] if target.has_free_class else list(target.goals[used]))
        parts.extend([0.0 if self.total is not None else n.total / n.scale] for n in self.numeric)
        return np.array([total for part in parts for total in part])

    def name(self, column: int) -> tuple[str, str]:
        """Return variable and category of a column; the constant is never asked for."""
        names = [] if self.total is None else [("", "")]
        for target in self.targets:
            names.extend((target.margin.variable, target.margin.all_categories[k]) for k in target.used)
        names.extend((n.variable, "") for n in self.numeric)
        return names[column]

    def _numeric_column(self, target: NumericTarget, cell_base: FloatArray) -> FloatArray:
        if self.total is None:
            return target.values / target.scale
        centred = target.values - target.total / self.total
        spread = float(np.sqrt(cell_base @ centred**2 / cell_base.sum()))
        return centred / spread if spread > 0 else centred


def _independent_columns(
    design: FloatArray, totals: FloatArray, cell_base: FloatArray, columns: _Columns
) -> IntArray | None:
    """Return the columns that do not follow from earlier ones, as when two margins share a class; None for all."""
    weights = cell_base / cell_base.sum()
    size = np.einsum("i,ij,ij->j", weights, design, design)
    # what is independent on some of the cells is so on all: mostly a few are enough to see it
    few = _spread_rows(*design.shape)
    if few.size and _all_independent(weighted_gram(design[few], weights[few]), size):
        return None
    gram = weighted_gram(design, weights)
    if _all_independent(gram, size):
        return None
    kept: list[int] = []
    # the inverse of the Cholesky root of what is kept grows by a row: the work of one solution for all columns
    inverse = np.zeros_like(gram)
    for j in range(gram.shape[0]):
        n_kept = len(kept)
        known = inverse[:n_kept, :n_kept]
        explained = known @ gram[kept, j]
        left = float(gram[j, j] - explained @ explained)
        if left > _DEPENDENT * size[j]:
            inverse[n_kept, :n_kept] = explained @ known / -np.sqrt(left)
            inverse[n_kept, n_kept] = 1.0 / np.sqrt(left)
            kept.append(j)
            continue
        _refuse_contradiction(columns, j, float(totals[j]), float(explained @ known @ totals[kept]))
    return np.array(kept, dtype=np.int64)


def _spread_rows(n_rows: int, n_columns: int) -> IntArray:
    """Return eight rows per column, in steps of the golden section: rows in the order of a full table have a period."""
    n_few = 8 * n_columns
    return np.asarray(np.arange(n_few) * _GOLDEN % 1.0 * n_rows, dtype=np.int64) if n_few < n_rows else np.zeros(0, int)


def weighted_gram(design: FloatArray, weights: FloatArray) -> FloatArray:
    """Return design' diag(weights) design, summed over blocks of cells that stay in the processor's cache."""
    gram: FloatArray = np.zeros((design.shape[1], design.shape[1]))
    for start in range(0, design.shape[0], _BLOCK):
        block = design[start : start + _BLOCK]
        gram += block.T @ (block * weights[start : start + _BLOCK, None])
    return gram


def _all_independent(gram: FloatArray, size: FloatArray) -> bool:
    try:
        root = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        return False
    return bool((np.diag(root) ** 2 > _DEPENDENT * size).all())


def _refuse_contradiction(columns: _Columns, j: int, stated: float, implied: float) -> None:
    variable, category = columns.name(j)
    if not category:
        raise MarginError("collinear_total", variable=variable)
    if abs(stated - implied) > _CONTRADICTION * max(abs(stated), columns.total or 0.0):
        raise ConvergenceError("margins_contradict", margin=variable, category=category, stated=stated, implied=implied)
