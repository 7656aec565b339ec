"""Recruitment: rounds, the sampled persons of a round, and who wants no more letters."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import BigId, EncryptedText, Model, enum_column, new_public_id


class RoundStatus(StrEnum):
    """States of a recruitment round."""

    DRAFT = "draft"
    LETTERS = "letters"
    CLOSED = "closed"


class RecruitmentRound(Model):
    """A recruitment round (wervingsronde): persons drawn by the register get a letter."""

    __tablename__ = "recruitment_round"
    __table_args__ = (
        CheckConstraint("respond_by > letter_on", name="respond_by"),
        CheckConstraint("sample_delete_on > respond_by", name="sample_delete_on"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    status: Mapped[RoundStatus] = mapped_column(enum_column(RoundStatus, "round_status"), default=RoundStatus.DRAFT)
    letter_on: Mapped[date]
    respond_by: Mapped[date]
    sample_delete_on: Mapped[date]
    second_letter_on: Mapped[date | None]
    created_at: Mapped[datetime]
    sample_destroyed_at: Mapped[datetime | None]


class SamplePerson(Model):
    """A person drawn by the register for one round; blanked on the date of the round."""

    __tablename__ = "sample_person"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("inclusion_probability > 0 AND inclusion_probability <= 1", name="inclusion_probability"),
        CheckConstraint("destroyed_at IS NULL OR last_name IS NULL", name="destroyed_is_blank"),
        Index("ix_sample_person_round_stratum", "round_id", "stratum"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("recruitment_round.id"))
    number: Mapped[int]
    first_name: Mapped[str | None] = mapped_column(EncryptedText())
    last_name: Mapped[str | None] = mapped_column(EncryptedText())
    street: Mapped[str | None] = mapped_column(EncryptedText())
    house_number: Mapped[str | None] = mapped_column(EncryptedText())
    postcode: Mapped[str | None] = mapped_column(EncryptedText())
    city: Mapped[str | None] = mapped_column(EncryptedText())
    person_index: Mapped[str | None] = mapped_column(String(64), index=True)
    stratum: Mapped[str] = mapped_column(String(60))
    sex: Mapped[str] = mapped_column(String(20))
    age_class: Mapped[str] = mapped_column(String(20))
    district_code: Mapped[str] = mapped_column(String(12))
    inclusion_probability: Mapped[float]
    used_at: Mapped[datetime | None]
    destroyed_at: Mapped[datetime | None]
    no_more_letters: Mapped[bool] = mapped_column(default=False)
    round: Mapped[RecruitmentRound] = relationship(lazy="joined", innerjoin=True)


class LetterRefusal(Model):
    """Somebody who wants no more letters (geen brieven meer): only the keyed hash of name and address is kept."""

    __tablename__ = "letter_refusal"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_index: Mapped[str] = mapped_column(String(64), unique=True)
    refused_on: Mapped[date]
