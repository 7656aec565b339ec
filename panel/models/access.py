"""How members prove a mailbox: requests for a one-time code, and the last mail to who left."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BigId, EncryptedText, Model, enum_column, new_public_id


class CodePurpose(StrEnum):
    """What a one-time code is for."""

    SIGN_IN = "sign_in"
    CONFIRM_EMAIL = "confirm_email"
    CHANGE_EMAIL = "change_email"


class SignInRequest(Model):
    """A request for a one-time code by e-mail; the code itself is derived, never stored.

    A row is made for every address, known or not, so that the answer and its time tell nothing.
    """

    __tablename__ = "sign_in_request"
    __table_args__ = (CheckConstraint("attempts >= 0", name="attempts"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    purpose: Mapped[CodePurpose] = mapped_column(enum_column(CodePurpose, "code_purpose"))
    email: Mapped[str] = mapped_column(EncryptedText())
    email_index: Mapped[str] = mapped_column(String(64))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class Farewell(Model):
    """The address for the one last mail to who left: deleted within two days, unrelated to the blank row."""

    __tablename__ = "farewell"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(EncryptedText())
    reference: Mapped[str] = mapped_column(String(40))
    left_at: Mapped[datetime]
