"""What changes in the life of a member: the yearly check, moving, help, another way, a death, coming back."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from core import clock
from core.db import db
from core.errors import BlockedError
from core.models import AuditEvent, Mail
from panel import queries, wave_draws
from panel.models import (
    ContactNote,
    DeathReport,
    Helper,
    HelperRole,
    LeaveReason,
    Member,
    MemberStatus,
    NoteKind,
    UpkeepRule,
)
from panel.profiles import Address, ProfileRefusedError
from panel.queries import actions
from panel.queries import upkeep as due
from panel.queries.actions import Action, ActionFilter
from panel.services import contacts, deaths, helping, joining, membership, moving, own_data, upkeep
from tests.conftest import CheckingClient

DAY = timedelta(days=1)
WHERE = Address("Nieuwe Laan", "8", "3702 AB", "Zeist")


def to_do(action: Action) -> list[int]:
    """The members with something to do."""
    return [member.id for _, member in actions.page(ActionFilter(action=action.value), 1)]


def body_of(message: Any) -> str:
    text: str = message.get_body(("plain",)).get_content()
    return text


def place(member: Member, rest: str = "") -> str:
    return f"/griffie/panel/lid/{member.public_id}{rest}"


# the yearly check


def test_one_click_checks_a_profile(member: Member, client: CheckingClient, sign_in_member: Any) -> None:
    member.profile_checked_on, member.profile_asked_on = clock.today() - 400 * DAY, clock.today() - 3 * DAY
    sign_in_member(client, member)
    assert "Alles klopt nog" in client.get("/mijn/profiel").get_data(as_text=True)
    assert client.post("/mijn/profiel/klopt").location == "/mijn"
    assert (member.profile_checked_on, member.profile_asked_on) == (clock.today(), None)


def test_profile_with_a_wijk_that_is_gone_is_not_confirmed_by_a_click(
    member: Member, client: CheckingClient, sign_in_member: Any
) -> None:
    member.district_code = "WK999999"
    sign_in_member(client, member)
    assert client.post("/mijn/profiel/klopt").location == "/mijn/profiel"
    with pytest.raises(ProfileRefusedError):
        membership.confirm_profile(member)


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [("nl", "Klopt uw profiel nog?", "Eén keer per jaar"), ("en", "Is your profile still right?", "Once a year")],
)
def test_mails_speak_the_language_of_the_member(
    language: str, subject: str, words: str, member: Member, outbox_run: Any, run_jobs: Any
) -> None:
    member.language, member.profile_checked_on = language, clock.today() - 400 * DAY
    upkeep.order(UpkeepRule.PROFILE_CHECK)
    run_jobs()
    mail = outbox_run()[-1]
    assert mail["Subject"] == subject
    assert words in body_of(mail)
    html = mail.get_body(("html",)).get_content()
    assert f'lang="{language}"' in html
    assert "/inloggen?next=" in html
    assert ("Werkt de knop niet?" in html) is (language == "nl")


def test_wake_up_mail_opens_a_page_with_one_button(
    member: Member, client: CheckingClient, outbox_run: Any, run_jobs: Any
) -> None:
    member.unanswered_in_row = member.invited_n = 5
    upkeep.order(UpkeepRule.WAKE_UP)
    run_jobs()
    text = body_of(outbox_run()[-1])
    assert "laatste 5 vragenlijsten" in text
    link = re.search(r"https://localhost(/weer-meedoen/\S+)", text)
    assert link
    with clock.travel(clock.now() + 30 * DAY):
        upkeep.order(UpkeepRule.DORMANT)
        run_jobs()
        assert member.status is MemberStatus.DORMANT
        assert client.get(link[1]).status_code == 200
        assert member.status is MemberStatus.DORMANT, "a scanner that follows the link changes nothing"
        assert "Fijn dat u blijft" in client.post(link[1]).get_data(as_text=True)
    assert (member.status, member.unanswered_in_row) == (MemberStatus.ACTIVE, 0)
    assert client.post(link[1]).status_code == 410
    assert client.post("/weer-meedoen/onbekend/sleutel").status_code == 410


# moving


def test_moving_within_takes_wijk_and_household_along(
    member: Member, client: CheckingClient, sign_in_member: Any
) -> None:
    household, stratum = member.household_index, member.stratum
    sign_in_member(client, member)
    data = {**vars(WHERE), "postcode": "3702ab", "district_code": "WK035502"}
    assert client.get("/mijn/verhuisd").status_code == 200
    assert client.post("/mijn/verhuisd", data={**data, "postcode": "1012 AB"}).status_code == 422
    assert client.post("/mijn/verhuisd", data={**data, "street": ""}).status_code == 422
    assert client.post("/mijn/verhuisd", data=data).location == "/mijn"
    assert (member.postcode, member.district_code, member.stratum) == ("3702 AB", "WK035502", stratum)
    assert member.household_index not in (None, household)
    assert queries.profile(member, clock.today())["district"] == "WK035502"


def test_one_per_household_counts_with_the_new_address(ready: SimpleNamespace, member: Member) -> None:
    other = ready.panel.member()
    soon = clock.now() + timedelta(minutes=1)
    assert len(wave_draws.invitable(soon, seed=1)) == 2
    home = Address(other.street or "", other.house_number or "", other.postcode or "", other.city or "")
    moving.move_within(member, home, other.district_code)
    (invitee,) = wave_draws.invitable(soon, seed=1)
    assert invitee.household_size == 2


def test_moving_away_is_a_kind_goodbye_with_its_reason(
    member: Member, client: CheckingClient, sign_in_member: Any, outbox_run: Any
) -> None:
    sign_in_member(client, member)
    assert client.post("/mijn/verhuisd/andere-gemeente", data={}).status_code == 422
    answer = client.post("/mijn/verhuisd/andere-gemeente", data={"sure": "y"})
    assert "Veel geluk in uw nieuwe woonplaats" in client.get(answer.location).get_data(as_text=True)
    assert member.left_reason is LeaveReason.MOVED_AWAY
    mail = outbox_run()[-1]
    assert mail["Subject"].startswith("Bedankt, en veel geluk")
    assert answer.location.rsplit("/", 1)[1] in body_of(mail)


# leaving, proof, coming back


def test_proof_is_known_by_its_hash_only(member: Member, client: CheckingClient) -> None:
    reference = membership.leave(member)
    db.session.commit()
    rows = [str(r) for r in db.session.execute(AuditEvent.__table__.select())]
    assert not any(reference in row for row in rows)
    assert client.post("/gestopt", data={"reference": reference.lower()}).location == f"/gestopt/{reference}"
    assert client.get(f"/gestopt/{reference}").status_code == 200
    assert client.get("/gestopt").status_code == 200
    assert client.post("/gestopt", data={"reference": "0000"}).status_code == 422
    assert client.get("/gestopt/ABCDEF0123456789").status_code == 404


def test_erasure_takes_contacts_helper_log_and_mails_along(ready: SimpleNamespace, member: Member) -> None:
    helping.note_contact(member, NoteKind.CALLED_US, clock.today(), "belt liever 's avonds")
    helping.set_helper(member, role=HelperRole.FILLS_IN, name="Buur", how="030", consented=True)
    number = member.id
    membership.leave(member)
    db.session.commit()
    assert db.session.scalars(db.select(ContactNote)).all() == []
    assert db.session.scalars(db.select(Helper)).all() == []
    mails = db.select(Mail).filter_by(recipient_kind="member", recipient_id=number)
    assert db.session.scalars(mails).all() == []
    detail = db.session.scalars(db.select(AuditEvent).filter_by(action="member.erased")).one().detail
    assert detail["rows"]["contact_note"] == detail["rows"]["helper"] == 1


def test_who_comes_back_is_a_new_member_and_only_one(ready: SimpleNamespace, member: Member) -> None:
    old = member.id
    profile = ready.panel.profile(first_name="An", last_name="Zeldzaam", email="an@voorbeeld.example")
    membership.leave(member)
    db.session.commit()
    again = ready.panel.member(first_name="An", last_name="Zeldzaam", email="an@voorbeeld.example")
    assert again.id != old
    assert (again.invited_n, again.status) == (0, MemberStatus.ACTIVE)
    joining.sign_up(profile=profile, consents=ready.panel.CONSENTS, browser_key="b")
    db.session.commit()
    living = db.session.scalars(db.select(Member).filter(Member.status != MemberStatus.LEFT)).all()
    assert living == [again], "who is in already is not taken in twice"


# help, post, telephone


def test_helper_needs_consent_and_stands_in_the_download(
    member: Member, client: CheckingClient, sign_in_member: Any
) -> None:
    sign_in_member(client, member)
    data = {"name": "Bo Buur", "role": "reads_along", "how": "030 000 00 00"}
    assert client.get("/mijn/hulp").status_code == 200
    assert client.post("/mijn/hulp", data=data).status_code == 422
    assert client.post("/mijn/hulp", data={**data, "consented": "y"}).location == "/mijn"
    assert own_data.export_data(member)["hulp"]["naam"] == "Bo Buur"
    assert "leest mee" in client.get("/mijn/gegevens").get_data(as_text=True)
    assert "Bo Buur" in client.get("/mijn/hulp").get_data(as_text=True)
    client.post("/mijn/hulp/weg")
    assert own_data.export_data(member)["hulp"] is None


def test_griffie_notes_a_call_that_the_member_can_read(member: Member, clerk: CheckingClient) -> None:
    assert clerk.get(place(member, "/contact")).status_code == 200
    tomorrow = (clock.today() + DAY).isoformat()
    data = {"kind": "called_us", "on": clock.today().isoformat(), "text": "liever in de avond"}
    assert clerk.post(place(member, "/contact"), data={**data, "on": tomorrow}).status_code == 422
    assert clerk.post(place(member, "/contact"), data={**data, "kind": "bounce"}).status_code == 422
    assert clerk.post(place(member, "/contact"), data=data).status_code == 302
    assert "liever in de avond" in clerk.get(place(member)).get_data(as_text=True)
    assert "liever in de avond" in [line["meer"] for line in own_data.export_data(member)["contact"]]
    stored = db.session.execute(db.text("SELECT note FROM contact_note")).scalar_one()
    assert "avond" not in stored, "what was said is encrypted"


def test_griffie_does_not_see_who_got_a_reminder(member: Member, clerk: CheckingClient) -> None:
    moment = clock.now()
    for kind in ("surveys.invitation", "surveys.reminder"):
        values = {"kind": kind, "recipient_kind": "member", "recipient_id": member.id, "payload": {}}
        db.session.add(Mail(**values, key=kind, run_at=moment, created_at=moment, sent_at=moment, state="sent"))
    db.session.commit()
    page = clerk.get(place(member)).get_data(as_text=True)
    assert "Uitnodiging voor een vragenlijst" in page
    assert "Herinnering aan een vragenlijst" not in page
    told = [line["wat"] for line in own_data.export_data(member)["contact"]]
    assert "E-mail: Herinnering aan een vragenlijst" in told


def test_telephone_and_post_are_routes_and_email_comes_back(member: Member, clerk: CheckingClient) -> None:
    where = place(member, "/bereiken")
    assert clerk.get(where).status_code == 200
    assert "telefoonnummer" in clerk.post(where, data={"channel": "phone"}).get_data(as_text=True)
    assert member.email, "refused as a whole"
    member.phone = "030 000 00 00"
    assert clerk.post(where, data={"channel": "phone"}).status_code == 302
    assert (member.by_phone, member.by_post, member.email_index) == (True, True, None)
    contacts.note_asked([member.id], "wave-1", clock.today())
    assert to_do(Action.CALL) == [member.id]
    assert str(member.id) in clerk.get("/griffie/panel/actielijst").get_data(as_text=True)
    helping.note_contact(member, NoteKind.WE_CALLED, clock.today())
    db.session.commit()
    assert to_do(Action.CALL) == []
    assert clerk.post(where, data={"channel": "email"}).status_code == 422
    assert clerk.post(where, data={"channel": "email", "email": "an@nieuw.example"}).status_code == 302
    assert (member.by_phone, member.email) == (False, "an@nieuw.example")
    assert queries.find_member_by_email("an@nieuw.example") == member


def test_failed_address_waits_on_the_action_list_and_can_be_put_back(
    member: Member, clerk: CheckingClient, run_jobs: Any
) -> None:
    member.bounces_n = 3
    upkeep.order(UpkeepRule.BOUNCED)
    run_jobs()
    assert "Bel of schrijf voor een nieuw e-mailadres." in clerk.get("/griffie/panel/actielijst").get_data(as_text=True)
    assert "an@voorbeeld.example" in clerk.get(place(member)).get_data(as_text=True)
    assert "an@voorbeeld.example" not in clerk.get("/griffie/panel/actielijst.csv").get_data(as_text=True)
    assert clerk.post(place(member, "/e-mail-werkt-weer")).status_code == 302
    assert (member.email, member.failed_email, member.bounces_n) == ("an@voorbeeld.example", None, 0)
    with pytest.raises(BlockedError):
        helping.email_works_again(member)
    db.session.rollback()


def test_shared_mailbox_fails_for_each_by_itself(ready: SimpleNamespace, member: Member, run_jobs: Any) -> None:
    other = ready.panel.member(first_name="Bo", email="an@voorbeeld.example")
    member.bounces_n = 3
    upkeep.order(UpkeepRule.BOUNCED)
    run_jobs()
    assert (member.email, other.email) == (None, "an@voorbeeld.example")
    assert queries.find_member_by_email("an@voorbeeld.example") == other


def test_profile_by_post_is_checked_by_the_griffie(member: Member, clerk: CheckingClient) -> None:
    helping.reach_by_post(member)
    member.profile_checked_on = clock.today() - 400 * DAY
    db.session.commit()
    assert due.count_due(UpkeepRule.PROFILE_CHECK) == 0
    assert to_do(Action.PROFILE) == [member.id]
    data = {
        "first_name": "An",
        "last_name": "Zeldzaam",
        "birth_year": "1960",
        "sex": "female",
        "district_code": "WK035501",
        "education": "low",
        "tenure": "owner",
    }
    assert clerk.get(place(member, "/profiel")).status_code == 200
    assert clerk.post(place(member, "/profiel"), data={**data, "birth_year": "2020"}).status_code == 422
    assert clerk.post(place(member, "/profiel"), data=data).status_code == 302
    assert to_do(Action.PROFILE) == []


def test_letter_that_came_back_asks_for_a_call_until_the_member_moved(member: Member, clerk: CheckingClient) -> None:
    helping.note_contact(member, NoteKind.LETTER_BACK, clock.today())
    db.session.commit()
    assert to_do(Action.LETTER_BACK) == [member.id]
    data = {**vars(WHERE), "district_code": "WK035502"}
    assert clerk.get(place(member, "/verhuisd")).status_code == 200
    assert clerk.post(place(member, "/verhuisd"), data={**data, "postcode": "9999"}).status_code == 422
    assert clerk.post(place(member, "/verhuisd"), data=data).status_code == 302
    assert to_do(Action.LETTER_BACK) == []


# a death


def test_griffie_notes_a_death_and_nobody_is_written_to(member: Member, clerk: CheckingClient, outbox_run: Any) -> None:
    outbox_run()
    sent = len(outbox_run())
    where = place(member, "/uitschrijven")
    assert clerk.get(where).status_code == 200
    assert clerk.post(where, data={"sure": "y"}).status_code == 422
    assert clerk.post(where, data={"why": "died"}).status_code == 422
    assert clerk.post(where, data={"why": "died", "sure": "y"}).status_code == 302
    assert (member.status, member.left_reason, member.name) == (MemberStatus.LEFT, LeaveReason.DIED, "")
    assert len(outbox_run()) == sent
    assert "overleden" in clerk.get(place(member)).get_data(as_text=True)


def told(**changes: str) -> dict[str, str]:
    known = {"first_name": "an", "last_name": "ZELDZAAM", "postcode": "3701ab", "reporter": "Kind, 030 000 00 00"}
    return {**known, **changes}


def test_relative_gets_the_same_thanks_for_a_member_and_for_a_stranger(
    member: Member, client: CheckingClient, new_client: Any
) -> None:
    assert client.get("/overleden").status_code == 200
    assert client.post("/overleden", data={}).status_code == 422
    known = client.post("/overleden", data=told(house_number=member.house_number or ""))
    unknown = new_client().post("/overleden", data=told(house_number="999"))
    assert known.location == unknown.location
    assert "sterkte" in client.get(known.location).get_data(as_text=True)
    assert member.status is MemberStatus.PAUSED
    reports = db.session.scalars(db.select(DeathReport).order_by(DeathReport.id)).all()
    assert [r.member_id for r in reports] == [member.id, None]


@pytest.mark.parametrize("outcome", ["confirmed", "dismissed"])
def test_griffie_looks_before_anything_is_erased(
    outcome: str, member: Member, clerk: CheckingClient, run_jobs: Any
) -> None:
    deaths.report(**told(house_number=member.house_number or ""))
    db.session.commit()
    with clock.travel(clock.now() + 100 * DAY):
        assert due.count_due(UpkeepRule.PAUSE_OVER) == 0, "no rule wakes who may have died"
    found = db.session.scalars(db.select(DeathReport)).one()
    assert "Past bij" in clerk.get("/griffie/panel/actielijst").get_data(as_text=True)
    data = {"report": found.public_id, "outcome": outcome}
    assert clerk.post("/griffie/panel/actielijst/overleden", data=data).status_code == 302
    expected = MemberStatus.LEFT if outcome == "confirmed" else MemberStatus.ACTIVE
    assert member.status is expected
    assert (found.person, found.reporter, found.member_id) == (None, None, None)
    assert clerk.post("/griffie/panel/actielijst/overleden", data=data).status_code == 404
    with clock.travel(clock.now() + 200 * DAY):
        deaths.delete_old()
    assert db.session.scalars(db.select(DeathReport)).all() == []
