"""Everything by keyboard: the order of the key pages with the names that a screen reader says, and a whole answer."""

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import ROOT, Product
from tests.e2e.hands import arrow, heading, tab_to
from tests.e2e.looking import WIDER, WIDTHS
from tests.e2e.names import check_names
from tests.e2e.office import Office

pytestmark = pytest.mark.browser


def test_key_pages_keep_their_tab_order_and_names(house: Product, open_browser: Any) -> None:
    office = Office(house, open_browser)
    office.hire("griffier", "Anna Griffier", "clerk")
    office.hire("raadslid", "Fatima Raadslid", "council_member")
    page = open_browser()
    for name, path in (("home", "/"), ("sign-up", "/aanmelden"), ("sign-in", "/inloggen"), ("letter-code", "/meedoen")):
        page.goto(f"{house.url}{path}")
        check_names(page, name)
    check_names(office.at_desk("griffier", "/griffie"), "clerk-board")
    check_names(office.at_desk("raadslid", "/raad"), "council-board")


def _token(product: Product) -> str:
    command = [sys.executable, "-m", "tests.e2e.every_kind"]
    done = subprocess.run(command, cwd=ROOT, env=product.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def _judge(page: Page, name: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert not violations(page), name
        assert page.evaluate(WIDER) <= 0, name


def test_a_whole_questionnaire_of_every_kind_by_keyboard_only(house: Product, open_browser: Any) -> None:
    page = open_browser()
    page.goto(f"{house.url}/v/{_token(house)}")
    check_names(page, "survey-start")
    _press(page, "Beginnen")
    for kind, answer in ANSWERS.items():
        expect(page).to_have_url(re.compile(rf"/vraag/{kind}$"))
        _judge(page, kind)
        check_names(page, f"question-{kind}")
        _press(page, "Volgende")
        assert page.locator(".error-summary").count(), kind
        _judge(page, f"{kind} refused")
        answer(page)
        _judge(page, f"{kind} filled in")
        _press(page, "Volgende")
    heading(page, "Controleer uw antwoorden")
    _judge(page, "check")
    check_names(page, "survey-check")
    _press(page, "Versturen")
    heading(page, "Dank u wel")
    check_names(page, "survey-done")


def _press(page: Page, label: str) -> None:
    """Tab until the button has the focus, then press Enter."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.innerText || ''") == label:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"the tab key never reaches the button {label}")


def _matrix(page: Page) -> None:
    for item in ("safe", "clean", "green", "quiet"):
        arrow(page, f"matrix.{item}")


def _ticks(page: Page) -> None:
    for _ in range(2):
        tab_to(page, "several")
        page.keyboard.press("Space")


def _typed(*pairs: tuple[str, str]) -> Callable[[Page], None]:
    def type_in(page: Page) -> None:
        for name, text in pairs:
            tab_to(page, name)
            page.keyboard.type(text)

    return type_in


ANSWERS: dict[str, Callable[[Page], None]] = {
    "single": lambda page: arrow(page, "single"),
    "several": _ticks,
    "matrix": _matrix,
    "score": lambda page: arrow(page, "score"),
    "number": _typed(("number", "12")),
    "open": _typed(("open", "Meer groen en een waterpunt.")),
    "ranking": _typed(("ranking.a", "Plaats 2"), ("ranking.b", "Plaats 1"), ("ranking.c", "Plaats 3")),
    "budget": _typed(("budget.a", "60"), ("budget.b", "40")),
}
