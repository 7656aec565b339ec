"""Guard against naming differences that many tests would turn up by chance."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, as_floats, as_numbers
from analysis.errors import InputError

SIGNIFICANCE = 0.05


class Guard(StrEnum):
    """Holm for what is published, Benjamini-Hochberg for exploration."""

    HOLM = "holm"
    BENJAMINI_HOCHBERG = "benjamini_hochberg"


@dataclass(frozen=True, eq=False)
class GuardedFamily:
    """A family of tests after the guard; arrays are shaped as the p-values given.

    Attributes
    ----------
    may_be_named : differences that the guard lets through
    adjusted_p_value : NaN where there was no test
    size : int
        Tests in the family.
    guard : Guard
    significance : float
        Chance of one false difference or more (Holm), or expected part of false ones among those named (BH).
    """

    may_be_named: BoolArray
    adjusted_p_value: FloatArray
    size: int
    guard: Guard
    significance: float

    @property
    def is_exploration(self) -> bool:
        """Whether the outcome is for exploration only, not for publication."""
        return self.guard is not Guard.HOLM


def guard_family(
    p_values: ArrayLike, *, guard: Guard = Guard.HOLM, significance: float = SIGNIFICANCE
) -> GuardedFamily:
    """Return which differences of one family may be named: those whose adjusted p-value is at most `significance`.

    A family is everything looked at to answer one question: all groups of a breakdown, all waves compared. Leaving
    out what was not remarkable makes the guard worthless.

    Parameters
    ----------
    p_values : array
        NaN for a comparison that could not be tested; it is not counted and may not be named.
    guard : Guard
    significance : float

    Raises
    ------
    InputError
        invalid_value: a p-value or significance outside 0..1.
    """
    p = as_numbers("p_values", p_values)
    if not 0 < significance < 1:
        raise InputError("invalid_value", name="significance", value=significance, reason="it must lie in 0..1")
    adjust = holm if guard is Guard.HOLM else benjamini_hochberg
    adjusted = adjust(p.ravel()).reshape(p.shape)
    with np.errstate(invalid="ignore"):
        may_be_named = adjusted <= significance
    return GuardedFamily(may_be_named, adjusted, int(np.count_nonzero(np.isfinite(p))), guard, significance)


def holm(p_values: ArrayLike) -> FloatArray:
    """Return Holm's adjusted p-values (k,): max over j <= i of (k - j + 1) p_(j), at most 1; NaN stays NaN.

    Holds the chance of any false difference, whatever the tests' dependence.

    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6,
    65-70.
    """
    p, order = _ordered(p_values)
    steps = np.arange(order.shape[0], 0, -1) * p[order]
    return _returned(p, order, np.maximum.accumulate(steps))


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """Return Benjamini and Hochberg's adjusted p-values (k,): min over j >= i of k / j p_(j); NaN stays NaN.

    Holds the expected part of false differences among those found, for independent or positively dependent tests.

    Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical
    Society B 57, 289-300.
    """
    p, order = _ordered(p_values)
    k = order.shape[0]
    steps = k / np.arange(1, k + 1) * p[order]
    return _returned(p, order, np.minimum.accumulate(steps[::-1])[::-1])


def _ordered(p_values: ArrayLike) -> tuple[FloatArray, np.ndarray]:
    p = as_floats("p_values", p_values, 1)
    wrong = (p < 0) | (p > 1)
    if wrong.any():
        raise InputError("invalid_value", name="p_values", value=float(p[wrong][0]), reason="it must lie in 0..1")
    tested = np.flatnonzero(~np.isnan(p))
    return p, tested[np.argsort(p[tested], kind="stable")]


def _returned(p: FloatArray, order: np.ndarray, adjusted: FloatArray) -> FloatArray:
    result = np.full_like(p, np.nan)
    result[order] = np.minimum(adjusted, 1.0)
    return result
