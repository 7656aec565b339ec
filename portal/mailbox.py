"""The mailbox of the demonstration: the mails that the folder transport wrote, to read in the browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import default
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import nh3
from markupsafe import Markup, escape

HEAD = 8_192
HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
PAGE = 50
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+=-]{0,200}")
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
TAGS = {"p", "a", "ul", "ol", "li", "strong", "em", "br"}


@dataclass(frozen=True)
class Envelope:
    """One mail in the list."""

    name: str
    subject: str
    recipient: str
    sender: str
    sent: datetime | None


@dataclass(frozen=True)
class Letter:
    """One mail with its text, its links made clickable, and its formatted part without anything that could act."""

    envelope: Envelope
    text: Markup
    formatted: Markup


def folder_of(mail_url: str) -> Path | None:
    """The folder of the folder transport, or None when mails really leave."""
    parts = urlsplit(mail_url)
    return Path(parts.path) if parts.scheme == "folder" else None


@lru_cache(maxsize=50_000)
def _envelope(file: Path, _changed: int) -> Envelope:
    # only the lines above the text, with the plain parser: thousands of mails are searched this way
    with file.open("rb") as opened:
        head = HEAD_ENDS.split(opened.read(HEAD), maxsplit=1)[0]
    return _read(file.stem, message_from_bytes(head))


def _read(name: str, message: Message) -> Envelope:
    sent = message["Date"]
    return Envelope(
        name,
        _words(message["Subject"]),
        _words(message["To"]),
        _words(message["From"]),
        parsedate_to_datetime(sent) if sent else None,
    )


def _words(header: str | None) -> str:
    unfolded = (header or "").replace("\r", "").replace("\n", "")
    return str(make_header(decode_header(unfolded))) if "=?" in unfolded else unfolded


def files(folder: Path) -> list[tuple[int, Path]]:
    """The mails of the folder with the moment of writing, the newest first; nothing is read."""
    if not folder.is_dir():
        return []
    return sorted(((file.stat().st_mtime_ns, file) for file in folder.glob("*.eml")), reverse=True)


def envelopes(folder: Path, search: str = "") -> Iterator[Envelope]:
    """The mails whose recipient or subject holds the words, the newest first."""
    wanted = search.strip().casefold()
    for changed, file in files(folder):
        envelope = _envelope(file, changed)
        if wanted in f"{envelope.recipient} {envelope.subject}".casefold():
            yield envelope


def page_of(folder: Path, search: str, page: int) -> tuple[list[Envelope], int]:
    """One page of the mails and how many there are; without words to find only that page is read."""
    start = (page - 1) * PAGE
    if search.strip():
        found = list(envelopes(folder, search))
        return found[start : start + PAGE], len(found)
    listed = files(folder)
    return [_envelope(file, changed) for changed, file in listed[start : start + PAGE]], len(listed)


def find(folder: Path, name: str, base_url: str) -> Letter | None:
    """One mail, or None; the name never leads out of the folder."""
    file = folder / f"{name}.eml"
    if not NAME.fullmatch(name) or not file.is_file():
        return None
    message = message_from_bytes(file.read_bytes(), policy=default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return Letter(
        _envelope(file, file.stat().st_mtime_ns),
        linked(text.get_content() if text else "", base_url),
        cleaned(html.get_content() if html else "", base_url),
    )


def linked(text: str, base_url: str) -> Markup:
    """The text with its addresses clickable; those of this installation become paths, so they open here."""
    made, at = Markup(), 0
    for found in LINK.finditer(text):
        made += escape(text[at : found.start()])
        made += Markup('<a class="nl-link" href="{}">{}</a>').format(_here(found[0], base_url), found[0])
        at = found.end()
    return made + escape(text[at:])


def _here(url: str, base_url: str) -> str:
    return url.removeprefix(base_url) or "/" if url.startswith(base_url) else url


def cleaned(html: str, base_url: str) -> Markup:
    """The formatted part with only text, lists and links left."""
    safe = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        clean_content_tags={"script", "style", "title", "head"},
        url_schemes={"http", "https", "mailto", "tel"},
    )
    # nh3 has just made it safe, whatever the mail held
    return Markup(safe.replace(f'href="{base_url}', 'href="'))  # noqa: S704
