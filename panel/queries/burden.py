"""Who has been asked so often that they rest."""

from datetime import date

from sqlalchemy import Select, exists, func, select

from core import clock, settings
from core.db import db
from panel.models import BurdenException, Contact, Member, MemberStatus
from panel.terms import months_before

PAGE_SIZE = 50
LONGEST_NUMBER = 18


def resting(on: date | None = None, *, wave_ref: str = "") -> Select[int]:
    """The numbers of those at or over the cap; invitations for the wave itself do not count."""
    rules, day = settings.municipal(), on or clock.today()
    return (
        select(Contact.member_id)
        .where(Contact.asked_on > months_before(day, rules.burden_months), Contact.wave_ref != wave_ref)
        .group_by(Contact.member_id)
        .having(func.count() >= rules.burden_cap)
    )


def is_excepted(wave_ref: str) -> bool:
    """Whether the griffie let the cap go for this wave."""
    return bool(wave_ref) and bool(db.session.scalar(select(exists().where(BurdenException.wave_ref == wave_ref))))


def _resting_now(number: str) -> Select[Member]:
    found = select(Member).where(Member.status == MemberStatus.ACTIVE, Member.id.in_(resting()))
    if number:
        found = found.where(Member.id == (int(number) if number.isdecimal() and len(number) < LONGEST_NUMBER else -1))
    return found


def count_resting(number: str = "") -> int:
    """How many active members rest now; with a member number, whether that one does."""
    return db.session.scalar(select(func.count()).select_from(_resting_now(number).subquery())) or 0


def resting_members(number: str = "", page: int | None = None) -> list[Member]:
    """The active members who rest now, all of them or one page."""
    found = _resting_now(number).order_by(Member.id)
    if page is not None:
        found = found.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return list(db.session.scalars(found))
