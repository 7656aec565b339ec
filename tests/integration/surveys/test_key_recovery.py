"""The drill: the first key store is lost in mid-wave, and two people bring the key back."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import clock, keystore
from core.actor import Actor, acting
from core.db import db
from core.errors import BlockedError, ConflictError, NotPermittedError
from core.models import Account, AuditEvent, Job, JobState, Mail, MailState, Role
from panel.models import Member
from panel.services import membership
from surveys import jobs
from surveys.lifecycle import WaveStatus
from surveys.models import KeyRecovery, SealedResponse, Wave
from surveys.services import fielding, opening, readiness, wave_keys

ANSWERS = {"use": {"use": ["often"]}, "mark": {"mark": ["7"]}}
Run = Callable[[], int]
SignIn = Callable[[FlaskClient, Account], FlaskClient]


def lose(wave: Wave) -> bytes:
    """The first store is gone; what it held."""
    store = keystore.store()
    key = store.read(wave.public_id)
    (store.folder / f"{wave.public_id}.key").unlink()
    return key


def by(account: Account) -> Any:
    return acting(Actor("staff", f"account:{account.id}", account.id, roles=account.role_values))


@pytest.fixture
def wave(make: SimpleNamespace) -> Wave:
    """One sent, one draft, one nothing."""
    factory = make.surveys_fieldwork
    made: Wave = factory.fielding_wave(3)
    asked = factory.invitations(made)
    factory.answer(asked[0], ANSWERS)
    factory.answer(asked[1], {"use": {"use": ["often"]}}, send=False)
    return made


def recover(make: SimpleNamespace, wave: Wave, run_jobs: Run) -> None:
    first, second = make.core.account(Role.ADMINISTRATOR), make.core.account(Role.CLERK)
    with by(first):
        recovery = wave_keys.ask(wave, reason="De schijf is stuk.")
    db.session.commit()
    with by(second):
        wave_keys.confirm(recovery)
    db.session.commit()
    run_jobs()


def test_the_drill_by_browser(
    make: SimpleNamespace,
    wave: Wave,
    new_client: Callable[[], FlaskClient],
    sign_in_staff: SignIn,
    run_jobs: Run,
) -> None:
    factory = make.surveys_fieldwork
    token = factory.token(wave, factory.invitations(wave)[1])
    respondent = new_client()
    respondent.post(f"/v/{token}")
    key = lose(wave)
    # respondents hear it kindly, with a link from the mail and in the middle of the questionnaire
    for answer in (
        new_client().get(f"/v/{token}"),
        respondent.get("/invullen/vraag/mark"),
        respondent.post("/invullen/vraag/mark", data={"mark": "7"}),
    ):
        assert answer.status_code == 503
        assert "Invullen kan nu even niet" in answer.text
    administrator = sign_in_staff(new_client(), make.core.account(Role.ADMINISTRATOR))
    clerk = sign_in_staff(new_client(), make.core.account(Role.CLERK))
    assert "Er ontbreekt een sleutel" in administrator.get("/beheer/sleutels").text
    assert f"De sleutel ontbreekt: {wave.title}" in clerk.get("/griffie").text
    assert (
        "sleutel van deze vragenlijst ontbreekt" in clerk.get(f"/griffie/vragenlijsten/{wave.public_id}/veldwerk").text
    )
    page = f"/beheer/sleutels/{wave.public_id}"
    assert administrator.post(f"{page}/aanvragen", data={"reason": ""}).status_code == 422
    assert administrator.post(f"{page}/aanvragen", data={"reason": "De schijf is stuk."}).status_code == 302
    recovery = db.session.scalars(select(KeyRecovery)).one()
    confirming = f"{page}/bevestigen/{recovery.public_id}"
    assert "Een ander moet het bevestigen" in administrator.get(page).text
    assert administrator.post(confirming).status_code == 409
    run_jobs()
    assert not keystore.store().exists(wave.public_id)
    assert clerk.post(confirming).status_code == 302
    run_jobs()
    assert keystore.store().read(wave.public_id) == key
    # the same session, draft and link work again
    assert respondent.get("/invullen/vraag/mark").status_code == 200
    assert "U was al begonnen" in new_client().get(f"/v/{token}").text
    public = new_client().get(f"/vragenlijsten/{wave.slug}").text
    assert "De sleutel is hersteld" in public
    assert "De schijf is stuk." in public
    assert "beheerder" in public
    assert key.hex() not in administrator.get(page).text
    done = set(db.session.scalars(select(AuditEvent.action).where(AuditEvent.object_ref == wave.public_id)))
    assert {"wave_key.ask", "wave_key.confirm", "wave_key.recovered"} <= done


def test_after_recovery_everything_that_was_answered_is_counted(
    make: SimpleNamespace, wave: Wave, run_jobs: Run
) -> None:
    lose(wave)
    recover(make, wave, run_jobs)
    make.surveys_fieldwork.close(wave)
    assert [r.answers["use"] for r in make.surveys_fieldwork.responses(wave)] == ["often"]


def test_a_wave_without_its_key_waits_with_closing_until_the_key_is_back(
    make: SimpleNamespace, wave: Wave, run_jobs: Run
) -> None:
    fielding.close_online(wave)
    db.session.commit()
    lose(wave)
    with pytest.raises(keystore.KeyLostError):
        jobs.close_wave({"wave_id": wave.id}, lambda _a, _b: None)
    db.session.rollback()
    assert wave.paper_until is not None
    with clock.travel(wave.paper_until):
        assert opening.advance() == []
        recover(make, wave, run_jobs)
        assert jobs.advance() == [f"closing:{wave.id}"]
        run_jobs()
    db.session.expire_all()
    assert wave.status is WaveStatus.CLOSED
    assert wave.answered_n == 1


def test_a_closing_that_failed_for_want_of_the_key_goes_on_after_recovery(
    make: SimpleNamespace, wave: Wave, run_jobs: Run
) -> None:
    fielding.close_online(wave)
    db.session.commit()
    assert wave.paper_until is not None
    with clock.travel(wave.paper_until):
        assert jobs.advance() == [f"closing:{wave.id}"]
        lose(wave)
        job = db.session.scalars(select(Job).where(Job.key == f"close:{wave.public_id}")).one()
        job.state, job.attempts = JobState.FAILED, 5
        db.session.commit()
        recover(make, wave, run_jobs)
        run_jobs()
    db.session.expire_all()
    assert wave.status is WaveStatus.CLOSED


def test_mails_wait_for_the_key_and_are_not_dropped(
    make: SimpleNamespace, wave: Wave, run_jobs: Run, outbox_run: Callable[[], list[Any]]
) -> None:
    fielding.send_invitations(wave)
    lose(wave)
    assert outbox_run() == []
    # who answered already needs no mail; for the other two it waits and loses no attempt
    mails = db.session.scalars(select(Mail).where(Mail.state == MailState.QUEUED)).all()
    assert [m.attempts for m in mails] == [0, 0]
    recover(make, wave, run_jobs)
    with clock.travel(max(m.run_at for m in mails)):
        assert len(outbox_run()) == 2


def test_who_leaves_while_the_key_is_lost_takes_the_answer_along_at_recovery(
    make: SimpleNamespace, wave: Wave, run_jobs: Run
) -> None:
    invitation = make.surveys_fieldwork.invitations(wave)[0]
    member = db.session.get_one(Member, invitation.member_id)
    row_id = make.surveys_fieldwork.taking_of(invitation).key.row_id(invitation.public_id)
    lose(wave)
    membership.leave(member)
    db.session.commit()
    assert db.session.get(SealedResponse, row_id) is not None
    recover(make, wave, run_jobs)
    assert db.session.get(SealedResponse, row_id) is None


def test_one_person_cannot_recover_a_key(make: SimpleNamespace, wave: Wave) -> None:
    lose(wave)
    both = make.core.account(Role.ADMINISTRATOR, Role.CLERK)
    with by(both):
        recovery = wave_keys.ask(wave, reason="De schijf is stuk.")
        with pytest.raises(BlockedError):
            wave_keys.confirm(recovery)
        with pytest.raises(ConflictError):
            wave_keys.recover(recovery)
    assert not keystore.store().exists(wave.public_id)
    # the database itself refuses it too
    recovery.confirmed_by_id, recovery.confirmed_at = both.id, clock.now()
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_recovery_is_for_who_may_and_only_when_a_key_is_missing(make: SimpleNamespace, wave: Wave) -> None:
    with by(make.core.account(Role.ANALYST)), pytest.raises(NotPermittedError):
        wave_keys.ask(wave, reason="Zomaar.")
    with by(make.core.account(Role.CLERK)), pytest.raises(ConflictError):
        wave_keys.ask(wave, reason="Zomaar.")
    db.session.rollback()
    lose(wave)
    (keystore.store().recovery / f"{wave.public_id}.key").unlink()
    with by(make.core.account(Role.CLERK)), pytest.raises(BlockedError):
        wave_keys.ask(wave, reason="Alles is weg.")


def test_a_lost_key_is_never_made_anew(make: SimpleNamespace, wave: Wave) -> None:
    key = lose(wave)
    store = keystore.store()
    with pytest.raises(keystore.KeyLostError):
        store.create(wave.public_id)
    with pytest.raises(BlockedError):
        wave_keys.make(wave)
    assert (store.recovery / f"{wave.public_id}.key").read_bytes() == key
    # not even when both copies are gone: there are sealed answers
    (store.recovery / f"{wave.public_id}.key").unlink()
    with pytest.raises(BlockedError):
        wave_keys.make(wave)
    assert not store.exists(wave.public_id)


def test_a_wave_that_went_back_to_design_keeps_its_key(make: SimpleNamespace) -> None:
    people = make.surveys_design.cast()
    wave = make.surveys_design.ready(people)
    with make.surveys_design.by(people.clerk):
        readiness.back_to_design(wave)
        db.session.commit()
        key = lose(wave)
        with pytest.raises(BlockedError):
            wave_keys.make(wave)
    assert (keystore.store().recovery / f"{wave.public_id}.key").read_bytes() == key


def test_a_half_made_key_gets_its_copy(make: SimpleNamespace, wave: Wave) -> None:
    store = keystore.store()
    key = store.read(wave.public_id)
    (store.recovery / f"{wave.public_id}.key").unlink()
    assert store.create(wave.public_id) == key
    assert store.recoverable(wave.public_id)


def test_a_destroyed_key_is_not_lost(make: SimpleNamespace, wave: Wave) -> None:
    token = make.surveys_fieldwork.token(wave, make.surveys_fieldwork.invitations(wave)[0])
    make.surveys_fieldwork.close(wave)
    assert not wave_keys.is_lost(wave)
    assert token
    with by(make.core.account(Role.CLERK)), pytest.raises(ConflictError):
        wave_keys.ask(wave, reason="Terughalen.")
