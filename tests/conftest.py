"""Fixtures of the whole suite: a real database, a real mail server, a client that checks every page."""

import contextvars
import os
import re
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from aiosmtpd.controller import Controller
from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from flask import Flask, g, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import event
from werkzeug.test import TestResponse

from app import create_app
from core import audit, keystore, outbox
from core.accounts import passwords
from core.config import Config
from core.crypto import Keys
from core.db import db
from core.models import Account, SessionKind
from core.web import visitors
from tests import database as databases

ENGINE = os.environ.get("TEST_ENGINE", "sqlite")
# a strong hash takes a tenth of a second; the tests of passwords and of equal time ask for it
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords.use(QUICK)


class Postbox:
    """What arrived at the real SMTP server; `answers` maps an address to the reply it gets instead of 250."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.answers: dict[str, str] = {}

    # the server calls its handler by these names
    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """Refuse where a test asked for it."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the message."""
        self.messages.append(envelope)
        return "250 OK"


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[tuple[Postbox, int]]:
    """A real SMTP server on loopback."""
    postbox = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield postbox, port
    controller.stop()


@pytest.fixture(scope="session")
def engine_name() -> str:
    """Which database engine this run uses."""
    return ENGINE


@pytest.fixture(scope="session")
def whole_app(
    tmp_path_factory: pytest.TempPathFactory, smtp_server: tuple[Postbox, int]
) -> Iterator[tuple[Flask, databases.TestDatabase]]:
    """The application on its database, made once."""
    folder = tmp_path_factory.mktemp("product")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = databases.sqlite(folder) if ENGINE == "sqlite" else databases.postgresql(f"panel_{worker}")
    config = Config(
        database_url=database.url,
        base_url="https://localhost",
        session_key="test-session-key-of-at-least-32-characters",
        keys=Keys((Fernet.generate_key().decode(),), b"test-index-key-of-at-least-32-characters"),
        keystore=folder / "keys",
        recovery_keystore=folder / "recovery",
        mail_url=f"smtp://127.0.0.1:{smtp_server[1]}",
        mail_from="Inwonerspanel <panel@voorbeeld.example>",
        testing=True,
    )
    app = create_app(config)
    app.test_client_class = CheckingClient
    databases.create(app, database)
    _watch_uncommitted(app)
    yield app, database
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(whole_app: tuple[Flask, databases.TestDatabase], tmp_path: Path) -> Iterator[Flask]:
    """The application on an empty, migrated database, with an application context pushed."""
    application, database = whole_app
    config: Config = application.config["PANEL"]
    keystore.configure(config.keystore, config.recovery_keystore)
    context = application.app_context()
    context.push()
    database.reset()
    yield application
    db.session.remove()
    context.pop()


class UncommittedError(AssertionError):
    """A request ended with changes that were flushed and not committed."""


_left_open: list[str] = []
# what a GET may write: traces of reading, refusals, session touches and counted attempts
TRACES = {"audit_event", "audit_seal", "subject_salt", "server_session", "rate_event"}
_method: list[str] = []
_written: list[str] = []
WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


def _watch_uncommitted(app: Flask) -> None:
    with app.app_context():
        factory = db.session.session_factory

        @event.listens_for(db.engine, "before_cursor_execute")
        def _writes(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
            found = WRITE.match(statement)
            if found and found[1].lower() not in TRACES and _method and _method[-1] == "GET":
                _written.append(found[1])

    @event.listens_for(factory, "after_flush")
    def _flushed(changed: Any, _context: Any) -> None:
        changed.info["uncommitted"] = True

    @event.listens_for(factory, "after_commit")
    @event.listens_for(factory, "after_rollback")
    def _ended(ended: Any) -> None:
        ended.info.pop("uncommitted", None)

    @app.teardown_request
    def _check(_error: BaseException | None) -> None:
        current = db.session()
        if current.info.pop("uncommitted", None) or current.new or current.dirty or current.deleted:
            _left_open.append("a request left uncommitted changes")


INLINE = re.compile(r"<style\b|\sstyle=|<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+=", re.IGNORECASE)


def check_html(body: str, path: str) -> None:
    """Every page is valid HTML with a title and without inline script or style."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(body)
    title = document.find("head/title")
    assert title is not None, f"{path}: no title"
    assert (title.text or "").strip(), f"{path}: empty title"
    found = INLINE.search(body)
    assert found is None, f"{path}: inline {found.group(0)!r}"
    ids = re.findall(r'\sid="([^"]+)"', body)
    twice = {i for i in ids if ids.count(i) > 1}
    assert not twice, f"{path}: ids used twice: {twice}"


class CheckingClient(FlaskClient):
    """A client over https that adds the CSRF token, checks every HTML page and every transaction."""

    csrf = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send the request outside the test's own context, as a browser would."""
        kwargs.setdefault("base_url", "https://localhost")
        # each hop is a request of its own and is checked as such
        follow = kwargs.pop("follow_redirects", False)
        if self.csrf and kwargs.get("method") == "POST" and isinstance(kwargs.get("data"), dict | None):
            kwargs["data"] = {"csrf_token": self.token(), **(kwargs.get("data") or {})}
        db.session.commit()
        _left_open.clear()
        _written.clear()
        _method.append(kwargs.get("method", "GET"))
        try:
            response: TestResponse = contextvars.Context().run(super().open, *args, **kwargs)
        finally:
            _method.pop()
        db.session.expire_all()
        db.session.rollback()
        if _left_open:
            raise UncommittedError(f"{response.request.path}: {_left_open[0]}")
        if _written:
            raise UncommittedError(f"GET {response.request.path} wrote to {sorted(set(_written))}")
        if response.mimetype == "text/html" and response.data:
            check_html(response.get_data(as_text=True), response.request.path)
        if follow and response.status_code in {301, 302, 303, 307, 308} and response.location:
            return self.open(response.location, follow_redirects=True)
        return response

    def token(self) -> str:
        """A CSRF token that fits this client's form cookie."""
        base_url = "https://localhost"
        with (
            self.session_transaction(base_url=base_url) as form_session,
            self.application.test_request_context(base_url=base_url),
        ):
            if "csrf_token" in form_session:
                session["csrf_token"] = form_session["csrf_token"]
            # the test's own context lives on over several browsers: no token of another one from it
            g.pop("csrf_token", None)
            token = generate_csrf()
            form_session["csrf_token"] = session["csrf_token"]
        return token


@pytest.fixture
def strong_passwords() -> Iterator[None]:
    """Hash as the product does."""
    passwords.use(passwords.STRONG)
    yield
    passwords.use(QUICK)


@pytest.fixture
def client(app: Flask) -> CheckingClient:
    """A visitor's browser."""
    made = app.test_client()
    assert isinstance(made, CheckingClient)
    return made


@pytest.fixture
def new_client(app: Flask) -> Callable[[], FlaskClient]:
    """More browsers."""
    return app.test_client


@pytest.fixture
def sign_in_staff(app: Flask) -> Callable[[FlaskClient, Account], FlaskClient]:
    """Put a staff member behind a browser (the sign-in pages have tests of their own)."""

    def sign_in(browser: FlaskClient, account: Account) -> FlaskClient:
        return _sign_in(browser, SessionKind.STAFF, str(account.id))

    return sign_in


@pytest.fixture
def sign_in_member(app: Flask) -> Callable[[FlaskClient, Any], FlaskClient]:
    """Put a panel member behind a browser."""

    def sign_in(browser: FlaskClient, member: Any) -> FlaskClient:
        # joining and signing in wrote audit rows, so a real member has a number there already
        audit.subject_ref("member", member.id)
        return _sign_in(browser, SessionKind.MEMBER, str(member.id))

    return sign_in


def _sign_in(browser: FlaskClient, kind: SessionKind, subject: str) -> FlaskClient:
    token = visitors.start(kind, subject)
    db.session.commit()
    browser.set_cookie(visitors.cookie_name(kind), token, domain="localhost", secure=True)
    return browser


@pytest.fixture
def postbox(smtp_server: tuple[Postbox, int]) -> Postbox:
    """The mail server's box, empty."""
    box = smtp_server[0]
    box.messages.clear()
    box.answers.clear()
    return box


@pytest.fixture
def outbox_run(app: Flask, postbox: Postbox) -> Callable[[], list[Any]]:
    """Send what is due through the real server and return the parsed messages that arrived by now."""

    def run() -> list[Any]:
        sending = import_module("core.sending")
        db.session.commit()
        sending.send_due()
        parser = import_module("email").message_from_bytes
        policy = import_module("email.policy").default
        return [parser(envelope.content, policy=policy) for envelope in postbox.messages]

    return run


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], int]:
    """Let the worker do every job that is due, as `flask worker --once` does."""

    def run() -> int:
        worker = import_module("core.worker")
        db.session.commit()
        done: int = worker.run_due_jobs()
        db.session.expire_all()
        return done

    return run


@pytest.fixture
def make(app: Flask) -> SimpleNamespace:
    """The factories, one module per package: make.core, make.panel, make.surveys_design …"""
    folder = Path(__file__).parent / "factories"
    names = [file.stem for file in sorted(folder.glob("*.py")) if file.stem != "__init__"]
    return SimpleNamespace(**{name: import_module(f"tests.factories.{name}") for name in names})


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A skipped test fails the run: what is not run decides nothing."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} skipped tests: not allowed", red=True)
        sys.modules["pytest"].exit("skipped tests are not allowed", returncode=1)


__all__ = ["outbox"]
