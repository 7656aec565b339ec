"""What somebody tells about themselves when joining, and the rules for it."""

from dataclasses import dataclass, replace

from core.errors import DomainError
from panel.models import Education, Sex, Tenure

OLDEST = 115


class ProfileRefusedError(DomainError):
    """A profile that breaks a rule: `faults` holds a code per field."""

    status = 422

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("profile-refused", faults=faults)
        self.faults = faults


@dataclass(frozen=True)
class Address:
    """Where somebody lives."""

    street: str
    house_number: str
    postcode: str
    city: str


@dataclass(frozen=True)
class ProfileInput:
    """A profile as filled in; without an e-mail address the member is reached by post and telephone."""

    first_name: str
    last_name: str
    birth_year: int
    sex: Sex
    district_code: str
    education: Education
    tenure: Tenure
    email: str | None = None
    phone: str | None = None
    address: Address | None = None
    language: str = "nl"


@dataclass(frozen=True)
class ProfileRules:
    """What a profile is checked against; None means: no figures to check with."""

    year: int
    minimum_age: int
    districts: frozenset[str]
    postcodes: frozenset[str]


def tidy(profile: ProfileInput) -> ProfileInput:
    """The same profile without stray spaces and with empty contact fields as None."""
    return replace(
        profile,
        first_name=profile.first_name.strip(),
        last_name=profile.last_name.strip(),
        email=(profile.email or "").strip() or None,
        phone=(profile.phone or "").strip() or None,
    )


def faults(profile: ProfileInput, rules: ProfileRules) -> dict[str, str]:
    """Code per field that breaks a rule."""
    found: dict[str, str] = {}
    if not profile.first_name:
        found["first_name"] = "required"
    if not profile.last_name:
        found["last_name"] = "required"
    postcode = profile.address.postcode if profile.address else ""
    return {**found, **rule_faults(rules, profile.birth_year, profile.district_code, postcode)}


def rule_faults(rules: ProfileRules, birth_year: int | None, district_code: str, postcode: str = "") -> dict[str, str]:
    """Code per field that is filled in but breaks a rule; what is empty is told elsewhere."""
    found: dict[str, str] = {}
    if birth_year is not None and rules.year - birth_year < rules.minimum_age:
        found["birth_year"] = "too-young"
    elif birth_year is not None and rules.year - birth_year > OLDEST:
        found["birth_year"] = "impossible"
    if district_code and rules.districts and district_code not in rules.districts:
        found["district_code"] = "no-such-district"
    if postcode and rules.postcodes and postcode[:4] not in rules.postcodes:
        found["postcode"] = "outside-municipality"
    return found
