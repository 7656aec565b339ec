"""Question pages: names and ids that the answering code relies on, and what a screen reader hears."""

from dataclasses import dataclass, field

import pytest

from tests.unit.components.rendering import render, texts, with_id

PAGE = """{% from "components/questions/page.html" import question_errors, question_fields %}
{{ question_errors(question) }}{{ question_fields(question) }}"""


@dataclass
class Option:
    value: str
    label: str


@dataclass
class Question:
    kind: str
    item_key: str = "groen"
    text: str = "Wat vindt u van het groen?"
    hint: str = ""
    options: list[Option] = field(default_factory=lambda: [Option("a", "Goed"), Option("b", "Matig & <slecht>")])
    items: list[Option] = field(default_factory=lambda: [Option("park", "Het park"), Option("straat", "De straat")])
    minimum: int | None = 0
    maximum: int | None = 10
    unit: str = ""
    low_label: str = "slecht"
    high_label: str = "goed"
    max_choices: int | None = None
    answer: dict[str, str | list[str]] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)


KINDS = ["single", "several", "score", "matrix", "number", "open", "ranking", "budget"]
FIRST_INPUT = {
    "single": "groen-0",
    "several": "groen-0",
    "score": "groen-0",
    "matrix": "groen.park-0",
    "number": "groen",
    "open": "groen",
    "ranking": "groen.a",
    "budget": "groen.a",
}


@pytest.mark.parametrize("kind", KINDS)
def test_legend_holds_the_question_as_the_only_h1(kind: str) -> None:
    page = render(PAGE, question=Question(kind))
    assert texts(page, ".//legend/h1") == ["Wat vindt u van het groen?"]
    assert len(page.findall(".//h1")) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_both_extra_answers_are_always_offered_and_apart(kind: str) -> None:
    page = render(PAGE, question=Question(kind))
    values = [found.get("value") for found in page.findall(".//input")]
    assert {"dont_know", "prefer_not"} <= set(values)
    labels = texts(page, ".//label")
    assert "Weet ik niet" in labels
    assert "Zeg ik liever niet" in labels


@pytest.mark.parametrize("kind", KINDS)
def test_every_input_has_its_own_id_and_label_and_nothing_is_chosen_beforehand(kind: str) -> None:
    page = render(PAGE, question=Question(kind))
    inputs = [element for element in page.iter() if element.tag in {"input", "select", "textarea"}]
    ids = [element.get("id") for element in inputs]
    assert len(ids) == len(set(ids))
    assert set(ids) == {label.get("for") for label in page.findall(".//label")}
    assert not [element for element in page.iter() if "checked" in element.attrib or "selected" in element.attrib]


@pytest.mark.parametrize("kind", KINDS)
def test_error_links_to_the_first_input_and_stands_at_the_field_in_the_same_words(kind: str) -> None:
    first = FIRST_INPUT[kind]
    page = render(PAGE, question=Question(kind, errors=[(first, "Kies een antwoord")]))
    (link,) = page.findall(".//div[@role='alert']//a")
    assert link.get("href") == f"#{first}"
    assert with_id(page, first) is not None
    error = with_id(page, "groen.park-error" if kind == "matrix" else "groen-error")
    assert "".join(error.itertext()) == "Fout: Kies een antwoord"
    described = [f.get("aria-describedby", "").split() for f in page.findall(".//fieldset")]
    assert any(error.get("id") in ids for ids in described)


@pytest.mark.parametrize(
    ("kind", "answer", "chosen"),
    [
        ("single", {"groen": "b"}, ["groen-1"]),
        ("single", {"groen": "prefer_not"}, ["groen-3"]),
        ("several", {"groen": ["a", "b"]}, ["groen-0", "groen-1"]),
        ("several", {"groen": "b"}, ["groen-1"]),
        ("score", {"groen": "0"}, ["groen-0"]),
        ("matrix", {"groen.straat": "dont_know"}, ["groen.straat-2"]),
        ("number", {"groen.extra": ["dont_know"]}, ["groen.extra-0"]),
    ],
)
def test_answer_given_before_is_shown_again(kind: str, answer: dict[str, str | list[str]], chosen: list[str]) -> None:
    page = render(PAGE, question=Question(kind, answer=answer))
    assert [found.get("id") for found in page.findall(".//input") if "checked" in found.attrib] == chosen


def test_ranking_offers_a_place_for_each_option_and_keeps_it() -> None:
    page = render(PAGE, question=Question("ranking", answer={"groen.a": "2"}))
    select = with_id(page, "groen.a")
    assert [option.get("value") for option in select] == ["", "1", "2"]
    assert [option.get("value") for option in select if "selected" in option.attrib] == ["2"]


def test_budget_says_the_sum_only_when_something_is_wrong() -> None:
    answer: dict[str, str | list[str]] = {"groen.a": "60", "groen.b": "dertig"}
    assert "U verdeelde nu" not in "".join(render(PAGE, question=Question("budget", answer=answer)).itertext())
    page = render(PAGE, question=Question("budget", answer=answer, errors=[("groen.a", "Verdeel 100 punten")]))
    assert "U verdeelde nu 60 van de 100 punten." in texts(page, ".//p")


def test_open_answer_comes_back_as_it_was_typed() -> None:
    page = render(PAGE, question=Question("open", answer={"groen": "\nMeer <b>bomen</b>\n"}))
    assert with_id(page, "groen").text == "\nMeer <b>bomen</b>\n"
