"""Joining by letter and open sign-up, by service and by form."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from core import clock
from core.db import db
from panel import queries, wave_draws
from panel.models import Consent, Member, MemberOrigin, MemberStatus
from panel.profiles import Address, ProfileRefusedError
from panel.services import joining, one_time, recruitment
from panel.services.joining import CodeRefusedError
from tests.conftest import CheckingClient
from tests.factories.panel import BROWSER, CONSENTS
from tests.integration.panel.sign_up import filled_in, signing_up


def digits(messages: list[Any]) -> str:
    found = re.search(r"\b(\d{6})\b", messages[-1].get_body(("plain",)).get_content())
    assert found
    return found[1]


def test_drawn_person_is_in_after_confirming_the_mailbox(ready: SimpleNamespace) -> None:
    (person, *_) = ready.panel.persons(ready.panel.recruitment_round())
    member = ready.panel.drawn_member(person)
    assert (member.status, member.origin) == (MemberStatus.ACTIVE, MemberOrigin.DRAWN)
    assert member.base_weight == pytest.approx(20)
    assert member.admitted_at is not None
    assert (member.street, member.postcode) == ("Slotlaan", "3701 AB")


def test_drawn_person_is_never_put_off_by_full_seats(ready: SimpleNamespace) -> None:
    (person, *_) = ready.panel.persons(ready.panel.recruitment_round())
    ready.panel.seats(person.stratum, 0)
    assert ready.panel.drawn_member(person).status is MemberStatus.ACTIVE


def test_drawn_person_without_email_is_in_at_once_by_post(ready: SimpleNamespace) -> None:
    (person, *_) = ready.panel.persons(ready.panel.recruitment_round())
    member = ready.panel.drawn_member(person, email=None)
    assert member.status is MemberStatus.ACTIVE
    assert member.by_post


def test_code_lets_one_person_in(ready: SimpleNamespace) -> None:
    (person, *_) = ready.panel.persons(ready.panel.recruitment_round())
    code = recruitment.letter_code(person)
    ready.panel.drawn_member(person)
    with pytest.raises(CodeRefusedError, match="code-used"):
        joining.start_from_letter(code)


def test_code_of_a_round_that_is_not_out_or_closed_does_not_work(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round(sent=False)
    code = recruitment.letter_code(ready.panel.persons(made)[0])
    with pytest.raises(CodeRefusedError, match="round-over"):
        joining.start_from_letter(code)


def test_joining_without_consent_is_refused(ready: SimpleNamespace) -> None:
    (person, *_) = ready.panel.persons(ready.panel.recruitment_round())
    with pytest.raises(ProfileRefusedError) as refused:
        joining.join_from_letter(
            code=recruitment.letter_code(person), profile=ready.panel.profile(), consents=frozenset(), browser_key="b"
        )
    assert refused.value.faults == {"participate": "consent"}


def test_consent_is_kept_with_its_version(ready: SimpleNamespace) -> None:
    (person, *_) = ready.panel.persons(ready.panel.recruitment_round())
    ready.panel.drawn_member(person)
    (consent,) = db.session.scalars(db.select(Consent)).all()
    assert consent.version
    assert consent.purpose.value == "participate"


@pytest.mark.parametrize(
    "change",
    [
        {"birth_year": clock.today().year - 15},
        {"address": Address("Damrak", "1", "1012 LG", "Amsterdam")},
        {"district_code": "WK030700"},
        {"email": None},
    ],
)
def test_open_sign_up_refuses_who_may_not_join(ready: SimpleNamespace, change: dict[str, Any]) -> None:
    with pytest.raises(ProfileRefusedError):
        joining.sign_up(profile=ready.panel.profile(**change), consents=CONSENTS, browser_key="b")


def test_open_sign_up_is_no_member_before_the_address_is_proved(ready: SimpleNamespace) -> None:
    waiting = ready.panel.confirmed()
    assert waiting.status is MemberStatus.CONFIRMED
    assert wave_draws.invitable(clock.now() + timedelta(days=1), seed=1) == []


def test_code_does_not_work_in_another_browser(ready: SimpleNamespace) -> None:
    asked = joining.sign_up(profile=ready.panel.profile(), consents=CONSENTS, browser_key="mine").request
    assert asked is not None
    assert joining.confirm_email(asked.public_id, one_time.code_of(asked), "theirs").reason == "over"
    assert joining.confirm_email(asked.public_id, one_time.code_of(asked), "mine").member is not None


def test_code_does_not_work_after_ten_minutes(ready: SimpleNamespace) -> None:
    asked = joining.sign_up(profile=ready.panel.profile(), consents=CONSENTS, browser_key=BROWSER).request
    assert asked is not None
    with clock.travel(clock.now() + timedelta(minutes=10, seconds=1)):
        assert joining.confirm_email(asked.public_id, one_time.code_of(asked), BROWSER).reason == "over"


def test_two_members_may_share_a_mailbox_and_an_address(ready: SimpleNamespace) -> None:
    shared = {"email": "samen@voorbeeld.example", "address": Address("Laan", "9", "3701 AA", "Zeist")}
    ready.panel.confirmed(first_name="An", **shared)
    second = ready.panel.confirmed(first_name="Bo", **shared)
    assert second.status is MemberStatus.CONFIRMED
    assert len(queries.members_with_email(second.email_index)) == 2


def test_same_person_twice_gets_the_same_answer_and_no_second_row(ready: SimpleNamespace, outbox_run: Any) -> None:
    home = Address("Laan", "9", "3701 AA", "Zeist")
    first = ready.panel.confirmed(first_name="An", email="an@voorbeeld.example", address=home)
    again = ready.panel.profile(first_name="án", email="ander@voorbeeld.example", address=home)
    outcome = joining.sign_up(profile=again, consents=CONSENTS, browser_key=BROWSER)
    assert outcome.request is not None
    assert outcome.member is None
    assert db.session.scalar(db.select(db.func.count()).select_from(Member)) == 1
    code = one_time.code_of(outcome.request)
    assert joining.confirm_email(outcome.request.public_id, code, BROWSER).reason == "over"
    received = [(m["To"], m["Subject"]) for m in outbox_run()]
    assert (first.email, "U bent al bij ons bekend") in received
    assert "ander@voorbeeld.example" not in [to for to, _ in received]


def test_person_on_the_waiting_list_who_is_drawn_comes_in(ready: SimpleNamespace) -> None:
    (person, *_) = ready.panel.persons(ready.panel.recruitment_round())
    home = Address("Slotlaan", "1a", "3701 AB", "Zeist")
    waiting = ready.panel.self_registered(first_name="Geloot1", last_name="Voorbeeld", address=home)
    assert waiting.status is MemberStatus.WAITING
    member = ready.panel.drawn_member(person)
    assert member.status is MemberStatus.ACTIVE
    assert waiting.status is MemberStatus.LEFT


def test_letter_to_membership_in_the_browser(ready: SimpleNamespace, client: CheckingClient, outbox_run: Any) -> None:
    (person, *_) = ready.panel.persons(ready.panel.recruitment_round())
    code = recruitment.letter_code(person)
    assert code in client.get(f"/meedoen?code={code}").get_data(as_text=True)
    assert client.get("/meedoen/gegevens").status_code == 302
    assert client.post("/meedoen", data={"code": "0000-0000-0000-0000"}).status_code == 422
    assert client.post("/meedoen", data={"code": code.lower().replace("-", " ")}).location == "/meedoen/gegevens"
    page = client.get("/meedoen/gegevens").get_data(as_text=True)
    assert "Slotlaan 1a" in page
    no_consent = {k: v for k, v in filled_in().items() if k != "participate"}
    refused = client.post("/meedoen/gegevens", data=no_consent)
    assert refused.status_code == 422
    assert "Zonder deze toestemming" in refused.get_data(as_text=True)
    assert 'value="An"' in refused.get_data(as_text=True)
    assert client.post("/meedoen/gegevens", data=filled_in()).location == "/meedoen/e-mail"
    assert client.get("/meedoen/e-mail").status_code == 200
    assert client.post("/meedoen/e-mail", data={"code": "000000"}).status_code in (302, 422)
    right = digits(outbox_run())
    assert client.post("/meedoen/e-mail", data={"code": right}).location == "/meedoen/klaar"
    assert "U bent lid" in client.get("/meedoen/klaar").get_data(as_text=True)


def test_open_sign_up_in_the_browser(ready: SimpleNamespace, client: CheckingClient, outbox_run: Any) -> None:
    opened = clock.now()
    page = client.get("/aanmelden").get_data(as_text=True)
    started = re.search(r'name="started" value="([^"]+)"', page)
    assert started
    data = signing_up(started=started[1])
    quick = client.post("/aanmelden", data=data)
    assert quick.status_code == 422
    assert "erg snel" in quick.get_data(as_text=True)
    with clock.travel(opened + timedelta(seconds=20)):
        assert client.post("/aanmelden", data=data).location == "/meedoen/e-mail"
        right = digits(outbox_run())
        assert client.post("/meedoen/e-mail", data={"code": right}).status_code == 302
    assert "brievenbus" in client.get("/meedoen/klaar").get_data(as_text=True)
    member = db.session.scalars(db.select(Member)).one()
    assert member.postcode == "3701 AB"
    assert client.post("/meedoen", data={"code": joining.address_code(member)}).location == "/meedoen/klaar"
    waiting = client.get("/meedoen/klaar").get_data(as_text=True)
    assert "U staat op plaats 1 van 1." in waiting


def test_honeypot_gets_the_same_answer_and_makes_nobody(ready: SimpleNamespace, client: CheckingClient) -> None:
    answer = client.post("/aanmelden", data=signing_up(website="http://spam.example"))
    assert answer.location == "/meedoen/e-mail"
    assert db.session.scalar(db.select(db.func.count()).select_from(Member)) == 0


def test_letter_codes_are_limited_by_origin(ready: SimpleNamespace, client: CheckingClient) -> None:
    answers = [client.post("/meedoen", data={"code": "0000-0000-0000-0000"}).status_code for _ in range(32)]
    assert answers == [422] * 30 + [429] * 2


def test_unfinished_sign_ups_are_erased(ready: SimpleNamespace) -> None:
    joining.sign_up(profile=ready.panel.profile(), consents=CONSENTS, browser_key=BROWSER)
    assert joining.erase_unfinished() == 0
    with clock.travel(clock.now() + timedelta(days=3)):
        assert joining.erase_unfinished() == 1
    (member,) = db.session.scalars(db.select(Member)).all()
    assert (member.email, member.status) == (None, MemberStatus.LEFT)


def test_form_tells_at_once_what_is_empty_and_what_breaks_a_rule(
    ready: SimpleNamespace, client: CheckingClient
) -> None:
    year = str(clock.today().year - 3)
    sent = signing_up(first_name="", birth_year=year, postcode="9999 AB")
    told = client.post("/aanmelden", data=sent)
    words = told.get_data(as_text=True)
    assert told.status_code == 422
    for fault in ("Vul uw voornaam in.", "in het jaar dat u 16 wordt", "Deze postcode ligt niet in de gemeente"):
        assert fault in words
