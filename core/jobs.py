"""Jobs and the schedule: work that the worker does outside the request, each once, with progress.

Packages register a handler per kind (`handler`) and periodic tasks (`every`) in their `jobs` module; services
enqueue by kind name. Only the worker and the CLI load those modules (`load`), so that the web process stays light.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy import select, update

from core import clock
from core.db import db
from core.dialect import begin_write, skip_locked
from core.models import Job, JobState, ScheduleRun

LEASE = timedelta(minutes=5)
Progress = Callable[[int, int], None]
Handler = Callable[[dict[str, Any], Progress], dict[str, Any] | None]


@dataclass(frozen=True)
class Task:
    """A periodic task: runs in its own transaction, must be safe to repeat."""

    name: str
    seconds: int
    run: Callable[[], object]


_handlers: dict[str, Handler] = {}
_tasks: dict[str, Task] = {}


PACKAGES = (
    "core.chores",
    "panel.jobs",
    "panel.jobs_board",
    "surveys.jobs",
    "feedback.jobs",
    "feedback.jobs_composition",
)


def load() -> None:
    """Import every package's jobs, which register themselves; only the worker and the CLI do this."""
    for name in PACKAGES:
        if find_spec(name):
            import_module(name)


def handler(kind: str, run: Handler) -> None:
    """Register what the worker does for a kind of job: (payload, progress) → result."""
    _handlers[kind] = run


def every(seconds: int, name: str, run: Callable[[], object]) -> None:
    """Register a periodic task."""
    _tasks[name] = Task(name, seconds, run)


def handler_of(kind: str) -> Handler:
    """The handler of a kind."""
    return _handlers[kind]


def tasks() -> list[Task]:
    """All periodic tasks, in the order of registration."""
    return list(_tasks.values())


def enqueue(kind: str, payload: dict[str, Any], *, key: str, run_at: datetime | None = None) -> Job:
    """Put a job into the queue in the current transaction; the same key gives the job that is there already."""
    begin_write(db.session)
    known = db.session.scalars(select(Job).where(Job.key == key)).first()
    if known is not None:
        return known
    moment = clock.now()
    job = Job(kind=kind, payload=payload, key=key, run_at=run_at or moment, created_at=moment)
    db.session.add(job)
    db.session.flush()
    return job


def again(key: str) -> bool:
    """Let a job that failed for good be tried anew, because its cause is gone; returns whether there was one."""
    statement = (
        update(Job)
        .where(Job.key == key, Job.state == JobState.FAILED)
        .values(state=JobState.QUEUED, attempts=0, run_at=clock.now(), finished_at=None, error="")
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalars(statement).first() is not None


def claim() -> int | None:
    """Take the next due job for this worker and return its id; the caller commits."""
    moment = clock.now()
    due = (
        select(Job.id)
        .where(
            (Job.state == JobState.QUEUED) & (Job.run_at <= moment)
            | (Job.state == JobState.RUNNING) & (Job.lease_until < moment)
        )
        .order_by(Job.run_at, Job.id)
        .limit(1)
    )
    if skip_locked(db.session.connection()):
        due = due.with_for_update(skip_locked=True)
    statement = (
        update(Job)
        .where(Job.id.in_(due.scalar_subquery()))
        .values(state=JobState.RUNNING, lease_until=moment + LEASE, attempts=Job.attempts + 1)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalars(statement).first()


def due_tasks() -> list[Task]:
    """Claim the periodic tasks whose time has come (one worker gets each); the caller commits."""
    moment, due = clock.now(), []
    for task in _tasks.values():
        row = db.session.get(ScheduleRun, task.name)
        if row is None:
            db.session.add(ScheduleRun(name=task.name, ran_at=moment))
            due.append(task)
            continue
        limit = moment - timedelta(seconds=task.seconds)
        taken = (
            update(ScheduleRun)
            .where(ScheduleRun.name == task.name, (ScheduleRun.ran_at <= limit) | (ScheduleRun.ran_at > moment))
            .values(ran_at=moment)
            .returning(ScheduleRun.name)
            .execution_options(synchronize_session=False)
        )
        if db.session.scalars(taken).first():
            due.append(task)
    return due
