"""Which class handles which kind; a new kind is one class here, one template and one test questionnaire."""

from typing import Any

from surveys.questionnaire import QuestionKind, QuestionSpec
from surveys.questions.base import Kind, Parsed, Raw
from surveys.questions.choice import Matrix, Score, Several, Single
from surveys.questions.entry import Budget, Number, Open, Ranking

_kinds: dict[QuestionKind, Kind] = {
    kind.name: kind for kind in (Single(), Several(), Matrix(), Score(), Number(), Open(), Ranking(), Budget())
}


def kind_of(name: str) -> Kind:
    """The class of a kind (ValueError for a kind that does not exist)."""
    return _kinds[QuestionKind(name)]


def all_kinds() -> list[Kind]:
    """Every kind, in the order in which a designer chooses."""
    return list(_kinds.values())


def check_design(spec: QuestionSpec) -> list[str]:
    """What is wrong with the design of a question, in plain Dutch."""
    return kind_of(spec.kind).check_design(spec)


def parse(spec: QuestionSpec, raw: Raw) -> Parsed:
    """Read one page as it was posted."""
    return kind_of(spec.kind).parse(spec, raw)


def show(spec: QuestionSpec, value: Any) -> str:
    """A stored answer in words."""
    return kind_of(spec.kind).show(spec, value)
