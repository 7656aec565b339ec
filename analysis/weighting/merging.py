"""Merges of neighbouring categories: proposed along a declared hierarchy, executed once accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import IntArray, as_codes, weighted_counts
from analysis.errors import MarginError, Merge
from analysis.weighting.margins import Margin

SEPARATOR = " + "


@dataclass(frozen=True)
class MergeHierarchy:
    """For one margin: the neighbour with which each category may be joined."""

    margin: str
    neighbours: Mapping[str, str]

    def propose(self, category: str) -> Merge | None:
        """Return the declared merge for `category`, or None when the hierarchy knows none."""
        neighbour = self.neighbours.get(category)
        return None if neighbour is None else Merge(self.margin, category, neighbour)


@dataclass(frozen=True, eq=False)
class MergedProfile:
    """Margins and codes after merging, with the merges that made them."""

    margins: tuple[Margin, ...]
    codes: IntArray
    merges: tuple[Merge, ...]


def apply_merges(codes: IntArray, margins: Sequence[Margin], merges: Sequence[Merge]) -> MergedProfile:
    """Execute accepted merges on margins and respondents alike.

    Merges may chain (a into b, b into c: one category "a + b + c"). Missing codes stay missing.

    Parameters
    ----------
    codes : (n, m) integer array
        Column j indexes `margins[j].all_categories`; -1 is missing.
    margins : sequence of m Margin
    merges : sequence of Merge
        Category names as they stand in `margins`.

    Raises
    ------
    MarginError
        unknown_category.
    """
    codes = as_codes("codes", codes, 2).copy()
    merged: list[Margin] = []
    for j, margin in enumerate(margins):
        own = [merge for merge in merges if merge.margin == margin.variable]
        if not own:
            merged.append(margin)
            continue
        group = _group_of(margin, own)
        merged.append(_merge_margin(margin, group))
        n_groups = int(group.max()) + 1
        outside = n_groups + np.arange(len(margin.all_categories) - len(margin.categories))
        # the extra last entry sends missing (-1) to itself
        codes[:, j] = np.concatenate([group, outside, [-1]])[codes[:, j]]
    return MergedProfile(tuple(merged), codes, tuple(merges))


def _group_of(margin: Margin, merges: Sequence[Merge]) -> IntArray:
    leader = list(range(len(margin.categories)))
    for merge in merges:
        a, b = (leader[_position(margin, name)] for name in (merge.category, merge.into))
        leader = [min(a, b) if position in (a, b) else position for position in leader]
    _, group = np.unique(np.array(leader), return_inverse=True)
    return group.astype(np.int64)


def _position(margin: Margin, category: str) -> int:
    if category not in margin.categories:
        raise MarginError("unknown_category", margin=margin.variable, category=category)
    return margin.categories.index(category)


def _merge_margin(margin: Margin, group: IntArray) -> Margin:
    names = tuple(
        SEPARATOR.join(name for name, g in zip(margin.categories, group, strict=True) if g == wanted)
        for wanted in range(int(group.max()) + 1)
    )
    return replace(margin, categories=names, totals=weighted_counts(group, margin.totals, len(names)))
