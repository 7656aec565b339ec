"""What this browser carries while somebody joins or signs in, in the signed form cookie; and who may ask how often."""

import secrets
from datetime import timedelta

from flask import request, session

from core import clock, crypto, rate_limit
from core.rate_limit import Limit
from core.web import origins

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
QUICKEST = timedelta(seconds=3)
SLOWEST = timedelta(hours=12)


def key() -> str:
    """The random key of this browser; one-time codes are bound to it."""
    if "browser" not in session:
        session["browser"] = secrets.token_urlsafe(24)
    return str(session["browser"])


def keep(name: str, value: str) -> None:
    """Remember a value for the next step."""
    session[name] = value


def kept(name: str) -> str:
    """A remembered value, or an empty text."""
    return str(session.get(name, ""))


def drop(*names: str) -> None:
    """Forget remembered values."""
    for name in names:
        session.pop(name, None)


def origin() -> str:
    """The address this request comes from."""
    return request.remote_addr or ""


def count_mail(email: str) -> None:
    """Count a request for a mail: per mailbox and per origin; raises TooManyAttemptsError."""
    rate_limit.count(
        Limit("mail-to", email.strip().casefold(), 5, QUARTER), Limit("mail-from", origins.network(), 30, QUARTER)
    )


def count_letter_code() -> None:
    """Count a typed letter code per origin; this limit is what holds a short code."""
    rate_limit.count(Limit("letter-code", origins.network(), 30, HOUR))


def count_digits() -> None:
    """Count typed digits per origin, beside the five tries of each request."""
    rate_limit.count(Limit("digits", origins.network(), 60, HOUR))


def count_proof() -> None:
    """Count looked-up proofs of erasure per origin."""
    rate_limit.count(Limit("proof", origins.network(), 60, HOUR))


def count_reports() -> None:
    """Count reports of a death per origin: enough for a care home, too few to bother a whole panel."""
    rate_limit.count(Limit("death-report", origins.network(), 10, HOUR))


def timing_token() -> str:
    """When a form was opened, signed."""
    stamp = str(int(clock.now().timestamp()))
    return f"{stamp}.{crypto.b64(crypto.mac('form-opened', stamp)[:16])}"


def opened_long_enough(token: str) -> bool:
    """Whether a form was opened some seconds ago and not yesterday: a program is quicker than a person."""
    stamp, _, signature = token.partition(".")
    if not stamp.isdigit() or not crypto.equal(signature, crypto.b64(crypto.mac("form-opened", stamp)[:16])):
        return False
    age = clock.now().timestamp() - int(stamp)
    return QUICKEST.total_seconds() <= age <= SLOWEST.total_seconds()
