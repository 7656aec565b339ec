"""A member's own life in the panel: correct, pause, come back, leave, take the data along."""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from secrets import token_hex

from sqlalchemy import delete, select, update

from core import audit, clock, crypto, hooks, outbox, sessions, settings
from core.db import db
from core.models import Mail, MailState, SessionKind
from core.permissions import require
from panel import indexes
from panel.consents import CONSENT_VERSIONS, outdated
from panel.models import (
    CodePurpose,
    Consent,
    ConsentPurpose,
    Contact,
    ContactNote,
    DeathReport,
    Education,
    Farewell,
    Helper,
    LeaveReason,
    Member,
    MemberStatus,
    Sex,
    SignInRequest,
    Tenure,
    UpkeepTouch,
)
from panel.profiles import Address, ProfileInput, ProfileRefusedError, rule_faults
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
    "failed_email",
    "mail_failed_on",
    "profile_asked_on",
    "profile_reminded_on",
    "pause_mailed_on",
    "woken_on",
    "dormant_since",
    "last_call_on",
    "moved_on",
)
# what goes with a member; the mails that lie in the outbox hold only the number, and go too
GOES_ALONG = (Contact, ContactNote, Helper, UpkeepTouch, SignInRequest)


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
    set_email(member, profile.email)
    if profile.address:
        set_address(member, profile.address)


def set_email(member: Member, email: str | None) -> None:
    """Another mailbox, or none: then post, or the telephone, is the way to this member."""
    member.email = email
    member.email_index = indexes.email_index(email) if email else None
    member.bounces_n = 0
    if email:
        member.by_phone, member.failed_email, member.mail_failed_on = False, None, None


def set_address(member: Member, address: Address) -> None:
    """Another address; the household follows, so that one person per household is still one."""
    member.street, member.house_number = address.street, address.house_number
    member.postcode, member.city = address.postcode, address.city
    member.household_index = indexes.household_index(address.postcode, address.house_number)


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
    _note_check(member)
    _record(member, "member.update_profile")
    return member


def confirm_profile(member: Member) -> Member:
    """Everything is still right: the yearly check in one click. A profile that breaks a rule by now is refused."""
    require("panel.manage_membership", member)
    hold(member)
    found = rule_faults(profile_rules.current(), member.birth_year, member.district_code)
    if found:
        raise ProfileRefusedError(found)
    _note_check(member)
    _record(member, "member.confirm_profile")
    return member


def _note_check(member: Member) -> None:
    member.profile_checked_on = clock.today()
    member.profile_asked_on = member.profile_reminded_on = None


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
        member.consents.append(Consent(purpose=purpose, version=CONSENT_VERSIONS[purpose], given_at=clock.now()))
        return
    for consent in member.consents:
        if consent.purpose is purpose and consent.withdrawn_at is None:
            consent.withdrawn_at = clock.now()


def renew_consents(member: Member, given: frozenset[ConsentPurpose]) -> Member:
    """Answer to texts that changed: the old consent ends, the new one holds for what was ticked.

    Taking part needs its consent: who does not give it leaves, or keeps what they agreed to until they decide.
    """
    require("panel.manage_membership", member)
    hold(member)
    for purpose in outdated(member.consents):
        if purpose is ConsentPurpose.PARTICIPATE and purpose not in given:
            continue
        _set_consent(member, purpose, given=False)
        _set_consent(member, purpose, given=purpose in given)
    _record(member, "member.renew_consents")
    return member


def pause(member: Member, until: date) -> Member:
    """No invitations until a date; raises BlockedError for a date that cannot be."""
    require("panel.manage_membership", member)
    hold(member)
    member.paused_until = until
    # a pause that is over within the notice needs no mail about its end
    soon = until <= clock.today() + timedelta(days=settings.municipal().pause_notice_days)
    member.pause_mailed_on = clock.today() if soon else None
    return move_member(member, MemberStatus.PAUSED, detail={"until": until.isoformat()})


def resume(member: Member) -> Member:
    """Back from a pause or from sleep."""
    require("panel.manage_membership", member)
    hold(member)
    member.unanswered_in_row, member.woken_on = 0, None
    return move_member(member, MemberStatus.ACTIVE)


def wake_key(member: Member) -> str:
    """The key in the wake-up mail: good for staying, and nothing else, until the member has answered to it."""
    return crypto.b64(crypto.mac("member-wake", f"{member.public_id}|{member.woken_on}")[:18])


def wake(member: Member, key: str) -> bool:
    """One click in the wake-up mail: still in, or in again. Returns whether the key was good."""
    hold(member)
    good = member.woken_on is not None and crypto.equal(key, wake_key(member))
    if not good or member.status not in (MemberStatus.ACTIVE, MemberStatus.DORMANT):
        return False
    member.unanswered_in_row, member.woken_on = 0, None
    if member.status is MemberStatus.DORMANT:
        move_member(member, MemberStatus.ACTIVE, detail={"reason": "woken"})
    _record(member, "member.woken")
    return True


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
    set_email(member, outcome.request.email)
    _record(member, "member.change_email")
    return ""


def leave(member: Member, reason: LeaveReason = LeaveReason.OWN_WISH) -> str:
    """Leave for good: the row is blanked, its salt destroyed, a last mail is the proof. Returns its reference.

    Nobody writes to who has died. The log keeps a hash of the reference: who holds it can prove the erasure.
    """
    require("panel.manage_membership", member)
    hold(member)
    reference = token_hex(8).upper()
    if member.email and reason is not LeaveReason.DIED:
        farewell = Farewell(email=member.email, reference=reference, left_at=clock.now())
        db.session.add(farewell)
        db.session.flush()
        about = {"reason": reason.value, "language": member.language}
        outbox.post("panel.farewell", outbox.Recipient("farewell", farewell.id, about, f"panel.farewell:{reference}"))
    hooks.announce("member.leaves", member_id=member.id)
    gone = erase(member, reason)
    audit.record("member.erased", "erasure", proof_of(reference), detail={"reason": reason.value, "rows": gone})
    return reference


def proof_of(reference: str) -> str:
    """The hash under which the log knows an erasure."""
    return sha256("".join(reference.split()).upper().encode()).hexdigest()


def erase(member: Member, reason: LeaveReason = LeaveReason.NEVER_FINISHED) -> dict[str, int]:
    """Blank the row, keep its id, free the seat and destroy the salt. The caller holds the row.

    Returns how many rows of each table went along.
    """
    number, person_id = member.id, member.sample_person_id
    member.left_at, member.consents = clock.now(), []
    seats.free_seat(member)
    member.by_phone = False
    for name in PERSONAL:
        setattr(member, name, None)
    member.sex, member.education, member.tenure = Sex.UNDISCLOSED, Education.UNDISCLOSED, Tenure.UNDISCLOSED
    member.district_code, member.stratum = "", ""
    member.invited_n = member.answered_n = member.unanswered_in_row = member.bounces_n = 0
    move_member(member, MemberStatus.LEFT)
    member.left_reason = reason
    gone = _erase_along(number)
    sessions.end_everywhere(SessionKind.MEMBER, str(number))
    if person_id is not None and member.admitted_at is not None:
        recruitment.blank_person(person_id)
    audit.forget_subject("member", number)
    db.session.flush()
    return gone


def _erase_along(number: int) -> dict[str, int]:
    gone = {}
    for model in GOES_ALONG:
        statement = delete(model).where(model.member_id == number).returning(model.member_id)
        gone[model.__tablename__] = len(db.session.scalars(statement).all())
    report = update(DeathReport).where(DeathReport.member_id == number)
    db.session.execute(report.values(member_id=None, person=None, reporter=None, handled_at=clock.now()))
    mine = (Mail.recipient_kind == "member") & (Mail.recipient_id == number) & (Mail.state != MailState.SENDING)
    gone["mail"] = len(db.session.scalars(delete(Mail).where(mine).returning(Mail.id)).all())
    return gone


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


def _record(member: Member, action: str) -> None:
    audit.record(action, "member", audit.subject_ref("member", member.id))
    db.session.flush()
