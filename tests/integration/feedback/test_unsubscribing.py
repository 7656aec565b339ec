"""Mails of results and feedback can be stopped with one click, for one questionnaire."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock
from core.db import db
from core.models import AuditEvent, Mail, MailState
from feedback import queries
from panel.models import DeathReport
from surveys.models import Invitation
from tests.conftest import CheckingClient

Run = Callable[[], list[Any]]


def _path(message: Any) -> str:
    found = re.fullmatch(r"<https?://[^/]+(/\S+)>", message["List-Unsubscribe"])
    assert found
    return found[1]


def test_one_click_in_a_result_mail_stops_the_mails_about_this_questionnaire(
    make: SimpleNamespace, client: CheckingClient, outbox_run: Run
) -> None:
    publication = make.feedback.published(make.feedback.closed_wave(200, invited=2))
    first = next(m for m in outbox_run() if m["List-Unsubscribe"])
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = _path(first)
    assert "Wilt u geen mails meer" in client.get(path).get_data(as_text=True)
    assert len(queries.invited_members(queries.wave_of(publication))) == 2
    client.csrf = False
    # some mail programs post from a page of their own, and some twice
    for headers in ({}, {"Origin": "https://post.example"}):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"}, headers=headers)
        assert "Het is geregeld" in answer.get_data(as_text=True)
    assert len(queries.invited_members(queries.wave_of(publication))) == 1


def test_mail_that_waits_is_dropped_for_who_stopped(
    make: SimpleNamespace, client: CheckingClient, outbox_run: Run
) -> None:
    publication = make.feedback.published(make.feedback.closed_wave(200, invited=1))
    (member,) = queries.invited_members(queries.wave_of(publication))
    asked = db.session.scalars(select(Invitation).where(Invitation.member_id == member)).one()
    asked.opted_out = True
    db.session.commit()
    outbox_run()
    mails = db.session.scalars(select(Mail).where(Mail.recipient_kind == "member", Mail.recipient_id == member)).all()
    assert {mail.state for mail in mails} == {MailState.DROPPED}


def test_nothing_is_sent_to_who_was_reported_to_have_died(make: SimpleNamespace, outbox_run: Run) -> None:
    publication = make.feedback.published(make.feedback.closed_wave(200, invited=1))
    (member,) = queries.invited_members(queries.wave_of(publication))
    db.session.add(DeathReport(member_id=member, person="A. de Vries", made_at=clock.now()))
    db.session.commit()
    outbox_run()
    mails = db.session.scalars(select(Mail).where(Mail.recipient_kind == "member", Mail.recipient_id == member)).all()
    assert {mail.state for mail in mails} == {MailState.DROPPED}


def test_link_of_another_questionnaire_or_by_guess_opens_nothing(
    make: SimpleNamespace, client: FlaskClient, outbox_run: Run
) -> None:
    make.feedback.published(make.feedback.closed_wave(200, invited=1))
    path = _path(next(m for m in outbox_run() if m["List-Unsubscribe"]))
    other = queries.wave_of(make.feedback.published(make.feedback.closed_wave(200, invited=1)))
    slug = path.split("/")[2]
    assert client.get(path.replace(slug, other.slug)).status_code == 404
    assert client.get(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404
    assert client.get(f"/vragenlijsten/{slug}/geen-mails/onzin").status_code == 404


def test_log_does_not_tell_who_stopped(make: SimpleNamespace, client: CheckingClient, outbox_run: Run) -> None:
    make.feedback.published(make.feedback.closed_wave(200, invited=1))
    client.post(_path(next(m for m in outbox_run() if m["List-Unsubscribe"])))
    row = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "invitation.opt_out")).one()
    assert (row.actor_kind, row.actor_ref, row.object_kind) == ("invitation", "", "wave")
