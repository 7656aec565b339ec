"""The letters: whom the register draws, and the file that it sends."""

from dataclasses import dataclass

import numpy as np

from core import csv_out
from portal.demonstration.drawing import Floats, Integers
from portal.demonstration.population import PANEL_AGE_CLASSES, SyntheticPopulation

# more letters where fewer people join, so that the panel comes nearer to the municipality
LETTERS_BY_AGE = np.array([1.9, 1.6, 1.05, 0.75, 0.65, 1.0])
COLUMNS = (
    "nummer", "voornaam", "achternaam", "straat", "huisnummer", "postcode", "woonplaats", "geslacht",
    "leeftijdsklasse", "wijk", "insluitkans",
)  # fmt: skip
DUTCH_SEX = {"male": "man", "female": "vrouw"}
YOUNGEST = 17


@dataclass(frozen=True)
class Draw:
    """The drawn residents, in the order of the file, with the chance that each had."""

    residents: Integers
    chances: Floats


def strata_of(population: SyntheticPopulation) -> Integers:
    """Number the strata: district by age class; -1 for who is too young for a letter."""
    number = population.district * len(PANEL_AGE_CLASSES) + population.age_class
    return np.where(population.age >= YOUNGEST, number, -1)


def draw_sample(population: SyntheticPopulation, n_letters: int, rng: np.random.Generator) -> Draw:
    """Draw within each stratum at random; young strata get more letters than their share."""
    strata = strata_of(population)
    n_strata = len(population.district_codes) * len(PANEL_AGE_CLASSES)
    sizes = np.bincount(strata[strata >= 0], minlength=n_strata).astype(np.float64)
    wanted = sizes * np.tile(LETTERS_BY_AGE, len(population.district_codes))
    letters = np.minimum(np.rint(wanted / wanted.sum() * n_letters), sizes).astype(np.int64)
    drawn = [rng.choice(np.flatnonzero(strata == s), letters[s], replace=False) for s in range(n_strata)]
    residents = rng.permutation(np.concatenate(drawn))
    return Draw(residents, (letters / sizes)[strata[residents]])


def sample_file(population: SyntheticPopulation, draw: Draw) -> bytes:
    """The file as the register would send it."""
    rows: list[list[csv_out.Cell]] = []
    for number, (resident, chance) in enumerate(zip(draw.residents.tolist(), draw.chances.tolist(), strict=True), 1):
        person = population.person(resident)
        age_class = PANEL_AGE_CLASSES[int(population.age_class[resident])]
        rows.append(
            [
                number, person.first_name, person.surname, person.street, person.house_number, person.postcode,
                person.place, DUTCH_SEX[person.sex], age_class, person.district, f"{chance:.6f}",
            ]
        )  # fmt: skip
    return csv_out.write(COLUMNS, rows)
