"""Fair draws: from more candidates than seats a panel, with the quotas, the lottery, the seed and the proof."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BigId, Model, enum_column, new_public_id


class DrawStatus(StrEnum):
    """States of a fair draw."""

    DRAFT = "draft"
    COMPUTED = "computed"
    PUBLISHED = "published"
    DRAWN = "drawn"
    CANCELLED = "cancelled"


class DrawObjective(StrEnum):
    """What the lottery makes as great as possible: the smallest chance, or after it the next smallest as well."""

    MAXIMIN = "maximin"
    LEXIMIN = "leximin"


class FairDraw(Model):
    """A fair draw (loting): its lottery is public by its digest before anybody can know the seed."""

    __tablename__ = "fair_draw"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("tolerance >= 0 AND tolerance < 1", name="tolerance"),
        CheckConstraint("status NOT IN ('computed', 'published', 'drawn') OR digest IS NOT NULL", name="has_digest"),
        CheckConstraint("status NOT IN ('published', 'drawn') OR seed_on IS NOT NULL", name="seed_is_announced"),
        CheckConstraint("seed IS NULL OR status IN ('published', 'drawn', 'cancelled')", name="seed_after_digest"),
        CheckConstraint("status <> 'drawn' OR (seed IS NOT NULL AND proof IS NOT NULL)", name="drawn_has_proof"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    title: Mapped[str] = mapped_column(String(160))
    reason: Mapped[str] = mapped_column(String(500))
    status: Mapped[DrawStatus] = mapped_column(enum_column(DrawStatus, "draw_status"), default=DrawStatus.DRAFT)
    objective: Mapped[DrawObjective] = mapped_column(enum_column(DrawObjective, "draw_objective"))
    seats: Mapped[int]
    tolerance: Mapped[float]
    choice: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    quotas: Mapped[list[Any]] = mapped_column(default=list)
    problem: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lottery: Mapped[dict[str, Any]] = mapped_column(default=dict)
    chances: Mapped[list[Any]] = mapped_column(default=list)
    digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    seed_source: Mapped[str] = mapped_column(String(300), default="")
    seed_on: Mapped[date | None]
    seed: Mapped[str | None] = mapped_column(String(200))
    drawn_at: Mapped[datetime | None]
    proof: Mapped[dict[str, Any] | None]
    cancelled_because: Mapped[str] = mapped_column(String(500), default="")


class DrawCandidate(Model):
    """Somebody who takes part in a draw, under a number of that draw; who it is, is forgotten after a year."""

    __tablename__ = "draw_candidate"
    __table_args__ = (UniqueConstraint("draw_id", "number"), CheckConstraint("number > 0", name="number"))
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("fair_draw.id"))
    number: Mapped[int]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    drawn: Mapped[bool] = mapped_column(default=False)
