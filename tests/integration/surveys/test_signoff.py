"""Four eyes, freezing and the gates of a wave, called as services."""

from datetime import time, timedelta

import pytest

from core import clock, keystore
from core.db import db
from core.errors import BlockedError, ConflictError, NotPermittedError, TransitionError
from core.models import AuditEvent, Role
from surveys import queries_wave, signoff_links
from surveys.lifecycle import WaveStatus
from surveys.questionnaire import QuestionKind, digest, from_document
from surveys.services import design, readiness
from tests.integration.surveys.blocking import refused


@pytest.fixture
def people(make):
    return make.surveys_design.cast()


@pytest.fixture
def by(make):
    return make.surveys_design.by


@pytest.fixture
def wave(make, people):
    return make.surveys_design.complete_wave(people)


def test_empty_wave_hears_everything_that_is_missing_at_once(make, people, by):
    empty = make.surveys_design.wave(people)
    with by(people.clerk):
        codes = refused(lambda: readiness.make_ready(empty))
    assert {"introduction", "opens_at", "questions", "central_question", "plan", "settings", "sign_off"} <= codes


def test_making_ready_freezes_hashes_and_makes_the_key(make, people):
    wave = make.surveys_design.ready(people)
    assert wave.frozen_hash == digest(wave.frozen_document)
    frozen = from_document(wave.frozen_document)
    assert [q.item_key for q in frozen.questions] == ["v1", "v2"]
    assert frozen.agreement["original_hash"] == wave.commission.accepted_hash
    assert {"item_key": "v1", "by": "sex"} in frozen.tables
    assert {"item_key": "v2", "by": "sex"} not in frozen.tables
    assert keystore.store().exists(wave.public_id)
    assert wave.announced_at is not None


def test_maker_and_last_editor_cannot_sign(make, people, by, wave):
    seen = make.surveys_design.fingerprint(wave)
    with by(people.clerk):
        assert refused(lambda: readiness.sign_off(wave, seen_hash=seen)) == {"own_work"}
    with by(people.colleague):
        design.save_wave(wave, {"minutes": 6})
        changed = make.surveys_design.fingerprint(wave)
        assert refused(lambda: readiness.sign_off(wave, seen_hash=changed)) == {"own_work"}
    with by(people.author), pytest.raises(NotPermittedError):
        readiness.sign_off(wave, seen_hash=seen)


def test_signature_falls_with_any_change(make, people, by, wave):
    make.surveys_design.sign(people, wave)
    assert queries_wave.valid_sign_off(wave) is not None
    with by(people.clerk):
        design.update_question(wave, "v1", {"text": "Wat kiest u nu?"})
        assert refused(lambda: readiness.make_ready(wave)) == {"sign_off"}
        design.update_question(wave, "v1", {"text": "Wat kiest u?"})
    assert queries_wave.valid_sign_off(wave) is not None


def test_signer_who_edits_and_undoes_it_no_longer_counts_as_second_person(make, people, by, wave):
    make.surveys_design.sign(people, wave)
    with by(people.colleague):
        design.save_wave(wave, {"minutes": 9})
        design.save_wave(wave, {"minutes": 5})
    assert queries_wave.valid_sign_off(wave) is None


def test_incomplete_design_cannot_be_signed(make, people, by, wave):
    with by(people.clerk):
        design.remove_question(wave, "v2")
    with by(people.colleague):
        blocked = refused(lambda: readiness.sign_off(wave, seen_hash=make.surveys_design.fingerprint(wave)))
    assert blocked == {"central_question"}


def test_frozen_wave_refuses_every_change(make, people, by):
    wave = make.surveys_design.ready(people)
    actions = (
        lambda: design.save_wave(wave, {"title": "Anders"}),
        lambda: design.add_question(wave, kind=QuestionKind.OPEN, values={"text": "X"}),
        lambda: design.update_question(wave, "v1", {"text": "X"}),
        lambda: design.move_question(wave, "v1", by=1),
        lambda: design.remove_question(wave, "v1"),
        lambda: design.save_plan(wave, make.surveys_design.PLAN, tables=[]),
    )
    for action in actions:
        with by(people.clerk), pytest.raises(ConflictError):
            action()
        db.session.rollback()


def test_late_mark_and_cancelling_are_public(make, people, by, wave, client):
    address = f"/afspraken/{wave.commission.slug}"
    assert wave.title not in client.get(address).get_data(as_text=True)
    with by(people.clerk):
        readiness.make_ready(wave, late_reason="Mijn collega is ziek.")
    assert "Mijn collega is ziek." in client.get(address).get_data(as_text=True)
    with by(people.colleague):
        readiness.sign_off(wave, seen_hash=wave.frozen_hash)
    assert "pas achteraf" in client.get(address).get_data(as_text=True)
    with by(people.clerk):
        readiness.cancel(wave, reason="Het besluit is uitgesteld.")
    assert "Het besluit is uitgesteld." in client.get(address).get_data(as_text=True)


def test_without_a_second_person_a_late_mark_is_signed_within_days(make, people, by, wave):
    with by(people.clerk):
        readiness.make_ready(wave, late_reason="Mijn collega is ziek.")
        db.session.commit()
    mark = queries_wave.open_late_mark(wave)
    assert wave.status is WaveStatus.READY
    assert mark.due_on > clock.today()
    with by(people.clerk):
        assert refused(lambda: readiness.sign_off(wave, seen_hash=wave.frozen_hash)) == {"own_work"}
    with by(people.colleague):
        readiness.sign_off(wave, seen_hash=wave.frozen_hash)
    assert queries_wave.open_late_mark(wave) is None
    assert mark.account_id == people.colleague.id


def test_back_to_design_only_before_the_first_invitation(make, people, by):
    wave = make.surveys_design.ready(people)
    announced = wave.announced_at
    with by(people.clerk):
        readiness.back_to_design(wave)
        assert wave.frozen_document is None
        readiness.make_ready(wave)
        assert wave.announced_at == announced
        wave.first_invited_at = clock.now()
        db.session.commit()
        assert refused(lambda: readiness.back_to_design(wave)) == {"invited"}


def test_cancelling_is_over_after_the_first_answer(make, people, by):
    wave = make.surveys_design.ready(people)
    wave.status, wave.invited_n, wave.answered_n = WaveStatus.FIELDING, 10, 1
    db.session.commit()
    with by(people.clerk):
        assert refused(lambda: readiness.cancel(wave, reason="Toch niet.")) == {"answered"}


def test_key_of_a_cancelled_wave_is_destroyed_by_a_job(make, people, by, run_jobs):
    wave = make.surveys_design.ready(people)
    with by(people.clerk):
        readiness.cancel(wave, reason="Het besluit is uitgesteld.")
    db.session.commit()
    assert keystore.store().exists(wave.public_id)
    run_jobs()
    assert not keystore.store().exists(wave.public_id)


def test_closing_too_late_for_the_promise_names_the_last_day(make, people, by, wave):
    late = clock.today() + timedelta(days=60)
    with by(people.clerk):
        design.save_wave(wave, {"closes": (late, time(23, 59))})
        with pytest.raises(BlockedError) as caught:
            readiness.make_ready(wave)
    assert any("Sluit uiterlijk op" in b.message for b in caught.value.blockers if b.code == "closes_at")


def test_opening_in_the_past_is_refused(make, people, by, wave):
    with by(people.clerk):
        design.save_wave(wave, {"opens": (clock.today() - timedelta(days=1), time(9))})
        assert "opens_at" in refused(lambda: readiness.make_ready(wave))


def test_question_problems_name_the_question(make, people, by, wave):
    with by(people.clerk):
        design.update_question(wave, "v2", {"options": [], "central_question_id": None})
        db.session.commit()
        with pytest.raises(BlockedError) as caught:
            readiness.make_ready(wave)
    messages = [b.message for b in caught.value.blockers if b.code == "question"]
    assert messages
    assert all(m.startswith("Vraag 2:") for m in messages)


def test_variable_without_population_figures_is_refused(make, people, by, wave):
    plan = make.surveys_design.PLAN
    with by(people.clerk):
        design.save_plan(wave, type(plan)(variables=("sex", "tenure_of_boat")), tables=[])
        assert "plan" in refused(lambda: readiness.make_ready(wave))


def test_link_expires_after_a_week(make, people, by, wave):
    with by(people.clerk):
        link = readiness.invite_outside_signatory(wave, name="B.", email="b@voorbeeld.example")
    db.session.commit()
    token = signoff_links.token_of(link)
    with clock.travel(clock.now() + timedelta(days=7, minutes=1)), pytest.raises(ConflictError):
        readiness.consume_link(token)
    db.session.rollback()
    assert readiness.consume_link(token).public_id == link.public_id


def test_link_of_one_wave_signs_no_other(make, people, by, wave):
    with by(people.clerk):
        link = readiness.invite_outside_signatory(wave, name="B.", email="b@voorbeeld.example")
    stranger = make.core.account(Role.COUNCIL_MEMBER)
    with by(stranger), pytest.raises(NotPermittedError):
        readiness.sign_outside(link, name="B.", function="X", seen_hash=make.surveys_design.fingerprint(wave))


def test_token_and_address_of_a_link_stand_nowhere_in_the_database(make, people, by, wave):
    with by(people.clerk):
        link = readiness.invite_outside_signatory(wave, name="B. Buiten", email="b@voorbeeld.example")
    db.session.commit()
    code = signoff_links.token_of(link).partition(".")[2]
    everything = [
        str(row)
        for table in db.metadata.sorted_tables
        for row in db.session.connection().exec_driver_sql(f'SELECT * FROM "{table.name}"')
    ]
    assert not [row for row in everything if code in row or "b@voorbeeld" in row or "B. Buiten" in row]


def test_every_transition_of_a_wave_leaves_an_audit_row(make, people, by):
    wave = make.surveys_design.ready(people)
    with by(people.clerk):
        readiness.back_to_design(wave)
        with pytest.raises(TransitionError):
            readiness.back_to_design(wave)
    rows = db.session.query(AuditEvent).filter_by(object_ref=wave.public_id).order_by(AuditEvent.id)
    actions = [row.action for row in rows if row.action != "wave.edit"]
    assert actions == ["wave.create", "wave.sign_off", "wave.make_ready", "wave.back_to_design"]
