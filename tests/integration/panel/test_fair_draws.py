"""A fair draw from start to proof: quotas, lottery, digest before seed, draw, public page, check."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.actor import SYSTEM, acting
from core.db import db
from core.errors import BlockedError, TransitionError
from core.models import Role
from core.worker import run_due_jobs
from panel.models import ConsentPurpose, DrawCandidate, DrawObjective, DrawStatus, FairDraw, Member, Sex
from panel.profiles import Address
from panel.queries import draws
from panel.services import membership, selection
from panel.services.selection import Choice, DrawPlan
from tests.conftest import CheckingClient

DISTRICTS = ("WK035501", "WK035502")


@pytest.fixture
def volunteers(ready: SimpleNamespace) -> list[Member]:
    """Twenty-four willing members: men and women of two ages."""
    made = []
    for n in range(24):
        member = ready.panel.member(
            sex=Sex.FEMALE if n % 3 else Sex.MALE,
            birth_year=clock.today().year - (35 if n % 2 else 60),
            district_code=DISTRICTS[n % 2],
        )
        with acting(SYSTEM):
            membership.set_preferences(
                member, language="nl", newsletter=True, consents=frozenset({ConsentPurpose.TALK_FURTHER})
            )
        made.append(member)
    db.session.commit()
    return made


def plan(**changes: Any) -> DrawPlan:
    values: dict[str, Any] = {
        "title": "Burgerberaad over het centrum",
        "reason": "Er zijn meer kandidaten dan plaatsen.",
        "seats": 6,
        "tolerance": 0.3,
        "objective": DrawObjective.LEXIMIN,
        "variables": ("sex",),
        **changes,
    }
    return DrawPlan(**values)


def work() -> None:
    db.session.commit()
    while run_due_jobs():
        continue


def started(**changes: Any) -> FairDraw:
    with acting(SYSTEM):
        draw = selection.start(plan(**changes))
    work()
    return draw


def computed(**changes: Any) -> FairDraw:
    draw = started(**changes)
    with acting(SYSTEM):
        selection.set_quotas(draw, {})
    work()
    return draw


def published(**changes: Any) -> FairDraw:
    draw = computed(**changes)
    with acting(SYSTEM):
        selection.publish(draw, source="hoofdprijs van de loterij", on=clock.today() + timedelta(days=3))
    db.session.commit()
    return draw


def drawn(seed: str = "AB 12345") -> FairDraw:
    draw = published()
    with clock.travel(clock.now() + timedelta(days=3)), acting(SYSTEM):
        selection.enter_seed(draw, seed)
        work()
    return draw


def test_quotas_follow_the_population_and_count_the_candidates(volunteers: list[Member]) -> None:
    (quota,) = started().quotas
    assert [row["category"] for row in quota["rows"]] == ["male", "female"]
    assert [row["candidates"] for row in quota["rows"]] == [8, 16]
    assert all(row["lower"] <= row["share"] * 6 <= row["upper"] for row in quota["rows"])


def test_a_draw_gives_the_seats_within_the_quotas_and_one_seat_per_address(volunteers: list[Member]) -> None:
    draw = drawn()
    assert draw.status is DrawStatus.DRAWN
    members = [member for _candidate, member in draws.seated(draw) if member]
    assert len({m.household_index for m in members}) == len(members) == 6
    (quota,) = draw.quotas
    for row in quota["rows"]:
        assert row["lower"] <= sum(m.sex.value == row["category"] for m in members) <= row["upper"]
    assert draw.proof is not None
    told = {quota["rows"][int(place)]["category"]: n for place, n in draw.proof["seats"][0].items()}
    assert told == {s: n for s in ("male", "female") if (n := sum(m.sex.value == s for m in members))}


def test_two_housemates_never_sit_in_one_group(ready: SimpleNamespace, volunteers: list[Member]) -> None:
    home = volunteers[0]
    ready.panel.member(
        address=Address(home.street or "", home.house_number or "", home.postcode or "", home.city or "")
    )
    draw = computed(choice=Choice(talk_further=False), seats=25, variables=("sex",), tolerance=0.9)
    assert draw.status is DrawStatus.DRAFT
    assert draw.problem["proposal"] == []


def test_lottery_is_public_before_the_seed_and_the_seed_is_entered_once(volunteers: list[Member]) -> None:
    draw = published()
    with acting(SYSTEM):
        with pytest.raises(BlockedError) as early:
            selection.enter_seed(draw, "123")
        assert [b.code for b in early.value.blockers] == ["too-early"]
        db.session.rollback()
        with clock.travel(clock.now() + timedelta(days=3)):
            selection.enter_seed(draw, "123")
            db.session.commit()
            with pytest.raises(BlockedError) as second:
                selection.enter_seed(draw, "124")
            assert [b.code for b in second.value.blockers] == ["seed-stands"]


def test_a_seed_that_could_be_known_already_is_refused(volunteers: list[Member]) -> None:
    draw = computed()
    with acting(SYSTEM), pytest.raises(BlockedError) as refused:
        selection.publish(draw, source=" ", on=clock.today())
    assert [b.code for b in refused.value.blockers] == ["no-source", "seed-known"]


def test_a_published_lottery_cannot_change(volunteers: list[Member]) -> None:
    draw = published()
    with acting(SYSTEM), pytest.raises(BlockedError):
        selection.set_quotas(draw, {})
    db.session.rollback()
    with acting(SYSTEM), pytest.raises(TransitionError):
        selection.publish(draw, source="x", on=clock.today() + timedelta(days=1))
    db.session.rollback()


def test_impossible_quotas_come_back_with_a_proposal_that_works(volunteers: list[Member]) -> None:
    draw = started(seats=12)
    with acting(SYSTEM):
        selection.set_quotas(draw, {("sex", "male"): (10, 12), ("sex", "female"): (0, 2)})
    work()
    assert (draw.status, draw.digest) == (DrawStatus.DRAFT, None)
    assert draw.problem["conflicts"][0]["code"] == "too_few_candidates"
    with acting(SYSTEM):
        selection.accept_proposal(draw)
    work()
    assert (draw.status, draw.problem) == (DrawStatus.COMPUTED, {})


def test_same_seed_draws_the_same_people_and_another_seed_is_noticed(app: Flask, volunteers: list[Member]) -> None:
    draw = drawn()
    runner = app.test_cli_runner()
    done = runner.invoke(args=["panel", "verify-draw", draw.public_id])
    assert done.exit_code == 0, done.output
    assert str(draw.digest) in done.output
    draw.seed = "AB 12346"
    db.session.commit()
    assert runner.invoke(args=["panel", "verify-draw", draw.public_id]).exit_code == 1


def test_a_changed_lottery_is_noticed(app: Flask, volunteers: list[Member]) -> None:
    draw = drawn()
    first, second = draw.lottery["group"][0], next(g for g in draw.lottery["group"] if g != draw.lottery["group"][0])
    draw.lottery = {**draw.lottery, "group": [second, *draw.lottery["group"][1:]]}
    assert first != second
    db.session.commit()
    assert app.test_cli_runner().invoke(args=["panel", "verify-draw", draw.public_id]).exit_code == 1


def test_public_page_explains_the_draw_without_names(volunteers: list[Member], client: CheckingClient) -> None:
    draw = drawn()
    page = client.get(f"/panel/lotingen/{draw.public_id}").get_data(as_text=True)
    assert "AB 12345" in page
    assert str(draw.digest) in page
    assert "Voornaam" not in page
    kept = json.loads(client.get(f"/panel/lotingen/{draw.public_id}/loting.json").get_data())
    assert kept["digest"] == draw.digest
    assert "classes" not in kept["lottery"]
    assert client.get("/panel/lotingen").status_code == 200


def test_a_draw_that_is_not_fixed_yet_is_not_public(volunteers: list[Member], client: CheckingClient) -> None:
    draw = computed()
    assert client.get(f"/panel/lotingen/{draw.public_id}").status_code == 404
    assert client.get(f"/panel/lotingen/{draw.public_id}/loting.json").status_code == 404


def test_who_leaves_is_forgotten_and_the_draw_still_holds(app: Flask, volunteers: list[Member]) -> None:
    draw = drawn()
    with acting(SYSTEM):
        for member in volunteers[:20]:
            membership.leave(member)
    db.session.commit()
    kept = db.session.scalars(select(DrawCandidate.member_id).where(DrawCandidate.member_id.is_not(None))).all()
    assert set(kept) == {m.id for m in volunteers[20:]}
    assert app.test_cli_runner().invoke(args=["panel", "verify-draw", draw.public_id]).exit_code == 0


def test_candidates_are_forgotten_a_year_after_the_draw(volunteers: list[Member]) -> None:
    drawn()
    with clock.travel(clock.now() + timedelta(days=375)):
        selection.forget_candidates()
    db.session.commit()
    assert db.session.scalars(select(DrawCandidate.member_id).where(DrawCandidate.member_id.is_not(None))).all() == []


def test_griffie_walks_through_a_draw_by_form(
    volunteers: list[Member], ready: SimpleNamespace, client: Any, sign_in_staff: Any
) -> None:
    client = sign_in_staff(client, ready.core.account(Role.CLERK))
    answer = client.post(
        "/griffie/lotingen/nieuw",
        data={
            "title": "Burgerberaad",
            "reason": "Meer kandidaten dan plaatsen.",
            "seats": "6",
            "talk_further": "y",
            "variables": ["sex", "age"],
            "tolerance": "40",
            "objective": "maximin",
        },
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)
    work()
    place = answer.location
    assert "Aantallen per groep" in client.get(place).get_data(as_text=True)
    draw = db.session.scalars(select(FairDraw)).one()
    bounds = {
        f"{quota['variable']}-{n}-{end}": str(row[key])
        for quota in draw.quotas
        for n, row in enumerate(quota["rows"])
        for end, key in (("low", "lower"), ("high", "upper"))
    }
    wrong = client.post(f"{place}/aantallen", data={**bounds, "sex-0-low": "9", "sex-0-high": "2"})
    assert wrong.status_code == 409
    assert (
        client.post(f"{place}/aantallen", data={**bounds, **{k: "6" for k in bounds if k.endswith("high")}}).status_code
        == 302
    )
    work()
    page = client.get(place).get_data(as_text=True)
    assert "Maak de loting bekend" in page, page
    assert client.post(f"{place}/bekendmaken", data={"source": "", "on": ""}).status_code == 422
    on = (clock.today() + timedelta(days=2)).isoformat()
    assert client.post(f"{place}/bekendmaken", data={"source": "loterij", "on": on}).status_code == 302
    assert client.post(f"{place}/lotnummer", data={"seed": "77"}).status_code == 409
    with clock.travel(clock.now() + timedelta(days=2)):
        client = sign_in_staff(client, ready.core.account(Role.CLERK))
        assert client.post(f"{place}/lotnummer", data={"seed": "77"}).status_code == 302
        work()
        assert "Wie zijn geloot?" in client.get(place).get_data(as_text=True)
        assert client.get(f"{place}/geloot.csv").get_data(as_text=True).count("\n") == 7


def test_too_few_candidates_are_told_at_once(
    volunteers: list[Member], ready: SimpleNamespace, client: Any, sign_in_staff: Any
) -> None:
    client = sign_in_staff(client, ready.core.account(Role.CLERK))
    data = {"title": "x", "reason": "y", "seats": "40", "talk_further": "y", "variables": ["sex"], "tolerance": "10"}
    answer = client.post("/griffie/lotingen/nieuw", data={**data, "objective": "leximin"})
    assert answer.status_code == 422
    assert "24 kandidaten voor 40 plaatsen" in answer.get_data(as_text=True)
