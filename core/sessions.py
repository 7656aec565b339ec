"""Ending sessions on the server: everywhere at once, and those whose time is over."""

from sqlalchemy import delete

from core import clock
from core.db import db
from core.models import ServerSession, SessionKind


def end_everywhere(kind: SessionKind, subject: str) -> None:
    """End all sessions of a subject."""
    db.session.execute(delete(ServerSession).where(ServerSession.kind == kind, ServerSession.subject == subject))


def end_expired() -> None:
    """Delete sessions that are over (retention job of this table)."""
    db.session.execute(delete(ServerSession).where(ServerSession.expires_at <= clock.now()))
