"""A house that was filled under the first release keeps every value when it moves on to the newest one, and back."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Engine, MetaData, Table

from tests.guards.test_migrations import other_database

pytestmark = pytest.mark.slow

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
FIRST, *LATER = sorted(file.stem.partition("_")[0] for file in VERSIONS.glob("0*.py"))
ROWS = (1, 2, 3)
DAY = date(2026, 3, 1)
MUNICIPALITIES = {1: "GM0355", 2: "GM0355", 3: "GM0344"}
STANDS = {1: "dormant", 2: "active", 3: "left"}
BLANK: dict[type, Any] = {bool: False, float: 0.5, object: {}, dict: {}, bytes: b"bytes"}
Value = Any
Rows = dict[str, list[tuple[Value, ...]]]


@pytest.fixture
def engine(app: Flask, engine_name: str, tmp_path: Path) -> Iterator[Engine]:
    """A database of the first release in the place of the application's own."""
    with other_database(app, engine_name, tmp_path / "grown") as engine:
        upgrade(revision=FIRST)
        yield engine


@pytest.fixture
def tables(engine: Engine) -> MetaData:
    """The tables as the first release had them."""
    found = MetaData()
    found.reflect(engine)
    found.remove(found.tables["alembic_version"])
    return found


def fill(engine: Engine, tables: MetaData) -> Rows:
    """Three rows in every table, made from its columns, keys and CHECKs; returns what stands."""
    words = {name: _words(engine, name) for name in tables.tables}
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            connection.execute(table.insert(), [_row(table, n, words[table.name]) for n in ROWS])
    return standing(engine, tables)


def standing(engine: Engine, tables: MetaData) -> Rows:
    """Every row of these tables, in the columns that they had then."""
    with engine.connect() as connection:
        return {name: _rows(connection, table) for name, table in tables.tables.items()}


def _rows(connection: Connection, table: Table) -> list[tuple[Value, ...]]:
    return [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))]


def _words(engine: Engine, table: str) -> dict[str, str]:
    """Per column with a closed list of words: the first of those."""
    found = {}
    for check in sa.inspect(engine).get_check_constraints(table):
        bare = re.sub(r"::[a-z ]+|[()\[\]\"]|ARRAY", "", str(check["sqltext"]))
        one_of = re.fullmatch(r"\s*(\w+)\s*(?:IN|= ANY|=)\s*'([^']*)'(?:,\s*'[^']*')*\s*", bare)
        if one_of:
            found[one_of[1]] = one_of[2]
    return found


def _row(table: Table, n: int, words: dict[str, str]) -> dict[str, Value]:
    made = {column.name: _value(column, n, words) for column in table.columns if not column.nullable}
    return {**made, **SPECIAL[table.name](n)} if table.name in SPECIAL else made


def _value(column: sa.Column[Any], n: int, words: dict[str, str]) -> Value:
    if column.name in words:
        return words[column.name]
    kind = column.type.python_type
    if kind is int:
        return n
    if kind is str:
        return f"{column.name}-{n}"[: getattr(column.type, "length", None)]
    if kind is datetime:
        return datetime(2026, 3, n, tzinfo=UTC)
    return DAY + timedelta(days=n) if kind is date else BLANK[kind]


SPECIAL: dict[str, Callable[[int], dict[str, Value]]] = {
    "population_figure": lambda n: {"gm_code": MUNICIPALITIES[n], "category": f"category {n}"},
    "recruitment_round": lambda n: {
        "letter_on": DAY,
        "respond_by": DAY + timedelta(days=30),
        "sample_delete_on": DAY + timedelta(days=180),
    },
    "finding": lambda n: {"item_key": "speed", "finding_key": f"found-{n}"},
    "sign_off": lambda n: {"signed_at": datetime(2026, 3, n, tzinfo=UTC)},
    "member": lambda n: {"status": STANDS[n], "round_id": n, "admitted_at": datetime(2026, 3, n, tzinfo=UTC)},
}


def adopted(engine: Engine) -> list[tuple[str, str, int, int, int]]:
    """Per set of figures: municipality, kind, rows as it says, figures that lie in it, times it was chosen."""
    query = """
        SELECT s.gm_code, s.kind, s.rows,
            (SELECT count(*) FROM population_figure f WHERE f.set_id = s.id AND f.gm_code = s.gm_code),
            (SELECT count(*) FROM population_choice c WHERE c.set_id = s.id)
        FROM population_set s ORDER BY s.gm_code DESC
    """
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_every_value_survives_each_step_up_and_the_way_down(engine: Engine, tables: MetaData) -> None:
    before = fill(engine, tables)
    assert {len(rows) for rows in before.values()} == {len(ROWS)}
    for revision in LATER:
        upgrade(revision=revision)
        assert standing(engine, tables) == before, revision
    downgrade(revision=FIRST)
    assert standing(engine, tables) == before


def test_figures_are_adopted_in_one_shipped_set_of_each_municipality(engine: Engine, tables: MetaData) -> None:
    fill(engine, tables)
    upgrade()
    assert adopted(engine) == [("GM0355", "shipped", 2, 2, 1), ("GM0344", "shipped", 1, 1, 1)]


def test_an_empty_house_adopts_nothing(engine: Engine) -> None:
    upgrade()
    assert adopted(engine) == []


def test_who_slept_already_sleeps_since_the_day_of_the_move(engine: Engine, tables: MetaData) -> None:
    fill(engine, tables)
    upgrade()
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT status, dormant_since IS NOT NULL FROM member ORDER BY id")).all()
    assert [(status, bool(known)) for status, known in rows] == [("dormant", True), ("active", False), ("left", False)]
