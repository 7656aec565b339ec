"""What a running product writes to its log: requests and faults, never a name, an address or a link."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db import db
from tests.integration.security.broken_product import CODE, PRIVATE, SECRET, VISITS

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def written(tmp_path: Path) -> str:
    """The whole log of a product with faults."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "PANEL_DATABASE_URL": f"sqlite:///{tmp_path / 'panel.db'}",
        "PANEL_BASE_URL": "https://localhost",
        "PANEL_SESSION_KEY": "test-session-key-of-at-least-32-characters",
        "PANEL_IDENTITY_KEYS": Fernet.generate_key().decode(),
        "PANEL_INDEX_KEY": "test-index-key-of-at-least-32-characters",
        "PANEL_KEYSTORE": str(tmp_path / "keys"),
        "PANEL_RECOVERY_KEYSTORE": str(tmp_path / "recovery"),
        "PANEL_MAIL_URL": f"folder:{tmp_path / 'mail'}",
        "PANEL_MAIL_FROM": "panel@voorbeeld.example",
    }
    command = [sys.executable, "-m", "tests.integration.security.broken_product"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_faults_are_logged_by_kind_and_place_without_what_was_filled_in(written: str) -> None:
    lines = [json.loads(line) for line in written.splitlines()]
    faults = [(line["event"], line["kind"]) for line in lines if "kind" in line]
    assert faults[:3] == [("crash", "ValueError"), ("crash", "OperationalError"), ("job 7 failed", "OperationalError")]
    assert all("broken_product.py" in str(line["places"]) for line in lines if line.get("kind") == "ValueError")
    paths = [line["path"] for line in lines if line["event"] == "request"]
    assert paths[:2] == ["/v/[token]", "/v/[token]"]
    assert len(paths) == 2 + len(VISITS)
    for private in (*PRIVATE.split(", "), SECRET, CODE):
        assert private not in written


def test_a_database_error_does_not_repeat_the_values_of_its_statement(app: Flask) -> None:
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text("SELECT * FROM no_such_table WHERE name = :name"), {"name": PRIVATE})
    db.session.rollback()
    assert PRIVATE not in str(caught.value)
