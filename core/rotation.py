"""Re-encrypts everything that the identity keys protect under the newest key, in batches, while the product runs."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, LargeBinary, Text, and_, select, tuple_, type_coerce, update
from sqlalchemy.sql.elements import ColumnElement

from core import crypto
from core.db import EncryptedText, db
from core.models import FileChunk

BATCH = 200


def encrypted_columns() -> list[Column[Any]]:
    """Every column that the identity keys protect."""
    texts = [
        column
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, EncryptedText)
    ]
    chunks: Any = FileChunk.__table__.c.content
    return [*texts, chunks]


def rotate(report: Callable[[str, int], None] = lambda _name, _count: None) -> int:
    """Re-encrypt all protected values; commits per batch. A value that changed meanwhile is already new."""
    total = 0
    for column in encrypted_columns():
        count = 0
        for batch in _batches(column):
            count += _rotate_batch(column, batch)
            db.session.commit()
        report(f"{column.table.name}.{column.name}", count)
        total += count
    return total


def _raw(column: Column[Any]) -> ColumnElement[Any]:
    return type_coerce(column, LargeBinary() if isinstance(column.type, LargeBinary) else Text())


def _batches(column: Column[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of (primary key…, stored value), batch after batch in the order of the key."""
    keys = list(column.table.primary_key.columns)
    last: tuple[Any, ...] | None = None
    while True:
        wanted = select(*keys, _raw(column)).where(column.is_not(None)).order_by(*keys).limit(BATCH)
        if last is not None:
            wanted = wanted.where(tuple_(*keys) > tuple_(*last))
        rows = [tuple(row) for row in db.session.execute(wanted)]
        if not rows:
            return
        last = rows[-1][:-1]
        yield rows


def _rotate_batch(column: Column[Any], rows: list[tuple[Any, ...]]) -> int:
    keys = list(column.table.primary_key.columns)
    for *key, stored in rows:
        fresh = crypto.rotate_bytes(stored) if isinstance(stored, bytes) else crypto.rotate(stored)
        same_row = and_(*(part == value for part, value in zip(keys, key, strict=True)))
        db.session.execute(
            update(column.table)
            .where(same_row, _raw(column) == stored)
            .values({column.name: type_coerce(fresh, _raw(column).type)})
        )
    return len(rows)
