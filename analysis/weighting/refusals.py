"""Why weighting is refused: every reason at once, each with the merge that would remove it."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.arrays import MISSING, FloatArray, IntArray
from analysis.errors import InputError, Refusal
from analysis.weighting.margins import Margin
from analysis.weighting.merging import MergeHierarchy

Hierarchies = Mapping[str, MergeHierarchy]


def find_refusals(
    codes: IntArray, base_weights: FloatArray, margins: Sequence[Margin], hierarchies: Hierarchies
) -> tuple[Refusal, ...]:
    """Return all reasons against weighting `codes` (n, m) to `margins`; empty when there are none.

    Raises
    ------
    InputError
        code_out_of_range, for a code that names no category.
    """
    found: list[Refusal] = []
    n_bad = int(np.count_nonzero(~(np.isfinite(base_weights) & (base_weights > 0))))
    if n_bad:
        found.append(Refusal("nonpositive_base_weight", "", "", n_bad, 0.0))
    for j, margin in enumerate(margins):
        found.extend(_margin_refusals(codes[:, j], margin, hierarchies.get(margin.variable)))
    return tuple(found)


def _margin_refusals(codes: IntArray, margin: Margin, hierarchy: MergeHierarchy | None) -> list[Refusal]:
    n_all = len(margin.all_categories)
    for value in (int(codes.min()), int(codes.max())):
        if not MISSING <= value < n_all:
            raise InputError("code_out_of_range", name=margin.variable, value=value, last=n_all - 1)
    found: list[Refusal] = []
    n_missing = int(np.count_nonzero(codes == MISSING))
    if n_missing:
        found.append(Refusal("missing_value", margin.variable, "", n_missing, 0.0))
    counts = np.bincount(codes[codes >= 0], minlength=n_all)
    for category, total, count in zip(margin.categories, margin.totals, counts, strict=False):
        if (total > 0) == (count > 0):
            continue
        code = "category_without_respondents" if total > 0 else "category_not_in_population"
        proposal = None if hierarchy is None else hierarchy.propose(category)
        found.append(Refusal(code, margin.variable, category, int(count), float(total), proposal))
    return found
