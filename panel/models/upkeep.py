"""Upkeep of the panel by the schedule: which rules run, and what each run touched."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BigId, Model, enum_column, new_public_id


class UpkeepRule(StrEnum):
    """The rules that the schedule executes on members, in the order in which it does so."""

    PAUSE_ENDING = "pause_ending"
    PAUSE_OVER = "pause_over"
    PROFILE_CHECK = "profile_check"
    PROFILE_REMINDER = "profile_reminder"
    BOUNCED = "bounced"
    WAKE_UP = "wake_up"
    DORMANT = "dormant"
    LAST_CALL = "last_call"
    DORMANT_OVER = "dormant_over"


class UpkeepSwitch(Model):
    """Whether the griffie has switched a rule on; a rule without a row is off."""

    __tablename__ = "upkeep_switch"
    rule: Mapped[UpkeepRule] = mapped_column(enum_column(UpkeepRule, "upkeep_rule"), primary_key=True)
    is_on: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(80))


class UpkeepRun(Model):
    """One execution of a rule that touched somebody; `planned` is the count of the preview at its start."""

    __tablename__ = "upkeep_run"
    __table_args__ = (
        CheckConstraint("planned >= 0 AND touched >= 0", name="counts"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    rule: Mapped[UpkeepRule] = mapped_column(enum_column(UpkeepRule, "upkeep_run_rule"), index=True)
    ran_on: Mapped[date] = mapped_column(index=True)
    planned: Mapped[int]
    touched: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class UpkeepTouch(Model):
    """That a run touched a member; goes with the member, the count of the run stays."""

    __tablename__ = "upkeep_touch"
    run_id: Mapped[int] = mapped_column(ForeignKey("upkeep_run.id"), primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, autoincrement=False, index=True)
