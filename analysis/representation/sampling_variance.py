"""Variance of design-weighted totals over a sample that is known per cell."""

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.errors import EstimationError, InputError
from analysis.representation.response_cells import ResponseCells

_SAME_WEIGHT = 1e-6


def total_variance(cells: ResponseCells, values: FloatArray) -> FloatArray:
    """Return the (k,) sampling variances of the design-weighted totals of `values` (c, k).

    With strata, or equal weights: sum over strata of N_h^2 (1 - n_h / N_h) s_h^2 / n_h, N_h the sum of the
    weights. Otherwise, as drawn with replacement: sum of (n d y - total)^2 / (n (n - 1)). When everybody was
    invited (weights 1) nothing was sampled and the variance is 0.

    Raises
    ------
    InputError
        invalid_value, for weights that differ within a stratum or lie below 1.
    EstimationError
        lonely_stratum.

    References
    ----------
    Sarndal, C.-E., Swensson, B. & Wretman, J. (1992). Model Assisted Survey Sampling. Springer, sections 2.9, 3.7.
    """
    weights = cells.design_weights[cells.invited > 0]
    if cells.strata is not None:
        return _stratified(cells, values, cells.strata)
    if np.ptp(weights) <= _SAME_WEIGHT * weights[0]:
        return _stratified(cells, values, np.zeros(values.shape[0], dtype=np.int64))
    return _with_replacement(cells, values)


def _stratified(cells: ResponseCells, values: FloatArray, strata: IntArray) -> FloatArray:
    variance = np.zeros(values.shape[1])
    for stratum in np.unique(strata).tolist():
        rows = (strata == stratum) & (cells.invited > 0)
        count, weight = cells.invited[rows].astype(np.float64), cells.design_weights[rows]
        n, total = count.sum(), cells.population[rows].sum()
        if n > 0:
            _check_stratum(stratum, weight, float(n), float(total))
            spread = values[rows] - count @ values[rows] / n
            sample_variance = count @ spread**2 / max(n - 1, 1)
            variance += total**2 * max(0.0, 1 - n / total) * sample_variance / n
    return variance


def _check_stratum(stratum: int, weights: FloatArray, n: float, total: float) -> None:
    if np.ptp(weights) > _SAME_WEIGHT * weights[0]:
        raise InputError(
            "invalid_value", name="design_weights", value=stratum, reason="weights differ within this stratum"
        )
    if total < n * (1 - _SAME_WEIGHT):
        raise InputError("invalid_value", name="design_weights", value=weights[0], reason="1 / inclusion is 1 or more")
    if n == 1 and total > 1 + _SAME_WEIGHT:
        raise EstimationError("lonely_stratum", stratum=stratum)


def _with_replacement(cells: ResponseCells, values: FloatArray) -> FloatArray:
    n = float(cells.n)  # 2 or more: weights differ
    weighted = cells.design_weights[:, None] * values
    total = cells.invited @ weighted
    return np.asarray(cells.invited @ (n * weighted - total) ** 2 / (n * (n - 1)), dtype=np.float64)
