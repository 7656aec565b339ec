"""Who can be asked for a wave, and who is left out and why: admitted in time, active, not asked too often."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, func, select, type_coerce

from core.db import db
from panel.models import Member, MemberOrigin, MemberStatus
from panel.queries import burden


@dataclass(frozen=True, slots=True)
class Invitee:
    """A member to invite: the weight is 1 / the chance to be drawn into the panel and into the wave."""

    member_id: int
    base_weight: float
    stratum: str
    origin: MemberOrigin
    classes: Mapping[str, str]
    household_size: int


@dataclass(frozen=True)
class Asking:
    """For which wave people are looked for: who was admitted after the announcement waits for the next one."""

    announced_at: datetime
    districts: Sequence[str] = ()
    wave_ref: str = ""


@dataclass(frozen=True)
class LeftOut:
    """How many members of the panel cannot be asked, each counted once, under the first reason that holds."""

    paused: int
    dormant: int
    too_new: int
    elsewhere: int
    resting: int


# as text: a conversion for each of a million members costs more than the draw itself
_TEXT = String()
_COLUMNS = (
    Member.id,
    Member.household_index,
    Member.base_weight,
    Member.stratum,
    type_coerce(Member.origin, _TEXT),
    Member.birth_year,
    type_coerce(Member.sex, _TEXT),
    Member.district_code,
    type_coerce(Member.education, _TEXT),
    type_coerce(Member.tenure, _TEXT),
)
_BLOCK = 20_000


def _conditions(asking: Asking) -> list[ColumnElement[bool]]:
    """Who can be asked. Who was asked as often as the burden cap allows rests, unless the griffie made an exception."""
    found = [Member.status == MemberStatus.ACTIVE, Member.admitted_at < asking.announced_at]
    if asking.districts:
        found.append(Member.district_code.in_(list(asking.districts)))
    if not burden.is_excepted(asking.wave_ref):
        found.append(Member.id.not_in(burden.resting(wave_ref=asking.wave_ref)))
    return found


def askable(asking: Asking) -> Iterator[Any]:
    """The members who can be asked in the order of their numbers: id, household, weight, stratum, origin, profile."""
    statement = select(*_COLUMNS).where(*_conditions(asking)).order_by(Member.id)
    # one block after the other, so that a large panel is never in memory as rows
    yield from db.session.execute(statement.execution_options(yield_per=_BLOCK))


def count_households(asking: Asking) -> int:
    """How many could be invited, one per household, without drawing anybody: counted in the database alone."""
    who = _conditions(asking)
    # distinct rows are hashed; count(DISTINCT) would sort them
    homes = select(Member.household_index).where(*who, Member.household_index.is_not(None)).distinct().subquery()
    alone = select(func.count()).select_from(Member).where(*who, Member.household_index.is_(None))
    return (db.session.scalar(select(func.count()).select_from(homes)) or 0) + (db.session.scalar(alone) or 0)


def left_out(asking: Asking) -> LeftOut:
    """How many members are left out, and why; the burden cap is looked at last."""
    active = Member.status == MemberStatus.ACTIVE
    too_new = Member.admitted_at >= asking.announced_at
    elsewhere = Member.district_code.not_in(list(asking.districts)) if asking.districts else Member.id.is_(None)
    reasons = case(
        (Member.status == MemberStatus.PAUSED, "paused"),
        (Member.status == MemberStatus.DORMANT, "dormant"),
        (active & too_new, "too_new"),
        (active & elsewhere, "elsewhere"),
        else_="left",
    ).label("reason")
    counted = select(reasons).where(Member.status.in_((MemberStatus.ACTIVE, MemberStatus.PAUSED, MemberStatus.DORMANT)))
    inner = counted.subquery()
    rows = db.session.execute(select(inner.c.reason, func.count()).group_by(inner.c.reason)).all()
    n = {str(reason): int(number) for reason, number in rows}
    names = ("paused", "dormant", "too_new", "elsewhere")
    askable_n = db.session.scalar(select(func.count()).select_from(Member).where(*_conditions(asking))) or 0
    return LeftOut(**{name: n.get(name, 0) for name in names}, resting=n.get("left", 0) - askable_n)
