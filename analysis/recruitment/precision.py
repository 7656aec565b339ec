"""Precision planning: how many answers a margin of uncertainty needs, and what a number of answers gives."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, ndtri

from analysis.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    as_codes,
    as_floats,
    as_numbers,
    require_count,
    require_length,
)
from analysis.errors import InputError
from analysis.estimation.intervals import LEVEL

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class PrecisionPlan:
    """Answers and invitations per group (k,), such as a district, for one half-width.

    Attributes
    ----------
    answers, invitations : (k,) integer arrays
        Needed; invitations stop at the size of the group.
    half_width : (k,) array
        Expected from those invitations: larger than asked where the group is too small.
    is_attainable : (k,) boolean array
    total_half_width : float
        Of the whole population, from all invitations together, each group weighted to its size.
    """

    answers: IntArray
    invitations: IntArray
    half_width: FloatArray
    is_attainable: BoolArray
    total_half_width: float


def expected_half_width(
    n_answers: float,
    *,
    share: float = 0.5,
    design_effect: float = 1.0,
    population: float | None = None,
    level: float = LEVEL,
) -> float:
    """Return the half-width (0-1) that `n_answers` give for a share.

    z sqrt(deff p (1 - p) / n (N - n) / (N - 1)); the last factor only with a finite `population` N.

    Parameters
    ----------
    n_answers : float
    share : float
        0.5 is the most cautious.
    design_effect : float
        From `summarize_weights` of an earlier wave; 1 = a simple random sample.
    population : float
        Persons that the answers speak for.
    level : float

    Raises
    ------
    InputError
        invalid_value.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques, 3rd ed. Wiley, sections 3.2, 4.4.
    """
    _require(0 < n_answers < math.inf, "n_answers", n_answers, "must be more than zero")
    spread = _z(level) ** 2 * _spread(share, design_effect)
    if population is None:
        return math.sqrt(spread / n_answers)
    _require(n_answers <= population < math.inf, "population", population, "finite, no less than the answers")
    return math.sqrt(spread / n_answers * (population - n_answers) / max(population - 1, 1))


def needed_answers(
    half_width: float,
    *,
    share: float = 0.5,
    design_effect: float = 1.0,
    population: float | None = None,
    level: float = LEVEL,
) -> int:
    """Return the smallest number of answers that gives `half_width` (0-1); see `expected_half_width`."""
    _require(0 < half_width < 1, "half_width", half_width, "must lie in 0..1")
    spread = _z(level) ** 2 * _spread(share, design_effect)
    if population is None:
        return math.ceil(spread / half_width**2 - _ROUNDING)
    _require(1 <= population < math.inf, "population", population, "must be 1 or more")
    exact = spread * population / (half_width**2 * (population - 1) + spread) if spread else 0.0
    # never more than there are, whatever the rounding
    return min(math.ceil(exact - _ROUNDING), math.floor(population))


def needed_invitations(n_answers: int, response_rate: float, *, assurance: float | None = None) -> int:
    """Return how many invitations give `n_answers` at `response_rate` (0-1).

    On average; with `assurance` (0-1) the smallest number that gives them with that probability, everybody
    answering independently.

    Raises
    ------
    InputError
        invalid_value.
    """
    require_count("n_answers", n_answers, at_least=0)
    _require(0 < response_rate <= 1, "response_rate", response_rate, "must lie in 0..1")
    on_average = math.ceil(n_answers / response_rate - _ROUNDING)
    if assurance is None or n_answers == 0 or response_rate == 1:
        return on_average
    _require(0 < assurance < 1, "assurance", assurance, "must lie in 0..1")
    low, high = n_answers - 1, on_average
    while betainc(n_answers, high - n_answers + 1, response_rate) < assurance:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        enough = betainc(n_answers, middle - n_answers + 1, response_rate) >= assurance
        low, high = (low, middle) if enough else (middle, high)
    return high


def half_width_of_invited(
    invited: float,
    response_rate: float,
    *,
    share: float = 0.5,
    design_effect: float = 1.0,
    population: float | None = None,
    level: float = LEVEL,
) -> float:
    """Return the half-width to expect when `invited` persons answer at `response_rate`; see the above."""
    _require(0 < response_rate <= 1, "response_rate", response_rate, "must lie in 0..1")
    return expected_half_width(
        invited * response_rate, share=share, design_effect=design_effect, population=population, level=level
    )


def detectable_difference(
    n_first: float,
    n_second: float,
    *,
    share: float = 0.5,
    design_effect: float = 1.0,
    level: float = LEVEL,
    power: float = 0.80,
) -> float:
    """Return the smallest difference of shares that two independent groups show with probability `power`.

    (z(level) + z(power)) sqrt(deff p (1 - p) (1 / n1 + 1 / n2)). Not for waves with the same members: their
    difference is more precise.

    Raises
    ------
    InputError
        invalid_value.

    References
    ----------
    Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd ed. Erlbaum, chapter 6.
    """
    for name, n in (("n_first", n_first), ("n_second", n_second)):
        _require(0 < n < math.inf, name, n, "must be more than zero")
    _require(0 < power < 1, "power", power, "must lie in 0..1")
    reach = _z(level) + float(ndtri(power))
    return reach * math.sqrt(_spread(share, design_effect) * (1 / n_first + 1 / n_second))


def plan_precision(
    half_width: float,
    group_sizes: ArrayLike,
    response_rates: ArrayLike,
    *,
    share: float = 0.5,
    design_effect: float = 1.0,
    level: float = LEVEL,
) -> PrecisionPlan:
    """Return answers and invitations with which every group, such as a district, reaches `half_width`.

    Parameters
    ----------
    half_width : float
        0-1.
    group_sizes : (k,) integer array
        Persons who can be invited; they are also the population of the group.
    response_rates : float or (k,) array
        Share of the invited who answer (0-1).
    share, design_effect, level
        As in `expected_half_width`.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, no_rows, invalid_value.
    """
    sizes = as_codes("group_sizes", group_sizes, 1)
    if sizes.shape[0] == 0:
        raise InputError("no_rows", name="group_sizes")
    given = as_numbers("response_rates", response_rates)
    rates = np.full(sizes.shape[0], given) if given.ndim == 0 else as_floats("response_rates", given, 1)
    require_length("response_rates", rates, sizes.shape[0])
    answers, invited, widths = [], [], []
    for size, rate in zip(sizes.tolist(), rates.tolist(), strict=True):
        wanted = needed_answers(half_width, share=share, design_effect=design_effect, population=size, level=level)
        answers.append(wanted)
        invited.append(min(size, needed_invitations(wanted, rate)))
        expected = max(invited[-1], 1) * rate
        widths.append(
            expected_half_width(expected, share=share, design_effect=design_effect, population=size, level=level)
        )
    part, width = sizes / sizes.sum(), np.array(widths)
    return PrecisionPlan(
        answers=np.array(answers, dtype=np.int64),
        invitations=np.array(invited, dtype=np.int64),
        half_width=width,
        is_attainable=width <= half_width * (1 + _ROUNDING),
        total_half_width=float(np.sqrt(part**2 @ width**2)),
    )


def _z(level: float) -> float:
    _require(0 < level < 1, "level", level, "must lie in 0..1")
    return float(ndtri((1 + level) / 2))


def _spread(share: float, design_effect: float) -> float:
    _require(0 <= share <= 1, "share", share, "must lie in 0..1")
    _require(0 < design_effect < math.inf, "design_effect", design_effect, "must be more than zero")
    return design_effect * share * (1 - share)


def _require(holds: bool, name: str, value: float, reason: str) -> None:
    if not holds:
        raise InputError("invalid_value", name=name, value=value, reason=reason)
