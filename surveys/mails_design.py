"""Mails about commissions and signatures, rendered at the moment of sending."""

from core import outbox
from core.db import db
from core.links import absolute
from core.models import Mail
from core.outbox import MailContent
from surveys import signoff_links
from surveys.models.wave import SignOffLink


def sign_off_link(mail: Mail) -> MailContent | None:
    """The one-time link for a signatory outside; dropped when it was used or has expired."""
    link = db.session.get(SignOffLink, mail.recipient_id)
    if link is None or not signoff_links.usable(link):
        return None
    return MailContent(
        to=link.email,
        subject=f"Wilt u een vragenlijst ondertekenen? {link.wave.title}",
        template="surveys_signoff_link",
        context={
            "name": link.name,
            "title": link.wave.title,
            "expires_at": link.expires_at,
            "url": absolute("surveys_outside.enter", token=signoff_links.token_of(link)),
        },
    )


outbox.register("surveys.sign_off_link", sign_off_link)
