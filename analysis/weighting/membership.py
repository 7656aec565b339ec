"""Which cells belong to which classes of the margins, and what the classes hold together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from analysis.arrays import FloatArray, IntArray, weighted_counts
from analysis.weighting.cells import Cells
from analysis.weighting.margins import Margin


@dataclass(frozen=True, eq=False)
class Membership:
    """The classes of cells: `codes` (m, c), a row per margin, or where cells are no profiles `shares` (c, K)."""

    margins: tuple[Margin, ...]
    codes: IntArray
    shares: FloatArray | None = None

    def sums(self, cell_weights: FloatArray) -> FloatArray:
        """Return the weighted count (K,) of every constrained class, margin after margin."""
        if self.shares is not None:
            return cell_weights @ self.shares
        return np.concatenate([np.zeros(0), *(self._margin_sums(j, cell_weights) for j in range(len(self.margins)))])

    @cached_property
    def places(self) -> tuple[slice, ...]:
        """Where the constrained classes of each margin stand among all K."""
        starts = [0]
        for margin in self.margins:
            starts.append(starts[-1] + len(margin.categories) + len(margin.own_classes))
        return tuple(slice(start, stop) for start, stop in pairwise(starts))

    @cached_property
    def incidence(self) -> FloatArray:
        """Share of each cell (c, K) that belongs to every constrained class: 0 or 1, except in households."""
        if self.shares is not None:
            return self.shares
        # one row per class: rows are what is taken and multiplied later on
        rows = np.empty((self.places[-1].stop if self.places else 0, self.codes.shape[1]))
        for codes, place in zip(self.codes, self.places, strict=True):
            np.equal(codes, np.arange(place.stop - place.start)[:, None], out=rows[place])
        return rows.T

    def _margin_sums(self, j: int, cell_weights: FloatArray) -> FloatArray:
        place = self.places[j]
        sums = weighted_counts(self.codes[j], cell_weights, len(self.margins[j].all_categories))
        return sums[: place.stop - place.start]


def profile_membership(cells: Cells, margins: Sequence[Margin]) -> Membership:
    """Return the membership of profiles, whose columns follow `margins`; columns after those do not count."""
    return Membership(tuple(margins), np.ascontiguousarray(cells.codes.T[: len(margins)]))
