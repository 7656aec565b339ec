"""The worker: jobs once, retried with growing waits, tasks at their time, a clean end on SIGTERM."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core import audit, clock, jobs, worker
from core.db import db
from core.errors import DomainError
from core.models import Account, AuditEvent, Job, JobState, RateEvent, Role
from core.rate_limit import Limit, count
from tests.integration.core.processes import environment


@pytest.fixture
def handled() -> Iterator[list[Any]]:
    """What the test's handler was given."""
    given: list[Any] = []

    def handle(payload: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
        given.append(payload)
        progress(1, 3)
        audit.record("test.job", "job", str(payload["n"]))
        db.session.flush()
        progress(2, 3)
        if payload.get("fail"):
            raise DomainError("test-fault", secret="Noor de Vries")
        return {"answer": payload["n"]}

    jobs.handler("test.job", handle)
    yield given
    jobs._handlers.pop("test.job")


def only_job() -> Job:
    db.session.expire_all()
    return db.session.scalars(select(Job).where(Job.kind == "test.job")).one()


def test_job_runs_once_and_keeps_its_result(app: Flask, handled: list[Any], run_jobs: Callable[[], int]) -> None:
    jobs.enqueue("test.job", {"n": 1}, key="one")
    jobs.enqueue("test.job", {"n": 2}, key="one")
    assert run_jobs() == 1
    assert run_jobs() == 0
    job = only_job()
    assert (handled, job.state, job.result, job.progress_n, job.progress_of) == (
        [{"n": 1}],
        JobState.DONE,
        {"answer": 1},
        3,
        3,
    )


def test_failing_job_leaves_nothing_half_and_is_retried_with_growing_waits(
    app: Flask, handled: list[Any], run_jobs: Callable[[], int]
) -> None:
    jobs.enqueue("test.job", {"n": 1, "fail": True}, key="one")
    moment, waits = clock.now(), []
    for day in range(5):
        with clock.travel(moment + timedelta(days=day)):
            assert run_jobs() == 1
            waits.append(only_job().run_at - clock.now())
    job = only_job()
    assert (job.state, job.error) == (JobState.FAILED, "test-fault")
    assert waits[:4] == sorted(waits[:4])
    assert db.session.scalar(select(func.count()).where(AuditEvent.action == "test.job")) == 0


def test_job_of_a_killed_worker_is_taken_up_again(app: Flask, handled: list[Any], run_jobs: Callable[[], int]) -> None:
    jobs.enqueue("test.job", {"n": 1}, key="one")
    assert jobs.claim() is not None
    db.session.commit()
    assert run_jobs() == 0
    with clock.travel(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        assert run_jobs() == 1
    assert only_job().state is JobState.DONE


def test_job_that_kills_every_worker_is_given_up(app: Flask, handled: list[Any], run_jobs: Callable[[], int]) -> None:
    jobs.enqueue("test.job", {"n": 1}, key="one")
    for day in range(5):
        with clock.travel(clock.now() + timedelta(days=day)):
            jobs.claim()
            db.session.commit()
    with clock.travel(clock.now() + timedelta(days=9)):
        run_jobs()
    job = only_job()
    assert (job.state, job.error, handled) == (JobState.FAILED, "te-vaak-onderbroken", [])


def test_four_workers_run_each_job_once(app: Flask, handled: list[Any]) -> None:
    for n in range(20):
        jobs.enqueue("test.job", {"n": n}, key=f"job-{n}")
    db.session.commit()
    faults: list[BaseException] = []

    def work() -> None:
        with app.app_context():
            try:
                worker.run_due_jobs()
            except BaseException as error:
                faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert sorted(payload["n"] for payload in handled) == list(range(20))


def test_task_runs_at_its_time_and_a_failing_one_stops_nobody(app: Flask) -> None:
    ran: list[str] = []

    def fail() -> None:
        ran.append("fails")
        raise RuntimeError

    jobs.every(60, "test.fails", fail)
    jobs.every(60, "test.works", lambda: ran.append("works"))
    try:
        worker.run_due_tasks()
        worker.run_due_tasks()
        assert ran == ["fails", "works"]
        with clock.travel(clock.now() + timedelta(minutes=2)):
            worker.run_due_tasks()
        assert ran == ["fails", "works"] * 2
    finally:
        for name in ("test.fails", "test.works"):
            jobs._tasks.pop(name)


def test_chores_seal_the_log_and_clear_what_is_over(app: Flask) -> None:
    jobs.load()
    count(Limit("test", "x", 5, timedelta(minutes=1)))
    audit.record("test.act", "thing", "1")
    db.session.commit()
    with clock.travel(clock.now() + timedelta(days=3)):
        worker.run_until_idle()
    assert audit.verify().sealed >= 1
    assert audit.verify().unsealed == 0
    assert db.session.scalar(select(func.count()).select_from(RateEvent)) == 0


def test_progress_page_shows_a_job_and_retries_a_failed_one(
    client: FlaskClient, make: Any, sign_in_staff: Callable[[FlaskClient, Account], FlaskClient], handled: list[Any]
) -> None:
    job = jobs.enqueue("test.job", {"n": 1}, key="one")
    job.state, job.error, job.progress_n, job.progress_of = JobState.FAILED, "test-fault", 2, 5
    db.session.commit()
    address = f"/beheer/taken/{job.public_id}"
    sign_in_staff(client, make.core.account(Role.ANALYST))
    page = client.get(address).get_data(as_text=True)
    assert "2 van 5" in page
    assert "Probeer opnieuw" not in page
    assert client.post(f"{address}/opnieuw").status_code == 403
    sign_in_staff(client, make.core.account(Role.CLERK))
    assert client.get("/beheer/taken").status_code == 200
    assert client.post(f"{address}/opnieuw").status_code == 302
    assert only_job().state is JobState.QUEUED
    assert client.post(f"{address}/opnieuw").status_code == 409


def test_worker_ends_by_itself_on_sigterm(app: Flask) -> None:
    audit.record("test.act", "thing", "1")
    db.session.commit()
    command = [sys.executable, "-m", "flask", "worker"]
    process = subprocess.Popen(command, env=environment(app), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "worker started\n"
    deadline = time.monotonic() + 20
    while audit.verify().sealed == 0 and time.monotonic() < deadline:
        db.session.rollback()
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=20)
    assert (process.returncode, rest) == (0, "worker stopped\n")
    assert audit.verify().sealed == 1
