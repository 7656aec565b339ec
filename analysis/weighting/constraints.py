"""From respondents to the calibration problem: profiles, numeric variables, households."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_codes, require_length
from analysis.errors import InputError
from analysis.weighting.auxiliaries import Auxiliary
from analysis.weighting.cells import Cells, collapse
from analysis.weighting.margins import Margin
from analysis.weighting.membership import Membership, profile_membership
from analysis.weighting.targets import NumericTarget, Problem, build_problem

_SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Grouped:
    """Respondents grouped to cells: means per cell of the indicators (None for profiles) and numeric variables."""

    cells: Cells
    incidence: FloatArray | None
    values: tuple[FloatArray, ...]
    factors: FloatArray | None

    def problem(
        self, cell_base: FloatArray, margins: Sequence[Margin], total: float | None, auxiliaries: Sequence[Auxiliary]
    ) -> Problem:
        """Return the problem of `margins` and `auxiliaries`."""
        numeric = [
            NumericTarget(a.variable, values, a.total, abs(a.total) or float(cell_base @ np.abs(values)) or 1.0)
            for a, values in zip(auxiliaries, self.values, strict=True)
        ]
        if self.incidence is None:
            return build_problem(profile_membership(self.cells, margins), cell_base, total, numeric)
        no_profiles = np.zeros((0, self.cells.n_cells), dtype=np.int64)
        return build_problem(Membership(tuple(margins), no_profiles, self.incidence), cell_base, total, numeric)


def group_profiles(profile: IntArray, sizes: Sequence[int], columns: Sequence[FloatArray], n_values: int) -> Grouped:
    """Group respondents with the same codes (n, m) and the same numbers in all `columns`.

    The first `n_values` columns are numeric variables; one more, if any, holds the factors of the distance.
    """
    parts, all_sizes = [profile], list(sizes)
    for column in columns:
        distinct, position = np.unique(column, return_inverse=True)
        parts.append(position.reshape(-1, 1))
        all_sizes.append(distinct.shape[0])
    codes = np.hstack(parts)
    cells = collapse(codes, all_sizes) if codes.shape[1] else Cells(codes[:1], np.zeros(codes.shape[0], dtype=np.int64))
    first = np.zeros(cells.n_cells, dtype=np.int64)
    first[cells.index[::-1]] = np.arange(codes.shape[0])[::-1]
    found = tuple(column[first] for column in columns)
    return Grouped(cells, None, found[:n_values], found[n_values] if len(found) > n_values else None)


def group_households(
    households: ArrayLike,
    profile: IntArray,
    margins: Sequence[Margin],
    values: Sequence[FloatArray],
    factors: FloatArray | None,
    base_weights: FloatArray,
) -> Grouped:
    """Group respondents by household, each member having the household's means.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer; uneven_household, when base weights or factors differ within one.
    """
    codes = as_codes("households", households, 1)
    require_length("households", codes, base_weights.shape[0])
    labels, index = np.unique(codes, return_inverse=True)
    cells = Cells(labels[:, None], index.astype(np.int64))
    _require_even("base weight", base_weights, cells)
    if factors is not None:
        _require_even("variance factor", factors, cells)
    shares = [_member_shares(profile[:, j], cells, margin) for j, margin in enumerate(margins)]
    incidence = np.hstack([np.zeros((cells.n_cells, 0)), *shares])
    means = tuple(cells.sum(column) / cells.counts for column in values)
    return Grouped(cells, incidence, means, None if factors is None else cells.sum(factors) / cells.counts)


def household_sizes(households: ArrayLike) -> FloatArray:
    """Return the number of respondents (n,) in the household of each."""
    _, index, counts = np.unique(as_codes("households", households, 1), return_inverse=True, return_counts=True)
    return counts.astype(np.float64)[index.ravel()]


def _member_shares(codes: IntArray, cells: Cells, margin: Margin) -> FloatArray:
    n_all = len(margin.all_categories)
    counts = np.bincount(cells.index * n_all + codes, minlength=cells.n_cells * n_all).reshape(-1, n_all)
    kept = n_all - len(margin.excluded_classes)
    return np.asarray(counts[:, :kept] / cells.counts[:, None])


def _require_even(name: str, values: FloatArray, cells: Cells) -> None:
    means = (cells.sum(values) / cells.counts)[cells.index]
    torn = np.flatnonzero(np.abs(values - means) > _SAME * means)
    if torn.size:
        raise InputError("uneven_household", household=int(cells.codes[cells.index[torn[0]], 0]), name=name)
