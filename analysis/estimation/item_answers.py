"""What the estimators per kind of question share: checks of answers, and missing values that stay missing."""

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.errors import InputError


def keep_missing(values: FloatArray, result: BoolArray | FloatArray) -> FloatArray:
    """Return `result` as numbers, NaN where `values` is."""
    return np.where(np.isnan(values), np.nan, np.asarray(result, dtype=np.float64))


def require_allowed(name: str, values: FloatArray, allowed: BoolArray, reason: str) -> None:
    """Raise InputError (invalid_value) with the first of `values` that is neither `allowed` nor missing."""
    wrong = ~(allowed | np.isnan(values))
    if wrong.any():
        raise InputError("invalid_value", name=name, value=float(values[wrong][0]), reason=reason)
