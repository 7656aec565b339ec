"""Why weighting is refused: every reason at once, each with the merge that would remove it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import MISSING, BoolArray, FloatArray, IntArray
from analysis.errors import InputError, Refusal
from analysis.weighting.cells import Cells
from analysis.weighting.margins import Margin
from analysis.weighting.merging import MergeHierarchy

Hierarchies = Mapping[str, MergeHierarchy]


def refuse_base_weights(base_weights: FloatArray) -> tuple[Refusal, ...]:
    """Return the refusal of base weights that are not positive and finite; empty when all are."""
    # a minimum that is not a number compares false, so one look at both ends settles it
    if float(base_weights.min()) > 0 and float(base_weights.max()) < np.inf:
        return ()
    n_bad = int(np.count_nonzero(~(np.isfinite(base_weights) & (base_weights > 0))))
    return (Refusal("nonpositive_base_weight", "", "", n_bad, 0.0),)


def refuse_rows(codes: NDArray[Any], margins: Sequence[Margin], hierarchies: Hierarchies) -> tuple[Refusal, ...]:
    """Return all reasons against weighting respondents with `codes` (n, m), of whom some may lack a value.

    Raises
    ------
    InputError
        code_out_of_range, for a code that names no category.
    """
    found: list[Refusal] = []
    for j, margin in enumerate(margins):
        column = codes[:, j].astype(np.int64)
        _check_codes(column, margin)
        n_missing = int(np.count_nonzero(column == MISSING))
        if n_missing:
            found.append(Refusal("missing_value", margin.variable, "", n_missing, 0.0))
        counts = np.bincount(column[column >= 0], minlength=len(margin.all_categories))
        found.extend(_refuse_counts(counts, margin, hierarchies))
    return tuple(found)


def refuse_cells(cells: Cells, margins: Sequence[Margin], hierarchies: Hierarchies) -> tuple[Refusal, ...]:
    """Return all reasons against weighting respondents who have a value for every margin."""
    found: list[Refusal] = []
    for margin, codes in zip(margins, cells.codes.T, strict=False):
        # a class without cells has nobody, and so the other way round: respondents need counting for a refusal alone
        if _lonely(np.bincount(codes, minlength=len(margin.all_categories)), margin).any():
            counts = np.bincount(codes, weights=cells.counts, minlength=len(margin.all_categories))
            found.extend(_refuse_counts(counts, margin, hierarchies))
    return tuple(found)


def _check_codes(codes: IntArray, margin: Margin) -> None:
    last = len(margin.all_categories) - 1
    for value in (int(codes.min()), int(codes.max())):
        if not MISSING <= value <= last:
            raise InputError("code_out_of_range", name=margin.variable, value=value, last=last)


def _refuse_counts(counts: NDArray[Any], margin: Margin, hierarchies: Hierarchies) -> list[Refusal]:
    hierarchy = hierarchies.get(margin.variable)
    found: list[Refusal] = []
    for k in np.flatnonzero(_lonely(counts, margin)):
        category, total = margin.categories[k], float(margin.totals[k])
        code = "category_without_respondents" if total > 0 else "category_not_in_population"
        proposal = None if hierarchy is None else hierarchy.propose(category)
        found.append(Refusal(code, margin.variable, category, int(counts[k]), total, proposal))
    return found


def _lonely(counts: NDArray[Any], margin: Margin) -> BoolArray:
    """Return which categories have respondents but no population, or the reverse."""
    lonely: BoolArray = (margin.totals > 0) != (counts[: len(margin.categories)] > 0)
    return lonely
