"""Checks a whole questionnaire before anybody answers it: keys, references backwards, values that exist."""

from collections.abc import Sequence
from typing import Any

from surveys.questionnaire import QuestionKind, QuestionSpec
from surveys.questions.base import Missing
from surveys.routing.conditions import references, well_formed

CODES = {Missing.DONT_KNOW.value, Missing.REFUSED.value}
LISTED = {QuestionKind.SINGLE, QuestionKind.SEVERAL, QuestionKind.MATRIX}


def check(questions: Sequence[QuestionSpec]) -> list[tuple[str, str]]:
    """What is wrong with the routing: (item_key, problem in plain Dutch)."""
    problems: list[tuple[str, str]] = []
    before: dict[str, QuestionSpec] = {}
    later = {q.item_key for q in questions}
    for question in questions:
        if question.item_key in before:
            problems.append((question.item_key, "Deze sleutel komt twee keer voor."))
        if question.condition is not None:
            problems += [(question.item_key, text) for text in _condition(question.condition, before, later)]
        before[question.item_key] = question
    return problems


def _condition(condition: Any, before: dict[str, QuestionSpec], later: set[str]) -> list[str]:
    if not well_formed(condition):
        return ["De voorwaarde is niet te lezen."]
    problems = []
    for key in references(condition):
        item = key.partition(".")[0]
        if item in before:
            problems += _row(key, before[item])
        elif item in later:
            problems.append("De voorwaarde verwijst naar een vraag die pas later komt.")
        else:
            problems.append(f"De voorwaarde verwijst naar een vraag die niet bestaat ({item}).")
    return problems or _values(condition, before)


def _row(key: str, question: QuestionSpec) -> list[str]:
    row = key.partition(".")[2]
    known = {i.value for i in question.items} if question.kind is QuestionKind.MATRIX else {""}
    return [] if row in known else [f"De voorwaarde noemt een regel die niet bestaat ({key})."]


def _values(condition: Any, before: dict[str, QuestionSpec]) -> list[str]:
    if "if" in condition:
        question = before[condition["if"].partition(".")[0]]
        if question.kind not in LISTED:
            return []
        known = {o.value for o in question.options} | CODES
        unknown = [str(v) for v in condition["is"] if str(v) not in known]
        return [f"De voorwaarde noemt een antwoord dat niet bestaat ({v})." for v in unknown]
    parts = [*(condition.get("all") or []), *(condition.get("any") or [])]
    parts += [condition["not"]] if "not" in condition else []
    return [text for part in parts for text in _values(part, before)]
