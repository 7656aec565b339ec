"""Closing: sealed rows become plain ones, drafts and key are destroyed, each step can be done again."""

import json
import secrets
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock, keystore
from core.db import db
from core.keystore import KeyGoneError
from core.models import AuditEvent, Job, Mail, ServerSession, SessionKind
from core.web import visitors
from panel.models import Member
from surveys import jobs, queries_fieldwork
from surveys.lifecycle import WaveStatus
from surveys.models import Fieldwork, Invitation, Obligation, ObligationKind, SealedResponse, SurveyResponse, Wave
from surveys.questionnaire import WeightingPlan
from surveys.services import answering, closing, fielding
from surveys.services.closing import NotClosableError, StillSealedError
from surveys.services.sealing import SealBrokenError, WaveKey, row_size
from tests.factories import surveys_fieldwork

ANSWERS = {"use": {"use": ["often"]}, "mark": {"mark": ["7"]}}


class CrashError(Exception):
    """The process died here."""


@pytest.fixture
def wave(make: SimpleNamespace) -> Wave:
    """Six invited: three sent, one left a draft, two did nothing."""
    factory = make.surveys_fieldwork
    made: Wave = factory.fielding_wave(6)
    asked = factory.invitations(made)
    for n in range(3):
        factory.answer(asked[n], ANSWERS)
    factory.answer(asked[3], {"use": {"use": ["never"]}}, send=False)
    return made


def check_closed(wave: Wave) -> None:
    db.session.expire_all()
    assert wave.status is WaveStatus.CLOSED
    assert (wave.invited_n, wave.answered_n) == (6, 3)
    responses = surveys_fieldwork.responses(wave)
    assert [r.answers for r in responses] == 3 * [{"use": "often", "why_not": {"missing": "not_shown"}, "mark": 7}]
    assert db.session.scalar(select(func.count()).select_from(SealedResponse)) == 0
    assert not keystore.store().exists(wave.public_id)
    receipt = queries_fieldwork.receipt(wave)
    assert receipt is not None
    assert (receipt.links, receipt.responses, receipt.drafts_destroyed) == (6, 3, 1)
    assert receipt.destroyed_at is not None
    cells = queries_fieldwork.cell_counts(wave)
    assert (sum(c.invited for c in cells), sum(c.answered for c in cells)) == (6, 3)
    members = db.session.scalars(select(Member)).all()
    assert Counter((m.invited_n, m.answered_n, m.unanswered_in_row) for m in members) == {(1, 1, 0): 3, (1, 0, 1): 3}
    assert db.session.scalars(select(Job.key).where(Job.kind == "feedback.weigh_wave")).all() == [f"weigh:{wave.id}"]
    closes = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "wave.close")
    assert db.session.scalar(closes) == 1


def test_closing_leaves_plain_rows_a_receipt_and_no_key(make: SimpleNamespace, wave: Wave) -> None:
    make.surveys_fieldwork.close(wave)
    check_closed(wave)
    assert queries_fieldwork.stopped_at(wave) == {"use": 1}
    dump = json.dumps([r.answers for r in db.session.scalars(select(SurveyResponse))])
    assert "never" not in dump


def test_nothing_that_tells_who_answered_stays(make: SimpleNamespace, wave: Wave) -> None:
    visitors_session(make, wave)
    fielding.send_invitations(wave)
    db.session.commit()
    make.surveys_fieldwork.close(wave)
    rows = db.session.scalars(select(Invitation)).all()
    assert {(r.answered, r.opted_out, r.stratum, r.base_weight, str(r.classes)) for r in rows} == {
        (False, False, "", 1.0, "{}")
    }
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 0
    assert db.session.scalar(select(func.count()).select_from(ServerSession)) == 0


def visitors_session(make: SimpleNamespace, wave: Wave) -> None:
    visitors.start(SessionKind.INVITATION, str(make.surveys_fieldwork.invitations(wave)[0].id))
    db.session.commit()


@pytest.mark.parametrize("crash_before", ["rewrite", "destroy", "finish", "last_rewrite"])
def test_a_crash_at_any_step_is_survived_by_the_next_run(
    make: SimpleNamespace, wave: Wave, monkeypatch: pytest.MonkeyPatch, crash_before: str
) -> None:
    real_rewrite = jobs.rewrite_tables

    def crash(*_args: Any, **_kwargs: Any) -> None:
        raise CrashError(crash_before)

    def crash_at_last(engine: Any, tables: list[str]) -> None:
        if tables == closing.TRACE_TABLES:
            raise CrashError(crash_before)
        real_rewrite(engine, tables)

    with monkeypatch.context() as patched:
        if crash_before == "rewrite":
            patched.setattr(jobs, "rewrite_tables", crash)
        if crash_before == "last_rewrite":
            patched.setattr(jobs, "rewrite_tables", crash_at_last)
        if crash_before in {"destroy", "finish"}:
            patched.setattr(closing, {"destroy": "destroy_key", "finish": "finish"}[crash_before], crash)
        with pytest.raises(CrashError):
            make.surveys_fieldwork.close(wave)
    db.session.rollback()
    if crash_before == "destroy":
        assert keystore.store().exists(wave.public_id)
    jobs.close_wave({"wave_id": wave.id}, lambda _a, _b: None)
    jobs.close_wave({"wave_id": wave.id}, lambda _a, _b: None)
    check_closed(wave)


def test_a_crash_inside_the_transaction_leaves_everything_sealed(
    make: SimpleNamespace, wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_args: Any) -> None:
        raise CrashError("receipt")

    with monkeypatch.context() as patched:
        patched.setattr(closing, "_prepare_receipt", crash)
        with pytest.raises(CrashError):
            make.surveys_fieldwork.close(wave)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(SealedResponse)) == 4
    assert db.session.scalar(select(func.count()).select_from(SurveyResponse)) == 0
    jobs.close_wave({"wave_id": wave.id}, lambda _a, _b: None)
    check_closed(wave)


def test_the_key_is_not_destroyed_while_a_sealed_row_is_left(make: SimpleNamespace, wave: Wave) -> None:
    with pytest.raises(StillSealedError):
        closing.destroy_key(wave)
    assert keystore.store().exists(wave.public_id)


def test_closing_waits_for_the_end_of_the_paper_term(make: SimpleNamespace, wave: Wave) -> None:
    with pytest.raises(NotClosableError):
        closing.close_wave(wave)
    fielding.close_online(wave)
    with pytest.raises(NotClosableError):
        closing.close_wave(wave)


def test_old_links_and_old_sealed_rows_are_dead_after_closing(client: Any, make: SimpleNamespace, wave: Wave) -> None:
    invitation = make.surveys_fieldwork.invitations(wave)[0]
    token = make.surveys_fieldwork.token(wave, invitation)
    taken = make.surveys_fieldwork.taking_of(invitation)
    backup = [(r.id, r.payload) for r in db.session.scalars(select(SealedResponse))]
    make.surveys_fieldwork.close(wave)
    page = client.get(f"/v/{token}")
    assert page.status_code == 410
    assert "gesloten" in page.get_data(as_text=True)
    with pytest.raises(KeyGoneError):
        answering.load(taken)
    guess = WaveKey(wave.public_id, secrets.token_bytes(32))
    for row_id, payload in backup:
        with pytest.raises(SealBrokenError):
            guess.open(row_id, payload)


def test_sealed_rows_have_one_length_and_cannot_be_swapped(make: SimpleNamespace, wave: Wave) -> None:
    factory = make.surveys_fieldwork
    asked = factory.invitations(wave)
    long_text = {"use": {"use": ["never"]}, "why_not": {"why_not": ["x" * 1500]}, "mark": {"mark": ["1"]}}
    factory.answer(asked[4], long_text)
    rows = db.session.scalars(select(SealedResponse)).all()
    assert len({len(r.payload) for r in rows}) == 1
    key = WaveKey.of(wave.public_id)
    assert not any(b"often" in r.payload for r in rows)
    with pytest.raises(SealBrokenError):
        key.open(rows[0].id, rows[1].payload)
    frozen = factory.taking_of(asked[0])
    assert len(rows[0].payload) == row_size(closing.frozen_of(frozen.frozen_hash).wave) + 28


def test_only_classes_that_single_nobody_out_are_kept_and_the_rest_goes_on_its_date(make: SimpleNamespace) -> None:
    factory = make.surveys_fieldwork
    plan = WeightingPlan(variables=("sex", "age"), breakdowns=("sex", "age"), weighting_only=("education",))
    wave = factory.fielding_wave(40, plan=plan)
    for invitation in factory.invitations(wave):
        factory.answer(invitation, ANSWERS)
    factory.close(wave)
    work = db.session.get_one(Fieldwork, wave.id)
    assert work.carried["breakdowns"] == ["sex"]
    assert work.carried["left_out"] == ["age"]
    assert "age" not in json.dumps([r.classes for r in db.session.scalars(select(SurveyResponse))])
    assert all({*r.classes, *r.weighting_classes} == {"age", "education", "sex"} for r in factory.responses(wave))
    assert closing.drop_weighting_classes() == 0
    work.classes_until = wave.closed_at.date() if wave.closed_at else None
    owed = obligation(wave)
    # the date has come, but the feedback does not stand yet: the outcome must stay open to a re-run
    assert closing.drop_weighting_classes() == 0
    end = queries_fieldwork.classes_end(wave)
    assert (end.planned, end.on) == (work.classes_until, None)
    owed.fulfilled_at = clock.now()
    work.classes_until = clock.today() + timedelta(days=1)
    db.session.flush()
    assert closing.drop_weighting_classes() == 0
    assert queries_fieldwork.classes_end(wave).on == work.classes_until
    work.classes_until = clock.today() - timedelta(days=1)
    db.session.flush()
    assert queries_fieldwork.classes_end(wave).on == clock.today()
    assert closing.drop_weighting_classes() == 1
    db.session.commit()
    db.session.expire_all()
    rows = db.session.scalars(select(SurveyResponse)).all()
    assert {(str(r.weighting_classes), r.base_weight, r.stratum) for r in rows} == {("{}", None, "")}
    assert closing.drop_weighting_classes() == 0


def obligation(wave: Wave) -> Obligation:
    made = Obligation(
        kind=ObligationKind.FEEDBACK,
        commission_id=wave.commission_id,
        body_id=wave.commission.body_id,
        wave_ref=wave.public_id,
        due_on=clock.today(),
    )
    db.session.add(made)
    db.session.flush()
    return made


def test_flags_are_coarse_and_no_time_is_kept(make: SimpleNamespace, wave: Wave) -> None:
    make.surveys_fieldwork.close(wave)
    for response in db.session.scalars(select(SurveyResponse)):
        assert set(response.flags) == {"mode", "duration", "straight_lined", "late"}
        assert response.flags["duration"] in {"fast", "normal", "slow"}
    times = [c.name for c in SurveyResponse.__table__.columns if "time" in str(c.type).lower()]
    assert times == []
