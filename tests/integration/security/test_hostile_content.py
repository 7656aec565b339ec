"""What people and files can carry in: markup, formulas, odd encodings, numbers without end, lines in headers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock, csv_out, outbox
from core.db import db
from core.models import Role
from core.outbox import MailContent, Recipient
from feedback.models import Finding, Publication
from panel.models import Member, SamplePerson
from surveys.models import Commission, SurveyResponse, Wave
from surveys.questionnaire import QuestionKind, QuestionSpec
from tests.integration.security.world import STAFF, World, enter, routes

BAD = "<script>alert(1)</script><img/src=x/onerror=alert(2)>\" autofocus/onfocus=alert(3)//'{{7*7}}"
SignIn = Callable[[FlaskClient, Any], FlaskClient]


def markup_of_others(page: str) -> list[str]:
    """What of the payload a browser would carry out."""
    document = html5lib.HTMLParser(namespaceHTMLElements=False).parse(page)
    found = [e.tag for e in document.iter("script") if not e.get("src")]
    found += [e.tag for e in document.iter("img") if e.get("src") == "x"]
    found += [f"{e.tag} {name}" for e in document.iter() for name in e.attrib if name.startswith(("on", "autofocus/"))]
    return found + ["template"] * ("//'49" in page or "//&#39;49" in page)


def poison(world: World) -> None:
    """Put markup in every text that people can type, as stored rows."""
    for member in (world.member, world.other_member):
        member.first_name = member.last_name = member.street = BAD
    _poison_agreement(world.commission)
    for wave in (world.design, world.fielding):
        wave.title = wave.introduction = BAD
    for question in world.design.questions:
        question.text = question.hint = BAD
    world.round.name = BAD
    for person in db.session.scalars(select(SamplePerson)):
        person.first_name = person.last_name = BAD
    for account in world.accounts.values():
        account.name = BAD
    _poison_results(world.publication)
    db.session.commit()


def _poison_agreement(commission: Commission) -> None:
    commission.title = commission.goal = commission.activity = commission.contact_name = BAD
    commission.accepted_document = _poisoned(commission.accepted_document)
    for central in commission.central_questions:
        central.text = BAD
    for anchor in commission.anchor_points:
        anchor.text = BAD
    for stakeholder in commission.stakeholders:
        stakeholder.name = stakeholder.interest = BAD


def _poison_results(publication: Publication) -> None:
    wave = db.session.get_one(Wave, publication.wave_id)
    wave.title = BAD
    # a finding cannot be changed (the database refuses it), so one is added
    told = {"sentence": BAD, "not_concluded": BAD, "base_text": BAD, "author_name": BAD, "item_key": "poisoned"}
    db.session.add(Finding(publication_id=publication.id, position=99, created_at=clock.now(), **told))
    for response in db.session.scalars(select(SurveyResponse)):
        response.answers = {**response.answers, "open": BAD}


def _poisoned(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: _poisoned(value) for key, value in document.items()}
    if isinstance(document, list):
        return [_poisoned(value) for value in document]
    is_text = isinstance(document, str) and " " in document
    return BAD if is_text else document


def test_markup_in_any_text_is_shown_as_text(app: Flask, client: FlaskClient, world: World) -> None:
    addresses = [url for _, method, url in routes(app, world) if method == "GET"]
    poison(world)
    alive, seen = [], 0
    for kind in (None, "member", "invitation", "outside", *STAFF):
        enter(client, world.session(kind) if kind else None)
        for url in addresses:
            answer = client.get(url)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            seen += "&lt;script&gt;alert" in answer.text
            found = markup_of_others(answer.text)
            if found:
                alive.append((kind, url, found))
    assert not alive
    assert seen > 25


def test_markup_in_names_and_titles_is_text_in_mails(
    make: SimpleNamespace, outbox_run: Callable[[], list[Any]]
) -> None:
    from_factory = make.surveys_fieldwork
    wave = from_factory.fielding_wave(1)
    (asked,) = from_factory.invitations(wave)
    db.session.get_one(Member, asked.member_id).first_name = BAD
    wave.title = "<b>Plein</b>"
    outbox.post("surveys.invitation", Recipient("member", asked.member_id, {"invitation": asked.id}, "poisoned"))
    (mail,) = outbox_run()
    html = mail.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "<b>Plein" not in html
    assert "&lt;script&gt;" in html


def test_a_line_break_in_a_name_or_title_makes_no_header(
    make: SimpleNamespace, outbox_run: Callable[[], list[Any]]
) -> None:
    def renderer(_mail: Any) -> MailContent:
        return MailContent(
            "lid@voorbeeld.example\r\nBcc: kwaad@kwaad.example", "Titel\r\nBcc: x@kwaad.example", "panel_message"
        )

    outbox.register("test.injection", renderer)
    outbox.post("test.injection", Recipient("member", 1, {}, "injection"))
    assert outbox_run() == []


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "|cmd", "%0A=1", "＝1")


@pytest.mark.parametrize("text", FORMULAS)
def test_an_export_never_starts_a_cell_as_a_formula(text: str) -> None:
    cell = csv_out.write(["kop"], [[text]]).decode("utf-8-sig").splitlines()[1].strip('"')
    assert cell.startswith("'")


def rows(make: SimpleNamespace) -> bytes:
    content: bytes = make.panel.sample_csv(2)
    return content


FILES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "nul": lambda good: good.replace(b"Geloot1", b"Gel\x00t1"),
    "utf-16": lambda good: good.decode().encode("utf-16"),
    "not text": lambda _: bytes(range(256)) * 50,
    "formula": lambda good: good.replace(b"Geloot1", b"=HYPERLINK(1)"),
    "shifted": lambda good: good.replace(b"Geloot1;", b"Geloot1;;"),
    "quote": lambda good: good.replace(b"Geloot1", b'"Geloot1'),
    "a million columns": lambda _: b";".join([b"x"] * 1_000_000) + b"\n",
    "one long line": lambda good: good.split(b"\n")[0] + b"\n" + b"x" * 300_000,
    "over 10 MB": lambda good: good + b"\n" + b"x" * (10 * 1024 * 1024),
    "number without end": lambda good: good.replace(b"\n1;", b"\n" + b"9" * 30 + b";"),
    "share that is none": lambda good: good.replace(b"0,05", b"1e400"),
    "not a number": lambda good: good.replace(b"0,05", b"nan"),
    "name without end": lambda good: good.replace(b"Slotlaan", b"S" * 20_000),
    "stratum of a book": lambda good: good.replace(b"WK035501", b"W" * 5_000),
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_wrong_sample_file_is_refused_whole_with_the_reason(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn, name: str
) -> None:
    made = make.panel.recruitment_round(persons=0, sent=False)
    sign_in_staff(client, make.core.account(Role.CLERK))
    content = FILES[name](rows(make))
    answer = client.post(
        f"/griffie/werving/{made.public_id}/steekproef", data={"file": (BytesIO(content), "steekproef.csv")}
    )
    assert answer.status_code == 422
    assert "Wat is er mis?" in answer.text or "regel" in answer.text.lower()
    assert db.session.scalars(select(SamplePerson)).all() == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_sample_file_from_any_spreadsheet_is_read(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn, encoding: str
) -> None:
    made = make.panel.recruitment_round(persons=0, sent=False)
    sign_in_staff(client, make.core.account(Role.CLERK))
    content = rows(make).decode().replace("Geloot1", "Zoë").encode(encoding)
    path = f"/griffie/werving/{made.public_id}/steekproef"
    assert client.post(path, data={"file": (BytesIO(content), "../../etc/passwd")}).status_code == 302
    assert "Zoë" in {p.first_name for p in db.session.scalars(select(SamplePerson))}


@pytest.mark.parametrize("typed", ["1" + ".000" * 110, "9" * 400, "1e400", "nan", "inf", "\x00", "١٢٣"])
def test_no_single_answer_can_hold_up_the_closing(make: SimpleNamespace, client: FlaskClient, typed: str) -> None:
    factory = make.surveys_fieldwork
    questions = (
        QuestionSpec("trips", QuestionKind.NUMBER, "Hoeveel ritten?"),
        QuestionSpec("open", QuestionKind.OPEN, "Wilt u nog iets zeggen?"),
    )
    wave = factory.fielding_wave(1, questions=questions)
    client.post(f"/v/{factory.token(wave, factory.invitations(wave)[0])}", data={})
    refused = client.post("/invullen/vraag/trips", data={"trips": typed, "versie": "1"})
    assert refused.status_code == 422
    client.post("/invullen/vraag/trips", data={"trips": "3", "versie": "1"})
    client.post("/invullen/vraag/open", data={"open": f"{typed} \U0001f600 \x0b\x00 '\"\\", "versie": "2"})
    assert client.post("/invullen/verzenden", data={}).status_code == 302
    factory.close(wave)
    assert wave.status.value == "closed"
    assert wave.answered_n == 1


def test_many_wrong_passwords_at_once_pass_no_more_than_the_limit(app: Flask, make: SimpleNamespace) -> None:
    account = make.core.account(Role.CLERK)
    path, address = "/medewerkers/inloggen", account.email

    def attempt(_number: int) -> int:
        # the plain client: the checking one shares a list of writes that threads would mix up
        browser = FlaskClient(app, app.response_class)
        form = {"email": address, "password": "verkeerd"}
        return browser.post(path, data=form, base_url="https://localhost").status_code

    app.config["WTF_CSRF_ENABLED"] = False
    try:
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(attempt, range(24)))
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert sorted(set(statuses)) == [422, 429]
    assert statuses.count(422) == 10
