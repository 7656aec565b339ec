"""What the worker computed about the panel and its questionnaires, and how many members left; counts only."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BigId, Model

PANEL = "panel"  # subjects: the panel, how many of the invited still answer, and per closed wave its public id
RESPONSE = "response"
WAVE = "wave:"


class CompositionSnapshot(Model):
    """The composition of one subject (the panel, or a closed wave) on one day, as numbers per category."""

    __tablename__ = "composition_snapshot"
    __table_args__ = (
        UniqueConstraint("subject", "taken_on"),
        CheckConstraint("members >= 0", name="members"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200), default="")
    taken_on: Mapped[date]
    taken_at: Mapped[datetime]
    members: Mapped[int]
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    document: Mapped[dict[str, Any]]


class DepartureCount(Model):
    """How many members of a stratum left in a month, and the days that they had been members together."""

    __tablename__ = "departure_count"
    __table_args__ = (
        UniqueConstraint("stratum", "month"),
        CheckConstraint("departures >= 0 AND member_days >= 0", name="counts"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stratum: Mapped[str] = mapped_column(String(60))
    month: Mapped[date]
    departures: Mapped[int] = mapped_column(default=0)
    member_days: Mapped[int] = mapped_column(default=0)
