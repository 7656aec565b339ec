"""Writes that must stand whatever becomes of the request: reads and refusals in the audit log, session touches.

They run in a transaction of their own after the request's transaction has ended.
"""

from collections.abc import Callable
from contextvars import ContextVar

from core import audit
from core.db import db

_pending: ContextVar[tuple[Callable[[], None], ...]] = ContextVar("trace_pending", default=())


def after_request(write: Callable[[], None]) -> None:
    """Remember a write for after the request."""
    _pending.set((*_pending.get(), write))


def seen(action: str, object_kind: str, object_ref: str, *, result: str = "ok") -> None:
    """Note in the audit log that personal data were viewed, or that something was refused."""

    def write() -> None:
        audit.record(action, object_kind, object_ref, result=result)

    after_request(write)


def flush() -> None:
    """Carry out what was remembered, in one transaction of its own."""
    writes = _pending.get()
    _pending.set(())
    if not writes:
        return
    db.session.rollback()
    for write in writes:
        write()
    db.session.commit()
