"""The pages on who a wave asks: choosing, numbers of one's own, the preview, and what is shown after the draw."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock
from core.db import db
from panel.models import MemberStatus
from surveys.freezing import sample_of
from surveys.lifecycle import WaveStatus
from surveys.models import Wave
from surveys.services import opening, readiness


@pytest.fixture
def people(make: SimpleNamespace) -> Any:
    return make.surveys_design.cast()


@pytest.fixture
def wave(make: SimpleNamespace, people: SimpleNamespace) -> Wave:
    made: Wave = make.surveys_design.complete_wave(people)
    return made


@pytest.fixture
def clerk(client: FlaskClient, people: SimpleNamespace, sign_in_staff: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in_staff(client, people.clerk)


def here(wave: Wave) -> str:
    return f"/griffie/vragenlijsten/{wave.public_id}/loting"


def members(make: SimpleNamespace) -> None:
    for birth_year in (2000, 1990, 1976, 1965, 1955, 1940):
        for _ in range(5):
            make.surveys_fieldwork.member(birth_year=birth_year)
    for _ in range(3):
        make.surveys_fieldwork.member(birth_year=1940, status=MemberStatus.DORMANT)
    db.session.commit()


def test_sample_is_chosen_and_the_preview_tells_who_is_asked_and_who_not(
    make: SimpleNamespace, clerk: FlaskClient, wave: Wave, run_jobs: Callable[[], int]
) -> None:
    members(make)
    page = clerk.get(f"/griffie/vragenlijsten/{wave.public_id}").text
    assert "Iedereen die gevraagd kan worden, één per huishouden" in page or "iedereen die gevraagd kan worden" in page
    assert here(wave) in page
    assert f"/griffie/panel/belasting?vragenlijst={wave.public_id}" in page
    asked = clerk.post(here(wave), data={"who": "sample", "n": "20", "by": ["age"]}, follow_redirects=True)
    assert "De vooruitblik wordt berekend" in asked.text
    run_jobs()
    shown = clerk.get(here(wave)).text
    assert re.search(r"<strong>20</strong>\s+van de 33 panelleden", shown)
    assert "slaapt: reageerde lang niet" in shown
    assert "niet geloot" in shown
    assert "65 tot en met 74 jaar" in shown
    change = re.search(r'href="([^"]+)">Wijzig de aantallen per groep', shown)
    assert change is not None
    assert 'name="size-6"' in clerk.get(change[1].replace("&amp;", "&")).text
    listed = clerk.get(f"{here(wave)}.csv").text
    assert listed.count("\n") == 7
    assert (
        "20 mensen, door het lot gekozen naar leeftijd, verdeeld zoals de inwoners"
        in clerk.get(f"/griffie/vragenlijsten/{wave.public_id}").text
    )


def test_groups_with_too_few_members_are_named(
    make: SimpleNamespace, clerk: FlaskClient, wave: Wave, run_jobs: Callable[[], int]
) -> None:
    members(make)
    clerk.post(here(wave), data={"who": "sample", "n": "29", "by": ["age"]})
    run_jobs()
    shown = clerk.get(here(wave)).text
    assert "Te weinig leden in deze groepen" in shown
    assert "De andere groepen krijgen deze plaatsen" in shown


def test_own_numbers_are_proposed_after_the_population_and_taken_over(
    make: SimpleNamespace, clerk: FlaskClient, wave: Wave, run_jobs: Callable[[], int]
) -> None:
    members(make)
    answer = clerk.post(here(wave), data={"who": "sizes", "n": "100", "by": ["age"]})
    assert answer.status_code == 302
    page = clerk.get(answer.location).text
    proposed = [int(n) for n in re.findall(r'name="size-\d+" inputmode="numeric" value="(\d+)"', page)]
    assert len(proposed) == 6
    assert abs(sum(proposed) - 100) <= 3
    wrong = clerk.post(f"{here(wave)}/aantallen", data={"by": ["age"], "size-1": "veel"})
    assert wrong.status_code == 422
    assert "Vul een heel getal in." in wrong.text
    assert 'value="veel"' in wrong.text
    none = clerk.post(f"{here(wave)}/aantallen", data={"by": ["age"], "size-1": "0"})
    assert none.status_code == 409
    done = clerk.post(f"{here(wave)}/aantallen", data={"by": ["age"], "size-1": "3", "size-2": "2"})
    assert done.status_code == 302
    run_jobs()
    shown = clerk.get(here(wave)).text
    assert re.search(r"<strong>5</strong>\s+van de 33 panelleden", shown)
    assert "Deze groepen vraagt u niet" in shown
    plan = sample_of(db.session.get_one(Wave, wave.id))
    assert plan is not None
    assert sorted(plan.strata.values()) == [0, 0, 0, 0, 2, 3]


@pytest.mark.parametrize(
    ("data", "status", "told"),
    [
        ({"who": "sample", "by": ["age"]}, 422, "Vul in hoeveel mensen u loot."),
        ({"who": "sample", "n": "x", "by": ["age"]}, 422, "Vul een heel getal in."),
        ({"who": "sizes", "n": "100"}, 422, "Kies naar welk kenmerk u de groepen maakt."),
        ({"who": "sample", "n": "100", "by": ["age", "district", "sex"]}, 409, "Kies hooguit 2 kenmerken."),
        ({"who": "sample", "n": "3", "by": ["age"]}, 409, "Er zijn 6 groepen."),
        ({}, 422, "Maak een keuze."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(
    clerk: FlaskClient, wave: Wave, data: dict[str, object], status: int, told: str
) -> None:
    answer = clerk.post(here(wave), data=data)
    assert answer.status_code == status
    assert told in answer.text
    assert sample_of(db.session.get_one(Wave, wave.id)) is None


def test_impossible_addresses_of_own_numbers_lead_back(clerk: FlaskClient, wave: Wave) -> None:
    answer = clerk.get(f"{here(wave)}/aantallen?n=10&by=tenure")
    assert (answer.status_code, answer.location) == (302, here(wave))
    assert clerk.post(f"{here(wave)}/aantallen", data={"by": ["tenure"]}).status_code == 302


def test_after_the_draw_griffie_and_public_see_how_it_was_made(
    make: SimpleNamespace, people: SimpleNamespace, clerk: FlaskClient, wave: Wave, run_jobs: Callable[[], int]
) -> None:
    members(make)
    clerk.post(here(wave), data={"who": "sample", "n": "20", "by": ["age"]})
    db.session.expire_all()
    make.surveys_design.sign(people, wave)
    with make.surveys_design.by(people.clerk):
        readiness.make_ready(wave)
    db.session.commit()
    assert clerk.get(here(wave)).status_code == 404
    assert wave.opens_at is not None
    with clock.travel(wave.opens_at + timedelta(minutes=1)):
        opening.open_wave(wave)
        db.session.commit()
    assert wave.status is WaveStatus.FIELDING
    overview = clerk.get(f"/griffie/vragenlijsten/{wave.public_id}/veldwerk").text
    assert "Hoe er is geloot" in overview
    assert "20 van de 33" in re.sub(r"\s+", " ", overview)
    public = clerk.get(f"/afspraken/{wave.commission.slug}").text
    assert "Hoe is gekozen wie deze vragenlijst kreeg?" in public
    assert "sha256-draw/1" in public
    assert str(opening.seed_of(wave.frozen_hash or "")) in public
    assert "De kans om gevraagd te worden" in public
