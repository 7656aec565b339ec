"""What calibrated weights know: the design of their constraints, and residuals from it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.arrays import FloatArray
from analysis.weighting.cells import Cells


@dataclass(frozen=True, eq=False)
class Calibration:
    """Constraints that a set of weights meets.

    Attributes
    ----------
    cells : Cells
        Profiles (or households) of the n respondents.
    design : (c, p) array
        Constraint variables per profile; the first column is the constant, unless no population size was declared.
    base_weights : (n,) array
        Weights of the regression: those before calibration, times the factors q of the distance, if any.
    """

    cells: Cells
    design: FloatArray
    base_weights: FloatArray

    def residuals(self, values: FloatArray) -> FloatArray:
        """Return residuals of the regression of `values` (n, q) on the constraints, weighted by base weights.

        Together with the g-weights they give the variance of calibrated estimators: e_i = y_i - x_i' B with
        B = (sum d q x x')^-1 sum d q x y. Deville & Sarndal (1992), JASA 87, 376-382, section 3.
        """
        sums = self.cells.sum_columns(values * self.base_weights[:, None])
        fitted: FloatArray = (self.design @ (self._projection @ sums))[self.cells.index]
        return values - fitted

    @cached_property
    def _projection(self) -> FloatArray:
        """Return the (p, c) matrix from sums per profile to regression coefficients."""
        cell_weights = self.cells.sum(self.base_weights)
        scale = cell_weights.sum()
        normal = self.design.T @ (self.design * (cell_weights / scale)[:, None])
        projection: FloatArray = np.linalg.pinv(normal, rcond=1e-12, hermitian=True) @ (self.design.T / scale)
        return projection
