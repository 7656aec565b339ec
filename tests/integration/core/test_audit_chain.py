"""The chain holds under eight writers, and every way of tampering is found."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from core import audit, chores
from core.db import db

OPEN = {
    "sqlite": ["DROP TRIGGER tr_audit_event_update", "DROP TRIGGER tr_audit_event_delete", "PRAGMA foreign_keys=OFF"],
    "postgresql": ["SET session_replication_role = replica"],
}
CLOSE = {"sqlite": ["PRAGMA foreign_keys=ON"], "postgresql": ["SET session_replication_role = DEFAULT"]}


def write(rows: int) -> None:
    for number in range(rows):
        audit.record("test.act", "thing", str(number), detail={"ï": number})
        db.session.commit()


def in_threads(app: Flask, work: Callable[[], None], n: int) -> list[BaseException]:
    faults: list[BaseException] = []

    def run() -> None:
        with app.app_context():
            try:
                work()
            except BaseException as error:
                faults.append(error)

    threads = [threading.Thread(target=run) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_chain_is_whole_under_eight_writers_and_two_sealers(app: Flask) -> None:
    stop = threading.Event()

    def seal_often() -> None:
        while not stop.is_set():
            audit.seal(7)
            db.session.commit()
            stop.wait(0.01)

    sealers = [threading.Thread(target=lambda: in_threads(app, seal_often, 1)) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    faults = in_threads(app, lambda: write(15), 8)
    stop.set()
    for sealer in sealers:
        sealer.join()
    assert not faults
    chores.seal_audit()
    db.session.commit()
    found = audit.verify()
    assert found.intact
    assert (found.sealed, found.unsealed) == (120, 0)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_event SET action = 'other' WHERE id = 3",
        "UPDATE audit_event SET at = '2020-01-01 00:00:00' WHERE id = 5",
        "DELETE FROM audit_event WHERE id = 4",
    ],
)
def test_tampering_behind_the_triggers_is_found(app: Flask, engine_name: str, tampering: str) -> None:
    write(6)
    audit.seal()
    db.session.commit()
    assert audit.verify().intact
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in (*OPEN[engine_name], tampering, *CLOSE[engine_name]):
            connection.execute(text(statement))
    assert not audit.verify().intact


def test_row_put_in_between_waits_unsealed_and_never_joins_the_past(app: Flask) -> None:
    write(2)
    audit.seal()
    write(1)
    found = audit.verify()
    assert (found.intact, found.sealed, found.unsealed) == (True, 2, 1)


@pytest.mark.parametrize("statement", ["UPDATE audit_seal SET digest = 'x'", "DELETE FROM audit_seal"])
def test_seal_refuses_change(app: Flask, statement: str) -> None:
    write(1)
    audit.seal()
    db.session.commit()
    with pytest.raises((IntegrityError, OperationalError, Exception), match="append-only"):
        db.session.execute(text(statement))


def test_verify_command_tells_and_fails(app: Flask, engine_name: str) -> None:
    write(3)
    audit.seal()
    db.session.commit()
    runner = app.test_cli_runner()
    assert "intact: 3 sealed" in runner.invoke(args=["audit", "verify"]).output
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in (*OPEN[engine_name], "UPDATE audit_event SET result = 'x' WHERE id = 2", *CLOSE[engine_name]):
            connection.execute(text(statement))
    result = runner.invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert "BROKEN at position 2" in result.stderr


def test_forgotten_person_leaves_the_chain_whole(app: Flask) -> None:
    before = audit.subject_ref("member", 7)
    audit.record("test.act", "member", before)
    audit.seal()
    audit.forget_subject("member", 7)
    db.session.commit()
    assert audit.verify().intact
    assert audit.subject_ref("member", 7) != before
