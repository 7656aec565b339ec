"""The words of the letters, one file per language: data, so that a municipality can add one."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "data" / "letters"
DUTCH = "nl"


@dataclass(frozen=True)
class LetterText:
    """The sentences of a letter in one language; `{names}` in them are filled in at printing."""

    language: str
    name: str
    sentences: dict[str, str]

    def fill(self, **values: Any) -> dict[str, str]:
        """All sentences with the values filled in."""
        return {key: sentence.format(**values) for key, sentence in self.sentences.items()}


@cache
def languages() -> dict[str, str]:
    """The languages there is a letter in, Dutch first, with their own names."""
    codes = sorted((file.stem for file in FOLDER.glob("*.json")), key=lambda code: (code != DUTCH, code))
    return {code: text(code).name for code in codes}


@cache
def text(language: str) -> LetterText:
    """The letter in a language."""
    document = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return LetterText(language, document.pop("language_name"), document)
