"""Conditions: `if … is`, `at_least`, `all`, `any`, `not`. Total: what it does not understand does not hold."""

from collections.abc import Mapping
from typing import Any

from surveys.questions.base import missing_code

DEPTH = 8


def holds(condition: Any, answers: Mapping[str, Any], depth: int = 0) -> bool:
    """Whether a condition holds for these answers; an unknown form or a missing answer never holds."""
    if not isinstance(condition, Mapping) or depth > DEPTH:
        return False
    if "if" in condition:
        return _is(answer_to(answers, condition["if"]), condition.get("is"))
    if "at_least" in condition:
        return _at_least(condition["at_least"], answers)
    return _combined(condition, answers, depth + 1)


def _combined(condition: Mapping[str, Any], answers: Mapping[str, Any], depth: int) -> bool:
    parts = condition.get("all", condition.get("any"))
    if "not" in condition:
        return well_formed(condition["not"]) and not holds(condition["not"], answers, depth)
    if not isinstance(parts, list):
        return False
    judged = [holds(part, answers, depth) for part in parts]
    return all(judged) if "all" in condition else any(judged)


def well_formed(condition: Any, depth: int = 0) -> bool:
    """Whether a condition has one of the known forms, all the way down."""
    if not isinstance(condition, Mapping) or depth > DEPTH:
        return False
    if "if" in condition:
        return set(condition) == {"if", "is"} and isinstance(condition["if"], str) and bool(_listed(condition["is"]))
    if set(condition) == {"at_least"}:
        return _threshold(condition["at_least"]) is not None
    if set(condition) == {"not"}:
        return well_formed(condition["not"], depth + 1)
    parts = condition.get("all", condition.get("any"))
    return len(condition) == 1 and isinstance(parts, list) and all(well_formed(p, depth + 1) for p in parts)


def answer_to(answers: Mapping[str, Any], key: Any) -> Any:
    """The answer to a question, or to one row of a matrix (`key.row`)."""
    if not isinstance(key, str):
        return None
    item, _, row = key.partition(".")
    value = answers.get(item)
    return value.get(row) if row and isinstance(value, Mapping) and missing_code(value) is None else value


def references(condition: Any) -> list[str]:
    """The questions that a condition reads."""
    if not isinstance(condition, Mapping):
        return []
    if isinstance(condition.get("if"), str):
        return [condition["if"]]
    threshold = _threshold(condition.get("at_least"))
    if threshold is not None:
        return [threshold[0]]
    parts = [*(condition.get("all") or []), *(condition.get("any") or []), condition.get("not")]
    return [key for part in parts for key in references(part)]


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else []


def _is(answer: Any, wanted: Any) -> bool:
    code = missing_code(answer)
    if code is not None:
        return code in _listed(wanted)
    given = answer if isinstance(answer, list) else [answer]
    return any(_same(g, w) for g in given for w in _listed(wanted))


def _same(given: Any, wanted: Any) -> bool:
    if isinstance(given, bool) or given is None or isinstance(given, Mapping):
        return False
    left, right = _float(given), _float(wanted)
    return left == right if left is not None and right is not None else str(given) == str(wanted)


def _float(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _threshold(value: Any) -> tuple[str, float] | None:
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], str):
        return None
    number = _float(value[1])
    return None if number is None else (value[0], number)


def _at_least(value: Any, answers: Mapping[str, Any]) -> bool:
    threshold = _threshold(value)
    if threshold is None:
        return False
    answer = answer_to(answers, threshold[0])
    number = None if isinstance(answer, Mapping | list | bool) else _float(answer)
    return number is not None and number >= threshold[1]
