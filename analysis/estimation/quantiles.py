"""Weighted quantiles with Woodruff intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, as_floats, require_length
from analysis.errors import EstimationError, InputError
from analysis.estimation.design import Design
from analysis.estimation.estimates import estimate_means
from analysis.estimation.intervals import LEVEL, mean_intervals


@dataclass(frozen=True)
class Quantile:
    """A quantile with its Woodruff interval; `base` is the number of answers."""

    probability: float
    estimate: float
    low: float
    high: float
    base: int


def estimate_quantile(design: Design, values: ArrayLike, probability: float = 0.5, *, level: float = LEVEL) -> Quantile:
    """Return the smallest answer at or below which at least `probability` of the weight lies.

    The rule is the inverse of the weighted distribution function (`math` in R survey). The interval inverts
    the Wald interval of the share at or below the estimate.

    Parameters
    ----------
    design : Design
    values : (n,) array
        NaN where a respondent has no answer.
    probability : float
        Between 0 and 1; 0.5 is the median.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value (probability outside 0..1).
    EstimationError
        no_rows, when nobody answered.

    References
    ----------
    Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. Journal of the
    American Statistical Association 47, 635-646.
    """
    y = as_floats("values", values, 1)
    require_length("values", y, design.n)
    if not 0 < probability < 1:
        raise InputError("invalid_value", name="probability", value=probability, reason="must lie in 0..1")
    answered = np.isfinite(y)
    if not answered.any():
        raise EstimationError("no_rows", name="values")
    order = np.argsort(y[answered], kind="stable")
    ordered = y[answered][order]
    cumulative = np.cumsum(design.weights[answered][order])
    estimate = _invert(ordered, cumulative, probability)
    below = np.where(answered, (y <= estimate).astype(np.float64), np.nan)
    shares = estimate_means(design, below[:, None])
    interval = mean_intervals(shares, level=level)
    low, high = (_invert(ordered, cumulative, float(limit[0, 0])) for limit in (interval.low, interval.high))
    return Quantile(probability, estimate, low, high, int(shares.base[0, 0]))


def _invert(ordered: FloatArray, cumulative: FloatArray, probability: float) -> float:
    # rounding in the running sum must not push an exact boundary one answer up
    wanted = probability * cumulative[-1] * (1 - 1e-12)
    position = int(np.searchsorted(cumulative, wanted))
    return float(ordered[min(position, ordered.shape[0] - 1)])
