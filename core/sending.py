"""Sends what lies in the outbox: rendered now, one connection a batch, no transaction open while the relay talks."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from functools import partial
from typing import Any

from flask import current_app

from core import clock, crypto, links, mailer, outbox
from core.config import Config
from core.db import db
from core.mailer import RefusedError, Transport, UncertainError
from core.models import Mail, MailState
from core.outbox import MailContent
from core.web import context

log = logging.getLogger(__name__)
BATCH = 50
RELAY_DOWN_WAIT = timedelta(minutes=1)


class UnsendableError(ValueError):
    """The renderer gave something that cannot be a mail (an address or subject with line breaks, no address)."""


@dataclass(frozen=True)
class Prepared:
    """A message that is ready, with the id under which a repetition is recognised."""

    message: EmailMessage
    message_id: str


def send_due(batch: int = BATCH) -> int:
    """Send the mails that are due now; returns how many were claimed."""
    config: Config = current_app.config["PANEL"]
    ids = outbox.claim(batch)
    db.session.commit()
    left = list(ids)
    try:
        if ids:
            with mailer.transport(config.mail_url) as way_out:
                if way_out.repeatable:
                    _send_together(way_out, left)
                    left = []
                while left:
                    if not _send_one(way_out, left.pop(0)):
                        raise RefusedError("de verbinding met de mailserver brak af", permanent=False)
    except RefusedError as error:
        _give_back(left, str(error))
    return len(ids)


def _send_together(way_out: Transport, ids: list[int]) -> None:
    """A whole batch in one transaction: on this way out a mail that leaves twice is still one mail."""
    outcomes = [(mail_id, _hand_over(way_out, mail_id)) for mail_id in ids]
    for mail_id, note in outcomes:
        note(_mail(mail_id))
    db.session.commit()


def _hand_over(way_out: Transport, mail_id: int) -> Callable[[Mail], None]:
    """Make and hand over one mail; returns how its outcome is to be noted."""
    mail = _mail(mail_id)
    try:
        content = outbox.renderer_of(mail.kind)(mail)
        if content is None:
            return outbox.mark_dropped
        prepared = compose(content, mail.key)
        way_out.send(prepared.message)
    except outbox.NotYetError as error:
        return partial(outbox.mark_later, error=str(error))
    except OSError as error:
        # a full disk passes: the mail is tried again
        return partial(outbox.mark_refused, error=type(error).__name__, permanent=False)
    except Exception as error:
        log.exception("mail %s of kind %s cannot be made", mail_id, mail.kind)
        db.session.rollback()
        return partial(outbox.mark_failed, error=f"niet te maken: {type(error).__name__}")
    return partial(outbox.mark_sent, message_id=prepared.message_id)


def _give_back(ids: list[int], error: str) -> None:
    db.session.rollback()
    outbox.release(ids, wait=RELAY_DOWN_WAIT, error=error)
    db.session.commit()


def _send_one(way_out: Transport, mail_id: int) -> bool:
    """Prepare, commit, hand over, note; False when the connection is of no use any more."""
    prepared = _prepare(mail_id)
    if prepared is None:
        return True
    try:
        way_out.send(prepared.message)
    except UncertainError as error:
        outbox.mark_mail_unsure(_mail(mail_id), f"verbinding verbroken tijdens verzenden: {error}")
        return _noted(usable=False)
    except RefusedError as error:
        outbox.mark_refused(_mail(mail_id), str(error), permanent=error.permanent)
        return _noted(usable=error.connected)
    outbox.mark_sent(_mail(mail_id), prepared.message_id)
    return _noted(usable=True)


def _noted(*, usable: bool) -> bool:
    db.session.commit()
    return usable


def _mail(mail_id: int) -> Mail:
    return db.session.get_one(Mail, mail_id)


def _prepare(mail_id: int) -> Prepared | None:
    """Render and note that the mail is about to be handed over; None when there is nothing to send."""
    mail = _mail(mail_id)
    if mail.state is not MailState.SENDING:
        return None
    prepared = None
    try:
        content = outbox.renderer_of(mail.kind)(mail)
        if content is None:
            outbox.mark_dropped(mail)
        else:
            prepared = compose(content, mail.key)
            outbox.mark_handing_over(mail, prepared.message_id)
    except outbox.NotYetError as error:
        outbox.mark_later(mail, str(error))
    except Exception as error:
        # one mail that cannot be made must not hold up the others; the trace goes to the log, never the address
        log.exception("mail %s of kind %s cannot be made", mail_id, mail.kind)
        db.session.rollback()
        outbox.mark_failed(_mail(mail_id), f"niet te maken: {type(error).__name__}")
        prepared = None
    db.session.commit()
    return prepared


def compose(content: MailContent, key: str) -> Prepared:
    """Make the message: text and HTML, sender, date, and an id that follows from the key."""
    config: Config = current_app.config["PANEL"]
    message_id = f"<{crypto.mac('message-id', key).hex()[:40]}@{links.host()}>"
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(config.mail_from)
    message["To"] = _address(content.to)
    message["Subject"] = _subject(content.subject, demonstration=config.demonstration)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    if content.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{_one_line(content.unsubscribe_url)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    values = {
        **content.context,
        "site": context.site(),
        "subject": content.subject,
        "unsubscribe_url": content.unsubscribe_url,
        "absolute_url": links.absolute,
    }
    message.set_content(_render(content.template, "txt", values), cte="quoted-printable")
    message.add_alternative(_render(content.template, "html", values), subtype="html", cte="quoted-printable")
    return Prepared(message, message_id)


def _render(template: str, suffix: str, values: dict[str, Any]) -> str:
    return current_app.jinja_env.get_template(f"email/{template}.{suffix}").render(values)


def _one_line(text: str) -> str:
    if any(ord(character) < 32 for character in text):
        raise UnsendableError("line break in a header")
    return text


def _subject(subject: str, *, demonstration: bool) -> str:
    return f"[VOORBEELD] {_one_line(subject)}" if demonstration else _one_line(subject)


def _address(text: str) -> Address:
    found = getaddresses([_one_line(text)])
    name, address = found[0] if len(found) == 1 else ("", "")
    if address.count("@") != 1 or "," in text:
        raise UnsendableError("no single mail address")
    return Address(display_name=name, addr_spec=address)
