"""Precision planning: how many answers a margin of uncertainty needs, and what a number of answers gives."""

import math

from scipy.special import ndtri

from analysis.errors import InputError
from analysis.estimation.intervals import LEVEL


def expected_half_width(
    n_answers: int, *, share: float = 0.5, design_effect: float = 1.0, level: float = LEVEL
) -> float:
    """Return the half-width (0-1) that `n_answers` give for a share, z sqrt(deff p (1-p) / n).

    Parameters
    ----------
    n_answers : int
    share : float
        0.5 is the most cautious.
    design_effect : float
        From `summarize_weights` of an earlier wave; 1 = a simple random sample.

    Raises
    ------
    InputError
        invalid_value.
    """
    _require(n_answers > 0, "n_answers", n_answers, "must be more than zero")
    return _z(level) * math.sqrt(_spread(share, design_effect) / n_answers)


def needed_answers(half_width: float, *, share: float = 0.5, design_effect: float = 1.0, level: float = LEVEL) -> int:
    """Return the smallest number of answers that gives `half_width` (0-1); see `expected_half_width`."""
    _require(0 < half_width < 1, "half_width", half_width, "must lie in 0..1")
    exact = _z(level) ** 2 * _spread(share, design_effect) / half_width**2
    return math.ceil(exact - 1e-9)


def needed_invitations(n_answers: int, response_rate: float) -> int:
    """Return how many invitations give `n_answers` at `response_rate` (0-1); raises InputError."""
    _require(0 < response_rate <= 1, "response_rate", response_rate, "must lie in 0..1")
    return math.ceil(n_answers / response_rate - 1e-9)


def _z(level: float) -> float:
    return float(ndtri((1 + level) / 2))


def _spread(share: float, design_effect: float) -> float:
    _require(0 <= share <= 1, "share", share, "must lie in 0..1")
    _require(design_effect > 0, "design_effect", design_effect, "must be more than zero")
    return design_effect * share * (1 - share)


def _require(holds: bool, name: str, value: float, reason: str) -> None:
    if not holds:
        raise InputError("invalid_value", name=name, value=value, reason=reason)
