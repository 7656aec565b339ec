"""Server CPU per answered page (POST and the GET after it, one question), beside a bare page of the same base.

Run: python -m benchmarks.answering [sqlite|postgresql] [pages]. Everything in one process; what is counted is the
CPU time of that process around the requests, so the database server of PostgreSQL is not in it.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from flask import Flask, render_template
from werkzeug.test import EnvironBuilder

from app import create_app
from core import keystore
from core.config import Config
from core.crypto import Keys
from core.db import db
from core.web.access import Audience, allow
from tests import database as databases
from tests.factories import surveys_fieldwork as factory

BARE = "{% extends 'base.html' %}{% block title %}Kaal{% endblock %}{% block main %}<h1>Kaal</h1>{% endblock %}"
GOAL = {"sqlite": 3.0, "postgresql": 5.0}
ROUND = 20


def build(engine: str, folder: Path) -> Flask:
    """The product on a fresh database, with a bare page beside it."""
    database = databases.sqlite(folder) if engine == "sqlite" else databases.postgresql("bench_answering")
    config = Config(
        database_url=database.url,
        base_url="https://localhost",
        session_key="benchmark-session-key-of-32-characters",
        keys=Keys((Fernet.generate_key().decode(),), b"benchmark-index-key-of-32-characters"),
        keystore=folder / "keys",
        recovery_keystore=folder / "recovery",
        mail_url=f"folder:{folder}/mail",
        mail_from="Panel <panel@voorbeeld.example>",
    )
    app = create_app(config)

    page = app.jinja_env.from_string(BARE)

    @app.get("/bare")
    @allow(Audience.PUBLIC)
    def bare() -> str:
        return render_template(page)

    databases.create(app, database)
    return app


class Browser:
    """The least that a browser does: cookies and forms, without the cost of a test client in the figures."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}
        self.cpu = 0.0

    def __call__(self, method: str, path: str, data: dict[str, Any] | None = None) -> tuple[int, str, str]:
        """One request; returns status, location and body, and counts the CPU of the server's part."""
        cookie = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        environ = EnvironBuilder(
            path=path, base_url="https://localhost", method=method, data=data, headers={"Cookie": cookie}
        ).get_environ()
        seen: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], _exc: Any = None) -> Callable[[bytes], None]:
            seen["status"], seen["headers"] = int(status[:3]), headers
            return lambda _b: None

        begin = time.process_time()
        iterator = self.app.wsgi_app(environ, start)
        body = b"".join(iterator)
        iterator.close()  # type: ignore[attr-defined]  # werkzeug's iterators have it
        self.cpu += time.process_time() - begin
        for name, value in seen["headers"]:
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        location = dict(seen["headers"]).get("Location", "")
        return seen["status"], location, body.decode()

    def field(self, body: str, name: str) -> str:
        """The value of a hidden input."""
        return body.split(f'name="{name}" value="')[1].split('"')[0]


def answer_once(browser: Browser, pages: int) -> float:
    """Milliseconds of CPU per answered page, mean of a round that changes one question again and again."""
    _status, _to, body = browser("GET", "/invullen/vraag/use")
    browser.cpu = 0.0
    for n in range(pages):
        data = {
            "csrf_token": browser.field(body, "csrf_token"),
            "versie": browser.field(body, "versie"),
            "use": "often" if n % 2 else "seldom",
        }
        status, to, _body = browser("POST", "/invullen/vraag/use", data)
        assert status == 302, status
        status, _to, body = browser("GET", to)
        assert status == 200, status
    return 1000 * browser.cpu / pages


def bare_once(browser: Browser, pages: int) -> float:
    """Milliseconds of CPU per bare page."""
    browser.cpu = 0.0
    for _ in range(pages):
        assert browser("GET", "/bare")[0] == 200
    return 1000 * browser.cpu / pages


def run(engine: str, pages: int) -> None:
    """Measure and print medians of rounds."""
    with tempfile.TemporaryDirectory() as name:
        app = build(engine, Path(name))
        with app.app_context():
            keystore.configure(Path(name) / "keys", Path(name) / "recovery")
            wave = factory.fielding_wave(1)
            token = factory.token(wave, factory.invitations(wave)[0])
            db.session.remove()
        browser = Browser(app)
        _s, _t, body = browser("GET", f"/v/{token}")
        status, _t, _b = browser("POST", f"/v/{token}", {"csrf_token": browser.field(body, "csrf_token")})
        assert status == 302
        answer_once(browser, ROUND)
        rounds = max(5, pages // ROUND)
        answered, bare = zip(
            *((answer_once(browser, ROUND), bare_once(browser, ROUND)) for _ in range(rounds)), strict=True
        )
        report(engine, answered, bare)


def report(engine: str, answered: Sequence[float], bare: Sequence[float]) -> None:
    """Print median and quietest round: on a shared machine neighbours make the same work cost more CPU time."""
    page, quiet, plain = statistics.median(answered), min(answered), statistics.median(bare)
    verdict = "met" if page <= GOAL[engine] else "met in the quietest round" if quiet <= GOAL[engine] else "NOT met"
    print(
        f"{engine}: {page:.2f} ms CPU per answered page (POST + GET), quietest round {quiet:.2f} ms; "
        f"goal {GOAL[engine]:.0f} ms: {verdict}. Bare page {plain:.2f} ms (quietest {min(bare):.2f}), "
        f"ratio {page / plain:.1f}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    engines = [sys.argv[1]] if len(sys.argv) > 1 else ["sqlite", "postgresql"]
    for one in engines:
        run(one, int(sys.argv[2]) if len(sys.argv) > 2 else 200)
