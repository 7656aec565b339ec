"""Keeps what the worker computed about the composition, asks for a new computation, counts who leaves."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select

from core import audit, clock, hooks, jobs
from core.db import db
from core.dialect import begin_write
from core.models import Job
from core.permissions import require
from panel.models import CompositionSnapshot, DepartureCount, Member
from panel.models.snapshot import PANEL
from panel.queries.snapshots import COMPOSITION_JOB


def request_composition() -> Job:
    """Let the worker compute the composition now; asked twice within a minute it is one job."""
    require("panel.compute_composition")
    job = jobs.enqueue(COMPOSITION_JOB, {}, key=f"composition:{clock.now():%Y%m%dT%H%M}")
    audit.record("composition.compute", "panel", PANEL)
    return job


def store(subject: str, *, title: str, members: int, summary: dict[str, Any], document: dict[str, Any]) -> int:
    """Keep a snapshot of today; a second one on a day takes the place of the first. Returns its id."""
    begin_write(db.session)
    day = clock.today()
    known = select(CompositionSnapshot).where(
        CompositionSnapshot.subject == subject, CompositionSnapshot.taken_on == day
    )
    found = db.session.scalars(known).first() or CompositionSnapshot(subject=subject, taken_on=day)
    found.title, found.taken_at, found.members = title[:200], clock.now(), members
    found.summary, found.document = summary, document
    db.session.add(found)
    db.session.flush()
    return found.id


def count_departure(member_id: int) -> None:
    """Count a member who is about to leave in the stratum and month, while the row still tells the stratum."""
    member = db.session.get(Member, member_id)
    if member is None or member.admitted_at is None or not member.stratum:
        return
    begin_write(db.session)
    month = clock.today().replace(day=1)
    row = db.session.scalars(_departures(member.stratum, month).with_for_update()).first()
    if row is None:
        row = DepartureCount(stratum=member.stratum, month=month, departures=0, member_days=0)
        db.session.add(row)
    row.departures += 1
    row.member_days += max((clock.now() - member.admitted_at).days, 0)
    db.session.flush()


def _departures(stratum: str, month: date) -> Select[DepartureCount]:
    return select(DepartureCount).where(DepartureCount.stratum == stratum, DepartureCount.month == month)


def _member_leaves(*, member_id: int, **_others: Any) -> None:
    count_departure(member_id)


hooks.subscribe("member.leaves", _member_leaves)
