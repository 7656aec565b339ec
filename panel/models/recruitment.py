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


class AddressWindow(StrEnum):
    """On which side of the envelope the window is."""

    LEFT = "left"
    RIGHT = "right"


class LargeType(StrEnum):
    """Whose letters are set in large type besides those of who asked for it."""

    NOBODY = "nobody"
    SENIORS = "seniors"
    EVERYBODY = "everybody"


class Exclusion(StrEnum):
    """Why a drawn person gets no letter."""

    MEMBER = "member"
    REFUSED = "refused"
    OPEN_ROUND = "open_round"


class RecruitmentRound(Model):
    """A recruitment round (wervingsronde): persons drawn by the register get a letter."""

    __tablename__ = "recruitment_round"
    __table_args__ = (
        CheckConstraint("respond_by > letter_on", name="respond_by"),
        CheckConstraint("sample_delete_on > respond_by", name="sample_delete_on"),
        CheckConstraint("address_top BETWEEN 30 AND 70", name="address_top"),
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
    address_window: Mapped[AddressWindow] = mapped_column(
        enum_column(AddressWindow, "address_window"), default=AddressWindow.LEFT
    )
    address_top: Mapped[int] = mapped_column(default=48)
    large_type: Mapped[LargeType] = mapped_column(enum_column(LargeType, "large_type"), default=LargeType.NOBODY)
    second_language: Mapped[str] = mapped_column(String(5), default="")
    created_at: Mapped[datetime]
    sample_destroyed_at: Mapped[datetime | None]


class SamplePerson(Model):
    """A person drawn by the register for one round; blanked on the date of the round."""

    __tablename__ = "sample_person"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("inclusion_probability > 0 AND inclusion_probability <= 1", name="inclusion_probability"),
        CheckConstraint("destroyed_at IS NULL OR last_name IS NULL", name="destroyed_is_blank"),
        CheckConstraint("excluded IS NULL OR last_name IS NULL", name="excluded_is_blank"),
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
    frame_size: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(5), default="nl")
    large_print: Mapped[bool] = mapped_column(default=False)
    excluded: Mapped[Exclusion | None] = mapped_column(enum_column(Exclusion, "exclusion"))
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


class LetterBatch(Model):
    """A batch of letters that is printed as one file; `printing` counts how often the same batch was asked for."""

    __tablename__ = "letter_batch"
    __table_args__ = (
        UniqueConstraint("round_id", "issue", "number", "printing"),
        CheckConstraint("issue IN (1, 2)", name="issue"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    round_id: Mapped[int] = mapped_column(ForeignKey("recruitment_round.id"))
    issue: Mapped[int]
    number: Mapped[int]
    printing: Mapped[int]
    letters: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300), default="")
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    file_ref: Mapped[str | None] = mapped_column(String(40))


class PrintedLetter(Model):
    """That somebody stands in a batch: at most once per letter and printing."""

    __tablename__ = "printed_letter"
    sample_person_id: Mapped[int] = mapped_column(ForeignKey("sample_person.id"), primary_key=True)
    issue: Mapped[int] = mapped_column(primary_key=True)
    printing: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("letter_batch.id"), index=True)
