"""Names are unreadable in the database, keys rotate under it, files and backups come back whole."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import select, text, update

from core import backup, clock, crypto, files, rotation
from core.config import Config
from core.crypto import Keys, UnreadableError
from core.db import db
from core.errors import NotFoundError
from core.models import Account, FileChunk, Role, StoredFile

NAME = "Noor Verzonnen-Achternaam"


@pytest.fixture
def keys(app: Flask) -> Iterator[Keys]:
    """The keys of the suite; put back whatever a test configured."""
    config: Config = app.config["PANEL"]
    yield config.keys
    crypto.configure(config.keys)


def test_names_and_addresses_are_not_readable_in_the_database(app: Flask, make: Any, engine_name: str) -> None:
    make.core.account(Role.CLERK, name=NAME, email="noor@gemeente.example")
    stored = db.session.execute(text("SELECT * FROM account")).all()
    assert NAME not in str(stored)
    assert "noor@gemeente.example" not in str(stored)
    if engine_name == "sqlite":
        url = str(db.engine.url.database)
        content = b"".join(Path(f"{url}{suffix}").read_bytes() for suffix in ("", "-wal"))
        assert b"Verzonnen" not in content
        assert b"noor@" not in content


def test_keys_rotate_twice_and_the_old_key_is_no_longer_needed(app: Flask, make: Any, keys: Keys) -> None:
    for number in range(rotation.BATCH + 5):
        make.core.account(Role.CLERK, name=f"{NAME} {number}")
    stored = files.save(
        owner="test:1", name="x", media_type="text/plain", content=b"inhoud", expires_at=clock.now() + timedelta(days=1)
    )
    db.session.commit()
    for old, new in (
        (keys.identity[0], first := Fernet.generate_key().decode()),
        (first, second := Fernet.generate_key().decode()),
    ):
        crypto.configure(Keys((new, old), keys.index))
        assert "account.name: 205" in app.test_cli_runner().invoke(args=["keys", "rotate"]).output
    crypto.configure(Keys((second,), keys.index))
    db.session.expire_all()
    names = db.session.scalars(select(Account.name).order_by(Account.id)).all()
    assert names == [f"{NAME} {number}" for number in range(rotation.BATCH + 5)]
    assert files.read(stored) == b"inhoud"
    crypto.configure(Keys((first,), keys.index))
    with pytest.raises(UnreadableError):
        db.session.scalars(select(Account.email)).all()


def test_file_comes_back_whole_to_its_owner_until_it_expires(app: Flask) -> None:
    content = bytes(range(256)) * 3000
    saved = files.save(
        owner="wave:1", name="a.pdf", media_type="x/y", content=content, expires_at=clock.now() + timedelta(hours=1)
    )
    db.session.commit()
    assert files.read(files.get(saved.public_id, owner="wave:1")) == content
    assert len(db.session.scalars(select(FileChunk)).all()) == 3
    for public_id, owner in ((saved.public_id, "wave:2"), ("x", "wave:1")):
        with pytest.raises(NotFoundError):
            files.get(public_id, owner=owner)
    assert files.expire() == 0
    with clock.travel(clock.now() + timedelta(hours=2)):
        with pytest.raises(NotFoundError):
            files.get(saved.public_id, owner="wave:1")
        assert files.expire() == 1
    db.session.commit()
    assert not db.session.scalars(select(StoredFile)).all()
    assert not db.session.scalars(select(FileChunk)).all()


def test_damaged_file_is_noticed(app: Flask) -> None:
    saved = files.save(
        owner="x", name="x", media_type="x/y", content=b"abc", expires_at=clock.now() + timedelta(hours=1)
    )
    db.session.execute(update(FileChunk).values(content=crypto.encrypt_bytes(b"abd")))
    with pytest.raises(files.DamagedFileError):
        files.read(saved)


def test_backup_of_a_running_database_is_restored_elsewhere_only(app: Flask, make: Any, tmp_path: Path) -> None:
    make.core.account(Role.CLERK, name=NAME)
    database = tmp_path / "live.db"
    target = tmp_path / "copy.db"
    source = f"sqlite:///{database}"
    with backup.sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(1000)])
    backup.backup(source, target)
    with pytest.raises(backup.BackupError):
        backup.backup(source, target)
    with pytest.raises(backup.BackupError):
        backup.restore(source, target)
    place = tmp_path / "elsewhere" / "panel.db"
    backup.restore(f"sqlite:///{place}", target)
    with backup.sqlite3.connect(place) as connection:
        assert connection.execute("SELECT count(*), sum(x) FROM t").fetchone() == (1000, 499500)
    assert place.stat().st_mode & 0o077 == 0


def test_account_from_the_command_line_prints_a_setup_link(app: Flask) -> None:
    runner = app.test_cli_runner()
    arguments = ["accounts", "create", "noor@gemeente.example", "--name", NAME, "--role", "administrator"]
    created = runner.invoke(args=arguments)
    assert created.output.startswith("https://localhost/medewerkers/instellen/")
    assert runner.invoke(args=arguments).exit_code == 1
    link = runner.invoke(args=["accounts", "link", "noor@gemeente.example"]).output.strip()
    assert link != created.output.strip()
    assert app.test_client().get(link.removeprefix("https://localhost")).status_code == 200
    assert app.test_client().get(created.output.strip().removeprefix("https://localhost")).status_code == 410
    assert runner.invoke(args=["accounts", "link", "niemand@gemeente.example"]).exit_code == 1
