"""What waits for a person of the griffie: members whom no schedule can reach."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from core import clock
from core.db import db
from panel.models import Contact, ContactNote, Member, MemberStatus, NoteKind
from panel.queries.upkeep import ADMITTED, PAGE_SIZE, current_terms, profile_is_old

BACK_WITHIN = timedelta(days=365)
LONGEST_NUMBER = 18
CALLS = (NoteKind.CALLED_US, NoteKind.WE_CALLED, NoteKind.VISIT)


class Action(StrEnum):
    """What there is to do for a member."""

    FAILED_MAIL = "failed_mail"
    CALL = "call"
    LETTER_BACK = "letter_back"
    PROFILE = "profile"


@dataclass(frozen=True)
class ActionFilter:
    """What the list is narrowed to: a member number, a kind of action."""

    search: str = ""
    action: str = ""


def _failed_mail() -> ColumnElement[bool]:
    """The mailbox refuses: post until a new address is known."""
    return and_(Member.status.in_(ADMITTED), Member.failed_email.is_not(None))


def _call() -> ColumnElement[bool]:
    """Member by telephone who was asked for a questionnaire and not spoken since."""
    asked = select(func.max(Contact.asked_on)).where(Contact.member_id == Member.id, Contact.closed_on.is_(None))
    last = asked.correlate(Member).scalar_subquery()
    spoken = exists().where(ContactNote.member_id == Member.id, ContactNote.kind.in_(CALLS), ContactNote.on >= last)
    open_now = last > current_terms().fieldwork_after
    return and_(Member.status == MemberStatus.ACTIVE, Member.by_phone.is_(True), open_now, ~spoken)


def _profile() -> ColumnElement[bool]:
    """Member without e-mail whose profile was not checked in time."""
    by_post = Member.email_index.is_(None)
    return and_(Member.status == MemberStatus.ACTIVE, by_post, profile_is_old(current_terms()))


def _letter_back() -> ColumnElement[bool]:
    """A letter came back and the member did not move or call since."""
    letter = aliased(ContactNote)
    back = select(func.max(letter.on)).where(letter.member_id == Member.id, letter.kind == NoteKind.LETTER_BACK)
    last = back.correlate(Member).scalar_subquery()
    spoken = exists().where(ContactNote.member_id == Member.id, ContactNote.kind.in_(CALLS), ContactNote.on >= last)
    since = clock.today() - BACK_WITHIN
    unmoved = or_(Member.moved_on.is_(None), Member.moved_on < last)
    return and_(Member.status.in_(ADMITTED), last > since, unmoved, ~spoken)


_DUE: dict[Action, Callable[[], ColumnElement[bool]]] = {
    Action.FAILED_MAIL: _failed_mail,
    Action.CALL: _call,
    Action.LETTER_BACK: _letter_back,
    Action.PROFILE: _profile,
}


def waiting(chosen: ActionFilter) -> Select[Any]:
    """What is to be done as rows of action and member number, kind by kind; a member may be there more than once."""
    kinds = [Action(chosen.action)] if chosen.action in set(Action) else list(Action)
    number = int(chosen.search) if chosen.search.isdecimal() and len(chosen.search) < LONGEST_NUMBER else -1
    wanted = [Member.id == number] if chosen.search else []
    order = {kind: place for place, kind in enumerate(Action)}
    parts = [
        select(literal(order[kind]).label("place"), Member.id.label("number")).where(_DUE[kind](), *wanted)
        for kind in kinds
    ]
    found = union_all(*parts).subquery()
    return select(found.c.place, found.c.number).order_by(found.c.place, found.c.number)


def count(chosen: ActionFilter) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(waiting(chosen).order_by(None).subquery())) or 0


def page(chosen: ActionFilter, number: int) -> list[tuple[Action, Member]]:
    """One page of what is to be done."""
    rows = db.session.execute(waiting(chosen).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    members = {m.id: m for m in db.session.scalars(select(Member).where(Member.id.in_([r[1] for r in rows])))}
    kinds = list(Action)
    return [(kinds[place], members[member]) for place, member in rows]


def everything(chosen: ActionFilter) -> list[tuple[Action, int]]:
    """Every row as action and member number, for a file."""
    kinds = list(Action)
    return [(kinds[place], member) for place, member in db.session.execute(waiting(chosen))]
