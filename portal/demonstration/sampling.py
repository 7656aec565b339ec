"""The letters: whom the register draws, and the file that it sends."""

from dataclasses import dataclass

import numpy as np

from core import csv_out
from panel import classes
from portal.demonstration.drawing import Floats, Integers
from portal.demonstration.population import PANEL_AGE_CLASSES, SyntheticPopulation
from portal.demonstration.profiles import age_classes

# more letters where fewer people join, so that the panel comes nearer to the municipality
LETTERS_BY_AGE = np.array([1.9, 1.6, 1.05, 0.75, 0.65, 1.0])
COLUMNS = (
    "nummer", "voornaam", "achternaam", "straat", "huisnummer", "postcode", "woonplaats", "geslacht",
    "leeftijdsklasse", "wijk", "insluitkans",
)  # fmt: skip
DUTCH_SEX = {"male": "man", "female": "vrouw"}


@dataclass(frozen=True)
class Draw:
    """The drawn residents, in the order of the file, with the chance that each had."""

    residents: Integers
    age_classes: Integers
    chances: Floats


def age_class_then(population: SyntheticPopulation, years_ago: int) -> Integers:
    """Positions in PANEL_AGE_CLASSES some years before the age of the population; -1 for who was too young."""
    return age_classes(population.age - years_ago) - 1


def strata_of(population: SyntheticPopulation, years_ago: int) -> Integers:
    """Number the strata, district by age class; -1 for who was too young."""
    ages = age_class_then(population, years_ago)
    return np.where(ages >= 0, population.district * len(PANEL_AGE_CLASSES) + ages, -1)


def stratum_names(population: SyntheticPopulation) -> list[str]:
    """The names under which the panel knows the strata, in the order of their numbers."""
    return [classes.stratum_of(age, district) for district in population.district_codes for age in PANEL_AGE_CLASSES]


def divide(sizes: Floats, n_letters: int, n_districts: int) -> Integers:
    """Divide the letters over the strata; who is last by rounding down gets what is left over."""
    wanted = sizes * np.tile(LETTERS_BY_AGE, n_districts)
    exact = np.minimum(wanted / wanted.sum() * n_letters, sizes)
    letters: Integers = np.floor(exact).astype(np.int64)
    rest = n_letters - int(letters.sum())
    letters[np.argsort(letters - exact, kind="stable")[:rest]] += 1
    return letters


def draw_sample(population: SyntheticPopulation, n_letters: int, years_ago: int, rng: np.random.Generator) -> Draw:
    """Draw within each stratum at random; young strata get more letters than their share."""
    strata = strata_of(population, years_ago)
    n_strata = len(population.district_codes) * len(PANEL_AGE_CLASSES)
    sizes = np.bincount(strata[strata >= 0], minlength=n_strata).astype(np.float64)
    letters = divide(sizes, n_letters, len(population.district_codes))
    drawn = [rng.choice(np.flatnonzero(strata == s), letters[s], replace=False) for s in range(n_strata)]
    residents = rng.permutation(np.concatenate(drawn))
    ages = age_class_then(population, years_ago)[residents]
    return Draw(residents, ages, (letters / sizes)[strata[residents]])


def sample_file(population: SyntheticPopulation, draw: Draw) -> bytes:
    """The file as the register would send it."""
    rows: list[list[csv_out.Cell]] = []
    columns = zip(draw.residents.tolist(), draw.age_classes.tolist(), draw.chances.tolist(), strict=True)
    for number, (resident, age, chance) in enumerate(columns, 1):
        person = population.person(resident)
        age_class = PANEL_AGE_CLASSES[age]
        rows.append(
            [
                number, person.first_name, person.surname, person.street, person.house_number, person.postcode,
                person.place, DUTCH_SEX[person.sex], age_class, person.district, f"{chance:.6f}",
            ]
        )  # fmt: skip
    return csv_out.write(COLUMNS, rows)
