"""Stages of a sample: units within strata, their variance factors, and strata with a single unit."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import BoolArray, FloatArray, IntArray, as_code_columns
from analysis.errors import EstimationError, InputError

_FEWEST_UNITS = 2
_NOUGHT = 1e-7
_Number = TypeVar("_Number", np.int64, np.float64)


class LonelyUnits(StrEnum):
    """What a stratum with a single sampling unit, of which not all units are in the sample, adds to the variance.

    REFUSE raises an error; CERTAINTY and REMOVE add nothing; ADJUST takes the distance to the grand mean of the
    linearized values (nought) instead of that to its own mean; AVERAGE lets it add what the other strata within the
    same unit of the stage above add on average, and is refused where there are none.

    A domain in which only one unit of a stratum has members is no such case: the other units stand in with nought.
    """

    REFUSE = "refuse"
    CERTAINTY = "certainty"
    REMOVE = "remove"
    ADJUST = "adjust"
    AVERAGE = "average"


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of the sample.

    Attributes
    ----------
    units : (n,) integer array
        Unit of each respondent at this stage, 0..U-1.
    unit_stratum : (U,) integer array
        Stratum of each unit, 0..H-1.
    sampling_fraction : (H,) array
    factor : (H,) array
        What the sum of squares of a stratum is multiplied by: (product of the fractions of the stages above)
        (1 - f) n / (n - 1).
    centred : (H,) array of bool
        Whether distances are taken to the stratum's own mean; if not, to nought.
    """

    units: IntArray
    unit_stratum: IntArray
    sampling_fraction: FloatArray
    factor: FloatArray
    centred: BoolArray

    @property
    def n_units(self) -> int:
        """Number of units in the sample."""
        return int(self.unit_stratum.shape[0])

    @property
    def single_respondents(self) -> bool:
        """Whether every respondent is a unit of his own, in the order of the rows."""
        return self.n_units == self.units.shape[0] and bool((self.units == np.arange(self.n_units)).all())

    def scaled_distances(self, values: FloatArray) -> FloatArray:
        """Return, per unit, distances whose squares add up to the variance of the sums of `values` (n, q)."""
        totals = group_sums(values, self.units, self.n_units)
        n_units = np.bincount(self.unit_stratum).astype(np.float64)
        means = group_sums(totals, self.unit_stratum, n_units.shape[0]) / n_units[:, None]
        means[~self.centred] = 0.0
        scale = np.sqrt(self.factor)
        return np.asarray((totals - means[self.unit_stratum]) * scale[self.unit_stratum, None])


@dataclass(frozen=True, eq=False)
class Frame:
    """How much of the frame is in the sample: `values` (n, k), population sizes or fractions per respondent."""

    values: FloatArray
    are_sizes: bool

    def column(self, k: int) -> FloatArray:
        """Return the values of stage `k`; stages without any are sampled with replacement."""
        if k < self.values.shape[1]:
            return self.values[:, k]
        return np.full(self.values.shape[0], np.inf if self.are_sizes else 0.0)


def make_stages(
    n: int, strata: ArrayLike | None, clusters: ArrayLike | None, frame: Frame, *, nest: bool, lonely: LonelyUnits
) -> tuple[Stage, ...]:
    """Build the stages of `weighted_design`, where the parameters are described."""
    cluster_columns = _columns("clusters", clusters, n) or [np.arange(n, dtype=np.int64)]
    stratum_columns = _columns("strata", strata, n)
    for name, given in (("strata", len(stratum_columns)), ("population_sizes", frame.values.shape[1])):
        if given > len(cluster_columns):
            raise InputError("too_many_stages", name=name, expected=len(cluster_columns), got=given)
    stages: list[Stage] = []
    parent, multiplier = np.zeros(n, dtype=np.int64), np.ones(n)
    for k, labels in enumerate(cluster_columns):
        own = stratum_columns[k] if k < len(stratum_columns) else np.zeros(n, dtype=np.int64)
        stratum = pair_codes(parent, own)
        units = pair_codes(stratum if nest else parent, labels)
        level = _Level(k + 1, labels, own, units, stratum, parent)
        stage = level.stage(frame.column(k), multiplier, are_sizes=frame.are_sizes, lonely=lonely)
        stages.append(stage)
        multiplier = multiplier * stage.sampling_fraction[stratum]
        if not multiplier.any():
            break
        parent = units
    return tuple(stages)


def group_sums(values: FloatArray, groups: IntArray, n_groups: int) -> FloatArray:
    """Add up the rows of `values` (n, q) per group 0..n_groups-1."""
    if n_groups == values.shape[0] and (groups == np.arange(n_groups)).all():
        return values
    if n_groups == 1:
        return np.asarray(values.sum(axis=0, keepdims=True))
    sums = np.empty((n_groups, values.shape[1]))
    for j in range(values.shape[1]):
        sums[:, j] = np.bincount(groups, weights=values[:, j], minlength=n_groups)
    return sums


def pair_codes(first: IntArray, second: IntArray) -> IntArray:
    """Number the distinct pairs of (n,) codes 0, 1, ... in order of the first code, then the second."""
    if (first == first[0]).all():
        return _numbered(second)
    _, narrow = np.unique(second, return_inverse=True)
    _, wide = np.unique(first, return_inverse=True)
    return _numbered(wide * (int(narrow.max(initial=0)) + 1) + narrow)


def _numbered(codes: IntArray) -> IntArray:
    if (codes == np.arange(codes.shape[0])).all():
        return codes
    if (codes == codes[0]).all():
        return np.zeros_like(codes)
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def _columns(name: str, codes: ArrayLike | None, n: int) -> list[IntArray]:
    if codes is None:
        return []
    return list(as_code_columns(name, codes, n).T)


@dataclass(frozen=True, eq=False)
class _Level:
    """The labels of one stage as given, and the numbers (n,) of its units, its strata and the units above."""

    number: int
    labels: IntArray
    stratum_labels: IntArray
    units: IntArray
    stratum: IntArray
    parent: IntArray

    def stage(self, frame: FloatArray, multiplier: FloatArray, *, are_sizes: bool, lonely: LonelyUnits) -> Stage:
        unit_stratum = self._unit_stratum()
        counts = np.bincount(unit_stratum).astype(np.float64)
        given = self._per_stratum(frame, "population_sizes" if are_sizes else "sampling_fraction")
        fraction = self._fractions(counts, given) if are_sizes else given
        above = _last(multiplier, self.stratum)
        factor = above * (1.0 - fraction) * counts / np.maximum(counts - 1.0, 1.0)
        # a stratum of which everything is in the sample has no variance, so no single unit to worry about
        is_lonely = (counts < _FEWEST_UNITS) & (factor > _NOUGHT * above)
        if is_lonely.any():
            factor = self._lonely_factor(factor, is_lonely, lonely)
        centred = ~is_lonely | (lonely is not LonelyUnits.ADJUST)
        return Stage(self.units, unit_stratum, fraction, factor, centred)

    def _unit_stratum(self) -> IntArray:
        found = _last(self.stratum, self.units)
        torn = np.flatnonzero(found[self.units] != self.stratum)
        if torn.size:
            raise EstimationError("cluster_across_strata", cluster=int(self.labels[torn[0]]))
        return found

    def _per_stratum(self, values: FloatArray, name: str) -> FloatArray:
        found = _last(values, self.stratum)
        uneven = np.flatnonzero(found[self.stratum] != values)
        if uneven.size:
            raise EstimationError("uneven_stratum", name=name, stratum=int(self.stratum_labels[uneven[0]]))
        return found

    def _fractions(self, counts: FloatArray, sizes: FloatArray) -> FloatArray:
        short = np.flatnonzero(counts > sizes * (1 + 1e-12))
        if short.size:
            raise EstimationError(
                "frame_too_small",
                stage=self.number,
                stratum=self._stratum_label(int(short[0])),
                n_units=int(counts[short[0]]),
                size=float(sizes[short[0]]),
            )
        return np.minimum(counts / sizes, 1.0)

    def _lonely_factor(self, factor: FloatArray, is_lonely: BoolArray, lonely: LonelyUnits) -> FloatArray:
        if lonely is LonelyUnits.ADJUST:
            return factor
        parents = _last(self.parent, self.stratum)
        kept = np.bincount(parents, weights=~is_lonely)[parents]
        refused = {LonelyUnits.REFUSE: is_lonely, LonelyUnits.AVERAGE: kept == 0}.get(lonely)
        if refused is not None and refused.any():
            first = int(np.flatnonzero(refused)[0])
            raise EstimationError("lonely_stratum", stratum=self._stratum_label(first), stage=self.number)
        weight = np.bincount(parents)[parents] / np.maximum(kept, 1) if lonely is LonelyUnits.AVERAGE else 1.0
        return np.where(is_lonely, 0.0, factor * weight)

    def _stratum_label(self, stratum: int) -> int:
        return int(_last(self.stratum_labels, self.stratum)[stratum])


def _last(values: NDArray[_Number], groups: IntArray) -> NDArray[_Number]:
    """Return one value of each group; meant for values that are the same within a group."""
    found = np.zeros(int(groups.max()) + 1, dtype=values.dtype)
    found[groups] = values
    return found
