"""Each gate by two transactions at once: exactly one wins, and nothing is half done."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from core import clock
from core.db import db
from core.errors import DomainError
from core.models import AuditEvent
from surveys import signoff_links
from surveys.lifecycle import CommissionStatus, WaveStatus
from surveys.models import Commission, Question, SignOffLink, Wave
from surveys.queries_wave import valid_sign_off
from surveys.services import commissioning, design, readiness


@pytest.fixture
def race(app, make):
    """Run the actions at the same moment, each in a transaction of its own; gives who succeeded."""

    def run(account, model, row_id, actions):
        start = Barrier(len(actions))
        db.session.commit()

        def attempt(action):
            with app.app_context(), make.surveys_design.by(db.session.merge(account)):
                thing = db.session.get(model, row_id)
                start.wait(timeout=10)
                try:
                    action(thing)
                    db.session.commit()
                except DomainError as error:
                    db.session.rollback()
                    return error.code
                return "won"

        with ThreadPoolExecutor(len(actions)) as pool:
            outcome = list(pool.map(attempt, actions))
        db.session.expire_all()
        return outcome

    return run


@pytest.fixture
def people(make):
    return make.surveys_design.cast()


def rows(thing, action):
    return db.session.query(AuditEvent).filter_by(object_ref=thing.public_id, action=action).count()


def test_two_submissions_one_wins(make, people, race):
    made = make.surveys_design.complete_draft(people)
    outcome = race(people.author, Commission, made.id, [commissioning.submit] * 2)
    assert sorted(outcome) == ["no-such-transition", "won"]
    assert rows(made, "commission.submit") == 1


def test_accepting_and_declining_at_once_gives_one_decision(make, people, race):
    made = make.surveys_design.advised(people)
    today = clock.today()
    outcome = race(
        people.clerk,
        Commission,
        made.id,
        [
            lambda c: commissioning.accept(c, number="1", on=today),
            lambda c: commissioning.decline(c, number="2", on=today, reason="Niet nu."),
        ],
    )
    assert sorted(outcome) == ["no-such-transition", "won"]
    assert rows(made, "commission.decide") == 1
    assert (made.accepted_hash is None) == (made.status is CommissionStatus.DECLINED)


def test_editing_while_submitting_never_changes_what_was_handed_in(make, people, race):
    made = make.surveys_design.complete_draft(people)
    outcome = race(
        people.author,
        Commission,
        made.id,
        [commissioning.submit, lambda c: commissioning.save_section(c, "waarom", {"goal": ""})],
    )
    submitted = made.status is CommissionStatus.SUBMITTED
    assert outcome.count("won") == 1
    assert submitted == (made.goal != "")


def test_two_clicks_make_a_wave_ready_once(make, people, race):
    wave = make.surveys_design.complete_wave(people)
    make.surveys_design.sign(people, wave)
    outcome = race(people.clerk, Wave, wave.id, [readiness.make_ready] * 3)
    assert sorted(outcome) == ["no-such-transition", "no-such-transition", "won"]
    assert rows(wave, "wave.make_ready") == 1


def test_change_during_freezing_is_either_frozen_and_signed_or_refused(make, people, race):
    wave = make.surveys_design.complete_wave(people)
    make.surveys_design.sign(people, wave)
    outcome = race(
        people.clerk,
        Wave,
        wave.id,
        [readiness.make_ready, lambda w: design.update_question(w, "v1", {"text": "Heel anders?"})],
    )
    assert outcome.count("won") == 1
    if wave.status is WaveStatus.READY:
        assert wave.frozen_document["questions"][0]["text"] == "Wat kiest u?"
        assert db.session.query(Question).filter_by(wave_id=wave.id, item_key="v1").one().text == "Wat kiest u?"


def test_link_is_used_once_by_eight_at_a_time(make, people, race):
    wave = make.surveys_design.complete_wave(people)
    with make.surveys_design.by(people.clerk):
        link = readiness.invite_outside_signatory(wave, name="B.", email="b@voorbeeld.example")
    token = signoff_links.token_of(link)
    outcome = race(people.clerk, SignOffLink, link.id, [lambda _: readiness.consume_link(token)] * 8)
    assert outcome.count("won") == 1


def test_questions_added_at_once_get_different_keys(make, people, race):
    wave = make.surveys_design.complete_wave(people)
    central = wave.commission.central_questions[0].id
    outcome = race(people.clerk, Wave, wave.id, [lambda w: make.surveys_design.add_single(w, central)] * 4)
    assert outcome == ["won"] * 4
    assert [(q.item_key, q.position) for q in wave.questions] == [(f"v{n}", n) for n in range(1, 7)]


def test_advising_twice_at_once_counts_once(make, people, race):
    made = make.surveys_design.complete_draft(people)
    with make.surveys_design.by(people.author):
        commissioning.submit(made)
    outcome = race(people.clerk, Commission, made.id, [lambda c: commissioning.advise_form(c, advice="Goed zo.")] * 2)
    assert sorted(outcome) == ["no-such-transition", "won"]


def test_returning_and_accepting_at_once_gives_one_answer(make, people, race):
    made = make.surveys_design.advised(people)
    outcome = race(
        people.clerk,
        Commission,
        made.id,
        [
            lambda c: commissioning.return_to_author(c, reason="Nog niet duidelijk."),
            lambda c: commissioning.accept(c, number="1", on=clock.today()),
        ],
    )
    assert sorted(outcome) == ["no-such-transition", "won"]
    assert (made.accepted_hash is None) == (made.status is CommissionStatus.RETURNED)


def test_cancelling_and_going_back_to_design_at_once_gives_one_of_them(make, people, race):
    wave = make.surveys_design.complete_wave(people)
    make.surveys_design.sign(people, wave)
    with make.surveys_design.by(people.clerk):
        readiness.make_ready(wave)
    outcome = race(people.clerk, Wave, wave.id, [readiness.back_to_design] * 2)
    assert outcome.count("won") == 1
    assert wave.status is WaveStatus.DESIGN
    outcome = race(people.clerk, Wave, wave.id, [lambda w: readiness.cancel(w, reason="Te vroeg.")] * 2)
    assert outcome.count("won") == 1
    assert wave.status is WaveStatus.CANCELLED


def test_amendments_at_once_each_start_from_what_the_other_left(make, people, race):
    made = make.surveys_design.accepted(people)
    original = made.contact_name
    outcome = race(
        people.clerk,
        Commission,
        made.id,
        [
            lambda c, name=name: commissioning.amend(c, name="contact_name", value=name, reason="Andere medewerker.")
            for name in ("A. de Vries", "B. Bakker", "C. Visser")
        ],
    )
    assert outcome == ["won"] * 3
    steps = {row.before: row.after for row in made.amendments}
    assert len(steps) == 3
    chain = [original]
    while chain[-1] in steps:
        chain.append(steps[chain[-1]])
    assert len(chain) == 4
    assert made.contact_name == chain[-1]


def test_a_colleague_who_presses_twice_signs_once(make, people, race):
    wave = make.surveys_design.complete_wave(people)
    seen = make.surveys_design.fingerprint(wave)
    outcome = race(people.colleague, Wave, wave.id, [lambda w: readiness.sign_off(w, seen_hash=seen)] * 3)
    assert sorted(outcome) == ["blocked", "blocked", "won"]
    assert rows(wave, "wave.sign_off") == 1


def test_signing_during_a_change_never_signs_what_was_not_on_the_screen(make, people, race):
    wave = make.surveys_design.complete_wave(people)
    seen = make.surveys_design.fingerprint(wave)

    def change(w):
        with make.surveys_design.by(db.session.merge(people.clerk)):
            design.update_question(w, "v1", {"text": "Heel anders?"})

    outcome = race(people.colleague, Wave, wave.id, [lambda w: readiness.sign_off(w, seen_hash=seen), change])
    assert outcome[1] == "won"
    assert outcome[0] in {"won", "blocked"}
    # a signature under the old text does not count for the new one
    assert valid_sign_off(wave) is None
    assert [mark.hash for mark in wave.sign_offs] == [seen] * (outcome[0] == "won")
