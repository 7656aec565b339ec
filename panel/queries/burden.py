"""Who has been asked so often that they rest."""

from datetime import date

from sqlalchemy import Select, exists, func, select

from core import clock, settings
from core.db import db
from panel.models import BurdenException, Contact, Member, MemberStatus
from panel.terms import months_before


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


def resting_members() -> list[Member]:
    """The active members who rest now."""
    mine = select(Member).where(Member.status == MemberStatus.ACTIVE, Member.id.in_(resting()))
    return list(db.session.scalars(mine.order_by(Member.id)))
