"""The rules of upkeep: what the preview counts is what is touched, once, whoever answers meanwhile."""

import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from core import audit, clock, jobs
from core.actor import Actor, acting
from core.db import db
from core.errors import NotPermittedError
from core.models import AuditEvent, Mail, MailState
from panel.models import (
    Contact,
    ContactNote,
    LeaveReason,
    Member,
    MemberStatus,
    UpkeepRule,
    UpkeepRun,
    UpkeepTouch,
)
from panel.queries import upkeep as queries
from panel.services import bounces, contacts, membership, upkeep
from tests.conftest import CheckingClient
from tests.factories.bounces import report

DAY = timedelta(days=1)


def arrange(rule: UpkeepRule, member: Member) -> None:
    """Bring a member to where the rule touches them."""
    today = clock.today()
    values: dict[UpkeepRule, dict[str, Any]] = {
        UpkeepRule.PAUSE_ENDING: {"status": MemberStatus.PAUSED, "paused_until": today + 5 * DAY},
        UpkeepRule.PAUSE_OVER: {"status": MemberStatus.PAUSED, "paused_until": today - DAY},
        UpkeepRule.PROFILE_CHECK: {"profile_checked_on": today - 400 * DAY},
        UpkeepRule.PROFILE_REMINDER: {
            "profile_checked_on": today - 400 * DAY,
            "profile_asked_on": today - 30 * DAY,
        },
        UpkeepRule.BOUNCED: {"bounces_n": 3},
        UpkeepRule.WAKE_UP: {"unanswered_in_row": 5, "invited_n": 5},
        UpkeepRule.DORMANT: {"unanswered_in_row": 5, "invited_n": 5, "woken_on": today - 30 * DAY},
        UpkeepRule.LAST_CALL: {"status": MemberStatus.DORMANT, "dormant_since": today - 800 * DAY},
        UpkeepRule.DORMANT_OVER: {
            "status": MemberStatus.DORMANT,
            "dormant_since": today - 800 * DAY,
            "last_call_on": today - 40 * DAY,
        },
    }
    for name, value in values[rule].items():
        setattr(member, name, value)
    db.session.commit()


RESULT: dict[UpkeepRule, tuple[MemberStatus, str]] = {
    UpkeepRule.PAUSE_ENDING: (MemberStatus.PAUSED, "panel.pause_ending"),
    UpkeepRule.PAUSE_OVER: (MemberStatus.ACTIVE, ""),
    UpkeepRule.PROFILE_CHECK: (MemberStatus.ACTIVE, "panel.profile_check"),
    UpkeepRule.PROFILE_REMINDER: (MemberStatus.ACTIVE, "panel.profile_reminder"),
    UpkeepRule.BOUNCED: (MemberStatus.ACTIVE, ""),
    UpkeepRule.WAKE_UP: (MemberStatus.ACTIVE, "panel.wake_up"),
    UpkeepRule.DORMANT: (MemberStatus.DORMANT, ""),
    UpkeepRule.LAST_CALL: (MemberStatus.DORMANT, "panel.last_call"),
    UpkeepRule.DORMANT_OVER: (MemberStatus.LEFT, "panel.farewell"),
}


@pytest.mark.parametrize("rule", UpkeepRule)
def test_execution_touches_whom_the_preview_names_and_a_second_run_nobody(
    rule: UpkeepRule, ready: SimpleNamespace, run_jobs: Any
) -> None:
    touched, spared = ready.panel.member(), ready.panel.member()
    arrange(rule, touched)
    before = set(db.session.scalars(db.select(Mail.key)))
    assert db.session.scalars(queries.due(rule)).all() == [touched.id]
    reference = audit.subject_ref("member", touched.id)
    run = upkeep.order(rule)
    assert run is not None
    run_jobs()
    assert (run.planned, run.touched, run.finished_at is not None) == (1, 1, True)
    status, mail = RESULT[rule]
    assert touched.status is status
    new = [m.kind for m in db.session.scalars(db.select(Mail)) if m.key not in before]
    assert [k for k in new if k == mail or not mail] == ([mail] if mail else [])
    assert upkeep.order(rule) is None
    assert spared.status is MemberStatus.ACTIVE
    rows = db.session.scalars(db.select(AuditEvent.action).filter_by(object_ref=reference)).all()
    assert len(rows) >= 1
    kept = db.session.scalars(db.select(UpkeepTouch.member_id)).all()
    assert kept == ([] if rule is UpkeepRule.DORMANT_OVER else [touched.id]), "the log forgets who was erased"


def test_schedule_runs_only_what_is_on_and_catches_up_once(ready: SimpleNamespace, run_jobs: Any) -> None:
    silent, resting = ready.panel.member(), ready.panel.member()
    arrange(UpkeepRule.WAKE_UP, silent)
    membership.pause(resting, clock.today() + 10 * DAY)
    db.session.commit()
    # the schedule stood still for three months
    with clock.travel(clock.now() + 90 * DAY):
        assert [run.rule for run in upkeep.order_all()] == [UpkeepRule.PAUSE_OVER]
        run_jobs()
        assert (silent.woken_on, resting.status) == (None, MemberStatus.ACTIVE)
        upkeep.switch(UpkeepRule.WAKE_UP, on=True)
        for _ in range(3):
            upkeep.order_all()
            run_jobs()
    mails = db.session.scalars(db.select(Mail).filter_by(kind="panel.wake_up")).all()
    assert len(mails) == 1
    assert len(db.session.scalars(db.select(UpkeepRun)).all()) == 2


def test_rule_that_keeps_a_promise_cannot_be_switched_off(ready: SimpleNamespace) -> None:
    with pytest.raises(upkeep.AlwaysOnError):
        upkeep.switch(UpkeepRule.PAUSE_OVER, on=False)


def test_only_the_griffie_switches(ready: SimpleNamespace) -> None:
    with acting(Actor(kind="staff", roles=frozenset({"analyst"}))):
        with pytest.raises(NotPermittedError):
            upkeep.switch(UpkeepRule.DORMANT, on=True)
        with pytest.raises(NotPermittedError):
            upkeep.order(UpkeepRule.DORMANT)


def test_run_goes_on_after_a_crash(ready: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    members = [ready.panel.member() for _ in range(3)]
    for member in members:
        arrange(UpkeepRule.WAKE_UP, member)
    monkeypatch.setattr(upkeep, "CHUNK", 1)
    run = upkeep.order(UpkeepRule.WAKE_UP)
    assert run is not None
    upkeep.step(run)
    db.session.commit()
    again = upkeep.order(UpkeepRule.WAKE_UP)
    assert again is run, "what was begun is finished first"
    last = 0
    while last := upkeep.step(run, last):
        db.session.commit()
    assert (run.planned, run.touched) == (3, 3)


def test_open_questionnaire_protects_from_sleep_until_it_is_closed(ready: SimpleNamespace) -> None:
    member = ready.panel.member()
    arrange(UpkeepRule.DORMANT, member)
    contacts.note_asked([member.id], "wave-9", clock.today())
    assert queries.count_due(UpkeepRule.DORMANT) == 0
    contacts.fold("wave-9", {member.id}, set(), clock.today())
    assert queries.count_due(UpkeepRule.DORMANT) == 1


def test_who_answered_while_a_rule_made_them_sleep_wakes_at_closing(ready: SimpleNamespace) -> None:
    member = ready.panel.member()
    contacts.note_asked([member.id], "wave-9", clock.today())
    arrange(UpkeepRule.LAST_CALL, member)
    contacts.fold("wave-9", {member.id}, {member.id}, clock.today())
    assert (member.status, member.dormant_since) == (MemberStatus.ACTIVE, None)


@pytest.mark.parametrize("first", ["rule", "member"])
def test_member_who_clicks_while_the_rule_runs_stays(first: str, ready: SimpleNamespace, app: Flask) -> None:
    """Whoever takes the row first: a click always leaves an active member."""
    member = ready.panel.member()
    arrange(UpkeepRule.DORMANT, member)
    number, key = member.id, membership.wake_key(member)
    run = upkeep.order(UpkeepRule.DORMANT)
    assert run is not None
    run_id = run.id
    db.session.commit()
    done: list[bool] = []

    def click() -> None:
        with app.app_context():
            done.append(membership.wake(db.session.get_one(Member, number), key))
            db.session.commit()
            db.session.remove()

    def execute() -> None:
        with app.app_context():
            upkeep.step(db.session.get_one(UpkeepRun, run_id))
            db.session.commit()
            db.session.remove()

    acts = [execute, click] if first == "rule" else [click, execute]
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    db.session.rollback()
    assert done == [True]
    assert (member.status, member.unanswered_in_row, member.woken_on) == (MemberStatus.ACTIVE, 0, None)


def test_two_workers_on_one_rule_touch_each_member_once(ready: SimpleNamespace, app: Flask) -> None:
    for _ in range(12):
        arrange(UpkeepRule.PROFILE_CHECK, ready.panel.member())
    run = upkeep.order(UpkeepRule.PROFILE_CHECK)
    assert run is not None
    run_id = run.id
    db.session.commit()
    barrier = threading.Barrier(2)

    def execute() -> None:
        with app.app_context():
            mine = db.session.get_one(UpkeepRun, run_id)
            barrier.wait()
            upkeep.step(mine)
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=execute) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    db.session.rollback()
    assert run.touched == 12
    assert len(db.session.scalars(db.select(Mail).filter_by(kind="panel.profile_check")).all()) == 12


def test_profile_is_asked_once_a_year_with_one_reminder(ready: SimpleNamespace, run_jobs: Any) -> None:
    member = ready.panel.member()
    for rule in (UpkeepRule.PROFILE_CHECK, UpkeepRule.PROFILE_REMINDER):
        upkeep.switch(rule, on=True)
    start = clock.now()
    for week in range(130):
        with clock.travel(start + week * 7 * DAY):
            upkeep.order_all()
            run_jobs()
    kinds = [m.kind for m in db.session.scalars(db.select(Mail).order_by(Mail.id)) if "profile" in m.kind]
    assert kinds == ["panel.profile_check", "panel.profile_reminder"] * 2
    with clock.travel(start + 900 * DAY):
        membership.confirm_profile(member)
        assert member.profile_checked_on == clock.today()
        assert queries.count_due(UpkeepRule.PROFILE_CHECK) == queries.count_due(UpkeepRule.PROFILE_REMINDER) == 0


def test_short_pause_has_no_mail_about_its_end(ready: SimpleNamespace) -> None:
    member = ready.panel.member()
    membership.pause(member, clock.today() + 4 * DAY)
    assert queries.count_due(UpkeepRule.PAUSE_ENDING) == 0
    membership.pause(member, clock.today() + 40 * DAY)
    with clock.travel(clock.now() + 35 * DAY):
        assert queries.count_due(UpkeepRule.PAUSE_ENDING) == 1


def test_refused_and_returned_mails_count_once_and_end_in_post(
    ready: SimpleNamespace, postbox: Any, outbox_run: Any, run_jobs: Any
) -> None:
    member = ready.panel.member(email="weg@voorbeeld.example")
    outbox_run()
    assert bounces.note_refused() == 0
    arrange(UpkeepRule.WAKE_UP, member)
    upkeep.order(UpkeepRule.WAKE_UP)
    run_jobs()
    postbox.answers["weg@voorbeeld.example"] = "550 5.1.1 no such user"
    outbox_run()
    assert [bounces.note_refused(), bounces.note_refused()] == [1, 0]
    sent = db.session.scalars(db.select(Mail).filter_by(kind="panel.welcome", state=MailState.SENT)).one()
    raw = report(sent.message_id or "")
    assert [bounces.note_report(raw), bounces.note_report(raw)] == [True, False]
    assert not bounces.note_report(report("<ander@voorbeeld.example>"))
    assert member.bounces_n == 2
    member.bounces_n = 3
    upkeep.order(UpkeepRule.BOUNCED)
    run_jobs()
    assert (member.email, member.failed_email, member.by_post) == (None, "weg@voorbeeld.example", True)
    kinds = [note.kind.value for note in db.session.scalars(db.select(ContactNote).order_by(ContactNote.id))]
    assert kinds == ["bounce", "bounce", "channel"]


def test_sleeper_is_erased_after_the_last_call_with_a_proof(
    ready: SimpleNamespace, outbox_run: Any, run_jobs: Any
) -> None:
    member = ready.panel.member(email="slaper@voorbeeld.example")
    outbox_run()
    arrange(UpkeepRule.DORMANT_OVER, member)
    upkeep.order(UpkeepRule.DORMANT_OVER)
    run_jobs()
    assert (member.status, member.left_reason, member.email) == (MemberStatus.LEFT, LeaveReason.DORMANT, None)
    text = outbox_run()[-1].get_body(("plain",)).get_content()
    assert "Wij hoorden lang niets van u" in text
    assert db.session.scalars(db.select(Contact)).all() == []


def test_every_rule_is_a_periodic_task_of_the_worker(ready: SimpleNamespace) -> None:
    jobs.load()
    assert "panel.upkeep" in {task.name for task in jobs.tasks()}


def test_commands_show_execute_and_read_reports(
    ready: SimpleNamespace, app: Flask, tmp_path: Path, outbox_run: Any
) -> None:
    member = ready.panel.member()
    outbox_run()
    sent = db.session.scalars(db.select(Mail).filter_by(kind="panel.welcome")).one()
    arrange(UpkeepRule.WAKE_UP, member)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["panel", "upkeep", "wake_up"]).output.split() == [str(member.id)]
    assert "1 members touched" in runner.invoke(args=["panel", "upkeep", "wake_up", "--run"]).output
    assert "nobody" in runner.invoke(args=["panel", "upkeep", "wake_up", "--run"]).output
    (tmp_path / "1.eml").write_bytes(report(sent.message_id or ""))
    (tmp_path / "2.eml").write_bytes(b"Subject: vakantie")
    assert "1 of 2 counted" in runner.invoke(args=["panel", "read-bounces", str(tmp_path)]).output
    assert "0 of 1 counted" in runner.invoke(args=["panel", "read-bounces"], input="Subject: vakantie").output


def test_griffie_previews_switches_and_runs_a_rule(member: Member, clerk: CheckingClient, run_jobs: Any) -> None:
    member.unanswered_in_row = member.invited_n = 5
    db.session.commit()
    assert "raakt nu 1 lid" in clerk.get("/griffie/panel/onderhoud").get_data(as_text=True)
    where = "/griffie/panel/onderhoud/wake_up"
    assert f">{member.id}</a>" in clerk.get(where).get_data(as_text=True)
    assert clerk.get(f"{where}.csv").get_data(as_text=True).split()[-1] == str(member.id)
    assert clerk.post(f"{where}/schakelen", data={"on": "1"}).status_code == 302
    assert queries.is_on(UpkeepRule.WAKE_UP)
    run = clerk.post(f"{where}/uitvoeren").location
    assert "Bezig" in clerk.get(run).get_data(as_text=True)
    run_jobs()
    page = clerk.get(run).get_data(as_text=True)
    assert "Bezig" not in page
    assert clerk.get(f"{run}.csv").get_data(as_text=True).split()[-1] == str(member.id)
    assert clerk.post(f"{where}/uitvoeren").location == where
    assert clerk.post(f"{where}/schakelen", data={"on": ""}).status_code == 302
    assert not queries.is_on(UpkeepRule.WAKE_UP)
    assert clerk.post("/griffie/panel/onderhoud/pause_over/schakelen", data={"on": ""}).status_code == 409
    assert clerk.get("/griffie/panel/onderhoud/onzin").status_code == 404
    assert clerk.get("/griffie/panel/onderhoud/uitvoering/onzin").status_code == 404
