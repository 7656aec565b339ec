"""Variances of many items in many domains from sums per profile, so that the work hardly grows with n.

The sum of squares of w (u - x'B) expands into sums of w^2 u^2, w^2 u x and w^2 x x', and u = (y - mean) / sum w
into sums of y, y^2 and 1: all of them are taken once per group of respondents with the same profile, stratum and
domains. Where the terms cancel (variables that calibration knows), the caller takes the direct route.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray, column_chunks, weighted_counts
from analysis.estimation.design import Design
from analysis.weighting.calibration import Calibration

_CANCELLED = 1e-5
_TABLE_PER_ROW = 16
_WEIGHTED = ("w", "kww", "d")


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
        if n_keys > _TABLE_PER_ROW * key.shape[0] + 65_536:
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
    """Sums per group, (C, q): `answers` of weights by kind, `values` of weights times y, `squares` of k w^2 y^2."""

    answers: dict[str, FloatArray]
    values: dict[str, FloatArray]
    squares: FloatArray
    shift: FloatArray


class _Moments:
    def __init__(self, design: Design, groups: Groups) -> None:
        stage = design.stages[0]
        factor = stage.factor[stage.unit_stratum]
        w = design.weights
        self.groups = groups
        self.kinds = {"one": np.ones(design.n), "w": w, "ww": w**2, "kww": factor * w**2}
        if design.calibration is not None:
            self.kinds["d"] = design.calibration.base_weights
        # often, all who share a profile share their weight: then it stays outside the sums
        first = {kind: vector[groups.rows] for kind, vector in self.kinds.items()}
        self.is_constant = all((first[kind][groups.index] == vector).all() for kind, vector in self.kinds.items())
        self.first = first
        self.everybody = {kind: self._bincount(vector) for kind, vector in self.kinds.items()}
        self.strata = design.strata[groups.rows]
        counts = np.bincount(stage.unit_stratum)
        self.per_stratum = np.where(stage.centred, stage.factor / counts, 0.0)
        self.regression = None
        if design.calibration is not None:
            self.regression = _Regression(design.calibration, groups, self.everybody, self.strata, counts.shape[0])

    def _bincount(self, weights: FloatArray) -> FloatArray:
        return weighted_counts(self.groups.index, weights, self.groups.n_groups)

    def _sums(self, values: FloatArray, kinds: tuple[str, ...]) -> dict[str, FloatArray]:
        wanted = [kind for kind in kinds if kind in self.kinds]
        if self.is_constant:
            plain = self._bincount(values)
            return {kind: self.first[kind] * plain for kind in wanted}
        return {kind: self._bincount(self.kinds[kind] * values) for kind in wanted}

    def group_sums(self, values: FloatArray, *, are_shifted: bool) -> _GroupSums:
        """Return the sums of `values` (n, q), which are shifted towards nought for accuracy unless they are 0/1."""
        shape = (self.groups.n_groups, values.shape[1])
        answers = {kind: np.empty(shape) for kind in self.kinds}
        found: dict[str, FloatArray] = {kind: np.empty(shape) for kind in _WEIGHTED if kind in self.kinds}
        squares, shift = np.empty(shape), np.zeros(values.shape[1])
        for j in range(values.shape[1]):
            y = np.ascontiguousarray(values[:, j])
            answered = ~np.isnan(y)
            counts = self.everybody
            if not answered.all():
                counts = self._sums(answered.astype(np.float64), tuple(self.kinds))
                y = np.where(answered, y, 0.0)
            is_binary = bool(((y == 0) | (y == 1)).all())
            if are_shifted and not is_binary:
                shift[j] = y.sum() / max(1, np.count_nonzero(answered))
                y = np.where(answered, y - shift[j], 0.0)
            sums = self._sums(y, _WEIGHTED)
            squares[:, j] = sums["kww"] if is_binary else self._sums(y * y, ("kww",))["kww"]
            for kind, column in counts.items():
                answers[kind][:, j] = column
            for kind, column in sums.items():
                found[kind][:, j] = column
        return _GroupSums(answers, found, squares, shift)

    def domain_sums(self, sums: _GroupSums, codes: IntArray, n_domains: int, *, are_totals: bool) -> DomainSums:
        """Add up the groups per domain; `codes` (C,) is the domain of each group."""
        order = np.argsort(codes, kind="stable")
        ends = np.searchsorted(codes[order], np.arange(n_domains + 1))
        found = [self._domain(sums, order[ends[d] : ends[d + 1]], are_totals=are_totals) for d in range(n_domains)]
        return DomainSums(*(np.stack(rows) for rows in zip(*found, strict=True)))

    def _domain(self, sums: _GroupSums, rows: IntArray, *, are_totals: bool) -> tuple[np.ndarray, ...]:
        a = {kind: columns[rows] for kind, columns in sums.answers.items()}
        y = {kind: columns[rows] for kind, columns in sums.values.items()}
        weight, weighted, base = a["w"].sum(axis=0), y["w"].sum(axis=0), a["one"].sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.zeros_like(weight) if are_totals else weighted / weight
            scale = np.ones_like(weight) if are_totals else 1.0 / weight
            u = {kind: (y[kind] - mean * a[kind]) * scale for kind in y}
            terms = (sums.squares[rows], -2 * mean * y["kww"], mean**2 * a["kww"])
            squares = np.array([term.sum(axis=0) for term in terms]) * scale**2
            variance, size = squares.sum(axis=0), np.abs(squares).sum(axis=0)
            variance, size = self._without_regression(u, rows, variance, size)
            is_cancelled = ~(variance >= _CANCELLED * size)
        n_strata = np.count_nonzero(self._by_stratum(a["one"], rows), axis=0)
        total = weighted + sums.shift * weight
        return weight, a["ww"].sum(axis=0), total, base, n_strata, variance, is_cancelled

    def _without_regression(
        self, u: dict[str, FloatArray], rows: IntArray, variance: FloatArray, size: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        means = self._by_stratum(u["w"], rows)
        if self.regression is not None:
            x = self.regression.design[rows]
            b = self.regression.inverse @ (x.T @ u["d"])
            crossed = b * (x.T @ u["kww"])
            quadratic = b * (self.regression.squares @ b)
            variance = variance - 2 * crossed.sum(axis=0) + quadratic.sum(axis=0)
            size = size + 2 * np.abs(crossed).sum(axis=0) + np.abs(quadratic).sum(axis=0)
            means = means - self.regression.by_stratum @ b
        between = (self.per_stratum[:, None] * means**2).sum(axis=0)
        return variance - between, size + between

    def _by_stratum(self, values: FloatArray, rows: IntArray) -> FloatArray:
        if self.per_stratum.shape[0] == 1:
            return np.asarray(values.sum(axis=0, keepdims=True))
        sums = np.zeros((self.per_stratum.shape[0], values.shape[1]))
        np.add.at(sums, self.strata[rows], values)
        return sums


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
        self.design = x
        normal = x.T @ (x * (sums["d"] / scale)[:, None])
        self.inverse = np.linalg.pinv(normal, rcond=1e-12, hermitian=True) / scale
        self.squares = x.T @ (x * sums["kww"][:, None])
        self.by_stratum = np.zeros((n_strata, x.shape[1]))
        np.add.at(self.by_stratum, strata, x * sums["w"][:, None])


def _side_by_side(parts: list[DomainSums]) -> DomainSums:
    if len(parts) == 1:
        return parts[0]
    return DomainSums(*(np.concatenate(columns, axis=1) for columns in zip(*map(_fields, parts), strict=True)))


def _fields(sums: DomainSums) -> tuple[np.ndarray, ...]:
    return tuple(vars(sums).values())
