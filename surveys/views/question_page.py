"""What the page of one question shows: the question as designed, what was answered, what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys import response_document
from surveys.questionnaire import FrozenWave, Option, QuestionSpec
from surveys.questions import kind_of, show
from surveys.response_document import Draft


@dataclass(frozen=True)
class QuestionPage:
    """A question for the template of its kind."""

    item_key: str
    kind: str
    text: str
    hint: str
    options: Sequence[Option]
    items: Sequence[Option]
    minimum: float | None
    maximum: float | None
    low_label: str
    high_label: str
    max_choices: int | None
    answer: Mapping[str, Any] = field(default_factory=dict)
    errors: Sequence[tuple[str, str]] = ()
    unit: str = ""
    total: int = 100
    level: int = 1


def question_page(
    spec: QuestionSpec,
    *,
    raw: Mapping[str, Sequence[str]] | None = None,
    value: Any = None,
    errors: Sequence[tuple[str, str]] = (),
    level: int = 1,
) -> QuestionPage:
    """The page of a question, filled with what was posted or else with the stored answer."""
    filled = raw if raw is not None else kind_of(spec.kind).fill(spec, value)
    return QuestionPage(
        item_key=spec.item_key,
        kind=spec.kind.value,
        text=spec.text,
        hint=spec.hint,
        options=spec.options,
        items=spec.items,
        minimum=_whole(spec.minimum),
        maximum=_whole(spec.maximum),
        low_label=spec.low_label,
        high_label=spec.high_label,
        max_choices=spec.max_choices,
        answer={name: _answer(spec, values) for name, values in filled.items() if values},
        errors=errors,
        level=level,
    )


def _whole(value: float | None) -> float | None:
    return int(value) if value is not None and value == int(value) else value


def _answer(spec: QuestionSpec, values: Sequence[str]) -> Any:
    return list(values) if spec.kind == "several" or len(values) > 1 else values[0]


def filled_page(spec: QuestionSpec, draft: Draft) -> QuestionPage:
    """The page of a question as the draft has it, also when what was typed is no answer yet."""
    return question_page(spec, raw=draft.raw.get(spec.item_key), value=draft.answers.get(spec.item_key))


@dataclass(frozen=True)
class CheckRow:
    """One line of the check page."""

    item_key: str
    text: str
    words: str
    answered: bool


def check_rows(wave: FrozenWave, draft: Draft) -> list[CheckRow]:
    """All questions on the path with their answers in words."""
    return [
        CheckRow(q.item_key, q.text, show(q, draft.answers.get(q.item_key)), q.item_key in draft.answers)
        for q in response_document.routed(wave, draft)
    ]
