"""Recruitment rounds: files all or nothing, gates, letters, yields, destruction."""

import io
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from core import clock
from core.db import db
from core.errors import BlockedError, ImportRefusedError, TransitionError
from core.models import Role, StoredFile
from panel import queries
from panel.models import RecruitmentRound, RoundStatus, SamplePerson
from panel.services import joining, recruitment
from tests.conftest import CheckingClient

FAULTS = [
    ({"leeftijdsklasse": "18-30"}, "leeftijdsklasse"),
    ({"wijk": "WK999999"}, "wijk"),
    ({"insluitkans": "0"}, "insluitkans"),
    ({"insluitkans": "1,5"}, "insluitkans"),
    ({"insluitkans": "nan"}, "insluitkans"),
    ({"geslacht": "q"}, "geslacht"),
    ({"postcode": "37 AB"}, "postcode"),
    ({"achternaam": ""}, "achternaam"),
    ({"nummer": "-1"}, "nummer"),
    ({"nummer": "7"}, "nummer"),
    ({"straat": "=HYPERLINK(1)"}, "straat"),
]


@pytest.mark.parametrize(("columns", "column"), FAULTS)
def test_file_with_a_fault_is_refused_whole(ready: SimpleNamespace, columns: dict[str, str], column: str) -> None:
    made = ready.panel.recruitment_round(persons=2, sent=False)
    with pytest.raises(ImportRefusedError) as refused:
        recruitment.import_sample(made, ready.panel.sample_csv(3, **columns))
    db.session.rollback()
    assert {e.column for e in refused.value.errors} == {column}
    assert refused.value.errors[0].line == 2
    assert len(ready.panel.persons(made)) == 2


def test_new_file_takes_the_place_of_the_earlier_one(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round(persons=2, sent=False)
    recruitment.import_sample(made, ready.panel.sample_csv(5))
    assert len(ready.panel.persons(made)) == 5


def test_sample_is_fixed_once_letters_are_out(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round()
    with pytest.raises(TransitionError):
        recruitment.import_sample(made, ready.panel.sample_csv(5))


def test_letters_need_settings_and_sample(make: SimpleNamespace) -> None:
    made = make.panel.recruitment_round(persons=0, sent=False)
    with pytest.raises(BlockedError) as refused:
        recruitment.send_letters(made)
    codes = [b.code for b in refused.value.blockers]
    assert "setting-controller" in codes
    assert "no-sample" in codes


@pytest.mark.parametrize("field", ["respond_by", "sample_delete_on"])
def test_dates_out_of_order_are_refused(ready: SimpleNamespace, field: str) -> None:
    today = clock.today()
    dates = {
        "letter_on": today,
        "respond_by": today + timedelta(days=3),
        "sample_delete_on": today + timedelta(days=9),
        field: today,
    }
    with pytest.raises(BlockedError) as refused:
        recruitment.create_round(name="R", **dates)
    assert field in [b.anchor for b in refused.value.blockers]


def test_second_letter_prints_the_same_code(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round()
    person = ready.panel.persons(made)[0]
    before = recruitment.letter_code(person)
    recruitment.plan_second_letter(made, clock.today() + timedelta(days=14))
    assert recruitment.letter_code(person) == before


def test_code_is_not_in_the_database(ready: SimpleNamespace) -> None:
    person = ready.panel.persons(ready.panel.recruitment_round())[0]
    code = recruitment.letter_code(person)
    stored = str([row for table in db.metadata.sorted_tables for row in db.session.execute(table.select())])
    assert person.last_name in stored
    assert code not in stored
    assert code.replace("-", "") not in stored


def test_yields_count_letters_and_joiners_by_stratum(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round(persons=4)
    first, second, *_ = ready.panel.persons(made)
    ready.panel.drawn_member(first)
    recruitment.refuse_letters(made, second.number)
    (found,) = queries.yields(made)
    assert (found.persons, found.letters, found.joined) == (4, 3, 1)
    assert found.share == pytest.approx(1 / 3)


def test_who_calls_is_found_by_the_code_in_the_letter_or_by_the_number(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round()
    other = ready.panel.recruitment_round()
    person = ready.panel.persons(made)[1]
    code = recruitment.letter_code(person)
    assert recruitment.sample_number(made, code.lower().replace("-", " ")) == person.number
    assert recruitment.sample_number(made, f" {person.number} ") == person.number
    assert recruitment.sample_number(other, code) is None
    assert recruitment.sample_number(made, "999") is None
    assert recruitment.sample_number(made, "onzin") is None


def test_who_refused_letters_gets_none_in_a_later_round(ready: SimpleNamespace) -> None:
    first = ready.panel.recruitment_round(achternaam="Eerder")
    recruitment.refuse_letters(first, 2)
    recruitment.close_round(first)
    later = ready.panel.recruitment_round(achternaam="Eerder")
    assert [p.no_more_letters for p in ready.panel.persons(later)] == [False, True, False]
    assert len(recruitment.letter_ids(later)) == 2


def test_destroying_blanks_persons_and_keeps_yields(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round()
    ready.panel.drawn_member(ready.panel.persons(made)[0])
    recruitment.close_round(made)
    assert recruitment.destroy_sample(made) == 3
    db.session.commit()
    for person in ready.panel.persons(made):
        assert (person.first_name, person.street, person.postcode, person.person_index) == (None, None, None, None)
    assert queries.round_totals(made).joined == 1


def test_running_round_is_not_destroyed(ready: SimpleNamespace) -> None:
    with pytest.raises(BlockedError):
        recruitment.destroy_sample(ready.panel.recruitment_round())


def test_samples_are_destroyed_on_their_date_without_anybody(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round()
    assert recruitment.destroy_due_samples() == 0
    with clock.travel(clock.now() + timedelta(days=181)):
        assert recruitment.destroy_due_samples() == 1
    assert made.status is RoundStatus.CLOSED
    assert made.sample_destroyed_at is not None


def test_names_are_not_readable_in_the_database(ready: SimpleNamespace) -> None:
    ready.panel.recruitment_round(achternaam="Zeldzaamnaam")
    rows = db.session.execute(db.text("select last_name, street from sample_person")).all()
    assert rows
    assert "Zeldzaamnaam" not in str(rows)


def test_clerk_takes_a_round_from_start_to_end_in_the_browser(ready: SimpleNamespace, clerk: CheckingClient) -> None:
    today = clock.today()
    form = {
        "name": "Voorjaar",
        "letter_on": today.isoformat(),
        "respond_by": (today + timedelta(days=30)).isoformat(),
        "sample_delete_on": (today + timedelta(days=180)).isoformat(),
    }
    assert clerk.get("/griffie/werving").status_code == 200
    assert clerk.get("/griffie/werving/nieuw").status_code == 200
    assert clerk.post("/griffie/werving/nieuw", data={**form, "respond_by": today.isoformat()}).status_code == 422
    url = clerk.post("/griffie/werving/nieuw", data=form).location
    refused = clerk.post(f"{url}/brieven-versturen")
    assert refused.status_code == 409
    assert "steekproefbestand" in refused.get_data(as_text=True)
    wrong = (io.BytesIO(ready.panel.sample_csv(2, wijk="WK000000")), "steekproef.csv")
    page = clerk.post(f"{url}/steekproef", data={"file": wrong})
    assert page.status_code == 422
    assert "geen wijkcode" in page.get_data(as_text=True)
    good = (io.BytesIO(ready.panel.sample_csv(2)), "steekproef.csv")
    assert clerk.post(f"{url}/steekproef", data={"file": good}).status_code == 302
    assert clerk.post(f"{url}/brieven-versturen").status_code == 302
    assert "Er moeten nog 2 brieven gemaakt worden" in clerk.get(f"{url}/brieven").get_data(as_text=True)
    second = {"on": (today + timedelta(days=14)).isoformat()}
    assert clerk.post(f"{url}/tweede-brief", data=second).status_code == 302
    assert clerk.post(f"{url}/geen-brieven", data={"number": "777"}).status_code == 302
    assert "staat niet in deze ronde" in clerk.get(url).get_data(as_text=True)
    assert clerk.post(f"{url}/geen-brieven", data={"number": "2"}).status_code == 302
    assert clerk.post(f"{url}/wissen").status_code == 409
    assert clerk.post(f"{url}/sluiten").status_code == 302
    assert clerk.post(f"{url}/wissen").status_code == 302
    found = db.session.scalars(db.select(RecruitmentRound)).one()
    assert found.status is RoundStatus.CLOSED
    assert all(p.last_name is None for p in db.session.scalars(db.select(SamplePerson)))


def test_council_member_cannot_recruit(make: SimpleNamespace, client: CheckingClient, sign_in_staff: Any) -> None:
    sign_in_staff(client, make.core.account(Role.COUNCIL_MEMBER))
    for path in ("/griffie/werving", "/griffie/panel", "/griffie/bevolking"):
        assert client.get(path).status_code == 403


def test_address_letters_are_made_once(ready: SimpleNamespace, clerk: CheckingClient, run_jobs: Any) -> None:
    waiting = ready.panel.confirmed()
    assert "1 persoon wacht" in clerk.get("/griffie/werving").get_data(as_text=True)
    assert clerk.post("/griffie/werving/adresbrieven").status_code == 302
    run_jobs()
    file = db.session.scalars(db.select(StoredFile).filter_by(owner="address-letters")).one()
    text = PdfReader(io.BytesIO(clerk.get(f"/griffie/werving/adresbrieven/{file.public_id}").data)).pages[0]
    assert joining.address_code(waiting) in text.extract_text()
    assert clerk.post("/griffie/werving/adresbrieven").status_code == 404
