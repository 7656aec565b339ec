"""The recovery of a wave key that the first key store lost: who asked, who confirmed, why, when it stood again."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BigId, Model, new_public_id


class KeyRecovery(Model):
    """A recovery by two people; functions instead of names, because it is public."""

    __tablename__ = "key_recovery"
    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name="two_people"),
        CheckConstraint("recovered_at IS NULL OR confirmed_by_id IS NOT NULL", name="confirmed_first"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    reason: Mapped[str] = mapped_column(String(1000))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_function: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_function: Mapped[str] = mapped_column(String(40), default="")
    confirmed_at: Mapped[datetime | None]
    recovered_at: Mapped[datetime | None]
