"""The commission (opdracht), what it consists of, its later changes and the feedback that it obliges to."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import BigId, Model, enum_column, new_public_id
from core.models import Account, Body
from surveys.lifecycle import EDITABLE, CommissionStatus


class MunicipalityRole(StrEnum):
    """What the municipality is in the matter (toeschouwer, deelnemer, regisseur, beslisser)."""

    SPECTATOR = "spectator"
    PARTICIPANT = "participant"
    DIRECTOR = "director"
    DECIDER = "decider"


class BobPhase(StrEnum):
    """Phase of the council's work that the outcome feeds (beeldvorming, oordeelsvorming, besluitvorming)."""

    EXPLORING = "exploring"
    JUDGING = "judging"
    DECIDING = "deciding"


class Effect(StrEnum):
    """What a stakeholder stands to get (winst, verlies, allebei)."""

    GAIN = "gain"
    LOSS = "loss"
    BOTH = "both"


class Approach(StrEnum):
    """What becomes of the wish to ask: a questionnaire, information only, or nothing with a public reason."""

    ASK = "ask"
    INFORM = "inform"
    REFRAIN = "refrain"


class Commission(Model):
    """A commission of a body to ask the panel something (opdracht)."""

    __tablename__ = "commission"
    __table_args__ = (
        CheckConstraint("rule_majority IS NULL OR (rule_majority BETWEEN 50 AND 100)", name="rule_majority"),
        CheckConstraint("rule_minimum_response IS NULL OR rule_minimum_response > 0", name="rule_minimum_response"),
        CheckConstraint("(status <> 'accepted') OR (accepted_hash IS NOT NULL)", name="accepted_is_fixed"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    deciding_body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    status: Mapped[CommissionStatus] = mapped_column(
        enum_column(CommissionStatus, "commission_status"), default=CommissionStatus.DRAFT, index=True
    )
    created_at: Mapped[datetime]
    # why
    goal: Mapped[str] = mapped_column(Text, default="")
    activity: Mapped[str] = mapped_column(Text, default="")
    municipality_position: Mapped[str] = mapped_column(Text, default="")
    municipality_role: Mapped[MunicipalityRole | None] = mapped_column(
        enum_column(MunicipalityRole, "municipality_role")
    )
    # the decision that it feeds
    decision_title: Mapped[str] = mapped_column(String(300), default="")
    decision_url: Mapped[str] = mapped_column(String(500), default="")
    bob_phase: Mapped[BobPhase | None] = mapped_column(enum_column(BobPhase, "bob_phase"))
    decision_on: Mapped[date | None]
    papers_on: Mapped[date | None]
    # does asking make sense
    room_for_influence: Mapped[bool | None]
    enough_interest: Mapped[bool | None]
    enough_time: Mapped[bool | None]
    why_ask: Mapped[str] = mapped_column(Text, default="")
    information_means: Mapped[str] = mapped_column(Text, default="")
    information_audience: Mapped[str] = mapped_column(Text, default="")
    information_on: Mapped[date | None]
    no_anchor_points: Mapped[bool] = mapped_column(default=False)
    # whom it touches
    shared_interest: Mapped[str] = mapped_column(Text, default="")
    missing_voices: Mapped[str] = mapped_column(Text, default="")
    heard_beside: Mapped[str] = mapped_column(Text, default="")
    consulted_at_start: Mapped[str] = mapped_column(Text, default="")
    size_scales: Mapped[dict[str, Any]] = mapped_column(default=dict)
    area_districts: Mapped[list[Any]] = mapped_column(default=list)
    other_form_reason: Mapped[str] = mapped_column(Text, default="")
    # what will be done with the outcome
    level: Mapped[str] = mapped_column(String(40), default="")
    intended_use: Mapped[str] = mapped_column(String(60), default="")
    rule_council_decision: Mapped[str] = mapped_column(String(120), default="")
    rule_options: Mapped[str] = mapped_column(Text, default="")
    rule_weighted: Mapped[bool | None]
    rule_majority: Mapped[int | None]
    rule_minimum_response: Mapped[int | None]
    rule_overlap: Mapped[str] = mapped_column(Text, default="")
    # promises
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    results_promised_on: Mapped[date | None]
    feedback_promised_on: Mapped[date | None]
    values_answer: Mapped[str] = mapped_column(Text, default="")
    # what became of it
    submitted_at: Mapped[datetime | None]
    form_advice: Mapped[str] = mapped_column(Text, default="")
    advised_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    body_decision_number: Mapped[str] = mapped_column(String(80), default="")
    body_decision_on: Mapped[date | None]
    accepted_at: Mapped[datetime | None]
    accepted_document: Mapped[dict[str, Any] | None]
    accepted_hash: Mapped[str | None] = mapped_column(String(64))
    return_reason: Mapped[str] = mapped_column(Text, default="")
    decline_reason: Mapped[str] = mapped_column(Text, default="")

    body: Mapped[Body] = relationship(foreign_keys=[body_id])
    deciding_body: Mapped[Body] = relationship(foreign_keys=[deciding_body_id])
    author: Mapped[Account] = relationship()
    central_questions: Mapped[list["CentralQuestion"]] = relationship(
        order_by="CentralQuestion.position", cascade="all, delete-orphan"
    )
    anchor_points: Mapped[list["AnchorPoint"]] = relationship(
        order_by="AnchorPoint.position", cascade="all, delete-orphan"
    )
    stakeholders: Mapped[list["Stakeholder"]] = relationship(order_by="Stakeholder.id", cascade="all, delete-orphan")
    amendments: Mapped[list["CommissionAmendment"]] = relationship(order_by="CommissionAmendment.id")

    @property
    def approach(self) -> Approach:
        """No room means information only; no interest or no time means a public reason; else the panel is asked."""
        if self.room_for_influence is False:
            return Approach.INFORM
        if self.enough_interest is False or self.enough_time is False or self.other_form_reason:
            return Approach.REFRAIN
        return Approach.ASK

    @property
    def editable(self) -> bool:
        """Whether the author may still change it freely."""
        return self.status in EDITABLE


class CentralQuestion(Model):
    """What the body wants solved (hoofdvraag); each question of the wave belongs to one."""

    __tablename__ = "central_question"
    __table_args__ = (UniqueConstraint("commission_id", "position"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    commission_id: Mapped[int] = mapped_column(ForeignKey("commission.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))


class AnchorPoint(Model):
    """A condition that stands fixed whatever the answers are (ankerpunt)."""

    __tablename__ = "anchor_point"
    __table_args__ = (UniqueConstraint("commission_id", "position"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    commission_id: Mapped[int] = mapped_column(ForeignKey("commission.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))


class Stakeholder(Model):
    """A group that the matter touches (belanghebbende)."""

    __tablename__ = "stakeholder"
    __table_args__ = (CheckConstraint("weight BETWEEN 1 AND 5", name="weight"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    commission_id: Mapped[int] = mapped_column(ForeignKey("commission.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    interest: Mapped[str] = mapped_column(String(500))
    weight: Mapped[int]
    effect: Mapped[Effect] = mapped_column(enum_column(Effect, "effect"))
    little_influence: Mapped[bool] = mapped_column(default=False)
    level: Mapped[str] = mapped_column(String(40))
    plan_part: Mapped[str] = mapped_column(String(200), default="")
    heard_how: Mapped[str] = mapped_column(String(500), default="")


class CommissionAmendment(Model):
    """A later change of the agreement; it stands beside the original, with date and reason."""

    __tablename__ = "commission_amendment"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    commission_id: Mapped[int] = mapped_column(ForeignKey("commission.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class ObligationKind(StrEnum):
    """What a body owes (terugkoppeling)."""

    FEEDBACK = "feedback"


class Obligation(Model):
    """Feedback that a body owes after a wave; overdue, it pauses that body's new commissions."""

    __tablename__ = "obligation"
    __table_args__ = (UniqueConstraint("wave_ref", "kind"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[ObligationKind] = mapped_column(enum_column(ObligationKind, "obligation_kind"))
    commission_id: Mapped[int] = mapped_column(ForeignKey("commission.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    wave_ref: Mapped[str] = mapped_column(String(40))
    due_on: Mapped[date]
    fulfilled_at: Mapped[datetime | None]
    pause_lifted_at: Mapped[datetime | None]
    pause_lifted_reason: Mapped[str] = mapped_column(Text, default="")
    pause_lifted_decision: Mapped[str] = mapped_column(String(120), default="")
    pause_lifted_on: Mapped[date | None]
    pause_lifted_url: Mapped[str] = mapped_column(String(500), default="")

    body: Mapped[Body] = relationship()
