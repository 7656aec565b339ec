"""Variances of many items in many domains from sums per profile, so that the work hardly grows with n.

The sum of squares of w (u - x'B) expands into sums of w^2 u^2, w^2 u x and w^2 x x', and u = (y - mean) / sum w
into sums of y, y^2 and 1: all of them are taken once per group of respondents with the same profile, stratum and
domains. Where the terms cancel (variables that calibration knows), the caller takes the direct route.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray, column_chunks, weighted_counts
from analysis.estimation.design import Design
from analysis.estimation.stages import group_sums
from analysis.estimation.unit_sums import CANCELLED
from analysis.weighting.calibration import Calibration

_TABLE_PER_ROW = 16
_WEIGHTED = ("w", "kww", "d")
_ANSWERED = ("one", "w", "ww", "kww")
_SAME = 4e-15


@dataclass(frozen=True, eq=False)
class DomainSums:
    """Per domain and item, (D, q): sums over those who answered, and the variance.

    Attributes
    ----------
    weight, weight_squares, weighted : sums of w, w^2 and w y
    base : number of answers
    n_strata : strata in which somebody answered
    variance : of the mean (or of the total)
    is_cancelled : where the variance must be computed directly
    """

    weight: FloatArray
    weight_squares: FloatArray
    weighted: FloatArray
    base: FloatArray
    n_strata: IntArray
    variance: FloatArray
    is_cancelled: BoolArray


@dataclass(frozen=True, eq=False)
class Groups:
    """Respondents who share profile, stratum and domains: `index` (n,) and the first row of each group."""

    index: IntArray
    rows: IntArray

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return int(self.rows.shape[0])

    def refine(self, codes: IntArray) -> "Groups":
        """Split by `codes` (n,), which start at -1."""
        width = int(codes.max()) + 2
        key = self.index * width + (codes + 1)
        n_keys = self.n_groups * width
        if n_keys > _TABLE_PER_ROW * key.shape[0]:
            _, rows, index = np.unique(key, return_index=True, return_inverse=True)
            return Groups(index.astype(np.int64), rows.astype(np.int64))
        first = np.full(n_keys, -1, dtype=np.int64)
        first[key[::-1]] = np.arange(key.shape[0] - 1, -1, -1)
        found = np.flatnonzero(first >= 0)
        position = np.zeros(n_keys, dtype=np.int64)
        position[found] = np.arange(found.shape[0])
        return Groups(position[key], first[found])


def suits_moments(design: Design) -> bool:
    """Return whether sums per profile give the variance: respondents drawn singly, in one stage, all with weight."""
    return len(design.stages) == 1 and design.stages[0].single_respondents and bool((design.weights != 0).all())


def profile_groups(design: Design) -> Groups:
    """Return the respondents grouped by calibration profile and stratum."""
    groups = Groups(np.zeros(design.n, dtype=np.int64), np.zeros(1, dtype=np.int64))
    if design.calibration is not None:
        groups = groups.refine(design.calibration.cells.index)
    return groups.refine(design.strata) if design.sampling_fraction.shape[0] > 1 else groups


def domain_sums(
    design: Design,
    groups: Groups,
    values: FloatArray,
    domains: Mapping[str, tuple[IntArray, int]],
    *,
    are_totals: bool = False,
) -> dict[str, DomainSums]:
    """Return the sums of `values` (n, q; NaN: no answer) for each breakdown of `domains`: codes (n,) and number.

    `groups` must not be coarser than the profiles, the strata and the domains.
    """
    moments = _Moments(design, groups)
    parts: dict[str, list[DomainSums]] = {name: [] for name in domains}
    for columns in column_chunks(groups.n_groups, values.shape[1]):
        sums = moments.group_sums(values[:, columns], are_shifted=not are_totals)
        for name, (codes, n_domains) in domains.items():
            parts[name].append(moments.domain_sums(sums, codes[groups.rows], n_domains, are_totals=are_totals))
    return {name: _side_by_side(found) for name, found in parts.items()}


@dataclass(frozen=True, eq=False)
class _GroupSums:
    """Sums per group of weights by kind over who answered, of weights times y, and of k w^2 y^2.

    `answers` are (C, q), or (C, 1) where everybody answered every item; the others are (C, q).
    """

    answers: dict[str, FloatArray]
    values: dict[str, FloatArray]
    squares: FloatArray
    shift: FloatArray
    is_binary: BoolArray


class _Moments:
    def __init__(self, design: Design, groups: Groups) -> None:
        stage = design.stages[0]
        w = design.weights
        self.groups = groups
        self.weights = _Weights(groups, {"one": np.ones(design.n), "w": w, "ww": w**2})
        self.weights.add("kww", stage.factor[stage.unit_stratum] * w**2)
        if design.calibration is not None:
            self.weights.add("d", design.calibration.base_weights)
        self.strata = design.strata[groups.rows]
        counts = np.bincount(stage.unit_stratum)
        self.per_stratum = np.where(stage.centred, stage.factor / counts, 0.0)
        self.regression = None
        if design.calibration is not None:
            sums = self.weights.everybody
            self.regression = _Regression(design.calibration, groups, sums, self.strata, counts.shape[0])

    def group_sums(self, values: FloatArray, *, are_shifted: bool) -> _GroupSums:
        """Return the sums of `values` (n, q), which are shifted towards nought for accuracy unless they are 0/1."""
        is_complete = not np.isnan(values.sum())
        allowed = (values == 0) | (values == 1)
        is_binary = (allowed if is_complete else allowed | np.isnan(values)).all(axis=0)
        shift = np.zeros(values.shape[1])
        if are_shifted and not is_binary.all():
            shift = np.where(is_binary, 0.0, _column_means(values))
        answers = {kind: column[:, None] for kind, column in self.weights.everybody.items()}
        if not is_complete:
            answers = self.weights.sums(values, _answered, tuple(answers))
        filled = _shifted(shift, is_complete=is_complete)
        sums = self.weights.sums(values, filled, tuple(kind for kind in _WEIGHTED if kind in answers))
        squares = sums["kww"]
        if not is_binary.all():
            squares = self.weights.sums(values, lambda block: filled(block) ** 2, ("kww",))["kww"]
        return _GroupSums(answers, sums, squares, shift, is_binary)

    def domain_sums(self, sums: _GroupSums, codes: IntArray, n_domains: int, *, are_totals: bool) -> DomainSums:
        """Add up the groups per domain; `codes` (C,) is the domain of each group."""
        blocks = _Blocks(codes, self.strata, n_domains, self.per_stratum.shape[0])
        counts, weights, weight_squares, scaled = (blocks.by_stratum(sums.answers[kind]) for kind in _ANSWERED)
        sums_of_y, scaled_y = (blocks.by_stratum(sums.values[kind]) for kind in ("w", "kww"))
        squares = scaled_y if sums.squares is sums.values["kww"] else blocks.by_stratum(sums.squares)
        weight, weighted, base = weights.sum(axis=1), sums_of_y.sum(axis=1), counts.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.zeros_like(weighted) if are_totals else weighted / weight
            scale = np.ones_like(weighted) if are_totals else 1.0 / np.broadcast_to(weight, weighted.shape)
            terms = (squares.sum(axis=1), -2 * mean * scaled_y.sum(axis=1), mean**2 * scaled.sum(axis=1))
            variance, size = sum(terms) * scale**2, sum(np.abs(term) for term in terms) * scale**2
            sums_of_u = (sums_of_y - mean[:, None] * weights) * scale[:, None]
            if self.regression is not None:
                explained = self.regression.explain(blocks, sums, mean, scale)
                variance, size = variance + explained.change, size + explained.size
                sums_of_u = sums_of_u - explained.sums
            between = (self.per_stratum[:, None] * sums_of_u**2).sum(axis=1)
            is_cancelled = ~(variance - between >= CANCELLED * (size + between))
        # where all give the same answer its mean has no influence at all: nothing to compute, nothing to check
        same = np.zeros_like(is_cancelled)
        if not are_totals:
            same = (base == 1) | (sums.is_binary & ((weighted == 0) | (weighted == weight)))
        shape = weighted.shape
        return DomainSums(
            weight=np.broadcast_to(weight, shape),
            weight_squares=np.broadcast_to(weight_squares.sum(axis=1), shape),
            weighted=weighted + sums.shift * weight,
            base=np.broadcast_to(base, shape),
            n_strata=np.broadcast_to(np.count_nonzero(counts, axis=1), shape),
            variance=np.where(same, 0.0, variance - between),
            is_cancelled=is_cancelled & ~same,
        )


class _Weights:
    """Weights (n,) by kind, and how each follows from another by one factor per group.

    Who share a profile often share their weight, or at least the ratio of their weights: then sums of one kind
    are enough.
    """

    def __init__(self, groups: Groups, vectors: dict[str, FloatArray]) -> None:
        self.groups = groups
        self.vectors: dict[str, FloatArray] = {}
        self.derived: dict[str, tuple[str, FloatArray]] = {}
        self.everybody: dict[str, FloatArray] = {}
        for kind, vector in vectors.items():
            self.add(kind, vector)

    def add(self, kind: str, vector: FloatArray) -> None:
        """Keep `vector` (n,), or the factor by which it follows from a kind already kept."""
        self.everybody[kind] = weighted_counts(self.groups.index, vector, self.groups.n_groups)
        for source, kept in self.vectors.items():
            factor = vector[self.groups.rows] / kept[self.groups.rows]
            if (np.abs(factor[self.groups.index] * kept - vector) <= _SAME * np.abs(vector)).all():
                self.derived[kind] = (source, factor[:, None])
                return
        self.vectors[kind] = vector
        self.derived[kind] = (kind, np.ones((1, 1)))

    def sums(
        self, values: FloatArray, prepare: Callable[[FloatArray], FloatArray], kinds: tuple[str, ...]
    ) -> dict[str, FloatArray]:
        """Return (C, q) sums per group of each kind of weight times `prepare` of `values` (n, q)."""
        sources = sorted({self.derived[kind][0] for kind in kinds})
        found = dict(zip(sources, self._add_up(values, prepare, sources), strict=True))
        return {kind: found[self.derived[kind][0]] * self.derived[kind][1] for kind in kinds}

    def _add_up(
        self, values: FloatArray, prepare: Callable[[FloatArray], FloatArray], sources: list[str]
    ) -> list[FloatArray]:
        n, n_items = values.shape
        n_sums = self.groups.n_groups * n_items
        sums = [np.zeros(n_sums) for _ in sources]
        items = np.arange(n_items)
        # rows in pieces that stay in the processor's cache
        for rows in column_chunks(n_items, n):
            key = (self.groups.index[rows, None] * n_items + items).ravel()
            block = prepare(values[rows])
            for total, source in zip(sums, sources, strict=True):
                weighted = block if source == "one" else block * self.vectors[source][rows, None]
                total += np.bincount(key, weights=weighted.ravel(), minlength=n_sums)
        return [total.reshape(-1, n_items) for total in sums]


class _Blocks:
    """The groups (C,) sorted by domain and stratum."""

    def __init__(self, codes: IntArray, strata: IntArray, n_domains: int, n_strata: int) -> None:
        key = codes * n_strata + strata
        inside = np.flatnonzero(codes >= 0)
        self.order = inside[np.argsort(key[inside], kind="stable")]
        self.occurring, self.starts = np.unique(key[self.order], return_index=True)
        self.shape = (n_domains, n_strata)
        self.bounds = np.searchsorted(codes[self.order], np.arange(n_domains + 1))

    def by_stratum(self, values: FloatArray) -> FloatArray:
        """Add up `values` (C, q) to (D, H, q)."""
        sums = np.zeros((self.shape[0] * self.shape[1], values.shape[1]))
        if self.order.size:
            sums[self.occurring] = np.add.reduceat(values[self.order], self.starts, axis=0)
        return sums.reshape(*self.shape, -1)

    def products(self, x: FloatArray, values: FloatArray) -> FloatArray:
        """Return x' values, (D, p, q), of the groups of each domain; x (C, p) and values (C, q) in sorted order."""
        pieces = [slice(start, end) for start, end in pairwise(self.bounds)]
        return np.stack([x[piece].T @ values[piece] for piece in pieces])


@dataclass(frozen=True, eq=False)
class _Explained:
    """What taking residuals changes: the sum of squares (D, q), the size of the terms, the sums (D, H, q)."""

    change: FloatArray
    size: FloatArray
    sums: FloatArray


class _Regression:
    """What the residuals of a calibration need: x per group, (sum d x x')^-1, sum k w^2 x x', sum w x by stratum."""

    def __init__(
        self,
        calibration: Calibration,
        groups: Groups,
        sums: dict[str, FloatArray],
        strata: IntArray,
        n_strata: int,
    ) -> None:
        x = calibration.design[calibration.cells.index[groups.rows]]
        scale = sums["d"].sum()
        normal = x.T @ (x * (sums["d"] / scale)[:, None])
        self.design = x
        self.inverse = np.linalg.pinv(normal, rcond=1e-12, hermitian=True) / scale
        self.squares = x.T @ (x * sums["kww"][:, None])
        self.by_stratum = group_sums(x * sums["w"][:, None], strata, n_strata)

    def explain(self, blocks: _Blocks, sums: _GroupSums, mean: FloatArray, scale: FloatArray) -> _Explained:
        """Return the effect of residuals for means (D, q) with influence (y - mean) scale."""
        x = self.design[blocks.order]
        crossed, scaled = (
            (
                blocks.products(x, sums.values[kind][blocks.order])
                - mean[:, None] * blocks.products(x, sums.answers[kind][blocks.order])
            )
            * scale[:, None]
            for kind in ("d", "kww")
        )
        b = self.inverse @ crossed
        linear, quadratic = b * scaled, b * (self.squares @ b)
        return _Explained(
            change=quadratic.sum(axis=1) - 2 * linear.sum(axis=1),
            size=np.abs(quadratic).sum(axis=1) + 2 * np.abs(linear).sum(axis=1),
            sums=self.by_stratum @ b,
        )


def _answered(block: FloatArray) -> FloatArray:
    return (~np.isnan(block)).astype(np.float64)


def _shifted(shift: FloatArray, *, is_complete: bool) -> Callable[[FloatArray], FloatArray]:
    if is_complete:
        return (lambda block: block - shift) if shift.any() else (lambda block: block)
    return lambda block: np.nan_to_num(block - shift, nan=0.0, posinf=None, neginf=None)


def _column_means(values: FloatArray) -> FloatArray:
    answered = ~np.isnan(values)
    return np.asarray(np.where(answered, values, 0.0).sum(axis=0) / np.maximum(answered.sum(axis=0), 1))


def _side_by_side(parts: list[DomainSums]) -> DomainSums:
    if len(parts) == 1:
        return parts[0]
    return DomainSums(*(np.concatenate(columns, axis=1) for columns in zip(*map(_fields, parts), strict=True)))


def _fields(sums: DomainSums) -> tuple[np.ndarray, ...]:
    return tuple(vars(sums).values())
