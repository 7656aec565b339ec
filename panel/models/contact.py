"""What passes between the griffie and a member besides questionnaires, and who helps a member."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BigId, EncryptedText, Model, enum_column, new_public_id


class NoteKind(StrEnum):
    """What happened between the griffie and a member."""

    CALLED_US = "called_us"
    WE_CALLED = "we_called"
    LETTER_IN = "letter_in"
    LETTER_OUT = "letter_out"
    PAPER_FORM = "paper_form"
    VISIT = "visit"
    LETTER_BACK = "letter_back"
    BOUNCE = "bounce"
    CHANNEL = "channel"
    PROFILE = "profile"


class ContactNote(Model):
    """One contact with a member; what was said is encrypted and never holds an answer."""

    __tablename__ = "contact_note"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    kind: Mapped[NoteKind] = mapped_column(enum_column(NoteKind, "note_kind"))
    on: Mapped[date] = mapped_column("noted_on")
    noted_at: Mapped[datetime]
    noted_by: Mapped[str] = mapped_column(String(80))
    text: Mapped[str | None] = mapped_column("note", EncryptedText())
    mail_ref: Mapped[str | None] = mapped_column(String(200), unique=True)


class HelperRole(StrEnum):
    """How somebody helps a member."""

    READS_ALONG = "reads_along"
    FILLS_IN = "fills_in"
    AUTHORISED = "authorised"


class Helper(Model):
    """Somebody who helps a member, named with the consent of both."""

    __tablename__ = "helper"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), unique=True)
    role: Mapped[HelperRole] = mapped_column(enum_column(HelperRole, "helper_role"))
    name: Mapped[str] = mapped_column(EncryptedText())
    how: Mapped[str] = mapped_column(EncryptedText())
    consented_on: Mapped[date]


class DeathReport(Model):
    """A relative tells that somebody has died; the griffie looks at it, then what was written is deleted."""

    __tablename__ = "death_report"
    __table_args__ = (
        CheckConstraint("handled_at IS NULL OR (person IS NULL AND reporter IS NULL)", name="handled_is_blank"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    paused: Mapped[bool] = mapped_column(default=False)
    person: Mapped[str | None] = mapped_column(EncryptedText())
    reporter: Mapped[str | None] = mapped_column(EncryptedText())
    made_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class BurdenException(Model):
    """A questionnaire for which the burden cap does not hold, with the reason of the griffie."""

    __tablename__ = "burden_exception"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    wave_ref: Mapped[str] = mapped_column(String(60), unique=True)
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80))
