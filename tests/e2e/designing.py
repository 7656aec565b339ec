"""A questionnaire with every kind of question, fixed after a second person signed."""

import re
from typing import Any

from playwright.sync_api import Page

from tests.e2e.hands import complaints, fill, follow, heading, press, see
from tests.e2e.office import Office
from tests.e2e.people import day

PLANS = "Meer bomen\nMeer banken\nEen fontein"
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("single", {"text": "Wilt u een ander plein?", "options": "Ja\nNee", "item_key": "change"}),
    ("several", {"text": "Wat mist u nu?", "options": PLANS, "item_key": "missing", "condition": "change:o1"}),
    (
        "matrix",
        {"text": "Bent u het eens?", "options": "Eens\nOneens", "items": "Het plein is veilig.\nHet is er mooi."},
    ),
    ("score", {"text": "Welk cijfer geeft u het plein?", "low_label": "heel slecht", "high_label": "heel goed"}),
    ("number", {"text": "Hoe vaak komt u er per maand?", "minimum": "0", "maximum": "31", "item_key": "visits"}),
    ("ranking", {"text": "Wat vindt u het beste ontwerp?", "options": PLANS, "item_key": "designs"}),
    ("budget", {"text": "Verdeel het geld.", "options": PLANS, "item_key": "money"}),
    ("open", {"text": "Wat wilt u nog zeggen?", "item_key": "words"}),
)


def design(office: Office, commission: str) -> str:
    """Text, dates, questions and plan; the gate tells what is missing. Returns the path of the questionnaire."""
    product = office.product
    page = office.at_desk("griffier", commission)
    fill(page, {"title": "Hoe wilt u het Slotplein?"})
    press(page, "Maak een vragenlijst")
    here = page.url
    assert complaints(page)
    page.goto(f"{here}/tekst")
    opening = {
        "opens_on": day(product, 14),
        "opens_time": "09:00",
        "closes_on": day(product, 28),
        "closes_time": "20:00",
    }
    fill(page, {"introduction": "De raad kiest een ontwerp voor het plein.", "minutes": "5", **opening})
    press(page, "Bewaar")
    for number, (kind, values) in enumerate(QUESTIONS):
        page.goto(f"{here}/vragen/nieuw/{kind}")
        central = page.locator('[name="central_question"] option').nth(number % 2).get_attribute("value")
        fill(page, {**values, "central_question": central})
        press(page, "Bewaar")
        assert not page.locator(".error-summary").count(), complaints(page)
    _move(page)
    _plan(page, here)
    assert not complaints(page), complaints(page)
    _preview(page, here)
    return here.replace(product.url, "")


def _move(page: Page) -> None:
    press(page, "Vraag 8 omhoog")
    press(page, "Vraag 7 omlaag")


def _plan(page: Page, here: str) -> None:
    page.goto(f"{here}/plan")
    plan = {"variables": ["sex", "age", "district"], "breakdowns": ["sex"], "weighting_only": ["age", "district"]}
    fill(page, {**plan, "tables": ["change:sex"]})
    press(page, "Bewaar het plan")


def _preview(page: Page, here: str) -> None:
    page.goto(f"{here}/voorbeeld")
    for _question in QUESTIONS:
        page.get_by_role("link", name=re.compile("Beginnen|Volgende")).click()
    see(page, "Wat wilt u nog zeggen?", "Er wordt niets bewaard of verstuurd.")
    assert not page.locator("main form").count()


def sign_and_fix(office: Office, wave: str, outsider: Page) -> None:
    """Not by whoever made it; by somebody outside through a mailed link that works once."""
    product = office.product
    page = office.at_desk("griffier", f"{wave}/ondertekenen")
    press(page, "Ik heb alles gezien en onderteken")
    see(page, "Ondertekenen kan nu niet", "Een ander moet ondertekenen.")
    fill(page, {"name": "Riet van Buiten", "email": "riet@buurgemeente.example"})
    press(page, "Stuur de link")
    product.work()
    link = product.link(product.mails("riet@buurgemeente.example")[-1], r"/ondertekenen/\S+")
    outsider.goto(link)
    press(outsider, "Beginnen")
    assert link.rsplit("/", 1)[1] not in outsider.url
    see(outsider, "Wat mist u nu?", "De oude linden blijven staan.")
    press(outsider, "Onderteken")
    assert complaints(outsider)
    fill(outsider, {"function": "Griffier van een buurgemeente", "agreed": True})
    press(outsider, "Onderteken")
    heading(outsider, "U hebt ondertekend")
    outsider.goto(link)
    heading(outsider, "Deze link werkt niet meer")
    page.goto(f"{product.url}{wave}")
    press(page, "Zet klaar: leg alles vast")
    see(page, "klaar om te versturen", "Vingerafdruk van deze versie")
    assert not page.get_by_role("link", name="Wijzig vraag 1").count()
    follow(page, "Nieuwe inrichting van het Slotplein")
