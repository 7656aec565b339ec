"""The frozen questionnaire: typed, one canonical document with one digest, and the way back."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from panel.wave_samples import SamplePlan, sample_from

FORMAT = 1


class QuestionKind(StrEnum):
    """The kinds of questions; each has one class in surveys/questions."""

    SINGLE = "single"
    SEVERAL = "several"
    MATRIX = "matrix"
    SCORE = "score"
    NUMBER = "number"
    OPEN = "open"
    RANKING = "ranking"
    BUDGET = "budget"


@dataclass(frozen=True)
class Option:
    """A possible answer, or a row of a matrix: its stable value and its label."""

    value: str
    label: str


@dataclass(frozen=True)
class QuestionSpec:
    """One question as it was frozen; `item_key` stays the same over versions and waves."""

    item_key: str
    kind: QuestionKind
    text: str
    hint: str = ""
    options: tuple[Option, ...] = ()
    items: tuple[Option, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    low_label: str = ""
    high_label: str = ""
    max_choices: int | None = None
    condition: dict[str, Any] | None = None
    sensitive: bool = False
    central_question: str = ""

    def label_of(self, value: str) -> str:
        """The label of an option, or the value itself when it is unknown."""
        return next((o.label for o in self.options if o.value == value), value)


@dataclass(frozen=True)
class WeightingPlan:
    """How the answers will be weighted and broken down, fixed before the first invitation."""

    variables: tuple[str, ...] = ()
    trim_low: float = 0.2
    trim_high: float = 5.0
    breakdowns: tuple[str, ...] = ()
    weighting_only: tuple[str, ...] = ()
    figure_set: str = "all"
    merges: tuple[dict[str, Any], ...] = ()
    response_related: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """Every class a response needs: breakdowns, weighting variables and weighting-only ones, each once."""
        return tuple(dict.fromkeys((*self.breakdowns, *self.variables, *self.weighting_only)))


@dataclass(frozen=True)
class FrozenWave:
    """Everything that is fixed before the first invitation."""

    title: str
    introduction: str
    minutes: int
    questions: tuple[QuestionSpec, ...]
    plan: WeightingPlan
    tables: tuple[dict[str, Any], ...] = ()
    agreement: dict[str, Any] = field(default_factory=dict)
    settings_version: int = 0
    sample: SamplePlan | None = None

    def question(self, item_key: str) -> QuestionSpec | None:
        """The question with this key, or None."""
        return next((q for q in self.questions if q.item_key == item_key), None)


def to_document(wave: FrozenWave) -> dict[str, Any]:
    """The wave as a plain document that JSON can hold; who invites everybody says nothing about a sample."""
    document: dict[str, Any] = json.loads(json.dumps({"format": FORMAT, **asdict(wave)}))
    if wave.sample is None:
        # what was signed before samples existed keeps its hash
        del document["sample"]
    return document


def from_document(document: Mapping[str, Any]) -> FrozenWave:
    """The wave back from its document; raises ValueError for a format this release does not know."""
    if document.get("format") != FORMAT:
        raise ValueError(f"unknown questionnaire format {document.get('format')!r}")
    return FrozenWave(
        title=document["title"],
        introduction=document["introduction"],
        minutes=document["minutes"],
        questions=tuple(question_from(q) for q in document["questions"]),
        plan=plan_from(document["plan"]),
        tables=tuple(document["tables"]),
        agreement=dict(document["agreement"]),
        settings_version=document["settings_version"],
        sample=sample_from(document.get("sample")),
    )


def question_from(document: Mapping[str, Any]) -> QuestionSpec:
    """One question from its document; what is left out gets its default."""
    lists = {name: _options(document.get(name) or ()) for name in ("options", "items")}
    return QuestionSpec(**{**document, **lists, "kind": QuestionKind(document["kind"])})


def plan_from(document: Mapping[str, Any]) -> WeightingPlan:
    """A weighting plan from its document; what is left out gets its default."""
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in document.items()}
    return WeightingPlan(**values)


def _options(values: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    return tuple(Option(str(v["value"]), str(v["label"])) for v in values)


def canonical(document: Mapping[str, Any]) -> bytes:
    """The bytes of a document: the same content gives the same bytes, whatever the order of its keys."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(canonical(document)).hexdigest()


@lru_cache(maxsize=32)
def parse(frozen: bytes) -> FrozenWave:
    """The wave from its canonical bytes."""
    return from_document(json.loads(frozen))
