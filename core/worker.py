"""The worker: periodic tasks, jobs and mails, each in transactions of its own, until it is told to stop."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from core import clock, jobs, sending
from core.db import db
from core.dialect import in_write
from core.errors import DomainError
from core.models import Job, JobState

log = logging.getLogger(__name__)
IDLE_SECONDS = 1.0
HEARTBEAT_SECONDS = 60.0
RETRY = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))


@dataclass
class Stop:
    """Told by a signal; the worker ends after what it is doing."""

    event: threading.Event

    def asked(self) -> bool:
        """Whether the worker should stop."""
        return self.event.is_set()


def never() -> bool:
    """No reason to stop."""
    return False


def run_due_tasks() -> int:
    """Run the periodic tasks whose time has come; a failing task is logged and tried at its next turn."""
    try:
        due = jobs.due_tasks()
        db.session.commit()
    except IntegrityError:
        # another worker wrote down the first run of a task at the same moment
        db.session.rollback()
        return 0
    for task in due:
        try:
            task.run()
            db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("task %s failed", task.name)
    return len(due)


def run_due_jobs(stop: Callable[[], bool] = never) -> int:
    """Run the jobs that are due, one after the other; returns how many were taken up."""
    jobs.load()
    taken = 0
    while not stop():
        job_id = jobs.claim()
        db.session.commit()
        if job_id is None:
            break
        _run(job_id)
        taken += 1
    return taken


def _run(job_id: int) -> None:
    job = db.session.get_one(Job, job_id)
    kind, payload, attempts = job.kind, dict(job.payload), job.attempts
    if attempts > len(RETRY) + 1:
        _fail(job_id, "te-vaak-onderbroken", attempts)
        return
    db.session.rollback()
    try:
        with _Heartbeat(job_id):
            result = jobs.handler_of(kind)(payload, _progress_of(job_id))
        _finish(job_id, result or {})
    except Exception as error:
        db.session.rollback()
        log.exception("job %s of kind %s failed", job_id, kind)
        _fail(job_id, _code(error), attempts)


def _finish(job_id: int, result: dict[str, Any]) -> None:
    """Note the end in the same transaction as the last work of the job: both stand, or neither."""
    job = db.session.get_one(Job, job_id)
    job.state, job.result, job.error = JobState.DONE, result, ""
    job.finished_at, job.lease_until = clock.now(), None
    job.progress_n = job.progress_of
    db.session.commit()


def _fail(job_id: int, code: str, attempts: int) -> None:
    job = db.session.get_one(Job, job_id)
    job.error, job.lease_until = code[:500], None
    if attempts > len(RETRY):
        job.state, job.finished_at = JobState.FAILED, clock.now()
    else:
        job.state, job.run_at = JobState.QUEUED, clock.now() + RETRY[attempts - 1]
    db.session.commit()


def _code(error: Exception) -> str:
    """A code without personal data: of a domain error its own, else the kind of fault."""
    return error.code if isinstance(error, DomainError) else type(error).__name__


def _progress_of(job_id: int) -> jobs.Progress:
    def progress(done: int, total: int) -> None:
        if in_write(db.session):
            # the handler holds SQLite's write lock: a second connection would wait for ourselves
            _note_progress(db.session, job_id, done, total)
            return
        with db.engine.begin() as connection:
            _note_progress(connection, job_id, done, total)

    return progress


def _note_progress(where: Any, job_id: int, done: int, total: int) -> None:
    values = {"progress_n": done, "progress_of": total, "lease_until": clock.now() + jobs.LEASE}
    where.execute(update(Job).where(Job.id == job_id).values(values).execution_options(synchronize_session=False))


class _Heartbeat:
    """Renews the lease of a running job, so that no second worker takes it up while this one still works."""

    def __init__(self, job_id: int) -> None:
        self._job_id = job_id
        self._engine = db.engine
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "_Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._done.wait(HEARTBEAT_SECONDS):
            try:
                with self._engine.begin() as connection:
                    connection.execute(
                        update(Job).where(Job.id == self._job_id).values(lease_until=clock.now() + jobs.LEASE)
                    )
            except Exception:
                # the job itself may hold the write lock; the next beat tries again well within the lease
                log.info("heartbeat of job %s skipped", self._job_id)


def run_once(stop: Callable[[], bool] = never) -> int:
    """One round: tasks, jobs and one batch of mails; returns how much there was to do."""
    done = run_due_tasks()
    done += run_due_jobs(stop)
    return done + (0 if stop() else sending.send_due())


def run_until_idle(stop: Callable[[], bool] = never) -> None:
    """Rounds until nothing is due any more (`flask worker --once`)."""
    while run_once(stop) and not stop():
        continue


def run_forever(event: threading.Event) -> None:
    """Rounds until the event is set; a fault of the database is logged and survived."""
    stop = Stop(event)
    while not stop.asked():
        done = 0
        try:
            done = run_once(stop.asked)
        except Exception:
            log.exception("a round of the worker failed")
            db.session.rollback()
        finally:
            db.session.remove()
        if not done:
            event.wait(IDLE_SECONDS)
