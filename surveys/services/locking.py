"""Locking a thing together with what hangs on it, so that gates judge what stands now."""

from typing import TypeVar

from core.db import Model, db
from core.dialect import lock

T = TypeVar("T", bound=Model)


def lock_whole(thing: T) -> T:
    """Take the row for this transaction and forget every row that was read before: they may be old by now."""
    lock(db.session, thing)
    db.session.expire_all()
    return thing
