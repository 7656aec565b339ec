"""The whole life of a member in English, on a phone without JavaScript, by keyboard only."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import clock
from tests.e2e.beginning import digits_of
from tests.e2e.conftest import ROOT, Product
from tests.e2e.english_member import EMAIL
from tests.e2e.hands import heading, see
from tests.e2e.looking import WIDER

pytestmark = pytest.mark.browser
DUTCH = re.compile(
    r"\b(?:aan|alles|bij|dan|dat|deze|dit|een|en|geen|hebt|het|kunt|met|naar|niet|nog|ons|ook|op|uw|van|voor|vul"
    r"|wij|wilt|wordt|zijn)\b",
    re.IGNORECASE,
)
PLACES = "select"  # names of districts stay as they are
SPOKEN = f"""() => {{
  const page = document.documentElement.cloneNode(true);
  page.querySelectorAll('{PLACES}, [lang=nl], script, style').forEach(e => e.remove());
  return page.textContent.replace(/\\s+/g, ' ');
}}"""
REACHED = """() => {
  const e = document.activeElement;
  return (e.name || '') + '|' + (e.innerText || '').trim();
}"""


@pytest.fixture(scope="module")
def house(new_product: Callable[..., Product]) -> Product:
    """An installation with one member."""
    product = new_product()
    command = [sys.executable, "-m", "tests.e2e.english_member"]
    done = subprocess.run(command, cwd=ROOT, env=product.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    product.start()
    return product


def judge(page: Page, title: str) -> None:
    """The page with this heading speaks no Dutch and is no wider than the phone."""
    heading(page, title)
    assert page.locator("html").get_attribute("lang") == "en"
    assert not (found := DUTCH.findall(page.evaluate(SPOKEN))), (title, found)
    assert page.evaluate(WIDER) <= 0, title


def to(page: Page, name: str) -> None:
    """Tab until the focus is on the field, link or button with this name."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if name in page.evaluate(REACHED).split("|"):
            return
    raise AssertionError(f"the tab key never reaches {name}")


def go(page: Page, name: str, key: str = "Enter") -> None:
    """Go to a link or button and use it."""
    to(page, name)
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_member_signs_in_checks_pauses_and_leaves_in_english(house: Product, open_browser: Any) -> None:
    page = open_browser(phone=True, javascript=False)
    page.goto(f"{house.url}/inloggen")
    go(page, "English")
    judge(page, "Sign in to My panel")
    to(page, "email")
    page.keyboard.type(EMAIL)
    go(page, "Send me a code")
    judge(page, "Fill in your code")
    house.work()
    to(page, "code")
    page.keyboard.type(digits_of(house.mails(EMAIL)[-1]))
    go(page, "Sign in")
    judge(page, "My panel")
    go(page, "See or change my profile")
    judge(page, "Is your profile still right?")
    go(page, "Everything is still right")
    see(page, "Your profile has been checked.")
    judge(page, "My panel")
    pause(page)
    go(page, "Leave the panel")
    judge(page, "Leave the panel")
    to(page, "sure")
    page.keyboard.press("Space")
    go(page, "Leave and erase my details")
    judge(page, "Your details have been erased")
    house.work()
    assert house.mails(EMAIL)[-1]["Subject"] == "Your details have been erased"


def twin_day(ahead: int) -> date:
    """The first day after so many days that reads the same with the month in front: browsers differ in the order."""
    days = (clock.today() + timedelta(days=ahead + more) for more in range(60))
    return next(day for day in days if day.day == day.month)


def pause(page: Page) -> None:
    """A pause that ends too late is refused; then a short one."""
    go(page, "Take a break")
    judge(page, "Take a break")
    to(page, "until")
    page.keyboard.type(f"{twin_day(900):%d%m%Y}")
    go(page, "Start the break")
    see(page, "A break lasts a year at most.")
    judge(page, "Take a break")
    to(page, "until")
    page.keyboard.type(f"{twin_day(1):%d%m%Y}")
    go(page, "Start the break")
    see(page, "Your break has started.")
    expect(page.locator("main")).to_contain_text("Your break lasts until")
    judge(page, "My panel")
