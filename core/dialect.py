"""The one place with dialect-specific SQL: connecting, locking, rewriting tables, refusing changes."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, TypeVar

from sqlalchemy import DDL, Connection, Engine, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, scoped_session

T = TypeVar("T")
AnySession = Session | scoped_session[Any]


def engine_options(url: str) -> dict[str, Any]:
    """Engine options: on SQLite reads stay outside transactions and the first write takes BEGIN IMMEDIATE.

    What a database error says leaves out the values of the statement: they are what people filled in.
    """
    if url.startswith("sqlite"):
        arguments = {"isolation_level": "IMMEDIATE", "timeout": 10, "check_same_thread": False}
        return {"hide_parameters": True, "connect_args": arguments}
    arguments = {"options": "-c lock_timeout=10s"}
    return {"hide_parameters": True, "pool_pre_ping": True, "pool_size": 8, "connect_args": arguments}


def listen(engine: Engine) -> None:
    """Set the SQLite pragmas on every new connection of this engine."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()


def begin_write(session: AnySession) -> None:
    """Start the write transaction now, so that what is read next cannot change before the commit."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def lock(session: AnySession, thing: T) -> T:
    """Take the row of `thing` for this transaction and reread it (FOR UPDATE, or SQLite's single writer)."""
    session.flush()
    begin_write(session)
    session.refresh(thing, with_for_update=True)
    return thing


def lock_name(session: AnySession, name: str) -> None:
    """Hold a lock on a name until the end of this transaction (advisory lock, or SQLite's single writer)."""
    begin_write(session)
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def in_write(session: AnySession) -> bool:
    """Whether this session holds the one write lock of SQLite, so that a second connection would wait for itself."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return False
    driver: Any = connection.connection.driver_connection
    return bool(driver.in_transaction)


def rewrite_tables(engine: Engine, tables: list[str]) -> None:
    """Rewrite tables on disk so that neither row order nor deleted versions remain (VACUUM FULL / VACUUM)."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for name in tables:
            connection.execute(text(f'VACUUM FULL "{name}"'))


def copy_sqlite(source: str, target: str) -> None:
    """Write a consistent copy of a SQLite database to a new file while others write to it."""
    with closing(sqlite3.connect(source, timeout=30)) as connection:
        connection.execute("VACUUM INTO ?", (target,))


def insert_new(session: AnySession, table: type[Any], rows: Sequence[Mapping[str, Any]], unique: Sequence[str]) -> int:
    """Insert rows, leaving alone those whose unique columns are there already; returns how many are new.

    Looking them up first costs a scan of the table while the engine does not know yet how large it has become.
    """
    if not rows:
        return 0
    insert = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    made = insert(table).on_conflict_do_nothing(index_elements=list(unique)).returning(table.id)
    return len(session.execute(made.execution_options(synchronize_session=False), list(rows)).all())


def skip_locked(connection: Connection) -> bool:
    """Whether the engine can skip rows that another worker holds."""
    return connection.dialect.name == "postgresql"


def append_only(*models: type[Any]) -> None:
    """Let the database itself refuse UPDATE and DELETE on the tables of these models."""
    for model in models:
        _refuse_changes(model.__table__)


def _refuse_changes(table: Table) -> None:
    refusals: dict[str, list[str]] = {"sqlite": [], "postgresql": []}
    function = f"{table.name}_append_only"
    for verb in ("UPDATE", "DELETE"):
        name = f"tr_{table.name}_{verb.lower()}"
        refusals["sqlite"].append(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table.name} "
            f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
        )
        refusals["postgresql"].append(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table.name} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    body = (
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{table.name} is append-only'; END $$"
    )
    for statement in refusals["sqlite"]:
        event.listen(table, "after_create", _ddl(statement).execute_if(dialect="sqlite"))
    for statement in (body, *refusals["postgresql"]):
        event.listen(table, "after_create", _ddl(statement).execute_if(dialect="postgresql"))


def _ddl(statement: str) -> DDL:
    ddl: DDL = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    return ddl
