"""A member's own life: sign in, correct, pause, take along, leave."""

import re
from datetime import time, timedelta
from statistics import median
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from core import audit, clock
from core.actor import Actor, acting
from core.db import db
from core.errors import BlockedError, NotPermittedError
from core.models import AuditEvent, Role, SubjectSalt
from panel import queries
from panel.models import Contact, Member, MemberStatus, SignInRequest, UpkeepRule
from panel.profiles import Address
from panel.services import contacts, membership, one_time, own_data, sign_in, upkeep
from tests.conftest import CheckingClient


def last_text(messages: list[Any]) -> str:
    text: str = messages[-1].get_body(("plain",)).get_content()
    return text


def test_signing_in_with_the_code_of_the_mail(member: Member, client: CheckingClient, outbox_run: Any) -> None:
    assert client.get("/mijn/profiel").status_code == 302
    client.get("/inloggen?next=/mijn/profiel")
    asked = client.post("/inloggen", data={"email": "AN@voorbeeld.example", "next": "/mijn/profiel"})
    assert asked.location == "/inloggen/code"
    code = re.search(r"\b\d{6}\b", last_text(outbox_run()))
    assert code
    assert client.get("/inloggen/code").status_code == 200
    assert client.post("/inloggen/code", data={"code": code[0]}).location == "/mijn/profiel"
    assert "Zeldzaam" in client.get("/mijn/profiel").get_data(as_text=True)
    assert client.post("/mijn/uitloggen").status_code == 302
    assert client.get("/mijn/profiel").status_code == 302


def test_other_sites_are_no_place_to_go_after_signing_in(
    member: Member, client: CheckingClient, outbox_run: Any
) -> None:
    client.post("/inloggen", data={"email": member.email, "next": "//kwaad.example"})
    code = re.search(r"\b\d{6}\b", last_text(outbox_run()))
    assert code
    assert client.post("/inloggen/code", data={"code": code[0]}).location == "/mijn"


def test_unknown_address_gets_the_same_answer_and_no_mail(
    member: Member, client: CheckingClient, new_client: Any, outbox_run: Any
) -> None:
    known = client.post("/inloggen", data={"email": "an@voorbeeld.example"})
    unknown = new_client().post("/inloggen", data={"email": "niemand@voorbeeld.example"})
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert "niemand@voorbeeld.example" not in [m["To"] for m in outbox_run()]


def test_unknown_address_takes_as_long(member: Member) -> None:
    times: dict[str, list[float]] = {"an@voorbeeld.example": [], "niemand@voorbeeld.example": []}
    for _ in range(30):
        for email, taken in times.items():
            start = perf_counter()
            sign_in.request_code(email, "browser")
            db.session.commit()
            taken.append(perf_counter() - start)
    known, unknown = (median(t) for t in times.values())
    assert 0.5 < known / unknown < 2


def test_five_wrong_tries_end_a_code(member: Member) -> None:
    asked = sign_in.request_code("an@voorbeeld.example", "b")
    right = one_time.code_of(asked)
    wrong = "111111" if right != "111111" else "222222"
    assert [sign_in.verify(asked.public_id, wrong, "b").reason for _ in range(5)] == ["wrong"] * 5
    assert sign_in.verify(asked.public_id, right, "b").reason == "over"


def test_code_works_once(member: Member) -> None:
    asked = sign_in.request_code("an@voorbeeld.example", "b")
    code = one_time.code_of(asked)
    assert sign_in.verify(asked.public_id, code, "b").members == [member]
    assert sign_in.verify(asked.public_id, code, "b").reason == "over"


def test_code_is_not_stored(member: Member) -> None:
    asked = sign_in.request_code("an@voorbeeld.example", "b")
    db.session.commit()
    stored = [row for table in db.metadata.sorted_tables for row in db.session.execute(table.select())]
    assert asked.public_id in str(stored)
    assert not re.search(rf"\b{one_time.code_of(asked)}\b", str(stored))


def test_link_opened_by_a_scanner_changes_nothing_and_works_in_the_asking_browser_only(
    member: Member, client: CheckingClient, new_client: Any, outbox_run: Any
) -> None:
    client.post("/inloggen", data={"email": "an@voorbeeld.example"})
    link = re.search(r"https://localhost(/code/\S+)", last_text(outbox_run()))
    assert link
    for _ in range(5):
        page = new_client().get(link[1]).get_data(as_text=True)
        assert "Alleen daar werkt de code" in page
    mine = client.get(link[1]).get_data(as_text=True)
    code = re.search(r'name="code" value="(\d{6})"', mine)
    assert code
    assert new_client().post("/inloggen/code", data={"code": code[1]}).status_code == 422
    assert client.post("/inloggen/code", data={"code": code[1]}).status_code == 302
    assert client.get(link[1]).status_code == 410
    assert client.get("/code/onbekend/sleutel").status_code == 404


def test_two_members_of_one_mailbox_choose_by_first_name(
    ready: SimpleNamespace, member: Member, client: CheckingClient, outbox_run: Any
) -> None:
    ready.panel.member(first_name="Bo", email="an@voorbeeld.example")
    client.post("/inloggen", data={"email": "an@voorbeeld.example"})
    code = re.search(r"\b\d{6}\b", last_text(outbox_run()))
    assert code
    assert client.post("/inloggen/code", data={"code": code[0]}).location == "/inloggen/wie"
    page = client.get("/inloggen/wie").get_data(as_text=True)
    assert "An" in page
    assert "Bo" in page
    assert client.post("/inloggen/wie", data={"member": "iemand-anders"}).location == "/inloggen"
    assert client.post("/inloggen/wie", data={"member": member.public_id}).location == "/mijn"
    assert client.get("/inloggen/wie").status_code == 302


def test_mail_requests_are_limited_per_mailbox(client: CheckingClient, app: Flask) -> None:
    answers = [client.post("/inloggen", data={"email": "an@voorbeeld.example"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


def test_profile_is_checked_and_stratum_stays(member: Member, client: CheckingClient, sign_in_member: Any) -> None:
    stratum = member.stratum
    sign_in_member(client, member)
    data = {
        "first_name": "An",
        "last_name": "Anders",
        "birth_year": "1950",
        "sex": "other",
        "district_code": "WK035503",
        "education": "low",
        "tenure": "owner",
    }
    assert client.post("/mijn/profiel", data={**data, "birth_year": "2015"}).status_code == 422
    assert client.post("/mijn/profiel", data=data).location == "/mijn"
    assert queries.profile(member, clock.today()) == {
        "sex": "other",
        "age": "75+",
        "district": "WK035503",
        "education": "outside_75_plus",
        "tenure": "owner",
    }
    assert member.stratum == stratum
    assert member.profile_checked_on == clock.today()


def test_pause_ends_by_itself(member: Member, client: CheckingClient, sign_in_member: Any, run_jobs: Any) -> None:
    sign_in_member(client, member)
    assert client.post("/mijn/pauze", data={"until": clock.today().isoformat()}).status_code == 422
    assert client.post("/mijn/pauze", data={"until": ""}).status_code == 422
    until = clock.today() + timedelta(days=20)
    assert client.post("/mijn/pauze", data={"until": until.isoformat()}).location == "/mijn"
    assert member.status is MemberStatus.PAUSED
    assert client.get("/mijn/pauze").status_code == 200
    with clock.travel(clock.at_amsterdam(until, time(23))):
        assert upkeep.order(UpkeepRule.PAUSE_OVER) is None, "the last day belongs to the pause"
    with clock.travel(clock.at_amsterdam(until + timedelta(days=1), time(1))):
        assert upkeep.order(UpkeepRule.PAUSE_OVER)
        run_jobs()
    assert member.status is MemberStatus.ACTIVE


def test_member_comes_back_early(member: Member, client: CheckingClient, sign_in_member: Any) -> None:
    membership.pause(member, clock.today() + timedelta(days=20))
    sign_in_member(client, member)
    client.post("/mijn/pauze/stoppen")
    assert member.status is MemberStatus.ACTIVE


def test_mailbox_changes_only_after_the_code(
    member: Member, client: CheckingClient, sign_in_member: Any, outbox_run: Any
) -> None:
    sign_in_member(client, member)
    assert client.get("/mijn/e-mailadres").status_code == 200
    client.post("/mijn/e-mailadres", data={"email": "nieuw@voorbeeld.example"})
    assert member.email == "an@voorbeeld.example"
    messages = outbox_run()
    assert messages[-1]["To"] == "nieuw@voorbeeld.example"
    code = re.search(r"\b\d{6}\b", last_text(messages))
    assert code
    assert client.get("/mijn/e-mailadres/code").status_code == 200
    assert client.post("/mijn/e-mailadres/code", data={"code": code[0]}).location == "/mijn"
    assert member.email == "nieuw@voorbeeld.example"
    assert queries.find_member_by_email("NIEUW@voorbeeld.example") == member


def test_preferences_and_consents(member: Member, client: CheckingClient, sign_in_member: Any) -> None:
    sign_in_member(client, member)
    assert client.get("/mijn/voorkeuren").status_code == 200
    client.post("/mijn/voorkeuren", data={"language": "en", "link_waves": "y"})
    assert (member.language, member.newsletter) == ("en", False)
    standing = {c.purpose.value for c in member.consents if c.withdrawn_at is None}
    assert standing == {"participate", "link_waves"}
    client.post("/mijn/voorkeuren", data={"language": "nl", "newsletter": "y"})
    assert {c.purpose.value for c in member.consents if c.withdrawn_at is None} == {"participate"}


def test_data_can_be_read_and_taken_along(member: Member, client: CheckingClient, sign_in_member: Any) -> None:
    contacts.note_asked([member.id], "wave-1", clock.today())
    sign_in_member(client, member)
    page = client.get("/mijn/gegevens").get_data(as_text=True)
    assert "Zeldzaam" in page
    assert "actief" in page
    for code in ("active", member.district_code, "participate", "wave-1", "+00:00", ">True<"):
        assert code not in page, "the page is for people: words, not codes"
    data = client.get("/mijn/gegevens.json").get_json()
    assert data["e-mailadres"] == "an@voorbeeld.example"
    assert data["gevraagd voor"] == [{"vragenlijst": "wave-1", "op": clock.today().isoformat()}]


def test_leaving_blanks_everything_and_proves_it(
    member: Member, client: CheckingClient, sign_in_member: Any, outbox_run: Any
) -> None:
    number = member.id
    reference = audit.subject_ref("member", number)
    contacts.note_asked([number], "wave-1", clock.today())
    sign_in_member(client, member)
    assert client.post("/mijn/verlaten", data={}).status_code == 422
    answer = client.post("/mijn/verlaten", data={"sure": "y"})
    assert "bewijsnummer" in client.get(answer.location).get_data(as_text=True)
    assert client.get("/mijn/profiel").status_code == 302
    assert (member.id, member.status) == (number, MemberStatus.LEFT)
    assert {getattr(member, name) for name in membership.PERSONAL} == {None}
    assert db.session.scalars(db.select(Contact)).all() == []
    assert db.session.get(SubjectSalt, f"member:{number}") is None
    assert db.session.scalars(db.select(AuditEvent).filter_by(object_ref=reference)).first()
    proof = last_text(outbox_run())
    assert answer.location.rsplit("/", 1)[1] in proof
    with clock.travel(clock.now() + timedelta(days=3)):
        membership.delete_farewells()
    rows = [str(r) for t in db.metadata.sorted_tables for r in db.session.execute(t.select())]
    assert not any("an@voorbeeld.example" in row for row in rows)


def test_member_may_not_touch_another(ready: SimpleNamespace, member: Member) -> None:
    other = ready.panel.member()
    with acting(Actor(kind="member", ref="x", member_id=other.id)):
        for act in (membership.leave, own_data.export_data, membership.resume):
            with pytest.raises(NotPermittedError):
                act(member)


def test_pause_of_who_waits_is_refused_whole(ready: SimpleNamespace) -> None:
    waiting = ready.panel.confirmed()
    with pytest.raises(Exception, match="no-such-step"):
        membership.pause(waiting, clock.today() + timedelta(days=5))
    db.session.rollback()
    assert waiting.paused_until is None


def test_closing_a_wave_folds_into_counters(ready: SimpleNamespace) -> None:
    first, second = ready.panel.member(), ready.panel.member()
    numbers = {first.id, second.id}
    assert contacts.note_asked(numbers, "w1", clock.today()) == 2
    assert contacts.note_asked(numbers, "w1", clock.today()) == 0
    contacts.fold("w1", numbers, {first.id}, clock.today())
    assert (first.invited_n, first.answered_n, first.unanswered_in_row) == (1, 1, 0)
    assert (second.invited_n, second.answered_n, second.unanswered_in_row) == (1, 0, 1)


def test_clerk_finds_a_member_by_exact_search_only(
    ready: SimpleNamespace, member: Member, client: CheckingClient, sign_in_staff: Any
) -> None:
    member.street = "Laan"
    ready.panel.member(last_name="Anders", address=Address("Laan", "77b", "3701 ZZ", "Zeist"))
    sign_in_staff(client, ready.core.account(Role.CLERK))
    for text in ("an@voorbeeld.example", "zeldzaam", str(member.id)):
        page = client.get(f"/griffie/panel?zoek={text}").get_data(as_text=True)
        assert "An Zeldzaam" in page
        assert "Anders" not in page
    assert "Anders" in client.get("/griffie/panel?zoek=3701zz+77B").get_data(as_text=True)
    assert "geen leden" in client.get("/griffie/panel?zoek=zeldz").get_data(as_text=True)
    assert "An Zeldzaam" not in client.get("/griffie/panel?herkomst=drawn").get_data(as_text=True)


def test_looking_at_members_is_in_the_log(
    ready: SimpleNamespace, member: Member, client: CheckingClient, sign_in_staff: Any
) -> None:
    sign_in_staff(client, ready.core.account(Role.CLERK))
    page = client.get(f"/griffie/panel/lid/{member.public_id}").get_data(as_text=True)
    assert "an@voorbeeld.example" in page
    file = client.get("/griffie/panel/leden.csv").get_data(as_text=True)
    assert "Zeldzaam" not in file
    assert file.count("\n") == 2
    actions = set(db.session.scalars(db.select(AuditEvent.action)))
    assert {"member.view", "member.export"} <= actions
    assert client.get("/griffie/panel/lid/bestaat-niet").status_code == 404


def test_old_requests_are_deleted(member: Member) -> None:
    sign_in.request_code("an@voorbeeld.example", "b")
    with clock.travel(clock.now() + timedelta(days=2)):
        one_time.delete_old()
    left = db.session.scalars(db.select(SignInRequest).filter_by(purpose="sign_in")).all()
    assert left == []


def test_blocked_pause_changes_nothing(member: Member) -> None:
    with pytest.raises(BlockedError):
        membership.pause(member, clock.today())
    db.session.rollback()
    assert member.status is MemberStatus.ACTIVE
