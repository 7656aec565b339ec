"""The gates of a commission, called as services."""

from datetime import timedelta

import pytest

from core import clock
from core.db import db
from core.errors import BlockedError, ConflictError, DomainError, NotPermittedError, TransitionError
from core.models import AuditEvent, Role
from surveys import queries_commission
from surveys.lifecycle import CommissionStatus
from surveys.models import Approach, Obligation, ObligationKind
from surveys.questionnaire import digest
from surveys.services import commissioning, design, obligations
from tests.integration.surveys.blocking import refused

URL = "https://raad.voorbeeld.example/besluit/2026-7"


def submit_refused(make, people, **changes):
    commission = make.surveys_design.complete_draft(people, **changes)
    with make.surveys_design.by(people.author):
        return refused(lambda: commissioning.submit(commission))


@pytest.fixture
def people(make):
    return make.surveys_design.cast()


def test_empty_commission_hears_everything_that_is_missing_at_once(make, people):
    commission = make.surveys_design.draft(people)
    with make.surveys_design.by(people.author):
        codes = refused(lambda: commissioning.submit(commission))
    assert {"goal", "room_for_influence", "level", "central_questions", "contact_phone", "values_answer"} <= codes
    assert commission.status is CommissionStatus.DRAFT


@pytest.mark.parametrize(
    ("slug", "name", "value", "code"),
    [
        ("waarom", "goal", "", "goal"),
        ("waarom", "municipality_role", None, "municipality_role"),
        ("hoofdvragen", "central_questions", [], "central_questions"),
        ("besluit", "bob_phase", None, "bob_phase"),
        ("ankerpunten", "anchor_points", [], "anchor_points"),
        ("belanghebbenden", "missing_voices", "", "missing_voices"),
        ("omvang", "size_scales", {"size": 3}, "size_scales"),
        ("niveau", "level", "know", "intended_use"),
        ("niveau", "intended_use", "followed", "intended_use"),
        ("beloften", "contact_phone", "", "contact_phone"),
        ("toets", "values_answer", "", "values_answer"),
    ],
)
def test_each_page_has_its_own_gate(make, people, slug, name, value, code):
    assert submit_refused(make, people, **{slug: {name: value}}) == {code}


def test_no_anchor_points_can_be_said_explicitly(make, people):
    empty = {"anchor_points": [], "no_anchor_points": True}
    assert make.surveys_design.submitted(people, ankerpunten=empty).status is CommissionStatus.SUBMITTED


def test_deciding_along_needs_the_whole_rule(make, people):
    codes = submit_refused(make, people, niveau={"level": "decide", "intended_use": "followed"})
    assert codes == {
        "rule_council_decision",
        "rule_options",
        "rule_weighted",
        "rule_majority",
        "rule_minimum_response",
        "rule_overlap",
    }


def test_papers_that_leave_too_early_are_refused_with_the_earliest_date(make, people):
    soon = clock.today() + timedelta(days=10)
    dates = {"papers_on": soon, "decision_on": soon}
    commission = make.surveys_design.complete_draft(people, besluit=dates)
    with make.surveys_design.by(people.author), pytest.raises(BlockedError) as caught:
        commissioning.submit(commission)
    facts = queries_commission.facts(commission)
    earliest = facts.schedule.earliest_papers(facts.today)
    message = next(b.message for b in caught.value.blockers if b.code == "papers_on")
    assert str(earliest.year) in message
    assert str(earliest.day) in message


@pytest.mark.parametrize(
    ("name", "days"), [("results_promised_on", 5), ("results_promised_on", 80), ("feedback_promised_on", 400)]
)
def test_promises_must_fit_between_the_dates(make, people, name, days):
    assert name in submit_refused(make, people, beloften={name: clock.today() + timedelta(days=days)})


def test_small_area_is_offered_another_form(make, people):
    assert submit_refused(make, people, gebied={"area_districts": ["WK035501"]}) == {"area_districts"}


def test_no_room_becomes_information_only_and_gets_no_questionnaire(make, people):
    room = {"room_for_influence": False, "why_ask": "De wet schrijft dit voor."}
    inform = {"information_means": "Een brief", "information_audience": "De buurt", "information_on": clock.today()}
    assert submit_refused(make, people, ruimte=room) == set(inform)
    commission = make.surveys_design.accepted(people, ruimte={**room, **inform})
    assert commission.approach is Approach.INFORM
    with make.surveys_design.by(people.clerk):
        assert refused(lambda: design.create_wave(commission, title="Toch vragen")) == {"not_accepted"}


def test_no_interest_needs_a_public_reason(make, people):
    assert submit_refused(make, people, ruimte={"enough_interest": False, "why_ask": ""}) == {"why_ask"}


def owe(commission, days):
    row = Obligation(
        kind=ObligationKind.FEEDBACK,
        commission_id=commission.id,
        body_id=commission.body_id,
        wave_ref=f"wave-{commission.id}",
        due_on=clock.today() - timedelta(days=days),
    )
    db.session.add(row)
    db.session.commit()
    return row


def test_overdue_feedback_pauses_the_body_until_it_is_given_or_lifted(make, people):
    by = make.surveys_design.by
    owed = owe(make.surveys_design.accepted(people), days=1)
    commission = make.surveys_design.complete_draft(people)
    with by(people.author):
        assert refused(lambda: commissioning.submit(commission)) == {"paused"}
    with by(people.clerk):
        nothing = {"decision": "", "decided_on": None, "url": "", "reason": ""}
        assert refused(lambda: obligations.lift_pause(owed, **nothing)) == {"decision", "decided_on", "url", "reason"}
        obligations.lift_pause(owed, decision="2026-7", decided_on=clock.today(), url=URL, reason="Is uitgesteld.")
    with by(people.author):
        commissioning.submit(commission)
    assert commission.status is CommissionStatus.SUBMITTED


def test_feedback_due_today_or_of_another_body_does_not_pause(make, people):
    owe(make.surveys_design.accepted(people), days=0)
    owe(make.surveys_design.accepted(make.surveys_design.cast()), days=9)
    assert make.surveys_design.submitted(people).status is CommissionStatus.SUBMITTED


def test_only_members_of_the_body_edit_and_submit(make, people):
    commission = make.surveys_design.complete_draft(people)
    stranger = make.core.account(Role.COUNCIL_MEMBER, bodies=[make.core.body()])
    for account in (stranger, people.clerk, make.core.account(Role.ADMINISTRATOR)):
        with make.surveys_design.by(account):
            with pytest.raises(NotPermittedError):
                commissioning.submit(commission)
            with pytest.raises(NotPermittedError):
                commissioning.save_section(commission, "waarom", {"goal": "x"})


def test_commission_on_behalf_of_another_body_is_refused(make, people):
    with make.surveys_design.by(people.author), pytest.raises(DomainError):
        commissioning.create_commission(title="X", body=make.core.body(), deciding_body=people.body)


def test_griffie_cannot_skip_its_own_advice(make, people):
    commission = make.surveys_design.submitted(people)
    with make.surveys_design.by(people.clerk):
        with pytest.raises(TransitionError):
            commissioning.accept(commission, number="1", on=clock.today())
        assert refused(lambda: commissioning.advise_form(commission, advice="")) == {"form_advice"}


def test_acceptance_fixes_and_hashes_the_agreement(make, people):
    commission = make.surveys_design.accepted(people)
    assert commission.accepted_hash == digest(commission.accepted_document)
    asked = commission.accepted_document["central_questions"]
    assert asked == ["Hoe groen wordt het plein?", "Hoe bereikbaar blijft het plein?"]
    with make.surveys_design.by(people.author), pytest.raises(ConflictError):
        commissioning.save_section(commission, "waarom", {"goal": "Iets anders"})


def test_acceptance_after_the_last_moment_is_refused(make, people):
    commission = make.surveys_design.advised(people)
    with clock.travel(clock.now() + timedelta(days=65)), make.surveys_design.by(people.clerk):
        late = refused(lambda: commissioning.accept(commission, number="1", on=clock.today()))
    assert late == {"papers_on"}


def test_returned_commission_goes_round_again(make, people):
    commission = make.surveys_design.advised(people)
    with make.surveys_design.by(people.clerk):
        assert refused(lambda: commissioning.return_to_author(commission, reason="")) == {"return_reason"}
        commissioning.return_to_author(commission, reason="Te breed.")
    with make.surveys_design.by(people.author):
        commissioning.save_section(commission, "waarom", {"goal": "Smaller"})
        commissioning.submit(commission)
    assert commission.status is CommissionStatus.SUBMITTED


def test_declining_needs_number_date_and_reason(make, people):
    commission = make.surveys_design.advised(people)
    with make.surveys_design.by(people.clerk):
        codes = refused(lambda: commissioning.decline(commission, number="", on=clock.today(), reason=""))
        assert codes == {"body_decision_number", "decline_reason"}
        commissioning.decline(commission, number="9", on=clock.today(), reason="Niet nu.")
    assert commission.status is CommissionStatus.DECLINED


def test_level_may_fall_before_the_first_invitation_and_only_rise_after_it(make, people):
    commission = make.surveys_design.accepted(people)
    original = dict(commission.accepted_document)
    wave = make.surveys_design.wave(people, commission)
    with make.surveys_design.by(people.clerk):
        commissioning.amend(commission, name="level", value=("join", "joint_elaboration"), reason="Meer ruimte.")
        commissioning.amend(commission, name="level", value=("think", "weighed"), reason="Toch niet.")
        wave.first_invited_at = clock.now()
        db.session.commit()
        commissioning.amend(commission, name="level", value=("join", "joint_elaboration"), reason="Alsnog.")
        db.session.commit()
        assert refused(
            lambda: commissioning.amend(commission, name="level", value=("think", "weighed"), reason="Terug.")
        ) == {"level"}
    assert commission.accepted_document == original
    assert [a.after for a in commission.amendments][-1] == "join: joint_elaboration"


def test_change_needs_a_reason_and_a_field_that_may_change(make, people):
    commission = make.surveys_design.accepted(people)
    with make.surveys_design.by(people.clerk):
        unexplained = refused(lambda: commissioning.amend(commission, name="contact_name", value="X", reason=" "))
        assert unexplained == {"reason"}
        with pytest.raises(DomainError):
            commissioning.amend(commission, name="goal", value="X", reason="Zomaar.")


def test_every_transition_leaves_an_audit_row(make, people):
    commission = make.surveys_design.accepted(people)
    rows = db.session.query(AuditEvent).filter_by(object_ref=commission.public_id)
    actions = [row.action for row in rows.order_by(AuditEvent.id)]
    assert actions[0] == "commission.create"
    assert actions[-3:] == ["commission.submit", "commission.advise", "commission.decide"]
