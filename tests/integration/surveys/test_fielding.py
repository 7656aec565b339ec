"""The fieldwork: who is invited, which mails leave when, what the clock does, and what the gates refuse."""

import re
import threading
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core import clock, keystore
from core.actor import Actor, acting
from core.db import db
from core.errors import BlockedError, NotPermittedError, TransitionError
from core.models import AuditEvent, Job, Mail, Role
from panel.models import Contact, Member, MemberStatus
from surveys import jobs, queries_fieldwork
from surveys.lifecycle import WaveStatus
from surveys.models import Extension, Fieldwork, Invitation, Wave
from surveys.services import answering, fielding, opening, paper
from surveys.services.fielding import ExtensionError
from surveys.services.paper import PaperRefusedError

ANSWERS = {"use": {"use": ["often"]}, "mark": {"mark": ["7"]}}


def links(messages: list[Any], path: str) -> list[str]:
    found = []
    for message in messages:
        text = message.get_body(("plain",)).get_content()
        found += re.findall(rf"https://localhost/{path}/(\S+)", text)
    return found


def test_opening_draws_one_person_per_household_admitted_before_the_announcement(make: SimpleNamespace) -> None:
    factory = make.surveys_fieldwork
    factory.members(3)
    factory.member(household_index="shared", base_weight=2.0)
    factory.member(household_index="shared", base_weight=2.0)
    factory.member(status=MemberStatus.PAUSED, paused_until=date(2030, 1, 1))
    wave = factory.ready_wave()
    factory.member(admitted_at=clock.now() + timedelta(hours=1))
    db.session.commit()
    assert opening.open_wave(wave) == 4
    db.session.commit()
    assert wave.status is WaveStatus.FIELDING
    assert wave.invited_n == 4
    assert wave.first_invited_at is not None
    rows = factory.invitations(wave)
    assert sorted(rows[0].classes) == ["age", "education", "sex"]
    assert db.session.get_one(Fieldwork, wave.id).carried["breakdowns"] == []
    assert db.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "wave.open")) == 1


def test_invitations_leave_with_a_personal_link_that_opens_the_questionnaire(
    client: FlaskClient, make: SimpleNamespace, outbox_run: Callable[[], list[Any]], run_jobs: Callable[[], int]
) -> None:
    wave = make.surveys_fieldwork.fielding_wave(3)
    run_jobs()
    messages = outbox_run()
    assert len(messages) == 3
    found = links(messages, "v")
    assert len(set(found)) == 3
    assert client.get(f"/v/{found[0]}").status_code == 200
    one = messages[0]
    assert one["Subject"] == f"Uw mening gevraagd: {wave.title}"
    assert one["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/afmelden/" in one["List-Unsubscribe"]
    text = one.get_body(("plain",)).get_content()
    assert "Na sluiting is de koppeling weg." in text
    assert "15 januari 2030" in text
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 3
    stored = "".join(str(p) for p in db.session.scalars(select(Mail.payload)))
    assert not any(token in stored for token in found)


def test_invitations_can_be_put_out_again_after_a_crash_without_a_second_mail(
    make: SimpleNamespace, run_jobs: Callable[[], int]
) -> None:
    wave = make.surveys_fieldwork.fielding_wave(3)
    jobs.send_invitations({"wave_id": wave.id}, lambda _a, _b: None)
    db.session.commit()
    jobs.send_invitations({"wave_id": wave.id}, lambda _a, _b: None)
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 3
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 3


def test_mail_is_dropped_when_the_person_answered_left_or_opted_out_in_the_meantime(
    make: SimpleNamespace, outbox_run: Callable[[], list[Any]], run_jobs: Callable[[], int]
) -> None:
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(4)
    run_jobs()
    answered, opted, paused, _rest = factory.invitations(wave)
    factory.answer(answered, ANSWERS)
    answering.opt_out(factory.taking_of(opted))
    member = db.session.get_one(Member, paused.member_id)
    member.status, member.paused_until = MemberStatus.PAUSED, date(2030, 1, 1)
    assert len(outbox_run()) == 1


def test_two_reminders_go_to_who_has_not_answered_and_missed_ones_are_caught_up_once(
    make: SimpleNamespace, outbox_run: Callable[[], list[Any]], run_jobs: Callable[[], int], postbox: Any
) -> None:
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(3, days=10)
    run_jobs()
    outbox_run()
    postbox.messages.clear()
    factory.answer(factory.invitations(wave)[0], ANSWERS)
    due = fielding.reminder_moments(wave).first
    with clock.travel(due - timedelta(minutes=1)):
        assert jobs.advance() == []
    with clock.travel(due + timedelta(minutes=1)):
        assert jobs.advance() == [f"reminded:{wave.id}"]
        assert jobs.advance() == []
        run_jobs()
        messages = outbox_run()
        assert len(messages) == 2
        assert all(m["Subject"].startswith("Herinnering: ") for m in messages)
    other = factory.ready_wave(days=10)
    opening.open_wave(other)
    db.session.commit()
    with clock.travel(other.opens_at + timedelta(days=9)):
        fielding.remind(other)
        db.session.commit()
        assert fielding.remind(other) == 0
    keys = list(db.session.scalars(select(Job.key).where(Job.kind == fielding.REMIND_JOB)))
    assert f"remind:{other.public_id}:2" in keys
    assert f"remind:{other.public_id}:1" not in keys


def test_the_clock_opens_and_closes_by_itself_on_amsterdam_time(
    make: SimpleNamespace, run_jobs: Callable[[], int]
) -> None:
    factory = make.surveys_fieldwork
    factory.members(2)
    opens = clock.at_amsterdam(date(2027, 3, 26), time(9, 0))
    wave = factory.ready_wave(opens_at=opens)
    wave.closes_at = clock.at_amsterdam(date(2027, 4, 9), time(9, 0))
    db.session.commit()
    # the clock goes forward on 28 March: both edges stay at nine in the morning on the wall
    assert (wave.closes_at - wave.opens_at) == timedelta(days=14) - timedelta(hours=1)
    for moment, expected in ((opens - timedelta(minutes=1), []), (opens, [f"opened:{wave.id}"])):
        with clock.travel(moment):
            assert jobs.advance() == expected
    with clock.travel(wave.closes_at - timedelta(hours=1)):
        assert jobs.advance() == [f"reminded:{wave.id}"]
    with clock.travel(wave.closes_at + timedelta(minutes=29)):
        assert jobs.advance() == []
    with clock.travel(wave.closes_at + timedelta(minutes=30)):
        assert jobs.advance() == [f"closed-online:{wave.id}"]
    # five working days from Friday 9 April 2027
    assert clock.to_amsterdam(wave.paper_until).date() == date(2027, 4, 16)
    with clock.travel(wave.paper_until):
        jobs.advance()
        jobs.advance()
        run_jobs()
    db.session.refresh(wave)
    assert wave.status is WaveStatus.CLOSED
    assert not keystore.store().exists(wave.public_id)


def test_every_gate_of_opening_is_named(make: SimpleNamespace) -> None:
    factory = make.surveys_fieldwork
    wave = factory.ready_wave()
    make.core.complete_settings(controller="", dpia_on="")
    keystore.store().destroy(wave.public_id)
    with pytest.raises(BlockedError) as refused:
        opening.open_wave(wave)
    codes = {b.code for b in refused.value.blockers}
    assert codes == {"no-key", "setting", "nobody"}
    assert sum(b.code == "setting" for b in refused.value.blockers) == 2
    db.session.rollback()
    assert db.session.get_one(Wave, wave.id).status is WaveStatus.READY
    assert jobs.advance() == []


def test_opening_twice_and_skipping_steps_is_refused(make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.fielding_wave(2)
    with pytest.raises(TransitionError):
        opening.open_wave(wave)
    fielding.close_online(wave)
    with pytest.raises(TransitionError):
        fielding.close_online(wave)


def test_only_the_griffie_moves_the_fieldwork(make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.fielding_wave(2)
    with acting(Actor(kind="staff", roles=frozenset({"council_member"}))):
        for act in (
            lambda: fielding.close_online(wave),
            lambda: fielding.remind(wave),
            lambda: fielding.extend(wave, closes_at=wave.closes_at + timedelta(days=1), reason="x"),
            lambda: paper.enter(wave, code="x", raw={}),
        ):
            with pytest.raises(NotPermittedError):
                act()


def test_two_openings_at_once_invite_once(app: Flask, make: SimpleNamespace) -> None:
    make.surveys_fieldwork.members(5)
    number = make.surveys_fieldwork.ready_wave().id
    db.session.remove()
    outcomes: list[str] = []

    def work() -> None:
        with app.app_context():
            try:
                opening.open_wave(db.session.get_one(Wave, number))
                db.session.commit()
                outcomes.append("opened")
            except TransitionError:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["opened", "refused"]
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 5


def test_a_later_closing_date_needs_a_reason_and_stays_public(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: Callable[..., FlaskClient]
) -> None:
    wave = make.surveys_fieldwork.fielding_wave(2)
    sign_in_staff(client, make.core.account(Role.CLERK))
    before = wave.closes_at
    wave.commission.results_promised_on = (before + timedelta(days=60)).date()
    db.session.commit()
    address = f"/griffie/vragenlijsten/{wave.public_id}/veldwerk/verlengen"
    later = clock.to_amsterdam(before + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    earlier = clock.to_amsterdam(before - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert client.post(address, data={"closes_at": later, "reason": ""}).status_code == 422
    assert client.post(address, data={"closes_at": earlier, "reason": "Storing"}).status_code == 409
    assert client.post(address, data={"closes_at": later, "reason": "Storing bij de provider"}).status_code == 302
    row = db.session.scalars(select(Extension)).one()
    far = clock.to_amsterdam(before + timedelta(days=300)).strftime("%Y-%m-%dT%H:%M")
    refused = client.post(address, data={"closes_at": far, "reason": "Storing"})
    assert refused.status_code == 409
    assert "niet klaar op de dag die is beloofd" in refused.get_data(as_text=True)
    assert row.closes_at_before == before
    assert db.session.get_one(Wave, wave.id).closes_at > before
    page = client.get(f"/griffie/vragenlijsten/{wave.public_id}/veldwerk")
    assert "Storing bij de provider" in page.get_data(as_text=True)
    fielding.close_online(db.session.get_one(Wave, wave.id))
    with pytest.raises(ExtensionError):
        fielding.extend(wave, closes_at=before + timedelta(days=9), reason="te laat")


def test_the_griffie_sees_response_in_counts_and_closes_early_by_post(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: Callable[..., FlaskClient]
) -> None:
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(4)
    factory.answer(factory.invitations(wave)[0], ANSWERS)
    address = f"/griffie/vragenlijsten/{wave.public_id}/veldwerk"
    assert client.get(address).status_code == 302
    sign_in_staff(client, make.core.account(Role.CLERK))
    text = client.get(address).get_data(as_text=True)
    assert "Respons per groep" in text
    assert "25,0 %" in text
    assert not any(m.last_name in text for m in db.session.scalars(select(Member)))
    csv = client.get(f"{address}/respons.csv").get_data(as_text=True)
    assert "groep" in csv
    strata = queries_fieldwork.response_by_stratum(wave)
    assert sum(r.invited for r in strata) == 4
    assert sum(r.answered for r in strata) == 1
    assert client.get(f"{address}/sluiten").status_code == 200
    assert client.post(f"{address}/afsluiten").status_code == 302
    assert db.session.get_one(Wave, wave.id).status is WaveStatus.FIELDING
    assert client.post(f"{address}/sluiten").status_code == 302
    assert db.session.get_one(Wave, wave.id).status is WaveStatus.PAPER
    assert client.post(f"{address}/sluiten").status_code == 409


def test_paper_forms_count_without_a_name(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: Callable[..., FlaskClient]
) -> None:
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(3)
    fielding.close_online(wave)
    db.session.commit()
    sign_in_staff(client, make.core.account(Role.CLERK))
    address = f"/griffie/vragenlijsten/{wave.public_id}/veldwerk/papier"
    code = paper.groups(wave)[0].code
    assert client.get(address).status_code == 200
    assert client.post(address, data={"group-code": "NOCODE", "use": "often"}).status_code == 422
    assert client.post(address, data={"group-code": code}).status_code == 422
    wrong = client.post(address, data={"group-code": code, "use": "other"})
    assert wrong.status_code == 422
    assert client.post(address, data={"group-code": code.lower(), "use": "often"}).status_code == 302
    factory.close(wave)
    response = factory.responses(wave)[0]
    assert response.answers == {"use": "often", "why_not": {"missing": "not_shown"}, "mark": {"missing": "skipped"}}
    assert response.flags["mode"] == "paper"
    assert sum(c.answered for c in queries_fieldwork.cell_counts(wave)) == 1
    with pytest.raises(PaperRefusedError):
        paper.enter(wave, code=code, raw={"use": ["often"]})


def test_reminder_moments_lie_at_forty_and_seventy_five_percent(make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.ready_wave(opens_at=datetime.fromisoformat("2027-01-01T08:00+00:00"), days=10)
    moments = fielding.reminder_moments(wave)
    assert moments.first - wave.opens_at == timedelta(days=4)
    assert moments.second - wave.opens_at == timedelta(days=8), "not at nine in the evening but the next morning"


def test_reminder_that_falls_in_the_night_waits_for_the_morning(make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.ready_wave(opens_at=datetime.fromisoformat("2027-01-01T08:00+00:00"), days=12)
    first = clock.to_amsterdam(fielding.reminder_moments(wave).first)
    assert (first.day, first.hour, first.minute) == (6, 9, 0), "40 percent is at night, 05 January 20:12"
