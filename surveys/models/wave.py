"""The wave (vragenlijst), its questions, and the signatures of the second person."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import BigId, EncryptedText, Model, enum_column, new_public_id
from surveys.lifecycle import WaveStatus
from surveys.models.commission import CentralQuestion, Commission


class Wave(Model):
    """One questionnaire in the field (golf; for the public: vragenlijst)."""

    __tablename__ = "wave"
    __table_args__ = (
        CheckConstraint("closes_at IS NULL OR opens_at IS NULL OR closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint(
            "status IN ('design', 'cancelled') OR (frozen_hash IS NOT NULL AND opens_at IS NOT NULL)",
            name="frozen_before_ready",
        ),
        CheckConstraint("answered_n <= invited_n", name="answered_n"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    commission_id: Mapped[int] = mapped_column(ForeignKey("commission.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    introduction: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int] = mapped_column(default=5)
    status: Mapped[WaveStatus] = mapped_column(
        enum_column(WaveStatus, "wave_status"), default=WaveStatus.DESIGN, index=True
    )
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    opens_wall: Mapped[str] = mapped_column(String(16), default="")
    closes_wall: Mapped[str] = mapped_column(String(16), default="")
    paper_until: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    first_invited_at: Mapped[datetime | None]
    plan: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tables: Mapped[list[Any]] = mapped_column(default=list)
    sample: Mapped[dict[str, Any]] = mapped_column(default=dict)
    frozen_document: Mapped[dict[str, Any] | None]
    frozen_hash: Mapped[str | None] = mapped_column(String(64))
    frozen_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    invited_n: Mapped[int] = mapped_column(default=0)
    answered_n: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    edited_at: Mapped[datetime]

    commission: Mapped[Commission] = relationship()
    questions: Mapped[list["Question"]] = relationship(order_by="Question.position", cascade="all, delete-orphan")
    sign_offs: Mapped[list["SignOff"]] = relationship(order_by="SignOff.id")

    @property
    def sensitive(self) -> bool:
        """Whether any question touches a special category of personal data."""
        return any(question.sensitive for question in self.questions)


class Question(Model):
    """A question while it is edited; the frozen document is what members answer."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("wave_id", "item_key"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    position: Mapped[int]
    item_key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    hint: Mapped[str] = mapped_column(Text, default="")
    options: Mapped[list[Any]] = mapped_column(default=list)
    items: Mapped[list[Any]] = mapped_column(default=list)
    minimum: Mapped[float | None]
    maximum: Mapped[float | None]
    low_label: Mapped[str] = mapped_column(String(120), default="")
    high_label: Mapped[str] = mapped_column(String(120), default="")
    max_choices: Mapped[int | None]
    condition: Mapped[dict[str, Any] | None]
    sensitive: Mapped[bool] = mapped_column(default=False)
    central_question_id: Mapped[int | None] = mapped_column(ForeignKey("central_question.id"))

    central_question: Mapped[CentralQuestion | None] = relationship()


class SignOffKind(StrEnum):
    """Who signed: a colleague, somebody outside by a one-time link, or a colleague afterwards (public mark)."""

    STAFF = "staff"
    OUTSIDE = "outside"
    LATE = "late"


class SignOff(Model):
    """The signature of a second person under one hash; a later change of the design makes it void."""

    __tablename__ = "sign_off"
    __table_args__ = (
        CheckConstraint("kind = 'late' OR signed_at IS NOT NULL", name="only_late_is_open"),
        CheckConstraint("kind <> 'late' OR due_on IS NOT NULL", name="late_has_a_date"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    kind: Mapped[SignOffKind] = mapped_column(enum_column(SignOffKind, "sign_off_kind"))
    hash: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    signer_name: Mapped[str | None] = mapped_column(EncryptedText())
    signer_function: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None]
    created_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]


class SignOffLink(Model):
    """An invitation to somebody outside to sign; its code is derived, never stored, and works once."""

    __tablename__ = "sign_off_link"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    name: Mapped[str] = mapped_column(EncryptedText())
    email: Mapped[str] = mapped_column(EncryptedText())
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]

    wave: Mapped[Wave] = relationship()
