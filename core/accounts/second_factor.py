"""The second factor of staff: time-based codes (TOTP), each accepted once."""

import base64
import io

import pyotp
import segno
from sqlalchemy import update

from core import clock, crypto
from core.db import db
from core.models import Account

STEP = 30
WINDOW = (0, -1, 1)


def derive_secret(seed: str) -> str:
    """A TOTP secret that follows from a one-time set-up link, so that showing it stores nothing."""
    return base64.b32encode(crypto.mac("totp-secret", seed)[:20]).decode()


def uri(secret: str, *, name: str, issuer: str) -> str:
    """What an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def qr_svg(content: str) -> str:
    """The QR code as an SVG picture."""
    out = io.BytesIO()
    segno.make(content, error="m").save(
        out, kind="svg", scale=5, border=4, xmldecl=False, svgclass=None, lineclass=None
    )
    return out.getvalue().decode()


def counter_of(secret: str, code: str) -> int | None:
    """The time step to which a code belongs, now or one step aside; None when it fits none."""
    digits = code.replace(" ", "")
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    totp, present = pyotp.TOTP(secret), int(clock.now().timestamp()) // STEP
    for offset in WINDOW:
        if crypto.equal(totp.generate_otp(present + offset), digits):
            return present + offset
    return None


def use_code(account: Account, code: str) -> bool:
    """Accept a code once: the time step moves on in one UPDATE, so a repeated code fails also at the same moment."""
    counter = counter_of(account.totp_secret, code) if account.totp_secret else None
    if counter is None:
        return False
    moved = (
        update(Account)
        .where(Account.id == account.id, Account.totp_last_counter < counter)
        .values(totp_last_counter=counter)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalars(moved).first() is not None
