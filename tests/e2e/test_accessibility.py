"""Every page for every role: axe without violations, nothing wider than a phone, valid HTML."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e import filling, life_scenes, scenes, validator
from tests.e2e.conftest import Product
from tests.e2e.crawling import Crawler, routes
from tests.e2e.demonstration import Demonstration
from tests.e2e.hands import fill, press
from tests.e2e.looking import Critic

pytestmark = pytest.mark.browser


def test_every_page_is_valid_readable_and_without_violations(
    new_product: Callable[..., Product], open_browser: Any, tmp_path: Path
) -> None:
    product = new_product(demonstration=True)
    product.flask("demo", "load", "--small")
    product.start()
    demo = Demonstration(product, open_browser)
    pages = tmp_path / "pages"
    pages.mkdir()
    critic = Critic(pages)
    crawler = Crawler(product, critic, routes(product))

    visitor = open_browser()
    crawler.walk("visitor", visitor, [product.url, f"{product.url}/voorbeeld/post?zoek=raadslid"])
    _lost(crawler, product, visitor)
    _staff(crawler, demo)
    scenes.signing_up(crawler, demo, open_browser())
    scenes.joining(crawler, demo, open_browser(), tmp_path)
    crawler.look(demo.desks["griffier"], "round-letters")
    life_scenes.figures(crawler, demo, demo.desks["griffier"], tmp_path)
    life_scenes.report_of_death(crawler, demo, visitor)
    life_scenes.waking_up(crawler, demo, visitor)
    scenes.staff_door(crawler, demo, open_browser(), demo.at_desk("beheerder"))
    scenes.signing_outside(crawler, demo, demo.at_desk("griffier"), open_browser())
    _member(crawler, demo)
    _forms(crawler, demo)

    unseen = [f"never seen: {endpoint}" for endpoint in sorted(crawler.pages - set(crawler.seen))]
    faults = unseen + critic.faults + (validator.errors(pages) if validator.available() else [])
    assert not faults, f"{len(faults)} faults on {sum(critic.seen.values())} pages:\n" + "\n".join(faults)


def _lost(crawler: Crawler, product: Product, page: Page) -> None:
    for path, status in (("/bestaat-niet", 404), ("/v/onzin", 404), ("/griffie", 200)):
        assert crawler.critic.visit(page, f"{product.url}{path}", f"lost-{path}") == status


def _staff(crawler: Crawler, demo: Demonstration) -> None:
    url = demo.product.url
    for key, start in (
        ("griffier", "/griffie"),
        ("raadslid", "/raad"),
        ("onderzoeker", "/griffie/publicaties"),
        ("beheerder", "/beheer/accounts"),
    ):
        page = demo.at_desk(key)
        crawler.walk(key, page, [page.url, f"{url}{start}"])
        if key == "raadslid":
            _commission(crawler, url, page)
        assert crawler.critic.visit(page, f"{url}/beheer/logboek", f"{key}-forbidden") in {200, 403}


def _forms(crawler: Crawler, demo: Demonstration) -> None:
    """Last, since sending forms empty may change what the demonstration holds."""
    for key in demo.staff:
        page = demo.at_desk(key)
        for role, url in crawler.forms.values():
            if role == key:
                filling.form_states(crawler, page, url)


def _commission(crawler: Crawler, url: str, page: Page) -> None:
    """A new commission with long texts on every page of its conversation."""
    scenes.four_states(crawler, page, f"{url}/raad/opdrachten/nieuw", "Begin", {"title": scenes.LONG})
    press(page, "Begin")
    here = page.url.split("/stap/")[0]
    while "/stap/" in page.url:
        scenes.fill_all(page, scenes.LONG)
        crawler.look(page, "commission-step-long")
        press(page, "Bewaar en ga verder")
        if page.locator(".error-summary").count():
            crawler.look(page, "commission-step-refused")
            break
    page.goto(f"{here}/stap/belanghebbenden")
    fill(page, {"shared_interest": scenes.LONG})
    press(page, "Bewaar en stop")
    press(page, "Dien de opdracht in")
    crawler.look(page, "commission-blocked")
    scenes.four_states(
        crawler, page, f"{here}/belanghebbende", "Bewaar", {"name": scenes.LONG, "interest": scenes.LONG}
    )


def _member(crawler: Crawler, demo: Demonstration) -> None:
    page, elsewhere = demo.open_browser(), demo.open_browser()
    scenes.member_door(crawler, demo, page, elsewhere)
    crawler.walk("member", elsewhere, [f"{demo.product.url}/mijn"])
    elsewhere.goto(f"{demo.product.url}/mijn")
    with elsewhere.expect_navigation():
        elsewhere.get_by_role("link", name="Naar de vragenlijst").first.click()
    scenes.answering(crawler, demo, elsewhere)
    elsewhere.goto(demo.unsubscribe_link())
    crawler.look(elsewhere, "unsubscribe")
    elsewhere.goto(demo.unsubscribe_link("/vragenlijsten/", "Wat is er met uw antwoorden gedaan"))
    crawler.look(elsewhere, "unsubscribe-feedback")
    press(elsewhere, "Geen mails meer over deze vragenlijst")
    crawler.look(elsewhere, "unsubscribed-feedback")
    scenes.leaving(crawler, demo, page)
