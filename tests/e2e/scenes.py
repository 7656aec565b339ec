"""Pages that no link leads to: each is reached by doing what a person does there."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyotp
from playwright.sync_api import Locator, Page

from tests.e2e import beginning
from tests.e2e.crawling import Crawler
from tests.e2e.demonstration import Demonstration
from tests.e2e.hands import fill, press
from tests.e2e.office import PASSWORD
from tests.e2e.people import PROFILE

Open = Callable[..., Page]
LONG = "Gemeenteraadsverkiezingsuitslagenavond" * 3
NEWCOMER = {"first_name": LONG[:70], "last_name": LONG[:100], "sex": "female", "district_code": "WK035502"}
ADDRESS = {"street": LONG[:100], "house_number": "7", "postcode": "3702 AB", "city": "Zeist"}


def four_states(crawler: Crawler, page: Page, url: str, button: str, values: Mapping[str, Any]) -> None:
    """A form empty, refused, and filled in with long texts; what the button leads to is the caller's."""
    name = f"form-{crawler.endpoint(url)}"
    crawler.critic.visit(page, url, f"{name}-empty")
    fill_all(page, "")
    press(page, button)
    crawler.look(page, f"{name}-refused")
    page.goto(url)
    fill(page, values)
    crawler.look(page, f"{name}-filled")


def fill_all(page: Page, text: str) -> None:
    """Type the same text in every field for text that is in sight."""
    for field in page.locator("main form input[type=text]:visible, main form textarea:visible").all():
        field.fill(text)


def signing_up(crawler: Crawler, demo: Demonstration, page: Page) -> None:
    """Open sign-up up to the letter."""
    url, mailbox = f"{demo.product.url}/aanmelden", "nieuw@voorbeeld.example"
    four_states(crawler, page, url, "Meld mij aan", {**PROFILE, **NEWCOMER, **ADDRESS, "email": mailbox})
    fill(page, {"postcode": "onzin"})
    demo.wait(20)
    press(page, "Meld mij aan")
    crawler.look(page, "sign-up-long-refused")
    fill(page, {"postcode": "3702 AB"})
    demo.wait(20)
    press(page, "Meld mij aan")
    crawler.look(page, "confirm-email")
    press(page, "Bevestig")
    crawler.look(page, "confirm-email-refused")
    fill(page, {"code": demo.digits(mailbox)})
    press(page, "Bevestig")
    crawler.look(page, "joined-waits-for-letter")
    page.goto(demo.waiting_link())
    crawler.look(page, "waiting-list")


def joining(crawler: Crawler, demo: Demonstration, page: Page, folder: Path) -> None:
    """A letter of a new round up to membership by post."""
    code = beginning.recruit(demo, folder)[0]  # type: ignore[arg-type]  # the demonstration has a desk too
    url = f"{demo.product.url}/meedoen"
    four_states(crawler, page, url, "Ga verder", {"code": code})
    press(page, "Ga verder")
    crawler.look(page, "join")
    press(page, "Word lid")
    crawler.look(page, "join-refused")
    fill(page, {**PROFILE, **NEWCOMER})
    press(page, "Word lid")
    crawler.look(page, "joined-by-post")


def staff_door(crawler: Crawler, demo: Demonstration, page: Page, desk: Page) -> None:
    """The set-up of a new account, and both steps of signing in."""
    desk.goto(f"{demo.product.url}/beheer/accounts/nieuw")
    crawler.look(desk, "account-new")
    mailbox = "nieuwe.collega@voorbeeld.example"
    fill(desk, {"name": LONG[:100], "email": mailbox, "roles": "clerk"})
    with desk.expect_navigation():
        desk.locator("main form button[type=submit]").last.click()
    crawler.look(desk, "account-made")
    link = demo.link(mailbox, r"/medewerkers/instellen/\S+")
    four_states(crawler, page, link, "Sla op", {"password": PASSWORD, "again": PASSWORD})
    secret = page.locator("main code").inner_text().replace(" ", "")
    fill(page, {"code": pyotp.TOTP(secret).at(int(demo.product.now))})
    press(page, "Sla op")
    four_states(crawler, page, page.url, "Ga verder", {"email": mailbox, "password": PASSWORD})
    press(page, "Ga verder")
    crawler.look(page, "staff-code")
    press(page, "Log in")
    crawler.look(page, "staff-code-refused")
    page.goto(f"{demo.product.url}/medewerkers/instellen/onzin")
    crawler.critic.judge(page, "set-up-link-over")


def member_door(crawler: Crawler, demo: Demonstration, page: Page, elsewhere: Page) -> None:
    """Signing in by code, the link beside it in both browsers, and a mailbox that two members share."""
    first, second = demo.members[:2]
    four_states(crawler, page, f"{demo.product.url}/inloggen", "Stuur mij een code", {"email": second})
    demo.ask_code(page, second)
    crawler.look(page, "member-code")
    press(page, "Log in")
    crawler.look(page, "member-code-refused")
    link = demo.link(second, r"/code/\S+")
    for window, name in ((elsewhere, "code-link-elsewhere"), (page, "code-link")):
        window.goto(link)
        crawler.look(window, name)
    press(page, "Ga verder")
    crawler.look(page, "member-home")
    _share_mailbox(crawler, demo, page, first)
    fill(elsewhere, {"code": demo.ask_code(elsewhere, first)})
    press(elsewhere, "Log in")
    crawler.look(elsewhere, "member-choose")
    elsewhere.locator("main form button").first.click()


def _share_mailbox(crawler: Crawler, demo: Demonstration, page: Page, first: str) -> None:
    four_states(crawler, page, f"{demo.product.url}/mijn/e-mailadres", "Stuur een code", {"email": first})
    press(page, "Stuur een code")
    crawler.look(page, "new-email-code")
    fill(page, {"code": demo.digits(first)})
    press(page, "Bevestig")


def leaving(crawler: Crawler, demo: Demonstration, page: Page) -> None:
    """A member leaves for good."""
    url = f"{demo.product.url}/mijn/verlaten"
    label = page.goto(url) and page.locator("main form button[type=submit]").last.inner_text()
    four_states(crawler, page, url, str(label), {"sure": True})
    press(page, str(label))
    crawler.look(page, "member-left")


def answering(crawler: Crawler, demo: Demonstration, page: Page) -> None:
    """A questionnaire from the link to withdrawing the answers."""
    link = page.url
    crawler.critic.visit(page, link, "survey-start")
    crawler.note(page)
    press(page, "Beginnen")
    while "/vraag/" in page.url:
        question = page.url.rsplit("/", 1)[1]
        crawler.look(page, f"survey-question-{question}")
        press(page, "Volgende")
        crawler.look(page, f"survey-question-{question}-refused")
        _any_answer(page)
        crawler.look(page, f"survey-question-{question}-filled")
        press(page, "Volgende")
    crawler.look(page, "survey-check")
    press(page, "Versturen")
    crawler.look(page, "survey-done")
    page.goto(link)
    crawler.look(page, "survey-start-sent")
    press(page, "Verder")
    press(page, "Opnieuw invullen: uw vorige antwoorden vervallen")
    press(page, "Opslaan en later verder")
    crawler.look(page, "survey-kept")
    page.goto(link)
    crawler.look(page, "survey-start-resumed")
    press(page, "Verder")
    page.goto(f"{demo.product.url}/invullen/intrekken")
    crawler.look(page, "survey-withdraw")
    with page.expect_navigation():
        page.locator("main form button").first.click()
    crawler.look(page, "survey-withdrawn")
    page.goto(f"{demo.product.url}/invullen")
    crawler.look(page, "survey-session-over")


def _any_answer(page: Page) -> None:
    """Something that every kind accepts, with long words where words may be typed."""
    form = page.locator("main form")
    names = form.locator("input[type=radio]").evaluate_all("all => [...new Set(all.map(e => e.name))]")
    for name in names:
        form.locator(f'[name="{name}"]').first.check()
    if names:
        return
    if form.locator("textarea").count():
        form.locator("textarea").fill(LONG * 3)
    elif form.locator("select, input[type=text]").count():
        _places_or_points(form)
    else:
        form.locator("input[type=checkbox]").first.check()


def _places_or_points(form: Locator) -> None:
    for place, box in enumerate(form.locator("select").all(), 1):
        box.select_option(str(place))
    boxes = form.locator("input[type=text]").all()
    for number, box in enumerate(boxes):
        # one number, or points of which the first answer gets all
        box.fill("3" if len(boxes) == 1 else "0" if number else "100")


def signing_outside(crawler: Crawler, demo: Demonstration, desk: Page, page: Page) -> None:
    """Somebody outside reads and signs the questionnaire that is in design."""
    desk.goto(f"{demo.product.url}/griffie/vragenlijsten?status=design")
    desk.locator("main table a").first.click()
    desk.goto(f"{desk.url}/ondertekenen")
    mailbox = "buiten@voorbeeld.example"
    fill(desk, {"name": "Riet van Buiten", "email": mailbox})
    press(desk, "Stuur de link")
    link = demo.link(mailbox, r"/ondertekenen/\S+")
    crawler.critic.visit(page, link, "outside-enter")
    crawler.note(page)
    press(page, "Beginnen")
    four_states(crawler, page, page.url, "Onderteken", {"name": LONG[:100], "function": LONG[:100], "agreed": True})
    press(page, "Onderteken")
    crawler.look(page, "outside-done")
    page.goto(link)
    crawler.look(page, "outside-gone")
