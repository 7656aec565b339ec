"""What a person does on a page: fill in by the name of the field, press a button, follow a link."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import Locator, Page, expect


def fill(page: Page, values: Mapping[str, Any]) -> None:
    """Fill in fields by name: text, a choice, or a list of boxes to tick; True ticks a single box."""
    for name, value in values.items():
        field = page.locator(f'main [name="{name}"]')
        kind = field.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
        if kind in {"radio", "checkbox"}:
            _choose(page, name, value)
        elif kind == "select":
            field.select_option(value)
        elif kind == "file":
            field.set_input_files(value)
        else:
            field.fill(str(value))


def _choose(page: Page, name: str, value: Any) -> None:
    wanted: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    for one in wanted:
        exact = "" if one is True else f'[value="{one}"]'
        page.locator(f'main [name="{name}"]{exact}').check()


def press(page: Page, label: str, within: Locator | None = None) -> None:
    """Press a button and wait for the page that follows."""
    with page.expect_navigation():
        (within or page).get_by_role("button", name=label, exact=True).click()


def follow(page: Page, label: str | re.Pattern[str]) -> None:
    """Follow a link and wait for the page that follows."""
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=label, exact=isinstance(label, str)).first.click()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the field with this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.name || ''") == name:
            return
    raise AssertionError(f"the tab key never reaches {name}")


def arrow(page: Page, name: str) -> None:
    """Go to a field and choose its next answer with the arrow down."""
    tab_to(page, name)
    page.keyboard.press("ArrowDown")


def see(page: Page, *texts: str) -> None:
    """The page says this."""
    for text in texts:
        expect(page.locator("main")).to_contain_text(text)


def heading(page: Page, text: str) -> None:
    """The page is the one with this heading."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def complaints(page: Page) -> list[str]:
    """What the summary of errors or of what is missing says."""
    return page.locator(".error-summary li, .blockers li").all_inner_texts()
