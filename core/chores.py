"""The ground floor's own periodic tasks: sealing the audit log and clearing away what is over."""

from datetime import timedelta

from sqlalchemy import delete

from core import audit, clock, files, jobs, outbox, rate_limit, sessions
from core.db import db
from core.models import Job, JobState, Mail, MailState

SEAL_BATCH = 500
KEEP_JOBS = timedelta(days=90)
KEEP_MAILS = timedelta(days=180)


def seal_audit() -> None:
    """Chain what was written since the last time, batch by batch so that the lock is short."""
    while audit.seal(SEAL_BATCH) == SEAL_BATCH:
        db.session.commit()


def drop_finished() -> None:
    """Delete finished jobs and mails that left long ago (retention job of these tables)."""
    moment = clock.now()
    db.session.execute(delete(Job).where(Job.state == JobState.DONE, Job.finished_at < moment - KEEP_JOBS))
    over = Mail.state.in_([MailState.SENT, MailState.DROPPED])
    db.session.execute(delete(Mail).where(over, Mail.created_at < moment - KEEP_MAILS))


jobs.every(5, "core.seal_audit", seal_audit)
jobs.every(30, "core.mark_unsure_mails", outbox.mark_unsure)
jobs.every(600, "core.end_expired_sessions", sessions.end_expired)
jobs.every(3600, "core.drop_old_rate_events", rate_limit.drop_old)
jobs.every(600, "core.expire_files", files.expire)
jobs.every(86400, "core.drop_finished", drop_finished)
