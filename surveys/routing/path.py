"""The path: which questions somebody gets, worked out again from the answers at every request."""

from collections.abc import Mapping, Sequence
from typing import Any

from surveys.questionnaire import QuestionSpec
from surveys.questions.base import Missing, missing
from surveys.routing.conditions import holds


def path(questions: Sequence[QuestionSpec], answers: Mapping[str, Any]) -> list[QuestionSpec]:
    """The questions that are asked, given the answers on the path itself; answers beside it count for nothing."""
    shown: list[QuestionSpec] = []
    counted: dict[str, Any] = {}
    for question in questions:
        if question.condition is None or holds(question.condition, counted):
            shown.append(question)
            if question.item_key in answers:
                counted[question.item_key] = answers[question.item_key]
    return shown


def first_unanswered(shown: Sequence[QuestionSpec], answers: Mapping[str, Any]) -> QuestionSpec | None:
    """The first question on the path without an answer, or None when all are answered."""
    return next((q for q in shown if q.item_key not in answers), None)


def complete(questions: Sequence[QuestionSpec], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are submitted: those on the path, and a code for everything else."""
    shown = {q.item_key for q in path(questions, answers)}
    beside = missing(Missing.NOT_SHOWN)
    return {
        q.item_key: answers.get(q.item_key, missing(Missing.SKIPPED)) if q.item_key in shown else beside
        for q in questions
    }
