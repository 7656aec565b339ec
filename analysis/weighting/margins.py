"""Population margins: what they count, and how they are brought to one declared total."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from analysis.arrays import MISSING, FloatArray, IntArray, as_floats
from analysis.errors import MarginError, Refusal, WeightingRefusedError

CBS_ROUNDING = 5.0
_LARGEST_ROUNDING_SHARE = 0.01
_SHARE_ROUNDING = 0.001


class Unit(StrEnum):
    """What one count of a margin stands for."""

    PERSON = "person"
    HOUSEHOLD = "household"
    DWELLING = "dwelling"


@dataclass(frozen=True)
class PanelPopulation:
    """The population that the panel speaks for: its size, unit and ages (`age_max` inclusive).

    Raises
    ------
    MarginError
        invalid_total: the size is not a finite number of more than nought.
    """

    total: float
    unit: Unit = Unit.PERSON
    age_min: int = 16
    age_max: int | None = None

    def __post_init__(self) -> None:
        if not 0 < float(as_floats("population", self.total, 0)) < np.inf:
            raise MarginError("invalid_total", margin="population", category="everybody", total=self.total)


@dataclass(frozen=True, eq=False)
class Margin:
    """Population counts (or shares) of one variable.

    Attributes
    ----------
    variable : str
        Name, as printed in errors and in the method text; `a*b` for a crossed margin.
    categories : tuple of str, length k
    totals : (k,) array
        Counts of `unit`, or shares when `in_shares`; never negative.
    unit, age_min, age_max
        What is counted and over which ages (`age_max` inclusive, None = no upper limit).
    derived : bool
        True when the figures are our own arithmetic on published ones.
    source : str
        Table, year and derivation, for the method text.
    own_classes : tuple of str
        Classes respondents may have that the margin does not count, kept at the share that they have under
        the base weights (such as "rather not say"); the margin gives the shares of the rest.
    excluded_classes : tuple of str
        Classes whose weight this margin leaves alone (such as those older than it counts). A class that
        another margin counts belongs here: as an own class it would contradict that margin. Spreading a class
        over the categories by their population shares comes to the same, since the rest then has those shares.
    in_shares : bool
        The totals are shares, rounded to three decimals.
    all_categories : tuple of str
        Categories, own classes, excluded classes: what the codes of respondents index.

    Raises
    ------
    MarginError
        empty_margin, duplicate_category, invalid_total, zero_margin.
    """

    variable: str
    categories: tuple[str, ...]
    totals: FloatArray
    unit: Unit = Unit.PERSON
    age_min: int = 16
    age_max: int | None = None
    derived: bool = False
    source: str = ""
    own_classes: tuple[str, ...] = ()
    excluded_classes: tuple[str, ...] = ()
    in_shares: bool = False
    all_categories: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        totals = as_floats("totals", self.totals, 1)
        object.__setattr__(self, "totals", totals)
        object.__setattr__(self, "all_categories", (*self.categories, *self.own_classes, *self.excluded_classes))
        _check_categories(self)
        # a total that is not a number compares false
        for category, total in zip(self.categories, totals.tolist(), strict=True):
            if not 0 <= total < np.inf:
                raise MarginError("invalid_total", margin=self.variable, category=category, total=total)
        if not totals.any():
            raise MarginError("zero_margin", margin=self.variable)


@dataclass(frozen=True)
class Reconciliation:
    """How one margin was brought to the declared total: stated sum, factor applied, difference allowed."""

    variable: str
    stated_total: float
    factor: float
    difference: float
    allowed_difference: float
    derived: bool


@dataclass(frozen=True, eq=False)
class ReconciledMargins:
    """Margins that all add up to `total` (persons), with one note per margin that was compared."""

    total: float
    margins: tuple[Margin, ...]
    notes: tuple[Reconciliation, ...]


def reconcile(
    margins: Sequence[Margin], population: PanelPopulation, *, derivation_tolerance: float = 0.0
) -> ReconciledMargins:
    """Scale margins to one declared total, refusing what rounding or derivation does not explain.

    A margin may differ from the declared total by 5 per category (the rounding of CBS, at most 1 % of the
    total), and a derived one by `derivation_tolerance` (a share of the total) when that is more. A margin
    that stops at a lower age than the panel must give the older ones a class of their own or exclude them;
    its total is not compared, only its shares are used.

    Parameters
    ----------
    margins : sequence of Margin
    population : PanelPopulation
        Declared total, unit and ages that every margin must share.
    derivation_tolerance : float
        Largest relative difference (0-1) that the stated derivation of derived margins explains.

    Raises
    ------
    MarginError
        duplicate_margin, unit_mismatch, age_mismatch, margins_disagree.
    """
    seen: set[str] = set()
    scaled: list[Margin] = []
    notes: list[Reconciliation] = []
    for margin in margins:
        if margin.variable in seen:
            raise MarginError("duplicate_margin", margin=margin.variable)
        seen.add(margin.variable)
        _check_describes(margin, population)
        if margin.age_max != population.age_max:
            scaled.append(margin)
            continue
        note = _compare(margin, population.total, derivation_tolerance)
        notes.append(note)
        as_it_is = note.factor == 1.0 and not margin.in_shares
        scaled.append(margin if as_it_is else replace(margin, totals=margin.totals * note.factor, in_shares=False))
    return ReconciledMargins(population.total, tuple(scaled), tuple(notes))


def encode(values: Sequence[str | None], margin: Margin) -> IntArray:
    """Return the position of each value among `margin.all_categories`; None becomes -1 (missing).

    Raises
    ------
    WeightingRefusedError
        category_not_in_population, once per unknown value, with the number of respondents.
    """
    positions: dict[str | None, int] = {name: i for i, name in enumerate(margin.all_categories)}
    positions[None] = MISSING
    unknown: dict[str, int] = {}
    for value in values:
        if value is not None and value not in positions:
            unknown[value] = unknown.get(value, 0) + 1
    if unknown:
        raise WeightingRefusedError(
            tuple(
                Refusal("category_not_in_population", margin.variable, value, count, 0.0)
                for value, count in sorted(unknown.items())
            )
        )
    return np.array([positions[value] for value in values], dtype=np.int64)


def _check_categories(margin: Margin) -> None:
    if not margin.categories:
        raise MarginError("empty_margin", margin=margin.variable)
    if len(set(margin.all_categories)) < len(margin.all_categories):
        twice = next(name for name in margin.all_categories if margin.all_categories.count(name) > 1)
        raise MarginError("duplicate_category", margin=margin.variable, category=twice)
    if len(margin.categories) != margin.totals.shape[0]:
        raise MarginError(
            "wrong_length",
            name=f"totals of {margin.variable}",
            expected=len(margin.categories),
            got=margin.totals.shape[0],
        )


def _check_describes(margin: Margin, population: PanelPopulation) -> None:
    if margin.unit != population.unit:
        raise MarginError(
            "unit_mismatch",
            margin=margin.variable,
            margin_unit=str(margin.unit),
            population_unit=str(population.unit),
        )
    # classes that the margin does not count absorb its lower upper age (75+ for education), nothing else
    narrower = _stops_earlier(margin.age_max, population.age_max) and bool(
        margin.own_classes or margin.excluded_classes
    )
    if margin.age_min != population.age_min or (margin.age_max != population.age_max and not narrower):
        raise MarginError(
            "age_mismatch",
            margin=margin.variable,
            margin_ages=_ages(margin.age_min, margin.age_max),
            population_ages=_ages(population.age_min, population.age_max),
        )


def _compare(margin: Margin, declared: float, derivation_tolerance: float) -> Reconciliation:
    base = 1.0 if margin.in_shares else declared
    rounding = _SHARE_ROUNDING if margin.in_shares else CBS_ROUNDING
    allowed = min(rounding * len(margin.categories), _LARGEST_ROUNDING_SHARE * base)
    if margin.derived:
        allowed = max(allowed, derivation_tolerance * base)
    stated = float(margin.totals.sum())
    difference = stated - base
    if abs(difference) > allowed * (1 + 1e-9):
        raise MarginError(
            "margins_disagree",
            margin=margin.variable,
            stated=stated,
            declared=base,
            difference=difference,
            allowed=allowed,
        )
    return Reconciliation(margin.variable, stated, declared / stated, difference, allowed, margin.derived)


def _stops_earlier(age_max: int | None, population_age_max: int | None) -> bool:
    return age_max is not None and (population_age_max is None or age_max < population_age_max)


def _ages(age_min: int, age_max: int | None) -> str:
    return f"{age_min}+" if age_max is None else f"{age_min}-{age_max}"
