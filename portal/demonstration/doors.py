"""The ways in: kept in a file beside the keys that only this installation can read, never in the repository."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyotp
from flask import current_app

from core import clock
from core.config import Config
from core.links import absolute
from portal.demonstration.beginnings import StaffDoor
from portal.demonstration.playing import Played

FILE = "demonstration.json"


@dataclass(frozen=True)
class Doors:
    """Everything that `flask demo doors` tells."""

    staff: list[StaffDoor]
    members: list[str]
    seed: int


def place() -> Path:
    """The file, in the folder that holds the key store."""
    config: Config = current_app.config["PANEL"]
    return config.keystore.parent / FILE


def keep(played: Played) -> None:
    """Write the ways in to the file."""
    content = json.dumps(asdict(Doors(played.doors, played.members, played.seed)), ensure_ascii=False, indent=1)
    descriptor = os.open(place(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)


def read() -> Doors | None:
    """The ways in, or None before the demonstration was loaded."""
    if not place().exists():
        return None
    kept = json.loads(place().read_text(encoding="utf-8"))
    return Doors([StaffDoor(**door) for door in kept["staff"]], kept["members"], kept["seed"])


def forget() -> None:
    """Throw the file away."""
    place().unlink(missing_ok=True)


def code_now(door: StaffDoor) -> str:
    """The code that an authenticator app would show at this moment."""
    return pyotp.TOTP(door.totp_secret).at(clock.now())


def lines(doors: Doors) -> Iterator[str]:
    """The ways in as text, in Dutch."""
    post = absolute("portal.mailbox")
    yield "VOORBEELD – alles behalve de CBS-cijfers is verzonnen."
    yield ""
    yield f"Bezoeker: {absolute('portal.home')}"
    yield f"Alle post: {post}"
    yield ""
    yield f"Panellid: {absolute('panel_member.sign_in')}"
    for email in doors.members:
        yield f"  e-mailadres {email}; de code staat in de post: {post}?zoek={email}"
    yield ""
    yield f"Medewerkers en raadsleden: {absolute('accounts.sign_in')}"
    for door in doors.staff:
        yield f"  {door.name}, {door.what}"
        yield f"    e-mailadres {door.email}"
        yield f"    wachtwoord  {door.password}"
        yield f"    code nu     {code_now(door)}  (sleutel voor uw app: {door.totp_secret})"
    yield ""
    yield "Ondertekenaar van buiten: open de eenmalige link in de post, zoek op 'ondertekenen'."
    yield "De codes gelden een halve minuut. Nieuwe codes: flask demo doors"
