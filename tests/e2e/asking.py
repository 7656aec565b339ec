"""The fieldwork: invitations by mail, a member who answers on the phone, reminders, the closing."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e import beginning
from tests.e2e.conftest import Product
from tests.e2e.hands import complaints, fill, heading, press, see
from tests.e2e.office import Office

LINK = r"/v/\S+"
MEMBER = "bellende@panel.example"
PLACES = {"designs.o1": "2", "designs.o2": "1", "designs.o3": "3"}


def invitations(product: Product) -> dict[str, str]:
    """The personal link in each invitation that arrived, by address."""
    asked = [m for m in product.mails() if str(m["Subject"]).startswith("Uw mening gevraagd")]
    return {str(m["To"]): product.link(m, LINK) for m in asked}


def open_questionnaire(product: Product) -> dict[str, str]:
    """The clock opens the questionnaire; everybody gets a link of their own."""
    product.move_clock(timedelta(days=14))
    product.work()
    links = invitations(product)
    assert len(links) == len(set(links.values())) == 92
    mail = next(m for m in product.mails(MEMBER) if str(m["Subject"]).startswith("Uw mening gevraagd"))
    assert "/afmelden/" in str(mail["List-Unsubscribe"])
    return links


def first_pages(product: Product, phone: Page, link: str) -> None:
    """Two taps from the mail to the first question; mistakes are told; Vorige and later verder keep what was said."""
    phone.goto(link)
    heading(phone, "Hoe wilt u het Slotplein?")
    see(phone, "Uw naam staat niet bij uw antwoorden.")
    press(phone, "Beginnen")
    heading(phone, "Wilt u een ander plein?")
    assert link.rsplit("/", 1)[1] not in phone.url
    press(phone, "Volgende")
    assert complaints(phone)
    _answer(phone, {"change": "o1"})
    heading(phone, "Wat mist u nu?")
    fill(phone, {"missing": ["o1", "o3"]})
    press(phone, "Vorige")
    assert phone.locator('[name="change"][value="o1"]').is_checked()
    press(phone, "Volgende")
    assert phone.locator('[name="missing"][value="o3"]').is_checked()
    press(phone, "Opslaan en later verder")
    heading(phone, "Uw antwoorden zijn bewaard")
    phone.goto(f"{product.url}/invullen")
    heading(phone, "Open de link in uw mail opnieuw")


def _answer(page: Page, values: dict[str, Any]) -> None:
    fill(page, values)
    press(page, "Volgende")


def go_on_elsewhere(page: Page, link: str) -> None:
    """On another device: where one was, the rest of the questions, the check, sending."""
    page.goto(link)
    see(page, "U was al begonnen")
    press(page, "Verder")
    heading(page, "Wat mist u nu?")
    press(page, "Volgende")
    heading(page, "Bent u het eens?")
    names = page.locator("main input[type=radio]").evaluate_all("all => [...new Set(all.map(e => e.name))]")
    _answer(page, {names[0]: "o1", names[1]: "o2"})
    score = page.locator("main input[type=radio]").first.get_attribute("name")
    _answer(page, {str(score): "7"})
    _answer(page, {"visits": "veertig"})
    assert complaints(page)
    assert page.locator('[name="visits"]').input_value() == "veertig"
    _answer(page, {"visits": "4"})
    _answer(page, PLACES)
    _answer(page, {"money.o1": "50", "money.o2": "30", "money.o3": "10"})
    assert any("100" in line for line in complaints(page))
    _answer(page, {"money.o3": "20"})
    _answer(page, {"words.extra": "dont_know"})
    _check_and_send(page)


def _check_and_send(page: Page) -> None:
    heading(page, "Controleer uw antwoorden")
    see(page, "Meer bomen", "Een fontein", "Weet ik niet")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("Hoe vaak komt u er")).click()
    fill(page, {"visits": "5"})
    press(page, "Bewaren")
    heading(page, "Controleer uw antwoorden")
    press(page, "Versturen")
    heading(page, "Dank u wel")


def replace(page: Page, link: str) -> None:
    """What was sent is not shown again, and can be replaced as a whole."""
    page.goto(link)
    see(page, "U hebt al geantwoord")
    press(page, "Verder")
    heading(page, "Dank u wel")
    press(page, "Opnieuw invullen: uw vorige antwoorden vervallen")
    assert not page.locator('[name="change"]:checked').count()
    _answer(page, {"change": "o2"})
    heading(page, "Bent u het eens?")
    names = page.locator("main input[type=radio]").evaluate_all("all => [...new Set(all.map(e => e.name))]")
    _answer(page, {names[0]: "o1", names[1]: "dont_know"})
    score = page.locator("main input[type=radio]").first.get_attribute("name")
    _answer(page, {str(score): "8"})
    _answer(page, {"visits": "9"})
    _answer(page, PLACES)
    _answer(page, {"money.o1": "100", "money.o2": "0", "money.o3": "0"})
    _answer(page, {"words": "Graag een waterpunt."})
    press(page, "Versturen")
    heading(page, "Dank u wel")


def others_answer(product: Product, links: dict[str, str], folder: Path) -> None:
    """Most of the others answer; the reminder goes only to who has not."""
    others = [link for to, link in sorted(links.items()) if to != MEMBER]
    answering = others[:75]
    file = folder / "links.json"
    file.write_text(json.dumps([link.rsplit("/", 1)[1] for link in answering]), encoding="utf-8")
    beginning.crowd(product, "answer", str(file))
    product.move_clock(timedelta(days=6))
    product.work()
    reminded = {str(m["To"]) for m in product.mails() if str(m["Subject"]).startswith("Herinnering")}
    silent = {to for to, link in links.items() if to != MEMBER and link not in answering}
    assert reminded == silent


def close(office: Office, wave: str, link: str, phone: Page) -> None:
    """After the last day and the term for paper: sealed answers read, key gone, links dead, a receipt for everybody."""
    product = office.product
    keys = product.folder / "keys"
    assert list(keys.iterdir())
    product.move_clock(timedelta(days=10))
    product.work()
    phone.goto(link)
    heading(phone, "Deze vragenlijst is gesloten")
    product.move_clock(timedelta(days=12))
    product.work()
    assert not [f for folder in (keys, product.folder / "recovery") for f in folder.iterdir()]
    phone.goto(link)
    heading(phone, "Deze vragenlijst is gesloten")
    page = office.at_desk("griffier", f"{wave}/veldwerk")
    see(page, "Vernietiging van de koppeling", "92 persoonlijke links werken niet meer")
