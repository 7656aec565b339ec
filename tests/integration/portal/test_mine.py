"""Mijn panel: one's own invitations with a working link, what came of them, and nothing of anybody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

from flask.testing import FlaskClient

from core import clock
from core.actor import SYSTEM, acting
from core.db import db
from feedback.services import publishing
from panel.models import Member, MemberStatus
from surveys.models import Invitation, Wave

SignIn = Callable[[FlaskClient, Member], FlaskClient]


def invited(wave: Wave, place: int = 0) -> Member:
    invitation = db.session.query(Invitation).filter_by(wave_id=wave.id).order_by(Invitation.id).all()[place]
    return db.session.get_one(Member, invitation.member_id)


def test_needs_a_member(client: FlaskClient) -> None:
    answer = client.get("/mijn")
    assert answer.status_code == 302
    assert "/inloggen" in answer.location


def test_stands_without_any_invitation(client: FlaskClient, make: SimpleNamespace, sign_in_member: SignIn) -> None:
    (member,) = make.surveys_fieldwork.members(1)
    page = sign_in_member(client, member).get("/mijn").text
    assert "Er is nu geen vragenlijst voor u open" in page
    assert member.first_name in page


def test_link_of_the_page_opens_the_own_first_screen(
    client: FlaskClient, make: SimpleNamespace, sign_in_member: SignIn
) -> None:
    wave = make.surveys_fieldwork.fielding_wave()
    page = sign_in_member(client, invited(wave)).get("/mijn").text
    (link,) = re.findall(r'href="(/v/[^"]+)"', page)
    first = client.get(link)
    assert first.status_code == 200
    assert wave.title in first.text


def test_link_is_one_s_own(
    new_client: Callable[[], FlaskClient], make: SimpleNamespace, sign_in_member: SignIn
) -> None:
    wave = make.surveys_fieldwork.fielding_wave(2)
    pages = [sign_in_member(new_client(), invited(wave, n)).get("/mijn").text for n in range(2)]
    links = [re.findall(r'href="(/v/[^"]+)"', page) for page in pages]
    assert len({link[0] for link in links}) == 2


def test_who_was_not_invited_sees_no_link(client: FlaskClient, make: SimpleNamespace, sign_in_member: SignIn) -> None:
    make.surveys_fieldwork.fielding_wave()
    (outsider,) = make.surveys_fieldwork.members(1)
    assert "/v/" not in sign_in_member(client, outsider).get("/mijn").text


def test_closed_by_the_clock_has_no_link(client: FlaskClient, make: SimpleNamespace, sign_in_member: SignIn) -> None:
    wave = make.surveys_fieldwork.fielding_wave()
    sign_in_member(client, invited(wave))
    wave.opens_at, wave.closes_at = clock.now() - timedelta(days=3), clock.now() - timedelta(minutes=1)
    db.session.commit()
    assert "/v/" not in client.get("/mijn").text


def test_sent_answer_offers_only_to_replace_it(
    client: FlaskClient, make: SimpleNamespace, sign_in_member: SignIn
) -> None:
    wave = make.surveys_fieldwork.fielding_wave()
    member = invited(wave)
    db.session.query(Invitation).filter_by(member_id=member.id).update({"answered": True})
    db.session.commit()
    page = sign_in_member(client, member).get("/mijn").text
    assert "Opnieuw invullen" in page
    assert "vorige antwoorden vervallen" in page


def test_results_and_feedback_of_own_questionnaires_are_linked(
    client: FlaskClient, make: SimpleNamespace, sign_in_member: SignIn
) -> None:
    publication = make.feedback.published()
    make.feedback.answer_all(publication)
    with acting(SYSTEM):
        publishing.publish_feedback(publication)
        db.session.commit()
    wave = db.session.get_one(Wave, publication.wave_id)
    page = sign_in_member(client, invited(wave)).get("/mijn").text
    assert f'href="/vragenlijsten/{wave.slug}/terugkoppeling"' in page


def test_pause_and_profile_check_are_told(client: FlaskClient, make: SimpleNamespace, sign_in_member: SignIn) -> None:
    (member,) = make.surveys_fieldwork.members(1)
    member.status, member.paused_until = MemberStatus.PAUSED, clock.today() + timedelta(days=30)
    member.admitted_at = clock.now() - timedelta(days=400)
    db.session.commit()
    page = sign_in_member(client, member).get("/mijn").text
    assert "U hebt pauze tot" in page
    assert "Klopt uw profiel nog?" in page
