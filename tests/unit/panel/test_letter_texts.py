"""The words of the letters are complete in every language."""

from datetime import date
from string import Formatter

import pytest

from panel import letter_texts
from panel.letters import Letter, Mailing

VALUES = {
    "municipality": "Zeist", "panel": "Panel <Zeist>", "telephone": "030", "email": "a@b.example",
    "address": "https://panel.example/brief", "respond_by": "", "delete_on": "",
}  # fmt: skip


def mailing(**changes: object) -> Mailing:
    values: dict[str, object] = {
        "title": "Brieven",
        "on": date(2026, 3, 2),
        "values": VALUES,
        "dates": {"respond_by": date(2026, 4, 1), "delete_on": date(2026, 9, 1)},
        **changes,
    }
    return Mailing(**values)  # type: ignore[arg-type]  # a factory takes any field by name


def letter(**changes: object) -> Letter:
    values: dict[str, object] = {
        "name": "Jo de Voorbeeld", "street": "Dorpsstraat 1", "place": "3701 AB  Zeist", "code": "0000-AAAA",
        "url": "https://panel.example/brief/0000-AAAA", **changes,
    }  # fmt: skip
    return Letter(**values)  # type: ignore[arg-type]  # a factory takes any field by name


def names(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name}


def test_dutch_comes_first_and_english_is_there() -> None:
    assert list(letter_texts.languages())[:2] == ["nl", "en"]


@pytest.mark.parametrize("language", sorted(letter_texts.languages()))
def test_every_language_has_every_sentence_with_the_same_names(language: str) -> None:
    dutch, other = letter_texts.text("nl").sentences, letter_texts.text(language).sentences
    assert other.keys() == dutch.keys()
    assert {key: names(s) for key, s in other.items()} == {key: names(s) for key, s in dutch.items()}
    assert all(other.values())


def test_names_and_dates_are_filled_in_in_the_language_of_the_letter() -> None:
    (page,) = mailing().pages(letter(language="en"))
    assert page.on == "2 March 2026"
    assert page.words["greeting"] == "Dear Jo de Voorbeeld,"
    assert "1 April 2026" in page.words["camera"]


def test_second_language_follows_on_a_page_without_address() -> None:
    first, second = mailing(second_language="en").pages(letter())
    assert (first.language, first.first, second.language, second.first) == ("nl", True, "en", False)
    assert first.on == "2 maart 2026"


def test_second_language_is_left_out_for_who_reads_it_already() -> None:
    assert len(mailing(second_language="en").pages(letter(language="en"))) == 1
    assert mailing(second_language="en").also(letter(language="en")) == ""
