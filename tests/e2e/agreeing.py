"""From the wish of the council to an agreement that everybody can read."""

from typing import Any

from playwright.sync_api import Page

from tests.e2e.hands import complaints, fill, follow, heading, press, see
from tests.e2e.names import check_names
from tests.e2e.office import Office
from tests.e2e.people import MONEY, QUESTION, day

WHY = {
    "goal": "Een plein waar mensen graag komen.",
    "activity": "Het Slotplein krijgt een nieuwe inrichting.",
    "municipality_position": "Het college wil meer bomen.",
    "municipality_role": "decider",
}
ROOM = {
    "room_for_influence": "yes",
    "enough_interest": "yes",
    "enough_time": "yes",
    "why_ask": "De raad kan nog kiezen uit drie ontwerpen.",
}
STAKEHOLDERS = {
    "shared_interest": "Een veilig en groen plein.",
    "missing_voices": "Kinderen onder de 16 jaar.",
    "heard_beside": "Gesprekken op twee scholen.",
    "consulted_at_start": "Vijf bewoners van het plein.",
}
GROUP = {"name": "Winkeliers", "interest": "Genoeg klanten.", "weight": "4", "effect": "both", "level": "think"}
SIZE = {"size": "4", "attention": "5", "contribution": "4", "nuisance": "3"}


def commission(office: Office) -> str:
    """A council member goes through the conversation and hands it in; returns the address of the commission."""
    page = office.at_desk("raadslid", "/raad")
    follow(page, "Begin een nieuwe opdracht")
    fill(page, {"title": "Nieuwe inrichting van het Slotplein"})
    press(page, "Begin")
    here = page.url.split("/stap/")[0]
    page.goto(here)
    press(page, "Dien de opdracht in")
    assert len(complaints(page)) > 5
    see(page, "Dit kan nog niet. Dit ontbreekt:", "Wat is het doel?")
    page.goto(f"{here}/stap/waarom")
    check_names(page, "commission-step")
    for heading_of_step, values in _steps(office):
        heading(page, heading_of_step)
        if heading_of_step == "Wie heeft ermee te maken?":
            _add_group(page)
        fill(page, values)
        press(page, "Bewaar en ga verder")
        assert not page.locator(".error-summary").count(), complaints(page)
    heading(page, "Nieuwe inrichting van het Slotplein")
    press(page, "Dien de opdracht in")
    see(page, "ingediend")
    return here


def _steps(office: Office) -> list[tuple[str, dict[str, Any]]]:
    product = office.product
    decision = {
        "decision_title": "Inrichting Slotplein",
        "decision_url": "https://raad.example/slotplein",
        "bob_phase": "judging",
        "papers_on": day(product, 100),
        "decision_on": day(product, 120),
    }
    promises = {
        "results_promised_on": day(product, 90),
        "feedback_promised_on": day(product, 150),
        "contact_name": "Anna Griffier",
        "contact_phone": "030 000 00 01",
    }
    return [
        ("Waarom wilt u dit doen?", WHY),
        ("Heeft vragen zin?", ROOM),
        ("Wat wilt u opgelost zien?", {"central_questions": f"{QUESTION}\n{MONEY}"}),
        ("Voor welk besluit is dit?", decision),
        ("Wat staat al vast?", {"anchor_points": "De oude linden blijven staan."}),
        ("Wie heeft ermee te maken?", STAKEHOLDERS),
        ("Hoe groot is dit?", SIZE),
        ("In welk gebied?", {}),
        ("Wat doet u met de uitkomst?", {"level": "think:weighed"}),
        ("Wat belooft u, en wanneer?", promises),
        ("Past het bij onze waarden?", {"values_answer": "Iedereen kan meedoen, ook op papier."}),
    ]


def _add_group(page: Page) -> None:
    follow(page, "Voeg een groep toe")
    fill(page, GROUP)
    press(page, "Bewaar")


def agree(office: Office, commission: str, visitor: Page) -> str:
    """The griffie advises and records the decision; anybody can read the agreement. Returns the griffie's page."""
    product = office.product
    here = f"/griffie/opdrachten/{commission.rsplit('/', 1)[1]}"
    page = office.at_desk("griffier", here)
    fill(page, {"advice": "Een vragenlijst past bij dit doel."})
    press(page, "Leg het advies vast")
    fill(page, {"verdict": "accept"})
    press(page, "Leg het besluit vast")
    assert "Vul het nummer van het besluit in." in complaints(page)
    fill(page, {"verdict": "accept", "number": "P-2026-12", "decided_on": day(product, 0)})
    press(page, "Leg het besluit vast")
    see(page, "afgesproken")
    public = page.get_by_role("link", name="De openbare afspraak").get_attribute("href")
    visitor.goto(f"{product.url}{public}")
    see(visitor, "Een plein waar mensen graag komen.", "De oude linden blijven staan.", "P-2026-12")
    return here
