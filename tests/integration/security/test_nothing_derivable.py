"""What a thief of the database, a backup or the log would look for: names, links, codes, keys."""

import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text

from core import keystore
from core.db import db
from core.models import Job, Mail, Role, ServerSession
from panel.models import Contact, Member, SignInRequest
from panel.services import joining, one_time, recruitment
from surveys import signoff_links
from surveys.models import DayCounter, Invitation
from surveys.services import fielding, readiness
from surveys.services.sealing import WaveKey
from tests.integration.core.processes import ROOT

ANSWERS = {"use": {"use": ["never"]}, "why_not": {"why_not": ["Dit is mijn mening"]}, "mark": {"mark": ["3"]}}


def dump() -> str:
    """Everything that stands in the database, as a thief would print it."""
    rows = []
    for name in inspect(db.engine).get_table_names():
        for row in db.session.execute(text(f'SELECT * FROM "{name}"')):  # names of our own tables
            rows += [v.hex() + str(bytes(v)) if isinstance(v, bytes | memoryview) else str(v) for v in row]
    db.session.rollback()
    return "\n".join(rows)


def names_of(member: Member) -> set[str]:
    found = (member.first_name, member.last_name, member.email, member.street, member.postcode)
    return {value for value in found if value and len(value) > 4}


def test_a_dump_holds_no_person_no_link_no_code_and_no_key(
    client: FlaskClient, make: SimpleNamespace, outbox_run: Callable[[], list[Any]]
) -> None:
    factory, panel = make.surveys_fieldwork, make.panel
    make.core.complete_settings()
    person = panel.persons(panel.recruitment_round())[0]
    drawn, waiting = panel.drawn_member(person), panel.confirmed(first_name="Wachtende", last_name="Aanmelder")
    clerk = make.core.account(Role.CLERK, name="Griffier Geheimnaam", email="griffier@geheim.example")
    client.post("/medewerkers/inloggen", data={"email": clerk.email, "password": make.core.PASSWORD})
    client.post("/medewerkers/code", data={"code": make.core.code()})
    wave = factory.fielding_wave(2)
    asked = factory.invitations(wave)[0]
    member = db.session.get_one(Member, asked.member_id)
    fielding.send_invitations(wave)
    token, unsubscribe = factory.token(wave, asked), factory.token(wave, asked, "unsubscribe")
    client.post(f"/v/{token}", data={})
    factory.answer(asked, ANSWERS)
    client.post("/inloggen", data={"email": member.email})
    outbox_run()
    request = db.session.scalars(select(SignInRequest).order_by(SignInRequest.id.desc())).first()
    assert request is not None
    key = keystore.store().read(wave.public_id)
    cookies = [c.value for n in ("staff", "invitation") if (c := client.get_cookie(f"__Host-{n}"))]
    assert len(cookies) == 2
    secrets = {
        *names_of(member), *names_of(drawn), *names_of(waiting), *cookies,
        "Griffier Geheimnaam", "griffier@geheim.example", make.core.PASSWORD, make.core.SECRET,
        person.first_name, person.last_name, person.street,
        token, token.split(".")[2], unsubscribe.split(".")[2], key.hex(), str(key),
        recruitment.letter_code(person), joining.address_code(waiting), one_time.link_key(request),
        "Dit is mijn mening",
    }  # fmt: skip
    everything = dump()
    assert member.public_id in everything
    assert not {secret for secret in secrets if secret in everything}
    words = set(everything.split())
    assert one_time.code_of(request) not in words


def test_outside_links_are_derived_and_their_signatory_is_encrypted(make: SimpleNamespace) -> None:
    people = make.surveys_design.cast()
    wave = make.surveys_design.complete_wave(people)
    with make.surveys_design.by(people.clerk):
        link = readiness.invite_outside_signatory(wave, name="Ondertekenaar Buiten", email="buiten@geheim.example")
    db.session.commit()
    everything = dump()
    for secret in (signoff_links.token_of(link).split(".")[1], "Ondertekenaar Buiten", "buiten@geheim.example"):
        assert secret not in everything


@pytest.fixture
def closed(make: SimpleNamespace) -> SimpleNamespace:
    """A closed wave of which one of three answered."""
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(3)
    fielding.send_invitations(wave)
    db.session.commit()
    asked = factory.invitations(wave)
    token = factory.token(wave, asked[0])
    row_id = WaveKey.of(wave.public_id).row_id(asked[0].public_id)
    factory.answer(asked[0], ANSWERS)
    factory.close(wave)
    return SimpleNamespace(wave=wave, asked=asked, token=token, row_id=row_id)


def test_after_closing_no_table_tells_who_answered(closed: SimpleNamespace) -> None:
    ids = {str(i.id) for i in closed.asked}
    assert closed.row_id not in dump()
    assert not keystore.store().exists(closed.wave.public_id)
    assert not db.session.scalars(select(Mail).where(Mail.key.contains(closed.wave.public_id))).all()
    assert not [s for s in db.session.scalars(select(ServerSession)) if s.subject in ids]
    for job in db.session.scalars(select(Job)):
        assert set(job.payload) <= {"wave_id", "number", "wave"}, job.kind
    blank = {(i.answered, i.opted_out, str(i.classes), i.stratum, i.base_weight) for i in closed.asked}
    assert blank == {(False, False, "{}", "", 1.0)}
    contacts = [c for c in db.session.scalars(select(Contact)) if c.wave_ref == closed.wave.public_id]
    assert len({(c.asked_on) for c in contacts}) == 1
    assert {c.member_id for c in contacts} == {i.member_id for i in closed.asked}
    columns = {c.name for c in DayCounter.__table__.columns}
    assert columns == {"wave_id", "day", "sent"}


def test_the_audit_log_says_of_no_answer_whose_it_was(closed: SimpleNamespace) -> None:
    ids = {i.public_id for i in closed.asked}
    columns = "actor_kind, actor_ref, origin, action, object_ref, detail"
    rows = db.session.execute(text(f"SELECT {columns} FROM audit_event")).all()
    assert "wave.close" in {row[3] for row in rows}
    for row in rows:
        assert not ids & set(map(str, row))
        if str(row[3]).startswith(("response.", "invitation.")):
            assert (row[0], row[1], row[2]) == ("invitation", "", "")


def test_withdrawing_and_unsubscribing_leave_no_trace_of_the_person(
    client: FlaskClient, make: SimpleNamespace, sign_in_member: Callable[..., FlaskClient]
) -> None:
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(2)
    asked = factory.invitations(wave)[0]
    sign_in_member(client, db.session.get_one(Member, asked.member_id))
    client.post(f"/afmelden/{factory.token(wave, asked, 'unsubscribe')}", data={})
    client.post(f"/v/{factory.token(wave, asked)}", data={})
    client.post("/invullen/intrekken", data={})
    rows = db.session.execute(
        text("SELECT actor_kind, actor_ref, origin FROM audit_event WHERE action IN (:a, :b)"),
        {"a": "invitation.opt_out", "b": "response.withdraw"},
    ).all()
    assert len(rows) == 2
    assert {(row[1], row[2]) for row in rows} == {("", "")}


def test_a_start_without_environment_names_everything_that_is_missing() -> None:
    program = "from app import create_app; create_app()"
    done = subprocess.run(  # our own program, no outside input
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    for name in ("DATABASE_URL", "BASE_URL", "SESSION_KEY", "IDENTITY_KEYS", "INDEX_KEY", "KEYSTORE", "MAIL_URL"):
        assert f"PANEL_{name} is missing" in done.stderr, name


def test_only_the_key_store_holds_wave_keys(make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.fielding_wave(1)
    asked = db.session.scalars(select(Invitation)).one()
    key = WaveKey.of(wave.public_id)
    everything = dump()
    for derived in (key.link_mac("answer", asked.public_id, 1), key.row_id(asked.public_id), key.secret.hex()):
        assert derived not in everything
