"""The one-time link for a signatory outside: derived from the link's id, never stored, found again by its code."""

from sqlalchemy import select

from core import clock, crypto
from core.db import db
from surveys.models.wave import SignOffLink

PURPOSE = "sign-off-link"


def token_of(link: SignOffLink) -> str:
    """The secret part of the address: the link's public id and a code of 128 bits."""
    return f"{link.public_id}.{_code(link.public_id)}"


def _code(public_id: str) -> str:
    return crypto.b64(crypto.mac(PURPOSE, public_id)[:16])


def find(token: str) -> SignOffLink | None:
    """The link of a code, used or not; None for a wrong code."""
    public_id, _, code = token.partition(".")
    if not crypto.equal(code, _code(public_id)):
        return None
    return by_public_id(public_id)


def by_public_id(public_id: str) -> SignOffLink | None:
    """A link by its public id alone (for a session that was opened with it)."""
    return db.session.scalars(select(SignOffLink).where(SignOffLink.public_id == public_id)).first()


def usable(link: SignOffLink) -> bool:
    """Whether the link was not used yet and has not expired."""
    return link.used_at is None and link.expires_at > clock.now()
