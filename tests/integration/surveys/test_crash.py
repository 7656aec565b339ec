"""A real web server on loopback, killed in the middle of answering: what was acknowledged is there afterwards."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import text

from core.config import Config
from core.db import db
from surveys.models import Invitation
from surveys.services import answering, taking

ROOT = Path(__file__).resolve().parents[3]
THREADS = 8
PAGES = 12


class Server:
    """gunicorn as it runs for real: two workers, four threads each, in a process group of its own."""

    def __init__(self, config: Config, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = log
        url = db.engine.url.render_as_string(hide_password=False)
        self.environment = {
            **os.environ,
            "PANEL_DATABASE_URL": url,
            "PANEL_BASE_URL": config.base_url,
            "PANEL_SESSION_KEY": config.session_key,
            "PANEL_IDENTITY_KEYS": ",".join(config.keys.identity),
            "PANEL_INDEX_KEY": config.keys.index.decode(),
            "PANEL_KEYSTORE": str(config.keystore),
            "PANEL_RECOVERY_KEYSTORE": str(config.recovery_keystore),
            "PANEL_MAIL_URL": f"folder:{log.parent}/mail",
            "PANEL_MAIL_FROM": config.mail_from,
        }

    def start(self) -> None:
        """Start and wait until it answers."""
        arguments = ["-m", "gunicorn", "--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{self.port}"]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, *arguments, "app:create_app()"],
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._wait_until(self.answers)

    def kill(self) -> None:
        """kill -9 of the whole process group, and wait until the last of it let go of the port."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._wait_until(self.refuses)

    def answers(self) -> bool:
        """Whether it answers a page; a port that takes connections may belong to a worker that is about to die."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/gezondheid")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def refuses(self) -> bool:
        """Whether nobody listens any more."""
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        return False

    def _wait_until(self, holds: Callable[[], bool]) -> None:
        for _ in range(400):
            if holds():
                return
            time.sleep(0.05)
        raise AssertionError(f"the server neither started nor stopped: {self.log.read_text()[-2000:]}")


@pytest.fixture
def server(app: Flask, tmp_path: Path) -> Iterator[Server]:
    made = Server(app.config["PANEL"], tmp_path / "server.log")
    db.session.remove()
    made.start()
    yield made
    made.kill()


class Browser:
    """One member behind one connection; cookies are carried by hand because the test speaks plain HTTP."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.token = ""

    def __call__(self, method: str, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """One request; returns status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = urlencode({**data, "csrf_token": self.token}) if data is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read().decode()
        finally:
            connection.close()
        for value in response.headers.get_all("Set-Cookie") or []:
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        found = re.search(r'name="csrf_token" value="([^"]+)"', content)
        self.token = found[1] if found else self.token
        return response.status, content

    def begin(self, token: str) -> None:
        """From the mail to the open question."""
        assert self("GET", f"/v/{token}")[0] == 200
        assert self("POST", f"/v/{token}", {})[0] == 302
        assert self("POST", "/invullen/vraag/use", {"use": "never", "versie": "1"})[0] == 302


class Person(threading.Thread):
    """Changes one answer again and again and remembers what was acknowledged."""

    def __init__(self, browser: Browser, pages: int) -> None:
        super().__init__()
        self.browser = browser
        self.pages = pages
        self.sent = 0
        self.acknowledged = 0
        self.statuses: list[int] = []

    def run(self) -> None:
        """Post until done or until the server is gone."""
        for n in range(1, self.pages + 1):
            self.sent = n
            try:
                status, _ = self.browser("POST", "/invullen/vraag/why_not", {"why_not": str(n), "versie": "99"})
            except (OSError, http.client.HTTPException):
                return
            self.statuses.append(status)
            if status == 302:
                self.acknowledged = n


def people(server: Server, make: SimpleNamespace, pages: int) -> tuple[list[Person], list[int]]:
    wave = make.surveys_fieldwork.fielding_wave(THREADS)
    invitations = make.surveys_fieldwork.invitations(wave)
    tokens, numbers = [make.surveys_fieldwork.token(wave, i) for i in invitations], [i.id for i in invitations]
    db.session.remove()
    made = []
    for token in tokens:
        browser = Browser(server.port)
        browser.begin(token)
        made.append(Person(browser, pages))
    return made, numbers


def stored(number: int) -> int:
    found = taking.by_invitation(number)
    assert found is not None
    draft = answering.load(found).document.draft
    assert draft is not None
    return int(draft.answers.get("why_not", "0"))


def test_killing_the_server_loses_no_acknowledged_page(server: Server, make: SimpleNamespace) -> None:
    crowd, numbers = people(server, make, 10_000)
    for person in crowd:
        person.start()
    while sum(p.acknowledged for p in crowd) < THREADS * 3:
        time.sleep(0.05)
    server.kill()
    for person in crowd:
        person.join()
    server.start()
    assert sum(p.acknowledged for p in crowd) >= THREADS * 3
    for person, number in zip(crowd, numbers, strict=True):
        assert person.acknowledged <= stored(number) <= person.sent
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    db.session.rollback()
    status, body = crowd[0].browser("GET", "/invullen/vraag/why_not")
    assert status == 200
    assert str(stored(numbers[0])) in body


@pytest.mark.slow
@pytest.mark.parametrize("number", range(20))
def test_no_round_of_killing_loses_an_acknowledged_page(server: Server, make: SimpleNamespace, number: int) -> None:
    crowd, numbers = people(server, make, 10_000)
    for person in crowd:
        person.start()
    # each round falls at another moment of the traffic
    time.sleep(0.8 + 0.06 * number)
    server.kill()
    for person in crowd:
        person.join()
    server.start()
    assert sum(p.acknowledged for p in crowd) > 0
    for person, invitation in zip(crowd, numbers, strict=True):
        assert person.acknowledged <= stored(invitation) <= person.sent


def test_eight_threads_posting_at_once_never_see_a_locked_database(server: Server, make: SimpleNamespace) -> None:
    crowd, numbers = people(server, make, PAGES)
    for person in crowd:
        person.start()
    for person in crowd:
        person.join()
    assert {s for p in crowd for s in p.statuses} == {302}
    assert [stored(n) for n in numbers] == [PAGES] * THREADS
    db.session.rollback()
    log = server.log.read_text()
    assert "locked" not in log
    assert "Traceback" not in log
    secrets = [i.public_id for i in db.session.query(Invitation)]
    assert not any(secret in log for secret in secrets)
