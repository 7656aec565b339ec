"""What is done in administration: save settings, decide about mails, try a job again."""

from core import audit, clock, outbox, settings
from core.db import db
from core.dialect import lock, lock_name
from core.errors import ConflictError, TransitionError
from core.models import Job, JobState, Mail, MailState, SettingsVersion
from core.permissions import require
from core.settings import MunicipalSettings


def save_settings(values: MunicipalSettings, *, reason: str, expected: int) -> SettingsVersion:
    """Store a new version; raises ConflictError when somebody saved another one since version `expected`."""
    require("settings.save")
    lock_name(db.session, "settings")
    latest = settings.latest_version()
    if (latest.number if latest else 0) != expected:
        raise ConflictError("settings-changed")
    return settings.save(values, reason=reason)


def send_mail_again(mail: Mail) -> None:
    """A person decided: this failed or unsure mail leaves once more."""
    _decide(mail, "mail.send_again")
    outbox.send_again(mail)
    db.session.flush()


def leave_mail(mail: Mail) -> None:
    """A person decided: this failed or unsure mail stays as it is."""
    _decide(mail, "mail.leave")
    outbox.leave(mail)
    db.session.flush()


def _decide(mail: Mail, action: str) -> None:
    require("mail.decide", mail)
    lock(db.session, mail)
    if mail.state not in (MailState.FAILED, MailState.UNSURE):
        raise TransitionError("mail-not-waiting")
    audit.record(action, "mail", str(mail.id), detail={"kind": mail.kind, "state": mail.state.value})


def retry_job(job: Job) -> None:
    """Put a failed job back in the queue."""
    require("job.retry", job)
    lock(db.session, job)
    if job.state is not JobState.FAILED:
        raise TransitionError("job-not-failed")
    job.state, job.attempts, job.run_at, job.finished_at = JobState.QUEUED, 0, clock.now(), None
    audit.record("job.retry", "job", job.public_id, detail={"kind": job.kind})
    db.session.flush()
