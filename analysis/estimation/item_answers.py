"""What the estimators per kind of question share: checks of answers, and missing values that stay missing."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray
from analysis.errors import InputError
from analysis.estimation.design import Design
from analysis.estimation.linearization import answers


def item_columns(name: str, values: ArrayLike, design: Design) -> FloatArray:
    """Return `values` as (n, k) answers to k items, NaN where there is none.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, invalid_value (infinite), no_columns.
    """
    columns = answers(name, values, design.n)
    if columns.shape[1] == 0:
        raise InputError("no_columns", name=name)
    return columns


def keep_missing(values: FloatArray, result: BoolArray | FloatArray) -> FloatArray:
    """Return `result` as numbers, NaN where `values` is."""
    return np.where(np.isnan(values), np.nan, np.asarray(result, dtype=np.float64))


def require_allowed(name: str, values: FloatArray, allowed: BoolArray, reason: str) -> None:
    """Raise InputError (invalid_value) with the first of `values` that is neither `allowed` nor missing."""
    wrong = ~(allowed | np.isnan(values))
    if wrong.any():
        raise InputError("invalid_value", name=name, value=float(values[wrong][0]), reason=reason)
