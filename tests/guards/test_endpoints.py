"""Every endpoint says who it is for; nothing is reachable that nobody declared; URLs keep their form."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.permissions import registered
from core.web.access import Audience, declaration_of

MATRIX = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"


def rules(app: Flask) -> list[tuple[str, str, str]]:
    found = []
    for rule in app.url_map.iter_rules():
        methods = "/".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        found.append((str(rule), methods, rule.endpoint))
    return sorted(found)


def matrix(app: Flask) -> str:
    lines = ["# Who may reach what", "", "Printed from the code by tools/print_permissions.py.", ""]
    lines += ["| URL | method | endpoint | audience | permission |", "|---|---|---|---|---|"]
    for url, methods, endpoint in rules(app):
        declared = declaration_of(endpoint)
        audience = declared.audience.value if declared else "**undeclared**"
        lines.append(f"| `{url}` | {methods} | {endpoint} | {audience} | {(declared and declared.permission) or ''} |")
    lines += ["", "| permission | who |", "|---|---|"]
    for name, predicates in sorted(registered().items()):
        lines.append(f"| {name} | {', '.join(p.__name__ for p in predicates)} |")
    return "\n".join(lines) + "\n"


def test_every_endpoint_declares_its_audience(app: Flask) -> None:
    undeclared = [endpoint for _, _, endpoint in rules(app) if declaration_of(endpoint) is None]
    assert not undeclared


def test_every_staff_endpoint_names_a_known_permission(app: Flask) -> None:
    known = registered()
    for _, _, endpoint in rules(app):
        declared = declaration_of(endpoint)
        if declared and declared.audience is Audience.STAFF:
            assert declared.permission in known, endpoint


def test_printed_matrix_is_up_to_date(app: Flask) -> None:
    assert MATRIX.read_text(encoding="utf-8") == matrix(app), "run tools/print_permissions.py"


def test_urls_are_lower_case_kebab(app: Flask) -> None:
    for url, _, _ in rules(app):
        bare = re.sub(r"<[^>]+>", "", url)
        assert re.fullmatch(r"[a-z0-9./-]*", bare), url


@pytest.mark.parametrize("path", ["/bestaat-niet", "/griffie/bestaat-niet"])
def test_unknown_page_tells_what_to_do(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert 'href="/"' in response.text.partition("<main")[2].partition("</main>")[0]


def test_headers_on_every_kind_of_answer(client: FlaskClient) -> None:
    for path in ("/", "/bestaat-niet", "/static/css/panel.css", "/medewerkers/inloggen"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age=31536000" in headers["Strict-Transport-Security"]
