"""What every kind of question shares: reading what was posted, the two extra answers, checking the design."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from surveys.questionnaire import Option, QuestionKind, QuestionSpec

Raw = Mapping[str, Sequence[str]]


class Missing(StrEnum):
    """Why an answer is not there."""

    NOT_SHOWN = "not_shown"
    SKIPPED = "skipped"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"


# what the page posts for the two extra choices → what is stored
EXTRA: dict[str, Missing] = {"dont_know": Missing.DONT_KNOW, "prefer_not": Missing.REFUSED}
LABELS: dict[Missing, str] = {
    Missing.NOT_SHOWN: "Niet gesteld",
    Missing.SKIPPED: "Niet ingevuld",
    Missing.DONT_KNOW: "Weet ik niet",
    Missing.REFUSED: "Zeg ik liever niet",
}
KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
VALUE = re.compile(r"^[a-zA-Z0-9_-]{1,40}$")
TEXT_LIMIT = 300


@dataclass(frozen=True)
class Parsed:
    """What was posted for one question: the value to store, or what is wrong, per input."""

    value: Any = None
    errors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the value can be stored."""
        return not self.errors


def missing(code: Missing) -> dict[str, str]:
    """The stored form of an answer that is not there."""
    return {"missing": code.value}


def missing_code(value: Any) -> str | None:
    """The reason why an answer is not there, or None when there is one."""
    if isinstance(value, Mapping) and set(value) == {"missing"}:
        return str(value["missing"])
    return None


def first(raw: Raw, name: str) -> str:
    """The first posted value of an input, without the spaces around it."""
    values = raw.get(name) or [""]
    return values[0].strip()


def several(raw: Raw, name: str) -> list[str]:
    """All posted values of an input, each once, in order."""
    return list(dict.fromkeys(v.strip() for v in raw.get(name) or [] if v.strip()))


class Kind(ABC):
    """One kind of question."""

    name: ClassVar[QuestionKind]
    label: ClassVar[str]
    options_needed: ClassVar[int] = 0
    empty: ClassVar[str] = "Kies een antwoord. U kunt ook kiezen voor ‘Weet ik niet’ of ‘Zeg ik liever niet’."

    def check_design(self, spec: QuestionSpec) -> list[str]:
        """What is wrong with the design of this question, in plain Dutch."""
        problems = [] if KEY.match(spec.item_key) else ["De sleutel mag alleen kleine letters, cijfers en _ bevatten."]
        if not spec.text.strip():
            problems.append("De vraag heeft nog geen tekst.")
        if len(spec.text) > TEXT_LIMIT:
            problems.append(f"De vraag is te lang: ten hoogste {TEXT_LIMIT} tekens.")
        if self.options_needed:
            problems += check_options(spec.options, "antwoord", self.options_needed)
        return problems + self.check_own(spec)

    def check_own(self, spec: QuestionSpec) -> list[str]:
        """What this kind asks beyond the rest."""
        return []

    def parse(self, spec: QuestionSpec, raw: Raw) -> Parsed:
        """Read one page as it was posted."""
        extra = self.extra_chosen(spec, raw)
        if len(extra) > 1 or (extra and self.filled(spec, raw)):
            return Parsed(
                errors=[
                    (
                        self.focus(spec),
                        "U koos een antwoord én ‘Weet ik niet’ of ‘Zeg ik liever niet’. Kies één van de twee.",
                    )
                ]
            )
        if extra:
            return Parsed(missing(EXTRA[extra[0]]))
        if not self.filled(spec, raw):
            return Parsed(errors=[(self.focus(spec), self.empty)])
        return self.read(spec, raw)

    def extra_chosen(self, spec: QuestionSpec, raw: Raw) -> list[str]:
        """Which of the two extra answers were chosen."""
        return [v for v in several(raw, f"{spec.item_key}.extra") if v in EXTRA]

    def focus(self, spec: QuestionSpec) -> str:
        """The input that an error message leads to."""
        return spec.item_key

    @abstractmethod
    def filled(self, spec: QuestionSpec, raw: Raw) -> bool:
        """Whether there is any answer beside the extra ones."""

    @abstractmethod
    def read(self, spec: QuestionSpec, raw: Raw) -> Parsed:
        """Read an answer that is there."""

    @abstractmethod
    def inputs(self, spec: QuestionSpec, value: Any) -> dict[str, list[str]]:
        """A stored answer as the page would post it, to fill the page again."""

    @abstractmethod
    def words(self, spec: QuestionSpec, value: Any) -> str:
        """A stored answer in words."""

    def show(self, spec: QuestionSpec, value: Any) -> str:
        """A stored answer in words, also when it is not there."""
        if value is None:
            return LABELS[Missing.SKIPPED]
        code = missing_code(value)
        return LABELS[Missing(code)] if code else self.words(spec, value)

    def fill(self, spec: QuestionSpec, value: Any) -> dict[str, list[str]]:
        """A stored answer as inputs, also when it is one of the extra ones."""
        if value is None:
            return {}
        code = missing_code(value)
        if code is None:
            return self.inputs(spec, value)
        posted = next((name for name, stored in EXTRA.items() if stored.value == code), None)
        return {self.extra_name(spec): [posted]} if posted else {}

    def extra_name(self, spec: QuestionSpec) -> str:
        """The input of the extra answers."""
        return f"{spec.item_key}.extra"


PLURAL = {"antwoord": "antwoorden", "stelling": "stellingen"}


def check_options(options: Sequence[Option], what: str, least: int) -> list[str]:
    """What is wrong with a list of options or rows."""
    problems = []
    if len(options) < least:
        wanted = f"één {what}" if least == 1 else f"{least} {PLURAL[what]}"
        problems.append(f"Schrijf ten minste {wanted} op.")
    values = [o.value for o in options]
    if len(set(values)) != len(values):
        problems.append(f"Een code van een {what} komt twee keer voor.")
    if any(not VALUE.match(v) or v in EXTRA for v in values):
        problems.append(f"Een code van een {what} mag alleen letters, cijfers, - en _ bevatten.")
    labels = [o.label.strip().lower() for o in options]
    if any(not label for label in labels):
        problems.append(f"Een {what} heeft geen tekst.")
    if len(set(labels)) != len(labels):
        problems.append(f"Een {what} komt twee keer voor.")
    return problems
