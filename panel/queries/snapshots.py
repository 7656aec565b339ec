"""Reads of the stored snapshots: the newest of a subject, the trend, which subjects there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer

from core.db import db
from core.models import Job, JobState
from panel.models import CompositionSnapshot
from panel.models.snapshot import PANEL, WAVE

COMPOSITION_JOB = "panel.composition"
COMPOSITION_STEPS = 4
MOST = 60


@dataclass(frozen=True)
class TrendPoint:
    """One snapshot in short."""

    taken_on: date
    members: int
    summary: dict[str, Any]


def newest_snapshot(subject: str = PANEL) -> CompositionSnapshot | None:
    """The newest snapshot of a subject."""
    mine = select(CompositionSnapshot).where(CompositionSnapshot.subject == subject)
    return db.session.scalars(mine.order_by(CompositionSnapshot.taken_on.desc()).limit(1)).first()


def trend(subject: str = PANEL) -> list[TrendPoint]:
    """The snapshots of a subject from old to new; of a long row the newest and an even choice of the others."""
    columns = (CompositionSnapshot.taken_on, CompositionSnapshot.members, CompositionSnapshot.summary)
    mine = select(*columns).where(CompositionSnapshot.subject == subject).order_by(CompositionSnapshot.taken_on)
    rows = [TrendPoint(*row) for row in db.session.execute(mine)]
    return list(_thinned(rows))


def _thinned(rows: Sequence[TrendPoint]) -> Sequence[TrendPoint]:
    if len(rows) <= MOST:
        return rows
    step = (len(rows) - 1) / (MOST - 1)
    return [rows[round(i * step)] for i in range(MOST)]


def wave_snapshots() -> list[CompositionSnapshot]:
    """The snapshot of each closed wave, newest first, without its document."""
    mine = select(CompositionSnapshot).where(CompositionSnapshot.subject.startswith(WAVE))
    newest_first = mine.options(defer(CompositionSnapshot.document)).order_by(CompositionSnapshot.taken_at.desc())
    found: dict[str, CompositionSnapshot] = {}
    for snapshot in db.session.scalars(newest_first):
        found.setdefault(snapshot.subject, snapshot)
    return list(found.values())


def running_computation() -> Job | None:
    """The computation that waits or runs now."""
    busy = (JobState.QUEUED, JobState.RUNNING)
    mine = select(Job).where(Job.kind == COMPOSITION_JOB, Job.state.in_(busy)).order_by(Job.id.desc())
    return db.session.scalars(mine.limit(1)).first()


def latest_moment(subject: str = PANEL) -> datetime | None:
    """When the newest snapshot of a subject was taken."""
    mine = select(CompositionSnapshot.taken_at).where(CompositionSnapshot.subject == subject)
    return db.session.scalar(mine.order_by(CompositionSnapshot.taken_on.desc()).limit(1))
