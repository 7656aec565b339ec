"""Population figures: what ships is loaded whole, and each figure can be judged."""

import csv
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.actor import SYSTEM, Actor, acting
from core.db import db
from core.errors import NotFoundError, NotPermittedError
from core.models import Role
from panel import queries
from panel.models import FigureStatus, PopulationFigure
from panel.services import population
from tests.conftest import CheckingClient

MARGINS = Path("data/margins_16plus.csv")


def test_margins_are_those_of_the_shipped_file(ready: SimpleNamespace) -> None:
    with MARGINS.open(encoding="utf-8") as file:
        shipped = {
            (r["variable"], r["category"]): int(r["count"]) for r in csv.DictReader(file) if r["gm_code"] == "GM0355"
        }
    found = queries.margins(["sex", "age", "district", "education", "sex_age"])
    assert {(m.variable, c): n for m in found for c, n in zip(m.categories, m.counts, strict=True)} == shipped


def test_margin_says_unit_ages_source_and_derivation(ready: SimpleNamespace) -> None:
    (age,) = queries.margins(["age"])
    assert (age.unit, age.age_min, age.age_max) == ("person", 16, None)
    assert age.status is FigureStatus.DERIVED
    assert "1/5 van 15-19" in age.derivation
    assert age.reference == date(2025, 1, 1)
    assert "86165NED" in age.source
    assert age.licence == "CC BY 4.0"


def test_loading_again_gives_the_same_figures(ready: SimpleNamespace) -> None:
    before = db.session.scalar(db.select(db.func.count()).select_from(PopulationFigure))
    ready.panel.figures()
    assert db.session.scalar(db.select(db.func.count()).select_from(PopulationFigure)) == before


def test_variable_without_figures_is_left_out(ready: SimpleNamespace) -> None:
    assert [m.variable for m in queries.margins(["tenure", "sex"])] == ["sex"]


def test_districts_are_those_of_the_newest_numbering(ready: SimpleNamespace) -> None:
    assert [a.code for a in queries.districts()] == [f"WK03550{n}" for n in range(1, 6)]
    assert {a.vintage for a in queries.districts()} == {2025}


def test_unknown_municipality_is_refused_and_nothing_changes(app: object) -> None:
    with acting(SYSTEM), pytest.raises(NotFoundError):
        population.load_shipped("GM9999")


def test_council_member_may_not_load(app: object) -> None:
    with acting(Actor(kind="staff", roles=frozenset({"council_member"}))), pytest.raises(NotPermittedError):
        population.load_shipped("GM0355")


def test_page_lists_searches_and_exports(ready: SimpleNamespace, client: CheckingClient, sign_in_staff: Any) -> None:
    sign_in_staff(client, ready.core.account(Role.CLERK))
    page = client.get("/griffie/bevolking?onderwerp=age").get_data(as_text=True)
    assert "16 tot en met 29 jaar" in page
    assert "afgeleid" in page
    assert "CC BY 4.0" in page
    none = client.get("/griffie/bevolking?zoek=bestaat-niet").get_data(as_text=True)
    assert "geen cijfers" in none
    file = client.get("/griffie/bevolking.csv?onderwerp=age&soort=afgeleid")
    assert file.data.startswith("\ufeffgemeente;".encode())
    assert file.data.count(b"\r\n") == 7


def test_page_is_not_for_visitors(client: CheckingClient) -> None:
    assert client.get("/griffie/bevolking").status_code == 302
