"""Who lives where: district, sex and age of every invented resident."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from portal.demonstration.drawing import Integers, fit_table, round_line, round_table
from portal.demonstration.targets import FIRST_OF_COARSE, Targets

MALE, FEMALE = 0, 1


@dataclass(frozen=True)
class Residents:
    """One entry per resident: district (0-4), sex (0 man, 1 woman), age class (0-19), age in years."""

    district: Integers
    sex: Integers
    age_class: Integers
    age: Integers


def draw_residents(targets: Targets, rng: np.random.Generator) -> Residents:
    """Draw all residents, so that district by coarse age, sex and their totals come out as published."""
    by_age = district_by_coarse_age(targets, rng)
    men = men_by_district_and_coarse_age(targets, by_age, rng)
    by_sex = np.stack([men, by_age - men], axis=2)
    columns = [block_columns(targets, by_sex, district, rng) for district in range(len(targets.districts))]
    district, sex, age_class = np.concatenate(columns, axis=1)
    return Residents(district, sex, age_class, years_within_class(age_class, sex, district, rng))


def district_by_coarse_age(targets: Targets, rng: np.random.Generator) -> Integers:
    """Return whole residents by district and coarse age; both totals are the published ones."""
    rows = targets.district_inhabitants * (targets.inhabitants / targets.district_inhabitants.sum())
    return round_table(fit_table(targets.district_coarse, rows, targets.coarse), rng)


def men_by_district_and_coarse_age(targets: Targets, by_age: Integers, rng: np.random.Generator) -> Integers:
    """Return the number of men per cell; their total is the published one, per district within rounding."""
    blocks = [targets.structure[:, a:b].sum(axis=1) for a, b in coarse_slices()]
    male_share = np.array([block[MALE] / block.sum() for block in blocks])
    totals = by_age.sum(axis=1).astype(np.float64)
    sexes = fit_table(targets.district_sexes, totals, targets.sexes)
    ages = by_age.sum(axis=0) * male_share
    men = fit_table(by_age * male_share, sexes[:, MALE], ages * (targets.sexes[MALE] / ages.sum()))
    return round_line(men.ravel(), rng).reshape(men.shape)


def coarse_slices() -> list[tuple[int, int]]:
    """Return first and last-plus-one age class of each coarse age."""
    return list(pairwise(FIRST_OF_COARSE))


def block_columns(targets: Targets, by_sex: Integers, district: int, rng: np.random.Generator) -> Integers:
    """Return district, sex and age class of the residents of one district, men first, youngest first."""
    parts = []
    for sex in (MALE, FEMALE):
        for coarse, (first, last) in enumerate(coarse_slices()):
            structure = targets.structure[sex, first:last]
            counts = round_line(structure / structure.sum() * by_sex[district, coarse, sex], rng)
            age_class = np.repeat(np.arange(first, last), counts)
            parts.append(np.stack([np.full_like(age_class, district), np.full_like(age_class, sex), age_class]))
    return np.concatenate(parts, axis=1)


def years_within_class(age_class: Integers, sex: Integers, district: Integers, rng: np.random.Generator) -> Integers:
    """Spread each five-year class evenly over its years; above 95 the ages thin out."""
    order = np.lexsort((rng.random(age_class.size), sex, district, age_class))
    years = np.empty_like(age_class)
    years[order] = np.arange(age_class.size) % 5
    eldest = age_class == FIRST_OF_COARSE[-1] - 1
    years[eldest] = np.minimum(rng.geometric(0.4, int(eldest.sum())) - 1, 9)
    return age_class * 5 + years
