"""What keeps a panel going: members and days of membership per stratum, who left, who is active."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from sqlalchemy import ColumnElement, case, extract, func, or_, select

from core import clock
from core.db import db
from panel.models import DepartureCount, Member, MemberOrigin, MemberStatus
from panel.queries.composition import IN_PANEL

DAY = 86_400
YEAR = timedelta(days=365)


@dataclass
class StratumStock:
    """Members of a stratum now, the days that members were in it (who left included), and how many left."""

    members: int = 0
    member_days: float = 0.0
    departures: int = 0


@dataclass
class Stock:
    """The panel by stratum of recruitment, with the counts of who is active."""

    strata: dict[str, StratumStock] = field(default_factory=dict)
    active_in_year: int = 0
    active_since: date = date.min


def stock() -> Stock:
    """Count the panel per stratum of recruitment in one pass, and add who left since the counting began."""
    moment, since = clock.now(), clock.today() - YEAR
    admitted = func.sum(extract("epoch", Member.admitted_at))
    active = func.sum(case((_active_since(since), 1), else_=0))
    statement = select(Member.stratum, func.count(), func.count(Member.admitted_at), admitted, active)
    found = Stock(active_since=since)
    for stratum, members, dated, seconds, recent in db.session.execute(
        statement.where(Member.status.in_(IN_PANEL)).group_by(Member.stratum)
    ):
        days = (dated * moment.timestamp() - float(seconds or 0)) / DAY
        found.strata[stratum] = StratumStock(members, max(days, 0.0))
        found.active_in_year += int(recent)
    _add_departures(found)
    return found


def _active_since(day: date) -> ColumnElement[bool]:
    """Took part, or gave or checked the profile, since a day: the definition of ISO 20252."""
    admitted = Member.admitted_at >= clock.at_amsterdam(day, time())
    return or_(Member.last_active_on >= day, Member.profile_checked_on >= day, admitted)


def _add_departures(found: Stock) -> None:
    left = select(DepartureCount.stratum, func.sum(DepartureCount.departures), func.sum(DepartureCount.member_days))
    for stratum, departures, days in db.session.execute(left.group_by(DepartureCount.stratum)):
        row = found.strata.setdefault(stratum, StratumStock())
        row.departures += int(departures)
        row.member_days += float(days)


@dataclass(frozen=True)
class Kept:
    """Of the members who were ever admitted: how many are in the panel now."""

    admitted: int
    still: int


def kept(origin: MemberOrigin = MemberOrigin.DRAWN) -> Kept:
    """Retention of everybody of an origin who was ever admitted."""
    ever = select(Member.status, func.count()).where(Member.origin == origin, Member.admitted_at.is_not(None))
    counts: dict[MemberStatus, int] = dict(db.session.execute(ever.group_by(Member.status)).all())
    return Kept(sum(counts.values()), sum(counts.get(status, 0) for status in IN_PANEL))
