"""Array types of the package and the checks that every entry point shares."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

MISSING = -1
_CHUNK_VALUES = 250_000


def as_floats(name: str, values: ArrayLike, ndim: int) -> FloatArray:
    """Return `values` as float64 of `ndim` dimensions; raises InputError (wrong_shape)."""
    array: FloatArray = np.asarray(values, dtype=np.float64)
    _require_ndim(name, array, ndim)
    return array


def as_codes(name: str, values: ArrayLike, ndim: int) -> IntArray:
    """Return `values` as int64 of `ndim` dimensions; raises InputError (wrong_shape, not_integer)."""
    array: NDArray[Any] = np.asarray(values)
    if array.dtype.kind not in "iub" and array.size:
        raise InputError("not_integer", name=name)
    _require_ndim(name, array, ndim)
    return array.astype(np.int64, copy=False)


def require_length(name: str, array: NDArray[Any], n: int) -> None:
    """Raise InputError (wrong_length) unless the first axis holds `n` rows."""
    if array.shape[0] != n:
        raise InputError("wrong_length", name=name, expected=n, got=array.shape[0])


def weighted_counts(codes: IntArray, weights: FloatArray, n_codes: int) -> FloatArray:
    """Add up `weights` (n,) per code 0..n_codes-1."""
    return np.asarray(np.bincount(codes, weights=weights, minlength=n_codes), dtype=np.float64)


def column_chunks(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Yield slices of columns small enough that one work array stays under 2 MB."""
    width = max(1, _CHUNK_VALUES // max(1, n_rows))
    for start in range(0, n_columns, width):
        yield slice(start, min(n_columns, start + width))


def _require_ndim(name: str, array: NDArray[Any], ndim: int) -> None:
    if array.ndim != ndim:
        raise InputError("wrong_shape", name=name, expected=ndim, got=array.ndim)
