"""The demonstration is played through the services: four questionnaires in four states, beside a known truth."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from core import audit, clock, jobs, keystore
from core.config import Config
from core.db import db
from core.errors import BlockedError
from core.models import Job, JobState, Mail, MailState, Role
from feedback.models import Publication, PublicationStatus
from feedback.queries import list_publications
from panel import queries
from panel.models import MemberOrigin, MemberStatus
from portal.demonstration import comparing, doors, playing
from portal.demonstration.beginnings import StaffDoor
from portal.demonstration.comparing import Comparison
from portal.demonstration.playing import Played
from portal.demonstration.population import draw_population
from portal.demonstration.stage import Stage
from portal.demonstration.story import people, waste
from portal.demonstration.story.shapes import RecruitmentStory
from surveys.lifecycle import CommissionStatus, WaveStatus
from surveys.models import Commission, Invitation, SealedResponse, SurveyResponse, Wave
from surveys.services import commissioning, sampling
from tests.database import TestDatabase

# a fixed day makes every draw of the story the same
TODAY = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
SEED = 7
STORY = RecruitmentStory(n_letters=1_100, target=200, n_waiting=5)


@dataclass(frozen=True)
class Loaded:
    """The application with the demonstration in it."""

    app: Flask
    played: Played
    mail_folder: Path


def config_of(app: Flask, folder: Path) -> Config:
    """The configuration of a demonstration with folders of its own."""
    return replace(
        app.config["PANEL"],
        demonstration=True,
        mail_url=f"folder:{folder / 'mail'}",
        keystore=folder / "keys",
        recovery_keystore=folder / "recovery",
    )


@pytest.fixture(scope="module")
def loaded(whole_app: tuple[Flask, TestDatabase], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """One small load for all tests here; mails go to a folder, as in the demonstration."""
    app, database = whole_app
    own = app.config["PANEL"]
    folder = tmp_path_factory.mktemp("demonstration")
    config = config_of(app, folder)
    app.config["PANEL"] = config
    keystore.configure(config.keystore, config.recovery_keystore)
    with app.app_context(), clock.travel(TODAY):
        database.reset()
        jobs.load()
        played = playing.play(STORY, seed=SEED)
        doors.keep(played)
        yield Loaded(app, played, folder / "mail")
        db.session.remove()
    app.config["PANEL"] = own


@pytest.fixture(scope="module")
def comparisons(loaded: Loaded) -> list[Comparison]:
    """Truth, unweighted and weighted of every figure."""
    return comparing.compare(draw_population(loaded.played.seed))


def wave(title: str) -> Wave:
    return db.session.scalars(select(Wave).where(Wave.title == title)).one()


def test_four_questionnaires_stand_in_four_states(loaded: Loaded) -> None:
    found = {w.title: w.status for w in db.session.scalars(select(Wave))}
    assert found == {
        "30 kilometer per uur in de bebouwde kom": WaveStatus.CLOSED,
        "Groen en ruimte in uw buurt": WaveStatus.CLOSED,
        "Elkaar ontmoeten in de buurt": WaveStatus.FIELDING,
        "Afval scheiden en ophalen": WaveStatus.DESIGN,
    }
    published = {w.title: p.status for p, w, _c in list_publications()}
    assert published == {
        "30 kilometer per uur in de bebouwde kom": PublicationStatus.FEEDBACK_PUBLISHED,
        "Groen en ruimte in uw buurt": PublicationStatus.RESULTS_PUBLISHED,
    }


def test_griffie_sees_whom_the_coming_sample_asks(loaded: Loaded) -> None:
    coming = wave("Afval scheiden en ophalen")
    shown = sampling.newest_preview(coming)
    assert shown is not None
    assert shown.state is JobState.DONE
    assert shown.result["drawn"] == round(0.6 * STORY.target) < shown.result["households"]
    assert len(shown.result["strata"]) >= 30


def test_panel_reaches_its_target_with_both_origins_and_a_waiting_list(loaded: Loaded) -> None:
    assert loaded.played.tally.members == STORY.target
    # five have left since; seats of who signed up are taken by who waited
    assert STORY.target - 5 <= queries.panel_size() <= STORY.target
    assert queries.panel_size(MemberOrigin.DRAWN) > queries.panel_size(MemberOrigin.SELF_REGISTERED) > 0
    assert queries.status_counts()[MemberStatus.WAITING] >= STORY.n_waiting


def test_letters_yield_as_published_recruitments_did(loaded: Loaded) -> None:
    totals = queries.round_totals(queries.list_rounds()[-1])
    assert totals.letters == STORY.n_letters
    assert 0.09 < totals.share < 0.17


def test_overdue_feedback_pauses_the_committee_only(loaded: Loaded) -> None:
    draft = db.session.scalars(select(Commission).where(Commission.title == waste.DRAFT.title)).one()
    assert draft.status is CommissionStatus.DRAFT
    with pytest.raises(BlockedError) as refused:
        commissioning.submit(draft)
    assert "paused" in {blocker.code for blocker in refused.value.blockers}
    db.session.rollback()


def test_half_has_answered_the_questionnaire_in_the_field(loaded: Loaded) -> None:
    running = wave("Elkaar ontmoeten in de buurt")
    asked = db.session.scalars(select(Invitation).where(Invitation.wave_id == running.id)).all()
    answered = sum(invitation.answered for invitation in asked)
    sealed = db.session.scalars(select(SealedResponse).where(SealedResponse.wave_id == running.id)).all()
    assert 0.15 < answered / len(asked) < 0.6
    assert len(sealed) >= answered > 0


def test_closed_questionnaires_hold_plain_answers_and_no_key(loaded: Loaded) -> None:
    closed = wave("Groen en ruimte in uw buurt")
    responses = db.session.scalars(select(SurveyResponse).where(SurveyResponse.wave_id == closed.id)).all()
    assert len(responses) > 60
    assert all(set(r.answers) == {q.item_key for q in closed.questions} for r in responses)
    assert not keystore.store().exists(closed.public_id)


def test_weighting_repairs_the_question_on_speed(comparisons: list[Comparison]) -> None:
    yes = next(c for c in comparisons if c.question_key == "speed_limit" and c.label == "Ja")
    assert yes.gap_unweighted > 0.05
    # one margin of a panel this small says nothing about itself; the full load is held to its margins in the slow lane
    assert yes.gap_weighted < yes.gap_unweighted


def test_weighting_cannot_repair_the_question_on_trust(comparisons: list[Comparison]) -> None:
    little = [c for c in comparisons if c.depends_on_trust and c.label in ("Heel weinig", "Weinig")]
    assert sum(c.weighted for c in little) < sum(c.truth for c in little) - 0.05
    assert not all(c.holds_truth for c in comparisons if c.depends_on_trust)


def test_most_other_figures_hold_the_truth(comparisons: list[Comparison]) -> None:
    others = [c for c in comparisons if not c.depends_on_trust]
    assert len(others) > 30
    assert sum(c.holds_truth for c in others) / len(others) > 0.8


def test_public_page_of_the_question_on_trust_says_that_weighting_does_not_help(loaded: Loaded) -> None:
    slug = wave("30 kilometer per uur in de bebouwde kom").slug
    page = loaded.app.test_client().get(f"/vragenlijsten/{slug}").get_data(as_text=True)
    assert "VOORBEELD" in page
    assert "vertrouwen" in page
    assert re.search(r"weg(en|ing)[^.]*(niet|geen)", page)


def test_mails_were_really_sent_and_say_that_they_are_invented(loaded: Loaded) -> None:
    files = list(loaded.mail_folder.glob("*.eml"))
    assert len(files) >= loaded.played.tally.mails > 1_000
    assert all(b"VOORBEELD" in file.read_bytes() for file in files[:50])
    stuck = select(Mail).where(Mail.state.in_([MailState.FAILED, MailState.UNSURE, MailState.QUEUED]))
    assert not db.session.scalars(stuck.where(Mail.run_at <= clock.now())).all()


def test_no_job_was_left_behind_and_the_audit_chain_holds(loaded: Loaded) -> None:
    left = db.session.scalars(select(Job).where(Job.state != JobState.DONE, Job.run_at <= clock.now())).all()
    assert not left
    verified = audit.verify()
    assert verified.intact
    assert verified.sealed > 500


def test_every_role_has_a_door_that_opens(loaded: Loaded) -> None:
    kept = doors.read()
    assert kept is not None
    assert doors.place().stat().st_mode & 0o077 == 0
    told = "\n".join(doors.lines(kept))
    assert {door.key for door in kept.staff} == {account.key for account in people.ACCOUNTS}
    assert {role for account in people.ACCOUNTS for role in account.roles} == set(Role)
    assert all(door.password in told for door in kept.staff)
    assert sign_in(loaded.app, kept.staff[0]) == "/griffie"
    assert sign_in(loaded.app, kept.staff[-1]) == "/raad"
    assert all(email in told for email in kept.members)


def sign_in(app: Flask, door: StaffDoor) -> str:
    browser = app.test_client()
    browser.post("/medewerkers/inloggen", data={"email": door.email, "password": door.password})
    done = browser.post("/medewerkers/code", data={"code": doors.code_now(door)}, follow_redirects=True)
    return done.request.path if done.status_code == 200 else str(done.status_code)


def test_loading_again_changes_nothing(loaded: Loaded) -> None:
    before = [p.id for p in db.session.scalars(select(Publication))], queries.panel_size()
    done = FlaskCliRunner(loaded.app).invoke(args=["demo", "load"])
    assert done.exit_code == 0
    assert "already" in done.output
    assert before == ([p.id for p in db.session.scalars(select(Publication))], queries.panel_size())


def test_check_prints_truth_unweighted_and_weighted(loaded: Loaded) -> None:
    output = FlaskCliRunner(loaded.app).invoke(args=["demo", "check"]).output
    assert re.search(r"waar\s+ongewogen\s+gewogen\s+marge", output)
    assert re.search(r"Ja\s+\d+,\d%\s+\d+,\d%\s+\d+,\d%\s+\d+,\d% – \d+,\d%\s+(ja|NEE)", output)
    assert "vertrouwen" in output


def test_demonstration_commands_refuse_a_real_installation(loaded: Loaded) -> None:
    config = loaded.app.config["PANEL"]
    loaded.app.config["PANEL"] = replace(config, demonstration=False)
    try:
        outcomes = [FlaskCliRunner(loaded.app).invoke(args=["demo", name]) for name in ("load", "doors", "check")]
    finally:
        loaded.app.config["PANEL"] = config
    assert all(outcome.exit_code != 0 for outcome in outcomes)


def test_nothing_of_who_is_who_is_stored(loaded: Loaded) -> None:
    assert "residents" in Stage.__dataclass_fields__
    assert "residents" not in doors.place().read_text(encoding="utf-8")
