"""The drawn residents beside the published figures."""

from dataclasses import dataclass

import numpy as np

from portal.demonstration.drawing import Flags
from portal.demonstration.households import NO_HOUSEHOLD
from portal.demonstration.population import TENURES, SyntheticPopulation
from portal.demonstration.targets import COARSE_AGES, EDUCATION, HOUSEHOLD_TYPES, SEXES, Targets, load_targets

COARSE_EDGES = np.array([0, 15, 25, 45, 65, 200])
CBS_ROUNDING = 5.0
PERCENT_ROUNDING = 0.5
SIZE_ROUNDING = 0.05
EDUCATION_ROUNDING = 0.02


@dataclass(frozen=True)
class FigureCheck:
    """One published figure beside the drawn one."""

    figure: str
    target: float
    drawn: float
    tolerance: float

    @property
    def ok(self) -> bool:
        """Tell whether the drawn figure is within the rounding of the published one."""
        return abs(self.target - self.drawn) <= self.tolerance + 1e-9


def check_population(population: SyntheticPopulation) -> list[FigureCheck]:
    """Compare the drawn residents with every published figure that they must reproduce."""
    targets = load_targets()
    return [
        *municipality_checks(population, targets),
        *household_checks(population, targets),
        *(check for d in range(len(targets.districts)) for check in district_checks(population, targets, d)),
    ]


def municipality_checks(population: SyntheticPopulation, targets: Targets) -> list[FigureCheck]:
    """Check persons of the whole municipality: exact, but for the shares of education."""
    ages = np.histogram(population.age, COARSE_EDGES)[0]
    known = (population.age >= 15) & (population.age < 75)
    levels = np.bincount(population.education[known], minlength=3) / known.sum() * 100
    wanted = targets.education / targets.education.sum() * 100
    sexes = np.bincount(population.sex)
    return [
        FigureCheck("inhabitants", targets.inhabitants, population.n_residents, 0),
        *(FigureCheck(s, t, int(d), 0) for s, t, d in zip(SEXES, targets.sexes, sexes, strict=True)),
        *(FigureCheck(f"age {n}", t, int(d), 0) for n, t, d in zip(COARSE_AGES, targets.coarse, ages, strict=True)),
        *(
            FigureCheck(f"education {name} %", float(t), float(d), EDUCATION_ROUNDING)
            for name, t, d in zip(EDUCATION, wanted, levels, strict=True)
        ),
    ]


def household_checks(population: SyntheticPopulation, targets: Targets) -> list[FigureCheck]:
    """Check households of the whole municipality."""
    drawn = np.bincount(population.household_type)
    owners, size = dwelling_figures(population, np.ones(drawn.sum(), dtype=np.bool_))
    return [
        *(
            FigureCheck(f"households {name}", t, int(d), 0)
            for name, t, d in zip(HOUSEHOLD_TYPES, targets.household_types, drawn, strict=True)
        ),
        FigureCheck("owners %", targets.owner_pct, owners, PERCENT_ROUNDING),
        FigureCheck("household size", targets.household_size, size, SIZE_ROUNDING),
    ]


def dwelling_figures(population: SyntheticPopulation, chosen: Flags) -> tuple[float, float]:
    """Return the percentage of owners among the chosen households, and their mean size."""
    housed = population.household != NO_HOUSEHOLD
    sizes = np.bincount(population.household[housed], minlength=chosen.size)
    owner = np.zeros(chosen.size, dtype=np.bool_)
    owner[population.household[housed]] = population.tenure[housed] == TENURES.index("owner")
    return float(owner[chosen].mean() * 100), float(sizes[chosen].mean())


def district_checks(population: SyntheticPopulation, targets: Targets, district: int) -> list[FigureCheck]:
    """Check one district: counts within the rounding to 5."""
    code = targets.districts[district]
    here, housed = population.district == district, population.household_district == district
    ages = np.histogram(population.age[here], COARSE_EDGES)[0]
    kinds = np.bincount(population.household_type[housed], minlength=3)
    sexes = np.bincount(population.sex[here], minlength=2)
    owners, size = dwelling_figures(population, housed)
    pairs = [
        ("inhabitants", targets.district_inhabitants[district], here.sum()),
        *zip(SEXES, targets.district_sexes[district], sexes, strict=True),
        *zip(COARSE_AGES, targets.district_coarse[district], ages, strict=True),
        *zip(HOUSEHOLD_TYPES, targets.district_household_types[district], kinds, strict=True),
    ]
    return [
        *(FigureCheck(f"{code} {name}", float(t), int(d), CBS_ROUNDING) for name, t, d in pairs),
        FigureCheck(f"{code} owners %", float(targets.district_owner_pct[district]), owners, PERCENT_ROUNDING),
        FigureCheck(f"{code} household size", float(targets.district_household_size[district]), size, SIZE_ROUNDING),
    ]
