"""Staff at work: accounts set up through their one-time link, signed in with password and code."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page

from tests.e2e.conftest import Product
from tests.e2e.hands import fill, heading, press

PASSWORD = "vier invoerige dakpannen op een fiets"
STEP = timedelta(seconds=31)


@dataclass
class Colleague:
    """Somebody with an account; the secret is known after the set-up."""

    name: str
    email: str
    page: Page
    secret: str = ""


class Office:
    """Everybody who works with one installation."""

    def __init__(self, product: Product, open_browser: Any) -> None:
        self.product = product
        self.open_browser = open_browser
        self.people: dict[str, Colleague] = {}

    def hire(self, key: str, name: str, role: str) -> Colleague:
        """Create an account at the command line and set it up in the browser."""
        email = f"{key}@gemeente.example"
        link = self.product.flask("accounts", "create", email, "--name", name, "--role", role).strip().splitlines()[-1]
        return self.set_up(key, name, email, link)

    def set_up(self, key: str, name: str, email: str, link: str) -> Colleague:
        """Choose a password and connect the app."""
        page = self.open_browser()
        colleague = self.people[key] = Colleague(name, email, page)
        page.goto(link)
        heading(page, "Stel uw account in")
        colleague.secret = page.locator("main code").inner_text().replace(" ", "")
        code = self.product.totp(colleague.secret)
        fill(page, {"password": PASSWORD, "again": PASSWORD, "code": code})
        press(page, "Sla op")
        heading(page, "Inloggen voor medewerkers")
        return colleague

    def at_desk(self, key: str, path: str = "") -> Page:
        """Sign in anew (sessions end while the clock moves) and go to a page."""
        colleague = self.people[key]
        page = colleague.page
        # a code works once: wait for the next one
        self.product.move_clock(STEP)
        page.goto(f"{self.product.url}/medewerkers/inloggen")
        if "inloggen" in page.url:
            fill(page, {"email": colleague.email, "password": PASSWORD})
            press(page, "Ga verder")
            fill(page, {"code": self.product.totp(colleague.secret)})
            press(page, "Log in")
        if path:
            page.goto(f"{self.product.url}{path}")
        return page
