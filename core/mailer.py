"""The way out for mail: a real SMTP relay, or a folder of .eml files as the embedded default."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit


class RefusedError(Exception):
    """The relay refused: `permanent` tells whether trying again makes sense, `connected` whether it still listens."""

    def __init__(self, text: str, *, permanent: bool, connected: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent
        self.connected = connected


class UncertainError(Exception):
    """The connection broke after the content had begun to leave: the relay may have the mail or not."""


class Client(smtplib.SMTP):
    """An SMTP client that remembers whether it was handing over content."""

    handing_over = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over the content; `handing_over` stays set when the answer never came."""
        self.handing_over = True
        answer: tuple[int, bytes] = super().data(msg)
        self.handing_over = False
        return answer


class Transport(Protocol):
    """Something that takes one finished message; `repeatable` when taking the same message twice changes nothing."""

    @property
    def repeatable(self) -> bool:
        """Whether a message may be handed over again after a crash."""

    def send(self, message: EmailMessage) -> None:
        """Hand the message over; raises RefusedError or UncertainError."""


@dataclass
class FolderTransport:
    """Writes each message to a folder, readable in the browser in demonstration mode."""

    folder: Path
    repeatable: bool = True

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

    client: Client
    repeatable: bool = False

    def send(self, message: EmailMessage) -> None:
        """Send; 5xx is permanent, 4xx is not; a connection lost within the content leaves us unsure."""
        self.client.handing_over = False
        try:
            self.client.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise RefusedError(_answer(code, text), permanent=code >= 500, connected=True) from error
        except smtplib.SMTPResponseException as error:
            answer = _answer(error.smtp_code, error.smtp_error)
            raise RefusedError(answer, permanent=error.smtp_code >= 500, connected=True) from error
        except (smtplib.SMTPException, OSError) as error:
            if self.client.handing_over:
                raise UncertainError(type(error).__name__) from error
            raise RefusedError(type(error).__name__, permanent=False) from error


def _answer(code: int, text: bytes | str) -> str:
    """The codes of the relay's answer; its words often hold the address, which is not to be stored."""
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", words)
    return f"{code} {enhanced.group()}" if enhanced else str(code)


@contextmanager
def transport(url: str) -> Iterator[Transport]:
    """Open the way out named by PANEL_MAIL_URL; raises RefusedError when the relay cannot be reached."""
    parts = urlsplit(url)
    if parts.scheme == "folder":
        yield FolderTransport(Path(parts.path))
        return
    client = _connect(parts.hostname or "localhost", parts.port or 25)
    try:
        _secure(client, parts)
        yield SmtpTransport(client)
    finally:
        client.close()


def _secure(client: Client, parts: SplitResult) -> None:
    try:
        if parse_qs(parts.query).get("starttls") == ["1"]:
            client.starttls(context=ssl.create_default_context())
        if parts.username:
            client.login(unquote(parts.username), unquote(parts.password or ""))
    except (smtplib.SMTPException, OSError) as error:
        raise RefusedError(f"de mailserver weigert de verbinding: {type(error).__name__}", permanent=False) from error


def _connect(host: str, port: int) -> Client:
    try:
        return Client(host, port, timeout=20)
    except (smtplib.SMTPException, OSError) as error:
        raise RefusedError(f"geen verbinding met de mailserver: {type(error).__name__}", permanent=False) from error
