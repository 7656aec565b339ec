"""Reads of the fieldwork: response by stratum and by day while it runs, the plain responses afterwards."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select

from core import clock
from core.db import db
from panel import queries as panel_queries
from panel.classes import split_stratum
from surveys.lifecycle import WaveStatus
from surveys.models import (
    CellCount,
    DayCounter,
    DestructionReceipt,
    Extension,
    Fieldwork,
    Invitation,
    Obligation,
    PageCounter,
    Wave,
)


@dataclass(frozen=True)
class StratumResponse:
    """Invited and answered in one stratum."""

    stratum: str
    label: str
    invited: int
    answered: int

    @property
    def share(self) -> float:
        """Answered out of invited, 0 to 1."""
        return self.answered / self.invited if self.invited else 0.0


def response_by_stratum(wave: Wave) -> list[StratumResponse]:
    """Response by stratum: live from the invitations, after closing from the counts that remain."""
    names = {area.code: area.name for area in panel_queries.districts()}
    rows = [(str(r[0]), int(r[1]), int(r[2] or 0)) for r in db.session.execute(_by_stratum(wave))]
    found = [StratumResponse(s, _label(s, names), invited, answered) for s, invited, answered in rows]
    return sorted(found, key=lambda r: r.label)


def _by_stratum(wave: Wave) -> Any:
    if wave.status is WaveStatus.CLOSED:
        counts = (CellCount.stratum, func.sum(CellCount.invited), func.sum(CellCount.answered))
        return select(*counts).where(CellCount.wave_id == wave.id).group_by(CellCount.stratum)
    yes = func.sum(case((Invitation.answered, 1), else_=0))
    live = select(Invitation.stratum, func.count(), yes).where(Invitation.wave_id == wave.id)
    return live.group_by(Invitation.stratum)


def _label(stratum: str, names: dict[str, str]) -> str:
    age, district = split_stratum(stratum)
    return f"{names.get(district, district)}, {age} jaar" if district else stratum


@dataclass(frozen=True)
class Progress:
    """How far the fieldwork is: counts only."""

    invited: int
    answered: int
    opted_out: int
    work: Fieldwork | None
    days: list[tuple[date, int]]
    extensions: list[Extension]

    @property
    def share(self) -> float:
        """Answered out of invited, 0 to 1."""
        return self.answered / self.invited if self.invited else 0.0


def progress(wave: Wave) -> Progress:
    """The counts of a wave in the field, or as it was closed."""
    yes, no_mail = (func.sum(case((c, 1), else_=0)) for c in (Invitation.answered, Invitation.opted_out))
    row = db.session.execute(select(yes, no_mail).where(Invitation.wave_id == wave.id)).one()
    closed = wave.status is WaveStatus.CLOSED
    return Progress(
        invited=wave.invited_n,
        answered=wave.answered_n if closed else int(row[0] or 0),
        opted_out=int(row[1] or 0),
        work=db.session.get(Fieldwork, wave.id),
        days=_days(wave),
        extensions=extensions(wave),
    )


def _days(wave: Wave) -> list[tuple[date, int]]:
    """Answers sent per day from the first to the last; a day without answers counts as zero, it is not left out."""
    mine = select(DayCounter).where(DayCounter.wave_id == wave.id)
    sent = {counter.day: counter.sent for counter in db.session.scalars(mine)}
    if not sent:
        return []
    first, last = min(sent), max(sent)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [(day, sent.get(day, 0)) for day in every]


def extensions(wave: Wave) -> list[Extension]:
    """The later closing dates with their public reasons."""
    mine = select(Extension).where(Extension.wave_id == wave.id).order_by(Extension.id)
    return list(db.session.scalars(mine))


def cell_counts(wave: Wave) -> list[CellCount]:
    """Invited and answered per cell of the plan's classes."""
    return list(db.session.scalars(select(CellCount).where(CellCount.wave_id == wave.id).order_by(CellCount.id)))


def stopped_at(wave: Wave) -> dict[str, int]:
    """Per question how many unsent drafts stopped there."""
    return {
        p.item_key: p.stopped for p in db.session.scalars(select(PageCounter).where(PageCounter.wave_id == wave.id))
    }


def receipt(wave: Wave) -> DestructionReceipt | None:
    """The receipt of the destruction of the wave key."""
    return db.session.get(DestructionReceipt, wave.id)


@dataclass(frozen=True)
class ClassesEnd:
    """When the classes that are only for weighting go: on the later of the planned date and the feedback."""

    planned: date | None
    feedback_on: date | None
    deleted_on: date | None

    @property
    def on(self) -> date | None:
        """The date, once both are known."""
        return max(self.planned, self.feedback_on) if self.planned and self.feedback_on else None


def classes_end(wave: Wave) -> ClassesEnd:
    """When the weighting-only classes of a wave go, or went."""
    work = db.session.get(Fieldwork, wave.id)
    stands = db.session.scalar(select(Obligation.fulfilled_at).where(Obligation.wave_ref == wave.public_id))
    return ClassesEnd(
        planned=work.classes_until if work else None,
        feedback_on=clock.to_amsterdam(stands).date() if stands else None,
        deleted_on=clock.to_amsterdam(work.classes_deleted_at).date() if work and work.classes_deleted_at else None,
    )
