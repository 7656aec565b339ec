"""The product as its users meet it: web server and worker as processes, real mail, a real browser."""

import email
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pyotp
import pytest
from aiosmtpd.controller import Controller
from cryptography.fernet import Fernet
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from core.clock import AMSTERDAM
from tests import database as databases
from tests.conftest import ENGINE, Postbox

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def until_noon() -> float:
    """Seconds to the next noon in Amsterdam: what the product does by day must not depend on when the tests run."""
    now = datetime.now(AMSTERDAM)
    return ((now.replace(hour=12, minute=0, second=0, microsecond=0) - now) % timedelta(days=1)).total_seconds()


@dataclass
class Product:
    """A running installation of its own: database, keys, mail server, web and worker."""

    folder: Path
    database_url: str
    port: int
    postbox: Postbox
    mail_url: str
    demonstration: bool = False
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the product."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the processes get."""
        secrets_file = self.folder / "identity.key"
        if not secrets_file.exists():
            secrets_file.write_text(Fernet.generate_key().decode())
            (self.folder / "clock").write_text(str(until_noon()))
        return {
            **os.environ,
            "FLASK_APP": "app",
            "PANEL_DATABASE_URL": self.database_url,
            "PANEL_BASE_URL": self.url,
            "PANEL_SESSION_KEY": "browser-test-session-key-of-32-characters",
            "PANEL_IDENTITY_KEYS": secrets_file.read_text(),
            "PANEL_INDEX_KEY": "browser-test-index-key-of-32-characters",
            "PANEL_KEYSTORE": str(self.folder / "keys"),
            "PANEL_RECOVERY_KEYSTORE": str(self.folder / "recovery"),
            "PANEL_MAIL_URL": self.mail_url,
            "PANEL_MAIL_FROM": "Inwonerspanel <panel@voorbeeld.example>",
            "PANEL_DEMONSTRATION": "1" if self.demonstration else "0",
            "PANEL_TESTING": "1",
            "PANEL_CLOCK_FILE": str(self.folder / "clock"),
        }

    def flask(self, *arguments: str) -> str:
        """Run one of the product's commands."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"flask {' '.join(arguments)}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Start the web server and wait until it answers."""
        web = [sys.executable, "-m", "gunicorn", "app:create_app()", "-k", "gthread", "--threads", "4", "-w", "1"]
        web += ["--no-control-socket", "--bind", f"127.0.0.1:{self.port}", "--log-level", "warning"]
        log = (self.folder / "web.log").open("ab")
        self.processes.append(
            subprocess.Popen(web, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        )
        for _ in range(150):
            try:
                urlopen(f"{self.url}/gezondheid", timeout=2).close()
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise AssertionError((self.folder / "web.log").read_text())

    def work(self) -> None:
        """Let the worker do everything that is due now: schedule, jobs, mail."""
        self.flask("worker", "--once")

    def move_clock(self, by: timedelta) -> None:
        """Move the clock of all processes forward."""
        file = self.folder / "clock"
        moved = float(file.read_text()) + by.total_seconds()
        temporary = file.with_suffix(".new")
        temporary.write_text(str(moved))
        temporary.rename(file)

    @property
    def now(self) -> float:
        """The moved time, as a Unix timestamp (for the second factor)."""
        return time.time() + float((self.folder / "clock").read_text())

    def totp(self, secret: str) -> str:
        """The code that an authenticator app shows now."""
        return pyotp.TOTP(secret).at(int(self.now))

    def mails(self, to: str = "") -> list[EmailMessage]:
        """The mails that really arrived, oldest first."""
        parsed = [email.message_from_bytes(e.content, policy=default) for e in self.postbox.messages]
        return [m for m in parsed if isinstance(m, EmailMessage) and to in str(m["To"])]

    def link(self, message: EmailMessage, pattern: str) -> str:
        """The first link of a mail that matches."""
        body = message.get_body(("plain",))
        assert body is not None
        found = re.search(rf"{re.escape(self.url)}({pattern})", body.get_content())
        assert found is not None, body.get_content()
        return self.url + found[1]

    def stop(self) -> None:
        """Stop everything that was started here."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(timeout=20)
        self.processes.clear()


@pytest.fixture(scope="module")
def mail_server() -> Iterator[tuple[Postbox, str]]:
    """A real SMTP server for the product's processes."""
    postbox, port = Postbox(), free_port()
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield postbox, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture(scope="module")
def new_product(
    tmp_path_factory: pytest.TempPathFactory, mail_server: tuple[Postbox, str]
) -> Iterator[Callable[..., Product]]:
    """Make running installations on an empty, migrated database of this run's engine."""
    made: list[Product] = []

    def build(*, demonstration: bool = False) -> Product:
        folder = tmp_path_factory.mktemp("product")
        name = f"panel_e2e_{len(made)}"
        database = databases.sqlite(folder) if ENGINE == "sqlite" else databases.postgresql(name)
        mail_url = f"folder:{folder / 'mail'}" if demonstration else mail_server[1]
        product = Product(folder, database.url, free_port(), mail_server[0], mail_url, demonstration)
        made.append(product)
        product.flask("db", "upgrade")
        return product

    yield build
    for product in made:
        product.stop()


@pytest.fixture(scope="module")
def house(new_product: Callable[..., Product]) -> Product:
    """An installation that runs, without anything in it."""
    product = new_product()
    product.start()
    return product


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser."""
    executable = next(path for path in CHROMIUM if Path(path).exists())
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a window: `phone` at 360 px without JavaScript, otherwise 1280 px."""
    contexts: list[BrowserContext] = []

    def open_page(*, phone: bool = False, javascript: bool = True) -> Page:
        size: Any = {"width": 360, "height": 740} if phone else {"width": 1280, "height": 900}
        context = browser.new_context(viewport=size, java_script_enabled=javascript, locale="nl-NL")
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
