"""The public page of the panel: size, composition, response, staying on and activity, from the newest snapshots."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core import settings
from core.web.context import long_date, number
from panel.board.showing import label_of
from panel.labels import FIGURE_STATUS, VARIABLE
from panel.models import FigureStatus
from panel.models.snapshot import RESPONSE
from panel.queries.composition import panel_size
from panel.queries.snapshots import newest_snapshot
from portal import places

SHOWN = ("sex", "age", "district", "education")
FEW = "te weinig leden"


@dataclass(frozen=True)
class Chart:
    """One variable as paired bars with its table and the source of the population figures."""

    title: str
    word: str
    rows: list[dict[str, Any]]
    base: str
    table: dict[str, Any]
    note: str
    derivation: str


@dataclass(frozen=True)
class Response:
    """Cumulative response of drawn members: of everybody who got a letter, the part that answered."""

    letters: int
    joined: int
    share: str
    latest: dict[str, Any] | None
    table: dict[str, Any]
    counted_at: datetime


@dataclass(frozen=True)
class PanelPage:
    """Everything of the page about the panel; `counted_at` is empty until the first count."""

    size: int
    drawn: int
    self_registered: int
    counted_at: datetime | None
    active: str
    active_share: str
    active_since: date | None
    retention: dict[str, Any] | None
    response: Response | None
    charts: list[Chart]


def panel_page() -> PanelPage:
    """Gather the page from what the worker counted."""
    found = newest_snapshot()
    if found is None:
        return PanelPage(panel_size(), 0, 0, None, "", "", None, None, None, [])
    views = found.document["views"]
    size, activity = views["all"]["size"], found.document["activity"]
    return PanelPage(
        size=size,
        drawn=views["drawn"]["size"],
        self_registered=views["self_registered"]["size"],
        counted_at=found.taken_at,
        active=number(activity["active"]),
        active_share=percent(activity["active"] / size if size else None),
        active_since=date.fromisoformat(activity["since"]),
        retention=_retention(found.document["retention"]),
        response=_response(),
        charts=[_chart(t, views) for t in views["all"]["tables"] if t["variable"] in SHOWN],
    )


def percent(share: float | None, digits: int = 0) -> str:
    """A share (0 to 1) as a percentage."""
    return "–" if share is None else f"{number(100 * share, digits)}\u00a0%"


def _retention(found: dict[str, Any] | None) -> dict[str, Any] | None:
    if found is None:
        return None
    between = f"{number(100 * found['low'], 1)} tot {number(100 * found['high'], 1)}\u00a0%"
    all_stayed = found["still"] == found["admitted"]
    return {
        "admitted": found["admitted"],
        "still": found["still"],
        "rate": percent(found["rate"], 0 if all_stayed else 1),
        "between": "" if all_stayed else between,
    }


def _response() -> Response | None:
    found = newest_snapshot(RESPONSE)
    if found is None or not found.document["letters"]:
        return None
    letters, joined, waves = (found.document[name] for name in ("letters", "joined", "waves"))
    rows = [_wave(w) for w in sorted(waves, key=lambda w: w["closed_on"], reverse=True)]
    headers = ["Vragenlijst", "Gesloten op", "Geloot en gevraagd", "Ingevuld", "Van wie een brief kreeg"]
    table = {
        "caption": "Respons van gelote leden per vragenlijst",
        "headers": headers,
        "rows": [r["cells"] for r in rows],
        "numeric": [2, 3, 4],
    }
    return Response(letters, joined, percent(joined / letters, 1), rows[0] if rows else None, table, found.taken_at)


def _wave(found: dict[str, Any]) -> dict[str, Any]:
    closed = long_date(date.fromisoformat(found["closed_on"])) if found["closed_on"] else ""
    cumulative = percent(found["cumulative"], 1)
    between = f"{number(100 * found['low'], 1)} tot {number(100 * found['high'], 1)}\u00a0%"
    cells = [found["title"], closed, number(found["invited"]), number(found["answered"]), cumulative]
    return {
        "title": found["title"],
        "url": places.survey(found["slug"]),
        "closed": closed,
        "completion": percent(found["completion"]),
        "cumulative": cumulative,
        "between": between,
        "cells": cells,
    }


def _chart(table: dict[str, Any], views: dict[str, Any]) -> Chart:
    variable = table["variable"]
    word = VARIABLE.get(variable, variable)
    ages = f" van {table['age_min']} jaar en ouder" if table["age_min"] and table["age_max"] is None else ""
    source = f"Bron: CBS, tabel {table['source']}, {long_date(date.fromisoformat(table['reference']))}"
    derived = f" ({FIGURE_STATUS[FigureStatus.DERIVED]}, zie onderaan)" if table["derivation"] else ""
    return Chart(
        title=f"Het panel naast alle inwoners: {word}",
        word=word,
        rows=[
            {
                "label": label_of(variable, row),
                "first": 100 * row["share"],
                "second": 100 * row["population_share"],
                "first_text": percent(row["share"]),
                "second_text": percent(row["population_share"]),
            }
            for row in table["rows"]
        ],
        base=f"{number(table['n'])} panelleden naast {number(table['population'])} inwoners{ages}.",
        table=_table(table, views, word),
        note=f"{source}, {table['licence']}{derived}.",
        derivation=table["derivation"],
    )


def _table(table: dict[str, Any], views: dict[str, Any], word: str) -> dict[str, Any]:
    """Shares only: counts of small groups would tell more about a few members than about the panel."""
    drawn, own = (_shares(views[name], table["variable"]) for name in ("drawn", "self_registered"))
    headers = ["Geloot", "Zelf aangemeld", "Deel van het panel", "Deel van de inwoners"]
    return {
        "caption": f"Panel en inwoners naar {word}",
        "headers": [word.capitalize(), *headers],
        "rows": [
            [
                label_of(table["variable"], row),
                percent(drawn.get(row["category"])) if drawn else FEW,
                percent(own.get(row["category"])) if own else FEW,
                percent(row["share"]),
                percent(row["population_share"]),
            ]
            for row in table["rows"]
        ],
        "numeric": [1, 2, 3, 4],
    }


def _shares(view: dict[str, Any], variable: str) -> dict[str, float]:
    """The shares of one origin; none when there are too few of them to tell."""
    for table in view["tables"]:
        if table["variable"] == variable and table["n"] >= settings.municipal().publication_base:
            return {row["category"]: row["share"] for row in table["rows"]}
    return {}
