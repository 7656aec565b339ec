"""How categories may be merged: a declared tree per variable, and the coarser codings it allows."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.errors import InputError

Coding = tuple[int, ...]


@dataclass(frozen=True)
class Hierarchy:
    """Categories of a variable and, from fine to coarse, the groups into which they may be merged.

    Attributes
    ----------
    levels : tuple of tuples of int
        Each names a group per category; each group of a level lies within one of the next. A last level with a
        single group lets the variable disappear.
    """

    variable: str
    categories: tuple[str, ...]
    levels: tuple[Coding, ...] = ()

    def __post_init__(self) -> None:
        finer: Coding = tuple(range(len(self.categories)))
        for level in self.levels:
            if len(level) != len(self.categories):
                raise InputError("wrong_length", name=self.variable, expected=len(self.categories), got=len(level))
            if len(set(zip(finer, level, strict=True))) > len(set(finer)):
                raise InputError(
                    "invalid_value", name=self.variable, value=level, reason="a group lies in two larger ones"
                )
            finer = level

    @property
    def finest(self) -> Coding:
        """Nothing merged."""
        return tuple(range(len(self.categories)))

    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Return every group of every level with more than one category, fine to coarse, each once."""
        found = dict.fromkeys(group for level in self.levels for group in _groups_of(level))
        return tuple(group for group in found if len(group) > 1)

    def n_codings(self) -> int:
        """Return how many codings `codings` yields."""
        return math.prod(self._count(len(self.levels) - 1, group) for group in self._top())

    def codings(self) -> Iterator[Coding]:
        """Yield every coding that merges whole groups; a category is coded by the first of its group."""
        for parts in itertools.product(*(list(self._split(len(self.levels) - 1, group)) for group in self._top())):
            yield _coded(len(self.categories), [group for part in parts for group in part])

    def loss(self, coding: Coding) -> FloatArray:
        """Return per category how much a merged value says less: (size - 1) / (categories - 1), 0 to 1."""
        codes = np.array(coding)
        sizes = np.bincount(codes)[codes]
        return np.asarray((sizes - 1) / max(1, len(self.categories) - 1), dtype=np.float64)

    def _top(self) -> list[tuple[int, ...]]:
        return _groups_of(self.levels[-1] if self.levels else self.finest)

    def _parts(self, level: int, group: tuple[int, ...]) -> list[tuple[int, ...]]:
        finer = self.levels[level - 1] if level > 0 else self.finest
        return [part for part in _groups_of(finer) if set(part) <= set(group)]

    def _count(self, level: int, group: tuple[int, ...]) -> int:
        if level < 0 or len(group) == 1:
            return 1
        parts = self._parts(level, group)
        return (len(parts) > 1) + math.prod(self._count(level - 1, part) for part in parts)

    def _split(self, level: int, group: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
        if level < 0 or len(group) == 1:
            yield [group]
            return
        parts = self._parts(level, group)
        for split in itertools.product(*(list(self._split(level - 1, part)) for part in parts)):
            yield [piece for part in split for piece in part]
        if len(parts) > 1:
            yield [group]


def merge_group(coding: Coding, group: tuple[int, ...]) -> Coding:
    """Return the coding in which all categories of `group` are one."""
    return tuple(min(group) if i in group else code for i, code in enumerate(coding))


def recode(codes: IntArray, codings: tuple[Coding, ...]) -> IntArray:
    """Return `codes` (n, d) under one coding per column; blanks (-1) stay."""
    recoded = [np.append(coding, -1)[codes[:, i]] for i, coding in enumerate(codings)]
    return np.asarray(np.column_stack(recoded), dtype=np.int64)


def _groups_of(level: Coding) -> list[tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for category, group in enumerate(level):
        found.setdefault(group, []).append(category)
    return [tuple(members) for members in found.values()]


def _coded(n: int, groups: list[tuple[int, ...]]) -> Coding:
    codes = [0] * n
    for group in groups:
        for member in group:
            codes[member] = group[0]
    return tuple(codes)
