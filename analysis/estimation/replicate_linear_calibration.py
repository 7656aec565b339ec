"""Every replicate calibrated again by regression: linear distance, numeric totals, one solution for all at once."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_floats, require_length
from analysis.errors import ConvergenceError, InputError
from analysis.estimation.replicate_calibration import may_miss, with_margins
from analysis.estimation.replicates import Recalibration, Replicates
from analysis.weighting.raking import TOLERANCE

_REFINEMENTS = 3
_RIDGE = 1e-12


def recalibrate_linearly(
    replicates: Replicates,
    auxiliaries: ArrayLike,
    totals: ArrayLike,
    *,
    tolerance: float = TOLERANCE,
    leave_out: bool = False,
) -> Replicates:
    """Calibrate the full sample and every replicate to totals by the linear distance: w = d (1 + x'l).

    l = (sum d x x')^-1 (t - sum d x), per replicate. Weights can turn negative; for shares of categories raking
    (`recalibrate`) avoids that, for bounds there is `recalibrate_by`.

    Parameters
    ----------
    replicates : Replicates
        Recalibration starts from their base weights.
    auxiliaries : (n, p) array
        One column per total: ones for the population size, indicators, or numbers. No missing values.
    totals : (p,) array
    tolerance : float
        Largest error accepted, relative to the total (to sum d |x| where that is larger).
    leave_out : bool
        As `recalibrate`.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value.
    ConvergenceError
        totals_not_met, by the full sample or a replicate.

    References
    ----------
    Deville & Sarndal (1992), JASA 87, 376-382, case 1; Rao, Wu & Yue (1992), Survey Methodology 18, 209-217.
    """
    x = as_floats("auxiliaries", auxiliaries, 2)
    t = as_floats("totals", totals, 1)
    require_length("auxiliaries", x, replicates.n)
    require_length("totals", t, x.shape[1])
    for name, values in (("auxiliaries", x), ("totals", t)):
        if not (values.size and np.isfinite(values).all()):
            raise InputError("invalid_value", name=name, value="NaN", reason="finite numbers are needed")
    scale = np.maximum(np.abs(t), replicates.base_weights @ np.abs(x))
    scale[scale == 0] = 1.0
    x, t = x / scale, t / scale
    full, full_error = _calibrate(x, t, replicates.base_weights[:, None])
    if not full_error.max() <= tolerance:
        raise _not_met(np.zeros(1, dtype=np.int64), full_error, replicates.n_replicates)
    g = np.empty((replicates.n, replicates.n_replicates))
    error = np.empty((t.shape[0], replicates.n_replicates))
    for columns in replicates.chunks():
        g[:, columns], error[:, columns] = _calibrate(x, t, replicates.unadjusted_matrix(columns))
    failed = np.flatnonzero(~(error.max(axis=0) <= tolerance))
    if failed.size and not may_miss(replicates, failed.size, leave_out=leave_out):
        raise _not_met(failed + 1, error[:, failed], replicates.n_replicates)
    found = Recalibration(np.arange(replicates.n), g, error.max(axis=0), failed)
    return with_margins(replicates, replicates.base_weights * full[:, 0], found)


def _calibrate(x: FloatArray, totals: FloatArray, start: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return factors (n, r) on `start` and the relative errors (p, r) that are left."""
    p, r = x.shape[1], start.shape[1]
    first, second = np.triu_indices(p)
    upper = ((x[:, first] * x[:, second]).T @ start).T
    hessian = np.empty((r, p, p))
    hessian[:, first, second] = upper
    hessian[:, second, first] = upper
    diagonal = np.einsum("rii->ri", hessian)
    # repeated auxiliaries leave a direction open; refining takes away what the ridge does to the others
    diagonal += _RIDGE * diagonal + np.where(diagonal > 0, 0.0, 1.0)
    coefficients = np.zeros((p, r))
    gap = totals[:, None] - x.T @ start
    for _ in range(_REFINEMENTS):
        coefficients += np.linalg.solve(hessian, gap.T[:, :, None])[:, :, 0].T
        g = 1.0 + x @ coefficients
        gap = totals[:, None] - x.T @ (start * g)
    return g, np.abs(gap)


def _not_met(numbers: IntArray, error: FloatArray, n_replicates: int) -> ConvergenceError:
    worst = int(error[:, 0].argmax())
    return ConvergenceError(
        "totals_not_met",
        count=numbers.size,
        n_replicates=n_replicates,
        replicate=int(numbers[0]),
        column=worst,
        error=float(error[worst, 0]),
    )
