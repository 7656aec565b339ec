"""Results appear by themselves for everybody at once; feedback only when every finding has an answer."""

import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from core import clock
from core.actor import SYSTEM, acting
from core.db import db
from core.errors import BlockedError, ConflictError, DomainError, NotPermittedError
from core.models import Mail, Role
from feedback import jobs as feedback_jobs
from feedback.models import Finding, FindingOrigin, Outcome, Publication, PublicationStatus
from feedback.services import council, publishing, reminding
from surveys.models import Obligation, Wave


def _due(publication: Publication) -> Publication:
    publication.results_due_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    return publication


def _obligation() -> Obligation:
    return db.session.scalars(select(Obligation)).one()


def test_results_wait_for_the_promised_hour(make: SimpleNamespace) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave(200))
    publication.results_due_at = clock.now() + timedelta(hours=1)
    db.session.commit()
    assert feedback_jobs.publish_due_results() == 0
    with acting(SYSTEM), pytest.raises(BlockedError) as refused:
        publishing.publish_results(publication)
    assert [b.code for b in refused.value.blockers] == ["too-early"]


def test_results_appear_on_the_promised_hour_though_nobody_accepted_the_weights(make: SimpleNamespace) -> None:
    publication = _due(make.feedback.weighed(make.feedback.closed_wave(200)))
    assert feedback_jobs.publish_due_results() == 1
    assert feedback_jobs.publish_due_results() == 0
    assert publication.status is PublicationStatus.RESULTS_PUBLISHED
    assert publication.accepted_by == publishing.BY_SYSTEM


@pytest.mark.parametrize("role", list(Role))
def test_no_person_publishes_results(make: SimpleNamespace, role: Role) -> None:
    publication = _due(make.feedback.weighed(make.feedback.closed_wave(60)))
    with acting(make.feedback.as_account(make.core.account(role))), pytest.raises(NotPermittedError):
        publishing.publish_results(publication)


def test_every_question_yields_a_finding(make: SimpleNamespace) -> None:
    publication = make.feedback.published()
    assert [f.item_key for f in publication.findings] == [q.item_key for q in make.feedback.QUESTIONS]
    assert all(f.sentence for f in publication.findings)


@pytest.mark.parametrize("statement", [delete(Finding), update(Finding).values(sentence="Anders")])
def test_database_refuses_to_drop_or_change_a_finding(make: SimpleNamespace, statement: Any) -> None:
    make.feedback.published(make.feedback.closed_wave(60))
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(statement)
    db.session.rollback()


def test_disclosure_fault_holds_the_results_back(make: SimpleNamespace) -> None:
    publication = _due(make.feedback.weighed(make.feedback.closed_wave(200)))
    document = dict(publication.current.document)
    document["questions"][0]["blocks"][0]["base"] = 4
    current = publication.current
    publication.result_sets.append(
        type(current)(version=2, document=document, digest="0" * 64, code_version="", computed_at=clock.now())
    )
    db.session.commit()
    assert feedback_jobs.publish_due_results() == 0
    assert publication.status is PublicationStatus.PROPOSED


def test_mails_go_to_all_invited_and_the_council_once(
    make: SimpleNamespace, outbox_run: Callable[[], list[Any]]
) -> None:
    make.core.account(Role.COUNCIL_MEMBER, email="raad@gemeente.example")
    publication = make.feedback.published(make.feedback.closed_wave(60, invited=3))
    mails = [m for m in outbox_run() if "Dit zei het panel" in m["Subject"]]
    wave = db.session.get_one(Wave, publication.wave_id)
    to = [m["To"] for m in mails]
    assert len([t for t in to if t.startswith("lid")]) == 3
    assert "raad@gemeente.example" in to
    assert f"/vragenlijsten/{wave.slug}" in mails[0].get_body(("plain",)).get_content()


def test_feedback_is_refused_while_a_finding_has_no_answer(make: SimpleNamespace) -> None:
    publication = make.feedback.published(make.feedback.closed_wave(60))
    make.feedback.answer(publication, publication.findings[0])
    with acting(make.feedback.as_account(make.feedback.clerk())), pytest.raises(BlockedError) as refused:
        publishing.publish_feedback(publication)
    assert len(refused.value.blockers) == len(make.feedback.QUESTIONS) - 1
    assert {b.endpoint for b in refused.value.blockers} == {"feedback_clerk.answer"}


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        ({"why": ""}, "waarom"),
        ({"decision_number": ""}, "nummer"),
        ({"decision_on": None}, "datum"),
        ({"next_step": " "}, "wat er nu gebeurt"),
        ({"next_on": None}, "wanneer"),
    ],
)
def test_answer_with_a_gap_is_refused(make: SimpleNamespace, gap: dict[str, Any], text: str) -> None:
    publication = make.feedback.published(make.feedback.closed_wave(60))
    make.feedback.answer_all(publication)
    incomplete = type(make.feedback.ADOPTED)(**{**vars(make.feedback.ADOPTED), **gap})
    make.feedback.answer(publication, publication.findings[2], incomplete)
    with acting(make.feedback.as_account(make.feedback.clerk())), pytest.raises(BlockedError) as refused:
        publishing.publish_feedback(publication)
    assert [text in b.message for b in refused.value.blockers] == [True]


def test_published_feedback_fulfils_the_obligation_and_reaches_all_invited(
    make: SimpleNamespace, outbox_run: Callable[[], list[Any]]
) -> None:
    publication = make.feedback.published(make.feedback.closed_wave(60, invited=2))
    make.feedback.answer_all(publication)
    with acting(make.feedback.as_account(make.feedback.clerk())):
        publishing.publish_feedback(publication)
        db.session.commit()
    assert publication.status is PublicationStatus.FEEDBACK_PUBLISHED
    assert _obligation().fulfilled_at is not None
    subjects = [m["Subject"] for m in outbox_run() if m["To"].startswith("lid")]
    assert len([s for s in subjects if s.startswith("Wat is er met uw antwoorden gedaan?")]) == 2


def test_undecided_finding_keeps_the_obligation_open_and_is_renewable_once(make: SimpleNamespace) -> None:
    publication = make.feedback.published(make.feedback.closed_wave(60))
    later = publication.findings[0]
    make.feedback.answer(publication, later, make.feedback.undecided(90))
    make.feedback.answer_all(publication)
    with acting(SYSTEM):
        publishing.publish_feedback(publication)
        db.session.commit()
    assert _obligation().fulfilled_at is None
    assert _obligation().due_on == clock.today() + timedelta(days=90)
    make.feedback.answer(publication, later, make.feedback.undecided(120))
    with acting(SYSTEM):
        publishing.publish_later_answer(later, publication)
        db.session.commit()
    make.feedback.answer(publication, later, make.feedback.undecided(150))
    with acting(SYSTEM), pytest.raises(BlockedError, match="blocked"):
        publishing.publish_later_answer(later, publication)
    db.session.rollback()
    make.feedback.answer(publication, later)
    with acting(SYSTEM):
        publishing.publish_later_answer(later, publication)
        db.session.commit()
    assert _obligation().fulfilled_at is not None
    assert [a.outcome for a in later.published_answers] == [Outcome.UNDECIDED, Outcome.UNDECIDED, Outcome.ADOPTED]


def test_published_decision_cannot_be_rewritten(make: SimpleNamespace) -> None:
    publication = make.feedback.published(make.feedback.closed_wave(60))
    make.feedback.answer_all(publication)
    with acting(SYSTEM):
        publishing.publish_feedback(publication)
        db.session.commit()
    with pytest.raises(ConflictError, match="already-decided"):
        make.feedback.answer(publication, publication.findings[0])


def test_finding_of_a_council_member_needs_an_answer_too(make: SimpleNamespace) -> None:
    publication = make.feedback.published(make.feedback.closed_wave(60))
    make.feedback.answer_all(publication)
    member = make.feedback.as_account(make.core.account(Role.COUNCIL_MEMBER))
    with acting(member):
        added = council.add_finding(publication, sentence="De helft wil een tweede ronde.")
        db.session.commit()
        with pytest.raises(ConflictError, match="one-each"):
            council.add_finding(publication, sentence="Nog een.")
    assert added.origin is FindingOrigin.COUNCIL
    with acting(SYSTEM), pytest.raises(BlockedError):
        publishing.publish_feedback(publication)


def test_council_member_sees_no_finding_before_everybody(make: SimpleNamespace) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave(60))
    member = make.feedback.as_account(make.core.account(Role.COUNCIL_MEMBER))
    with acting(member), pytest.raises(NotPermittedError):
        council.add_finding(publication, sentence="Te vroeg.")


def test_reminders_go_out_when_near_and_each_week_over(make: SimpleNamespace) -> None:
    make.feedback.clerk()
    make.feedback.weighed(make.feedback.closed_wave(60))
    assert reminding.remind_due() == 0
    obligation = _obligation()
    for days, expected in ((10, 2), (0, 2), (-3, 0), (-8, 2), (-8, 0)):
        with clock.travel(clock.at_amsterdam(obligation.due_on - timedelta(days=days), clock.now().time())):
            sent = reminding.remind_due()
            db.session.commit()
        assert sent == expected, days
    assert {m.recipient_kind for m in db.session.scalars(select(Mail).where(Mail.kind == reminding.KIND))} == {
        "account"
    }


def _twice(app: Flask, act: Callable[[], None]) -> list[str]:
    barrier, outcomes = threading.Barrier(2), []

    def run() -> None:
        with app.app_context(), acting(SYSTEM):
            barrier.wait()
            try:
                act()
                db.session.commit()
                outcomes.append("done")
            except DomainError as error:
                db.session.rollback()
                outcomes.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_of_two_transactions_one_publishes_the_results(app: Flask, make: SimpleNamespace) -> None:
    publication = _due(make.feedback.weighed(make.feedback.closed_wave(60)))
    number = publication.id
    db.session.commit()
    outcomes = _twice(app, lambda: publishing.publish_results(db.session.get_one(Publication, number)))
    assert outcomes == ["TransitionError", "done"]
    db.session.expire_all()
    assert len(db.session.get_one(Publication, number).findings) == len(make.feedback.QUESTIONS)


def test_of_two_transactions_one_publishes_the_feedback(app: Flask, make: SimpleNamespace) -> None:
    publication = make.feedback.published(make.feedback.closed_wave(60))
    make.feedback.answer_all(publication)
    number = publication.id
    db.session.commit()
    outcomes = _twice(app, lambda: publishing.publish_feedback(db.session.get_one(Publication, number)))
    assert outcomes == ["TransitionError", "done"]
