"""Who is at the door: server-side sessions, one cookie per kind, loaded for the audience of the endpoint."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import g, request
from flask_login import UserMixin
from sqlalchemy import bindparam, delete, select, update
from werkzeug.wrappers import Response

from core import actor as acting
from core import clock, trace
from core.actor import Actor
from core.db import db
from core.models import ServerSession, SessionKind
from core.sessions import end_everywhere as end_everywhere
from core.sessions import end_expired as end_expired

IDLE = {
    SessionKind.STAFF: timedelta(minutes=60),
    SessionKind.MEMBER: timedelta(minutes=60),
    SessionKind.INVITATION: timedelta(hours=4),
    SessionKind.OUTSIDE: timedelta(hours=2),
}
ABSOLUTE = {
    SessionKind.STAFF: timedelta(hours=10),
    SessionKind.MEMBER: timedelta(hours=12),
    SessionKind.INVITATION: timedelta(hours=24),
    SessionKind.OUTSIDE: timedelta(hours=8),
}
TOUCH = timedelta(minutes=1)


class LiveSession(NamedTuple):
    """The row of a session as one request reads it, in the order of the columns of its table."""

    id_hash: str
    kind: SessionKind
    subject: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    data: dict[str, Any]


@dataclass(frozen=True)
class Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """The person behind a request: `subject` is the loaded account, member or other thing of the session."""

    kind: str = "anonymous"
    subject: Any = None
    actor: Actor = field(default_factory=lambda: Actor(kind="visitor"))
    session: LiveSession | None = None

    @property
    def is_authenticated(self) -> bool:
        """Whether there is a live session."""
        return self.kind != "anonymous"


ANONYMOUS = Visitor()
Loader = Callable[[LiveSession], tuple[Any, Actor] | None]
_loaders: dict[SessionKind, Loader] = {}


def subject_loader(kind: SessionKind, loader: Loader) -> None:
    """Register how a kind of session finds its subject and actor; None ends the session."""
    _loaders[kind] = loader


def cookie_name(kind: SessionKind) -> str:
    """The cookie of a kind of session."""
    return f"__Host-{kind.value}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def load(audience: str | None) -> Visitor:
    """Load the visitor for an audience; a public page knows a staff member or a member when there is one."""
    kinds = [SessionKind(audience)] if audience in set(SessionKind) else [SessionKind.STAFF, SessionKind.MEMBER]
    visitor = next((v for v in map(_visitor, kinds) if v is not None), None)
    g.visitor = visitor or Visitor(actor=Actor(kind="visitor", origin=request.remote_addr or ""))
    acting.set_actor(g.visitor.actor)
    return current()


def current() -> Visitor:
    """The visitor of this request."""
    visitor: Visitor = g.get("visitor", ANONYMOUS)
    return visitor


# prepared once: every request of every visitor reads this row, and only reads it
_TABLE = ServerSession.__table__
_BY_HASH = select(*(_TABLE.c[name] for name in LiveSession._fields)).where(_TABLE.c.id_hash == bindparam("id_hash"))


def _read(id_hash: str) -> LiveSession | None:
    row = db.session.connection().execute(_BY_HASH, {"id_hash": id_hash}).first()
    return None if row is None else LiveSession(*row)


def find_session(kind: SessionKind) -> LiveSession | None:
    """The live session of this kind behind the browser's cookie, also one that its loader does not accept yet."""
    token = request.cookies.get(cookie_name(kind))
    row = _read(_hash(token)) if token else None
    moment = clock.now()
    if row is None or row.kind is not kind or row.expires_at <= moment or row.seen_at + IDLE[kind] <= moment:
        return None
    return row


def _visitor(kind: SessionKind) -> Visitor | None:
    row = find_session(kind)
    loaded = _loaders[kind](row) if row is not None and kind in _loaders else None
    if row is None or loaded is None:
        return None
    moment = clock.now()
    if row.seen_at + TOUCH <= moment:
        trace.after_request(_touch(row.id_hash, moment))
    return Visitor(kind.value, loaded[0], loaded[1], row)


def _touch(id_hash: str, moment: Any) -> Callable[[], None]:
    def touch() -> None:
        db.session.execute(update(ServerSession).where(ServerSession.id_hash == id_hash).values(seen_at=moment))

    return touch


def start(kind: SessionKind, subject: str, *, data: dict[str, Any] | None = None) -> str:
    """Start a session in the current transaction and return the token for `give_cookie`."""
    token, moment = secrets.token_urlsafe(32), clock.now()
    db.session.add(
        ServerSession(
            id_hash=_hash(token),
            kind=kind,
            subject=subject,
            created_at=moment,
            seen_at=moment,
            expires_at=moment + ABSOLUTE[kind],
            data=data or {},
        )
    )
    db.session.flush()
    return token


def give_cookie(response: Response, kind: SessionKind, token: str) -> Response:
    """Hand the session's token to the browser."""
    response.set_cookie(cookie_name(kind), token, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def end(kind: SessionKind, response: Response) -> Response:
    """End this browser's session of a kind, on the server too."""
    token = request.cookies.get(cookie_name(kind))
    if token:
        db.session.execute(delete(ServerSession).where(ServerSession.id_hash == _hash(token)))
    response.delete_cookie(cookie_name(kind), secure=True, httponly=True, samesite="Lax", path="/")
    return response
