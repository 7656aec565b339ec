"""Rounding a two-way table so that it adds up by row, by column and in total."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.optimize import linprog

from analysis.arrays import FloatArray, IntArray, as_floats, require_count
from analysis.errors import InputError

_DIGITS = 9
_LARGEST = 1e9


@dataclass(frozen=True, eq=False)
class RoundedTable:
    """A table in whole units: each row adds up to its total, each column to its own, both to `total`."""

    cells: IntArray
    row_totals: IntArray
    column_totals: IntArray
    total: int


def round_table(values: ArrayLike, *, unit: float = 1.0, total: int | None = None) -> RoundedTable:
    """Round `values` (r, c) and all totals to whole units, each up or down to a neighbour (controlled rounding).

    Every cell, row total, column total and the grand total becomes the multiple of `unit` just below or above
    its exact value (what is a multiple already stays), everything adds up, and the sum of all moves is smallest.
    Such a rounding always exists for two ways; the linear program is a flow, so its corner is whole.

    Parameters
    ----------
    values : (r, c) array
        Non-negative counts or shares.
    unit : float
        Rounding base: 1, 5, or 0.01 for shares in whole percentages.
    total : int, optional
        Scale the table to add up to this many units first (100: shares of the whole in percentages).

    Returns
    -------
    RoundedTable
        In units: multiply by `unit` for the printed figure.

    Raises
    ------
    InputError
        wrong_shape, no_rows, invalid_value.

    References
    ----------
    Cox, L. H. (1987). A constructive procedure for unbiased controlled rounding. JASA 82(398), 520-524. Causey,
    B. D., Cox, L. H. & Ernst, L. R. (1985). Applications of transportation theory to statistical problems. JASA
    80(392), 903-909.
    """
    exact = _with_totals(_in_units(values, unit, total))
    floors = np.floor(exact)
    rest = exact - floors
    n_rows, n_columns = exact.shape
    adds_up = _sums(n_rows, n_columns)
    found = linprog(
        (1 - 2 * rest).ravel(),
        A_eq=adds_up,
        b_eq=-(adds_up @ floors.ravel()),
        bounds=np.column_stack([np.zeros(exact.size), (rest > 0).ravel()]),
        method="highs-ds",
    )
    rounded = (floors + np.round(found.x).reshape(exact.shape)).astype(np.int64)
    return RoundedTable(rounded[:-1, :-1], rounded[:-1, -1], rounded[-1, :-1], int(rounded[-1, -1]))


def _in_units(values: ArrayLike, unit: float, total: int | None) -> FloatArray:
    table = as_floats("values", values, 2)
    if table.size == 0:
        raise InputError("no_rows", name="values")
    if not (np.isfinite(table).all() and (table >= 0).all()):
        raise InputError("invalid_value", name="values", value="a figure", reason="must be finite and >= 0")
    if not (np.isfinite(unit) and unit > 0):
        raise InputError("invalid_value", name="unit", value=unit, reason="must be finite and > 0")
    if total is None:
        if table.max() / unit > _LARGEST:
            raise InputError("invalid_value", name="unit", value=unit, reason="too small for these figures")
        return table / unit
    require_count("total", total, at_least=0)
    if table.sum() == 0:
        raise InputError("invalid_value", name="values", value=0.0, reason="there must be something to divide")
    return np.asarray(table * (total / table.sum()), dtype=np.float64)


def _with_totals(table: FloatArray) -> FloatArray:
    """(r + 1, c + 1); figures that are whole but for arithmetic are made whole."""
    rows = np.column_stack([table, table.sum(axis=1)])
    return np.asarray(np.round(np.vstack([rows, rows.sum(axis=0)]), _DIGITS), dtype=np.float64)


def _sums(n_rows: int, n_columns: int) -> sp.csr_array:
    """Relations of an (r, c) table whose last row and column are totals."""
    across = np.ones((1, n_columns))
    across[0, -1] = -1
    down = np.ones((1, n_rows))
    down[0, -1] = -1
    return sp.csr_array(sp.vstack([sp.kron(sp.eye_array(n_rows), across), sp.kron(down, sp.eye_array(n_columns))]))
