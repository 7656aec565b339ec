"""The outbox: mails are written with the change that causes them and leave afterwards, at most once.

A row holds the kind, the recipient's id and ids of what it is about. Packages register a renderer per kind;
it runs at the moment of sending, so no link, code or address is ever stored.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, select, update

from core import clock
from core.db import db
from core.dialect import insert_new, skip_locked
from core.models import Mail, MailState

LEASE = timedelta(minutes=2)
LATER = timedelta(minutes=10)
RETRY = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))


class NotYetError(RuntimeError):
    """A renderer lacks something that will come back: the mail waits and loses none of its attempts."""


@dataclass(frozen=True)
class MailContent:
    """What a renderer gives: the address and the template of templates/email/ with its values."""

    to: str
    subject: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    unsubscribe_url: str = ""


Renderer = Callable[[Mail], MailContent | None]
_renderers: dict[str, Renderer] = {}
_first: set[str] = set()


def register(kind: str, renderer: Renderer, *, first: bool = False) -> None:
    """Register how a kind of mail is made; None from the renderer means: no longer to be sent.

    `first` is for mails somebody waits for at the screen: they go before a queue of invitations.
    """
    _renderers[kind] = renderer
    if first:
        _first.add(kind)


def renderer_of(kind: str) -> Renderer:
    """The renderer of a kind (KeyError when a package forgot to register it)."""
    return _renderers[kind]


@dataclass(frozen=True)
class Recipient:
    """To whom: `kind` is member, account, applicant or outside; `number` the id inside; `key` makes it unique."""

    kind: str
    number: int
    payload: dict[str, Any]
    key: str


def post(kind: str, recipient: Recipient, *, run_at: datetime | None = None) -> None:
    """Put one mail into the outbox in the current transaction; the same key twice is one mail."""
    post_many(kind, [recipient], run_at=run_at)


def post_many(kind: str, recipients: Iterable[Recipient], *, run_at: datetime | None = None) -> int:
    """Put mails into the outbox in the current transaction, skipping keys that are there already."""
    renderer_of(kind)
    moment = clock.now()
    wanted = {r.key: r for r in recipients}
    rows = [
        {
            "kind": kind,
            "recipient_kind": r.kind,
            "recipient_id": r.number,
            "payload": r.payload,
            "key": r.key,
            "state": MailState.QUEUED,
            "run_at": run_at or moment,
            "attempts": 0,
            "error": "",
            "created_at": moment,
        }
        for r in wanted.values()
    ]
    return insert_new(db.session, Mail, rows, ("key",))


def claim(limit: int = 50) -> list[int]:
    """Mark due mails as *sending* and return their ids; the caller commits before it talks to the relay."""
    moment = clock.now()
    due = (
        select(Mail.id)
        .where(Mail.state == MailState.QUEUED, Mail.run_at <= moment)
        .order_by(case((Mail.kind.in_(sorted(_first)), 0), else_=1), Mail.run_at, Mail.id)
        .limit(limit)
    )
    if skip_locked(db.session.connection()):
        due = due.with_for_update(skip_locked=True)
    statement = (
        update(Mail)
        .where(Mail.id.in_(due.scalar_subquery()), Mail.state == MailState.QUEUED)
        .values(state=MailState.SENDING, lease_until=moment + LEASE, attempts=Mail.attempts + 1)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(db.session.scalars(statement))


def mark_sent(mail: Mail, message_id: str) -> None:
    """The relay took the mail."""
    mail.state, mail.message_id, mail.sent_at, mail.error = MailState.SENT, message_id, clock.now(), ""


def mark_dropped(mail: Mail) -> None:
    """The mail has lost its reason (answered, left, closed) before it was sent."""
    mail.state = MailState.DROPPED


def mark_refused(mail: Mail, error: str, *, permanent: bool) -> None:
    """The relay refused: try again later with growing waits, or mark it failed for good."""
    mail.error, mail.message_id = error[:300], None
    if permanent or mail.attempts > len(RETRY):
        mail.state = MailState.FAILED
        return
    mail.state, mail.run_at = MailState.QUEUED, clock.now() + RETRY[mail.attempts - 1]


def mark_later(mail: Mail, error: str) -> None:
    """The mail cannot be made now and is tried again; this does not count as an attempt."""
    mail.state, mail.run_at, mail.error = MailState.QUEUED, clock.now() + LATER, error[:300]
    mail.attempts -= 1


def mark_failed(mail: Mail, error: str) -> None:
    """The mail can never leave as it is."""
    mail.state, mail.error = MailState.FAILED, error[:300]


def mark_handing_over(mail: Mail, message_id: str) -> None:
    """From here on the relay may have the mail; the caller commits before it hands the mail over."""
    mail.message_id, mail.lease_until = message_id, clock.now() + LEASE


def mark_mail_unsure(mail: Mail, error: str) -> None:
    """The connection broke while the relay was taking the mail: nobody knows, so a person decides."""
    mail.state, mail.error = MailState.UNSURE, error[:300]


def release(ids: Iterable[int], *, wait: timedelta = timedelta(0), error: str = "") -> None:
    """Put claimed mails that were never handed over back in the queue."""
    db.session.execute(
        update(Mail)
        .where(Mail.id.in_(list(ids)), Mail.state == MailState.SENDING, Mail.message_id.is_(None))
        .values(state=MailState.QUEUED, run_at=clock.now() + wait, attempts=Mail.attempts - 1, error=error[:300])
    )


def mark_unsure() -> int:
    """Mails left in *sending* after their lease: what was being handed over is unsure, the rest is queued again."""
    stale = (Mail.state == MailState.SENDING) & (Mail.lease_until < clock.now())
    db.session.execute(
        update(Mail)
        .where(stale, Mail.message_id.is_(None))
        .values(state=MailState.QUEUED)
        .execution_options(synchronize_session=False)
    )
    unsure = (
        update(Mail)
        .where(stale, Mail.message_id.is_not(None))
        .values(state=MailState.UNSURE, error="onderbroken tijdens verzenden")
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.session.scalars(unsure).all())


def send_again(mail: Mail) -> None:
    """A person decided that a failed or unsure mail leaves once more."""
    mail.state, mail.run_at, mail.message_id, mail.attempts = MailState.QUEUED, clock.now(), None, 0


def leave(mail: Mail) -> None:
    """A person decided that a failed or unsure mail stays as it is."""
    mail.state = MailState.DROPPED
