"""Mail through a real SMTP server: refused, retried, broken off, and never twice without a person's word."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core import clock, outbox, sending
from core.accounts import services
from core.config import Config
from core.db import db
from core.models import Account, Mail, MailState, Role
from core.outbox import MailContent, Recipient
from tests.integration.core.processes import environment

SETTINGS: dict[str, Any] = {}


def render(mail: Mail) -> MailContent | None:
    """What a test asked for: the address stands in SETTINGS by recipient number."""
    values = {"to": f"lid{mail.recipient_id}@voorbeeld.example", "subject": "Uw account – Zeïst", **SETTINGS}
    if values.pop("drop", False):
        return None
    context = {"name": "Noor", "url": "https://localhost/x", "expires_at": clock.now()}
    return MailContent(template="account_setup", context=context, **values)


@pytest.fixture(autouse=True)
def _renderer() -> Iterator[None]:
    SETTINGS.clear()
    outbox.register("test.mail", render)
    yield
    SETTINGS.clear()


def post(*numbers: int) -> None:
    outbox.post_many("test.mail", [Recipient("member", n, {}, f"test:{n}") for n in numbers])
    db.session.commit()


def mails() -> list[Mail]:
    db.session.expire_all()
    return list(db.session.scalars(select(Mail).order_by(Mail.recipient_id)))


def states() -> list[MailState]:
    return [mail.state for mail in mails()]


def test_mail_has_text_html_date_and_an_id_that_follows_from_its_key(
    app: Flask, outbox_run: Callable[[], list[Any]]
) -> None:
    SETTINGS["unsubscribe_url"] = "https://localhost/afmelden/abc"
    post(1)
    message = outbox_run()[0]
    assert message["To"] == "lid1@voorbeeld.example"
    assert message["Subject"] == "Uw account – Zeïst"
    assert message["From"] == "Inwonerspanel <panel@voorbeeld.example>"
    assert message["Date"]
    assert message["List-Unsubscribe"] == "<https://localhost/afmelden/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Beste Noor" in message.get_body(("plain",)).get_content()
    assert "<p>Beste Noor" in message.get_body(("html",)).get_content()
    stored = mails()[0]
    assert stored.state is MailState.SENT
    assert message["Message-ID"] == stored.message_id
    again = sending.compose(render(stored), stored.key)  # type: ignore[arg-type]  # not dropped here
    assert again.message_id == stored.message_id


def test_mail_of_the_demonstration_says_so(app: Flask, outbox_run: Callable[[], list[Any]]) -> None:
    config: Config = app.config["PANEL"]
    app.config["PANEL"] = replace(config, demonstration=True)
    try:
        post(1)
        message = outbox_run()[0]
    finally:
        app.config["PANEL"] = config
    assert message["Subject"].startswith("[VOORBEELD] ")
    for kind in ("plain", "html"):
        assert "VOORBEELD – verzonnen" in message.get_body((kind,)).get_content()


def test_same_key_twice_is_one_mail(app: Flask, outbox_run: Callable[[], list[Any]]) -> None:
    post(1, 2)
    post(1, 2)
    assert len(outbox_run()) == 2
    assert len(outbox_run()) == 2


def test_452_is_retried_later_and_550_is_failed_and_the_others_leave(
    app: Flask, postbox: Any, outbox_run: Callable[[], list[Any]]
) -> None:
    postbox.answers["lid1@voorbeeld.example"] = "452 4.2.2 lid1@voorbeeld.example mailbox full"
    postbox.answers["lid2@voorbeeld.example"] = "550 5.1.1 lid2@voorbeeld.example unknown"
    post(1, 2, 3)
    assert len(outbox_run()) == 1
    assert states() == [MailState.QUEUED, MailState.FAILED, MailState.SENT]
    first, second, _ = mails()
    assert (first.error, second.error) == ("452 4.2.2", "550 5.1.1")
    assert first.run_at > clock.now() + timedelta(seconds=50)
    outbox_run()
    assert states()[0] is MailState.QUEUED
    postbox.answers.clear()
    with clock.travel(clock.now() + timedelta(minutes=2)):
        assert len(outbox_run()) == 2
    assert states() == [MailState.SENT, MailState.FAILED, MailState.SENT]


def test_relay_that_stays_full_fails_in_the_end(app: Flask, postbox: Any, outbox_run: Callable[[], list[Any]]) -> None:
    postbox.answers["lid1@voorbeeld.example"] = "451 4.3.0 later"
    post(1)
    moment = clock.now()
    waits = []
    for day in range(6):
        with clock.travel(moment + timedelta(days=day)):
            outbox_run()
            waits.append(mails()[0].run_at - clock.now())
    assert states() == [MailState.FAILED]
    assert waits[:5] == sorted(waits[:5])


def test_refused_connection_loses_nothing(app: Flask, outbox_run: Callable[[], list[Any]]) -> None:
    config: Config = app.config["PANEL"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app.config["PANEL"] = replace(config, mail_url=f"smtp://127.0.0.1:{port}")
    try:
        post(1, 2)
        assert outbox_run() == []
    finally:
        app.config["PANEL"] = config
    assert states() == [MailState.QUEUED] * 2
    assert [mail.attempts for mail in mails()] == [0, 0]
    with clock.travel(clock.now() + timedelta(minutes=2)):
        assert len(outbox_run()) == 2


def relay_that_never_answers(server: socket.socket, then: Callable[[], None] = lambda: None) -> None:
    """Take a mail's content, do something, and hang up before answering."""
    connection, _ = server.accept()
    with connection, connection.makefile("rwb") as stream:
        stream.write(b"220 hello\r\n")
        stream.flush()
        while line := stream.readline():
            if line.upper().startswith(b"DATA"):
                stream.write(b"354 go\r\n")
                stream.flush()
                while stream.readline() not in (b".\r\n", b""):
                    pass
                then()
                return
            stream.write(b"250 ok\r\n")
            stream.flush()


def test_connection_lost_within_the_content_leaves_the_mail_unsure_and_the_next_queued(app: Flask) -> None:
    config: Config = app.config["PANEL"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=relay_that_never_answers, args=(server,))
        thread.start()
        app.config["PANEL"] = replace(config, mail_url=f"smtp://127.0.0.1:{server.getsockname()[1]}")
        try:
            post(1, 2)
            sending.send_due()
        finally:
            app.config["PANEL"] = config
        thread.join()
    assert states() == [MailState.UNSURE, MailState.QUEUED]


def test_worker_killed_while_handing_over_leaves_that_mail_unsure_and_the_rest_queued(
    app: Flask, outbox_run: Callable[[], list[Any]]
) -> None:
    for n in (1, 2):
        services.create_account(name=f"Lid {n}", email=f"lid{n}@voorbeeld.example", roles=[Role.CLERK])
    db.session.commit()
    process: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        process[0].send_signal(signal.SIGKILL)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=relay_that_never_answers, args=(server, kill))
        address = f"smtp://127.0.0.1:{server.getsockname()[1]}"
        command = [sys.executable, "-m", "flask", "worker", "--once"]
        process.append(subprocess.Popen(command, env={**environment(app), "PANEL_MAIL_URL": address}))
        thread.start()
        assert process[0].wait(timeout=60) == -signal.SIGKILL
        thread.join()
    assert states() == [MailState.SENDING, MailState.SENDING]
    with clock.travel(clock.now() + timedelta(minutes=5)):
        assert outbox.mark_unsure() == 1
        db.session.commit()
        assert states() == [MailState.UNSURE, MailState.QUEUED]
        received = [message["To"] for message in outbox_run()]
    assert received == ["lid2@voorbeeld.example"]
    assert states() == [MailState.UNSURE, MailState.SENT]


@pytest.mark.parametrize(
    "values",
    [
        {"to": "lid@voorbeeld.example\r\nBcc: ander@voorbeeld.example"},
        {"to": "een@voorbeeld.example, twee@voorbeeld.example"},
        {"to": "geen adres"},
        {"subject": "Hallo\r\nBcc: ander@voorbeeld.example"},
        {"unsubscribe_url": "https://localhost/x\r\nBcc: ander@voorbeeld.example"},
    ],
)
def test_header_injection_is_refused_and_holds_up_nobody(
    app: Flask, outbox_run: Callable[[], list[Any]], values: dict[str, str]
) -> None:
    SETTINGS.update(values)
    post(1)
    assert outbox_run() == []
    assert states() == [MailState.FAILED]
    SETTINGS.clear()
    post(2)
    assert [message["To"] for message in outbox_run()] == ["lid2@voorbeeld.example"]


def test_mail_without_a_reason_is_dropped(app: Flask, outbox_run: Callable[[], list[Any]]) -> None:
    SETTINGS["drop"] = True
    post(1)
    assert outbox_run() == []
    assert states() == [MailState.DROPPED]


def test_four_senders_deliver_each_mail_once(app: Flask, postbox: Any) -> None:
    post(*range(1, 41))

    def send() -> None:
        with app.app_context():
            while sending.send_due(5):
                continue

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    received = sorted(envelope.rcpt_tos[0] for envelope in postbox.messages)
    assert received == sorted(f"lid{n}@voorbeeld.example" for n in range(1, 41))
    assert set(states()) == {MailState.SENT}


def test_person_decides_about_failed_and_unsure_mails(
    client: FlaskClient,
    make: Any,
    sign_in_staff: Callable[[FlaskClient, Account], FlaskClient],
    outbox_run: Callable[[], list[Any]],
) -> None:
    post(1, 2)
    for mail in mails():
        mail.state, mail.message_id = MailState.UNSURE, "<x@localhost>"
    db.session.commit()
    sign_in_staff(client, make.core.account(Role.CLERK))
    page = client.get("/beheer/post").get_data(as_text=True)
    assert "lid1@voorbeeld.example" in page
    first, second = mails()
    assert client.post("/beheer/post/opnieuw", data={"mail": first.id}).status_code == 302
    assert client.post("/beheer/post/laten", data={"mail": second.id}).status_code == 302
    assert client.post("/beheer/post/laten", data={"mail": second.id}).status_code == 404
    assert [message["To"] for message in outbox_run()] == ["lid1@voorbeeld.example"]
    assert states() == [MailState.SENT, MailState.DROPPED]


def test_folder_holds_one_file_a_mail_and_a_broken_mail_holds_up_nobody(app: Flask, tmp_path: Path) -> None:
    config: Config = app.config["PANEL"]
    app.config["PANEL"] = replace(config, mail_url=f"folder:{tmp_path}")
    try:
        post(1, 2, 3)
        db.session.execute(update(Mail).where(Mail.recipient_id == 2).values(kind="nobody.knows"))
        db.session.commit()
        sending.send_due()
        db.session.execute(update(Mail).where(Mail.recipient_id == 1).values(state=MailState.QUEUED))
        db.session.commit()
        sending.send_due()
    finally:
        app.config["PANEL"] = config
    assert states() == [MailState.SENT, MailState.FAILED, MailState.SENT]
    assert len(list(tmp_path.glob("*.eml"))) == 2


def test_full_or_closed_folder_loses_nothing(app: Flask, tmp_path: Path) -> None:
    config: Config = app.config["PANEL"]
    place = tmp_path / "box"
    place.write_text("a file stands where the folder should be")
    app.config["PANEL"] = replace(config, mail_url=f"folder:{place}")
    try:
        post(1)
        sending.send_due()
        assert states() == [MailState.QUEUED]
        place.unlink()
        with clock.travel(clock.now() + timedelta(minutes=2)):
            sending.send_due()
    finally:
        app.config["PANEL"] = config
    assert states() == [MailState.SENT]


def test_code_that_somebody_waits_for_goes_before_a_queue_of_invitations(app: Flask) -> None:
    outbox.register("test.code", render, first=True)
    post(*range(1, 8))
    outbox.post("test.code", Recipient("member", 99, {}, "code:99"))
    db.session.commit()
    claimed = outbox.claim(3)
    assert 99 in {mail.recipient_id for mail in mails() if mail.id in claimed}, "a code works ten minutes only"
