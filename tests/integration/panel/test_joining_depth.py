"""Joining in depth: languages, a place by link, the wijk of an address, the griffie as a route, doubles."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock
from core.actor import SYSTEM, acting
from core.db import db
from core.models import Role
from panel import consents, queries
from panel.models import ConsentPurpose, DuplicateRuling, Member, MemberStatus
from panel.profiles import Address, ProfileRefusedError
from panel.queries.duplicates import possible_duplicates
from panel.services import applications, duplicates, joining, membership, recruitment, registering
from panel.services.registering import Channel
from tests.integration.panel.sign_up import filled_in, signing_up

STRATUM = "40-54|WK035501"


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_the_language_is_chosen_by_a_link_and_kept(client: FlaskClient, ready: SimpleNamespace) -> None:
    page = text(client.get("/aanmelden"))
    assert '<html lang="nl"' in page
    assert client.get("/taal/en?terug=/aanmelden").location == "/aanmelden"
    page = text(client.get("/aanmelden"))
    assert '<html lang="en"' in page
    assert "Sign up for the panel" in page
    assert "First name" in page
    assert "an owned home" in page
    assert "Become a member with a code" in text(client.get("/meedoen"))
    refused = text(client.post("/aanmelden", data=signing_up(first_name="", birth_year="2020")))
    assert "Fill in your first name." in refused
    assert "from the year in which you turn 16" in refused
    assert "<title>Error:" in refused
    client.get("/taal/nl?terug=/aanmelden")
    assert "Aanmelden voor het panel" in text(client.get("/aanmelden"))


def test_pages_that_are_not_translated_stay_wholly_dutch(client: FlaskClient, ready: SimpleNamespace) -> None:
    client.get("/taal/en")
    page = text(client.get("/panel"))
    assert '<html lang="nl"' in page
    assert "Naar de inhoud" in page


@pytest.mark.parametrize("target", ["//kwaad.example", "https://kwaad.example", "/\\kwaad.example"])
def test_choosing_a_language_leads_to_no_other_site(client: FlaskClient, target: str) -> None:
    assert client.get("/taal/en", query_string={"terug": target}).location == "/meedoen"


def test_an_unknown_language_changes_nothing(client: FlaskClient, ready: SimpleNamespace) -> None:
    client.get("/taal/xx?terug=/meedoen")
    assert '<html lang="nl"' in text(client.get("/meedoen"))


def test_who_signs_up_in_english_gets_english_mails(
    client: FlaskClient, ready: SimpleNamespace, outbox_run: Callable[[], list[Any]]
) -> None:
    client.get("/taal/en")
    client.get("/aanmelden")
    with clock.travel(clock.now()):
        token = text(client.get("/aanmelden")).split('name="started" value="')[1].split('"')[0]
    with clock.travel(clock.now() + timedelta(seconds=20)):
        answer = client.post("/aanmelden", data=signing_up(started=token))
        assert answer.status_code == 302, text(answer)
        (mail,) = outbox_run()
    assert mail["Subject"] == "Your code to confirm your e-mail address"
    assert "Use this code" in mail.get_body(("plain",)).get_content()
    assert db.session.scalars(select(Member)).one().language == "en"


def test_a_place_on_the_waiting_list_can_be_seen_by_link_without_a_name(
    client: FlaskClient, ready: SimpleNamespace, outbox_run: Callable[[], list[Any]]
) -> None:
    ready.panel.seats(STRATUM, 0)
    members = [ready.panel.self_registered() for _ in range(3)]
    mails = [mail for mail in outbox_run() if "wachtlijst" in mail["Subject"]]
    assert sorted(m["Subject"] for m in mails)[1] == "U staat op de wachtlijst: plaats 2 van 3"
    place = f"/wachtlijst/{members[1].public_id}/{joining.place_key(members[1])}"
    assert place in mails[1].get_body(("plain",)).get_content().replace("\n", "")
    page = text(client.get(place))
    assert "U staat op plaats 2 van 3." in page
    assert str(members[1].first_name) not in page
    assert client.get(f"/wachtlijst/{members[0].public_id}/{joining.place_key(members[1])}").status_code == 404


def test_who_waited_longest_is_admitted_and_hears_it(
    client: FlaskClient, ready: SimpleNamespace, outbox_run: Callable[[], list[Any]]
) -> None:
    ready.panel.seats(STRATUM, 1)
    inside, first, _second = (ready.panel.self_registered() for _ in range(3))
    outbox_run()
    with acting(SYSTEM):
        membership.leave(inside)
    db.session.commit()
    assert first.status is MemberStatus.ACTIVE
    welcomed = [m["To"] for m in outbox_run() if m["Subject"] == "Welkom bij het panel"]
    assert welcomed[-1] == first.email
    place = f"/wachtlijst/{first.public_id}/{joining.place_key(first)}"
    assert "U bent lid van het panel" in text(client.get(place))


def test_who_waits_goes_before_who_comes_when_seats_were_left_empty(ready: SimpleNamespace) -> None:
    quota = ready.panel.seats(STRATUM, 0)
    waiting = ready.panel.self_registered()
    quota.capacity = quota.seats_left = 1
    db.session.commit()
    later = ready.panel.self_registered()
    assert (waiting.status, later.status) == (MemberStatus.ACTIVE, MemberStatus.WAITING)


def test_an_address_without_a_known_wijk_asks_for_one(client: FlaskClient, ready: SimpleNamespace) -> None:
    answer = client.post("/aanmelden", data=signing_up(district_code="", postcode="9999ZZ"))
    assert answer.status_code == 422
    assert "Wij kunnen uw wijk niet vinden bij dit adres." in text(answer)


def test_the_griffie_registers_somebody_by_telephone(
    client: FlaskClient, ready: SimpleNamespace, sign_in_staff: Any
) -> None:
    office = sign_in_staff(client, ready.core.account(Role.CLERK))
    assert "Iemand inschrijven" in text(office.get("/griffie/panel/inschrijven"))
    answer = office.post("/griffie/panel/inschrijven", data=signing_up(channel="telephone", email=""))
    assert answer.status_code == 302, text(answer)
    member = db.session.scalars(select(Member)).one()
    assert (member.status, member.email) == (MemberStatus.CONFIRMED, None)
    ready.panel.seats(member.stratum, 1)
    assert joining.confirm_address(joining.address_code(member)).status is MemberStatus.ACTIVE
    again = office.post("/griffie/panel/inschrijven", data=signing_up(channel="paper", email=""))
    assert again.status_code == 422
    assert "Deze persoon is al lid" in text(again)


def test_the_griffie_types_the_code_of_a_paper_card(
    client: FlaskClient, ready: SimpleNamespace, sign_in_staff: Any
) -> None:
    (person, *_) = ready.panel.persons(ready.panel.recruitment_round())
    office = sign_in_staff(client, ready.core.account(Role.CLERK))
    bare = {k: v for k, v in filled_in(channel="paper").items() if k != "email"}
    wrong = office.post("/griffie/panel/inschrijven", data={**bare, "letter_code": "0000-0000-0000-0000"})
    assert wrong.status_code == 422
    assert "Deze code kennen we niet" in text(wrong)
    answer = office.post("/griffie/panel/inschrijven", data={**bare, "letter_code": recruitment.letter_code(person)})
    assert answer.status_code == 302, text(answer)
    member = db.session.scalars(select(Member)).one()
    assert (member.status, member.by_post, member.street) == (MemberStatus.ACTIVE, True, "Slotlaan")


def test_no_consent_no_registration(ready: SimpleNamespace) -> None:
    with acting(SYSTEM), pytest.raises(ProfileRefusedError) as refused:
        registering.register_for(
            profile=ready.panel.profile(email=None), consents=frozenset(), channel=Channel.TELEPHONE
        )
    assert refused.value.faults == {"participate": "consent"}


HOME = Address("Voorbeeldlaan", "1", "3701 AB", "Zeist")


def lookalikes(ready: SimpleNamespace) -> tuple[Member, Member]:
    one = ready.panel.member(first_name="Johanna", address=HOME)
    return one, ready.panel.member(first_name="Jo", address=HOME)


def test_doubles_are_found_by_address_mailbox_and_name(ready: SimpleNamespace) -> None:
    one, other = lookalikes(ready)
    ready.panel.member(first_name="Piet", address=HOME)
    moved = ready.panel.member(first_name="Johanna", last_name="Jansen")
    found = {(pair.first.id, pair.second.id): pair.shared for pair in possible_duplicates()}
    assert found == {(one.id, other.id): ("address",), (one.id, moved.id): ("name",)}


def test_two_people_do_not_come_back_and_the_ruling_goes_with_them(ready: SimpleNamespace) -> None:
    one, other = lookalikes(ready)
    with acting(SYSTEM):
        duplicates.are_two_people(other, one)
        assert possible_duplicates() == []
        membership.leave(one)
    db.session.commit()
    assert db.session.scalars(select(DuplicateRuling)).all() == []


def test_the_griffie_erases_the_second_membership_and_the_first_hears_it(
    client: FlaskClient, ready: SimpleNamespace, sign_in_staff: Any, outbox_run: Callable[[], list[Any]]
) -> None:
    one, other = lookalikes(ready)
    outbox_run()
    office = sign_in_staff(client, ready.core.account(Role.CLERK))
    assert "Johanna Jansen" in text(office.get("/griffie/panel/dubbel"))
    data = {"decision": "merge", "one": one.public_id, "other": other.public_id}
    assert office.post("/griffie/panel/dubbel", data=data).status_code == 302
    assert (one.status, other.status) == (MemberStatus.ACTIVE, MemberStatus.LEFT)
    told = [m["To"] for m in outbox_run() if m["Subject"] == "U stond twee keer in het panel"]
    assert told == [one.email]
    assert office.post("/griffie/panel/dubbel", data=data).status_code == 409


def test_a_changed_text_is_asked_again(ready: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    member = ready.panel.member()
    with acting(SYSTEM):
        membership.set_preferences(
            member, language="nl", newsletter=True, consents=frozenset({ConsentPurpose.TALK_FURTHER})
        )
    assert consents.outdated(member.consents) == []
    monkeypatch.setitem(consents.CONSENT_VERSIONS, ConsentPurpose.TALK_FURTHER, "2027-1")
    monkeypatch.setitem(consents.CONSENT_VERSIONS, ConsentPurpose.PARTICIPATE, "2027-1")
    assert consents.outdated(member.consents) == [ConsentPurpose.PARTICIPATE, ConsentPurpose.TALK_FURTHER]
    with acting(SYSTEM):
        membership.renew_consents(member, frozenset({ConsentPurpose.PARTICIPATE}))
    standing = [(c.purpose, c.version) for c in member.consents if c.withdrawn_at is None]
    assert standing == [(ConsentPurpose.PARTICIPATE, "2027-1")]
    assert consents.outdated(member.consents) == []


def test_a_shared_mailbox_lets_two_people_join(ready: SimpleNamespace) -> None:
    one = ready.panel.member(email="samen@voorbeeld.example")
    other = ready.panel.member(email="Samen@voorbeeld.example")
    assert queries.members_with_email(one.email_index) == [one, other]
    assert applications.find_known(ready.panel.profile(email="samen@voorbeeld.example")) is None
