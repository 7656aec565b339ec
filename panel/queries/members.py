"""Reads of members."""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select

from core.db import db
from core.errors import NotFoundError
from core.paging import Paging
from panel import classes, indexes
from panel.models import DeathReport, Member, MemberOrigin, MemberStatus

REACHABLE = (
    MemberStatus.CONFIRMED,
    MemberStatus.WAITING,
    MemberStatus.ACTIVE,
    MemberStatus.PAUSED,
    MemberStatus.DORMANT,
)
PAGE_SIZE = 50
POSTCODE_AND_NUMBER = re.compile(r"^\s*(\d{4}\s?[A-Za-z]{2})\s*,?\s*(\d.*)$")


def get_member(number: int) -> Member:
    """The member with this number; raises NotFoundError."""
    member = db.session.get(Member, number)
    if member is None:
        raise NotFoundError("no-such-member")
    return member


def get_member_by_public_id(public_id: str) -> Member:
    """The member of a URL; raises NotFoundError."""
    member = db.session.scalars(select(Member).where(Member.public_id == public_id)).first()
    if member is None:
        raise NotFoundError("no-such-member")
    return member


def members_with_email(email_index: str) -> list[Member]:
    """Everybody who can sign in with a mailbox: two people may share one."""
    return list(
        db.session.scalars(
            select(Member).where(Member.email_index == email_index, Member.status.in_(REACHABLE)).order_by(Member.id)
        )
    )


def find_member_by_email(email: str) -> Member | None:
    """The first member with this mailbox, or None."""
    found = members_with_email(indexes.email_index(email))
    return found[0] if found else None


def profile(member: Member, on: date) -> dict[str, str]:
    """The classes of a member on a date, with the codes of the margins."""
    return classes.profile_classes(
        birth_year=member.birth_year,
        sex=member.sex.value,
        district_code=member.district_code,
        education=member.education.value,
        tenure=member.tenure.value,
        on=on,
    )


def waiting_place(member: Member) -> int | None:
    """The place on the waiting list of the stratum (1 is first), or None when not waiting."""
    if member.status is not MemberStatus.WAITING or member.queued_at is None:
        return None
    before = or_(
        Member.queued_at < member.queued_at,
        (Member.queued_at == member.queued_at) & (Member.id < member.id),
    )
    ahead = db.session.scalar(
        select(func.count())
        .select_from(Member)
        .where(Member.status == MemberStatus.WAITING, Member.stratum == member.stratum, before)
    )
    return (ahead or 0) + 1


def waiting_total(member: Member) -> int:
    """How many wait in the stratum of a member."""
    waiting = select(func.count()).where(Member.status == MemberStatus.WAITING, Member.stratum == member.stratum)
    return db.session.scalar(waiting) or 0


@dataclass(frozen=True)
class MemberFilter:
    """What the list of members is narrowed to; `search` is exact: e-mail, surname, postcode + number, or number."""

    search: str = ""
    status: str = ""
    origin: str = ""
    district: str = ""


@dataclass(frozen=True)
class MemberPage:
    """One page of the list."""

    members: list[Member]
    total: int
    page: int
    pages: int


def members_statement(chosen: MemberFilter) -> Select[Member]:
    """The members that match, sorted by member number."""
    statement = select(Member).order_by(Member.id)
    if chosen.search:
        statement = statement.where(_search(chosen.search.strip()))
    if chosen.status in set(MemberStatus):
        statement = statement.where(Member.status == MemberStatus(chosen.status))
    if chosen.origin in set(MemberOrigin):
        statement = statement.where(Member.origin == MemberOrigin(chosen.origin))
    if chosen.district:
        statement = statement.where(Member.district_code == chosen.district)
    return statement


def _search(text: str) -> ColumnElement[bool]:
    if text.isdigit() and len(text) < 12:
        return Member.id == int(text)
    if "@" in text:
        return Member.email_index == indexes.email_index(text)
    address = POSTCODE_AND_NUMBER.match(text)
    if address:
        return Member.household_index == indexes.household_index(address[1], address[2])
    return Member.surname_index == indexes.surname_index(text)


def list_members(chosen: MemberFilter, page: int = 1) -> MemberPage:
    """One page of the members that match."""
    statement = members_statement(chosen)
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    paging = Paging(total, PAGE_SIZE, page)
    rows = db.session.scalars(statement.limit(PAGE_SIZE).offset(paging.offset)).all()
    return MemberPage(list(rows), total, paging.number, paging.pages)


def is_reported_dead(member_id: int) -> bool:
    """Whether a relative said that this member has died and the griffie has not looked at it yet."""
    open_report = select(DeathReport.id).where(DeathReport.member_id == member_id, DeathReport.handled_at.is_(None))
    return db.session.scalars(open_report.limit(1)).first() is not None
