"""Respondents collapsed to their distinct profiles: after this step, cost no longer grows with n."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import FloatArray, IntArray, as_codes, require_count, require_length, weighted_counts
from analysis.errors import InputError

_LARGEST_KEY = 2**62
_SMALL_TABLE = 100_000
_LARGEST_WIDE = 2**31
_ROWS_AT_ONCE = 16_384


@dataclass(frozen=True, eq=False)
class Cells:
    """Distinct profiles of the respondents.

    Attributes
    ----------
    codes : (c, m) integer array
        One row per profile that occurs.
    keys : (n,) integer array
        The profile of each respondent, or its place in a table of all possible profiles.
    found : (c,) integer array or None
        Places of the profiles in that table; None when `keys` are the profiles themselves.
    n_keys : int
        Size of the table.
    """

    codes: IntArray
    keys: IntArray
    found: IntArray | None = None
    n_keys: int = 0

    @property
    def n_cells(self) -> int:
        """Number of distinct profiles."""
        return int(self.codes.shape[0])

    @cached_property
    def index(self) -> IntArray:
        """The profile (0..c-1) of each respondent."""
        if self.found is None:
            return self.keys
        position = np.zeros(self.n_keys, dtype=np.int64)
        position[self.found] = np.arange(self.n_cells)
        return position.take(self.keys)

    @cached_property
    def counts(self) -> FloatArray:
        """Number of respondents (c,) per profile."""
        if self.found is None:
            return np.bincount(self.keys, minlength=self.n_cells).astype(np.float64)
        return np.bincount(self.keys, minlength=self.n_keys)[self.found].astype(np.float64)

    def sum(self, values: FloatArray) -> FloatArray:
        """Add up `values` (n,) within each profile; returns (c,)."""
        if self.found is None:
            return weighted_counts(self.keys, values, self.n_cells)
        return weighted_counts(self.keys, values, self.n_keys)[self.found]

    def sum_columns(self, values: FloatArray) -> FloatArray:
        """Add up the columns of `values` (n, q) within each profile; returns (c, q)."""
        order, starts = self._runs
        return np.asarray(np.add.reduceat(values[order], starts, axis=0))

    def spread(self, cell_values: FloatArray) -> FloatArray:
        """Give every respondent the value (c,) of its profile; returns (n,)."""
        if self.found is None:
            return cell_values.take(self.keys)
        table = np.empty(self.n_keys)
        table[self.found] = cell_values
        # keys lie inside the table by construction; clip spares the check
        return table.take(self.keys, mode="clip")

    @cached_property
    def _runs(self) -> tuple[IntArray, IntArray]:
        order = np.argsort(self.index, kind="stable")
        # every profile occurs, so each start is the beginning of a non-empty run
        return order, np.searchsorted(self.index[order], np.arange(self.n_cells))


def collapse(codes: ArrayLike, sizes: Sequence[int]) -> Cells:
    """Find the distinct rows of `codes` (n, m), where column j holds 0..sizes[j]-1, of any integer type.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range (a missing code, -1, lies outside too).
    """
    profile = as_profile(codes)
    if profile.shape[1] != len(sizes) or not sizes:
        raise InputError("wrong_length", name="columns of codes", expected=len(sizes), got=profile.shape[1])
    n_keys = math.prod(sizes)
    if n_keys > _LARGEST_KEY:
        return _collapse_rows(profile, sizes)
    if max(sizes) ** len(sizes) <= min(_LARGEST_WIDE, profile.shape[0]):
        return _collapse_wide(profile, sizes)
    keys = _fuse(profile, sizes)
    if n_keys > max(_SMALL_TABLE, 4 * keys.shape[0]):
        found, index = np.unique(keys, return_inverse=True)
        return Cells(_profiles(found, sizes), index.astype(np.int64, copy=False).ravel())
    return _tabulate(keys, sizes)


def as_profile(codes: ArrayLike) -> NDArray[Any]:
    """Return `codes` as an integer array of two dimensions, without a copy; raises InputError."""
    try:
        profile: NDArray[Any] = np.asarray(codes)
    except ValueError:
        raise InputError("wrong_shape", name="codes", expected=2, got="ragged") from None
    if profile.dtype.kind not in "iub" and profile.size:
        raise InputError("not_integer", name="codes")
    if profile.ndim != 2:
        raise InputError("wrong_shape", name="codes", expected=2, got=profile.ndim)
    return profile


def cross(first: IntArray, second: IntArray, n_second: int) -> IntArray:
    """Return the codes of the crossed variable (`first` major); missing in either stays missing (-1).

    Raises
    ------
    InputError
        code_out_of_range when `second` holds a code of `n_second` or more; wrong_shape, wrong_length, not_integer,
        invalid_value.
    """
    first, second = as_codes("first", first, 1), as_codes("second", second, 1)
    require_length("second", second, first.shape[0])
    require_count("n_second", n_second)
    if second.size and int(second.max()) >= n_second:
        raise InputError("code_out_of_range", name="second", value=int(second.max()), last=n_second - 1)
    return np.where((first < 0) | (second < 0), -1, first * n_second + second)


def _collapse_wide(profile: NDArray[Any], sizes: Sequence[int]) -> Cells:
    """Collapse with one width for all columns: rows are then checked at once, and the rest on the few cells."""
    widths = [max(sizes)] * len(sizes)
    keys = np.empty(profile.shape[0], dtype=np.int64)
    for start, columns in _blocks(profile, widths[0]):
        keys[start : start + columns.shape[1]] = _add_up(columns, widths)
    cells = _tabulate(keys, widths)
    for j, size in enumerate(sizes):
        _check_range(cells.codes[:, j], size, j)
    return cells


def _fuse(profile: NDArray[Any], sizes: Sequence[int]) -> IntArray:
    """Return one key per row, the last column varying fastest."""
    keys = np.empty(profile.shape[0], dtype=np.int64)
    is_small = math.prod(sizes) < _LARGEST_WIDE
    for start, columns in _blocks(profile, max(sizes) if is_small else None):
        for j, size in enumerate(sizes):
            _check_range(columns[j], size, j)
        keys[start : start + columns.shape[1]] = _add_up(columns, sizes)
    return keys


def _blocks(profile: NDArray[Any], width: int | None) -> Iterator[tuple[int, NDArray[Any]]]:
    """Yield blocks of rows that stay in the cache, turned to columns; 32 bits wide when all are below `width`."""
    dtype = np.int64 if width is None else np.int32
    scratch = np.empty((profile.shape[1], min(_ROWS_AT_ONCE, profile.shape[0])), dtype=dtype)
    for start in range(0, profile.shape[0], _ROWS_AT_ONCE):
        rows = profile[start : start + _ROWS_AT_ONCE]
        if width is not None:
            _check_range(rows, width, 0)
        columns = scratch[:, : rows.shape[0]]
        columns[...] = rows.T
        yield start, columns


def _add_up(columns: NDArray[Any], widths: Sequence[int]) -> NDArray[Any]:
    """Return the keys of a block; its first column is overwritten."""
    key: NDArray[Any] = columns[0]
    for j in range(1, len(widths)):
        key *= widths[j]
        key += columns[j]
    return key


def _tabulate(keys: IntArray, widths: Sequence[int]) -> Cells:
    counts = np.bincount(keys, minlength=math.prod(widths))
    found = np.flatnonzero(counts > 0)  # much faster on truth values than on counts
    cells = Cells(_profiles(found, widths), keys, found, counts.shape[0])
    cells.__dict__["counts"] = counts[found].astype(np.float64)  # just counted: spares the cached property
    return cells


def _check_range(codes: NDArray[Any], size: int, j: int) -> None:
    # seen as unsigned, a negative code is a large one: one comparison serves both sides
    if int(codes.view(f"u{codes.dtype.itemsize}").max()) >= size:
        outside = codes[(codes < 0) | (codes >= size)]
        raise InputError("code_out_of_range", name=f"column {j} of codes", value=int(outside[0]), last=size - 1)


def _collapse_rows(profile: NDArray[Any], sizes: Sequence[int]) -> Cells:
    for j, size in enumerate(sizes):
        _check_range(profile[:, j], size, j)
    found, index = np.unique(profile, axis=0, return_inverse=True)
    return Cells(found.astype(np.int64), index.astype(np.int64).ravel())


def _profiles(found: IntArray, sizes: Sequence[int]) -> IntArray:
    # a row in memory per column of codes: columns are what is counted by
    rows = np.empty((len(sizes), found.shape[0]), dtype=np.int64)
    rest = found
    for j in range(len(sizes) - 1, 0, -1):
        quotient = rest // sizes[j]
        np.subtract(rest, quotient * sizes[j], out=rows[j])
        rest = quotient
    rows[0] = rest
    return rows.T
