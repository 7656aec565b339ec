"""The question editor, the plan, the preview and the signatures in a browser."""

import re

import pytest
from sqlalchemy import inspect, text

from core import clock
from core.db import db
from core.models import Role
from surveys.lifecycle import WaveStatus
from surveys.models import Question, SignOffKind
from surveys.questionnaire import QuestionKind
from surveys.services import design


def page(response):
    return response.get_data(as_text=True)


@pytest.fixture
def people(make):
    return make.surveys_design.cast()


@pytest.fixture
def wave(make, people):
    return make.surveys_design.complete_wave(people)


@pytest.fixture
def clerk(client, people, sign_in_staff):
    return sign_in_staff(client, people.clerk)


POSTED = {
    QuestionKind.SINGLE: {"options": "Ja\nNee"},
    QuestionKind.SEVERAL: {"options": "Bus\nFiets\nAuto", "max_choices": "2"},
    QuestionKind.MATRIX: {"items": "Het is schoon\nHet is veilig", "options": "Eens\nOneens"},
    QuestionKind.SCORE: {"low_label": "slecht", "high_label": "goed"},
    QuestionKind.NUMBER: {"minimum": "0", "maximum": "20"},
    QuestionKind.OPEN: {},
    QuestionKind.RANKING: {"options": "Bomen\nBanken\nLicht"},
    QuestionKind.BUDGET: {"options": "Bomen\nBanken\nLicht"},
}


def test_every_kind_of_question_is_added_changed_and_previewed_without_leaving_data(make, people, wave, clerk):
    here = f"/griffie/vragenlijsten/{wave.public_id}"
    central = str(wave.commission.central_questions[0].id)
    for kind, own in POSTED.items():
        assert clerk.get(f"{here}/vragen/nieuw/{kind.value}").status_code == 200
        values = {"text": f"Vraag over {kind.value}", "central_question": central, "item_key": f"k_{kind.value}", **own}
        assert clerk.post(f"{here}/vragen/nieuw/{kind.value}", data=values).status_code == 302
        assert clerk.get(f"{here}/vragen/k_{kind.value}").status_code == 200
    assert "nog niet goed" not in page(clerk.get(here))
    before = counts()
    assert clerk.get(f"{here}/voorbeeld").status_code == 200
    for number in range(1, len(POSTED) + 3):
        assert clerk.get(f"{here}/voorbeeld/{number}").status_code == 200
    assert clerk.get(f"{here}/voorbeeld/99").status_code == 404
    assert counts() == before


def counts():
    """How many rows stand in each table."""
    tables = inspect(db.engine).get_table_names()
    found = {t: db.session.execute(text(f'SELECT count(*) FROM "{t}"')).scalar() for t in tables}
    db.session.rollback()
    return found


def test_changed_question_keeps_the_values_of_its_answers(make, wave, clerk):
    here = f"/griffie/vragenlijsten/{wave.public_id}"
    central = str(wave.commission.central_questions[0].id)
    data = {"text": "Wat kiest u?", "central_question": central, "options": "Meer banken\nMeer bomen\nNiets"}
    assert clerk.post(f"{here}/vragen/v1", data=data).status_code == 302
    question = db.session.query(Question).filter_by(wave_id=wave.id, item_key="v1").one()
    assert {o["label"]: o["value"] for o in question.options} == {
        "Meer banken": "o2",
        "Meer bomen": "o1",
        "Niets": "o3",
    }


def test_condition_on_an_earlier_answer_is_kept(wave, clerk):
    here = f"/griffie/vragenlijsten/{wave.public_id}"
    central = str(wave.commission.central_questions[1].id)
    data = {"text": "Waarom?", "central_question": central, "options": "A\nB", "condition": "v1:o2"}
    assert clerk.post(f"{here}/vragen/v2", data=data).status_code == 302
    question = db.session.query(Question).filter_by(wave_id=wave.id, item_key="v2").one()
    assert question.condition == {"if": "v1", "is": ["o2"]}
    assert 'value="v1:o2" checked' in page(clerk.get(f"{here}/vragen/v2"))
    assert clerk.post(f"{here}/vragen/v1", data={**data, "condition": "v2:o1"}).status_code == 422


def test_questions_move_and_go(wave, clerk):
    here = f"/griffie/vragenlijsten/{wave.public_id}/vragen"
    assert clerk.post(f"{here}/v2/omhoog").status_code == 302
    assert [q.item_key for q in wave.questions] == ["v2", "v1"]
    assert clerk.post(f"{here}/v2/zijwaarts").status_code == 404
    assert clerk.post(f"{here}/v2/verwijderen").status_code == 302
    assert [(q.item_key, q.position) for q in wave.questions] == [("v1", 1)]
    assert clerk.post(f"{here}/v2/verwijderen").status_code == 404


def test_removing_a_question_says_first_what_it_does(wave, clerk):
    here = f"/griffie/vragenlijsten/{wave.public_id}"
    wave.questions[1].condition = {"if": "v1", "is": ["o1"]}
    db.session.commit()
    shown = page(clerk.get(f"{here}/vragen/v1/verwijderen"))
    assert "Vraag 2 hangt af van deze vraag" in shown
    assert [q.item_key for q in wave.questions] == ["v1", "v2"]
    assert "hangt af" not in page(clerk.get(f"{here}/vragen/v2/verwijderen"))
    assert f"{here}/vragen/v1/verwijderen" in page(clerk.get(here))
    assert clerk.get(f"{here}/vragen/onbekend/verwijderen").status_code == 404


def test_taken_key_and_empty_text_are_refused_at_the_field(wave, clerk):
    here = f"/griffie/vragenlijsten/{wave.public_id}/vragen/nieuw"
    central = str(wave.commission.central_questions[0].id)
    data = {"text": "X", "central_question": central, "item_key": "v1"}
    assert "Dit kenmerk bestaat al" in page(clerk.post(f"{here}/open", data=data))
    assert "Schrijf de vraag op." in page(clerk.post(f"{here}/open", data={"central_question": central}))
    assert clerk.get(f"{here}/onbekend").status_code == 404


def test_text_dates_and_plan_are_saved_through_their_pages(make, wave, clerk):
    here = f"/griffie/vragenlijsten/{wave.public_id}"
    assert clerk.get(f"{here}/tekst").status_code == 200
    text_values = {
        "title": "Het plein",
        "introduction": "Denk mee.",
        "minutes": "7",
        "opens_on": "2031-03-29",
        "opens_time": "09:00",
        "closes_on": "2031-03-31",
        "closes_time": "23:59",
    }
    assert clerk.post(f"{here}/tekst", data=text_values).status_code == 302
    assert (wave.opens_wall, wave.closes_wall) == ("2031-03-29T09:00", "2031-03-31T23:59")
    assert clock.to_amsterdam(wave.closes_at).hour == 23
    backwards = clerk.post(f"{here}/tekst", data={**text_values, "closes_on": "2031-03-01"})
    assert backwards.status_code == 422
    assert "later sluiten dan open gaan" in page(backwards)
    assert clerk.get(f"{here}/plan").status_code == 200
    bounds = {"trim_low": "0.3", "trim_high": "4", "figure_set": "drawn"}
    plan = {"variables": ["sex", "district"], "tables": ["v2:sex"], **bounds}
    assert clerk.post(f"{here}/plan", data=plan).status_code == 302
    assert wave.plan["variables"] == ["sex", "district"]
    assert wave.tables == [{"item_key": "v2", "by": "sex"}]
    assert clerk.post(f"{here}/plan", data={**plan, "variables": ["income"]}).status_code == 422


def test_colleague_signs_and_the_wave_is_made_ready(make, people, wave, client, new_client, sign_in_staff):
    here = f"/griffie/vragenlijsten/{wave.public_id}"
    sign_in_staff(client, people.clerk)
    colleague = sign_in_staff(new_client(), people.colleague)
    fingerprint = make.surveys_design.fingerprint(wave)
    assert client.post(f"{here}/klaarzetten").status_code == 409
    assert "Een ander moet ondertekenen" in page(client.post(f"{here}/ondertekenen", data={"fingerprint": fingerprint}))
    assert colleague.get(f"{here}/ondertekenen").status_code == 200
    assert colleague.post(f"{here}/ondertekenen", data={"fingerprint": "0" * 64}).status_code == 409
    assert colleague.post(f"{here}/ondertekenen", data={"fingerprint": fingerprint}).status_code == 302
    assert "Zet klaar" in page(client.get(here))
    assert client.post(f"{here}/klaarzetten").status_code == 302
    assert wave.status is WaveStatus.READY
    assert client.get(here).status_code == 200
    for path in ("/tekst", "/plan", "/vragen/v1"):
        assert client.get(f"{here}{path}").status_code == 404
    assert client.post(f"{here}/vragen/v1", data={"text": "Anders"}).status_code == 404
    assert client.post(f"{here}/terug").status_code == 302
    assert wave.status is WaveStatus.DESIGN


def link_in(messages):
    """The address in the mail to the signatory."""
    body = messages[-1].get_body(("plain",)).get_content()
    return re.search(r"https://localhost(/ondertekenen/\S+)", body).group(1)


def test_somebody_outside_signs_by_a_link_that_works_once(
    make, people, wave, client, new_client, sign_in_staff, outbox_run
):
    here = f"/griffie/vragenlijsten/{wave.public_id}"
    sign_in_staff(client, people.clerk)
    assert client.post(f"{here}/ondertekenaar", data={"name": "B. Buiten", "email": "geen adres"}).status_code == 422
    invite = {"name": "B. Buiten", "email": "buiten@voorbeeld.example"}
    assert client.post(f"{here}/ondertekenaar", data=invite).status_code == 302
    address = link_in(outbox_run())
    guest = new_client()
    for _ in range(3):
        assert guest.get(address).status_code == 200
    assert guest.get("/ondertekenen/vragenlijst").status_code == 410
    assert guest.post(address).location.endswith("/ondertekenen/vragenlijst")
    assert guest.post(address).status_code == 410
    assert new_client().get(address).status_code == 410
    shown = page(guest.get("/ondertekenen/vragenlijst"))
    assert "Meer bomen" in shown
    signed = {"name": "B. Buiten", "function": "Griffier", "agreed": "y"}
    assert guest.post("/ondertekenen/vragenlijst", data={**signed, "fingerprint": "x"}).status_code == 409
    fingerprint = make.surveys_design.fingerprint(wave)
    assert guest.post("/ondertekenen/vragenlijst", data={"fingerprint": fingerprint}).status_code == 422
    assert guest.post("/ondertekenen/vragenlijst", data={**signed, "fingerprint": fingerprint}).status_code == 302
    assert "U hebt ondertekend" in page(guest.get("/ondertekenen/vragenlijst"))
    assert [s.kind for s in wave.sign_offs] == [SignOffKind.OUTSIDE]
    assert client.post(f"{here}/klaarzetten").status_code == 302


def test_wrong_code_of_a_link_is_refused(make, people, wave, client):
    assert client.get("/ondertekenen/abc.def").status_code == 410
    assert client.post("/ondertekenen/abc.def").status_code == 404


def test_cancelling_needs_a_reason_and_becomes_public_state(wave, clerk):
    here = f"/griffie/vragenlijsten/{wave.public_id}"
    assert clerk.post(f"{here}/annuleren", data={}).status_code == 422
    assert clerk.post(f"{here}/annuleren", data={"reason": "Het besluit is uitgesteld."}).status_code == 302
    assert wave.status is WaveStatus.CANCELLED
    assert "Het besluit is uitgesteld." in page(clerk.get(here))


def test_lists_of_questionnaires_search_filter_and_export(make, wave, clerk):
    assert wave.title in page(clerk.get("/griffie/vragenlijsten", query_string={"zoek": wave.title[:12].upper()}))
    assert wave.title not in page(clerk.get("/griffie/vragenlijsten?status=closed"))
    assert wave.title in page(clerk.get("/griffie/vragenlijsten.csv"))


def test_council_members_and_analysts_cannot_edit(make, people, wave, client, sign_in_staff):
    here = f"/griffie/vragenlijsten/{wave.public_id}"
    sign_in_staff(client, people.author)
    assert client.get(here).status_code == 403
    assert client.post(f"{here}/vragen/v1", data={"text": "Anders"}).status_code == 403
    sign_in_staff(client, make.core.account(Role.ANALYST))
    assert client.get(here).status_code == 200
    assert client.get(f"{here}/plan").status_code == 200
    assert client.post(f"{here}/tekst", data={"title": "Anders"}).status_code == 403
    assert client.post(f"{here}/klaarzetten").status_code == 403


def test_wave_starts_from_the_page_of_its_commission(make, people, clerk):
    accepted = make.surveys_design.accepted(people)
    here = f"/griffie/opdrachten/{accepted.public_id}"
    assert clerk.post(f"{here}/vragenlijst", data={"title": ""}).status_code == 422
    started = clerk.post(f"{here}/vragenlijst", data={"title": "Het plein"})
    assert clerk.get(started.location).status_code == 200
    assert (
        clerk.post(
            f"/griffie/opdrachten/{make.surveys_design.advised(people).public_id}/vragenlijst", data={"title": "X"}
        ).status_code
        == 409
    )


def test_question_of_another_wave_is_not_found(make, people, wave, clerk):
    other = make.surveys_design.wave(people)
    assert clerk.get(f"/griffie/vragenlijsten/{other.public_id}/vragen/v1").status_code == 404
    with make.surveys_design.by(people.clerk):
        assert design.get_question(wave, "v1").wave_id == wave.id
