"""Reads for administration: the audit log, mails that wait for a person, jobs."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select

from core import clock, outbox
from core.db import db
from core.errors import NotFoundError
from core.models import AuditEvent, AuditSeal, Job, Mail, MailState, SettingsVersion

log = logging.getLogger(__name__)
PAGE = 50
EXPORT_MOST = 100_000
WAITING = (MailState.FAILED, MailState.UNSURE)


@dataclass(frozen=True)
class WaitingFilter:
    """What somebody looks for among mails or jobs: words, with the kinds that are called so, and a state."""

    search: str = ""
    kinds: tuple[str, ...] = ()
    state: str = ""


@dataclass(frozen=True)
class AuditFilter:
    """What somebody looks for in the audit log; dates are days in Amsterdam."""

    search: str = ""
    action: str = ""
    object_kind: str = ""
    since: date | None = None
    until: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter as conditions."""
        found: list[ColumnElement[bool]] = []
        if self.search:
            columns = (AuditEvent.action, AuditEvent.object_ref, AuditEvent.actor_ref, AuditEvent.origin)
            found.append(or_(*(column.icontains(self.search, autoescape=True) for column in columns)))
        if self.action:
            found.append(AuditEvent.action == self.action)
        if self.object_kind:
            found.append(AuditEvent.object_kind == self.object_kind)
        if self.since:
            found.append(AuditEvent.at >= _midnight(self.since))
        if self.until:
            found.append(AuditEvent.at < _midnight(self.until + timedelta(days=1)))
        return found


def _midnight(day: date) -> datetime:
    return clock.at_amsterdam(day, time())


def _events(wanted: AuditFilter, limit: int, offset: int = 0) -> list[AuditEvent]:
    found = select(AuditEvent).where(*wanted.conditions()).order_by(AuditEvent.id.desc())
    return list(db.session.scalars(found.limit(limit).offset(offset)))


def audit_page(wanted: AuditFilter, page: int) -> tuple[list[AuditEvent], int]:
    """One page of audit rows, newest first, and how many there are in all."""
    total = db.session.scalar(select(func.count(AuditEvent.id)).where(*wanted.conditions())) or 0
    return _events(wanted, PAGE, (page - 1) * PAGE), total


def audit_rows(wanted: AuditFilter) -> list[AuditEvent]:
    """All rows for the export."""
    return _events(wanted, EXPORT_MOST)


def audit_choices() -> tuple[list[str], list[str]]:
    """The actions and the kinds of objects that occur."""
    actions = db.session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action))
    kinds = db.session.scalars(select(AuditEvent.object_kind).distinct().order_by(AuditEvent.object_kind))
    return list(actions), list(kinds)


def sealed_count() -> int:
    """How many rows the chain holds."""
    return db.session.scalar(select(func.max(AuditSeal.position))) or 0


def mail_counts() -> dict[MailState, int]:
    """How many mails stand in each state."""
    rows = db.session.execute(select(Mail.state, func.count(Mail.id)).group_by(Mail.state))
    counts = {row[0]: row[1] for row in rows}
    return {state: counts.get(state, 0) for state in MailState}


def _waiting(wanted: WaitingFilter) -> Select[Mail]:
    states = [state for state in WAITING if wanted.state in ("", state.value)]
    found = select(Mail).where(Mail.state.in_(states))
    if wanted.search:
        texts = (column.icontains(wanted.search, autoescape=True) for column in (Mail.error, Mail.message_id))
        found = found.where(or_(Mail.kind.in_(wanted.kinds), *texts))
    return found.order_by(Mail.created_at, Mail.id)


def waiting_mails(wanted: WaitingFilter, page: int) -> tuple[list[Mail], int]:
    """One page of failed and unsure mails, the oldest first, and how many there are."""
    found = _waiting(wanted)
    total = db.session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    return list(db.session.scalars(found.offset((page - 1) * PAGE).limit(PAGE))), total


def waiting_mail_rows(wanted: WaitingFilter) -> list[Mail]:
    """All of them for the export."""
    return list(db.session.scalars(_waiting(wanted).limit(EXPORT_MOST)))


def get_waiting_mail(number: int) -> Mail:
    """A failed or unsure mail; raises NotFoundError."""
    mail = db.session.get(Mail, number)
    if mail is None or mail.state not in WAITING:
        raise NotFoundError("mail-not-found")
    return mail


def address_of(mail: Mail) -> str:
    """To which address a mail goes, rendered now; empty when it would no longer be sent."""
    try:
        content = outbox.renderer_of(mail.kind)(mail)
    except Exception:
        # a mail that cannot be made is listed all the same
        log.exception("mail %s cannot be made", mail.id)
        return ""
    return content.to if content else ""


def _jobs(wanted: WaitingFilter) -> Select[Job]:
    found = select(Job).order_by(Job.id.desc())
    if wanted.state:
        found = found.where(Job.state == wanted.state)
    if wanted.search:
        found = found.where(or_(Job.kind.in_(wanted.kinds), Job.error.icontains(wanted.search, autoescape=True)))
    return found


def list_jobs(wanted: WaitingFilter, page: int) -> tuple[list[Job], int]:
    """One page of jobs, newest first, and how many there are."""
    found = _jobs(wanted)
    total = db.session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    return list(db.session.scalars(found.offset((page - 1) * PAGE).limit(PAGE))), total


def job_rows(wanted: WaitingFilter) -> list[Job]:
    """All of them for the export."""
    return list(db.session.scalars(_jobs(wanted).limit(EXPORT_MOST)))


def get_job(public_id: str) -> Job:
    """The job; raises NotFoundError."""
    job = db.session.scalars(select(Job).where(Job.public_id == public_id)).first()
    if job is None:
        raise NotFoundError("job-not-found")
    return job


def list_settings_versions() -> list[SettingsVersion]:
    """All versions of the settings, newest first."""
    return list(db.session.scalars(select(SettingsVersion).order_by(SettingsVersion.number.desc())))


def get_settings_version(number: int) -> SettingsVersion:
    """One version of the settings; raises NotFoundError."""
    version = db.session.scalars(select(SettingsVersion).where(SettingsVersion.number == number)).first()
    if version is None:
        raise NotFoundError("settings-version-not-found")
    return version
