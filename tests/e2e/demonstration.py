"""A loaded demonstration with the ways in for each role, and its mail from the folder."""

import email
import json
import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pyotp
from playwright.sync_api import Page

from tests.e2e.conftest import Product
from tests.e2e.hands import fill, press

STEP = timedelta(seconds=31)


class Demonstration:
    """The running demonstration."""

    def __init__(self, product: Product, open_browser: Callable[..., Page]) -> None:
        self.product = product
        self.open_browser = open_browser
        self.desks: dict[str, Page] = {}
        kept = json.loads((product.folder / "demonstration.json").read_text(encoding="utf-8"))
        self.staff: dict[str, dict[str, Any]] = {door["key"]: door for door in kept["staff"]}
        self.members: list[str] = kept["members"]

    def mail(self, to: str) -> str:
        """The text of the newest mail to somebody, after the worker did its part."""
        self.product.work()
        newest = sorted((self.product.folder / "mail").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns, reverse=True)
        for file in newest:
            message = email.message_from_bytes(file.read_bytes(), policy=default)
            if isinstance(message, EmailMessage) and to in str(message["To"]):
                body = message.get_body(("plain",))
                return str(body.get_content()) if body else ""
        raise AssertionError(f"no mail to {to}")

    def link(self, to: str, pattern: str) -> str:
        """The link of the newest mail to somebody."""
        text = self.mail(to)
        found = re.search(rf"http://\S+{pattern}", text)
        assert found is not None, text
        return found[0]

    def sign_in_staff(self, page: Page, key: str) -> None:
        """Password and code."""
        door = self.staff[key]
        self.product.move_clock(STEP)
        page.goto(f"{self.product.url}/medewerkers/inloggen")
        fill(page, {"email": door["email"], "password": door["password"]})
        press(page, "Ga verder")
        fill(page, {"code": pyotp.TOTP(door["totp_secret"]).at(int(self.product.now))})
        press(page, "Log in")

    def at_desk(self, key: str, path: str = "") -> Page:
        """Somebody of the staff, signed in, at a page."""
        if key not in self.desks:
            self.desks[key] = self.open_browser()
        page = self.desks[key]
        self.sign_in_staff(page, key)
        if path:
            page.goto(f"{self.product.url}{path}")
        return page

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.product.move_clock(timedelta(seconds=seconds))

    def digits(self, to: str) -> str:
        """The six digits of the newest mail to somebody."""
        found = re.search(r"^\s+(\d{6})\s*$", self.mail(to), re.MULTILINE)
        assert found is not None
        return found[1]

    def ask_code(self, page: Page, address: str) -> str:
        """A member asks for a code; returns its digits."""
        page.goto(f"{self.product.url}/inloggen")
        fill(page, {"email": address})
        press(page, "Stuur mij een code")
        return self.digits(address)

    def waiting_link(self) -> str:
        """The link to a place on the waiting list."""
        for file in (self.product.folder / "mail").glob("*.eml"):
            message = email.message_from_bytes(file.read_bytes(), policy=default)
            body = message.get_body(("plain",))
            found = re.search(r"http\S+/wachtlijst/\S+", body.get_content()) if body else None
            if found:
                return found[0]
        raise AssertionError("nobody was told of a waiting list")

    def unsubscribe_link(self, path: str = "/afmelden/", subject: str = "Uw mening") -> str:
        """The link to unsubscribe of some mail: of an invitation, unless told otherwise."""
        for file in (self.product.folder / "mail").glob("*.eml"):
            message = email.message_from_bytes(file.read_bytes(), policy=default)
            found = re.search(rf"http\S+{path}[^>\s]+", str(message["List-Unsubscribe"]))
            if found and subject in str(message["Subject"]):
                return found[0]
        raise AssertionError(f"no mail {subject}")
