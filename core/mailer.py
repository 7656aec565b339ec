"""The way out for mail: a real SMTP relay, or a folder of .eml files as the embedded default."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit


class RefusedError(Exception):
    """The relay refused the mail; `permanent` tells whether trying again makes sense."""

    def __init__(self, text: str, *, permanent: bool) -> None:
        super().__init__(text)
        self.permanent = permanent


class Transport(Protocol):
    """Something that takes one finished message."""

    def send(self, message: EmailMessage) -> None:
        """Hand the message over; raises RefusedError."""


@dataclass
class FolderTransport:
    """Writes each message to a folder, readable in the browser in demonstration mode."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        """Write the message under its Message-ID; a repeated id replaces the same file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").replace("/", "_")
        temporary = self.folder / f".{name}.new"
        temporary.write_bytes(message.as_bytes(policy=SMTP))
        temporary.rename(self.folder / f"{name}.eml")


@dataclass
class SmtpTransport:
    """One connection to the relay."""

    client: smtplib.SMTP

    def send(self, message: EmailMessage) -> None:
        """Send; 5xx is permanent, 4xx and a broken connection are not."""
        try:
            self.client.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise RefusedError(f"{code} {text.decode(errors='replace')}", permanent=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            raise RefusedError(f"{error.smtp_code}", permanent=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            raise RefusedError(type(error).__name__, permanent=False) from error


@contextmanager
def transport(url: str) -> Iterator[Transport]:
    """Open the way out named by PANEL_MAIL_URL; raises RefusedError when the relay cannot be reached."""
    parts = urlsplit(url)
    if parts.scheme == "folder":
        yield FolderTransport(Path(parts.path))
        return
    client = _connect(parts.hostname or "localhost", parts.port or 25)
    try:
        if parse_qs(parts.query).get("starttls") == ["1"]:
            client.starttls()
        if parts.username:
            client.login(unquote(parts.username), unquote(parts.password or ""))
        yield SmtpTransport(client)
    finally:
        client.close()


def _connect(host: str, port: int) -> smtplib.SMTP:
    try:
        return smtplib.SMTP(host, port, timeout=20)
    except (smtplib.SMTPException, OSError) as error:
        raise RefusedError(f"geen verbinding met de mailserver: {type(error).__name__}", permanent=False) from error
