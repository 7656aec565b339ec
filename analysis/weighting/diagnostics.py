"""Diagnostics of weights: what weighting cost in precision, and how the weights are spread."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_floats, require_count
from analysis.errors import InputError


@dataclass(frozen=True)
class WeightSummary:
    """Spread of weights: n, sum, Kish design effect, effective n, coefficient of variation, extremes.

    `min_over_mean` and `max_over_mean` are factors of the mean weight.
    """

    n: int
    total: float
    design_effect: float
    effective_n: float
    variation: float
    min_over_mean: float
    max_over_mean: float


@dataclass(frozen=True, eq=False)
class WeightHistogram:
    """Number of respondents per class of weight / mean weight; `edges` has one entry more than `counts`."""

    edges: FloatArray
    counts: IntArray


def summarize_weights(weights: ArrayLike) -> WeightSummary:
    """Return Kish's design effect n sum(w^2) / (sum w)^2 and the effective n it leaves.

    Parameters
    ----------
    weights : (n,) array
        Positive, on any scale.

    Raises
    ------
    InputError
        no_rows, wrong_shape, not_numeric, invalid_value.

    References
    ----------
    Kish, L. (1992). Weighting for unequal Pi. Journal of Official Statistics 8(2), 183-200.
    """
    w = _weights(weights)
    total = float(w.sum())
    design_effect = float(w.shape[0] * (w @ w) / total**2)
    mean = total / w.shape[0]
    return WeightSummary(
        n=w.shape[0],
        total=total,
        design_effect=design_effect,
        effective_n=w.shape[0] / design_effect,
        variation=float(np.sqrt(max(0.0, design_effect - 1.0))),
        min_over_mean=float(w.min() / mean),
        max_over_mean=float(w.max() / mean),
    )


def weight_histogram(weights: ArrayLike, *, n_bins: int = 20, upper: float = 5.0) -> WeightHistogram:
    """Count respondents in `n_bins` equal classes of weight / mean weight from 0 to `upper`.

    Heavier weights are counted in the last class, whose edge is then the heaviest weight, and negative ones (of
    linear calibration) in the first, whose edge is then the most negative.

    Raises
    ------
    InputError
        no_rows, wrong_shape, not_numeric, invalid_value.
    """
    w = _weights(weights)
    require_count("n_bins", n_bins)
    if not 0 < upper < np.inf:
        raise InputError("invalid_value", name="upper", value=upper, reason="must be more than 0, and finite")
    ratios = w / w.mean()
    edges = np.linspace(0.0, upper, n_bins + 1)
    edges[0], edges[-1] = min(0.0, float(ratios.min())), max(upper, float(ratios.max()))
    counts, _ = np.histogram(ratios, bins=edges)
    return WeightHistogram(edges, counts.astype(np.int64))


def _weights(weights: ArrayLike) -> FloatArray:
    w = as_floats("weights", weights, 1)
    if w.shape[0] == 0:
        raise InputError("no_rows", name="weights")
    if not (np.isfinite(w).all() and w.sum() > 0):
        raise InputError("invalid_value", name="weights", value="weights", reason="finite, with a sum of more than 0")
    return w
