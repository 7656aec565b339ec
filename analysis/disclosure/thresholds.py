"""Which cells may not be shown by themselves, and how uncertain an attacker has to stay about them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_numbers, require_count, require_length
from analysis.disclosure.linking import LinkedTables
from analysis.disclosure.release import DEFAULT_RULE, ReleaseRule
from analysis.errors import InputError

NUMERATOR_FLOOR = 10
_ANSWER_WIDTH = 3.0
_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class PrimaryCells:
    """Cells that the thresholds withhold, by reason; masks of shape (c,).

    `small_base`: the group has fewer answers than the floor (its answer counts included).
    `small_numerator`: sensitive, and fewer than the floor gave the answer, or all but fewer than the floor.
    `unanimous`: sensitive, and everybody in the group gave this answer.
    """

    small_base: BoolArray
    small_numerator: BoolArray
    unanimous: BoolArray

    @property
    def mask(self) -> BoolArray:
        """Any of the reasons."""
        return self.small_base | self.small_numerator | self.unanimous


@dataclass(frozen=True, eq=False)
class Protection:
    """What an attacker may at best find out about each cell (c,); zero where nothing is asked.

    With the true count a, the feasible interval must reach down to a - `lower`, up to a + `upper`, and be at
    least `width` wide (lower, upper and sliding protection level).
    """

    lower: FloatArray
    upper: FloatArray
    width: FloatArray

    @property
    def is_asked(self) -> BoolArray:
        """Cells for which anything is asked."""
        return np.asarray((self.lower > 0) | (self.upper > 0) | (self.width > 0), dtype=np.bool_)

    def is_short(self, cells: IntArray, values: FloatArray, low: FloatArray, high: FloatArray) -> BoolArray:
        """Return for `cells` (t,) with these values and feasible intervals which lack protection."""
        return np.asarray(
            (values - low < self.lower[cells] - _TOLERANCE)
            | (high - values < self.upper[cells] - _TOLERANCE)
            | (high - low < self.width[cells] - _TOLERANCE),
            dtype=np.bool_,
        )

    def where(self, mask: BoolArray) -> "Protection":
        """Return the same levels inside `mask`, zero outside."""
        return Protection(*(np.where(mask, level, 0.0) for level in (self.lower, self.upper, self.width)))


def primary_cells(
    linked: LinkedTables, rule: ReleaseRule = DEFAULT_RULE, numerator_floor: int = NUMERATOR_FLOOR
) -> PrimaryCells:
    """Return the cells that are too small by themselves: the base for all, numerators for sensitive items.

    Only guarded cells count: those of a table that is shown, or that differencing could produce.
    An empty numerator is not withheld; a numerator equal to the base is (everybody gave that answer).
    """
    base = linked.values[linked.base_of]
    numerator = linked.is_guarded & linked.is_sensitive & ~linked.is_base & (base > 0)
    rest = base - linked.values
    few = ((linked.values > 0) & (linked.values < numerator_floor)) | ((rest > 0) & (rest < numerator_floor))
    return PrimaryCells(
        np.asarray(linked.is_guarded & (base < rule.floor), dtype=np.bool_),
        np.asarray(numerator & few, dtype=np.bool_),
        np.asarray(numerator & (rest == 0), dtype=np.bool_),
    )


def protection_for(
    linked: LinkedTables,
    primary: PrimaryCells,
    rule: ReleaseRule = DEFAULT_RULE,
    *,
    answer_width: float = _ANSWER_WIDTH,
    protects_empty: bool = True,
) -> Protection:
    """Return the protection asked for the primary cells, as interval widths.

    A base: `rule.floor` wide, so that nobody can tell a group of three from one of nine. An answer count:
    `answer_width` wide, but no more than everybody in the population who gave that answer, since that is public.
    With `protects_empty=False` a group without any answer may be recognised as empty.
    """
    width = np.where(linked.is_base, float(rule.floor), np.minimum(answer_width, _given_by_all(linked)))
    asked = primary.mask if protects_empty else primary.mask & (linked.values[linked.base_of] > 0)
    nothing = np.zeros(linked.values.shape[0])
    return Protection(nothing, nothing, np.where(asked, width, 0.0))


def protection_levels(
    n_cells: int, *, lower: ArrayLike = 0.0, upper: ArrayLike = 0.0, width: ArrayLike = 0.0
) -> Protection:
    """Return protection levels from scalars or arrays (c,).

    Raises
    ------
    InputError
        wrong_length, invalid_value (negative or not finite).
    """
    require_count("n_cells", n_cells, at_least=0)
    levels = []
    for name, given in (("lower", lower), ("upper", upper), ("width", width)):
        level = as_numbers(name, given)
        level = np.full(n_cells, float(level)) if level.ndim == 0 else level
        require_length(name, level, n_cells)
        if not (np.isfinite(level).all() and (level >= 0).all()):
            raise InputError("invalid_value", name=name, value="a level", reason="must be finite and >= 0")
        levels.append(level)
    return Protection(*levels)


def _given_by_all(linked: LinkedTables) -> FloatArray:
    """Count of the same answer in the whole population, for every answer cell (bases: infinite)."""
    whole = {key: i for i, key in enumerate(linked.keys) if len(key[1]) <= 1}
    found = np.full(len(linked.keys), np.inf)
    for i in np.flatnonzero(~linked.is_base):
        population, domain = linked.keys[i]
        group = set(linked.keys[linked.base_of[i]][1])
        answer = tuple(part for part in domain if part not in group)
        found[i] = linked.values[whole[population, answer]] if (population, answer) in whole else linked.values[i]
    return found
