"""The published figures of Zeist that the invented residents must reproduce."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from portal.demonstration.drawing import Floats

DATA = Path(__file__).resolve().parents[2] / "data"
MUNICIPALITY = "GM0355"
SEXES = ("male", "female")
AGES = (*(f"{low}-{low + 4}" for low in range(0, 95, 5)), "95+")
COARSE_AGES = ("0-14", "15-24", "25-44", "45-64", "65+")
FIRST_OF_COARSE = (0, 3, 5, 9, 13, 20)
HOUSEHOLD_TYPES = ("one_person", "without_children", "with_children")
EDUCATION = ("low", "middle", "high")
POSITIONS = ("child_at_home", "single", "couple", "couple_with_children", "single_parent", "other_member")
SOURCE_POSITIONS = {
    "child_at_home": ("child_at_home",),
    "single": ("single",),
    "couple": ("unmarried_partner_without_children", "married_partner_without_children"),
    "couple_with_children": ("unmarried_partner_with_children", "married_partner_with_children"),
    "single_parent": ("single_parent",),
    "other_member": ("other_member",),
}

Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Targets:
    """Counts by sex (2), coarse age (5), district (5), household type (3), education (3) and age class (20)."""

    districts: tuple[str, ...]
    inhabitants: int
    sexes: Floats
    coarse: Floats
    household_types: Floats
    district_inhabitants: Floats
    district_sexes: Floats
    district_coarse: Floats
    district_household_types: Floats
    district_owner_pct: Floats
    owner_pct: float
    district_household_size: Floats
    household_size: float
    education: Floats
    structure: Floats
    positions: Floats
    private_share: Floats


def load_numbers(name: str, column: str) -> dict[Key, float]:
    """Read one data file of Zeist as numbers by area, year, variable and category."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return {
            (row["area_code"], row["reference_date"][:4], row["variable"], row["category"]): float(row[column])
            for row in csv.DictReader(file)
            if row["gm_code"] == MUNICIPALITY
        }


def list_of(numbers: dict[Key, float], area: str, variable: str, categories: tuple[str, ...], year: str) -> Floats:
    """Return the figures of one variable as an array."""
    return np.array([numbers[area, year, variable, category] for category in categories])


def load_positions() -> Floats:
    """Return the household positions of 2020 as counts by age class (rows) and position (columns)."""
    numbers = load_numbers("counts_household_position.csv", "count")
    return np.array(
        [
            [sum(position_count(numbers, source, age) for source in SOURCE_POSITIONS[p]) for p in POSITIONS]
            for age in AGES
        ]
    )


def position_count(numbers: dict[Key, float], position: str, age: str) -> float:
    """Return one count of 2020; children have no figure for what does not occur among them."""
    return numbers.get((MUNICIPALITY, "2020", "household_position_age5", f"{position}|{age}"), 0.0)


def private_share(structure: Floats) -> Floats:
    """Return the part per age class that lives in a private household (2020 against 2021, at least half)."""
    numbers = load_numbers("counts_household_position.csv", "count")
    private = np.array([position_count(numbers, "all_in_private_households", age) for age in AGES])
    shares: Floats = np.clip(private / structure.sum(axis=0), 0.5, 0.99)
    return shares


def load_targets() -> Targets:
    """Read every figure of Zeist that the draw needs."""
    counts = load_numbers("counts_municipality.csv", "count") | load_numbers("counts_district.csv", "count")
    rates = load_numbers("rates.csv", "value")
    districts = tuple(sorted({key[0] for key in counts if key[0].startswith("WK") and key[1] == "2025"}))
    structure = np.array([[counts[MUNICIPALITY, "2021", "sex_age5", f"{s}|{a}"] for a in AGES] for s in SEXES])
    both = (MUNICIPALITY, *districts)
    sexes = [list_of(counts, area, "sex", SEXES, "2025") for area in both]
    coarse = [list_of(counts, area, "age_coarse", COARSE_AGES, "2025") for area in both]
    types = [list_of(counts, area, "household_type", HOUSEHOLD_TYPES, "2025") for area in both]
    owners = [rates[area, "2025", "tenure", "owner"] for area in both]
    sizes = [rates[area, "2025", "household_size", "mean"] for area in both]
    return Targets(
        districts=districts,
        inhabitants=int(counts[MUNICIPALITY, "2025", "population", "total"]),
        sexes=sexes[0],
        coarse=coarse[0],
        household_types=types[0],
        district_inhabitants=np.array([counts[code, "2025", "population", "total"] for code in districts]),
        district_sexes=np.array(sexes[1:]),
        district_coarse=np.array(coarse[1:]),
        district_household_types=np.array(types[1:]),
        district_owner_pct=np.array(owners[1:]),
        owner_pct=owners[0],
        district_household_size=np.array(sizes[1:]),
        household_size=sizes[0],
        education=list_of(counts, MUNICIPALITY, "education", EDUCATION, "2022"),
        structure=structure,
        positions=load_positions(),
        private_share=private_share(structure),
    )
