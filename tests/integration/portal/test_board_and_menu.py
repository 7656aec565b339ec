"""The board of the griffie, the menu per role, and the addresses that the portal links to."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from core import clock
from core.db import db
from core.models import Account, Job, JobState, Mail, MailState, Role
from portal import navigation, places
from portal.queries import board

SignIn = Callable[[FlaskClient, Account], FlaskClient]


def labels() -> list[str]:
    return [task.label for task in board.all_tasks()]


def test_board_is_for_griffie_and_analyst_alone(
    new_client: Callable[[], FlaskClient], make: SimpleNamespace, sign_in_staff: SignIn
) -> None:
    for role, status in (
        (Role.CLERK, 200),
        (Role.ANALYST, 200),
        (Role.COUNCIL_MEMBER, 403),
        (Role.ADMINISTRATOR, 403),
    ):
        assert sign_in_staff(new_client(), make.core.account(role)).get("/griffie").status_code == status
    assert new_client().get("/griffie").status_code == 302


def test_empty_board_asks_for_the_settings(client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn) -> None:
    page = sign_in_staff(client, make.core.account(Role.CLERK)).get("/griffie").text
    assert "verplichte instellingen" in page
    assert "/beheer/instellingen" in page


def test_board_is_silent_when_nothing_waits(client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn) -> None:
    make.core.complete_settings()
    page = sign_in_staff(client, make.core.account(Role.CLERK)).get("/griffie").text
    assert "niets dat op u wacht" in page


def test_commission_waits_for_advice_and_then_for_the_decision(app: Flask, make: SimpleNamespace) -> None:
    people = make.surveys_design.cast()
    commission = make.surveys_design.submitted(people)
    assert f"Geef advies over de vorm: {commission.title}" in labels()
    advised = make.surveys_design.advised(people)
    assert f"Leg het besluit vast: {advised.title}" in labels()


def test_accepted_commission_waits_for_its_questionnaire(app: Flask, make: SimpleNamespace) -> None:
    commission = make.surveys_design.accepted(make.surveys_design.cast())
    assert f"Maak de vragenlijst: {commission.title}" in labels()


def test_wave_in_design_waits_for_a_signature(app: Flask, make: SimpleNamespace) -> None:
    people = make.surveys_design.cast()
    wave = make.surveys_design.complete_wave(people)
    assert f"Maak af en laat tekenen: {wave.title}" in labels()
    make.surveys_design.sign(people, wave)
    assert f"Maak klaar om te versturen: {wave.title}" in labels()


def test_running_wave_shows_who_is_missed(client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn) -> None:
    wave = make.surveys_fieldwork.fielding_wave(12)
    page = sign_in_staff(client, make.core.account(Role.CLERK)).get("/griffie").text
    assert "0 van de 12 uitgenodigde panelleden" in page
    assert f"/griffie/vragenlijsten/{wave.public_id}/veldwerk" in page


def test_overdue_feedback_comes_first_and_counts_findings_without_answer(app: Flask, make: SimpleNamespace) -> None:
    publication = make.feedback.published()
    publication.feedback_due_on = clock.today() - timedelta(days=2)
    db.session.commit()
    first = board.all_tasks()[0]
    assert first.label.startswith("Maak de terugkoppeling")
    assert first.late
    assert first.state == "2 dagen te laat"
    assert f"{len(publication.findings)} van {len(publication.findings)} bevindingen" in first.hint


def test_weighting_waits_for_a_person(app: Flask, make: SimpleNamespace) -> None:
    make.feedback.weighed(make.feedback.closed_wave(ages=("16-29", "30-39", "40-54", "55-64", "65-74")))
    assert any(label.startswith("Beslis over de weging") for label in labels())


def test_mail_and_jobs_in_trouble_wait_for_a_person(app: Flask, make: SimpleNamespace) -> None:
    moment = clock.now()
    for state in (MailState.FAILED, MailState.UNSURE, MailState.SENT):
        db.session.add(
            Mail(
                kind="test",
                recipient_kind="member",
                recipient_id=1,
                key=f"k-{state.value}",
                state=state,
                run_at=moment,
                created_at=moment,
            )
        )
    db.session.add(Job(kind="test", key="j", state=JobState.FAILED, run_at=moment, created_at=moment))
    db.session.commit()
    assert "Kijk naar de post (2)" in labels()
    assert "Kijk naar mislukte taken (1)" in labels()


def test_recruitment_shows_its_rounds(app: Flask, make: SimpleNamespace) -> None:
    make.core.complete_settings()
    running = make.panel.recruitment_round()
    assert any(running.name in label for label in labels())


ROLES = {
    Role.CLERK: {"/griffie", "/griffie/opdrachten", "/griffie/werving"},
    Role.ANALYST: {"/griffie", "/griffie/publicaties"},
    Role.COUNCIL_MEMBER: {"/raad", "/raad/bevindingen"},
    Role.ADMINISTRATOR: {"/beheer/accounts", "/beheer/logboek"},
}


@pytest.mark.parametrize("role", ROLES)
def test_menu_leads_each_role_only_where_it_may_come(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn, role: Role
) -> None:
    browser = sign_in_staff(client, make.core.account(role, bodies=[make.core.body()]))
    entries = {url for name, own in navigation.BY_ROLE if name == role.value for _label, url in own}
    assert ROLES[role] <= entries
    for url in entries | {places.OWN_ACCOUNT}:
        assert browser.get(url, follow_redirects=True).status_code == 200, url


def test_menu_of_a_visitor_and_of_a_member(
    client: FlaskClient, make: SimpleNamespace, sign_in_member: Callable[..., FlaskClient]
) -> None:
    page = client.get("/kalender").text
    assert 'href="/aanmelden"' in page
    assert 'href="/kalender" aria-current="page"' in page
    assert "/griffie" not in page
    assert "Post (voorbeeld)" not in page
    sign_in_member(client, make.surveys_fieldwork.members(1)[0])
    assert 'href="/mijn" aria-current="page"' in client.get("/mijn").text


def test_every_address_the_portal_links_to_exists(app: Flask) -> None:
    fixed = [value for name, value in vars(places).items() if name.isupper() and isinstance(value, str)]
    made = [f("x") for f in (places.survey, places.feedback, places.agreement, places.fieldwork, places.wave)]
    made += [places.commission("x"), places.personal("a.1.b")]
    made += [f"{places.publication('x')}/{part}" for part in ("weging", "bevindingen")]
    adapter = app.url_map.bind("localhost")
    for url in [*fixed, *made]:
        try:
            adapter.match(url, method="POST" if url == places.MEMBER_SIGN_OUT else "GET")
        except HTTPException as error:
            pytest.fail(f"{url}: {error}")
