"""The letter plan of a round: what was known when it was made, and how many letters each stratum gets."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import BigId, Model, new_public_id


class LetterPlan(Model):
    """The plan of one round with what was put in; `version` counts how often it was changed."""

    __tablename__ = "letter_plan"
    __table_args__ = (
        CheckConstraint("target > 0", name="target"),
        CheckConstraint("level > 0 AND level < 1", name="level"),
        CheckConstraint("budget IS NULL OR budget >= 0", name="budget"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    round_id: Mapped[int] = mapped_column(ForeignKey("recruitment_round.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    target: Mapped[int]
    budget: Mapped[int | None]
    cents_per_letter: Mapped[int | None]
    second_letter: Mapped[bool] = mapped_column(default=False)
    level: Mapped[float] = mapped_column(default=0.8)
    prior_yield: Mapped[float]
    prior_second_yield: Mapped[float]
    figures_source: Mapped[str] = mapped_column(String(200), default="")
    figures_on: Mapped[date]
    made_at: Mapped[datetime]
    computed_at: Mapped[datetime | None]
    expected: Mapped[float | None]
    low: Mapped[int | None]
    high: Mapped[int | None]
    strata: Mapped[list["PlannedStratum"]] = relationship(
        cascade="all, delete-orphan", order_by="PlannedStratum.position"
    )


class PlannedStratum(Model):
    """One stratum of a plan: population, members, what earlier letters gave, and the letters that follow."""

    __tablename__ = "planned_stratum"
    __table_args__ = (
        UniqueConstraint("plan_id", "stratum"),
        CheckConstraint("chosen IS NULL OR (chosen >= 0 AND chosen <= available)", name="chosen"),
        CheckConstraint("joined <= sent AND joined_second <= sent_second", name="joined"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("letter_plan.id"))
    position: Mapped[int]
    stratum: Mapped[str] = mapped_column(String(60))
    population: Mapped[int]
    members: Mapped[int]
    missing: Mapped[float]
    available: Mapped[int]
    sent: Mapped[int]
    joined: Mapped[int]
    sent_second: Mapped[int]
    joined_second: Mapped[int]
    chosen: Mapped[int | None]
    letters: Mapped[int | None]
    second_letters: Mapped[float | None]
    expected: Mapped[float | None]
    low: Mapped[int | None]
    high: Mapped[int | None]
    shortfall: Mapped[float | None]
    expected_yield: Mapped[float | None]
