"""Respondents collapsed to their distinct profiles: after this step, cost no longer grows with n."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray, as_codes, weighted_counts
from analysis.errors import InputError

_LARGEST_TABLE = 4_000_000
_LARGEST_KEY = 2**62


@dataclass(frozen=True, eq=False)
class Cells:
    """Distinct profiles of the respondents.

    Attributes
    ----------
    codes : (c, m) integer array
        One row per profile that occurs.
    index : (n,) integer array
        The profile of each respondent.
    """

    codes: IntArray
    index: IntArray

    @property
    def n_cells(self) -> int:
        """Number of distinct profiles."""
        return int(self.codes.shape[0])

    def sum(self, values: FloatArray) -> FloatArray:
        """Add up `values` (n,) within each profile; returns (c,)."""
        return weighted_counts(self.index, values, self.n_cells)


def collapse(codes: IntArray, sizes: Sequence[int]) -> Cells:
    """Find the distinct rows of `codes` (n, m), where column j holds 0..sizes[j]-1.

    Raises
    ------
    InputError
        wrong_shape, not_integer.
    """
    codes = as_codes("codes", codes, 2)
    n_keys = 1
    for size in sizes:
        n_keys *= size
    if n_keys > _LARGEST_KEY:
        unique, index = np.unique(codes, axis=0, return_inverse=True)
        return Cells(unique, index.astype(np.int64).ravel())
    key = codes[:, 0].copy()
    for j, size in enumerate(sizes[1:], start=1):
        key *= size
        key += codes[:, j]
    found, index = _distinct(key, n_keys)
    return Cells(np.stack(np.unravel_index(found, tuple(sizes)), axis=1).astype(np.int64), index)


def cross(first: IntArray, second: IntArray, n_second: int) -> IntArray:
    """Return the codes of the crossed variable (`first` major); missing in either stays missing (-1).

    Raises
    ------
    InputError
        code_out_of_range when `second` holds a code of `n_second` or more.
    """
    if second.size and int(second.max()) >= n_second:
        raise InputError("code_out_of_range", name="second", value=int(second.max()), last=n_second - 1)
    return np.where((first < 0) | (second < 0), -1, first * n_second + second)


def _distinct(key: IntArray, n_keys: int) -> tuple[IntArray, IntArray]:
    if n_keys > max(_LARGEST_TABLE, 4 * key.shape[0]):
        found, index = np.unique(key, return_inverse=True)
        return found, index.astype(np.int64)
    found = np.flatnonzero(np.bincount(key, minlength=n_keys))
    position = np.zeros(n_keys, dtype=np.int64)
    position[found] = np.arange(found.shape[0])
    return found, position[key]
