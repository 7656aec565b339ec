"""Codes of letters: typed as people type, and never another's."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import crypto
from core.crypto import Keys
from panel import codes


@pytest.fixture(autouse=True, scope="module")
def _keys() -> Iterator[None]:
    before = crypto._ring.fernet, crypto._ring.index
    crypto.configure(Keys(("A" * 43 + "=",), b"unit-test-index-key-of-32-characters"))
    yield
    crypto._ring.fernet, crypto._ring.index = before


@given(st.integers(min_value=1, max_value=2**40))
def test_code_leads_back_to_its_row(number: int) -> None:
    typed = codes.read(codes.make("p", number, str(number)))
    assert typed is not None
    assert typed.number == number
    assert codes.fits(typed, "p", str(number))


def test_code_has_groups_of_four() -> None:
    assert [len(part) for part in codes.make("p", 7, "7").split("-")] == [4, 4, 4, 4]


def test_dashes_case_and_misread_letters_do_not_matter() -> None:
    code = codes.make("p", 33, "33")
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert codes.read(sloppy) == codes.read(code)


def test_code_of_another_round_does_not_fit() -> None:
    typed = codes.read(codes.make(codes.letter_purpose("one"), 5, "5"))
    assert typed is not None
    assert not codes.fits(typed, codes.letter_purpose("two"), "5")


def test_code_of_another_row_does_not_fit() -> None:
    mac = codes.make("p", 5, "5").replace("-", "")[4:]
    typed = codes.read("0006" + mac)
    assert typed is not None
    assert not codes.fits(typed, "p", "6")


@pytest.mark.parametrize("text", ["", "abc", "0000-UUUU-UUUU-UUUU", "x" * 60, "é" * 16])
def test_what_is_no_code_is_none(text: str) -> None:
    assert codes.read(text) is None
