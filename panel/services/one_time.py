"""One-time codes by e-mail: at most ten minutes, one use, five tries, in the browser that asked.

The code is derived from the application's key and the row; nothing that could be typed is stored.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update

from core import clock, crypto, outbox
from core.db import db
from panel import indexes
from panel.models import CodePurpose, SignInRequest

LIFETIME = timedelta(minutes=10)
TRIES = 5


@dataclass(frozen=True)
class Check:
    """Outcome of a typed code; `request` only when it was right."""

    request: SignInRequest | None = None
    reason: str = ""  # wrong | over


def ask(purpose: CodePurpose, email: str, browser_key: str, *, member_id: int | None = None) -> SignInRequest:
    """Store a request and put its mail into the outbox; whether anybody has the address is found out at sending."""
    moment = clock.now()
    request = SignInRequest(
        purpose=purpose,
        email=email.strip(),
        email_index=indexes.email_index(email),
        member_id=member_id,
        browser_hash=browser_hash(browser_key),
        created_at=moment,
        expires_at=moment + LIFETIME,
    )
    db.session.add(request)
    db.session.flush()
    outbox.post("panel.code", outbox.Recipient("applicant", request.id, {}, f"panel.code:{request.public_id}"))
    return request


def browser_hash(browser_key: str) -> str:
    """What is kept of the asking browser."""
    return hashlib.sha256(browser_key.encode()).hexdigest()


def code_of(request: SignInRequest) -> str:
    """The six digits of a request."""
    return crypto.digits_code("one-time-code", f"{request.public_id}:{request.created_at.isoformat()}")


def link_key(request: SignInRequest) -> str:
    """What the link beside the code carries: proof that the mail was read, of no use in another browser."""
    return crypto.b64(crypto.mac("one-time-link", request.public_id)[:16])


def find(public_id: str) -> SignInRequest | None:
    """The request of a URL, or None."""
    return db.session.scalars(select(SignInRequest).where(SignInRequest.public_id == public_id)).first()


def is_live(request: SignInRequest) -> bool:
    """Whether the code of this request can still be used."""
    return request.used_at is None and request.expires_at > clock.now() and request.attempts < TRIES


def check(public_id: str, code: str, browser_key: str, purpose: CodePurpose) -> Check:
    """Count a try and check the code; the caller commits whatever the outcome, so that tries count."""
    request = find(public_id)
    if request is None or not _count_try(request, browser_key, purpose):
        return Check(reason="over")
    if not crypto.equal("".join(c for c in code if c.isdigit()), code_of(request)):
        return Check(reason="wrong")
    return Check(request=request) if _use(request) else Check(reason="over")


def _count_try(request: SignInRequest, browser_key: str, purpose: CodePurpose) -> bool:
    counted = (
        update(SignInRequest)
        .where(
            SignInRequest.id == request.id,
            SignInRequest.purpose == purpose,
            SignInRequest.browser_hash == browser_hash(browser_key),
            SignInRequest.attempts < TRIES,
            SignInRequest.used_at.is_(None),
            SignInRequest.expires_at > clock.now(),
        )
        .values(attempts=SignInRequest.attempts + 1)
        .returning(SignInRequest.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalars(counted).first() is not None


def _use(request: SignInRequest) -> bool:
    used = (
        update(SignInRequest)
        .where(SignInRequest.id == request.id, SignInRequest.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(SignInRequest.id)
        .execution_options(synchronize_session=False)
    )
    done = db.session.scalars(used).first() is not None
    db.session.refresh(request)
    return done


def delete_old() -> None:
    """Delete requests that ended over a day ago (retention of this table)."""
    db.session.execute(delete(SignInRequest).where(SignInRequest.expires_at < clock.now() - timedelta(days=1)))
