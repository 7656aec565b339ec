"""Every form behind a link in its states: filled in, with long words, and refused with its errors."""

from playwright.sync_api import Locator, Page

from tests.e2e.crawling import Crawler
from tests.e2e.scenes import LONG

SHORT = "Kort en goed"
TYPED = "input[type=text]:visible, input[type=email]:visible, input[type=tel]:visible, input[type=url]:visible"
FIELDS = "input:not([type=hidden]):visible, textarea:visible, select:visible"
OPEN = "() => document.querySelectorAll('details').forEach(d => { d.open = true })"


def form_states(crawler: Crawler, page: Page, url: str) -> None:
    """Show the forms of a page filled in and with long words; then send each of them empty."""
    name = f"form-{crawler.endpoint(url)}"
    for state, text in (("filled", SHORT), ("long", LONG)):
        _open(page, url)
        for form in _forms(page):
            _type(form, text)
        crawler.look(page, f"{name}-{state}")
    for number in range(len(_forms(page))):
        _open(page, url)
        if number < len(forms := _forms(page)):
            _send_empty(page, forms[number])
            crawler.look(page, f"{name}-refused")


def _open(page: Page, url: str) -> None:
    page.goto(url)
    page.evaluate(OPEN)


def _forms(page: Page) -> list[Locator]:
    return [form for form in page.locator("main form[method=post]").all() if form.locator(FIELDS).count()]


def _type(form: Locator, text: str) -> None:
    for field in form.locator(f"{TYPED}, textarea:visible").all():
        field.fill(text)
    for field in form.locator("select:visible").all():
        field.select_option(index=field.locator("option").count() - 1)
    for field in form.locator("input[type=checkbox]:visible, input[type=radio]:visible").all():
        field.check()
    for field in form.locator("input[type=date]:visible").all():
        field.fill("2027-03-01")


def _send_empty(page: Page, form: Locator) -> None:
    for field in form.locator(f"{TYPED}, textarea:visible, input[type=date]:visible").all():
        field.fill("")
    for field in form.locator("input[type=checkbox]:visible").all():
        field.uncheck()
    form.evaluate("form => { form.noValidate = true }")
    with page.expect_navigation():
        form.locator("button[type=submit], button:not([type])").first.click()
