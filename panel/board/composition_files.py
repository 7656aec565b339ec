"""The tables of the board as files, with full numbers instead of words."""

from typing import Any

from panel.board.outlook import add_months
from panel.models import CompositionSnapshot
from panel.queries.snapshots import TrendPoint

FILES = {
    "samenstelling": "samenstelling per groep",
    "respons": "hoe gelijk de groepen meededen",
    "verloop": "verloop over de tijd",
    "vooruitzicht": "verwachte leden per maand",
    "aanvulling": "nieuwe leden per groep",
}
Row = list[str | int | float | None]
Made = tuple[list[str], list[Row]]

COMPOSITION = {
    "kenmerk": "variable",
    "groep": "category",
    "omschrijving": "label",
    "aantal": "count",
    "deel": "share",
    "laag": "low",
    "hoog": "high",
    "deel inwoners": "population_share",
    "toeval laag": "chance_low",
    "toeval hoog": "chance_high",
    "ontbreken": "missing",
    "ontbreken door toeval tot": "missing_by_chance",
}
STRATA = {
    "groep": "stratum",
    "leden": "members",
    "doel": "target",
    "jaren lidmaatschap": "years",
    "gestopt": "left",
    "stopt per jaar": "rate",
    "nieuwe leden nodig": "gap",
    "laag": "gap_low",
    "hoog": "gap_high",
}
PARTIALS = ("kenmerk", "groep", "deed mee", "deel in het verschil", "standaardfout", "naast de andere kenmerken")
TREND = ("datum", "leden", "geloot", "kenmerk", "wijkt af", "toeval zelden meer dan", "R-indicator werving")


def rows_of(name: str, found: CompositionSnapshot, group: str, points: list[TrendPoint]) -> Made:
    """The headers and rows of one file; empty where the snapshot has no such part."""
    document = found.document
    if name == "samenstelling":
        return _composition(document, group)
    if name == "respons":
        return list(PARTIALS), _partials(document.get("recruitment") or document.get("response") or {})
    if name == "verloop":
        return list(TREND), _trend(points)
    ahead = document.get("upkeep") or {}
    if name == "vooruitzicht":
        return ["maand", "verwacht", "laag", "hoog"], _months(ahead, found)
    return list(STRATA), [[stratum[key] for key in STRATA.values()] for stratum in ahead.get("strata", [])]


def _composition(document: dict[str, Any], group: str) -> Made:
    tables = document["views"].get(group, {}).get("tables", [])
    rows = [
        [{**row, "variable": t["variable"]}[key] for key in COMPOSITION.values()] for t in tables for row in t["rows"]
    ]
    return list(COMPOSITION), rows


def _partials(response: dict[str, Any]) -> list[Row]:
    return [
        [p["variable"], c["category"], c["rate"], c["unconditional"], c["error"], c["conditional"]]
        for p in response.get("partials", [])
        for c in p["categories"]
    ]


def _trend(points: list[TrendPoint]) -> list[Row]:
    return [
        [
            p.taken_on.isoformat(),
            p.members,
            p.summary.get("drawn"),
            variable,
            value,
            p.summary["chance_high"][variable],
            p.summary.get("r"),
        ]
        for p in points
        for variable, value in p.summary.get("dissimilarity", {}).items()
    ]


def _months(ahead: dict[str, Any], found: CompositionSnapshot) -> list[Row]:
    return [
        [f"{add_months(found.taken_on, m):%Y-%m}", expected, ahead["low"][m], ahead["high"][m]]
        for m, expected in enumerate(ahead.get("expected", []))
    ]
