"""Who was invited and who responded, per profile: the input of R-indicators."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_codes, as_floats, require_length
from analysis.errors import InputError

_ROUNDING = 1e-6


@dataclass(frozen=True)
class Factor:
    """A background variable: its name, and the categories that its codes 0..k-1 stand for."""

    name: str
    categories: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ResponseCells:
    """Counts of persons invited and responded, for c groups of equal profile, weight and stratum.

    Attributes
    ----------
    factors : tuple of Factor, length q
    codes : (c, q) integer array
        Category per factor. Persons whose category is unknown need a category of their own.
    invited, responded : (c,) integer arrays
        A group with nobody invited is allowed.
    design_weights : (c,) array
        1 / inclusion probability of one person in the group; all 1 when everybody was invited.
    strata : (c,) integer array or None
        Strata from which persons were drawn by simple random sampling.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range, no_rows, invalid_value.
    """

    factors: tuple[Factor, ...]
    codes: IntArray
    invited: IntArray
    responded: IntArray
    design_weights: FloatArray
    strata: IntArray | None = None

    def __post_init__(self) -> None:
        codes, invited = as_codes("codes", self.codes, 2), as_codes("invited", self.invited, 1)
        responded = as_codes("responded", self.responded, 1)
        weights = as_floats("design_weights", self.design_weights, 1)
        require_length("codes", codes, invited.shape[0])
        require_length("responded", responded, invited.shape[0])
        require_length("design_weights", weights, invited.shape[0])
        _check_factors(self.factors, codes)
        _check_counts(invited, responded, weights)
        strata = None if self.strata is None else as_codes("strata", self.strata, 1)
        if strata is not None:
            require_length("strata", strata, invited.shape[0])
        checked = {"codes": codes, "invited": invited, "responded": responded, "design_weights": weights}
        for name, array in checked.items():
            object.__setattr__(self, name, array)
        object.__setattr__(self, "strata", strata)

    @property
    def population(self) -> FloatArray:
        """Persons in the population that each group stands for, (c,)."""
        return np.asarray(self.invited * self.design_weights, dtype=np.float64)

    @property
    def n(self) -> int:
        """Persons invited."""
        return int(self.invited.sum())

    def column(self, name: str) -> int:
        """Return the position of the factor called `name`; raises InputError (unknown_factor)."""
        for position, factor in enumerate(self.factors):
            if factor.name == name:
                return position
        raise InputError("unknown_factor", factor=name)


def group_responses(
    codes: ArrayLike,
    responded: ArrayLike,
    factors: Sequence[Factor],
    *,
    design_weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
) -> ResponseCells:
    """Count persons (n rows) per profile, design weight and stratum.

    Parameters
    ----------
    codes : (n, q) integer array
    responded : (n,) boolean or 0/1 array
    factors : q Factors
    design_weights : (n,) array
        1 / inclusion probability; default 1: everybody was invited.
    strata : (n,) integer array

    Raises
    ------
    InputError
        As `ResponseCells`.
    """
    profile, answers = as_codes("codes", codes, 2), as_codes("responded", responded, 1)
    n = profile.shape[0]
    require_length("responded", answers, n)
    if n and (answers.min() < 0 or answers.max() > 1):
        raise InputError("invalid_value", name="responded", value=int(answers.max()), reason="must be 0 or 1")
    weights = np.ones(n) if design_weights is None else as_floats("design_weights", design_weights, 1)
    require_length("design_weights", weights, n)
    stratum = None if strata is None else as_codes("strata", strata, 1)
    if stratum is not None:
        require_length("strata", stratum, n)
    columns = [*profile.T, weights, np.zeros(n) if stratum is None else stratum]
    first, group = _distinct_rows(columns)
    return ResponseCells(
        factors=tuple(factors),
        codes=profile[first],
        invited=np.bincount(group, minlength=first.shape[0]).astype(np.int64),
        responded=np.bincount(group[answers == 1], minlength=first.shape[0]).astype(np.int64),
        design_weights=weights[first],
        strata=None if stratum is None else stratum[first],
    )


def _distinct_rows(columns: Sequence[FloatArray | IntArray]) -> tuple[IntArray, IntArray]:
    """First row of every distinct combination, and the combination (0..) of each row."""
    group = np.zeros(columns[0].shape[0], dtype=np.int64)
    first = group[:0]
    # column by column, so that the codes stay below n^2 however many columns there are
    for column in columns:
        values, position = np.unique(column, return_inverse=True)
        _, first, group = np.unique(group * max(1, values.shape[0]) + position, return_index=True, return_inverse=True)
    return first.astype(np.int64), group.astype(np.int64)


def _check_factors(factors: tuple[Factor, ...], codes: IntArray) -> None:
    if len(factors) == 0:
        raise InputError("no_rows", name="factors")
    if codes.shape[1] != len(factors):
        raise InputError("invalid_value", name="codes", value=codes.shape, reason="needs one column per factor")
    names = [factor.name for factor in factors]
    if len(set(names)) < len(names):
        raise InputError("invalid_value", name="factors", value=names, reason="each is named once")
    for factor, column in zip(factors, codes.T, strict=True):
        last = len(factor.categories) - 1
        outside = column[(column < 0) | (column > last)]
        if outside.size:
            raise InputError("code_out_of_range", name=factor.name, value=int(outside[0]), last=last)


def _check_counts(invited: IntArray, responded: IntArray, weights: FloatArray) -> None:
    if (responded < 0).any() or (responded > invited).any():
        raise InputError("invalid_value", name="responded", value=responded.tolist(), reason="must lie in 0..invited")
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        raise InputError(
            "invalid_value", name="design_weights", value=weights.tolist(), reason="must be more than zero"
        )
    if invited.sum() == 0:
        raise InputError("no_rows", name="invited")
    total = float(invited @ weights)
    if total < invited.sum() * (1 - _ROUNDING):
        raise InputError(
            "invalid_value", name="design_weights", value=total, reason="they add up to fewer than invited"
        )
