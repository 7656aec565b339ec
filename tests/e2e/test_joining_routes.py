"""Joining without JavaScript, in two languages and by keyboard only, on a phone."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.beginning import digits_of
from tests.e2e.conftest import Product
from tests.e2e.hands import arrow, fill, follow, heading, press, see, tab_to
from tests.e2e.looking import WIDER

pytestmark = pytest.mark.browser
PERSON = {
    "first_name": "Noor",
    "last_name": "Zonderbrief",
    "birth_year": "1984",
    "sex": "female",
    "postcode": "3701 AB",
    "house_number": "7",
    "street": "Dorpsstraat",
    "city": "Zeist",
    "district_code": "-",
    "education": "high",
    "tenure": "renter",
    "participate": True,
}
STEP = timedelta(seconds=30)


def judge(page: Page, name: str) -> None:
    """A page is accessible to the letter of axe, and no wider than the phone."""
    assert not violations(page), name
    assert page.evaluate(WIDER) <= 0, name


def test_open_sign_up_in_english_without_javascript(house: Product, open_browser: Any) -> None:
    page = open_browser(phone=True, javascript=False)
    page.goto(f"{house.url}/meedoen")
    follow(page, "English")
    heading(page, "Become a member with a code")
    fill(page, {"code": "1234"})
    press(page, "Continue")
    see(page, "We do not know this code.")
    follow(page, "You can also sign up by yourself")
    heading(page, "Sign up for the panel")
    house.move_clock(STEP)
    fill(page, {**PERSON, "birth_year": "2020", "email": "noor@voorbeeld.example"})
    press(page, "Sign me up")
    see(page, "You can become a member from the year in which you turn 16.")
    house.move_clock(STEP)
    fill(page, {"birth_year": "1984"})
    press(page, "Sign me up")
    heading(page, "Confirm your e-mail address")
    house.work()
    (mail,) = house.mails("noor@voorbeeld.example")
    assert mail["Subject"] == "Your code to confirm your e-mail address"
    fill(page, {"code": digits_of(mail)})
    press(page, "Confirm")
    heading(page, "Almost done: watch your letterbox")
    follow(page, "Nederlands")
    heading(page, "Bijna klaar: let op uw brievenbus")


def test_open_sign_up_by_keyboard_only(house: Product, open_browser: Any) -> None:
    page = open_browser(phone=True)
    page.goto(f"{house.url}/aanmelden")
    judge(page, "sign-up")
    house.move_clock(STEP)
    for name, text in (("first_name", "Jan"), ("last_name", "Toets"), ("birth_year", "1975")):
        tab_to(page, name)
        page.keyboard.type(text)
    arrow(page, "sex")
    for name, text in (("postcode", "3701 AB"), ("house_number", "9"), ("street", "Laan"), ("city", "Zeist")):
        tab_to(page, name)
        page.keyboard.type(text)
    for name in ("district_code", "education", "tenure"):
        arrow(page, name)
    tab_to(page, "email")
    page.keyboard.type("jan@voorbeeld.example")
    tab_to(page, "participate")
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Bevestig uw e-mailadres")
