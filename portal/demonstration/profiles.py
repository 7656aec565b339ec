"""What is known and what is hidden about each invented resident: education, tenure, trust, willingness to answer.

Yields follow published Dutch recruitment: Zeist 2021, 6,500 letters and 935 candidates, 14 %, mostly highly educated
and over forty (stadszaken.nl/artikel/4021); De Bilt, 6,000 letters and about 800 members, at most 13 %, self-registered
included (debilt.nl/over-de-bilt/inwonerpanel). Once a member, most answer a wave: Lelystad 78 %, Bodegraven 81 % in the
first wave, the Groninger Panel at least half.
"""

from dataclasses import dataclass

import numpy as np

from portal.demonstration.drawing import Flags, Floats, Integers, top
from portal.demonstration.households import COUPLE, COUPLE_WITH_CHILDREN, NO_HOUSEHOLD, Households
from portal.demonstration.residents import Residents
from portal.demonstration.targets import Targets

LOW, MIDDLE, HIGH = range(3)
NO_EDUCATION = -1
OWNER, TENANT, NO_DWELLING = range(3)
PANEL_AGE = 16
JOIN_YIELD = 0.14
ANSWER_YIELD = 0.72
AGE_EDGES = np.array([16, 30, 40, 55, 65, 75])
EDUCATION_AGES = np.array([15, 18, 20, 22, 25, 35, 45, 55, 65, 75, 85])
EDUCATION_BY_AGE = np.array([0.0, -9.0, -0.6, -0.4, 0.0, 0.6, 0.5, 0.2, -0.1, -0.4, -0.9, -1.1])
EDUCATION_SPREAD = np.array([1.0, 0.1, 0.4, 0.5, 0.8, *([1.0] * 7)])
JOIN_BY_AGE = np.array([0.0, -0.9, -0.5, 0.0, 0.45, 0.6, -0.1])
EMAIL_BY_AGE = np.array([0.2, 0.99, 0.99, 0.98, 0.96, 0.92, 0.72])


@dataclass(frozen=True)
class Profiles:
    """One entry per resident; scores between 0 and 1; education -1 below 15, tenure 2 in an institution."""

    education: Integers
    tenure: Integers
    trust: Floats
    join_propensity: Floats
    answer_propensity: Floats
    has_email: Flags


def draw_profiles(residents: Residents, households: Households, targets: Targets, rng: np.random.Generator) -> Profiles:
    """Draw all profiles; shares of education and tenure are the published ones."""
    education = draw_education(residents, households, targets, rng)
    tenure = draw_tenure(residents, households, education, targets, rng)
    trust_logit = draw_trust(residents, education, tenure, rng)
    grown = residents.age >= PANEL_AGE
    willing = willingness(residents, education, tenure, trust_logit)
    join = shifted(willing, grown.astype(np.float64), JOIN_YIELD) * grown
    answer = shifted(0.5 * willing, join, ANSWER_YIELD) * grown
    has_email = rng.random(grown.size) < EMAIL_BY_AGE[age_classes(residents.age)]
    return Profiles(education, tenure, logistic(trust_logit), join, answer, has_email)


def age_classes(age: Integers) -> Integers:
    """Return 0 under 16 and 1-6 for the age classes of the panel."""
    return np.searchsorted(AGE_EDGES, age, side="right")


def logistic(values: Floats) -> Floats:
    """Return values between 0 and 1."""
    shares: Floats = 1 / (1 + np.exp(-values))
    return shares


def shifted(scores: Floats, weights: Floats, wanted: float) -> Floats:
    """Turn scores into chances of which the weighted mean is the wanted one."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        mean = float(np.average(logistic(scores + middle), weights=weights))
        low, high = (middle, high) if mean < wanted else (low, middle)
    return logistic(scores + low)


def draw_education(
    residents: Residents, households: Households, targets: Targets, rng: np.random.Generator
) -> Integers:
    """Draw the highest education reached; of persons of 15-74 exactly the published shares."""
    shared = np.append(rng.normal(size=households.household_type.size), 0.0)
    couple = np.isin(households.position, (COUPLE, COUPLE_WITH_CHILDREN))
    own = rng.normal(size=residents.age.size)
    owners = (targets.district_owner_pct - targets.owner_pct) / 25
    ages = np.searchsorted(EDUCATION_AGES, residents.age, side="right")
    score = EDUCATION_BY_AGE[ages] + owners[residents.district]
    noise = np.where(couple, 0.6 * shared[households.household] + 0.8 * own, own)
    score += EDUCATION_SPREAD[ages] * noise
    known = (residents.age >= 15) & (residents.age < 75)
    shares = np.cumsum(targets.education) / targets.education.sum()
    ranked = np.sort(score[known])
    edges = ranked[np.round(shares[:2] * ranked.size).astype(np.int64)]
    education = np.searchsorted(edges, score, side="right")
    return np.where(residents.age < 15, NO_EDUCATION, education)


def draw_tenure(
    residents: Residents,
    households: Households,
    education: Integers,
    targets: Targets,
    rng: np.random.Generator,
) -> Integers:
    """Draw owner or tenant per household; per district exactly the published share of owners."""
    head = households.household_head
    couple = np.isin(households.position[head], (COUPLE, COUPLE_WITH_CHILDREN))
    score = 0.05 * np.clip(residents.age[head], 22, 55) + 0.7 * education[head] + 0.9 * couple
    score = score + 0.9 * rng.logistic(size=head.size)
    tenure = np.full(head.size, TENANT)
    for district, percentage in enumerate(targets.district_owner_pct):
        here = np.flatnonzero(households.household_district == district)
        tenure[here[top(score[here], round(percentage / 100 * here.size))]] = OWNER
    per_person = np.append(tenure, NO_DWELLING)[households.household]
    return np.where(households.household == NO_HOUSEHOLD, NO_DWELLING, per_person)


def draw_trust(residents: Residents, education: Integers, tenure: Integers, rng: np.random.Generator) -> Floats:
    """Draw trust in the municipality: higher among the higher educated, owners and the youngest and eldest."""
    score = 0.35 * (education - MIDDLE) + 0.25 * (tenure == OWNER) + 0.12 * np.abs(residents.age - 50) / 15
    trust: Floats = score - 0.2 + 1.1 * rng.normal(size=residents.age.size)
    return trust


def willingness(residents: Residents, education: Integers, tenure: Integers, trust_logit: Floats) -> Floats:
    """Return how willing one is to take part: less when young, renting, lower educated or of little trust."""
    score = JOIN_BY_AGE[age_classes(residents.age)] + np.array([-0.7, 0.0, 0.55, -9.0])[education]
    score -= 0.45 * (tenure == TENANT) + 0.6 * (tenure == NO_DWELLING)
    result: Floats = score + 0.55 * trust_logit + 0.05 * residents.sex
    return result
