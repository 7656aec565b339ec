"""Reads of accounts and bodies."""

from sqlalchemy import select

from core import crypto
from core.db import db
from core.errors import NotFoundError
from core.models import Account, Body, Role


def email_index(email: str) -> str:
    """The blind index under which an address is found."""
    return crypto.blind_index("account-email", email.strip().casefold())


def find_account_by_email(email: str) -> Account | None:
    """The account of an address, or None."""
    return db.session.scalars(select(Account).where(Account.email_index == email_index(email))).first()


def get_account(public_id: str) -> Account:
    """The account; raises NotFoundError."""
    account = db.session.scalars(select(Account).where(Account.public_id == public_id)).first()
    if account is None:
        raise NotFoundError("account-not-found")
    return account


def list_accounts(search: str = "", role: Role | None = None) -> list[Account]:
    """Accounts by name; names are encrypted, so the (small) list is searched here and not in the database."""
    wanted = search.strip().casefold()
    found = [
        account
        for account in db.session.scalars(select(Account))
        if wanted in f"{account.name} {account.email}".casefold()
        and (role is None or role.value in account.role_values)
    ]
    return sorted(found, key=lambda account: (not account.active, account.name.casefold()))


def list_bodies() -> list[Body]:
    """All bodies by name."""
    return list(db.session.scalars(select(Body).order_by(Body.name)))


def get_body(public_id: str) -> Body:
    """The body; raises NotFoundError."""
    body = db.session.scalars(select(Body).where(Body.public_id == public_id)).first()
    if body is None:
        raise NotFoundError("body-not-found")
    return body


def names_of(public_ids: set[str]) -> dict[str, str]:
    """The names of accounts by public id, for the audit log."""
    accounts = db.session.scalars(select(Account).where(Account.public_id.in_(public_ids)))
    return {account.public_id: account.name for account in accounts}
