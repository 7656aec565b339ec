"""Routing: conditions hold or do not, whatever they look like; the path follows the answers on it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire import Option, QuestionKind, QuestionSpec
from surveys.response_document import CHECK, Draft, neighbour, own_inputs, reachable, resume_at
from surveys.routing import check, complete, holds, path

ANSWERS = {
    "one": "a",
    "many": ["a", "b"],
    "grid": {"x": "yes", "y": {"missing": "refused"}},
    "mark": 7,
    "gone": {"missing": "dont_know"},
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"if": "one", "is": ["a", "z"]}, True),
        ({"if": "one", "is": ["b"]}, False),
        ({"if": "many", "is": ["b"]}, True),
        ({"if": "grid.x", "is": ["yes"]}, True),
        ({"if": "grid.y", "is": ["refused"]}, True),
        ({"if": "grid", "is": ["yes"]}, False),
        ({"if": "mark", "is": [7]}, True),
        ({"if": "mark", "is": ["7"]}, True),
        ({"if": "gone", "is": ["dont_know"]}, True),
        ({"if": "nothing", "is": ["a"]}, False),
        ({"if": "one", "is": []}, False),
        ({"if": 3, "is": ["a"]}, False),
        ({"at_least": ["mark", 7]}, True),
        ({"at_least": ["mark", 8]}, False),
        ({"at_least": ["gone", 0]}, False),
        ({"at_least": ["mark"]}, False),
        ({"at_least": ["mark", "x"]}, False),
        ({"all": [{"if": "one", "is": ["a"]}, {"at_least": ["mark", 1]}]}, True),
        ({"all": [{"if": "one", "is": ["a"]}, {"at_least": ["mark", 9]}]}, False),
        ({"any": [{"if": "one", "is": ["b"]}, {"at_least": ["mark", 1]}]}, True),
        ({"any": []}, False),
        ({"not": {"if": "one", "is": ["b"]}}, True),
        ({"not": {"strange": 1}}, False),
        ({"all": "x"}, False),
        ({}, False),
        (None, False),
        ("x", False),
    ],
)
def test_a_condition_holds_or_does_not(condition: Any, expected: bool) -> None:
    assert holds(condition, ANSWERS) is expected


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["if", "is", "all", "any", "not", "at_least", "z"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(condition=JSON, answers=st.dictionaries(st.sampled_from(["one", "two"]), JSON, max_size=2))
def test_the_interpreter_never_fails(condition: Any, answers: dict[str, Any]) -> None:
    assert holds(condition, answers) in (True, False)


def question(key: str, condition: Any = None, kind: QuestionKind = QuestionKind.SINGLE) -> QuestionSpec:
    items = (Option("x", "X"),) if kind is QuestionKind.MATRIX else ()
    options = (Option("a", "A"), Option("b", "B"))
    return QuestionSpec(key, kind, "Vraag?", options=options, items=items, condition=condition)


CHAIN = (
    question("one"),
    question("two", {"if": "one", "is": ["a"]}),
    question("three", {"if": "two", "is": ["b"]}),
    question("four"),
)


def test_answers_beside_the_path_count_for_nothing() -> None:
    answers = {"one": "b", "two": "b", "three": "a", "four": "a"}
    assert [q.item_key for q in path(CHAIN, answers)] == ["one", "four"]
    hidden = {"missing": "not_shown"}
    assert complete(CHAIN, answers) == {"one": "b", "two": hidden, "three": hidden, "four": "a"}
    assert complete(CHAIN, {"one": "b"})["four"] == {"missing": "skipped"}


@pytest.mark.parametrize(
    ("questions", "problem"),
    [
        ((CHAIN[1], CHAIN[0]), "later"),
        ((question("one", {"if": "zero", "is": ["a"]}),), "niet bestaat"),
        ((question("one"), question("one")), "twee keer"),
        ((question("one"), question("two", {"odd": 1})), "niet te lezen"),
        ((question("one"), question("two", {"if": "one", "is": ["z"]})), "antwoord dat niet bestaat"),
        ((question("one"), question("two", {"not": {"any": [{"if": "one", "is": ["z"]}]}})), "antwoord dat niet"),
        ((question("one", kind=QuestionKind.MATRIX), question("two", {"if": "one.q", "is": ["a"]})), "regel"),
        ((question("one"), question("two", {"if": "one.x", "is": ["a"]})), "regel"),
    ],
)
def test_a_faulty_routing_is_named(questions: tuple[QuestionSpec, ...], problem: str) -> None:
    assert any(problem in text for _key, text in check(questions))


def test_a_sound_routing_has_no_problems() -> None:
    grid = question("grid", kind=QuestionKind.MATRIX)
    assert check(CHAIN) == []
    assert check((grid, question("two", {"if": "grid.x", "is": ["a", "refused"]}))) == []
    mark = question("n", kind=QuestionKind.SCORE)
    assert check((mark, question("two", {"at_least": ["n", 3]}))) == []
    assert check((mark, question("two", {"if": "n", "is": ["7"]}))) == []


class Wave:
    questions = CHAIN


def test_walking_forwards_backwards_and_resuming() -> None:
    wave: Any = Wave()
    draft = Draft("2026-01-01T00:00:00+00:00", answers={"one": "a"}, position="two")
    assert neighbour(wave, draft, "one") == "two"
    assert neighbour(wave, draft, "two", back=True) == "one"
    assert neighbour(wave, draft, "one", back=True) == "one"
    assert neighbour(wave, draft, "three") == "two"
    assert neighbour(wave, draft, "one", checking=True) == "two"
    whole = Draft("x", answers={"one": "b", "four": "a"})
    assert neighbour(wave, whole, "four") == CHECK
    assert neighbour(wave, whole, "one", checking=True) == CHECK
    assert neighbour(wave, whole, "two") == CHECK
    assert resume_at(wave, whole) is None
    assert resume_at(wave, draft) == CHAIN[1]
    assert reachable(wave, draft, "four") is None
    assert resume_at(wave, Draft("x", answers={"one": "a"}, position="four")) == CHAIN[1]


def test_only_the_inputs_of_a_question_are_kept_and_bounded() -> None:
    raw = {"one": ["a" * 9999, " "], "one.a": ["1"], "other": ["x"], "one.extra": [""], "csrf_token": ["t"]}
    assert own_inputs(CHAIN[0], raw) == {"one": ["a" * 2000], "one.a": ["1"]}
