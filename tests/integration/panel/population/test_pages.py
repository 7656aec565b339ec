"""The griffie uploads figures, sees what would change, chooses; groups kernen; says which groups may be merged."""

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.db import db
from core.models import Role
from panel import queries
from panel.models import Locality, PopulationSet
from panel.queries.category_merges import merge_hierarchy
from panel.queries.localities import overview
from tests.conftest import CheckingClient

FILES = Path(__file__).parent / "files"
UPLOAD = "/griffie/bevolking/inlezen"


@pytest.fixture
def clerk(make: SimpleNamespace, client: CheckingClient, sign_in_staff: Callable[..., FlaskClient]) -> CheckingClient:
    make.core.complete_settings()
    make.panel.figures()
    sign_in_staff(client, make.core.account(Role.CLERK))
    return client


def upload(clerk: CheckingClient, name: str, kind: str, year: int, content: bytes | None = None) -> str:
    body = (FILES / name).read_bytes() if content is None else content
    data = {"kind": kind, "year": str(year), "gm_code": "GM0355", "file": (io.BytesIO(body), name)}
    answer = clerk.post(UPLOAD, data=data, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def test_upload_is_read_by_the_worker_previewed_and_chosen(clerk: CheckingClient, run_jobs: Callable[[], int]) -> None:
    place = upload(clerk, "03759ned_zeist.csv", "age-sex", 2021)
    assert "Ververs deze pagina" in clerk.get(place).get_data(as_text=True)
    run_jobs()
    page = clerk.get(place, follow_redirects=True).get_data(as_text=True)
    assert "Dit verandert" in page
    assert "Het meest verandert" in page
    found = db.session.scalars(db.select(PopulationSet).where(PopulationSet.kind == "age-sex")).one()
    assert queries.margins(("age",))[0].reference.year == 2025
    clerk.post(f"/griffie/bevolking/sets/{found.public_id}/kiezen", data={"reason": "proef"})
    assert queries.margins(("age",))[0].reference.year == 2021
    assert "proef" in clerk.get("/griffie/bevolking/sets").get_data(as_text=True)
    clerk.post(f"/griffie/bevolking/sets/{found.public_id}/weggooien")
    assert db.session.get(PopulationSet, found.id) is not None


def test_refused_upload_names_line_and_column_and_changes_nothing(
    clerk: CheckingClient, run_jobs: Callable[[], int]
) -> None:
    content = (FILES / "86165NED_zeist.csv").read_bytes().replace(b";8625;", b";-8625;")
    place = upload(clerk, "86165NED_zeist.csv", "neighbourhoods", 2025, content)
    before = db.session.scalar(db.select(db.func.count()).select_from(PopulationSet))
    run_jobs()
    page = clerk.get(place).get_data(as_text=True)
    assert "niet ingelezen" in page
    assert "Mannen_6" in page
    assert "-8625" in page
    assert db.session.scalar(db.select(db.func.count()).select_from(PopulationSet)) == before


def test_set_that_never_counted_can_be_thrown_away(clerk: CheckingClient, run_jobs: Callable[[], int]) -> None:
    upload(clerk, "pc6hnr20240801_gwb.csv", "addresses", 2024)
    run_jobs()
    found = db.session.scalars(db.select(PopulationSet).where(PopulationSet.kind == "addresses")).one()
    assert "postcode en huisnummer" in clerk.get(f"/griffie/bevolking/sets/{found.public_id}").get_data(as_text=True)
    clerk.post(f"/griffie/bevolking/sets/{found.public_id}/weggooien")
    assert not db.session.scalars(db.select(PopulationSet).where(PopulationSet.kind == "addresses")).all()


def test_form_without_file_says_so(clerk: CheckingClient) -> None:
    data = {"kind": "age-sex", "year": "2021", "gm_code": "GM0355"}
    answer = clerk.post(UPLOAD, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Kies eerst een bestand" in answer.get_data(as_text=True)
    assert clerk.post(UPLOAD, data={"kind": "x"}).status_code == 422


def test_five_kernen_of_zeist_and_what_is_left_over(clerk: CheckingClient) -> None:
    buurten = {area.name: area.code for area in overview().left_over}
    assert len(buurten) == 35
    first, second = sorted(buurten.values())[:2], sorted(buurten.values())[2:3]
    clerk.post("/griffie/bevolking/kernen/nieuw", data={"name": "Zeist", "codes": first})
    assert clerk.post("/griffie/bevolking/kernen/nieuw", data={"name": "zeist", "codes": second}).status_code == 422
    twice = clerk.post("/griffie/bevolking/kernen/nieuw", data={"name": "Austerlitz", "codes": first})
    assert "zit al in Zeist" in twice.get_data(as_text=True)
    assert clerk.post("/griffie/bevolking/kernen/nieuw", data={"name": "Leeg"}).status_code == 422
    clerk.post("/griffie/bevolking/kernen/nieuw", data={"name": "Austerlitz", "codes": second})
    page = clerk.get("/griffie/bevolking/kernen").get_data(as_text=True)
    assert "32 buurten zitten in geen enkele kern" in page
    parts = {locality.name: {p.neighbourhood_code for p in locality.parts} for locality, _ in overview().localities}
    assert parts == {"Zeist": set(first), "Austerlitz": set(second)}
    kern = db.session.scalars(db.select(Locality).filter_by(name="Zeist")).one()
    address = f"/griffie/bevolking/kernen/{kern.public_id}"
    assert clerk.get(address).status_code == 200
    clerk.post(address, data={"name": "Zeist-dorp", "codes": first[:1]})
    assert len(overview().left_over) == 33
    clerk.post(f"{address}/weghalen")
    assert len(overview().left_over) == 34
    assert clerk.get(address).status_code == 404


def test_merges_are_shown_changed_with_a_reason_and_kept_for_frozen_plans(clerk: CheckingClient) -> None:
    url = "/griffie/bevolking/samenvoegen?kenmerk=education"
    assert "aangrenzend opleidingsniveau" in clerk.get(url).get_data(as_text=True)
    before = merge_hierarchy()
    step = {"category": "high", "merge_with": "low", "preference": "2", "reason": "proef"}
    assert clerk.post(url, data={**step, "reason": ""}).status_code == 422
    assert clerk.post(url, data={**step, "merge_with": "high"}).status_code == 422
    assert clerk.post(url, data={**step, "preference": "1"}).status_code == 422
    assert clerk.post(url, data=step).status_code == 302
    added = [s for s in merge_hierarchy() if s.variable == "education"]
    assert ("high", "low", 2) in [(s.category, s.merge_with, s.preference) for s in added]
    assert len(merge_hierarchy()) == len(before) + 1
    end = "/griffie/bevolking/samenvoegen/einde?kenmerk=education"
    assert clerk.post(end, data={"category": "high", "preference": "1"}).status_code == 302
    assert len(merge_hierarchy()) == len(before) + 1
    clerk.post(end, data={"category": "high", "preference": "1", "reason": "liggen te ver uit elkaar"})
    assert len(merge_hierarchy()) == len(before)
    assert clerk.post(end, data={"category": "high", "preference": "1", "reason": "nog eens"}).status_code == 404


def test_council_member_reaches_none_of_it(
    make: SimpleNamespace, client: CheckingClient, sign_in_staff: Callable[..., FlaskClient]
) -> None:
    sign_in_staff(client, make.core.account(Role.COUNCIL_MEMBER))
    for page in ("sets", "inlezen", "kernen", "samenvoegen"):
        assert client.get(f"/griffie/bevolking/{page}").status_code in {403, 404}


def test_command_takes_a_file_in_and_lets_it_count(app: Flask, make: SimpleNamespace) -> None:
    make.core.complete_settings()
    make.panel.figures()
    run = app.test_cli_runner().invoke
    name = str(FILES / "03759ned_zeist.csv")
    wrong = run(args=["panel", "import-population", name, "--kind", "age-sex", "--year", "2020"])
    assert wrong.exit_code == 1
    assert "gaat over 2021, niet over 2020" in wrong.output
    done = run(args=["panel", "import-population", name, "--kind", "age-sex", "--year", "2021", "--choose"])
    assert done.exit_code == 0, done.output
    assert "count now" in done.output
    assert queries.margins(("age",))[0].reference.year == 2021
