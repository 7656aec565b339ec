"""Who was asked and what was answered, stored apart: nothing here ties a response to an invitation."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BigId, Model, new_public_id


class Invitation(Model):
    """That a member was asked for a wave, and while it runs whether they answered (reminders need it)."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("wave_id", "member_id"),
        CheckConstraint("base_weight > 0", name="base_weight"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    link_version: Mapped[int] = mapped_column(default=1)
    classes: Mapped[dict[str, Any]]
    base_weight: Mapped[float]
    stratum: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(40))
    invited_at: Mapped[datetime]
    answered: Mapped[bool] = mapped_column(default=False)
    opted_out: Mapped[bool] = mapped_column(default=False)
    posted_on: Mapped[date | None]


class SealedResponse(Model):
    """A response from first save to closing, sealed with the wave key; its id is a MAC under that key."""

    __tablename__ = "sealed_response"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(default=1)


class SurveyResponse(Model):
    """What was answered; made only by the closing job, under a random id, in random order, without any time.

    `classes` are the breakdown classes that stay. The weighting-only classes, the stratum and the class of the
    base weight are blanked on a published date.
    """

    __tablename__ = "survey_response"
    __table_args__ = ({"sqlite_with_rowid": False},)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    answers: Mapped[dict[str, Any]]
    classes: Mapped[dict[str, Any]]
    weighting_classes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    base_weight: Mapped[float | None]
    stratum: Mapped[str] = mapped_column(String(80), default="")
    origin: Mapped[str] = mapped_column(String(40))
    flags: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Fieldwork(Model):
    """The running fieldwork of a wave: what was sent when, and which classes a response will carry."""

    __tablename__ = "fieldwork"
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True, autoincrement=False)
    carried: Mapped[dict[str, Any]] = mapped_column(default=dict)
    draw: Mapped[dict[str, Any]] = mapped_column(default=dict)
    started_at: Mapped[datetime]
    invited_at: Mapped[datetime | None]
    first_reminder_at: Mapped[datetime | None]
    second_reminder_at: Mapped[datetime | None]
    classes_until: Mapped[date | None]
    classes_deleted_at: Mapped[datetime | None]


class Extension(Model):
    """A later closing date than agreed, with its public reason; stands beside the original."""

    __tablename__ = "wave_extension"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    closes_at_before: Mapped[datetime]
    closes_at_after: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(1000))
    decided_at: Mapped[datetime]


class DayCounter(Model):
    """How many answers were sent on a day; a count, never a person."""

    __tablename__ = "day_counter"
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    sent: Mapped[int] = mapped_column(default=0)


class PageCounter(Model):
    """How many unsent drafts stopped at a question; filled once, at closing."""

    __tablename__ = "page_counter"
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True, autoincrement=False)
    item_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    stopped: Mapped[int] = mapped_column(default=0)


class CellCount(Model):
    """Invited and answered per cell of the plan's classes, for response rates and R-indicators."""

    __tablename__ = "cell_count"
    __table_args__ = (
        CheckConstraint("answered >= 0 AND invited >= 0", name="counts"),
        Index("ix_cell_count_wave_id", "wave_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    classes: Mapped[dict[str, Any]]
    stratum: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(40))
    invited: Mapped[int]
    answered: Mapped[int]


class DestructionReceipt(Model):
    """The public receipt: how many links died and drafts were destroyed with the wave key, when and by which job."""

    __tablename__ = "destruction_receipt"
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True, autoincrement=False)
    links: Mapped[int]
    responses: Mapped[int]
    drafts_destroyed: Mapped[int]
    destroyed_at: Mapped[datetime | None]
    job: Mapped[str] = mapped_column(String(80))
