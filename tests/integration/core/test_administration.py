"""Administration: accounts, bodies, versions of the settings, the log; each page for its roles only."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import audit, jobs, outbox, settings
from core.administration import services
from core.administration.forms import initial
from core.administration.settings_fields import SETTINGS
from core.db import db
from core.errors import ConflictError
from core.models import Account, AuditEvent, Body, Job, Mail, MailState, Role, SettingsVersion
from core.settings import MunicipalSettings

SignIn = Callable[[FlaskClient, Account], FlaskClient]


@pytest.fixture
def administrator(client: FlaskClient, make: Any, sign_in_staff: SignIn) -> FlaskClient:
    return sign_in_staff(client, make.core.account(Role.ADMINISTRATOR, name="Beheerder Een"))


def form_of(page: str) -> dict[str, str]:
    """The filled settings form as a browser would post it back."""
    values = dict(re.findall(r'<input[^>]*\bname="(\w+)"[^>]*\bvalue="([^"]*)"', page))
    values |= dict(re.findall(r'<textarea[^>]*\bname="(\w+)"[^>]*>\n?([^<]*)</textarea>', page))
    values.pop("csrf_token")
    return values


@pytest.mark.parametrize(
    ("path", "roles"),
    [
        ("/beheer/accounts", {"administrator"}),
        ("/beheer/accounts/nieuw", {"administrator"}),
        ("/beheer/organen", {"administrator"}),
        ("/beheer/organen/nieuw", {"administrator"}),
        ("/beheer/logboek", {"administrator"}),
        ("/beheer/logboek.csv", {"administrator"}),
        ("/beheer/instellingen", {"administrator", "clerk"}),
        ("/beheer/post", {"administrator", "clerk"}),
        ("/beheer/taken", {"administrator", "clerk"}),
        ("/medewerkers/account", {role.value for role in Role}),
    ],
)
def test_page_opens_for_its_roles_only(
    app: Flask, new_client: Callable[[], FlaskClient], make: Any, sign_in_staff: SignIn, path: str, roles: set[str]
) -> None:
    assert new_client().get(path).status_code == 302
    for role in Role:
        answer = sign_in_staff(new_client(), make.core.account(role)).get(path)
        assert answer.status_code == (200 if role.value in roles else 403), role


def test_account_is_created_changed_closed_and_opened(
    administrator: FlaskClient, make: Any, outbox_run: Callable[[], list[Any]]
) -> None:
    body = make.core.body("Gemeenteraad")
    given = {"name": "Noor", "email": "noor@gemeente.example", "roles": ["clerk"], "bodies": [body.public_id]}
    answer = administrator.post("/beheer/accounts/nieuw", data=given)
    assert answer.status_code == 302
    address = answer.headers["Location"]
    assert administrator.post("/beheer/accounts/nieuw", data=given).status_code == 422
    assert len(outbox_run()) == 1
    changed = {"name": "Noor B", "roles": ["clerk", "analyst"], "bodies": []}
    assert administrator.post(address, data=changed).status_code == 302
    account = db.session.scalars(select(Account).order_by(Account.id.desc())).first()
    assert account is not None
    assert (account.name, account.role_values, account.bodies) == ("Noor B", {"clerk", "analyst"}, [])
    assert administrator.post(f"{address}/sluiten").status_code == 302
    db.session.expire_all()
    assert not account.active
    assert administrator.post(f"{address}/openen").status_code == 302
    db.session.expire_all()
    assert account.active
    assert administrator.post(f"{address}/nieuwe-link").status_code == 302
    assert administrator.get(address).status_code == 200
    actions = set(db.session.scalars(select(AuditEvent.action)))
    assert {"account.create", "account.update", "account.deactivate", "account.activate", "account.reset"} <= actions


def test_accounts_are_searched_by_name_and_role(administrator: FlaskClient, make: Any) -> None:
    make.core.account(Role.CLERK, name="Griffier Zoeknaam")
    make.core.account(Role.ANALYST, name="Onderzoeker Andernaam")
    page = administrator.get("/beheer/accounts?zoek=zoeknaam").get_data(as_text=True)
    assert "Griffier Zoeknaam" in page
    assert "Andernaam" not in page
    page = administrator.get("/beheer/accounts?rol=analyst").get_data(as_text=True)
    assert "Andernaam" in page
    assert "Zoeknaam" not in page


def test_accounts_are_exported_as_they_are_searched(administrator: FlaskClient, make: Any) -> None:
    clerk = make.core.account(Role.CLERK)
    make.core.account(Role.ANALYST)
    text = administrator.get("/beheer/accounts.csv?rol=clerk").get_data(as_text=True)
    assert text.splitlines()[0].lstrip("\ufeff") == "naam;e-mailadres;rollen;organen;stand"
    assert clerk.email in text
    assert len(text.splitlines()) == 2


def test_last_administrator_cannot_close_the_own_account(administrator: FlaskClient) -> None:
    account = db.session.scalars(select(Account)).one()
    administrator.post(f"/beheer/accounts/{account.public_id}/sluiten")
    db.session.expire_all()
    assert account.active
    changed = {"name": "x", "roles": ["clerk"], "bodies": []}
    assert administrator.post(f"/beheer/accounts/{account.public_id}", data=changed).status_code == 422


def test_unknown_account_body_job_and_version_are_not_found(administrator: FlaskClient) -> None:
    for path in ("accounts/x", "organen/x", "taken/x", "instellingen/versies/9"):
        assert administrator.get(f"/beheer/{path}").status_code == 404


def test_body_is_created_and_its_name_is_unique(administrator: FlaskClient) -> None:
    given = {"name": "Gemeenteraad", "kind": "council", "may_decide": "y"}
    assert administrator.post("/beheer/organen/nieuw", data=given).status_code == 302
    assert administrator.post("/beheer/organen/nieuw", data=given).status_code == 422
    body = db.session.scalars(select(Body)).one()
    assert (body.may_commission, body.may_decide) == (False, True)
    changed = {**given, "name": "De raad", "may_commission": "y"}
    assert administrator.post(f"/beheer/organen/{body.public_id}", data=changed).status_code == 302
    assert "De raad" in administrator.get("/beheer/organen").get_data(as_text=True)


def test_settings_form_holds_every_setting() -> None:
    assert set(SETTINGS) == set(initial(MunicipalSettings()))


def test_settings_are_kept_as_versions_and_say_what_is_missing(administrator: FlaskClient, make: Any) -> None:
    page = administrator.get("/beheer/instellingen").get_data(as_text=True)
    assert "nummer van het raadsbesluit" in page
    form = form_of(page)
    first = {**form, "municipality": "Zeist", "rules_decision_on": "2026-01-15", "reason": "raadsbesluit"}
    assert administrator.post("/beheer/instellingen", data=first).status_code == 302
    second = {**form_of(administrator.get("/beheer/instellingen").get_data(as_text=True)), "panel_target": "1200"}
    assert administrator.post("/beheer/instellingen", data=second).status_code == 302
    now = settings.municipal()
    assert (now.municipality, now.rules_decision_on, now.panel_target) == ("Zeist", "2026-01-15", 1200)
    assert db.session.scalars(select(SettingsVersion.number)).all() == [1, 2]
    page = administrator.get("/beheer/instellingen/versies/2").get_data(as_text=True)
    assert "1200" in page
    assert "Beheerder Een" in page
    changes = db.session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "settings.save")).all()
    assert changes[1]["changed"] == ["panel_target"]


def test_settings_out_of_bounds_or_overtaken_are_refused(administrator: FlaskClient, make: Any) -> None:
    form = form_of(administrator.get("/beheer/instellingen").get_data(as_text=True))
    for wrong in (
        {"minimum_age": "3"},
        {"email": "geen adres"},
        {"results_hour": "25:00"},
        {"rules_decision_url": "x"},
    ):
        assert administrator.post("/beheer/instellingen", data={**form, **wrong}).status_code == 422
    make.core.complete_settings()
    answer = administrator.post("/beheer/instellingen", data=form)
    assert answer.status_code == 422
    assert "Iemand anders" in answer.get_data(as_text=True)
    assert settings.municipal().municipality == "Zeist"


def test_only_the_administrator_saves_settings(client: FlaskClient, make: Any, sign_in_staff: SignIn) -> None:
    sign_in_staff(client, make.core.account(Role.CLERK))
    page = client.get("/beheer/instellingen").get_data(as_text=True)
    assert "Bewaar als nieuwe versie" not in page
    assert client.post("/beheer/instellingen", data=form_of(page)).status_code == 403
    assert settings.latest_version() is None


def test_stale_version_is_refused_by_the_service_too(app: Flask, make: Any) -> None:
    make.core.complete_settings()
    with pytest.raises(ConflictError):
        services.save_settings(MunicipalSettings(), reason="", expected=0)


def test_log_is_searched_paged_exported_and_its_chain_checked(administrator: FlaskClient) -> None:
    for number in range(120):
        audit.record("test.act" if number % 2 else "test.other", "thing", f"ref-{number}", detail={"x": "=1+1"})
    db.session.commit()
    audit.seal()
    db.session.commit()
    page = administrator.get("/beheer/logboek?handeling=test.act&controle=1").get_data(as_text=True)
    assert "60 regels" in page
    assert "De keten is heel" in page
    assert "pagina=2" in page
    assert "1 regel<" in administrator.get("/beheer/logboek?zoek=ref-77").get_data(as_text=True)
    assert "0 regels" in administrator.get("/beheer/logboek?tot=2000-01-01").get_data(as_text=True)
    assert administrator.get("/beheer/logboek?vanaf=onzin&pagina=-4").status_code == 200
    answer = administrator.get("/beheer/logboek.csv?handeling=test.act")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len(rows) == 61
    assert db.session.scalars(select(AuditEvent).where(AuditEvent.action == "audit.export")).all()


def test_mails_that_wait_are_searched_and_exported(administrator: FlaskClient) -> None:
    for number, (state, error) in enumerate(((MailState.FAILED, "550 onbekend"), (MailState.UNSURE, "timeout"))):
        outbox.post("accounts.setup", outbox.Recipient("account", 999, {}, f"waits-{number}"))
        mail = db.session.scalars(select(Mail).where(Mail.key == f"waits-{number}")).one()
        mail.state, mail.error, mail.message_id = state, error, f"<kenmerk-{number}@x>"
    db.session.commit()
    assert "2 e-mails" in administrator.get("/beheer/post").get_data(as_text=True)
    for query, n in (
        ("zoek=550", 1),
        ("zoek=kenmerk-1", 1),
        ("status=unsure", 1),
        ("zoek=account", 2),
        ("zoek=niets", 0),
    ):
        words = administrator.get(f"/beheer/post?{query}").get_data(as_text=True)
        assert f"{n} e-mail{'s' if n != 1 else ''}<" in words, query
    text = administrator.get("/beheer/post.csv?zoek=550").get_data().decode("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert text.startswith("soort;gemaakt;stand;reden;kenmerk")
    assert db.session.scalars(select(AuditEvent).where(AuditEvent.action == "mail.export")).all()


def test_jobs_are_searched_and_exported(administrator: FlaskClient) -> None:
    jobs.enqueue("test.job", {}, key="searched")
    db.session.commit()
    assert "1 taak<" in administrator.get("/beheer/taken?status=queued").get_data(as_text=True)
    assert "0 taken<" in administrator.get("/beheer/taken?zoek=niets&status=failed").get_data(as_text=True)
    assert "0 taken<" in administrator.get("/beheer/taken?zoek=niets").get_data(as_text=True)
    text = administrator.get("/beheer/taken.csv").get_data().decode("utf-8-sig")
    assert [line.split(";")[0] for line in text.splitlines()] == ["taak", "test.job"]


def test_lists_are_readable_when_empty(administrator: FlaskClient) -> None:
    assert "Er wacht geen mail" in administrator.get("/beheer/post").get_data(as_text=True)
    assert "nog geen taken" in administrator.get("/beheer/taken").get_data(as_text=True)
    assert not db.session.scalars(select(Job)).all()


def test_post_without_token_is_refused_everywhere(app: Flask, administrator: FlaskClient) -> None:
    administrator.csrf = False  # type: ignore[attr-defined]  # the test's own browser
    paths = [
        str(rule).replace("<public_id>", "x").replace("<token>", "x")
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set()) and rule.endpoint.split(".")[0] in {"accounts", "administration"}
    ]
    assert len(paths) > 10
    for path in paths:
        assert administrator.post(path, data={"x": "y"}).status_code == 400, path
