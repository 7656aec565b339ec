"""Backup and restore of the database: a consistent copy while the product runs, and putting it back elsewhere."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

from core.dialect import copy_sqlite


class BackupError(RuntimeError):
    """The backup or the restore could not be made; the text says why."""


def backup(database_url: str, target: Path) -> None:
    """Write a consistent copy of the database to a new file."""
    _make_private(target)
    url = make_url(database_url)
    try:
        if url.get_backend_name() == "sqlite":
            copy_sqlite(str(url.database), str(target))
        else:
            _postgresql("pg_dump", url, "--format=custom", f"--file={target}")
    except (BackupError, sqlite3.Error):
        # a half-written copy must not be taken for a backup
        target.unlink(missing_ok=True)
        raise


def restore(database_url: str, source: Path) -> None:
    """Put a backup back into an empty place; an existing SQLite file is never overwritten."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        _postgresql("pg_restore", url, "--no-owner", "--single-transaction", str(source))
        return
    place = Path(str(url.database))
    answer = _integrity(source)
    if answer != "ok":
        raise BackupError(f"the backup is damaged: {answer}")
    place.parent.mkdir(parents=True, exist_ok=True)
    _make_private(place)
    shutil.copyfile(source, place)


def _make_private(file: Path) -> None:
    """Make an empty file that nobody else can read, before there is anything in it; an existing file stays."""
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        raise BackupError(f"{file} exists already: choose an empty place") from error


def _integrity(source: Path) -> str:
    try:
        with closing(sqlite3.connect(source)) as connection:
            return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)


def _postgresql(program: str, url: URL, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is not installed: install the PostgreSQL client programs")
    # the whole address (a socket, sslmode and the like too) but the password, which others could see among processes
    address = url.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    command = [path, f"--dbname={address}", *arguments]
    # the program is found on the path and the arguments are ours: no shell, no outside input
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[:500]}")
