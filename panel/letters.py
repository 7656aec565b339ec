"""Letters: what stands in them, and how they become a tagged PDF in a process of their own."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import segno
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader

from panel import letter_texts

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "templates"
ADDRESS_TOP = 48
NO_PANGO = 3
LAST_WORDS = 2_000
ROUND, ADDRESS = "panel/letters/round.html", "panel/letters/address.html"


class PangoMissingError(RuntimeError):
    """This machine cannot make letters."""


class PressError(RuntimeError):
    """The process that sets letters stopped."""


@dataclass(frozen=True)
class Letter:
    """One letter: whom to, the code with the address that holds it, and how it is set."""

    name: str
    street: str
    place: str
    code: str
    url: str
    language: str = letter_texts.DUTCH
    large: bool = False

    @cached_property
    def qr(self) -> str:
        """The QR code of the address as an image of one dot per module: the style sheet makes it large without blur."""
        uri: str = segno.make(self.url, error="m").png_data_uri(scale=1, border=4)
        return uri


@dataclass(frozen=True)
class LetterPage:
    """The letter in one language; only the first page has the address in the window."""

    language: str
    words: dict[str, str]
    on: str
    first: bool


@dataclass(frozen=True)
class Mailing:
    """What all letters of a run share: the words to fill in, the dates and what the letters look like."""

    title: str
    on: date
    values: dict[str, Any]
    dates: dict[str, date] = field(default_factory=dict)
    second: bool = False
    second_language: str = ""
    window: str = "left"
    address_top: int = ADDRESS_TOP
    demonstration: bool = False
    proof: bool = False

    def pages(self, letter: Letter) -> list[LetterPage]:
        """The letter in the language of the person, and in the second language on a page of its own."""
        languages = [letter.language]
        if self.second_language and self.second_language != letter.language:
            languages.append(self.second_language)
        return [self._page(letter, language, place == 0) for place, language in enumerate(languages)]

    def also(self, letter: Letter) -> str:
        """The second language of a letter, empty without one."""
        return self.second_language if self.second_language != letter.language else ""

    def _page(self, letter: Letter, language: str, first: bool) -> LetterPage:
        values: dict[str, Any] = dict(self.values) | {"name": letter.name, "url": letter.url}
        values |= {key: long_date(day, language) for key, day in self.dates.items()}
        sentences = letter_texts.text(language).sentences
        words = {key: sentence.format(**values) for key, sentence in sentences.items()}
        return LetterPage(language, words, long_date(self.on, language), first)

    def overleaf(self, language: str) -> str:
        """The sentence in a language that says that the letter is in that language too."""
        return letter_texts.text(language).sentences["overleaf"]


def long_date(day: date, language: str) -> str:
    """3 december 2026, in the language of the letter."""
    return format_date(day, format="d MMMM y", locale=language)


def render(template: str, letters: Sequence[Letter], mailing: Mailing, counts: Sequence[str] = ()) -> bytes:
    """One PDF with the letters of a mailing; raises as `set_pages`."""
    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = templates.get_template(template).render(letters=letters, mailing=mailing, counts=counts)
    return set_pages(page, address_top=mailing.address_top)


def set_pages(html: str, *, address_top: int = ADDRESS_TOP) -> bytes:
    """Set a page of letters as PDF in a process of its own; raises PangoMissingError where there is no Pango.

    What WeasyPrint needs for a batch goes back to the system with that process, however many batches there are.
    The letters pass through a pipe, so that no name or code comes to stand on a disk.
    """
    command = [sys.executable, "-m", "panel.letter_press", str(address_top)]
    done = subprocess.run(command, input=html.encode(), capture_output=True, cwd=ROOT, check=False)  # noqa: S603  # our own module
    if done.returncode == NO_PANGO:
        raise PangoMissingError("letters need Pango: see the page of the letters for what to install")
    if done.returncode:
        raise PressError(done.stderr.decode(errors="replace")[-LAST_WORDS:])
    return done.stdout
