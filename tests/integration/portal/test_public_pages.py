"""Home, calendar, panel, privacy and accessibility: empty, and with agreements in every stage."""

import csv
import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.actor import SYSTEM, acting
from core.db import db
from feedback.services import publishing
from portal.queries.agreements import list_agreements, urgent_first
from portal.stages import Stage
from surveys.lifecycle import WaveStatus
from surveys.models import Obligation, ObligationKind, Wave

PAGES = ("/", "/kalender", "/panel", "/privacy", "/toegankelijkheid")


def obligation(wave: Wave, days: int) -> None:
    db.session.add(
        Obligation(
            kind=ObligationKind.FEEDBACK,
            commission_id=wave.commission_id,
            body_id=wave.commission.body_id,
            wave_ref=wave.public_id,
            due_on=clock.today() + timedelta(days=days),
        )
    )
    db.session.commit()


@pytest.mark.parametrize("path", PAGES)
def test_page_stands_on_an_empty_installation(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_page_stands_with_content(client: FlaskClient, make: SimpleNamespace, path: str) -> None:
    make.surveys_fieldwork.fielding_wave()
    make.panel.figures()
    assert client.get(path).status_code == 200


def test_home_shows_what_is_open(client: FlaskClient, make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.fielding_wave()
    page = client.get("/").text
    assert f'href="/vragenlijsten/{wave.slug}"' in page
    assert "nu open" in page


def test_title_of_a_questionnaire_stays_unseen_until_it_opens(client: FlaskClient, make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.ready_wave(opens_at=clock.now() + timedelta(days=5))
    for path in ("/", "/kalender"):
        page = client.get(path).text
        assert wave.title not in page
        assert wave.commission.title in page
        assert f"/vragenlijsten/{wave.slug}" not in page


def test_draft_and_submitted_commissions_are_not_public(client: FlaskClient, make: SimpleNamespace) -> None:
    submitted = make.surveys_design.submitted(make.surveys_design.cast())
    for path in ("/", "/kalender", "/kalender.csv"):
        assert submitted.title not in client.get(path).text


@pytest.mark.parametrize(("days", "words"), [(12, "nog 12 dagen"), (-3, "3 dagen te laat"), (0, "vandaag")])
def test_public_clock_of_feedback(client: FlaskClient, make: SimpleNamespace, days: int, words: str) -> None:
    publication = make.feedback.published()
    owed = db.session.query(Obligation).one()
    owed.due_on = publication.feedback_due_on = clock.today() + timedelta(days=days)
    db.session.commit()
    page = client.get("/").text
    assert f"Terugkoppeling: {words}" in page
    assert ("De gemeente is te laat" in page) is (days < 0)


def test_stage_follows_the_wave_and_its_publication(app: Flask, make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.ready_wave()
    for status, stage in (
        (WaveStatus.READY, Stage.PREPARING),
        (WaveStatus.FIELDING, Stage.OPEN),
        (WaveStatus.PAPER, Stage.COUNTING),
        (WaveStatus.CLOSED, Stage.COUNTING),
        (WaveStatus.VOIDED, Stage.STOPPED),
    ):
        wave.status = status
        db.session.commit()
        assert [a.stage for a in list_agreements()] == [stage]


def test_overdue_agreements_stand_on_top(app: Flask, make: SimpleNamespace) -> None:
    late = make.surveys_fieldwork.ready_wave()
    late.status = WaveStatus.CLOSED
    late.commission.results_promised_on = clock.today() - timedelta(days=1)
    make.surveys_fieldwork.fielding_wave()
    found = urgent_first(list_agreements())
    assert found[0].wave == late
    assert found[0].overdue


def test_feedback_shows_how_often_the_body_adopted(client: FlaskClient, make: SimpleNamespace) -> None:
    publication = make.feedback.published()
    make.feedback.answer_all(publication)
    with acting(SYSTEM):
        publishing.publish_feedback(publication)
        db.session.commit()
    page = client.get("/").text
    assert f"{len(publication.findings)} × overgenomen" in page
    assert "/terugkoppeling" in page


def test_calendar_narrows_to_year_body_state_and_words(client: FlaskClient, make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.fielding_wave()
    body = wave.commission.body.name
    year = clock.today().year
    for query, shown in (
        (f"jaar={year}&orgaan={body}", True),
        ("jaar=1999", False),
        ("orgaan=Bestaat+niet", False),
        (f"zoek={wave.title[:6]}", True),
        ("zoek=zzzz", False),
        ("status=onzin&jaar=onzin&pagina=-4", True),
    ):
        assert (f"/vragenlijsten/{wave.slug}" in client.get(f"/kalender.csv?{query}").text) is shown, query
        assert client.get(f"/kalender?{query}").status_code == 200


def test_calendar_file_opens_in_a_spreadsheet_and_has_the_missed_promise(
    client: FlaskClient, make: SimpleNamespace
) -> None:
    wave = make.surveys_fieldwork.fielding_wave()
    obligation(wave, -3)
    answer = client.get("/kalender.csv")
    assert answer.data.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert {"Vragenlijst open", "Vragenlijst sluit"} <= {r["Wat"] for r in rows}
    assert [r["Status"] for r in rows if r["Wat"] == "Terugkoppeling"] == ["te laat"]


def test_agenda_file_is_offered(client: FlaskClient, make: SimpleNamespace) -> None:
    make.surveys_fieldwork.fielding_wave()
    answer = client.get("/kalender.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.text.count("BEGIN:VEVENT") >= 2


def test_calendar_pages_when_it_is_long(client: FlaskClient, make: SimpleNamespace) -> None:
    for _ in range(14):
        make.surveys_fieldwork.ready_wave()
    first, second = client.get("/kalender").text, client.get("/kalender?pagina=2").text
    assert 'aria-label="Pagina' in first
    assert first != second


def test_panel_shows_drawn_and_self_registered_apart_beside_the_population(
    client: FlaskClient, make: SimpleNamespace
) -> None:
    make.core.complete_settings()
    make.panel.figures()
    make.surveys_fieldwork.members(4)
    assert "wordt nog geteld" in client.get("/panel").text
    make.panel.snapshot()
    page = client.get("/panel").text
    for words in ("geloot uit alle inwoners", "zelf aangemeld", "Deel van de inwoners", "Bron: CBS, tabel"):
        assert words in page
    assert "representatief" not in page


def test_privacy_tells_the_periods_of_the_settings(client: FlaskClient, make: SimpleNamespace) -> None:
    make.core.complete_settings(retention_sample_days=123, controller="Het college van Zeist")
    page = client.get("/privacy").text
    assert "123 dagen" in page
    assert "Het college van Zeist" in page
    assert "10 januari 2026" in page
    assert "niemand kan zien" not in page
