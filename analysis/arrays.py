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
_LARGEST_COUNT = 2**31 - 1
_LARGEST_CODE = 2**63 - 1
_CHUNK_VALUES = 250_000


def as_floats(name: str, values: ArrayLike, ndim: int) -> FloatArray:
    """Return `values` as float64 of `ndim` dimensions; raises InputError (wrong_shape, not_numeric)."""
    array = as_numbers(name, values)
    _require_ndim(name, array, ndim)
    return array


def as_numbers(name: str, values: ArrayLike) -> FloatArray:
    """Return `values` as float64 of any shape, None as NaN; raises InputError (not_numeric): texts, dates, ragged."""
    try:
        array: NDArray[Any] = np.asarray(values)
        if array.dtype.kind in "fiubO":
            return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        # what NumPy cannot make one table of numbers of; the name of the argument says more than its message
        pass
    raise InputError("not_numeric", name=name)


def as_codes(name: str, values: ArrayLike, ndim: int) -> IntArray:
    """Return `values` as int64 of `ndim` dimensions; raises InputError (wrong_shape, not_integer)."""
    try:
        array: NDArray[Any] = np.asarray(values)
    except ValueError:
        raise InputError("wrong_shape", name=name, expected=ndim, got="ragged") from None
    is_wide = array.dtype == np.uint64 and bool((array > _LARGEST_CODE).any())
    if is_wide or (array.dtype.kind not in "iub" and array.size):
        raise InputError("not_integer", name=name)
    _require_ndim(name, array, ndim)
    return array.astype(np.int64, copy=False)


def as_code_columns(name: str, values: ArrayLike, n: int) -> IntArray:
    """Return codes (n,) or (n, k) as (n, k); raises InputError (wrong_shape, wrong_length, not_integer)."""
    try:
        ndim = 2 if np.ndim(values) == 2 else 1
    except ValueError:
        ndim = 1
    codes = as_codes(name, values, ndim)
    require_length(name, codes, n)
    return codes[:, None] if codes.ndim == 1 else codes


def require_count(name: str, value: int, *, at_least: int = 1) -> int:
    """Return `value` as an int; raises InputError (invalid_value) unless it is a whole number of `at_least` or more."""
    if not (isinstance(value, int | np.integer) and at_least <= value <= _LARGEST_COUNT):
        raise InputError("invalid_value", name=name, value=value, reason=f"a whole number, {at_least} or more")
    return int(value)


def require_length(name: str, array: NDArray[Any], n: int) -> None:
    """Raise InputError (wrong_length) unless the first axis holds `n` rows."""
    if array.shape[:1] != (n,):
        raise InputError("wrong_length", name=name, expected=n, got=array.shape[0] if array.ndim else "one number")


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
