"""The personal link opens one wave and nothing else; who leaves takes the running answer along."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core import clock, keystore
from core.actor import Actor, acting
from core.db import db
from core.models import RateEvent, ServerSession, SessionKind
from core.web import origins
from core.web.access import Audience, declaration_of
from panel.models import Member, MemberStatus
from panel.services import membership
from surveys.models import Invitation, SealedResponse, SurveyResponse
from surveys.services import answering, fielding
from tests.integration.security.world import World, enter, routes

ANSWERS = {"use": {"use": ["never"]}, "why_not": {"why_not": ["geen zin"]}, "mark": {"mark": ["3"]}}


def test_a_link_of_one_wave_does_not_open_another(client: FlaskClient, make: SimpleNamespace) -> None:
    factory = make.surveys_fieldwork
    one, two = factory.fielding_wave(1), factory.fielding_wave(1)
    first, second = factory.invitations(one)[0], factory.invitations(two)[0]
    public_id, version, mac = factory.token(one, first).split(".")
    for token in (
        f"{second.public_id}.{version}.{mac}",
        f"{public_id}.{int(version) + 1}.{mac}",
        f"{public_id}.{version}.{'0' * 32}",
        factory.token(two, first),
        factory.token(one, first, "unsubscribe"),
    ):
        assert client.get(f"/v/{token}").status_code == 404
        assert client.post(f"/v/{token}", data={}).status_code == 404
    assert client.post(f"/afmelden/{factory.token(one, first)}").status_code == 404
    assert client.get(f"/v/{factory.token(one, first)}").status_code == 200


def test_the_session_of_an_invitation_opens_nothing_but_its_questionnaire(
    app: Flask, client: FlaskClient, world: World
) -> None:
    enter(client, world.session("invitation"))
    for rule, method, url in routes(app, world):
        declared = declaration_of(rule.endpoint)
        assert declared is not None
        if declared.audience in (Audience.PUBLIC, Audience.INVITATION):
            continue
        answer = client.open(url, method=method)
        assert answer.status_code in (302, 410), (method, url, answer.status_code)


def test_a_public_page_does_not_know_who_answers(client: FlaskClient, make: SimpleNamespace) -> None:
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(1)
    asked = factory.invitations(wave)[0]
    client.post(f"/v/{factory.token(wave, asked)}", data={})
    member = db.session.get_one(Member, asked.member_id)
    for path in ("/", "/panel", "/kalender", "/invullen/vraag/use"):
        page = client.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        for name in (member.first_name, member.last_name, member.email):
            assert str(name) not in page.text


def test_what_was_sent_is_never_shown_again(client: FlaskClient, make: SimpleNamespace) -> None:
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(1)
    asked = factory.invitations(wave)[0]
    secret = {**ANSWERS, "why_not": {"why_not": ["Dit is mijn mening"]}}
    factory.answer(asked, secret)
    client.post(f"/v/{factory.token(wave, asked)}", data={})
    for path in (
        "/invullen",
        "/invullen/klaar",
        "/invullen/controle",
        "/invullen/vraag/why_not",
        "/invullen/intrekken",
    ):
        assert "Dit is mijn mening" not in client.get(path, follow_redirects=True).text
    client.post("/invullen/opnieuw", data={})
    for path in ("/invullen/controle", "/invullen/vraag/use", "/invullen/vraag/why_not"):
        assert "Dit is mijn mening" not in client.get(path, follow_redirects=True).text


def test_closing_ends_links_and_sessions_of_the_wave(client: FlaskClient, make: SimpleNamespace) -> None:
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(2)
    asked = factory.invitations(wave)[0]
    token = factory.token(wave, asked)
    client.post(f"/v/{token}", data={})
    assert client.get("/invullen/vraag/use").status_code == 200
    factory.close(wave)
    assert client.get("/invullen/vraag/use").status_code == 410
    assert client.get(f"/v/{token}").status_code == 410
    assert client.post(f"/v/{token}", data={}).status_code == 410
    left = select(func.count()).where(ServerSession.kind == SessionKind.INVITATION)
    assert db.session.scalar(left) == 0


@pytest.fixture
def leaver(make: SimpleNamespace) -> SimpleNamespace:
    """A member with a sent answer in one running wave and a draft in another."""
    factory = make.surveys_fieldwork
    sent, draft = factory.fielding_wave(2), factory.fielding_wave(2)
    member = db.session.get_one(Member, factory.invitations(sent)[0].member_id)
    mine = [
        db.session.scalars(
            select(Invitation).where(Invitation.wave_id == w.id, Invitation.member_id == member.id)
        ).one()
        for w in (sent, draft)
    ]
    factory.answer(mine[0], ANSWERS)
    factory.answer(mine[1], {"use": ANSWERS["use"]}, send=False)
    fielding.send_invitations(sent)
    db.session.commit()
    return SimpleNamespace(factory=factory, waves=(sent, draft), member=member, invitations=mine)


def leave(member: Member) -> None:
    with acting(Actor(kind="member", member_id=member.id)):
        membership.leave(member)
    db.session.commit()


def test_leaving_withdraws_what_was_answered_in_running_waves(leaver: SimpleNamespace) -> None:
    others = leaver.factory.invitations(leaver.waves[0])[1]
    leaver.factory.answer(others, ANSWERS)
    leave(leaver.member)
    rows = db.session.scalars(select(SealedResponse)).all()
    assert len(rows) == 1
    leaver.factory.close(leaver.waves[0])
    assert len(db.session.scalars(select(SurveyResponse)).all()) == 1
    assert leaver.waves[0].answered_n == 1


def test_leaving_ends_links_sessions_and_mails(
    client: FlaskClient, leaver: SimpleNamespace, outbox_run: Callable[[], list[Any]]
) -> None:
    old = [leaver.factory.token(w, i) for w, i in zip(leaver.waves, leaver.invitations, strict=True)]
    client.post(f"/v/{old[1]}", data={})
    assert client.get("/invullen/vraag/use").status_code == 200
    address = leaver.member.email
    leave(leaver.member)
    assert client.get("/invullen/vraag/use").status_code == 410
    assert [client.get(f"/v/{token}").status_code for token in old] == [404, 404]
    subjects = [str(m["Subject"]) for m in outbox_run() if address in str(m["To"])]
    assert not [s for s in subjects if "mening" in s]
    assert len(subjects) == 1


def test_an_invitation_of_who_left_leads_to_a_blank_row(leaver: SimpleNamespace) -> None:
    leave(leaver.member)
    for invitation in leaver.invitations:
        assert invitation.opted_out
        assert not invitation.answered
        member = db.session.get_one(Member, invitation.member_id)
        assert member.status is MemberStatus.LEFT
        personal = (
            member.first_name,
            member.last_name,
            member.email,
            member.street,
            member.postcode,
            member.birth_year,
        )
        assert personal == (None,) * 6
        assert (member.email_index, member.household_index, member.surname_index) == (None, None, None)


def test_a_lost_wave_key_keeps_nobody_in_the_panel(leaver: SimpleNamespace) -> None:
    keystore.store().destroy(leaver.waves[1].public_id)
    leave(leaver.member)
    assert leaver.member.status is MemberStatus.LEFT


def test_who_left_cannot_save_with_a_page_that_was_open(leaver: SimpleNamespace) -> None:
    open_page = leaver.factory.taking_of(leaver.invitations[1])
    leave(leaver.member)
    with pytest.raises(answering.NotStartedError):
        answering.save_page(open_page, "use", ANSWERS["use"], seen_revision=1)


@pytest.mark.parametrize(
    "path", ["/v/{}", "/afmelden/{}", "/ondertekenen/{}", "/medewerkers/instellen/{}", "/code/{}/x"]
)
def test_guessing_links_ends_after_so_many_wrong_ones(client: FlaskClient, make: SimpleNamespace, path: str) -> None:
    wrong = path.format("abcdefghijklmnopqrstuv.1." + "0" * 32)
    for _ in range(origins.WRONG_LINKS):
        assert client.get(wrong).status_code in (404, 410)
    assert client.get(wrong).status_code == 429
    counted = db.session.scalar(select(func.count()).select_from(RateEvent))
    assert counted == origins.WRONG_LINKS
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(1)
    # who shares the address with somebody who guesses still gets in with a right link
    assert client.get(f"/v/{factory.token(wave, factory.invitations(wave)[0])}").status_code == 200


def test_a_whole_ipv6_network_is_one_visitor_to_the_limits(client: FlaskClient) -> None:
    statuses = [
        client.post("/meedoen", data={"code": "AAAA"}, environ_base={"REMOTE_ADDR": f"2001:db8:1:2::{n:x}"}).status_code
        for n in range(1, 33)
    ]
    assert statuses[-1] == 429
    other = client.post("/meedoen", data={"code": "AAAA"}, environ_base={"REMOTE_ADDR": "2001:db8:1:3::1"})
    assert other.status_code == 422


def test_a_code_link_shows_the_code_in_another_browser_and_is_used_up_by_the_asking_one(
    client: FlaskClient,
    new_client: Callable[[], FlaskClient],
    make: SimpleNamespace,
    outbox_run: Callable[[], list[Any]],
) -> None:
    (member,) = make.surveys_fieldwork.members(1)
    client.post("/inloggen", data={"email": member.email})
    (mail,) = outbox_run()
    text = mail.get_body(("plain",)).get_content()
    found = re.search(r"https://localhost(/code/\S+)", text)
    code = re.search(r"\b(\d{6})\b", text) or re.search(r"\b(\d{3} \d{3})\b", text)
    assert found
    assert code
    for _ in range(5):
        assert new_client().get(found[1]).status_code == 200
    scanner = new_client()
    scanner.get(found[1])
    assert scanner.post("/inloggen/code", data={"code": code[1]}).status_code == 422
    assert scanner.get("/mijn").status_code == 302
    assert client.post("/inloggen/code", data={"code": code[1]}).status_code == 302
    assert client.get("/mijn").status_code == 200
    assert client.get(found[1]).status_code == 410


def test_a_code_is_over_after_ten_minutes(
    client: FlaskClient, make: SimpleNamespace, outbox_run: Callable[[], list[Any]]
) -> None:
    (member,) = make.surveys_fieldwork.members(1)
    client.post("/inloggen", data={"email": member.email})
    (mail,) = outbox_run()
    text = mail.get_body(("plain",)).get_content()
    code = re.search(r"\b(\d{6})\b", text) or re.search(r"\b(\d{3} \d{3})\b", text)
    assert code
    with clock.travel(clock.now() + timedelta(minutes=10, seconds=1)):
        assert client.post("/inloggen/code", data={"code": code[1]}).status_code == 422
    assert client.get("/mijn").status_code == 302
