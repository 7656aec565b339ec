"""Turns the opinions of the residents into questions that can be asked."""

from dataclasses import replace

from portal.demonstration.questions import QUESTIONS, OpinionKind, OpinionQuestion
from surveys.questionnaire import Option, QuestionKind, QuestionSpec

KINDS = {
    OpinionKind.SINGLE: QuestionKind.SINGLE,
    OpinionKind.SCORE: QuestionKind.SCORE,
    OpinionKind.NUMBER: QuestionKind.NUMBER,
    OpinionKind.SEVERAL: QuestionKind.SEVERAL,
    OpinionKind.MATRIX: QuestionKind.MATRIX,
    OpinionKind.RANKING: QuestionKind.RANKING,
    OpinionKind.BUDGET: QuestionKind.BUDGET,
}
MOST_TRIPS = 60


def numbered(labels: tuple[str, ...]) -> tuple[Option, ...]:
    """Options with their place in the list as their stable value, from 1."""
    return tuple(Option(str(number), label) for number, label in enumerate(labels, 1))


def opinion(key: str, central_question: str, hint: str = "") -> QuestionSpec:
    """The question of which every resident has a known opinion."""
    source = QUESTIONS[key]
    spec = QuestionSpec(
        item_key=key,
        kind=KINDS[source.kind],
        text=source.text,
        hint=hint,
        options=numbered(source.options),
        items=numbered(source.items),
        central_question=central_question,
    )
    return _with_bounds(spec, source)


def _with_bounds(spec: QuestionSpec, source: OpinionQuestion) -> QuestionSpec:
    if source.kind is OpinionKind.SCORE:
        return replace(spec, minimum=0, maximum=10, low_label="heel slecht", high_label="heel goed")
    if source.kind is OpinionKind.NUMBER:
        return replace(spec, minimum=0, maximum=MOST_TRIPS)
    return spec
