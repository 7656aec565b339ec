"""Each kind of question reads what is posted, refuses what is wrong, and shows what was stored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire import (
    FrozenWave,
    Option,
    QuestionKind,
    QuestionSpec,
    WeightingPlan,
    canonical,
    digest,
    from_document,
    to_document,
)
from surveys.questions import all_kinds, check_design, kind_of, missing_code, parse, show

ABC = tuple(Option(v, f"Antwoord {v}") for v in "abc")


def spec(kind: str, **values: Any) -> QuestionSpec:
    base: dict[str, Any] = {"options": ABC} if kind not in ("score", "number", "open") else {}
    if kind == "matrix":
        base["items"] = (Option("x", "Rij x"), Option("y", "Rij y"))
    return QuestionSpec("q", QuestionKind(kind), "Wat vindt u?", **{**base, **values})


GOOD: list[tuple[QuestionSpec, dict[str, list[str]], Any, str]] = [
    (spec("single"), {"q": ["b"]}, "b", "Antwoord b"),
    (spec("single"), {"q": ["dont_know"]}, {"missing": "dont_know"}, "Weet ik niet"),
    (spec("single"), {"q": ["prefer_not"]}, {"missing": "refused"}, "Zeg ik liever niet"),
    (spec("several"), {"q": ["c", "a", "c"]}, ["a", "c"], "Antwoord a; Antwoord c"),
    (
        spec("matrix"),
        {"q.x": ["a"], "q.y": ["dont_know"]},
        {"x": "a", "y": {"missing": "dont_know"}},
        "Rij x: Antwoord a\nRij y: Weet ik niet",
    ),
    (spec("score"), {"q": ["0"]}, 0, "0 (van 0 tot en met 10)"),
    (spec("number"), {"q": ["3,5"]}, 3.5, "3,5"),
    (spec("number"), {"q": ["1.500"]}, 1500.0, "1500"),
    (spec("number"), {"q": ["-2"]}, -2.0, "-2"),
    (spec("number"), {"q.extra": ["dont_know"]}, {"missing": "dont_know"}, "Weet ik niet"),
    (spec("open"), {"q": [" Meer\r\nbomen\x00 "]}, "Meer\nbomen", "Meer\nbomen"),
    (
        spec("ranking"),
        {"q.a": ["2"], "q.b": ["1"], "q.c": ["3"]},
        ["b", "a", "c"],
        "1. Antwoord b; 2. Antwoord a; 3. Antwoord c",
    ),
    (spec("ranking", max_choices=1), {"q.c": ["1"]}, ["c"], "1. Antwoord c"),
    (
        spec("budget"),
        {"q.a": ["60"], "q.b": ["40"]},
        {"a": 60, "b": 40, "c": 0},
        "Antwoord a: 60; Antwoord b: 40; Antwoord c: 0",
    ),
]


@pytest.mark.parametrize(("question", "raw", "value", "words"), GOOD)
def test_a_good_answer_is_stored_shown_and_fills_its_page_again(
    question: QuestionSpec, raw: dict[str, list[str]], value: Any, words: str
) -> None:
    parsed = parse(question, raw)
    assert parsed.errors == []
    assert parsed.value == value
    assert show(question, parsed.value) == words
    assert parse(question, kind_of(question.kind).fill(question, parsed.value)).value == value


BAD: list[tuple[QuestionSpec, dict[str, list[str]], str]] = [
    (spec("single"), {"q": ["z"]}, "q-0"),
    (spec("several"), {"q": ["a", "dont_know"]}, "q-0"),
    (spec("several"), {"q": ["dont_know", "prefer_not"]}, "q-0"),
    (spec("several", max_choices=1), {"q": ["a", "b"]}, "q-0"),
    (spec("several"), {"q": ["a", "z"]}, "q-0"),
    (spec("matrix"), {"q.x": ["a"]}, "q.y-0"),
    (spec("matrix"), {"q.x": ["a"], "q.y": ["z"]}, "q.y-0"),
    (spec("score"), {"q": ["11"]}, "q-0"),
    (spec("score"), {"q": ["²"]}, "q-0"),
    (spec("number"), {"q": ["twaalf"]}, "q"),
    (spec("number"), {"q": ["1e3"]}, "q"),
    (spec("number", maximum=5.0), {"q": ["6"]}, "q"),
    (spec("number", minimum=5.0), {"q": ["4"]}, "q"),
    (spec("number"), {"q": ["4"], "q.extra": ["dont_know"]}, "q"),
    (spec("open"), {"q": ["x" * 1501]}, "q"),
    (spec("open"), {"q": ["\x00"]}, "q"),
    (spec("ranking"), {"q.a": ["1"], "q.b": ["1"], "q.c": ["2"]}, "q.b"),
    (spec("ranking"), {"q.a": ["1"]}, "q.a"),
    (spec("ranking"), {"q.a": ["9"]}, "q.a"),
    (spec("budget"), {"q.a": ["60"], "q.b": ["50"]}, "q.a"),
    (spec("budget"), {"q.a": ["60"]}, "q.a"),
    (spec("budget"), {"q.a": ["-1"], "q.b": ["101"]}, "q.a"),
]


@pytest.mark.parametrize(("question", "raw", "leads_to"), BAD)
def test_a_wrong_answer_gets_an_error_that_leads_to_its_input(
    question: QuestionSpec, raw: dict[str, list[str]], leads_to: str
) -> None:
    parsed = parse(question, raw)
    assert parsed.errors[0][0] == leads_to
    assert parsed.errors[0][1].endswith((".", "geven"))


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_an_empty_page_is_refused_in_every_kind(kind: QuestionKind) -> None:
    assert parse(spec(kind.value), {}).errors


@pytest.mark.parametrize("kind", list(QuestionKind))
@given(raw=st.dictionaries(st.sampled_from(["q", "q.extra", "q.a", "q.b", "q.x", "z"]), st.lists(st.text(max_size=9))))
def test_whatever_is_posted_gives_a_value_or_errors_and_never_a_crash(
    kind: QuestionKind, raw: dict[str, list[str]]
) -> None:
    question = spec(kind.value)
    parsed = parse(question, raw)
    assert (parsed.value is not None) != bool(parsed.errors)
    if parsed.ok:
        assert isinstance(show(question, parsed.value), str)


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (spec("single", options=ABC[:1]), "ten minste 2"),
        (spec("single", options=(*ABC, ABC[0])), "twee keer"),
        (spec("single", options=(*ABC[:1], Option("dont_know", "x"))), "code"),
        (spec("single", options=(*ABC[:1], Option("z", " "))), "geen tekst"),
        (spec("several", max_choices=9), "hoogste aantal"),
        (spec("matrix", items=()), "stelling"),
        (spec("score", minimum=0, maximum=20), "3 tot 11"),
        (spec("score", low_label="slecht"), "uiteinden"),
        (spec("number", minimum=5.0, maximum=5.0), "kleiner"),
        (spec("ranking", max_choices=9), "plaatsen"),
        (QuestionSpec("Q 1", QuestionKind.OPEN, ""), "sleutel"),
        (QuestionSpec("q", QuestionKind.OPEN, "x" * 301), "te lang"),
    ],
)
def test_a_faulty_design_is_named(question: QuestionSpec, problem: str) -> None:
    assert any(problem in text for text in check_design(question))


def test_a_sound_design_has_no_problems() -> None:
    assert all(check_design(spec(kind.name.value)) == [] for kind in all_kinds())
    assert len(all_kinds()) == len(QuestionKind)


def test_a_frozen_wave_comes_back_the_same_and_its_digest_ignores_the_order_of_keys() -> None:
    wave = FrozenWave(
        "Titel", "Tekst é", 5, (spec("matrix"), spec("score", condition={"if": "q", "is": ["a"]})),
        WeightingPlan(("sex",), breakdowns=("age",), merges=({"a": "b"},)), ({"by": "sex"},), {"level": {"x": 1}}, 3,
    )  # fmt: skip
    document = to_document(wave)
    assert from_document(document) == wave
    assert digest(dict(reversed(document.items()))) == digest(document)
    assert digest({**document, "minutes": 6}) != digest(document)
    assert "é".encode() in canonical(document)
    with pytest.raises(ValueError, match="format"):
        from_document({**document, "format": 99})
    assert wave.plan.classes == ("age", "sex")


def test_only_a_lone_missing_key_counts_as_missing() -> None:
    assert missing_code({"missing": "refused"}) == "refused"
    assert missing_code({"missing": "a", "x": "b"}) is None
    assert missing_code("refused") is None
