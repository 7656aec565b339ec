"""What a page of a fair draw shows: quotas with what was drawn, chances as chart and table."""

from collections.abc import Mapping
from typing import Any

from core.web.context import number
from panel import draw_labels, queries
from panel.labels import VARIABLE
from panel.models import FairDraw


def district_names() -> dict[str, str]:
    """The name of each wijk."""
    return {area.code: area.name for area in queries.districts()}


def percent(share: float | None, digits: int = 0) -> str:
    """A share as a percentage; a chance that is not nothing is not shown as nothing."""
    if share is None:
        return "onbekend"
    return "minder dan 1 %" if 0 < share < 0.01 and digits == 0 else f"{number(share * 100, digits)} %"


def quotas(draw: FairDraw, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Per variable its categories with the share of the population, candidates, quotas and seats drawn."""
    seats = draw.proof["seats"] if draw.proof else []
    found = []
    for place, quota in enumerate(draw.quotas):
        variable = quota["variable"]
        rows = [
            {
                "id": f"{variable}-{n}",
                "label": draw_labels.category(variable, row["category"], names),
                "share": percent(row["share"]),
                "candidates": row["candidates"],
                "lower": row["lower"],
                "upper": row["upper"],
                "drawn": seats[place].get(str(n), 0) if seats else None,
            }
            for n, row in enumerate(quota["rows"])
        ]
        found.append({"variable": variable, "word": VARIABLE.get(variable, variable), "rows": rows})
    return found


def chances(draw: FairDraw, names: Mapping[str, str]) -> dict[str, Any] | None:
    """The chances as a chart of median with smallest and greatest, and as a table; None before they are known."""
    if not draw.chances:
        return None
    rows = [row for row in draw.chances if row["candidates"]]
    return {
        "all": {name: percent(rows[0][name]) for name in ("minimum", "median", "maximum")},
        "equal": percent(rows[0]["minimum"]) == percent(rows[0]["maximum"]),
        "candidates": rows[0]["candidates"],
        "chart": [_dot(row, names) for row in rows],
        "table": {
            "headers": ["Groep", "Kandidaten", "Kleinste kans", "Middelste kans", "Grootste kans"],
            "rows": [_cells(row, names) for row in rows],
            "numeric": [1, 2, 3, 4],
        },
    }


def _dot(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "label": _label(row, names),
        "value": row["median"] * 100,
        "low": row["minimum"] * 100,
        "high": row["maximum"] * 100,
        "text": percent(row["median"]),
    }


def _cells(row: Mapping[str, Any], names: Mapping[str, str]) -> list[str | int]:
    told = [percent(row[name]) for name in ("minimum", "median", "maximum")]
    return [_label(row, names), row["candidates"], *told]


def _label(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if not row["feature"]:
        return "Alle kandidaten"
    word = VARIABLE.get(row["feature"], row["feature"])
    text = f"{word}: {draw_labels.category(row['feature'], row['category'], names)}"
    return text[:1].upper() + text[1:]
