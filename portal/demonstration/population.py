"""An invented Zeist: every resident drawn, the published figures reproduced."""

from dataclasses import dataclass

import numpy as np

from portal.demonstration import names
from portal.demonstration.drawing import Flags, Floats, Integers
from portal.demonstration.households import NO_HOUSEHOLD, Households, draw_households
from portal.demonstration.profiles import PANEL_AGE, Profiles, age_classes, draw_profiles
from portal.demonstration.residents import Residents, draw_residents
from portal.demonstration.targets import EDUCATION, SEXES, Targets, load_targets

PANEL_AGE_CLASSES = ("16-29", "30-39", "40-54", "55-64", "65-74", "75+")
OUTSIDE_EDUCATION = "outside_75_plus"
TENURES = ("owner", "tenant", "no_dwelling")
EMAIL_DOMAIN = "voorbeeld.example"
OWN_SURNAME_SHARE = 0.45


@dataclass(frozen=True)
class Person:
    """The written-out particulars of one invented resident."""

    number: int
    first_name: str
    surname: str
    street: str
    house_number: int
    postcode: str
    place: str
    email: str | None
    sex: str
    age: int
    district: str
    education: str | None
    tenure: str
    household: int


@dataclass(frozen=True)
class SyntheticPopulation:
    """Columns with one entry per resident (n = 66,671), and columns with one entry per household.

    district, sex, education and tenure are positions in district_codes, SEXES, EDUCATION and TENURES
    (education -1 under 15); household is a position in the household columns, -1 in an institution.
    """

    seed: int
    district_codes: tuple[str, ...]
    district: Integers
    sex: Integers
    age: Integers
    position: Integers
    household: Integers
    education: Integers
    tenure: Integers
    trust: Floats
    join_propensity: Floats
    answer_propensity: Floats
    has_email: Flags
    first_name_draw: Integers
    surname_draw: Integers
    dwelling: Integers
    household_type: Integers
    household_district: Integers

    @property
    def n_residents(self) -> int:
        """Return the number of residents."""
        return int(self.age.size)

    @property
    def is_eligible(self) -> Flags:
        """Flag who is old enough for the panel."""
        flags: Flags = self.age >= PANEL_AGE
        return flags

    @property
    def age_class(self) -> Integers:
        """Return positions in PANEL_AGE_CLASSES, -1 under 16."""
        return age_classes(self.age) - 1

    def categories(self, variable: str) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
        """Return the margin category of every resident: sex, age, sex_age, district, education or tenure."""
        ages = np.array([*PANEL_AGE_CLASSES, ""])[self.age_class]
        columns = {
            "sex": np.array(SEXES)[self.sex],
            "age": ages,
            "sex_age": np.char.add(np.char.add(np.array(SEXES)[self.sex], "|"), ages),
            "district": np.array(self.district_codes)[self.district],
            "education": np.where(self.age >= 75, OUTSIDE_EDUCATION, np.array([*EDUCATION, ""])[self.education]),
            "tenure": np.array(TENURES)[self.tenure],
        }
        return columns[variable]

    def person(self, number: int) -> Person:
        """Write out one resident; the same number always gives the same particulars."""
        age, sex, district = int(self.age[number]), int(self.sex[number]), int(self.district[number])
        street, house_number, postcode = names.address(district, int(self.dwelling[number]))
        first = names.first_name(sex, age, int(self.first_name_draw[number]))
        level = int(self.education[number])
        return Person(
            number=number,
            first_name=first,
            surname=names.surname(int(self.surname_draw[number])),
            street=street,
            house_number=house_number,
            postcode=postcode,
            place=names.place(postcode),
            email=f"bewoner{number:05d}@{EMAIL_DOMAIN}" if self.has_email[number] else None,
            sex=SEXES[sex],
            age=age,
            district=self.district_codes[district],
            education=EDUCATION[level] if level >= 0 else None,
            tenure=TENURES[int(self.tenure[number])],
            household=int(self.household[number]),
        )


def draw_population(seed: int) -> SyntheticPopulation:
    """Draw the whole invented municipality; the same seed gives the same residents."""
    rng = np.random.default_rng(seed)
    targets = load_targets()
    residents = draw_residents(targets, rng)
    households = draw_households(residents, targets, rng)
    profiles = draw_profiles(residents, households, targets, rng)
    return assemble(seed, targets, residents, households, profiles, rng)


def assemble(
    seed: int,
    targets: Targets,
    residents: Residents,
    households: Households,
    profiles: Profiles,
    rng: np.random.Generator,
) -> SyntheticPopulation:
    """Put the columns together, with names and a dwelling for everybody."""
    n_residents = residents.age.size
    return SyntheticPopulation(
        seed=seed,
        district_codes=targets.districts,
        district=residents.district,
        sex=residents.sex,
        age=residents.age,
        position=households.position,
        household=households.household,
        education=profiles.education,
        tenure=profiles.tenure,
        trust=profiles.trust,
        join_propensity=profiles.join_propensity,
        answer_propensity=profiles.answer_propensity,
        has_email=profiles.has_email,
        first_name_draw=rng.integers(0, 1000, n_residents),
        surname_draw=draw_surnames(residents, households, rng),
        dwelling=dwellings(residents, households),
        household_type=households.household_type,
        household_district=households.household_district,
    )


def draw_surnames(residents: Residents, households: Households, rng: np.random.Generator) -> Integers:
    """Give a household one surname; some grown-ups keep another."""
    family = np.append(rng.integers(0, 10_000, households.household_type.size), 0)[households.household]
    own = (residents.age >= 25) & (rng.random(residents.age.size) < OWN_SURNAME_SHARE)
    own |= households.household == NO_HOUSEHOLD
    return np.where(own, rng.integers(0, 10_000, residents.age.size), family)


def dwellings(residents: Residents, households: Households) -> Integers:
    """Number the dwellings of each district; those in an institution share a few addresses."""
    number = names.rank_within(households.household_district)
    last = np.bincount(households.household_district)
    institutions = last[residents.district] + residents.age % 3
    return np.where(households.household == NO_HOUSEHOLD, institutions, np.append(number, 0)[households.household])
