"""What a hostile page, browser or program sends: foreign forms, crooked targets, odd characters and numbers."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import RequestEntityTooLarge

from core.db import db
from core.models import Role
from core.web.access import Audience, declaration_of
from core.web.logs import shown_path
from tests.conftest import CheckingClient
from tests.integration.security.test_role_matrix import expected
from tests.integration.security.world import KINDS, World, enter, routes

ELSEWHERE = (
    "//kwaad.example",
    "/\\kwaad.example",
    "/\t/kwaad.example",
    "/\x0b/kwaad.example",
    "\t//kwaad.example",
    "https://kwaad.example",
    "https:kwaad.example",
    "javascript:alert(1)",
    "/pad\r\nSet-Cookie: a=b",
)
SECRET_PARTS = {"token", "key", "reference"}


@pytest.mark.parametrize("target", ELSEWHERE)
def test_staff_go_on_to_pages_of_our_own_only(client: FlaskClient, make: SimpleNamespace, target: str) -> None:
    account = make.core.account(Role.CLERK)
    data = {"email": account.email, "password": make.core.PASSWORD}
    client.post("/medewerkers/inloggen", query_string={"next": target}, data=data)
    answer = client.post("/medewerkers/code", data={"code": make.core.code()})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/griffie"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_crooked_target_is_not_carried_through_the_sign_in_of_members(client: FlaskClient, target: str) -> None:
    page = client.get("/inloggen", query_string={"next": target}).text
    assert "kwaad.example" not in page
    assert "alert(1)" not in page


def posts(app: Flask, world: World) -> list[tuple[str, str, str]]:
    """Every form: endpoint, address, audience."""
    found = []
    for rule, method, url in routes(app, world):
        declared = declaration_of(rule.endpoint)
        assert declared is not None
        if method == "POST":
            found.append((rule.endpoint, url, declared.audience.value))
    return found


ONE_CLICK = {"surveys_respondent.opt_out", "feedback_unsubscribe.stop"}


def visitor_of(world: World, endpoint: str, audience: str) -> str:
    if audience == Audience.STAFF:
        return next((n for n in ("administrator", "council") if endpoint.startswith((n[:5], f"surveys_{n}"))), "clerk")
    return audience


def test_no_form_is_taken_without_token_or_from_another_site(app: Flask, client: CheckingClient, world: World) -> None:
    wrong = []
    for endpoint, url, audience in posts(app, world):
        if endpoint in ONE_CLICK:
            continue
        session = world.session(visitor_of(world, endpoint, audience))
        client.csrf = False
        bare = enter(client, session).post(url, data={}).status_code
        client.csrf = True
        foreign = client.post(url, data={}, headers={"Origin": "https://kwaad.example"}).status_code
        referred = client.post(url, data={}, headers={"Referer": "https://kwaad.example/pad"}).status_code
        opaque = client.post(url, data={}, headers={"Origin": "null"}).status_code
        statuses = {bare, foreign, referred, opaque}
        # a role that may not come here is stopped before its token is looked at
        if not statuses <= ({400, 403} if audience == Audience.STAFF else {400}):
            wrong.append((endpoint, bare, foreign, referred, opaque))
    assert not wrong


def test_signing_out_needs_a_form_of_our_own(
    client: CheckingClient, make: SimpleNamespace, sign_in_staff: Callable[..., FlaskClient]
) -> None:
    sign_in_staff(client, make.core.account(Role.CLERK))
    assert client.get("/medewerkers/uitloggen").status_code == 405
    headers = {"Origin": "https://kwaad.example"}
    assert client.post("/medewerkers/uitloggen", data={}, headers=headers).status_code == 400
    assert client.get("/griffie").status_code == 200
    own = {"Origin": "https://localhost"}
    assert client.post("/medewerkers/uitloggen", data={}, headers=own).status_code == 302
    assert client.get("/griffie").status_code == 302


CROOKED = {"zoek": "\x00", "pagina": "9" * 30, "status": "\x00", "stand": "\x00", "wijk": "\x00", "herkomst": "\x00"}
FAR = {"zoek": "%_'\"<script>", "pagina": "-9223372036854775808", "van": "9999-99-99", "tot": "0001-01-01"}


def tried(client: FlaskClient, method: str, url: str, **values: Any) -> str:
    """What broke, or an empty text; a crash is let through by an application under test."""
    try:
        status = client.open(url, method=method, **values).status_code
    except Exception as error:
        db.session.rollback()
        return f"{type(error).__name__}: {str(error)[:200]}"
    return str(status) if status >= 500 else ""


def test_no_address_breaks_on_what_nobody_types(app: Flask, client: FlaskClient, world: World) -> None:
    broken = []
    for rule, method, url in list(routes(app, world)):
        if method != "GET" or rule.endpoint == "static":
            continue
        declared = declaration_of(rule.endpoint)
        assert declared is not None
        for viewer in [k for k in reversed(KINDS) if expected(world, declared, k) == "open"][:1]:
            enter(client, world.session(viewer))
            tries = [(url, CROOKED), (url, FAR), *((u, {}) for u in _crooked(app, rule, world))]
            for path, query in tries:
                outcome = tried(client, "GET", path, query_string=query)
                if outcome:
                    broken.append((viewer, path[:200], sorted(query), outcome))
    assert not broken, "\n".join(map(str, broken))


def _crooked(app: Flask, rule: object, world: World) -> list[str]:
    arguments = sorted(getattr(rule, "arguments", set()))
    found = []
    for bad in ("%00", "9" * 30, "..%2f..%2fetc%2fpasswd"):
        if not arguments:
            return []
        values = world.values(rule)  # type: ignore[arg-type]  # a rule of werkzeug
        url = str(rule)
        for name in arguments:
            for form in (f"<{name}>", f"<int:{name}>", f"<path:{name}>"):
                url = url.replace(form, bad if name == arguments[-1] else str(values[name]))
        found.append(url)
    return found


FIELDS = (
    "email",
    "password",
    "code",
    "first_name",
    "last_name",
    "phone",
    "birth_year",
    "sex",
    "district_code",
    "education",
    "tenure",
    "name",
    "value",
    "mail",
    "street",
    "house_number",
    "postcode",
    "city",
    "title",
    "goal",
    "reason",
    "text",
    "sentence",
    "next",
    "versie",
    "actie",
    "member",
    "public_id",
    "until",
    "stratum",
    "capacity",
    "number",
    "roles",
    "bodies",
    "kind",
    "started",
    "website",
    "label",
    "options",
    "items",
    "minimum",
    "maximum",
    "hint",
    "use",
)


def test_no_form_breaks_on_what_nobody_types(app: Flask, client: FlaskClient, world: World) -> None:
    broken = []
    for bad in ("\x00", "9" * 30, "é" * 3_000):
        for endpoint, url, audience in posts(app, world):
            if endpoint in {"panel_member.confirm_leave"}:
                continue
            enter(client, world.session(visitor_of(world, endpoint, audience)))
            outcome = tried(client, "POST", url, data=dict.fromkeys(FIELDS, bad))
            if outcome:
                broken.append((endpoint, bad[:5], outcome))
    assert not broken, "\n".join(map(str, broken))


def test_a_body_that_is_too_big_gets_a_page_and_the_headers(client: FlaskClient) -> None:
    answer = client.post("/meedoen", data={"code": "x" * (17 * 1024 * 1024)})
    assert answer.status_code == RequestEntityTooLarge.code
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_every_answer_carries_the_headers_and_no_page_is_kept_by_caches(
    app: Flask, client: FlaskClient, world: World
) -> None:
    wrong = []
    for rule, method, url in routes(app, world):
        answer = enter(client, None).open(url, method=method)
        policy = answer.headers.get("Content-Security-Policy", "")
        parts = {"default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"}
        good = all(part in policy for part in parts) and "unsafe" not in policy and "http:" not in policy
        good &= "max-age=31536000; includeSubDomains" in answer.headers.get("Strict-Transport-Security", "")
        good &= answer.headers.get("X-Content-Type-Options") == "nosniff"
        good &= answer.headers.get("Referrer-Policy") == "same-origin"
        good &= rule.endpoint == "static" or answer.headers.get("Cache-Control") == "no-store"
        if not good:
            wrong.append((method, url, dict(answer.headers)))
        for cookie in answer.headers.getlist("Set-Cookie"):
            flags = cookie.lower()
            if not (
                cookie.startswith("__Host-") and "secure" in flags and "httponly" in flags and "samesite=lax" in flags
            ):
                wrong.append((method, url, {"cookie": cookie}))
    assert not wrong


def test_the_host_that_somebody_claims_leads_nowhere(app: Flask, client: FlaskClient, world: World) -> None:
    for _rule, method, url in routes(app, world):
        if method == "GET":
            answer = enter(client, None).get(url, base_url="https://kwaad.example")
            assert "kwaad.example" not in answer.headers.get("Location", ""), url
            if answer.mimetype == "text/html":
                assert "kwaad.example" not in answer.text, url


def test_every_secret_in_an_address_is_taken_out_of_the_log(app: Flask) -> None:
    seen = 0
    for rule in app.url_map.iter_rules():
        for name in rule.arguments & SECRET_PARTS:
            url = str(rule).replace(f"<{name}>", "GEHEIM-0123456789").replace("<public_id>", "GEHEIM-9876543210")
            for written in (url, f"/{url}", url.upper(), f"{url}/", f"/oud{url}", f"{url}/nog/iets"):
                assert "GEHEIM" not in shown_path(written), written
            seen += 1
    assert seen >= 6


def test_an_error_page_tells_nothing_of_the_inside(app: Flask, client: FlaskClient) -> None:
    for path in ("/bestaat-niet", "/v/onzin", "/medewerkers/instellen/onzin", "/ondertekenen/onzin"):
        page = client.get(path).text
        for inside in ("Traceback", "sqlalchemy", "werkzeug", "/core/", "File &#34;"):
            assert inside not in page, path
