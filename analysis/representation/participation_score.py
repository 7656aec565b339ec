"""Go Vocal's representativeness score, for comparison only: one small category decides it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, as_floats, require_length
from analysis.errors import InputError
from analysis.representation.composition import chance_shares, dissimilarity


@dataclass(frozen=True)
class ParticipationScore:
    """Of one variable (0-1).

    Attributes
    ----------
    lowest_to_highest : float
        Lowest rate of participation over the highest: the score that Go Vocal shows.
    lowest_to_mean : float
        Lowest rate over the mean of the rates.
    proportional_similarity : float
        1 - dissimilarity.
    """

    lowest_to_highest: float
    lowest_to_mean: float
    proportional_similarity: float


def participation_score(participants: ArrayLike, population: ArrayLike) -> ParticipationScore:
    """Compare rates of participation n_k / N_k between the k categories of the population.

    Parameters
    ----------
    participants : (k,) array
        Counts; persons of an unknown category are left out.
    population : (k,) array
        Counts, more than zero.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, no_rows, invalid_value.

    References
    ----------
    Go Vocal (CitizenLab), back/engines/commercial/user_custom_fields, representativeness/r_score.rb.
    """
    taking_part, total = _checked(participants, population)
    rates = taking_part / total
    return ParticipationScore(
        lowest_to_highest=float(rates.min() / rates.max()),
        lowest_to_mean=float(rates.min() / rates.mean()),
        proportional_similarity=1 - dissimilarity(taking_part / taking_part.sum(), total / total.sum()),
    )


def chance_participation_scores(
    population: ArrayLike, n: int, rng: np.random.Generator, *, n_draws: int = 2000
) -> FloatArray:
    """Return `lowest_to_highest` of `n_draws` perfect random draws of `n` persons; returns (n_draws,)."""
    _, total = _checked(np.ones_like(as_floats("population", population, 1)), population)
    rates = chance_shares(total / total.sum(), n, rng, n_draws=n_draws) / total
    return np.asarray(rates.min(axis=1) / rates.max(axis=1), dtype=np.float64)


def _checked(participants: ArrayLike, population: ArrayLike) -> tuple[FloatArray, FloatArray]:
    taking_part, total = as_floats("participants", participants, 1), as_floats("population", population, 1)
    require_length("participants", taking_part, total.shape[0])
    if not (np.isfinite(total).all() and (total > 0).all()):
        raise InputError("invalid_value", name="population", value=total.tolist(), reason="must be more than zero")
    if not (np.isfinite(taking_part).all() and (taking_part >= 0).all()):
        raise InputError("invalid_value", name="participants", value=taking_part.tolist(), reason="must be 0 or more")
    if not taking_part.sum() > 0:
        raise InputError("no_rows", name="participants")
    return taking_part, total
