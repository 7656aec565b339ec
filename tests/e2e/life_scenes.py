"""Pages of members' lives and of new figures that no link leads to: reached by doing what a person does there."""

from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.crawling import Crawler
from tests.e2e.demonstration import Demonstration
from tests.e2e.hands import fill, press
from tests.e2e.scenes import LONG, four_states


def report_of_death(crawler: Crawler, demo: Demonstration, page: Page) -> None:
    """A relative tells that somebody has died."""
    url, button = f"{demo.product.url}/overleden", "Meld dit overlijden"
    person = {"first_name": LONG[:70], "last_name": LONG[:100], "postcode": "3702 AB", "house_number": "7"}
    four_states(crawler, page, url, button, person)
    press(page, button)
    crawler.look(page, "death-reported")


def waking_up(crawler: Crawler, demo: Demonstration, page: Page) -> None:
    """The link of the wake-up mail, here one that no longer works: it shows a button, and then says so."""
    crawler.critic.visit(page, f"{demo.product.url}/weer-meedoen/onbekend/sleutel", "stay")
    crawler.note(page)
    press(page, "Ik doe weer mee")
    crawler.look(page, "stay-too-late")


def figures(crawler: Crawler, demo: Demonstration, desk: Page, folder: Path) -> None:
    """A file of figures with faults: while it is read, and what is wrong with it."""
    damaged = folder / "cijfers.csv"
    damaged.write_bytes(b"RegioS;Perioden\nGM0355;onzin\n")
    desk.goto(f"{demo.product.url}/griffie/bevolking/inlezen")
    fill(desk, {"kind": "age-sex", "year": "2024", "file": str(damaged)})
    press(desk, "Lees in")
    crawler.look(desk, "figures-being-read")
    demo.product.work()
    desk.reload()
    crawler.look(desk, "figures-with-faults")
