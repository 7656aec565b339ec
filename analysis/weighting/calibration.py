"""What calibrated weights know: the design of their constraints, and residuals from it."""

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.weighting.cells import Cells


@dataclass(frozen=True, eq=False)
class Calibration:
    """Constraints that a set of weights meets.

    Attributes
    ----------
    cells : Cells
        Profiles of the n respondents.
    design : (c, p) array
        Constraint variables per profile, the first column being the constant.
    base_weights : (n,) array
        Weights before calibration.
    """

    cells: Cells
    design: FloatArray
    base_weights: FloatArray

    def residuals(self, values: FloatArray) -> FloatArray:
        """Return residuals of the regression of `values` (n, q) on the constraints, weighted by base weights.

        Together with the g-weights they give the variance of calibrated estimators: e_i = y_i - x_i' B with
        B = (sum d x x')^-1 sum d x y. Deville & Sarndal (1992), JASA 87, 376-382, section 3.
        """
        sums = self._sum_by_cell(values * self.base_weights[:, None])
        cell_base = self.cells.sum(self.base_weights)
        normal = self.design.T @ (self.design * cell_base[:, None])
        scale = cell_base.sum()
        coefficients = np.linalg.pinv(normal / scale, rcond=1e-12, hermitian=True) @ (self.design.T @ sums / scale)
        fitted: FloatArray = (self.design @ coefficients)[self.cells.index]
        return values - fitted

    def _sum_by_cell(self, values: FloatArray) -> FloatArray:
        order: IntArray = np.argsort(self.cells.index, kind="stable")
        sorted_index = self.cells.index[order]
        # every profile occurs, so each start is the beginning of a non-empty run
        starts = np.searchsorted(sorted_index, np.arange(self.cells.n_cells))
        return np.asarray(np.add.reduceat(values[order], starts, axis=0))
