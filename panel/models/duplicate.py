"""What the griffie decided about two members who may be one person."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BigId, Model


class DuplicateRuling(Model):
    """Two members looked alike and are not the same person; goes when either of them leaves."""

    __tablename__ = "duplicate_ruling"
    __table_args__ = (CheckConstraint("first_id < second_id", name="order"),)
    first_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id"), primary_key=True, autoincrement=False)
    second_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("member.id"), primary_key=True, autoincrement=False, index=True
    )
    ruled_at: Mapped[datetime]
