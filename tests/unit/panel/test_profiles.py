"""Profiles: classes equal to the margins, and the rules of joining."""

from datetime import date

import pytest

from panel import classes
from panel.models import Education, Sex, Tenure
from panel.profiles import Address, ProfileInput, ProfileRules, faults

RULES = ProfileRules(2026, 16, frozenset({"WK035501"}), frozenset({"3701"}))


def profile(**changes: object) -> ProfileInput:
    values: dict[str, object] = {
        "first_name": "An",
        "last_name": "Voorbeeld",
        "birth_year": 1980,
        "sex": Sex.OTHER,
        "district_code": "WK035501",
        "education": Education.LOW,
        "tenure": Tenure.OWNER,
        **changes,
    }
    return ProfileInput(**values)  # type: ignore[arg-type]  # any field by name


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2010, "16-29"),
        (1997, "16-29"),
        (1996, "30-39"),
        (1986, "40-54"),
        (1971, "55-64"),
        (1952, "65-74"),
        (1951, "75+"),
    ],
)
def test_age_class_is_the_one_of_the_margins(year: int, expected: str) -> None:
    assert classes.age_class(year, date(2026, 1, 1)) == expected


def test_education_of_75_and_over_is_a_class_of_its_own() -> None:
    assert classes.education_class("high", "75+") == "outside_75_plus"
    assert classes.education_class("high", "65-74") == "high"


def test_good_profile_has_no_faults() -> None:
    assert faults(profile(), RULES) == {}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"birth_year": 2011}, {"birth_year": "too-young"}),
        ({"birth_year": 1905}, {"birth_year": "impossible"}),
        ({"district_code": "WK999999"}, {"district_code": "no-such-district"}),
        ({"address": Address("A", "1", "1011 AB", "Amsterdam")}, {"postcode": "outside-municipality"}),
        ({"first_name": "", "last_name": ""}, {"first_name": "required", "last_name": "required"}),
    ],
)
def test_each_rule_refuses_at_its_field(change: dict[str, object], found: dict[str, str]) -> None:
    assert faults(profile(**change), RULES) == found


def test_who_turns_sixteen_this_year_may_join() -> None:
    assert faults(profile(birth_year=2010), RULES) == {}
