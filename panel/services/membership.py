"""A member's own life in the panel: correct, pause, come back, leave, take the data along."""

from dataclasses import dataclass
from datetime import date, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import delete, select

from core import audit, clock, hooks, outbox, sessions
from core.db import db
from core.errors import DomainError
from core.models import SessionKind
from core.permissions import require
from panel import indexes
from panel.models import (
    CodePurpose,
    Consent,
    ConsentPurpose,
    Contact,
    Education,
    Farewell,
    Member,
    MemberStatus,
    Sex,
    SignInRequest,
    Tenure,
)
from panel.profiles import CONSENT_VERSION, ProfileInput, ProfileRefusedError, rule_faults
from panel.services import one_time, profile_rules, recruitment, seats
from panel.services.transitions import hold, move_member

NOT_YET_IN = (MemberStatus.APPLIED, MemberStatus.CONFIRMED, MemberStatus.WAITING)
UNFINISHED_AFTER = timedelta(days=2)
NO_ADDRESS_CODE_AFTER = timedelta(days=90)
FAREWELL_KEPT = timedelta(days=2)
PERSONAL = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "street",
    "house_number",
    "postcode",
    "city",
    "email_index",
    "surname_index",
    "household_index",
    "birth_year",
    "base_weight",
    "sample_person_id",
    "last_active_on",
    "profile_checked_on",
    "queued_at",
    "paused_until",
)


class SharedMailboxNameError(DomainError):
    """Two members of one mailbox cannot have the same first name: they choose by it when signing in."""

    status = 422


@dataclass(frozen=True)
class ProfileChange:
    """What a member can correct by themselves."""

    first_name: str
    last_name: str
    phone: str | None
    birth_year: int
    sex: Sex
    district_code: str
    education: Education
    tenure: Tenure


def set_identity(member: Member, profile: ProfileInput) -> None:
    """Fill in name, mailbox and address with their indexes."""
    member.first_name, member.last_name = profile.first_name, profile.last_name
    member.surname_index = indexes.surname_index(profile.last_name)
    member.phone = profile.phone
    _set_email(member, profile.email)
    if profile.address:
        member.street, member.house_number = profile.address.street, profile.address.house_number
        member.postcode, member.city = profile.address.postcode, profile.address.city
        member.household_index = indexes.household_index(member.postcode, member.house_number)


def _set_email(member: Member, email: str | None) -> None:
    member.email = email
    member.email_index = indexes.email_index(email) if email else None


def update_profile(member: Member, change: ProfileChange) -> Member:
    """Correct a profile; this counts as the yearly check. The stratum of recruitment stays what it was."""
    require("panel.manage_membership", member)
    found = rule_faults(profile_rules.current(), change.birth_year, change.district_code)
    if found:
        raise ProfileRefusedError(found)
    hold(member)
    for name, value in vars(change).items():
        setattr(member, name, value)
    member.surname_index = indexes.surname_index(change.last_name)
    member.profile_checked_on = clock.today()
    _record(member, "member.update_profile")
    return member


def set_preferences(member: Member, *, language: str, newsletter: bool, consents: frozenset[ConsentPurpose]) -> Member:
    """Language, mails and the consents that are not needed to be a member."""
    require("panel.manage_membership", member)
    hold(member)
    member.language, member.newsletter = language, newsletter
    for purpose in (ConsentPurpose.LINK_WAVES, ConsentPurpose.TALK_FURTHER):
        _set_consent(member, purpose, given=purpose in consents)
    _record(member, "member.set_preferences")
    return member


def has_consent(member: Member, purpose: ConsentPurpose) -> bool:
    """Whether a consent stands now."""
    return any(c.purpose is purpose and c.withdrawn_at is None for c in member.consents)


def _set_consent(member: Member, purpose: ConsentPurpose, *, given: bool) -> None:
    if given == has_consent(member, purpose):
        return
    if given:
        member.consents.append(Consent(purpose=purpose, version=CONSENT_VERSION, given_at=clock.now()))
        return
    for consent in member.consents:
        if consent.purpose is purpose and consent.withdrawn_at is None:
            consent.withdrawn_at = clock.now()


def pause(member: Member, until: date) -> Member:
    """No invitations until a date; raises BlockedError for a date that cannot be."""
    require("panel.manage_membership", member)
    hold(member)
    member.paused_until = until
    return move_member(member, MemberStatus.PAUSED, detail={"until": until.isoformat()})


def resume(member: Member) -> Member:
    """Back from a pause or from sleep."""
    require("panel.manage_membership", member)
    hold(member)
    member.unanswered_in_row = 0
    return move_member(member, MemberStatus.ACTIVE)


def end_pauses() -> int:
    """Bring back who paused until today (periodic task)."""
    due = db.session.scalars(
        select(Member).where(Member.status == MemberStatus.PAUSED, Member.paused_until <= clock.today())
    ).all()
    for member in due:
        move_member(hold(member), MemberStatus.ACTIVE, detail={"reason": "pause-over"})
    return len(due)


def request_email_change(member: Member, email: str, browser_key: str) -> SignInRequest:
    """Send a code to a new mailbox; nothing changes before it is typed."""
    require("panel.manage_membership", member)
    return one_time.ask(CodePurpose.CHANGE_EMAIL, email, browser_key, member_id=member.id)


def confirm_email_change(member: Member, public_id: str, code: str, browser_key: str) -> str:
    """Take the new mailbox over; returns why not, or an empty text. The caller always commits."""
    require("panel.manage_membership", member)
    outcome = one_time.check(public_id, code, browser_key, CodePurpose.CHANGE_EMAIL)
    if outcome.request is None:
        return outcome.reason
    if outcome.request.member_id != member.id:
        return "over"
    hold(member)
    _set_email(member, outcome.request.email)
    _record(member, "member.change_email")
    return ""


def leave(member: Member) -> str:
    """Leave for good: the row is blanked, its salt destroyed, a last mail is the proof. Returns its reference."""
    require("panel.manage_membership", member)
    hold(member)
    reference = token_hex(8).upper()
    if member.email:
        farewell = Farewell(email=member.email, reference=reference, left_at=clock.now())
        db.session.add(farewell)
        db.session.flush()
        outbox.post("panel.farewell", outbox.Recipient("farewell", farewell.id, {}, f"panel.farewell:{reference}"))
    hooks.announce("member.leaves", member_id=member.id)
    erase(member)
    return reference


def erase(member: Member) -> None:
    """Blank the row, keep its id, free the seat and destroy the salt. The caller holds the row."""
    number, person_id = member.id, member.sample_person_id
    member.left_at, member.consents = clock.now(), []
    seats.free_seat(member)
    for name in PERSONAL:
        setattr(member, name, None)
    member.sex, member.education, member.tenure = Sex.UNDISCLOSED, Education.UNDISCLOSED, Tenure.UNDISCLOSED
    member.district_code, member.stratum = "", ""
    member.invited_n = member.answered_n = member.unanswered_in_row = 0
    move_member(member, MemberStatus.LEFT)
    db.session.execute(delete(Contact).where(Contact.member_id == number))
    db.session.execute(delete(SignInRequest).where(SignInRequest.member_id == number))
    sessions.end_everywhere(SessionKind.MEMBER, str(number))
    if person_id is not None and member.admitted_at is not None:
        recruitment.blank_person(person_id)
    audit.forget_subject("member", number)
    db.session.flush()


def erase_unfinished() -> int:
    """Erase sign-ups that were never finished (periodic task)."""
    moment = clock.now()
    never = (Member.status == MemberStatus.APPLIED) & (Member.applied_at < moment - UNFINISHED_AFTER)
    no_code = (Member.status == MemberStatus.CONFIRMED) & (Member.confirmed_at < moment - NO_ADDRESS_CODE_AFTER)
    due = db.session.scalars(select(Member).where(never | no_code)).all()
    for member in due:
        erase(hold(member))
    return len(due)


def delete_farewells() -> None:
    """Delete the addresses of the last mails (periodic task)."""
    db.session.execute(delete(Farewell).where(Farewell.left_at < clock.now() - FAREWELL_KEPT))


def export_data(member: Member) -> dict[str, Any]:
    """Everything that is kept about a member, for themselves."""
    require("panel.manage_membership", member)
    contacts = db.session.scalars(select(Contact).where(Contact.member_id == member.id).order_by(Contact.asked_on))
    return {
        "lidnummer": member.id,
        "status": member.status.value,
        "herkomst": member.origin.value,
        "voornaam": member.first_name,
        "achternaam": member.last_name,
        "e-mailadres": member.email,
        "telefoon": member.phone,
        "straat": member.street,
        "huisnummer": member.house_number,
        "postcode": member.postcode,
        "woonplaats": member.city,
        "geboortejaar": member.birth_year,
        "geslacht": member.sex.value,
        "wijk": member.district_code,
        "opleiding": member.education.value,
        "woning": member.tenure.value,
        "taal": member.language,
        "nieuws per e-mail": member.newsletter,
        "wervingsgroep": member.stratum,
        "gewicht in de loting": member.base_weight,
        "aangemeld op": _iso(member.applied_at),
        "toegelaten op": _iso(member.admitted_at),
        "pauze tot": _iso(member.paused_until),
        "profiel nagekeken op": _iso(member.profile_checked_on),
        "aantal uitnodigingen": member.invited_n,
        "aantal ingevuld": member.answered_n,
        "toestemmingen": [_consent_entry(c) for c in member.consents],
        "gevraagd voor": [{"vragenlijst": c.wave_ref, "op": c.asked_on.isoformat()} for c in contacts],
    }


def _consent_entry(consent: Consent) -> dict[str, str | None]:
    return {
        "doel": consent.purpose.value,
        "versie": consent.version,
        "gegeven op": _iso(consent.given_at),
        "ingetrokken op": _iso(consent.withdrawn_at),
    }


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _record(member: Member, action: str) -> None:
    audit.record(action, "member", audit.subject_ref("member", member.id))
    db.session.flush()
