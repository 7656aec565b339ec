"""Replicate weights: the full sample and R variants of it, whose spread estimates the variance of any statistic."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import BoolArray, FloatArray, IntArray

_RANK_TOLERANCE = 1e-10
_CHUNK_VALUES = 4_000_000


class ReplicateMethod(StrEnum):
    """How the replicates were made."""

    JACKKNIFE = "jackknife"
    STRATIFIED_JACKKNIFE = "stratified_jackknife"
    HALF_SAMPLES = "half_samples"
    BOOTSTRAP = "bootstrap"
    GIVEN = "given"


@dataclass(frozen=True, eq=False)
class UnitFactors:
    """What a replicate multiplies the weights of a sampling unit by: `constant + slope * counts[:, r]`.

    Attributes
    ----------
    counts : (U, R) array of any number type
        Bootstrap draws in 2 bytes, or the factors themselves.
    slope, constant : (U,) arrays
    strata : (U,) integer array
        Stratum of each unit; all nought where that is not known.
    """

    counts: NDArray[Any]
    slope: FloatArray
    constant: FloatArray
    strata: IntArray

    def of(self, replicates: slice | IntArray) -> FloatArray:
        """Return the factors (U, r) of the chosen replicates."""
        factors: FloatArray = np.multiply(self.counts[:, replicates], self.slope[:, None], dtype=np.float64)
        if self.constant.any():
            factors += self.constant[:, None]
        return factors


@dataclass(frozen=True, eq=False)
class Recalibration:
    """What brought each replicate to the margins.

    Attributes
    ----------
    cell : (n,) integer array
        Profile of each respondent.
    g : (c, R) array
        Factor per profile and replicate.
    max_error : (R,) array
        Largest relative margin error that each replicate reached.
    left_out : integer array
        Numbers (as drawn) of bootstrap replicates that could not meet the margins and were left out.
    """

    cell: IntArray
    g: FloatArray
    max_error: FloatArray
    left_out: IntArray


@dataclass(frozen=True, eq=False)
class Replicates:
    """A full sample with R replicates; made by the functions of `replicate_weights`.

    The variance of an estimate t is scale * sum_r rscales_r (t_r - centre)^2, the centre being the mean of the
    replicates or, with `mse`, the full-sample estimate. Shao & Tu (1995), The Jackknife and Bootstrap, chapter
    6; Wolter (2007), Introduction to Variance Estimation, chapters 3-5.

    Attributes
    ----------
    weights : (n,) array
        Final weights of the full sample.
    base_weights : (n,) array
        The weights that the replicates multiply (before recalibration).
    units : (n,) integer array
        Sampling unit of each respondent, 0..U-1.
    factors : UnitFactors
    scale : float
    rscales : (R,) array
    mse : bool
    degrees_of_freedom : int
    method : ReplicateMethod
    recalibration : Recalibration or None
    """

    weights: FloatArray
    base_weights: FloatArray
    units: IntArray
    factors: UnitFactors
    scale: float
    rscales: FloatArray
    mse: bool
    degrees_of_freedom: int
    method: ReplicateMethod
    recalibration: Recalibration | None = None

    @property
    def n(self) -> int:
        """Number of respondents."""
        return int(self.weights.shape[0])

    @property
    def n_replicates(self) -> int:
        """Number of replicates."""
        return int(self.rscales.shape[0])

    @property
    def is_random(self) -> bool:
        """True when the replicates are exchangeable draws, so that one of them may be missed."""
        return self.method is ReplicateMethod.BOOTSTRAP

    def weight_matrix(self, replicates: slice | IntArray = slice(None)) -> FloatArray:
        """Return the weights (n, r) of the chosen replicates (default all: 8 n R bytes)."""
        weights = self.unadjusted_matrix(replicates)
        if self.recalibration is not None:
            weights *= self.recalibration.g[:, replicates][self.recalibration.cell]
        return weights

    def unadjusted_matrix(self, replicates: slice | IntArray) -> FloatArray:
        """Return the weights (n, r) before recalibration."""
        factors = self.factors.of(replicates)
        if factors.shape[0] != self.n or (self.units != np.arange(self.n)).any():
            factors = factors[self.units]
        factors *= self.base_weights[:, None]
        return factors

    def domain_degrees_of_freedom(self, rows: IntArray) -> int:
        """Return sampling units minus strata among `rows`, at most those of the whole sample and at least 0."""
        units = np.unique(self.units[rows])
        return max(0, min(self.degrees_of_freedom, units.size - np.unique(self.factors.strata[units]).size))

    def chunks(self) -> Iterator[slice]:
        """Yield runs of replicates whose weights (n, r) take at most 32 MB."""
        width = max(1, _CHUNK_VALUES // self.n)
        for first in range(0, self.n_replicates, width):
            yield slice(first, min(self.n_replicates, first + width))

    def covariance(self, estimate: FloatArray, replicates: FloatArray) -> FloatArray:
        """Return the covariance (q, q) of `estimate` (q,) from its `replicates` (q, R), all of them finite."""
        deviations = self._deviations(estimate, replicates) * np.sqrt(self.rscales * self.scale)
        return np.asarray(deviations @ deviations.T)

    def variance(self, estimate: FloatArray, replicates: FloatArray) -> FloatArray:
        """Return the variances (q,) of `estimate` (q,) from its `replicates` (q, R), NaN where undefined.

        An undefined replicate makes a jackknife or half-sample variance NaN: each of those stands for units of
        its own. Among bootstrap replicates up to 5 % may be undefined; the rest is scaled up to R.
        """
        defined = np.isfinite(replicates)
        used = defined @ np.ones(self.n_replicates)
        usable = used >= self.n_replicates * (0.95 if self.is_random else 1.0)
        squares = self._deviations(estimate, np.where(defined, replicates, np.nan)) ** 2
        total = np.where(defined, squares, 0.0) @ self.rscales * self.scale
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = total * (self.n_replicates / used)
        return np.where(usable & np.isfinite(estimate), scaled, np.nan)

    def _deviations(self, estimate: FloatArray, replicates: FloatArray) -> FloatArray:
        if self.mse:
            return replicates - estimate[:, None]
        # as in R's survey: replicates that count for nothing do not move the centre either
        counted: BoolArray = (self.rscales > 0) & np.isfinite(replicates)
        with np.errstate(divide="ignore", invalid="ignore"):
            centre = np.where(counted, replicates, 0.0).sum(axis=1) / counted.sum(axis=1)
        return np.asarray(replicates - centre[:, None])


def rank_degrees_of_freedom(matrix: FloatArray) -> int:
    """Return the number of independent directions in which the replicates (n, R) differ from their mean."""
    deviations = matrix - matrix.mean(axis=1, keepdims=True)
    spread = np.linalg.eigvalsh(deviations.T @ deviations)
    return int(np.count_nonzero(spread > _RANK_TOLERANCE * max(float(spread[-1]), np.finfo(float).tiny)))
