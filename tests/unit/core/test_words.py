"""Names of bodies inside a sentence."""

import pytest

from core.web.context import opening, with_article


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Presidium", "het presidium"),
        ("College van burgemeester en wethouders", "het college van burgemeester en wethouders"),
        ("Raadscommissie Ruimte", "de raadscommissie Ruimte"),
        ("Gemeenteraad", "de gemeenteraad"),
        ("de raad", "de raad"),
        ("Het bestuur", "Het bestuur"),
        ("", ""),
    ],
)
def test_name_of_a_body_gets_its_article(name: str, words: str) -> None:
    assert with_article(name) == words


def test_sentence_opens_with_a_capital() -> None:
    assert opening(with_article("Presidium")) == "Het presidium"
    assert opening("") == ""
