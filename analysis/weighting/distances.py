"""How far weights may move from base weights: distances, seen as functions from the dual to g-weights."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from analysis.arrays import FloatArray, as_floats
from analysis.errors import InputError

Bounds = tuple[float, float]
Response = Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray]]
"""From u = q x'l to the g-weights F(u), their slope F'(u), and an integral of F (up to a constant)."""


class Distance(StrEnum):
    """What calibration keeps small.

    LINEAR : sum (w - d)^2 / d, F = 1 + u; g-weights may be negative, unless bounded (truncated linear).
    RAKING : sum w log(w/d) - w + d, F = exp(u); with bounds, F is cut off at them.
    LOGIT : F runs smoothly from the lower to the upper bound, which it needs.
    """

    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


def response_of(distance: Distance, bounds: Bounds | None) -> Response:
    """Return F, F' and the integral of F for a distance.

    Raises
    ------
    InputError
        invalid_value, for bounds that do not enclose 1, or that LOGIT lacks.

    References
    ----------
    Deville, J.-C. & Sarndal, C.-E. (1992). JASA 87, 376-382, table 1 (cases 1, 2, 6 and 7).
    """
    _check_bounds(distance, bounds)
    if distance is Distance.LOGIT and bounds is not None:
        return _logit(*bounds)
    if distance is Distance.RAKING:
        return exponential if bounds is None else _truncated_exponential(*bounds)
    return _linear if bounds is None else _truncated_linear(*bounds)


def exponential(u: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """F = exp(u), its own slope and integral."""
    ratio: FloatArray = np.exp(u)
    return ratio, ratio, ratio


def _linear(u: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    return 1.0 + u, np.ones_like(u), u + 0.5 * u * u


def _truncated_linear(lower: float, upper: float) -> Response:
    def response(u: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        free = 1.0 + u
        ratio = np.clip(free, lower, upper)
        return ratio, (ratio == free).astype(np.float64), ratio * free - 0.5 * ratio * ratio

    return response


def _truncated_exponential(lower: float, upper: float) -> Response:
    with np.errstate(divide="ignore"):
        low, high = np.log([max(lower, 0.0), upper])

    def response(u: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        kept = np.clip(u, low, high)
        ratio = np.exp(kept)
        return ratio, np.where(kept == u, ratio, 0.0), ratio * (1.0 + u - kept)

    return response


def _logit(lower: float, upper: float) -> Response:
    width = upper - lower
    steepness = width / ((1.0 - lower) * (upper - 1.0))
    offset = np.log((1.0 - lower) / (upper - 1.0))

    def response(u: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        position = steepness * u + offset
        share = 0.5 * (1.0 + np.tanh(0.5 * position))  # the logistic function, safe from overflow
        slope = width * steepness * share * (1.0 - share)
        return lower + width * share, slope, lower * u + np.logaddexp(0.0, position) * (width / steepness)

    return response


def _check_bounds(distance: Distance, bounds: Bounds | None) -> None:
    if bounds is None:
        if distance is Distance.LOGIT:
            raise InputError("invalid_value", name="bounds", value=None, reason="the logit distance needs them")
        return
    if np.shape(bounds) != (2,):
        raise InputError("invalid_value", name="bounds", value=bounds, reason="two are needed, the lower one first")
    lower, upper = as_floats("bounds", bounds, 1).tolist()
    if not lower < 1.0 < upper:
        raise InputError("invalid_value", name="bounds", value=bounds, reason="they must enclose 1")
    if distance is Distance.LOGIT and not np.isfinite([lower, upper]).all():
        raise InputError("invalid_value", name="bounds", value=bounds, reason="the logit distance needs both")
