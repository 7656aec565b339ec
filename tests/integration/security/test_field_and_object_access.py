"""Not only which page: which thing, and which field of it, each person gets to see."""

from types import SimpleNamespace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock, files
from core.db import db
from core.models import Role, SessionKind
from panel.models import SamplePerson
from surveys.models import SurveyResponse
from tests.integration.security.world import STAFF, World, enter, routes

ANSWER = "Dit schreef een inwoner in vertrouwen"


def everything(app: Flask, client: FlaskClient, world: World, kind: str | None) -> dict[str, str]:
    """All that a person can open, by address."""
    enter(client, world.session(kind) if kind else None)
    found = {}
    for rule, method, url in routes(app, world):
        if method == "GET" and rule.endpoint != "static":
            answer = client.get(url)
            if answer.status_code == 200:
                found[url] = answer.get_data(as_text=True)
    return found


def test_open_answers_are_for_the_analyst_and_names_for_the_griffie(
    app: Flask, client: FlaskClient, world: World
) -> None:
    for response in db.session.scalars(select(SurveyResponse)):
        response.answers = {**response.answers, "open": ANSWER}
    names = []
    for member in (world.member, world.other_member):
        member.last_name, member.phone = f"Familienaam{member.id}", "0301234567"
        names += [member.last_name, str(member.email)]
    names += [str(p.street) for p in db.session.scalars(select(SamplePerson)).all()[:1]] + ["0301234567"]
    db.session.commit()
    who_reads, who_names = set(), set()
    for kind in (None, "invitation", "outside", *STAFF):
        pages = everything(app, client, world, kind)
        assert len(pages) > 10
        who_reads |= {kind for page in pages.values() if ANSWER in page}
        who_names |= {kind for page in pages.values() if any(name in page for name in names)}
    assert who_reads == {"analyst"}
    assert who_names == {"clerk"}


def test_a_member_sees_nobody_but_themselves(app: Flask, client: FlaskClient, world: World) -> None:
    world.member.last_name, world.other_member.last_name = "Eigennaam", "Andermansnaam"
    db.session.commit()
    pages = everything(app, client, world, "member")
    assert any("Eigennaam" in page for page in pages.values())
    other = (world.other_member.email, world.other_member.public_id, "Andermansnaam")
    assert not [url for url, page in pages.items() if any(str(part) in page for part in other)]


def test_commissions_of_another_body_do_not_exist(
    app: Flask, client: FlaskClient, world: World, make: SimpleNamespace
) -> None:
    stranger = make.core.account(Role.COUNCIL_MEMBER, bodies=[make.core.body()])
    tried = 0
    for rule, method, url in routes(app, world):
        if not str(rule).startswith("/raad/opdrachten/<public_id>"):
            continue
        enter(client, (SessionKind.STAFF, str(stranger.id)))
        assert client.open(url, method=method).status_code == 404, (method, url)
        tried += 1
    assert tried >= 12
    board = client.get("/raad").text + client.get("/raad/opdrachten.csv").text
    assert world.commission.title not in board


def test_a_part_of_another_thing_does_not_exist(client: FlaskClient, world: World, make: SimpleNamespace) -> None:
    people = make.surveys_design.cast()
    other_commission = make.surveys_design.complete_draft(people)
    other_round = make.panel.recruitment_round(persons=0, sent=False)
    foreign = files.save(
        owner=f"round:{other_round.id}", name="x.pdf", media_type="application/pdf", content=b"x",
        expires_at=clock.at_amsterdam(clock.today().replace(year=2099), clock.to_amsterdam(clock.now()).time()),
    )  # fmt: skip
    db.session.commit()
    stakeholder = world.commission.stakeholders[0].public_id
    enter(client, (SessionKind.STAFF, str(people.author.id)))
    path = f"/raad/opdrachten/{other_commission.public_id}/belanghebbende/{stakeholder}"
    assert client.get(path).status_code == 404
    assert client.post(f"{path}/verwijderen", data={}).status_code == 404
    enter(client, world.session("clerk"))
    for url in (
        f"/griffie/werving/{world.round.public_id}/brieven/{foreign.public_id}.pdf",
        f"/griffie/werving/adresbrieven/{foreign.public_id}",
        f"/griffie/publicaties/{world.publication.public_id}/bevindingen/{world.link.public_id}",
        f"/griffie/vragenlijsten/{world.design.public_id}/vragen/bestaat_niet",
    ):
        assert client.get(url).status_code == 404, url
    assert len(db.session.scalars(select(SurveyResponse)).all()) == 300


def test_no_form_of_staff_changes_an_answer(app: Flask, client: FlaskClient, world: World) -> None:
    def stored() -> dict[str, str]:
        return {r.id: str(r.answers) for r in db.session.scalars(select(SurveyResponse))}

    before = stored()
    values = {"answers": "{}", "open": "anders", "speed": "o2", "reason": "omdat", "confirm": "1"}
    for rule, method, url in list(routes(app, world)):
        if method != "POST" or not str(rule).startswith(("/griffie", "/beheer", "/raad")):
            continue
        for kind in STAFF:
            enter(client, world.session(kind)).post(url, data=values)
    assert stored() == before
