"""Applications: what is checked, who is known already, and the row that is made."""

from collections.abc import Set as AbstractSet
from dataclasses import replace

from sqlalchemy import select

from core import audit, clock
from core.db import db
from panel import classes, indexes
from panel.consents import CONSENT_VERSIONS
from panel.models import (
    Consent,
    ConsentPurpose,
    Member,
    MemberOrigin,
    MemberStatus,
    SamplePerson,
)
from panel.profiles import Address, ProfileInput, ProfileRefusedError, faults
from panel.services import membership, population, profile_rules
from panel.services.transitions import hold


def locate(profile: ProfileInput) -> ProfileInput:
    """The same profile with the wijk of its address; a chosen wijk stands where the address does not tell for sure."""
    if profile.address is None:
        return profile
    found = population.district_of(profile.address.postcode, profile.address.house_number)
    if found is None or (profile.district_code and not found.certain):
        return profile
    return replace(profile, district_code=found.district_code)


def refuse_faults(
    profile: ProfileInput,
    consents: AbstractSet[ConsentPurpose],
    *,
    open_sign_up: bool = False,
    on_behalf: bool = False,
) -> None:
    """Raise ProfileRefusedError with every field that breaks a rule."""
    rules = profile_rules.current()
    limits = rules if open_sign_up else replace(rules, postcodes=frozenset())
    found = faults(profile, limits)
    if ConsentPurpose.PARTICIPATE not in consents:
        found["participate"] = "consent"
    if open_sign_up and not profile.district_code:
        found["district_code"] = "district-unknown"
    if open_sign_up and profile.email is None and not on_behalf:
        found["email"] = "email-needed"
    if open_sign_up and profile.address is None:
        found["postcode"] = "required"
    if found:
        raise ProfileRefusedError(found)


def address_of(person: SamplePerson) -> Address:
    """The address in the register, which the letter went to."""
    return Address(person.street or "", person.house_number or "", person.postcode or "", person.city or "")


def find_known(profile: ProfileInput) -> Member | None:
    """Somebody with the same first name and birth year at the same address or with the same mailbox.

    Partners share an address, a mailbox and now and then a birth year; hence the first name.
    """
    same = []
    if profile.address:
        household = indexes.household_index(profile.address.postcode, profile.address.house_number)
        same.append(Member.household_index == household)
    if profile.email:
        same.append(Member.email_index == indexes.email_index(profile.email))
    for clause in same:
        candidates = db.session.scalars(
            select(Member).where(clause, Member.birth_year == profile.birth_year, Member.status != MemberStatus.LEFT)
        )
        for member in candidates:
            if indexes.plain(member.first_name or "") == indexes.plain(profile.first_name):
                return member
    return None


def forget_earlier_try(person: SamplePerson) -> None:
    """Erase an earlier try with the same letter that was not finished."""
    earlier = select(Member).where(Member.sample_person_id == person.id, Member.status == MemberStatus.APPLIED)
    for member in db.session.scalars(earlier).all():
        membership.erase(hold(member))


def apply(profile: ProfileInput, consents: AbstractSet[ConsentPurpose], person: SamplePerson | None = None) -> Member:
    """A new row for somebody who applies: from a letter with the weight of the draw, or by themselves."""
    moment, age = clock.now(), classes.age_class(profile.birth_year, clock.today())
    member = Member(
        origin=MemberOrigin.DRAWN if person else MemberOrigin.SELF_REGISTERED,
        status=MemberStatus.APPLIED,
        round_id=person.round_id if person else None,
        sample_person_id=person.id if person else None,
        stratum=person.stratum if person else classes.stratum_of(age, profile.district_code),
        base_weight=1 / person.inclusion_probability if person else None,
        birth_year=profile.birth_year,
        sex=profile.sex,
        district_code=profile.district_code,
        education=profile.education,
        tenure=profile.tenure,
        language=profile.language,
        applied_at=moment,
        profile_checked_on=clock.today(),
        consents=[
            Consent(purpose=purpose, version=CONSENT_VERSIONS[purpose], given_at=moment)
            for purpose in ConsentPurpose
            if purpose in consents
        ],
    )
    membership.set_identity(member, profile)
    db.session.add(member)
    db.session.flush()
    reference = audit.subject_ref("member", member.id)
    audit.record("member.applied", "member", reference, detail={"origin": member.origin.value})
    return member
