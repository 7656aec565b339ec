"""What the invented residents think: chances by profile, answers drawn from them, and the known truth.

Opinions follow age, education, a little tenure, district and children at home. Only the question on trust in the
municipality follows trust, which also drives who takes part: no weighting on age or education can mend that one. Its
levels follow the national picture of VNG Realisatie (Vertrouwen in de gemeente, 2023): 27 % (very) much, about one
in five little or none.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from portal.demonstration.drawing import Floats, Integers
from portal.demonstration.households import COUPLE_WITH_CHILDREN, SINGLE_PARENT
from portal.demonstration.population import SyntheticPopulation
from portal.demonstration.profiles import HIGH, LOW, TENANT, logistic
from portal.demonstration.questions import QUESTIONS

MIDDLE_AGE = 50
FADED = 0.3
POINTS = 100
POINT_STEP = 5
MOST_TRIPS = 40
TRUST_SHARES = np.array([0.05, 0.14, 0.54, 0.24, 0.03])
ANSWERED, DONT_KNOW, RATHER_NOT_SAY = 0, -1, -2


@dataclass(frozen=True)
class Traits:
    """What opinions depend on, one entry per resident: numbers around 0, or 0 and 1."""

    age: Floats
    high: Floats
    low: Floats
    tenant: Floats
    parent: Floats
    north: Floats
    outside: Floats


def traits_of(population: SyntheticPopulation) -> Traits:
    """Return the traits of all residents; what one learned long ago weighs less."""
    weight = np.where(population.age >= 75, FADED, 1.0)
    return Traits(
        age=np.clip((population.age - MIDDLE_AGE) / 20, -1.7, 2.0),
        high=weight * (population.education == HIGH),
        low=weight * (population.education == LOW),
        tenant=(population.tenure == TENANT).astype(np.float64),
        parent=np.isin(population.position, (COUPLE_WITH_CHILDREN, SINGLE_PARENT)).astype(np.float64),
        north=(population.district == 1).astype(np.float64),
        outside=(population.district >= 3).astype(np.float64),
    )


def ordinal(location: Floats, thresholds: tuple[float, ...]) -> Floats:
    """Return chances (n, k + 1) of ordered options from a location and k thresholds."""
    below = logistic(np.array(thresholds)[np.newaxis, :] - location[:, np.newaxis])
    padded = np.pad(below, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
    return np.diff(padded, axis=1)


def green_chances(t: Traits) -> Floats:
    """Return chances of the five answers on green: the young and Noord are less content."""
    return ordinal(0.45 * t.age + 0.35 * t.high - 0.3 * t.low - 0.6 * t.north + 0.5 * t.outside, (-2.6, -1.2, 0.0, 1.9))


def speed_chances(t: Traits) -> Floats:
    """Return chances of no and yes to 30 km/h: strongly by age and education."""
    yes = logistic(-0.75 + 0.75 * t.age + 1.15 * t.high - 0.75 * t.low - 0.15 * t.tenant + 0.25 * t.parent)
    return np.column_stack([1 - yes, yes])


def statement_chances(t: Traits) -> Floats:
    """Return chances (n, 4 items, 5 options) of the statements on the neighbourhood."""
    edges = (-2.4, -0.9, 0.2, 2.2)
    locations = (
        0.3 * t.age + 0.2 * t.high + 0.3 * t.outside,
        0.2 * t.age + 0.3 * t.high - 0.7 * t.north,
        0.35 * t.high - 0.3 * t.low - 0.25 * t.age - 0.5 * t.north + 0.2 * t.outside,
        0.7 * t.age - 0.5 - 0.3 * t.parent,
    )
    return np.stack([ordinal(location, edges) for location in locations], axis=1)


def facility_chances(t: Traits) -> Floats:
    """Return the chance (n, 6) of having used each facility."""
    scores = (
        -0.5 + 0.6 * t.high + 0.5 * t.parent + 0.1 * t.age,
        -0.9 + 0.9 * t.parent - 0.4 * t.age,
        -0.4 - 0.8 * t.age + 0.3 * t.high,
        -1.7 + 0.4 * t.age + 0.4 * t.low + 0.2 * t.north,
        -0.8 + 0.9 * t.high + 0.3 * t.age,
        0.6 + 0.5 * t.age - 0.3 * t.tenant,
    )
    return logistic(np.column_stack(scores))


def plan_appeal(t: Traits) -> Floats:
    """Return how much each of the four plans appeals."""
    return np.column_stack(
        [
            0.7 + 0.3 * t.age + 0.6 * t.high,
            0.1 + 1.3 * t.parent - 0.2 * t.age,
            0.2 + 0.3 * t.age + 0.7 * t.low - 0.5 * t.high,
            0.3 - 0.6 * t.age,
        ]
    )


def goal_appeal(t: Traits) -> Floats:
    """Return how much each of the five goals appeals."""
    return np.column_stack(
        [
            0.2 + 0.4 * t.high,
            0.2 + 0.2 * t.age,
            0.5 - 0.7 * t.age + 0.2 * t.tenant,
            0.2 + 0.5 * t.age + 0.3 * t.low,
            -0.1 - 0.2 * t.age + 0.2 * t.high,
        ]
    )


def trust_chances(population: SyntheticPopulation) -> Floats:
    """Return chances of the five answers on trust; certain, since the hidden score decides."""
    edges = np.quantile(population.trust[population.is_eligible], np.cumsum(TRUST_SHARES)[:-1])
    chosen = np.searchsorted(edges, population.trust, side="right")
    return np.eye(TRUST_SHARES.size)[chosen]


CHANCES: dict[str, Callable[[Traits], Floats]] = {
    "green_satisfaction": green_chances,
    "speed_limit": speed_chances,
    "neighbourhood_statements": statement_chances,
    "facilities": facility_chances,
}


class NoChancesError(LookupError):
    """The question has no list of options with a chance each."""


def opinion_probabilities(population: SyntheticPopulation, question_key: str) -> Floats:
    """Return the chance of each option per resident: (n, options), for a matrix (n, items, options).

    Raises NoChancesError for score, number, ranking and budget, which are drawn in another way.
    """
    if question_key == "trust":
        return trust_chances(population)
    if question_key not in CHANCES:
        raise NoChancesError(question_key)
    return CHANCES[question_key](traits_of(population))


def pick(chances: Floats, rng: np.random.Generator) -> Integers:
    """Draw one option per row of chances along the last axis."""
    edges = chances.cumsum(axis=-1)
    picked = (rng.random(chances.shape[:-1])[..., np.newaxis] > edges).sum(axis=-1)
    options: Integers = np.minimum(picked, chances.shape[-1] - 1).astype(np.int64)
    return options


def draw_used(t: Traits, rng: np.random.Generator) -> Integers:
    """Draw which facilities were used."""
    chances = facility_chances(t)
    return (rng.random(chances.shape) < chances).astype(np.int64)


def draw_score(t: Traits, rng: np.random.Generator) -> Integers:
    """Draw the mark for living: higher among the elder, owners and outside the centre."""
    location = 7.2 + 0.3 * t.age + 0.3 * t.high - 0.3 * t.low - 0.15 * t.tenant - 0.4 * t.north + 0.2 * t.outside
    return np.clip(np.rint(location + rng.normal(0, 1.3, location.size)), 0, 10).astype(np.int64)


def draw_trips(t: Traits, rng: np.random.Generator) -> Integers:
    """Draw the number of trips by bike: many among the young and the higher educated."""
    mean = np.exp(1.7 - 0.4 * t.age + 0.25 * t.high - 0.15 * t.low)
    return np.minimum(rng.poisson(mean * rng.gamma(1.2, 1 / 1.2, mean.size)), MOST_TRIPS)


def draw_places(appeal: Floats, rng: np.random.Generator) -> Integers:
    """Draw the place (1 is first) of each option."""
    order = np.argsort(-(appeal + rng.gumbel(size=appeal.shape)), axis=1)
    return np.argsort(order, axis=1) + 1


def draw_points(appeal: Floats, rng: np.random.Generator) -> Integers:
    """Draw 100 points over the options in steps of five; what rounding leaves goes to the favourite."""
    raw = rng.gamma(1.3 * np.exp(appeal))
    shares = np.floor(raw / raw.sum(axis=1, keepdims=True) * (POINTS / POINT_STEP))
    points: Integers = shares.astype(np.int64) * POINT_STEP
    points[np.arange(len(points)), raw.argmax(axis=1)] += POINTS - points.sum(axis=1)
    return points


DRAWS: dict[str, Callable[[Traits, np.random.Generator], Integers]] = {
    "living_score": draw_score,
    "bike_trips": draw_trips,
    "plan_ranking": lambda t, rng: draw_places(plan_appeal(t), rng),
    "spending": lambda t, rng: draw_points(goal_appeal(t), rng),
    "facilities": draw_used,
}


def answers_for(population: SyntheticPopulation, question_key: str, rng: np.random.Generator) -> Integers:
    """Return the true answer of every resident, in the shape that OpinionKind says (children included)."""
    if question_key in DRAWS:
        return DRAWS[question_key](traits_of(population), rng)
    return pick(opinion_probabilities(population, question_key), rng)


def rng_for(population: SyntheticPopulation, question_key: str) -> np.random.Generator:
    """Return the generator of one question, so that its answers do not depend on what was asked before."""
    return np.random.default_rng([population.seed, list(QUESTIONS).index(question_key) + 1])


def true_answers(population: SyntheticPopulation, question_key: str) -> Integers:
    """Return the answers that the demonstration gives and that its check calls the truth."""
    return answers_for(population, question_key, rng_for(population, question_key))


def refusals(population: SyntheticPopulation, question_key: str, rng: np.random.Generator) -> Integers:
    """Return ANSWERED, DONT_KNOW or RATHER_NOT_SAY per resident: few refuse, whatever their opinion."""
    chances = [0.96, 0.02, 0.02] if QUESTIONS[question_key].depends_on_trust else [0.96, 0.035, 0.005]
    return rng.choice([ANSWERED, DONT_KNOW, RATHER_NOT_SAY], population.n_residents, p=chances)
