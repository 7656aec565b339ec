"""Variances of many items in many domains for any design, from sums per sampling unit within each domain.

Scaled distances are linear in what they are taken of: those of w (u - x'B) are those of w u less those of w x times
B. The latter are taken once; of the former only the units with members in the domain differ from nought.
"""

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray, column_chunks
from analysis.estimation.design import Design
from analysis.estimation.stages import Stage, group_sums
from analysis.weighting.calibration import Calibration

# below this part of the terms, too few of their sixteen digits are left in what remains of them
CANCELLED = 1e-5
_ROWS_PER_CHUNK_ROW = 8


class UnitSums:
    """What every variance of a design needs, made once."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.stages = [_StageSums(stage) for stage in design.stages]
        self.regression = None if design.calibration is None else _Regression(design, design.calibration)

    def variances(
        self, y: FloatArray, x: FloatArray, codes: IntArray, centre: FloatArray, scale: FloatArray
    ) -> tuple[FloatArray, BoolArray]:
        """Return variances (D, q) with influence (y - centre x) scale, and where the terms cancel too far to trust.

        `y` and `x` are (n, q) without NaN, `codes` (n,) with -1 for no domain, `centre` and `scale` (D, q).
        """
        variance, is_cancelled = np.empty_like(centre), np.empty(centre.shape, dtype=bool)
        order = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[order], np.arange(centre.shape[0] + 1))
        for q in column_chunks(max(1, self.design.n // _ROWS_PER_CHUNK_ROW), y.shape[1]):
            for d in range(centre.shape[0]):
                rows = order[bounds[d] : bounds[d + 1]]
                with np.errstate(invalid="ignore"):
                    influence = (y[rows, q] - x[rows, q] * centre[d, q]) * scale[d, q]
                    found, size = self._expanded(rows, influence)
                    variance[d, q], is_cancelled[d, q] = found, ~(found >= CANCELLED * size)
        return variance, is_cancelled

    def _expanded(self, rows: IntArray, influence: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the variance of estimators with `influence` (r, q) in `rows` and 0 elsewhere, and the terms' size."""
        weighted = influence * self.design.weights[rows, None]
        found = np.zeros(influence.shape[1])
        size = np.zeros(influence.shape[1])
        parts = [stage.totals(rows, weighted) for stage in self.stages]
        for stage, (units, totals) in zip(self.stages, parts, strict=True):
            within, between = stage.squares(units, totals)
            found, size = found + within - between, size + within + between
        if self.regression is not None:
            b = self.regression.coefficients(rows, influence)
            linear = b * sum(self.regression.crossed(k, *part) for k, part in enumerate(parts))
            quadratic = b * (self.regression.squares @ b)
            found = found - 2 * linear.sum(axis=0) + quadratic.sum(axis=0)
            size = size + 2 * np.abs(linear).sum(axis=0) + np.abs(quadratic).sum(axis=0)
        return found, size


class _StageSums:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.factor = stage.factor[stage.unit_stratum]
        self.per_stratum = np.where(stage.centred, stage.factor / np.bincount(stage.unit_stratum), 0.0)

    def totals(self, rows: IntArray, weighted: FloatArray) -> tuple[IntArray, FloatArray]:
        """Return the units that occur in `rows`, and the sums of `weighted` (r, q) of each."""
        units, compact = np.unique(self.stage.units[rows], return_inverse=True)
        return units, group_sums(weighted, compact.astype(np.int64), units.shape[0])

    def squares(self, units: IntArray, totals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the sum of squares of the totals, and what the means of the strata take off."""
        strata, compact = np.unique(self.stage.unit_stratum[units], return_inverse=True)
        by_stratum = group_sums(totals, compact.astype(np.int64), strata.shape[0])
        return self.factor[units] @ totals**2, self.per_stratum[strata] @ by_stratum**2


class _Regression:
    def __init__(self, design: Design, calibration: Calibration) -> None:
        self.design = calibration.design[calibration.cells.index]
        self.base = self.design * calibration.base_weights[:, None]
        scale = calibration.base_weights.sum()
        self.inverse = np.linalg.pinv(self.design.T @ self.base / scale, rcond=1e-12, hermitian=True) / scale
        weighted = self.design * design.weights[:, None]
        distances = [stage.scaled_distances(weighted) for stage in design.stages]
        self.squares = np.sum([rows.T @ rows for rows in distances], axis=0)
        factors = [np.sqrt(stage.factor[stage.unit_stratum]) for stage in design.stages]
        self.distances = [rows * factor[:, None] for rows, factor in zip(distances, factors, strict=True)]

    def coefficients(self, rows: IntArray, influence: FloatArray) -> FloatArray:
        """Return the (p, q) regression coefficients of the influence values."""
        return np.asarray(self.inverse @ (self.base[rows].T @ influence))

    def crossed(self, stage: int, units: IntArray, totals: FloatArray) -> FloatArray:
        """Return (p, q) the products of the distances of w x with those of totals; means drop out of them."""
        return np.asarray(self.distances[stage][units].T @ totals)
