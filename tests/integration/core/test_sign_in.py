"""Staff sign in with password and a code that counts once; nothing tells whether an account exists."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import create_app
from core import clock, trace
from core.accounts import passwords, second_factor, services, setup_link
from core.actor import Actor, acting
from core.db import db
from core.errors import ConflictError, NotPermittedError
from core.models import Account, AuditEvent, Role, ServerSession

SIGN_IN = "/medewerkers/inloggen"
CODE = "/medewerkers/code"


def sign_in(client: FlaskClient, account: Account, make: SimpleNamespace, *, after: str = "") -> Any:
    first = client.post(f"{SIGN_IN}{after}", data={"email": account.email, "password": make.core.PASSWORD})
    assert first.status_code == 302, first.get_data(as_text=True)
    return client.post(CODE, data={"code": make.core.code()})


def test_password_and_code_open_the_pages_of_staff(client: FlaskClient, make: SimpleNamespace) -> None:
    account = make.core.account(Role.ADMINISTRATOR)
    assert client.get("/beheer/accounts").status_code == 302
    answer = sign_in(client, account, make, after="?next=/beheer/logboek")
    assert answer.headers["Location"] == "/beheer/logboek"
    assert client.get("/beheer/accounts").status_code == 200
    assert db.session.scalars(select(AuditEvent.action).where(AuditEvent.action == "account.sign_in")).all()


def test_password_alone_opens_nothing(client: FlaskClient, make: SimpleNamespace) -> None:
    account = make.core.account(Role.ADMINISTRATOR)
    client.post(SIGN_IN, data={"email": account.email, "password": make.core.PASSWORD})
    assert client.get("/beheer/accounts").status_code == 302
    assert client.get("/medewerkers/account").status_code == 302


def test_session_gets_a_new_id_after_the_code(client: FlaskClient, make: SimpleNamespace) -> None:
    account = make.core.account(Role.ADMINISTRATOR)
    client.post(SIGN_IN, data={"email": account.email, "password": make.core.PASSWORD})
    before = client.get_cookie("__Host-staff")
    client.post(CODE, data={"code": make.core.code()})
    after = client.get_cookie("__Host-staff")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert db.session.scalar(select(func.count()).select_from(ServerSession)) == 1


def test_code_counts_once(client: FlaskClient, new_client: Callable[[], FlaskClient], make: SimpleNamespace) -> None:
    account = make.core.account(Role.ADMINISTRATOR)
    # from the first second of a code's half minute, so that both attempts fall within it
    with clock.travel(datetime(2026, 11, 2, 12, 0, 1, tzinfo=UTC)):
        assert sign_in(client, account, make).status_code == 302
        again = sign_in(new_client(), account, make)
    assert again.status_code == 422
    assert "al gebruikt" in again.get_data(as_text=True)


def test_code_is_asked_within_ten_minutes(client: FlaskClient, make: SimpleNamespace) -> None:
    account = make.core.account(Role.ADMINISTRATOR)
    client.post(SIGN_IN, data={"email": account.email, "password": make.core.PASSWORD})
    with clock.travel(clock.now() + timedelta(minutes=11)):
        assert client.post(CODE, data={"code": make.core.code()}).headers["Location"] == SIGN_IN


def test_unknown_wrong_and_closed_accounts_get_the_same_answer(client: FlaskClient, make: SimpleNamespace) -> None:
    known, closed = make.core.account(Role.CLERK), make.core.account(Role.CLERK)
    closed.active = False
    db.session.commit()
    attempts = [
        ("niemand@gemeente.example", make.core.PASSWORD),
        (known.email, "een heel ander wachtwoord"),
        (closed.email, make.core.PASSWORD),
    ]
    bodies = []
    for email, password in attempts:
        answer = client.post(SIGN_IN, data={"email": email, "password": password})
        assert answer.status_code == 422
        text = re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))
        bodies.append(text)
    assert len(set(bodies)) == 1
    assert "klopt niet" in bodies[0]
    refused = db.session.scalars(select(AuditEvent.object_ref).where(AuditEvent.result == "refused")).all()
    assert sorted(refused) == sorted(["unknown", known.public_id, closed.public_id])


def test_next_page_never_leads_to_another_site(client: FlaskClient, make: SimpleNamespace) -> None:
    account = make.core.account(Role.ADMINISTRATOR)
    answer = sign_in(client, account, make, after="?next=//kwaad.example/x")
    assert answer.headers["Location"] == "/beheer/accounts"


def test_attempts_on_one_account_are_limited(client: FlaskClient, make: SimpleNamespace) -> None:
    account = make.core.account(Role.CLERK)
    answers = [
        client.post(SIGN_IN, data={"email": account.email, "password": f"een verkeerd wachtwoord {n}"}).status_code
        for n in range(12)
    ]
    assert answers == [422] * 10 + [429] * 2


def test_sign_out_ends_the_session_on_the_server(client: FlaskClient, make: SimpleNamespace) -> None:
    account = make.core.account(Role.ADMINISTRATOR)
    sign_in(client, account, make)
    cookie = client.get_cookie("__Host-staff")
    assert cookie is not None
    assert client.post("/medewerkers/uitloggen").status_code == 302
    client.set_cookie("__Host-staff", cookie.value, domain="localhost", secure=True)
    assert client.get("/beheer/accounts").status_code == 302


def test_sign_out_everywhere_ends_all_sessions(
    client: FlaskClient,
    new_client: Callable[[], FlaskClient],
    make: SimpleNamespace,
    sign_in_staff: Callable[[FlaskClient, Account], FlaskClient],
) -> None:
    account = make.core.account(Role.ADMINISTRATOR)
    other = sign_in_staff(new_client(), account)
    sign_in_staff(client, account).post("/medewerkers/overal-uitloggen")
    assert other.get("/beheer/accounts").status_code == 302


def test_setup_link_works_once_and_opening_it_changes_nothing(
    app: Flask, client: FlaskClient, make: SimpleNamespace, outbox_run: Callable[[], list[Any]]
) -> None:
    account = services.create_account(name="Nieuw", email="Nieuw@gemeente.example", roles=[Role.CLERK])
    mails = outbox_run()
    assert [mail["To"] for mail in mails] == ["Nieuw@gemeente.example"]
    found = re.search(r"https://localhost(/\S+)", mails[0].get_body(("plain",)).get_content())
    assert found
    path = found.group(1)
    pages = [client.get(path).get_data(as_text=True) for _ in range(2)]
    secret = re.findall(r"<code>([A-Z2-7 ]+)</code>", pages[0])
    assert re.findall(r"<code>([A-Z2-7 ]+)</code>", pages[1]) == secret
    assert account.password_hash is None
    app_code = pyotp.TOTP(secret[0].replace(" ", "")).generate_otp(int(clock.now().timestamp()) // 30)
    given = {"password": make.core.PASSWORD, "again": make.core.PASSWORD, "code": app_code}
    assert client.post(path, data={**given, "code": "000000"}).status_code == 422
    assert client.post(path, data={**given, "password": "kort", "again": "kort"}).status_code == 422
    assert client.post(path, data=given).status_code == 302
    assert client.get(path).status_code == 410
    assert client.post(path, data=given).status_code == 410


def test_setup_link_dies_after_two_days_after_reset_and_when_altered(app: Flask, make: SimpleNamespace) -> None:
    account = services.create_account(name="Nieuw", email="nieuw@gemeente.example", roles=[Role.CLERK])
    token = setup_link.token(account, clock.now() + setup_link.VALID)
    assert setup_link.account_of(token) is account
    for wrong in ("", "x", "a.b.c", token[:-1], token.replace(".", "!", 1)):
        with pytest.raises(setup_link.LinkGoneError):
            setup_link.account_of(wrong)
    with clock.travel(clock.now() + timedelta(hours=49)), pytest.raises(setup_link.LinkGoneError):
        setup_link.account_of(token)
    services.reset(account)
    with pytest.raises(setup_link.LinkGoneError):
        setup_link.account_of(token)


def test_last_administrator_stays(app: Flask, make: SimpleNamespace) -> None:
    only = make.core.account(Role.ADMINISTRATOR)
    with pytest.raises(ConflictError):
        services.deactivate(only)
    with pytest.raises(ConflictError):
        services.update_account(only, name="x", roles=[Role.CLERK], bodies=[])
    make.core.account(Role.ADMINISTRATOR)
    services.deactivate(only)
    assert not only.active


def test_clerk_may_not_manage_accounts(app: Flask) -> None:
    with acting(Actor(kind="staff", roles=frozenset({"clerk"}))), pytest.raises(NotPermittedError):
        services.create_account(name="x", email="x@gemeente.example", roles=[Role.CLERK])


def test_password_change_asks_the_old_one(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: Callable[[FlaskClient, Account], FlaskClient]
) -> None:
    account = make.core.account(Role.CLERK)
    sign_in_staff(client, account)
    new = "zeven natte paraplu's"
    wrong = client.post("/medewerkers/account", data={"old": "onjuist wachtwoord", "password": new, "again": new})
    assert wrong.status_code == 422
    done = client.post("/medewerkers/account", data={"old": make.core.PASSWORD, "password": new, "again": new})
    assert done.status_code == 302
    assert services.check_password(account.email, new).id == account.id


def test_codes_one_step_aside_are_accepted_and_older_ones_not(app: Flask, make: SimpleNamespace) -> None:
    account = make.core.account(Role.CLERK)
    assert second_factor.use_code(account, make.core.code(-1))
    assert not second_factor.use_code(account, make.core.code(-2))
    assert not second_factor.use_code(account, make.core.code(5))
    assert not second_factor.use_code(account, "12345x")
    assert second_factor.use_code(account, make.core.code())
    trace.flush()


def test_forwarded_address_is_believed_from_own_proxies_only(app: Flask, client: FlaskClient) -> None:
    given = {"X-Forwarded-For": "203.0.113.9"}
    client.post(SIGN_IN, data={"email": "a@gemeente.example", "password": "b"}, headers=given)
    behind = create_app(replace(app.config["PANEL"], proxies=1))
    behind.test_client_class = app.test_client_class
    with behind.app_context():
        behind.test_client().post(SIGN_IN, data={"email": "a@gemeente.example", "password": "b"}, headers=given)
        db.session.remove()
        db.engine.dispose()
    origins = db.session.scalars(select(AuditEvent.origin).order_by(AuditEvent.id)).all()
    assert origins == ["127.0.0.1", "203.0.113.9"]


@pytest.mark.usefixtures("strong_passwords")
def test_known_and_unknown_accounts_take_about_the_same_time(app: Flask, make: SimpleNamespace) -> None:
    account = make.core.account(Role.CLERK)
    account.password_hash = passwords.hash_password(make.core.PASSWORD)
    db.session.commit()
    known = account.email

    def median_time(email: str) -> float:
        times = []
        for _ in range(7):
            start = time.perf_counter()
            with pytest.raises(services.SignInRefusedError):
                services.check_password(email, "een verkeerd wachtwoord")
            times.append(time.perf_counter() - start)
        return sorted(times)[3]

    median_time("niemand@gemeente.example")
    ratio = median_time(known) / median_time("niemand@gemeente.example")
    assert 0.5 < ratio < 2
