"""The mailbox exists in a demonstration only, finds mails, and leads nowhere else on the disk."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.config import Config
from core.mailer import FolderTransport


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The application as a demonstration that writes its mails into a folder."""
    before: Config = app.config["PANEL"]
    app.config["PANEL"] = replace(before, demonstration=True, mail_url=f"folder:{tmp_path / 'mail'}")
    yield tmp_path / "mail"
    app.config["PANEL"] = before


def send(folder: Path, number: int, subject: str = "Uw code", to: str = "lid@voorbeeld.example") -> str:
    message = EmailMessage()
    message["Message-ID"] = f"<mail{number}@localhost>"
    message["From"], message["To"], message["Subject"] = "Panel <panel@voorbeeld.example>", to, subject
    message["Date"] = format_datetime(clock.now())
    message.set_content("Klik hier: https://localhost/v/abc.1.def\n")
    message.add_alternative(
        "<html><body><p>Klik <a href='https://localhost/v/abc.1.def'>hier</a></p></body></html>", subtype="html"
    )
    FolderTransport(folder).send(message)
    return f"mail{number}@localhost"


def test_mailbox_is_hidden_outside_the_demonstration(client: FlaskClient) -> None:
    assert client.get("/voorbeeld/post").status_code == 404
    assert client.get("/voorbeeld/post/mail1@localhost").status_code == 404


def test_mailbox_is_hidden_when_a_demonstration_really_sends(app: Flask, client: FlaskClient) -> None:
    before: Config = app.config["PANEL"]
    app.config["PANEL"] = replace(before, demonstration=True)
    try:
        assert client.get("/voorbeeld/post").status_code == 404
    finally:
        app.config["PANEL"] = before


def test_empty_mailbox_stands(folder: Path, client: FlaskClient) -> None:
    page = client.get("/voorbeeld/post")
    assert page.status_code == 200
    assert "Er is geen e-mail gevonden" in page.text


def test_mail_is_listed_read_and_its_link_is_a_path(folder: Path, client: FlaskClient) -> None:
    name = send(folder, 1)
    assert f'href="/voorbeeld/post/{name}"' in client.get("/voorbeeld/post").text
    page = client.get(f"/voorbeeld/post/{name}").text
    assert page.count('href="/v/abc.1.def"') == 2
    assert "VOORBEELD" in page


def test_search_by_recipient_and_subject(folder: Path, client: FlaskClient) -> None:
    send(folder, 1, "Uw code", "anna@voorbeeld.example")
    send(folder, 2, "Uw mening gevraagd", "bert@voorbeeld.example")
    for words, found in (("anna@", ["mail1"]), ("MENING", ["mail2"]), ("voorbeeld", ["mail1", "mail2"]), ("zzz", [])):
        page = client.get(f"/voorbeeld/post?zoek={words}").text
        assert [n for n in ("mail1", "mail2") if f"{n}@localhost" in page] == found


def test_subject_with_accents_is_read_and_found(folder: Path, client: FlaskClient) -> None:
    subject = "Eén vraag – wat vindt u van de coöperatie in uw eigen buurt, en van het plein daarnaast?"
    send(folder, 1, subject)
    assert subject in client.get("/voorbeeld/post?zoek=coöperatie").text


def test_list_is_paged_newest_first(folder: Path, client: FlaskClient) -> None:
    for number in range(60):
        send(folder, number, f"Mail nummer {number}.")
    first, second = client.get("/voorbeeld/post").text, client.get("/voorbeeld/post?pagina=2").text
    assert "Mail nummer 59." in first
    assert "Mail nummer 5." not in first
    assert "Mail nummer 5." in second


@pytest.mark.parametrize("name", ["../geheim", "..%2fgeheim", ".verborgen", "bestaat-niet@localhost", "a%00b"])
def test_name_leads_nowhere_else(folder: Path, client: FlaskClient, name: str) -> None:
    send(folder, 1)
    (folder.parent / "geheim.eml").write_text("Subject: geheim\n\ngeheim")
    (folder / ".verborgen.eml").write_text("Subject: geheim\n\ngeheim")
    assert client.get(f"/voorbeeld/post/{name}").status_code == 404
