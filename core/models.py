"""Tables of the ground floor: accounts and bodies, sessions, limits, audit, jobs, mail, settings, files."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import BigId, EncryptedText, Model, enum_column, new_public_id
from core.dialect import append_only


class Role(StrEnum):
    """What a staff account may be (raadslid, griffie, onderzoeker, beheerder)."""

    COUNCIL_MEMBER = "council_member"
    CLERK = "clerk"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class BodyKind(StrEnum):
    """Kinds of bodies that commission or decide (raad, presidium, commissie, college)."""

    COUNCIL = "council"
    PRESIDIUM = "presidium"
    COMMITTEE = "committee"
    EXECUTIVE_BOARD = "executive_board"


class Body(Model):
    """A body that may commission or decide."""

    __tablename__ = "body"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[BodyKind] = mapped_column(enum_column(BodyKind, "body_kind"))
    may_commission: Mapped[bool] = mapped_column(default=True)
    may_decide: Mapped[bool] = mapped_column(default=False)


class Account(Model):
    """A staff or council account."""

    __tablename__ = "account"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(EncryptedText())
    email: Mapped[str] = mapped_column(EncryptedText())
    email_index: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText())
    totp_last_counter: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    roles: Mapped[list["AccountRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    bodies: Mapped[list[Body]] = relationship(secondary="account_body", lazy="selectin")

    @property
    def role_values(self) -> frozenset[str]:
        """The roles as plain values."""
        return frozenset(r.role.value for r in self.roles)


class AccountRole(Model):
    """One role of one account."""

    __tablename__ = "account_role"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"), primary_key=True)


class AccountBody(Model):
    """Membership of an account in a body."""

    __tablename__ = "account_body"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), primary_key=True)


class SettingsVersion(Model):
    """A version of the municipality's settings (spelregels and the rest); the newest holds."""

    __tablename__ = "settings_version"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))


class SessionKind(StrEnum):
    """Whose session it is; each kind has a cookie of its own."""

    STAFF = "staff"
    MEMBER = "member"
    INVITATION = "invitation"
    OUTSIDE = "outside"


class ServerSession(Model):
    """A session on the server; only the hash of its id is kept."""

    __tablename__ = "server_session"
    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[SessionKind] = mapped_column(enum_column(SessionKind, "session_kind"))
    subject: Mapped[str] = mapped_column(String(80), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class RateEvent(Model):
    """One counted attempt in a bucket."""

    __tablename__ = "rate_event"
    __table_args__ = (Index("ix_rate_event_bucket_at", "bucket", "at"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bucket: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]


class AuditEvent(Model):
    """Who did what to which object, with which result, when and from where; never changed."""

    __tablename__ = "audit_event"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_ref: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(80), index=True)
    object_kind: Mapped[str] = mapped_column(String(40))
    object_ref: Mapped[str] = mapped_column(String(80), index=True)
    result: Mapped[str] = mapped_column(String(20))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AuditSeal(Model):
    """The link of the chain over committed audit rows, written by one sealer; never changed."""

    __tablename__ = "audit_seal"
    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"), unique=True)
    digest: Mapped[str] = mapped_column(String(64))


class SubjectSalt(Model):
    """The salt under which a person stands in the audit log; erasing it makes the trail nobody's."""

    __tablename__ = "subject_salt"
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))


class JobState(StrEnum):
    """States of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNSURE = "unsure"


class Job(Model):
    """Work for the worker."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state_run_at", "state", "run_at"),
        CheckConstraint("progress_n >= 0", name="progress_n"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[JobState] = mapped_column(enum_column(JobState, "job_state"), default=JobState.QUEUED)
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    progress_n: Mapped[int] = mapped_column(default=0)
    progress_of: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class MailState(StrEnum):
    """States of a mail; *unsure* means that a crash fell between sending and knowing."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    DROPPED = "dropped"


class Mail(Model):
    """A mail to send: what and to whom by id; rendered only at the moment of sending."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_state_run_at", "state", "run_at"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    recipient_kind: Mapped[str] = mapped_column(String(20))
    recipient_id: Mapped[int] = mapped_column(index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[MailState] = mapped_column(enum_column(MailState, "mail_state"), default=MailState.QUEUED)
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str | None] = mapped_column(String(200))
    error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class ScheduleRun(Model):
    """When each periodic task last ran."""

    __tablename__ = "schedule_run"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    ran_at: Mapped[datetime]


class StoredFile(Model):
    """A file kept in the database, encrypted, in chunks, until it expires."""

    __tablename__ = "stored_file"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    owner: Mapped[str] = mapped_column(String(80), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class FileChunk(Model):
    """One encrypted chunk of a stored file."""

    __tablename__ = "file_chunk"
    __table_args__ = (UniqueConstraint("file_id", "number"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


append_only(AuditEvent, AuditSeal)
