"""Kernen on the board: told apart where members are known by buurt, together where they are not."""

from collections import Counter
from datetime import date

from panel.board.grouped_localities import LEFT_OUT, TOGETHER, Localities, localities
from panel.models import FigureStatus, MemberOrigin
from panel.queries.member_places import OUTSIDE, Layout, Place
from panel.queries.population import PopulationMargin

# wijk 01 lies in one kern, wijk 02 in two and in what is outside; nobody lives in the last buurt
LAYOUT = Layout(
    {"BU00010101": "Groot", "BU00010102": "Groot", "BU00010201": "Groot", "BU00010202": "Klein",
     "BU00010203": OUTSIDE, "BU00010103": "Leeg"},
    {"BU00010101": 500, "BU00010102": 500, "BU00010201": 300, "BU00010202": 150, "BU00010203": 50, "BU00010103": 0},
)  # fmt: skip
DISTRICT = PopulationMargin(
    "district", ("WK000101", "WK000102"), ("Centrum", "Rand"), (900, 450), "person", 16, None, "tabel",
    date(2025, 1, 1), "CC BY 4.0", "Bron: CBS", FigureStatus.DERIVED, "som",
)  # fmt: skip


def found(places: dict[Place, int]) -> Localities:
    return localities(LAYOUT, Counter({(MemberOrigin.DRAWN, place): n for place, n in places.items()}), DISTRICT)


def test_each_kern_stands_by_itself_where_members_are_known_by_buurt() -> None:
    made = found({("WK000101", ""): 60, ("WK000102", "BU00010201"): 20, ("WK000102", "BU00010202"): 19})
    assert made.remark == ""
    assert made.margin is not None
    assert (made.margin.categories, made.margin.counts) == (("Groot", "Klein", OUTSIDE), (1170, 135, 45))
    assert made.counts(tuple(MemberOrigin)) == {"Groot": 80, "Klein": 19}
    assert made.counts((MemberOrigin.SELF_REGISTERED,)) == {}


def test_few_members_without_buurt_are_left_out_and_many_keep_the_kernen_together() -> None:
    few = found({("WK000101", ""): 60, ("WK000102", "BU00010202"): 95, ("WK000102", ""): 5})
    assert few.counts(tuple(MemberOrigin)) == {"Groot": 60, "Klein": 95, "": 5}
    many = found({("WK000101", ""): 60, ("WK000102", "BU00010202"): 94, ("WK000102", ""): 6})
    assert many.margin is None
    assert many.remark.startswith("In Rand liggen meer kernen.")
    assert many.remark.endswith(LEFT_OUT)


def test_kernen_of_an_unknown_wijk_stand_together_beside_the_others() -> None:
    layout = Layout(
        {"BU00010101": "Groot", "BU00010201": "Klein", "BU00010202": "Midden"},
        {"BU00010101": 9, "BU00010201": 5, "BU00010202": 4},
    )
    places = Counter({(MemberOrigin.DRAWN, ("WK000101", "")): 7, (MemberOrigin.DRAWN, ("WK000102", "")): 8})
    made = localities(layout, places, DISTRICT)
    assert made.margin is not None
    assert (made.margin.labels, made.margin.counts) == (("Groot", "Klein en Midden"), (900, 450))
    assert made.counts(tuple(MemberOrigin)) == {"Groot": 7, "Klein en Midden": 8}
    assert made.remark.endswith(TOGETHER)


def test_wijk_without_figures_per_buurt_is_in_no_kern() -> None:
    layout = Layout({"BU00010101": "Groot", "BU00010201": "Klein"}, {"BU00010101": 9})
    places = Counter({(MemberOrigin.DRAWN, ("WK000101", "")): 7, (MemberOrigin.DRAWN, ("WK000102", "")): 8})
    made = localities(layout, places, DISTRICT)
    assert made.margin is None
    assert made.counts(tuple(MemberOrigin)) == {"Groot": 7, "": 8}
