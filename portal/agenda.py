"""The calendar as iCalendar (RFC 5545): all-day events with an address."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from core import clock
from portal import wording
from portal.queries.calendar import Event

LONGEST = 73


def _escape(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def fold(line: str) -> str:
    """A line broken so that no piece is longer than 75 octets."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > LONGEST:
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece])


def _event(event: Event, base_url: str, stamp: str) -> list[str]:
    uid = hashlib.sha256(f"{event.url}{event.kind}".encode()).hexdigest()[:32]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@{base_url.split('//')[-1].split(':')[0]}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escape(f'{wording.EVENT[event.kind]}: {event.title}')}",
        f"DESCRIPTION:{_escape(event.body)}",
        f"URL:{base_url}{event.url}",
        "END:VEVENT",
    ]


def ics(events: Iterable[Event], base_url: str, name: str) -> str:
    """The whole file."""
    stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//inwonerspanel//kalender//NL", f"X-WR-CALNAME:{_escape(name)}"]
    for event in events:
        lines += _event(event, base_url, stamp)
    return "".join(f"{fold(line)}\r\n" for line in [*lines, "END:VCALENDAR"])
