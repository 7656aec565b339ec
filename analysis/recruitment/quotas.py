"""Quotas on a panel: per feature and category the fewest and the most seats."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import IntArray, as_numbers, require_count
from analysis.errors import InputError


@dataclass(frozen=True)
class QuotaFeature:
    """One feature (such as age) with, per category, the fewest (`lower`) and most (`upper`) seats on the panel."""

    name: str
    categories: tuple[str, ...]
    lower: tuple[int, ...]
    upper: tuple[int, ...]

    def __post_init__(self) -> None:
        """Raise InputError (invalid_value) when the bounds do not fit the categories or each other."""
        n = len(self.categories)
        if n == 0 or len(set(self.categories)) != n:
            self._refuse("categories", self.categories, "must be present and differ")
        if len(self.lower) != n or len(self.upper) != n:
            self._refuse("bounds", (len(self.lower), len(self.upper)), f"one pair for each of {n} categories")
        for category, lower, upper in zip(self.categories, self.lower, self.upper, strict=True):
            if not (whole_number(lower) and whole_number(upper) and 0 <= lower <= upper):
                self._refuse(category, (lower, upper), "whole numbers with 0 <= lower <= upper")

    def _refuse(self, what: str, value: object, reason: str) -> None:
        raise InputError("invalid_value", name=f"{self.name}: {what}", value=value, reason=reason)


def quotas_from_shares(
    name: str, categories: Sequence[str], shares: Sequence[float], seats: int, *, tolerance: float = 0.03
) -> QuotaFeature:
    """Return quotas around population `shares` (they are scaled to one): floor and ceiling of share x seats.

    `tolerance` widens the quotas by that part of the expected seats on both sides before rounding.
    Raises InputError (invalid_value) for shares that are negative, not finite, or add up to nothing.
    """
    require_count("seats", seats)
    values = as_numbers(name, shares)
    if values.shape != (len(categories),) or not np.isfinite(values).all() or (values < 0).any() or values.sum() <= 0:
        raise InputError("invalid_value", name=name, value=values.tolist(), reason="one share >= 0 per category")
    if not 0 <= tolerance <= 1:
        raise InputError("invalid_value", name="tolerance", value=tolerance, reason="must lie in 0..1")
    expected = values / values.sum() * seats
    # a share that is a whole number of seats must not become one more or less through the last bit
    lower = np.floor(np.round(expected * (1 - tolerance), 9)).astype(int).tolist()
    upper = np.ceil(np.round(expected * (1 + tolerance), 9)).astype(int).tolist()
    return QuotaFeature(name, tuple(categories), tuple(max(0, low) for low in lower), tuple(upper))


def check_codes(codes: IntArray, features: Sequence[QuotaFeature]) -> None:
    """Raise InputError unless `codes` (N, F) hold one known category per feature."""
    if len({feature.name for feature in features}) != len(features):
        raise InputError("invalid_value", name="features", value=[f.name for f in features], reason="names must differ")
    if codes.shape[1] != len(features):
        reason = f"one column for each of {len(features)} features"
        raise InputError("invalid_value", name="codes", value=codes.shape[1], reason=reason)
    if not features:
        raise InputError("invalid_value", name="features", value=(), reason="at least one is needed")
    if codes.shape[0] == 0:
        raise InputError("no_rows", name="codes")
    for column, feature in zip(codes.T, features, strict=True):
        last = len(feature.categories) - 1
        wrong = column[(column < 0) | (column > last)]
        if wrong.size:
            raise InputError("code_out_of_range", name=feature.name, value=int(wrong[0]), last=last)


def whole_number(value: object) -> bool:
    """Say whether `value` is an integer, of Python or NumPy, and no truth value."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
