"""Numbers as they go into a document: twelve digits, and percentages that add up as they are printed."""

import math

import numpy as np
from numpy.typing import ArrayLike

from analysis.disclosure.release import round_to_total

DIGITS = 12


def exact(value: float) -> float | None:
    """A figure with twelve significant digits; None for what cannot be known."""
    number = float(value)
    return None if math.isnan(number) else float(f"{number:.{DIGITS}g}")


def percentages(shares: ArrayLike, *, adds_up: bool) -> list[int | None]:
    """Whole percentages; together 100 when the shares are parts of one whole."""
    values = np.asarray(shares, dtype=np.float64)
    if adds_up and np.isfinite(values).all() and values.sum() > 0:
        return [int(v) for v in round_to_total(values, 100)]
    return [None if math.isnan(v) else math.floor(v * 100 + 0.5) for v in values]
