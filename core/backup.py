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
    if target.exists():
        raise BackupError(f"{target} exists already")
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        copy_sqlite(str(url.database), str(target))
    else:
        _postgresql("pg_dump", url, "--format=custom", f"--file={target}")
    target.chmod(0o600)


def restore(database_url: str, source: Path) -> None:
    """Put a backup back into an empty place; an existing SQLite file is never overwritten."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        _postgresql("pg_restore", url, "--no-owner", "--exit-on-error", f"--dbname={url.database}", str(source))
        return
    place = Path(str(url.database))
    if place.exists():
        raise BackupError(f"{place} exists already: restore to an empty place")
    with closing(sqlite3.connect(source)) as connection:
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        raise BackupError(f"the backup is damaged: {answer}")
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, place)
    place.chmod(0o600)


def _postgresql(program: str, url: URL, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is not installed: install the PostgreSQL client programs")
    connection = {"PGHOST": url.host, "PGUSER": url.username, "PGPASSWORD": url.password, "PGDATABASE": url.database}
    environment = {**os.environ, **{key: value for key, value in connection.items() if value}}
    if url.port:
        environment["PGPORT"] = str(url.port)
    # the program is found on the path and the arguments are ours: no shell, no outside input
    done = subprocess.run([path, *arguments], env=environment, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[:500]}")
