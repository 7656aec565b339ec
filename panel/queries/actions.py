"""What waits for a person of the griffie: members whom no schedule can reach."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from core import clock
from core.db import db
from panel.models import Contact, ContactNote, Member, MemberStatus, NoteKind
from panel.queries.upkeep import ADMITTED, current_terms, profile_is_old

BACK_WITHIN = timedelta(days=365)
CALLS = (NoteKind.CALLED_US, NoteKind.WE_CALLED, NoteKind.VISIT)


@dataclass(frozen=True)
class ActionList:
    """Members with the same thing to do."""

    title: str
    hint: str
    members: list[Member]


def _find(*wanted: ColumnElement[bool]) -> list[Member]:
    return list(db.session.scalars(select(Member).where(*wanted).order_by(Member.id)))


def failed_mail() -> list[Member]:
    """Members whose mailbox refuses: they get post until a new address is known."""
    return _find(Member.status.in_(ADMITTED), Member.failed_email.is_not(None))


def to_call() -> list[Member]:
    """Members by telephone who were asked for a questionnaire and not spoken since."""
    asked = select(func.max(Contact.asked_on)).where(Contact.member_id == Member.id, Contact.closed_on.is_(None))
    last = asked.correlate(Member).scalar_subquery()
    spoken = exists().where(ContactNote.member_id == Member.id, ContactNote.kind.in_(CALLS), ContactNote.on >= last)
    open_now = last > current_terms().fieldwork_after
    return _find(Member.status == MemberStatus.ACTIVE, Member.by_phone.is_(True), open_now, ~spoken)


def profiles_by_post() -> list[Member]:
    """Members without e-mail whose profile was not checked for a year."""
    by_post = Member.email_index.is_(None)
    return _find(Member.status == MemberStatus.ACTIVE, by_post, profile_is_old(current_terms()))


def letters_back() -> list[Member]:
    """Members whose letter came back and who did not move or call since."""
    letter = aliased(ContactNote)
    back = select(func.max(letter.on)).where(letter.member_id == Member.id, letter.kind == NoteKind.LETTER_BACK)
    last = back.correlate(Member).scalar_subquery()
    spoken = exists().where(ContactNote.member_id == Member.id, ContactNote.kind.in_(CALLS), ContactNote.on >= last)
    since = clock.today() - BACK_WITHIN
    unmoved = or_(Member.moved_on.is_(None), Member.moved_on < last)
    return _find(Member.status.in_(ADMITTED), last > since, unmoved, ~spoken)


def lists() -> list[ActionList]:
    """Every list, also the empty ones: then there is nothing to do."""
    return [
        ActionList("E-mail werkt niet meer", "Bel of schrijf voor een nieuw e-mailadres.", failed_mail()),
        ActionList("Bellen over een vragenlijst", "Deze leden doen mee per telefoon.", to_call()),
        ActionList("Brief kwam terug", "Bel, of kijk of het lid is verhuisd.", letters_back()),
        ActionList(
            "Profiel nakijken per post of telefoon", "Eén keer per jaar, ook zonder e-mail.", profiles_by_post()
        ),
    ]
