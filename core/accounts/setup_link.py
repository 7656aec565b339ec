"""The one-time link by which a new account gets its password and second factor: derived, never stored.

It carries account and end time; its MAC covers the account's present credentials, so it dies when they are set.
"""

from datetime import datetime, timedelta

from core import clock, crypto
from core.accounts.queries import get_account
from core.errors import DomainError, NotFoundError
from core.models import Account

VALID = timedelta(hours=48)


class LinkGoneError(DomainError):
    """The link was used, is too old, or was never ours."""

    status = 410


def token(account: Account, expires_at: datetime) -> str:
    """The token of the link for this account."""
    return f"{account.public_id}.{int(expires_at.timestamp())}.{_mac(account, int(expires_at.timestamp()))}"


def account_of(text: str) -> Account:
    """The account that may be set up with this token; raises LinkGoneError."""
    public_id, _, rest = text.rpartition(".")[0].rpartition(".")
    given = text.rpartition(".")[2]
    try:
        expires, account = int(rest), get_account(public_id)
    except (ValueError, NotFoundError) as error:
        raise LinkGoneError("setup-link-gone") from error
    alive = account.active and expires > clock.now().timestamp()
    if not alive or not crypto.equal(given, _mac(account, expires)):
        raise LinkGoneError("setup-link-gone")
    return account


def _mac(account: Account, expires: int) -> str:
    state = f"{account.public_id}:{expires}:{account.password_hash or ''}:{account.totp_last_counter}"
    return crypto.b64(crypto.mac("account-setup", state)[:20])
