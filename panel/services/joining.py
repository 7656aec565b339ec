"""Joining: by the letter of a recruitment round, or by open sign-up with a letter to the address."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from core import audit, clock, crypto, jobs, outbox
from core.db import db
from core.dialect import begin_write
from core.errors import DomainError, NotFoundError
from core.models import Job
from core.permissions import require
from panel import codes
from panel.models import (
    CodePurpose,
    ConsentPurpose,
    Member,
    MemberOrigin,
    MemberStatus,
    RoundStatus,
    SamplePerson,
    SignInRequest,
)
from panel.profiles import ProfileInput, tidy
from panel.queries.recruitment import awaiting_address_letter
from panel.services import applications, membership, one_time, seats
from panel.services.recruitment import BATCH
from panel.services.transitions import hold, move_member


class CodeRefusedError(DomainError):
    """A code from a letter that does not open anything."""

    status = 422


@dataclass(frozen=True)
class Joined:
    """How far somebody came: the request of the code to type, or the member who is in."""

    request: SignInRequest | None = None
    member: Member | None = None
    reason: str = ""


def start_from_letter(code: str) -> SamplePerson:
    """The sampled person of a code; writes nothing; raises CodeRefusedError."""
    typed = codes.read(code)
    person = db.session.get(SamplePerson, typed.number) if typed else None
    if typed is None or person is None:
        raise CodeRefusedError("unknown-code")
    if not codes.fits(typed, codes.letter_purpose(person.round.public_id), str(person.id)):
        raise CodeRefusedError("unknown-code")
    if person.used_at is not None:
        raise CodeRefusedError("code-used")
    if person.round.status is not RoundStatus.LETTERS or person.destroyed_at is not None:
        raise CodeRefusedError("round-over")
    return person


def join_from_letter(
    *, code: str, profile: ProfileInput, consents: AbstractSet[ConsentPurpose], browser_key: str = ""
) -> Joined:
    """Join with the code of a letter: never put off. With e-mail a code is mailed first, without it one is in."""
    require("panel.join")
    begin_write(db.session)
    person = start_from_letter(code)
    filled = tidy(replace(profile, address=applications.address_of(person)))
    applications.refuse_faults(filled, consents)
    known = applications.find_known(filled)
    if known is not None and known.status in membership.NOT_YET_IN:
        membership.erase(hold(known))
        known = None
    if known is not None:
        return _already_known(known, filled, browser_key)
    applications.forget_earlier_try(person)
    member = applications.apply(filled, consents, person)
    if filled.email is None:
        return Joined(member=_admit_drawn(member))
    request = one_time.ask(CodePurpose.CONFIRM_EMAIL, filled.email, browser_key, member_id=member.id)
    return Joined(request=request)


def sign_up(*, profile: ProfileInput, consents: AbstractSet[ConsentPurpose], browser_key: str) -> Joined:
    """Open sign-up: the same answer whether or not this person is known already."""
    require("panel.join")
    filled = applications.locate(tidy(profile))
    applications.refuse_faults(filled, consents, open_sign_up=True)
    begin_write(db.session)
    known = applications.find_known(filled)
    if known is not None and known.status is MemberStatus.APPLIED and known.origin is MemberOrigin.SELF_REGISTERED:
        membership.erase(hold(known))
        known = None
    if known is not None:
        return _already_known(known, filled, browser_key)
    member = applications.apply(filled, consents)
    email = filled.email or ""
    return Joined(request=one_time.ask(CodePurpose.CONFIRM_EMAIL, email, browser_key, member_id=member.id))


def confirm_email(public_id: str, code: str, browser_key: str) -> Joined:
    """Confirm the mailbox: a drawn person is in at once, others wait for the letter. The caller always commits."""
    begin_write(db.session)
    outcome = one_time.check(public_id, code, browser_key, CodePurpose.CONFIRM_EMAIL)
    if outcome.request is None:
        return Joined(reason=outcome.reason)
    member = db.session.get(Member, outcome.request.member_id) if outcome.request.member_id else None
    if member is None or hold(member).status is not MemberStatus.APPLIED:
        return Joined(reason="over")
    member.confirmed_at = clock.now()
    if member.origin is MemberOrigin.DRAWN:
        return _finish_drawn(member)
    return Joined(member=move_member(member, MemberStatus.CONFIRMED))


def _finish_drawn(member: Member) -> Joined:
    try:
        return Joined(member=_admit_drawn(member))
    except CodeRefusedError as error:
        return Joined(reason=error.code)


def _admit_drawn(member: Member) -> Member:
    used = (
        update(SamplePerson)
        .where(SamplePerson.id == member.sample_person_id, SamplePerson.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(SamplePerson.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalars(used).first() is None:
        raise CodeRefusedError("code-used")
    move_member(member, MemberStatus.ACTIVE)
    _welcome(member)
    return member


def place_key(member: Member) -> str:
    """The key in the link to one's place on the waiting list; it shows that place and nothing else."""
    return crypto.b64(crypto.mac("waiting-place", member.public_id)[:16])


def find_by_place_key(public_id: str, key: str) -> Member | None:
    """The applicant of such a link, or None."""
    member = db.session.scalars(select(Member).where(Member.public_id == public_id)).first()
    return member if member is not None and crypto.equal(key, place_key(member)) else None


def address_code(member: Member) -> str:
    """The code in the letter to the address of an open sign-up; derived."""
    return codes.make(codes.ADDRESS_PURPOSE, member.id, member.public_id)


def find_by_address_code(code: str) -> Member | None:
    """The open sign-up to whom this code was sent, or None; writes nothing."""
    typed = codes.read(code)
    member = db.session.get(Member, typed.number) if typed else None
    if typed is None or member is None or not codes.fits(typed, codes.ADDRESS_PURPOSE, member.public_id):
        return None
    return member


def confirm_address(code: str) -> Member:
    """The code from the letter to the address: takes a seat in the stratum, or a place on the waiting list."""
    require("panel.join")
    member = find_by_address_code(code)
    if member is None or member.status is MemberStatus.LEFT:
        raise CodeRefusedError("unknown-code")
    if hold(member).status is MemberStatus.CONFIRMED:
        seats.admit_or_queue(member)
    return member


def render_address_letters() -> Job:
    """Let the worker make the address letters of everybody who waits for one; raises NotFoundError without any."""
    require("panel.recruit")
    members = awaiting_address_letter()[:BATCH]
    if not members:
        raise NotFoundError("no-address-letters")
    numbers = [member.id for member in members]
    audit.record("sign_up.render_letters", "panel", "address", detail={"letters": len(numbers)})
    payload = {"kind": "address", "member_ids": numbers, "batch": 1}
    return jobs.enqueue("panel.render_letters", payload, key=f"letters:address:{numbers[0]}-{numbers[-1]}")


def refill(stratum: str) -> list[Member]:
    """Admit who waits in a stratum."""
    return seats.refill(stratum)


def erase_unfinished() -> int:
    """Erase sign-ups that were never finished (periodic task)."""
    return membership.erase_unfinished()


def _welcome(member: Member) -> None:
    outbox.post("panel.welcome", outbox.Recipient("member", member.id, {}, f"panel.welcome:{member.public_id}"))


def _already_known(known: Member, profile: ProfileInput, browser_key: str) -> Joined:
    """Answer as always; only the mailbox that is on record hears that there is a membership already."""
    recipient = outbox.Recipient("member", known.id, {}, f"panel.known:{known.public_id}:{clock.today()}")
    outbox.post("panel.known", recipient)
    if profile.email is None:
        return Joined(member=known)
    return Joined(request=one_time.ask(CodePurpose.CONFIRM_EMAIL, profile.email, browser_key))
