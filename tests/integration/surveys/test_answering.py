"""Answering: two taps to the first question, every page kept, nothing lost between windows, closed is closed."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core import clock
from core.db import db
from core.models import ServerSession
from surveys.models import DayCounter, Invitation, SealedResponse, Wave
from surveys.services import answering, fielding, opening
from surveys.services.answering import AlreadySentError, ClosedError

EVERY = {
    "single": {"single": "a"},
    "several": {"several": ["a", "c"]},
    "matrix": {"matrix.safe": "yes", "matrix.clean": "no", "matrix.green": "dont_know", "matrix.quiet": "prefer_not"},
    "score": {"score": "7"},
    "number": {"number": "3,5"},
    "open": {"open": "Meer bomen graag."},
    "ranking": {"ranking.a": "2", "ranking.b": "3", "ranking.c": "1"},
    "budget": {"budget.a": "60", "budget.b": "40"},
}
STORED = {
    "single": "a",
    "several": ["a", "c"],
    "matrix": {
        "safe": "yes",
        "clean": "no",
        "green": {"missing": "dont_know"},
        "quiet": {"missing": "refused"},
    },
    "score": 7,
    "number": 3.5,
    "open": "Meer bomen graag.",
    "ranking": ["c", "a", "b"],
    "budget": {"a": 60, "b": 40},
}


def begin(client: FlaskClient, token: str) -> Any:
    return client.post(f"/v/{token}", follow_redirects=True)


def post(client: FlaskClient, key: str, data: dict[str, Any], **more: Any) -> Any:
    return client.post(f"/invullen/vraag/{key}", data={"versie": "99", **data}, **more)


def document_of(make: SimpleNamespace, invitation: Invitation) -> Any:
    return answering.load(make.surveys_fieldwork.taking_of(invitation)).document


@pytest.fixture
def wave(make: SimpleNamespace) -> Wave:
    found: Wave = make.surveys_fieldwork.fielding_wave(3)
    return found


def test_first_screen_tells_what_one_should_know_and_writes_nothing(
    client: FlaskClient, make: SimpleNamespace, wave: Wave
) -> None:
    invitation = make.surveys_fieldwork.invitations(wave)[0]
    page = client.get(f"/v/{make.surveys_fieldwork.token(wave, invitation)}")
    text = page.get_data(as_text=True)
    for words in (
        "5 minuten",
        "Inrichting van het plein",
        "De bomen blijven staan",
        "meedenken",
        "030 000 00 01",
        "Uw naam staat niet bij uw antwoorden. Na sluiting is de koppeling weg.",
        "Beginnen",
    ):
        assert words in text
    assert page.headers["Cache-Control"] == "no-store"
    assert db.session.scalar(select(func.count()).select_from(SealedResponse)) == 0
    assert db.session.scalar(select(func.count()).select_from(ServerSession)) == 0


def test_a_whole_questionnaire_of_every_kind_is_stored_as_answered(client: FlaskClient, make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.fielding_wave(1, questions=make.surveys_fieldwork.questionnaire("every_kind"))
    invitation = make.surveys_fieldwork.invitations(wave)[0]
    page = begin(client, make.surveys_fieldwork.token(wave, invitation))
    assert page.request.path == "/invullen/vraag/single"
    for key, data in EVERY.items():
        page = post(client, key, data, follow_redirects=True)
        assert page.status_code == 200, key
    assert page.request.path == "/invullen/controle"
    assert "Het plein is groen: Weet ik niet" in page.get_data(as_text=True)
    page = client.post("/invullen/verzenden", follow_redirects=True)
    text = page.get_data(as_text=True)
    assert page.request.path == "/invullen/klaar"
    assert "15 januari 2030" in text
    assert "15 maart 2030" in text
    assert "Meer bomen graag" not in text
    document = document_of(make, invitation)
    assert document.draft is None
    assert document.sent.answers == STORED
    db.session.refresh(invitation)
    assert invitation.answered
    assert db.session.scalars(select(DayCounter.sent)).one() == 1


@pytest.mark.parametrize(("key", "data"), list(EVERY.items()))
def test_each_kind_comes_back_filled_and_empty_gives_an_error_that_leads_to_its_input(
    client: FlaskClient, make: SimpleNamespace, key: str, data: dict[str, Any]
) -> None:
    questions = [q for q in make.surveys_fieldwork.questionnaire("every_kind") if q.item_key == key]
    wave = make.surveys_fieldwork.fielding_wave(1, questions=tuple(questions))
    begin(client, make.surveys_fieldwork.token(wave, make.surveys_fieldwork.invitations(wave)[0]))
    wrong = post(client, key, {})
    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert "<title>Fout: " in text
    for anchor in re.findall(r'href="#([^"]+)"', text):
        assert f'id="{anchor}"' in text
    post(client, key, data)
    again = client.get(f"/invullen/vraag/{key}").get_data(as_text=True)
    given = [v for values in data.values() for v in (values if isinstance(values, list) else [values])]
    assert all(f'value="{v}"' in again or v in again for v in given)
    unknown = "prefer_not" if key in ("single", "several", "score") else None
    if unknown:
        assert post(client, key, {key: unknown}).status_code == 302


def test_routing_follows_the_answers_and_the_count_with_it(
    client: FlaskClient, make: SimpleNamespace, wave: Wave
) -> None:
    page = begin(client, make.surveys_fieldwork.token(wave, make.surveys_fieldwork.invitations(wave)[0]))
    assert "Vraag 1 van ongeveer 2" in page.get_data(as_text=True)
    page = post(client, "use", {"use": "never"}, follow_redirects=True)
    assert page.request.path == "/invullen/vraag/why_not"
    assert "Vraag 2 van ongeveer 3" in page.get_data(as_text=True)
    post(client, "why_not", {"why_not": "Te druk"})
    post(client, "use", {"use": "often"})
    page = post(client, "mark", {"mark": "8"}, follow_redirects=True)
    assert "Te druk" not in page.get_data(as_text=True)
    client.post("/invullen/verzenden")
    sent = document_of(make, make.surveys_fieldwork.invitations(wave)[0]).sent
    assert sent.answers == {"use": "often", "why_not": {"missing": "not_shown"}, "mark": 8}


def test_a_later_page_cannot_be_reached_by_its_address(client: FlaskClient, make: SimpleNamespace, wave: Wave) -> None:
    begin(client, make.surveys_fieldwork.token(wave, make.surveys_fieldwork.invitations(wave)[0]))
    page = client.get("/invullen/vraag/mark", follow_redirects=True)
    assert page.request.path == "/invullen/vraag/use"
    assert client.get("/invullen/vraag/nothing", follow_redirects=True).request.path == "/invullen/vraag/use"


def test_previous_and_later_lose_nothing_and_refuse_nothing(
    client: FlaskClient, new_client: Callable[[], FlaskClient], make: SimpleNamespace
) -> None:
    questions = make.surveys_fieldwork.questionnaire("every_kind")
    wave = make.surveys_fieldwork.fielding_wave(1, questions=(questions[0], questions[7]))
    token = make.surveys_fieldwork.token(wave, make.surveys_fieldwork.invitations(wave)[0])
    begin(client, token)
    post(client, "single", {"single": "b"})
    back = post(client, "budget", {"budget.a": "30", "actie": "vorige"}, follow_redirects=True)
    assert back.request.path == "/invullen/vraag/single"
    assert 'value="30"' in client.get("/invullen/vraag/budget").get_data(as_text=True)
    kept = post(client, "budget", {"budget.a": "35", "actie": "later"}, follow_redirects=True)
    assert kept.request.path == "/invullen/bewaard"
    assert client.get("/invullen").status_code == 410
    other = new_client()
    resumed = begin(other, token)
    assert resumed.request.path == "/invullen/vraag/budget"
    assert "U gaat verder waar u gebleven was" in resumed.get_data(as_text=True)
    assert 'value="35"' in resumed.get_data(as_text=True)


def test_change_from_the_check_page_leads_back_to_it(client: FlaskClient, make: SimpleNamespace, wave: Wave) -> None:
    begin(client, make.surveys_fieldwork.token(wave, make.surveys_fieldwork.invitations(wave)[0]))
    post(client, "use", {"use": "often"})
    post(client, "mark", {"mark": "8"})
    change = client.get("/invullen/vraag/use?controle=1").get_data(as_text=True)
    assert 'name="controle" value="1"' in change
    back = post(client, "use", {"use": "seldom", "controle": "1"}, follow_redirects=True)
    assert back.request.path == "/invullen/controle"
    opened = post(client, "use", {"use": "never", "controle": "1"}, follow_redirects=True)
    assert opened.request.path == "/invullen/vraag/why_not"
    early = client.post("/invullen/verzenden", follow_redirects=True)
    assert early.request.path == "/invullen/vraag/why_not"
    assert "nog niet ingevuld" in early.get_data(as_text=True)


def test_a_sent_answer_is_never_shown_only_replaced(client: FlaskClient, make: SimpleNamespace, wave: Wave) -> None:
    invitation = make.surveys_fieldwork.invitations(wave)[0]
    token = make.surveys_fieldwork.token(wave, invitation)
    secret = {"use": {"use": ["never"]}, "why_not": {"why_not": ["Geheime reden"]}, "mark": {"mark": ["2"]}}
    make.surveys_fieldwork.answer(invitation, secret)
    pages = [client.get(f"/v/{token}"), begin(client, token)]
    pages += [client.get(f"/invullen{p}", follow_redirects=True) for p in ("", "/controle", "/vraag/why_not", "/klaar")]
    assert pages[1].request.path == "/invullen/klaar"
    assert not any("Geheime reden" in p.get_data(as_text=True) for p in pages)
    fresh = client.post("/invullen/opnieuw", follow_redirects=True)
    assert fresh.request.path == "/invullen/vraag/use"
    assert "checked" not in fresh.get_data(as_text=True)
    assert document_of(make, invitation).sent.answers["mark"] == 2
    post(client, "use", {"use": "often"})
    post(client, "mark", {"mark": "9"})
    client.post("/invullen/verzenden")
    assert document_of(make, invitation).sent.answers == {
        "use": "often",
        "why_not": {"missing": "not_shown"},
        "mark": 9,
    }
    assert db.session.scalars(select(DayCounter.sent)).one() == 1


def test_withdrawing_leaves_nothing_and_ends_the_session(
    client: FlaskClient, make: SimpleNamespace, wave: Wave
) -> None:
    invitation = make.surveys_fieldwork.invitations(wave)[0]
    make.surveys_fieldwork.answer(invitation, {"use": {"use": ["often"]}, "mark": {"mark": ["2"]}})
    begin(client, make.surveys_fieldwork.token(wave, invitation))
    assert client.get("/invullen/intrekken").status_code == 200
    page = client.post("/invullen/intrekken", follow_redirects=True)
    assert "geen antwoorden van u" in page.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(SealedResponse)) == 0
    db.session.refresh(invitation)
    assert not invitation.answered
    assert client.get("/invullen").status_code == 410


def test_two_windows_on_different_pages_lose_nothing(client: FlaskClient, make: SimpleNamespace, wave: Wave) -> None:
    invitation = make.surveys_fieldwork.invitations(wave)[0]
    begin(client, make.surveys_fieldwork.token(wave, invitation))
    post(client, "use", {"use": "never", "versie": "1"})
    post(client, "why_not", {"why_not": "Te ver", "versie": "2"})
    old = post(client, "use", {"use": "never", "versie": "1"}, follow_redirects=True)
    assert "ander venster" not in old.get_data(as_text=True)
    other = post(client, "use", {"use": "seldom", "versie": "1"}, follow_redirects=True)
    assert "ander venster" in other.get_data(as_text=True)
    draft = document_of(make, invitation).draft
    assert draft.answers == {"use": "seldom", "why_not": "Te ver"}


def test_a_page_of_an_old_window_after_sending_changes_nothing_and_says_so(
    client: FlaskClient, make: SimpleNamespace, wave: Wave
) -> None:
    invitation = make.surveys_fieldwork.invitations(wave)[0]
    begin(client, make.surveys_fieldwork.token(wave, invitation))
    post(client, "use", {"use": "often"})
    post(client, "mark", {"mark": "8"})
    client.post("/invullen/verzenden")
    late = post(client, "mark", {"mark": "1"}, follow_redirects=True)
    assert late.request.path == "/invullen/klaar"
    assert "al verstuurd" in late.get_data(as_text=True)
    assert document_of(make, invitation).sent.answers["mark"] == 8


def test_nobody_starts_after_closing_but_an_open_page_is_still_saved(
    client: FlaskClient, make: SimpleNamespace, wave: Wave
) -> None:
    first, second = make.surveys_fieldwork.invitations(wave)[:2]
    begin(client, make.surveys_fieldwork.token(wave, first))
    after = wave.closes_at + timedelta(minutes=10)
    taken = make.surveys_fieldwork.taking_of(first)
    with clock.travel(after):
        late = client.get(f"/v/{make.surveys_fieldwork.token(wave, second)}")
        assert late.status_code == 410
        assert "gesloten" in late.get_data(as_text=True)
        with pytest.raises(ClosedError):
            answering.start(make.surveys_fieldwork.taking_of(second))
        answering.save_page(taken, "use", {"use": ["often"]}, seen_revision=1)
        db.session.commit()
    with clock.travel(wave.closes_at + timedelta(minutes=31)):
        assert [s.split(":")[0] for s in opening.advance()] == ["closed-online"]
        db.session.commit()
        with pytest.raises(ClosedError):
            answering.save_page(taken, "mark", {"mark": ["1"]}, seen_revision=2)
        db.session.rollback()
        with pytest.raises(ClosedError):
            answering.withdraw(make.surveys_fieldwork.taking_of(first))
    assert document_of(make, first).draft.answers == {"use": "often"}


def test_a_page_after_the_wave_left_the_field_is_refused_in_plain_words(
    client: FlaskClient, make: SimpleNamespace, wave: Wave
) -> None:
    begin(client, make.surveys_fieldwork.token(wave, make.surveys_fieldwork.invitations(wave)[0]))
    fielding.close_online(wave)
    db.session.commit()
    late = post(client, "use", {"use": "often"})
    assert late.status_code == 410
    assert "Deze vragenlijst is gesloten" in late.get_data(as_text=True)


@pytest.mark.parametrize("change", ["x", "", "0", "mac", "other", "version"])
def test_a_wrong_link_opens_nothing(client: FlaskClient, make: SimpleNamespace, wave: Wave, change: str) -> None:
    one, two = make.surveys_fieldwork.invitations(wave)[:2]
    good = make.surveys_fieldwork.token(wave, one)
    public_id, version, mac = good.split(".")
    token = {
        "x": good + "x",
        "": f"{public_id}.{version}.",
        "0": f"{public_id}.{version}.{'0' * 32}",
        "mac": f"{two.public_id}.{version}.{mac}",
        "other": make.surveys_fieldwork.token(wave, one, "unsubscribe"),
        "version": f"{public_id}.2.{mac}",
    }[change]
    assert client.get(f"/v/{token}").status_code == 404
    assert client.post(f"/v/{token}").status_code == 404


def test_a_link_of_one_wave_gives_nothing_on_another(client: FlaskClient, make: SimpleNamespace, wave: Wave) -> None:
    other = make.surveys_fieldwork.ready_wave()
    opening.open_wave(other)
    db.session.commit()
    mine = make.surveys_fieldwork.invitations(wave)[0]
    theirs = make.surveys_fieldwork.invitations(other)[0]
    mac = make.surveys_fieldwork.token(wave, mine).split(".")[2]
    assert client.get(f"/v/{theirs.public_id}.1.{mac}").status_code == 404


def test_unsubscribing_is_one_click_and_can_be_repeated(client: FlaskClient, make: SimpleNamespace, wave: Wave) -> None:
    invitation = make.surveys_fieldwork.invitations(wave)[0]
    address = f"/afmelden/{make.surveys_fieldwork.token(wave, invitation, 'unsubscribe')}"
    assert client.get(address).status_code == 200
    assert not db.session.get_one(Invitation, invitation.id).opted_out
    client.csrf = False  # type: ignore[attr-defined]  # a mail program has no form
    for _ in range(2):
        page = client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert page.status_code == 200
    assert db.session.get_one(Invitation, invitation.id).opted_out
    assert client.get(f"/afmelden/{make.surveys_fieldwork.token(wave, invitation)}").status_code == 404


def test_answering_under_a_lost_revision_raises_for_sent_answers(make: SimpleNamespace, wave: Wave) -> None:
    invitation = make.surveys_fieldwork.invitations(wave)[0]
    make.surveys_fieldwork.answer(invitation, {"use": {"use": ["often"]}, "mark": {"mark": ["2"]}})
    with pytest.raises(AlreadySentError):
        answering.save_page(make.surveys_fieldwork.taking_of(invitation), "use", {"use": ["never"]}, seen_revision=1)
