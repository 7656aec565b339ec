"""The composition of the panel: counted by the database, computed by the worker, read by the griffie."""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock, jobs, worker
from core.actor import SYSTEM, Actor, acting
from core.db import db
from core.errors import NotPermittedError
from core.models import Account, Job, JobState, Role
from feedback import jobs_composition
from panel import classes, jobs_board
from panel.models import CompositionSnapshot, DepartureCount, Education, MemberOrigin, MemberStatus, Sex
from panel.queries.composition import counts_by_variable, profile_cells
from panel.queries.snapshots import newest_snapshot, trend
from panel.queries.stock import kept, stock
from panel.services import membership, snapshots
from surveys.models import Wave

SignIn = Callable[[FlaskClient, Account], FlaskClient]
BOARD = "/griffie/panel/samenstelling"


def crowd(make: SimpleNamespace, n: int) -> list[object]:
    chooser = random.Random(5)
    made = []
    for _ in range(n):
        made.append(
            make.surveys_fieldwork.member(
                sex=chooser.choice(list(Sex)),
                birth_year=clock.today().year - chooser.randint(16, 92),
                district_code=f"WK03550{chooser.randint(1, 5)}",
                education=chooser.choice(list(Education)),
                status=chooser.choice([MemberStatus.ACTIVE, MemberStatus.DORMANT]),
                stratum="16-29|WK035501",
            )
        )
    db.session.commit()
    return made


def test_database_counts_the_classes_that_the_profiles_have(ready: SimpleNamespace) -> None:
    members = crowd(ready, 120)
    crowded = ready.surveys_fieldwork.member(status=MemberStatus.APPLIED, admitted_at=None)
    db.session.commit()
    expected: dict[str, Counter[str]] = {}
    for one in members:
        found = classes.profile_classes(
            birth_year=one.birth_year,
            sex=one.sex.value,
            district_code=one.district_code,
            education=one.education.value,
            tenure="owner",
            on=clock.today(),
        )
        for variable in ("sex", "age", "district", "education"):
            expected.setdefault(variable, Counter())[found[variable]] += 1
    counts = counts_by_variable((c.classes, c.members) for c in profile_cells())
    assert {v: counts[v] for v in expected} == expected
    assert crowded.id not in {m.id for m in members}


def test_snapshot_of_a_day_replaces_that_of_the_same_day_and_the_next_day_stands_beside_it(
    ready: SimpleNamespace,
) -> None:
    crowd(ready, 30)
    ready.panel.snapshot()
    crowd(ready, 10)
    ready.panel.snapshot()
    assert [p.members for p in trend()] == [40]
    with clock.travel(clock.now() + timedelta(days=1)):
        crowd(ready, 5)
        ready.panel.snapshot()
    assert [p.members for p in trend()] == [40, 45]


def test_daily_task_takes_one_snapshot_and_none_without_members(ready: SimpleNamespace) -> None:
    jobs_board.take_daily()
    assert newest_snapshot() is None
    crowd(ready, 12)
    jobs_board.take_daily()
    crowd(ready, 3)
    jobs_board.take_daily()
    found = newest_snapshot()
    assert found is not None
    assert found.members == 12


def test_shares_are_those_of_the_members_and_missing_is_counted_against_the_population(ready: SimpleNamespace) -> None:
    for n in range(40):
        ready.surveys_fieldwork.member(sex=Sex.MALE if n < 10 else Sex.FEMALE, birth_year=clock.today().year - 50)
    db.session.commit()
    ready.panel.snapshot()
    found = newest_snapshot()
    assert found is not None
    tables = {t["variable"]: t for t in found.document["views"]["all"]["tables"]}
    men = next(row for row in tables["sex"]["rows"] if row["category"] == "male")
    assert men["count"] == 10
    assert men["share"] == pytest.approx(0.25)
    assert men["low"] < 0.25 < men["high"]
    assert men["missing"] == pytest.approx(40 * (26586 / 54853 - 0.25), abs=0.1)
    # of 40 persons a perfect draw gives 13 to 26 men or so
    assert 13 / 40 - 0.03 < men["chance_low"] < men["population_share"] < men["chance_high"] < 26 / 40 + 0.03


def test_drawn_and_self_registered_are_views_of_their_own(ready: SimpleNamespace) -> None:
    sent = ready.panel.recruitment_round(persons=4)
    for person in ready.panel.persons(sent)[:3]:
        ready.panel.drawn_member(person)
    crowd(ready, 7)
    ready.panel.snapshot()
    found = newest_snapshot()
    assert found is not None
    sizes = {name: view["size"] for name, view in found.document["views"].items()}
    assert sizes == {"all": 10, "drawn": 3, "self_registered": 7}
    assert found.summary["drawn"] == 3


def test_indicator_of_the_letters_is_one_model_over_all_rounds(ready: SimpleNamespace) -> None:
    young = ready.panel.recruitment_round(persons=30, leeftijdsklasse="16-29")
    old = ready.panel.recruitment_round(persons=30, leeftijdsklasse="65-74")
    for person in [*ready.panel.persons(young)[:6], *ready.panel.persons(old)[:20]]:
        person.used_at = clock.now()
    db.session.commit()
    ready.panel.snapshot()
    found = newest_snapshot()
    assert found is not None
    recruitment = found.document["recruitment"]
    assert (recruitment["invited"], recruitment["responded"], recruitment["refused"]) == (60, 26, "")
    # two groups of equal size at 0.2 and 0.667: S = 0.2333, the correction for estimation makes R a little larger
    assert recruitment["r"] == pytest.approx(1 - 2 * 0.2333, abs=0.06)
    assert recruitment["low"] < recruitment["r"] < recruitment["high"]
    age = next(p for p in recruitment["partials"] if p["variable"] == "age")
    signs = {c["category"]: c["unconditional"] for c in age["categories"]}
    assert signs["16-29"] < 0 < signs["65-74"]


def test_who_leaves_is_counted_in_the_stratum_and_the_forecast_learns_from_it(ready: SimpleNamespace) -> None:
    members = crowd(ready, 60)
    with acting(SYSTEM):
        for one in members[:20]:
            membership.leave(one)
    db.session.commit()
    (row,) = db.session.scalars(select(DepartureCount)).all()
    assert (row.stratum, row.departures, row.member_days) == ("16-29|WK035501", 20, 20 * 200)
    counted = stock()
    assert counted.strata["16-29|WK035501"].members == 40
    assert counted.strata["16-29|WK035501"].member_days == pytest.approx(60 * 200, abs=2)
    ready.panel.snapshot()
    found = newest_snapshot()
    assert found is not None
    ahead = found.document["upkeep"]
    left, years = 20, 60 * 200 / 365.25
    rate = (0.12 * 50 + left) / (50 + years)
    mine = next(s for s in ahead["strata"] if s["stratum"] == "16-29|WK035501")
    assert mine["rate"] == pytest.approx(rate, abs=1e-3)
    assert ahead["due"] == 0, "forty of fifteen hundred"
    assert ahead["low"][12] <= ahead["expected"][12] <= ahead["high"][12] <= 40


def test_retention_counts_drawn_members_that_were_ever_admitted(ready: SimpleNamespace) -> None:
    sent = ready.panel.recruitment_round(persons=4)
    members = [ready.panel.drawn_member(person) for person in ready.panel.persons(sent)]
    with acting(SYSTEM):
        membership.leave(members[0])
    db.session.commit()
    assert (kept().admitted, kept().still) == (4, 3)


def test_activity_is_taking_part_or_telling_within_a_year(ready: SimpleNamespace) -> None:
    today, long_ago = clock.today(), clock.now() - timedelta(days=900)
    ready.surveys_fieldwork.member(admitted_at=long_ago)
    ready.surveys_fieldwork.member(admitted_at=long_ago, last_active_on=today - timedelta(days=300))
    ready.surveys_fieldwork.member(admitted_at=long_ago, profile_checked_on=today - timedelta(days=10))
    ready.surveys_fieldwork.member(admitted_at=long_ago, last_active_on=today - timedelta(days=400))
    ready.surveys_fieldwork.member()
    db.session.commit()
    assert stock().active_in_year == 3


def test_computing_now_is_a_job_with_progress_and_asked_twice_it_is_one(
    client: FlaskClient, ready: SimpleNamespace, sign_in_staff: SignIn
) -> None:
    crowd(ready, 20)
    office = sign_in_staff(client, ready.core.account(Role.CLERK))
    assert "Er is nog niets berekend" in office.get(BOARD).text
    for _ in range(2):
        assert office.post(f"{BOARD}/berekenen").status_code == 302
    (job,) = db.session.scalars(select(Job).where(Job.kind == "panel.composition")).all()
    assert "Er loopt een berekening" in office.get(BOARD).text
    with acting(SYSTEM):
        worker.run_due_jobs()
    db.session.expire_all()
    assert (job.state, job.progress_n, job.progress_of) == (JobState.DONE, 4, 4)
    page = office.get(BOARD).text
    for words in ("Wie ontbreekt er?", "Er ontbreken ongeveer", "Bij een perfecte loting zou dat toeval kunnen zijn"):
        assert words in page
    assert "representatief" not in page
    assert "Een nieuwe wervingsronde is nu nodig." in page
    assert "Een nieuwe wervingsronde is nu nodig." in office.get("/griffie").text


def test_board_is_for_griffie_and_analyst_and_computing_is_refused_to_others(
    new_client: Callable[[], FlaskClient], ready: SimpleNamespace, sign_in_staff: SignIn
) -> None:
    for role, status in ((Role.CLERK, 200), (Role.ANALYST, 200), (Role.COUNCIL_MEMBER, 403)):
        office = sign_in_staff(new_client(), ready.core.account(role))
        assert office.get(BOARD).status_code == status
        assert office.post(f"{BOARD}/berekenen").status_code == (302 if status == 200 else 403)
    with acting(Actor(kind="visitor")), pytest.raises(NotPermittedError):
        snapshots.request_composition()


def test_every_table_is_a_file(client: FlaskClient, ready: SimpleNamespace, sign_in_staff: SignIn) -> None:
    crowd(ready, 25)
    ready.panel.snapshot()
    office = sign_in_staff(client, ready.core.account(Role.CLERK))
    found = {}
    for name in ("samenstelling", "respons", "verloop", "vooruitzicht", "aanvulling"):
        answer = office.get(f"{BOARD}/{name}.csv")
        assert answer.status_code == 200
        found[name] = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    sexes = [row for row in found["samenstelling"] if row["kenmerk"] == "sex"]
    assert sum(int(row["aantal"]) for row in sexes) <= 25
    assert len(found["vooruitzicht"]) == 37
    assert len(found["aanvulling"]) == 30
    assert len(found["verloop"]) == 5
    assert office.get(f"{BOARD}/anders.csv").status_code == 404
    assert office.get(f"{BOARD}?vragenlijst=onbekend").status_code == 404


def test_map_pyramid_and_trend_stand_on_the_board(
    client: FlaskClient, ready: SimpleNamespace, sign_in_staff: SignIn
) -> None:
    crowd(ready, 40)
    with clock.travel(clock.now() - timedelta(days=30)):
        ready.panel.snapshot()
    ready.panel.snapshot()
    page = sign_in_staff(client, ready.core.account(Role.CLERK)).get(BOARD).text
    assert page.count('class="map__number"') == 5
    assert "Den Dolder e.o." in page
    assert 'class="pyramid"' in page
    assert "Verloop: het panel week" in page


def test_wave_shows_nothing_before_it_closes_and_then_who_was_invited_and_who_responded(
    client: FlaskClient, ready: SimpleNamespace, sign_in_staff: SignIn
) -> None:
    wave = ready.surveys_fieldwork.fielding_wave(12)
    assert jobs_composition.take_compositions() == 0
    closed = closed_wave(ready, wave)
    assert jobs_composition.take_compositions() == 1
    db.session.commit()
    assert jobs_composition.take_compositions() == 0, "made once"
    office = sign_in_staff(client, ready.core.account(Role.CLERK))
    assert closed.title in office.get(BOARD).text
    url = f"{BOARD}?vragenlijst={closed.public_id}"
    assert "12 uitgenodigde leden" in office.get(url).text
    assert "leden die de vragen invulden" in office.get(f"{url}&groep=responded").text
    assert office.get(f"{BOARD}/samenstelling.csv?vragenlijst={closed.public_id}").status_code == 200


def closed_wave(make: SimpleNamespace, wave: Wave) -> Wave:
    """The wave with a third of its answers, closed by its job."""
    for invitation in make.surveys_fieldwork.invitations(wave)[::3]:
        make.surveys_fieldwork.answer(invitation, {"use": {"use": ["often"]}, "mark": {"mark": ["2"]}})
    make.surveys_fieldwork.close(wave)
    return wave


def test_every_kind_of_work_has_a_name_and_is_loaded_by_the_worker(app: Flask) -> None:
    jobs.load()
    assert jobs.handler_of("panel.composition") is jobs_board.take_composition
    assert {"panel.take_composition", "feedback.take_compositions"} <= {task.name for task in jobs.tasks()}


def test_snapshot_keeps_no_row_about_one_member(ready: SimpleNamespace) -> None:
    (one,) = [ready.surveys_fieldwork.member(origin=MemberOrigin.SELF_REGISTERED, last_name="Zeldzaam")]
    db.session.commit()
    ready.panel.snapshot()
    kept_document = str(db.session.scalars(select(CompositionSnapshot.document)).one())
    assert one.public_id not in kept_document
    assert "Zeldzaam" not in kept_document
