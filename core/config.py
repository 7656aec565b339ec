"""Infrastructure and secrets from the environment: typed, complete, or the program does not start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from core.crypto import Keys


class ConfigError(RuntimeError):
    """The environment is incomplete or wrong; the text lists every fault at once."""


@dataclass(frozen=True)
class Config:
    """Everything that the installation, not the municipality, decides."""

    database_url: str
    base_url: str
    session_key: str
    keys: Keys
    keystore: Path
    recovery_keystore: Path
    mail_url: str
    mail_from: str
    demonstration: bool = False
    testing: bool = False
    proxies: int = 0
    clock_file: Path | None = None


REQUIRED = {
    "PANEL_DATABASE_URL": "sqlite:////path/panel.db or postgresql+psycopg://user:password@host/name",
    "PANEL_BASE_URL": "the public address, for example https://panel.gemeente.nl",
    "PANEL_SESSION_KEY": "at least 32 random characters; signs the cookie of forms",
    "PANEL_IDENTITY_KEYS": "Fernet keys, newest first, comma between; encrypt names and addresses",
    "PANEL_INDEX_KEY": "at least 32 random characters; finds encrypted values and derives codes",
    "PANEL_KEYSTORE": "folder of the wave keys, outside the database and its backups",
    "PANEL_RECOVERY_KEYSTORE": "second folder, for the one recovery copy of each wave key",
    "PANEL_MAIL_URL": "smtp://user:password@host:587?starttls=1 or folder:/path",
    "PANEL_MAIL_FROM": "the sender's address, for example Inwonerspanel <panel@gemeente.nl>",
}


def from_environment(environ: Mapping[str, str] | None = None) -> Config:
    """Read the configuration; raises ConfigError with the whole list of what is missing or wrong."""
    env = os.environ if environ is None else environ
    faults = [f"{name} is missing: {what}" for name, what in REQUIRED.items() if not env.get(name)]
    faults += _weak_secrets(env)
    if not env.get("PANEL_TRUSTED_PROXIES", "0").isdecimal():
        faults.append("PANEL_TRUSTED_PROXIES is no number: how many proxies of your own stand before the product")
    if faults:
        raise ConfigError("the environment is incomplete:\n- " + "\n- ".join(faults))
    return Config(
        database_url=env["PANEL_DATABASE_URL"],
        base_url=env["PANEL_BASE_URL"].rstrip("/"),
        session_key=env["PANEL_SESSION_KEY"],
        keys=Keys(_split(env["PANEL_IDENTITY_KEYS"]), env["PANEL_INDEX_KEY"].encode()),
        keystore=Path(env["PANEL_KEYSTORE"]),
        recovery_keystore=Path(env["PANEL_RECOVERY_KEYSTORE"]),
        mail_url=env["PANEL_MAIL_URL"],
        mail_from=env["PANEL_MAIL_FROM"],
        demonstration=env.get("PANEL_DEMONSTRATION") == "1",
        testing=env.get("PANEL_TESTING") == "1",
        proxies=int(env.get("PANEL_TRUSTED_PROXIES", "0")),
        clock_file=Path(env["PANEL_CLOCK_FILE"]) if _test_clock(env) else None,
    )


def _split(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _test_clock(env: Mapping[str, str]) -> bool:
    return env.get("PANEL_TESTING") == "1" and bool(env.get("PANEL_CLOCK_FILE"))


def _weak_secrets(env: Mapping[str, str]) -> list[str]:
    faults = [
        f"{name} is too short: at least 32 characters"
        for name in ("PANEL_SESSION_KEY", "PANEL_INDEX_KEY")
        if env.get(name) and len(env[name]) < 32
    ]
    for key in _split(env.get("PANEL_IDENTITY_KEYS", "")):
        try:
            Fernet(key)
        except ValueError:
            faults.append("PANEL_IDENTITY_KEYS holds something that is no Fernet key")
    return faults
