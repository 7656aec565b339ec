"""Alembic environment: the schema of the application, batch mode, triggers kept apart (see core.dialect)."""

from typing import Any

from alembic import context
from flask import current_app

config = context.config
database = current_app.extensions["migrate"].db


def keep(_object: Any, name: str | None, type_: str, _reflected: bool, _compare_to: Any) -> bool:
    """Leave the bookkeeping of SQLite out of the comparison."""
    return not (type_ == "table" and name == "sqlite_sequence")


def run() -> None:
    """Migrate over one connection of the application's own engine."""
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            compare_type=True,
            include_object=keep,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
