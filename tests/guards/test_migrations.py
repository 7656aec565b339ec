"""A migrated database is the database that the models describe: columns, CHECKs, UNIQUEs, keys, triggers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, create_engine, inspect, text

from core import dialect
from core.db import db
from tests import database as databases


@contextmanager
def other_database(app: Flask, engine_name: str, tmp_path: Path) -> Iterator[Engine]:
    """A second, empty database of the same kind, put in the place of the application's own."""
    tmp_path.mkdir(exist_ok=True)
    made = databases.sqlite(tmp_path) if engine_name == "sqlite" else databases.postgresql("panel_migrated")
    engine = create_engine(made.url, **dialect.engine_options(made.url))
    dialect.listen(engine)
    engines = db.engines
    own = engines[None]
    engines[None] = engine  # type: ignore[index]  # the stubs forget the database without a name
    try:
        yield engine
    finally:
        db.session.remove()
        engines[None] = own  # type: ignore[index]  # the same
        engine.dispose()


def schema(engine: Engine) -> dict[str, object]:
    """Everything about the tables that a migration could forget."""
    found: dict[str, object] = {}
    inspector = inspect(engine)
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        found[f"{table}:columns"] = sorted(
            (c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)
        )
        found[f"{table}:checks"] = sorted(
            (c["name"], re.sub(r"[\s()\"]+", "", str(c["sqltext"]))) for c in inspector.get_check_constraints(table)
        )
        found[f"{table}:uniques"] = sorted(
            tuple(sorted(c["column_names"])) for c in inspector.get_unique_constraints(table)
        )
        found[f"{table}:keys"] = sorted(
            (tuple(k["constrained_columns"]), k["referred_table"], str(k["options"]))
            for k in inspector.get_foreign_keys(table)
        )
        found[f"{table}:indexes"] = sorted((str(i["name"]), i["unique"]) for i in inspector.get_indexes(table))
    found["triggers"] = triggers(engine)
    found["storage"] = storage(engine)
    return found


def storage(engine: Engine) -> list[tuple[str, bool, bool]]:
    """On SQLite: which tables never reuse an id, and which keep no rowid."""
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"))
        return [
            (str(name), "AUTOINCREMENT" in str(sql), "WITHOUT ROWID" in str(sql))
            for name, sql in rows
            if name not in {"alembic_version", "sqlite_sequence"}
        ]


def triggers(engine: Engine) -> list[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        if engine.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
    )
    with engine.connect() as connection:
        return [str(row[0]) for row in connection.execute(text(query))]


def test_migrated_schema_equals_the_models(app: Flask, engine_name: str, tmp_path: Path) -> None:
    with other_database(app, engine_name, tmp_path / "created") as engine:
        db.create_all()
        described = schema(engine)
    with other_database(app, engine_name, tmp_path / "migrated") as engine:
        upgrade()
        migrated = schema(engine)
    assert migrated.keys() == described.keys()
    for name, value in described.items():
        assert migrated[name] == value, name
    assert described["triggers"]


def test_migrations_go_down_and_up_again(app: Flask, engine_name: str, tmp_path: Path) -> None:
    with other_database(app, engine_name, tmp_path / "updown") as engine:
        upgrade()
        before = schema(engine)
        downgrade(revision="base")
        assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
        upgrade()
        assert schema(engine) == before


def test_there_is_one_head() -> None:
    folder = Path(__file__).resolve().parents[2] / "migrations" / "versions"
    texts = [f.read_text(encoding="utf-8") for f in folder.glob("*.py")]
    revisions = {m[1] for t in texts if (m := re.search(r"^revision = [\"'](.+?)[\"']", t, re.M))}
    assert len(revisions) == len(texts)
    parents = {m[1] for t in texts if (m := re.search(r"^down_revision = [\"'](.+?)[\"']", t, re.M))}
    assert len(revisions - parents) == 1


def test_migrations_are_numbered_without_a_gap() -> None:
    folder = Path(__file__).resolve().parents[2] / "migrations" / "versions"
    numbers = sorted(int(f.name[:4]) for f in folder.glob("*.py"))
    assert numbers == list(range(1, len(numbers) + 1))
