"""Members of the panel, their consents, the seats for open sign-up and the contacts with them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import BigId, EncryptedText, Model, enum_column, new_public_id


class Sex(StrEnum):
    """Sex as the member tells it."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNDISCLOSED = "undisclosed"


class Education(StrEnum):
    """Highest education finished, in the three classes of the population figures."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"
    UNDISCLOSED = "undisclosed"


class Tenure(StrEnum):
    """Whether the home is owned or rented."""

    OWNER = "owner"
    RENTER = "renter"
    UNDISCLOSED = "undisclosed"


class MemberOrigin(StrEnum):
    """How somebody came in; kept apart in every figure."""

    DRAWN = "drawn"
    SELF_REGISTERED = "self_registered"


class MemberStatus(StrEnum):
    """States of a member."""

    APPLIED = "applied"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    ACTIVE = "active"
    PAUSED = "paused"
    DORMANT = "dormant"
    LEFT = "left"


class LeaveReason(StrEnum):
    """Why somebody is no member any more."""

    OWN_WISH = "own_wish"
    MOVED_AWAY = "moved_away"
    DIED = "died"
    DORMANT = "dormant"
    NEVER_FINISHED = "never_finished"


class Member(Model):
    """A panel member (panellid); after leaving the row is blank and keeps its id."""

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint("base_weight IS NULL OR base_weight > 0", name="base_weight"),
        CheckConstraint("status <> 'left' OR (last_name IS NULL AND email IS NULL)", name="left_is_blank"),
        CheckConstraint("status <> 'active' OR admitted_at IS NOT NULL", name="active_is_admitted"),
        CheckConstraint("status <> 'paused' OR paused_until IS NOT NULL", name="pause_ends"),
        CheckConstraint("status <> 'waiting' OR queued_at IS NOT NULL", name="waiting_is_queued"),
        CheckConstraint("origin <> 'drawn' OR round_id IS NOT NULL", name="drawn_has_round"),
        CheckConstraint("invited_n >= answered_n AND answered_n >= 0", name="counters"),
        CheckConstraint("left_reason IS NULL OR status = 'left'", name="reason_of_who_left"),
        CheckConstraint("NOT by_phone OR email_index IS NULL", name="phone_without_email"),
        CheckConstraint("failed_email IS NULL OR email_index IS NULL", name="failed_email_is_out_of_use"),
        CheckConstraint("bounces_n >= 0", name="bounces_n"),
        Index("ix_member_status_stratum", "status", "stratum"),
        # the composition of a large panel is counted from this index alone
        Index("ix_member_composition", "status", "origin", "birth_year", "sex", "district_code", "education"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    status: Mapped[MemberStatus] = mapped_column(
        enum_column(MemberStatus, "member_status"), default=MemberStatus.APPLIED
    )
    origin: Mapped[MemberOrigin] = mapped_column(enum_column(MemberOrigin, "member_origin"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("recruitment_round.id"), index=True)
    sample_person_id: Mapped[int | None] = mapped_column(ForeignKey("sample_person.id"), index=True)
    stratum: Mapped[str] = mapped_column(String(60))
    base_weight: Mapped[float | None]
    holds_seat: Mapped[bool] = mapped_column(default=False)
    first_name: Mapped[str | None] = mapped_column(EncryptedText())
    last_name: Mapped[str | None] = mapped_column(EncryptedText())
    email: Mapped[str | None] = mapped_column(EncryptedText())
    phone: Mapped[str | None] = mapped_column(EncryptedText())
    street: Mapped[str | None] = mapped_column(EncryptedText())
    house_number: Mapped[str | None] = mapped_column(EncryptedText())
    postcode: Mapped[str | None] = mapped_column(EncryptedText())
    city: Mapped[str | None] = mapped_column(EncryptedText())
    email_index: Mapped[str | None] = mapped_column(String(64), index=True)
    surname_index: Mapped[str | None] = mapped_column(String(64), index=True)
    household_index: Mapped[str | None] = mapped_column(String(64), index=True)
    birth_year: Mapped[int | None]
    sex: Mapped[Sex] = mapped_column(enum_column(Sex, "sex"), default=Sex.UNDISCLOSED)
    district_code: Mapped[str] = mapped_column(String(12), default="", index=True)
    education: Mapped[Education] = mapped_column(enum_column(Education, "education"), default=Education.UNDISCLOSED)
    tenure: Mapped[Tenure] = mapped_column(enum_column(Tenure, "tenure"), default=Tenure.UNDISCLOSED)
    language: Mapped[str] = mapped_column(String(5), default="nl")
    newsletter: Mapped[bool] = mapped_column(default=True)
    applied_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    address_letter_on: Mapped[date | None]
    queued_at: Mapped[datetime | None]
    admitted_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    paused_until: Mapped[date | None]
    profile_checked_on: Mapped[date | None]
    invited_n: Mapped[int] = mapped_column(default=0)
    answered_n: Mapped[int] = mapped_column(default=0)
    unanswered_in_row: Mapped[int] = mapped_column(default=0)
    last_active_on: Mapped[date | None]
    by_phone: Mapped[bool] = mapped_column(default=False)
    failed_email: Mapped[str | None] = mapped_column(EncryptedText())
    mail_failed_on: Mapped[date | None]
    bounces_n: Mapped[int] = mapped_column(default=0)
    profile_asked_on: Mapped[date | None]
    profile_reminded_on: Mapped[date | None]
    pause_mailed_on: Mapped[date | None]
    woken_on: Mapped[date | None]
    dormant_since: Mapped[date | None]
    last_call_on: Mapped[date | None]
    moved_on: Mapped[date | None]
    left_reason: Mapped[LeaveReason | None] = mapped_column(enum_column(LeaveReason, "leave_reason"))
    consents: Mapped[list["Consent"]] = relationship(cascade="all, delete-orphan", order_by="Consent.id")

    @property
    def name(self) -> str:
        """First and last name, empty after leaving."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def by_post(self) -> bool:
        """Whether this member is reached by post and telephone, not by e-mail."""
        return self.email is None


class ConsentPurpose(StrEnum):
    """What a member consents to; each is asked and withdrawn by itself."""

    PARTICIPATE = "participate"
    LINK_WAVES = "link_waves"
    TALK_FURTHER = "talk_further"


class Consent(Model):
    """A consent for one purpose with the version of the text that was shown."""

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    purpose: Mapped[ConsentPurpose] = mapped_column(enum_column(ConsentPurpose, "consent_purpose"))
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class SeatQuota(Model):
    """The seats for open sign-up in one stratum (age class and district)."""

    __tablename__ = "seat_quota"
    __table_args__ = (CheckConstraint("seats_left >= 0 AND seats_left <= capacity", name="seats_left"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stratum: Mapped[str] = mapped_column(String(60), unique=True)
    capacity: Mapped[int]
    seats_left: Mapped[int]


class Contact(Model):
    """That a member was asked for a wave, when, and when it was over; never whether they answered."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("member_id", "wave_ref"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    wave_ref: Mapped[str] = mapped_column(String(60), index=True)
    asked_on: Mapped[date]
    closed_on: Mapped[date | None]
