"""What machines ask: health, security.txt, robots.txt; headers on each answer."""

import hashlib
import re
from dataclasses import replace
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient

from core import clock, worker
from core.config import Config


def test_health_tells_whether_the_worker_runs(client: FlaskClient) -> None:
    assert client.get("/gezondheid").get_json() == {"status": "ok", "worker": "late"}
    worker.run_due_tasks()
    worker.jobs.load()
    worker.run_due_tasks()
    assert client.get("/gezondheid").get_json() == {"status": "ok", "worker": "ok"}


def test_security_txt_has_a_contact_and_ends_within_a_year(client: FlaskClient) -> None:
    answer = client.get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines())
    assert fields["Contact"] == "mailto:panel@voorbeeld.example"
    assert fields["Canonical"] == "https://localhost/.well-known/security.txt"
    ends = datetime.fromisoformat(fields["Expires"])
    assert 0 < (ends - clock.now()).days < 365


def test_robots_stay_out_of_personal_pages_and_of_a_whole_demonstration(app: Flask, client: FlaskClient) -> None:
    assert "Disallow: /v/" in client.get("/robots.txt").get_data(as_text=True)
    config: Config = app.config["PANEL"]
    app.config["PANEL"] = replace(config, demonstration=True)
    try:
        assert client.get("/robots.txt").get_data(as_text=True) == "User-agent: *\nDisallow: /\n"
    finally:
        app.config["PANEL"] = config


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for path in ("/gezondheid", "/bestaat-niet", "/medewerkers/inloggen", "/beheer/accounts", "/static/css/panel.css"):
        headers = client.get(path).headers
        assert "unsafe" not in headers["Content-Security-Policy"], path
        assert "includeSubDomains" in headers["Strict-Transport-Security"], path
        assert headers["X-Content-Type-Options"] == "nosniff", path


def test_a_browser_fetches_a_stylesheet_once_and_again_when_it_changed(client: FlaskClient) -> None:
    address = re.findall(r'href="(/static/css/panel\.css\?v=([0-9a-f]{12}))"', client.get("/").text)[0]
    named, plain = client.get(address[0]), client.get("/static/css/panel.css")
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert hashlib.sha256(named.data).hexdigest().startswith(address[1])
    assert "immutable" not in plain.headers.get("Cache-Control", "")
    assert "immutable" not in client.get("/static/css/gone.css?v=0").headers.get("Cache-Control", "")
