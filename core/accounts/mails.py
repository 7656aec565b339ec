"""The mails of accounts."""

from core import clock, links
from core.accounts import setup_link
from core.db import db
from core.models import Account, Mail
from core.outbox import MailContent, register


def setup_mail(mail: Mail) -> MailContent | None:
    """The set-up link, derived now; dropped when the account is set up, closed, or the link would be dead."""
    account = db.session.get(Account, mail.recipient_id)
    expires_at = mail.created_at + setup_link.VALID
    if account is None or not account.active or account.password_hash or expires_at <= clock.now():
        return None
    url = links.absolute("accounts.set_up", token=setup_link.token(account, expires_at))
    return MailContent(
        to=account.email,
        subject="Stel uw account in",
        template="account_setup",
        context={"name": account.name, "url": url, "expires_at": expires_at},
    )


register("accounts.setup", setup_mail)
