"""The database object, the base class of every model and the column types that hold our storage decisions."""

import secrets
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, registry

from core import crypto

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite gives rowids only to INTEGER columns; PostgreSQL gets the bigint the storage decisions ask for.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: refuses naive values, stores UTC, returns aware values on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into what the engine keeps; raises ValueError on a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime refused: pass an aware instant")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every stored instant back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EncryptedText(TypeDecorator[str]):
    """Text that is encrypted at rest with the identity keys; never searchable, use a blind index beside it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt before the value reaches the database."""
        return None if value is None else crypto.encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt after reading."""
        return None if value is None else crypto.decrypt(value)


def enum_column(kind: type[StrEnum], name: str) -> Enum:
    """Column type that stores the values of a StrEnum as text under a named CHECK."""
    return Enum(
        kind,
        name=name,
        values_callable=lambda members: [m.value for m in members],
        native_enum=False,
        create_constraint=True,
        length=40,
    )


def new_public_id() -> str:
    """Random 128-bit id for wherever an id meets a URL."""
    return secrets.token_urlsafe(16)


_registry = registry(
    metadata=MetaData(naming_convention=NAMING),
    type_annotation_map={
        datetime: UtcDateTime(),
        int: BigId,
        str: String(500),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    },
)


class Base(DeclarativeBase):
    """Declarative base; the registry carries type map and naming convention (on the class they would get lost)."""

    registry = _registry


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

__all__ = ["BigId", "EncryptedText", "Model", "UtcDateTime", "date", "db", "enum_column", "new_public_id"]
