"""Factories of the ground floor: accounts, bodies, settings."""

from itertools import count

import pyotp

from core import clock, settings
from core.accounts import passwords
from core.accounts.queries import email_index
from core.db import db
from core.models import Account, AccountRole, Body, BodyKind, Role
from core.settings import MunicipalSettings

PASSWORD = "vier blauwe fietsen zingen"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = count(1)
_hash = passwords.hash_password(PASSWORD)


def account(*roles: Role, name: str = "", email: str = "", bodies: list[Body] | None = None) -> Account:
    """A staff account that is set up: password PASSWORD, TOTP secret SECRET."""
    number = next(_numbers)
    address = email or f"medewerker{number}@gemeente.example"
    made = Account(
        name=name or f"Medewerker {number}",
        email=address,
        email_index=email_index(address),
        password_hash=_hash,
        totp_secret=SECRET,
        created_at=clock.now(),
    )
    made.roles = [AccountRole(role=role) for role in roles]
    made.bodies = bodies or []
    db.session.add(made)
    db.session.commit()
    return made


def body(
    name: str = "", *, kind: BodyKind = BodyKind.COUNCIL, may_commission: bool = True, may_decide: bool = True
) -> Body:
    """A body that may commission and decide."""
    made = Body(
        name=name or f"Orgaan {next(_numbers)}", kind=kind, may_commission=may_commission, may_decide=may_decide
    )
    db.session.add(made)
    db.session.commit()
    return made


def code(offset: int = 0) -> str:
    """The code that the app of every made account shows now."""
    return pyotp.TOTP(SECRET).generate_otp(int(clock.now().timestamp()) // 30 + offset)


def complete_settings(**changes: object) -> MunicipalSettings:
    """Settings with everything filled in that an invitation needs; stored as a version."""
    filled: dict[str, object] = {name: f"ingevuld: {label}" for name, label in settings.REQUIRED.items()}
    filled |= {
        "municipality": "Zeist",
        "gm_code": "GM0355",
        "panel_name": "Inwonerspanel Zeist",
        "telephone": "030 000 00 00",
        "email": "panel@voorbeeld.example",
        "rules_decision_url": "https://raad.voorbeeld.example/besluit",
        "rules_decision_on": "2026-01-15",
        "dpia_on": "2026-01-10",
    }
    made = MunicipalSettings(**{**filled, **changes})  # type: ignore[arg-type]  # values come from the test
    settings.save(made)
    db.session.commit()
    return made
