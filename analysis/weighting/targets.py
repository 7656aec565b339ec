"""The raking problem on profile cells: targets per margin, and how far weights are from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray, weighted_counts
from analysis.weighting.cells import Cells
from analysis.weighting.margins import Margin

_DEPENDENT = 1e-10


@dataclass(frozen=True, eq=False)
class Target:
    """One margin on cells: `goals` for the classes it constrains; codes from `n_constrained` up are free."""

    margin: Margin
    codes: IntArray
    goals: FloatArray
    has_free_class: bool

    @property
    def n_constrained(self) -> int:
        """Number of classes that are constrained."""
        return int(self.goals.shape[0])

    def sums(self, cell_weights: FloatArray) -> FloatArray:
        """Return the weighted count of every class, free ones included."""
        return weighted_counts(self.codes, cell_weights, len(self.margin.all_categories))

    def wanted(self, sums: FloatArray) -> FloatArray:
        """Return the count each constrained class should have: fixed, or a share of the covered classes."""
        if not self.has_free_class:
            return self.goals
        covered: FloatArray = sums[: self.n_constrained]
        wanted: FloatArray = self.goals * (covered.sum() / self.goals.sum())
        return wanted

    def errors(self, cell_weights: FloatArray) -> FloatArray:
        """Return the relative error of every constrained class (0 where the population has nobody)."""
        sums = self.sums(cell_weights)
        wanted = self.wanted(sums)
        return np.divide(sums[: self.n_constrained] - wanted, wanted, out=np.zeros_like(wanted), where=wanted > 0)

    def columns(self) -> FloatArray:
        """Return the constraint variables (c, k-1); the first class in use follows from the rest."""
        indicators: FloatArray = (self.codes[:, None] == np.arange(self.n_constrained)).astype(np.float64)
        used = np.flatnonzero(self.goals > 0)[1:]
        if not self.has_free_class:
            return np.take(indicators, used, axis=1)
        shares = self.goals / self.goals.sum()
        covered = indicators.sum(axis=1, keepdims=True)
        return np.asarray(indicators[:, used] - covered * shares[used])

    def column_totals(self) -> FloatArray:
        """Return the totals that `columns` must reach."""
        used = np.flatnonzero(self.goals > 0)[1:]
        return np.zeros(used.shape[0]) if self.has_free_class else np.take(self.goals, used)


@dataclass(frozen=True, eq=False)
class Problem:
    """A set of targets with the constraint variables (c, p) and the totals (p,) they must reach."""

    total: float
    targets: tuple[Target, ...]
    design: FloatArray
    totals: FloatArray

    def max_error(self, cell_weights: FloatArray) -> float:
        """Return the largest relative error over all margins and over the declared total."""
        worst = abs(float(cell_weights.sum()) / self.total - 1.0)
        for target in self.targets:
            worst = max(worst, float(np.abs(target.errors(cell_weights)).max()))
        return worst


def build_problem(cells: Cells, cell_base: FloatArray, margins: Sequence[Margin], total: float) -> Problem:
    """Return the raking problem of `margins`, whose column order is that of `cells.codes`."""
    targets = tuple(_target(margin, cells.codes[:, j], cell_base, total) for j, margin in enumerate(margins))
    constant = np.ones((cells.n_cells, 1))
    design = np.hstack([constant, *(target.columns() for target in targets)])
    totals = np.concatenate([[total], *(target.column_totals() for target in targets)])
    kept = _independent_columns(design, cell_base)
    return Problem(total, targets, design[:, kept], totals[kept])


def _target(margin: Margin, codes: IntArray, cell_base: FloatArray, total: float) -> Target:
    n_counted = len(margin.categories) + len(margin.own_classes)
    observed = weighted_counts(codes, cell_base, len(margin.all_categories))[:n_counted]
    own = observed[len(margin.categories) :] / observed.sum()
    shares = margin.totals / margin.totals.sum() * (1.0 - own.sum())
    return Target(margin, codes, np.concatenate([shares, own]) * total, bool(margin.excluded_classes))


def _independent_columns(design: FloatArray, cell_base: FloatArray) -> IntArray:
    """Return the columns that do not follow from earlier ones, as when two margins share a class."""
    gram = design.T @ (design * cell_base[:, None])
    original = np.diag(gram).copy()
    kept: list[int] = []
    for j in range(gram.shape[0]):
        pivot = gram[j, j]
        if pivot > _DEPENDENT * original[j]:
            kept.append(j)
            gram = gram - np.outer(gram[:, j], gram[j]) / pivot
    return np.array(kept, dtype=np.int64)
