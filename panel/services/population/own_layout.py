"""Reads figures in the layout of the files that ship with the product (data/README.md): counts, or ready margins."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from panel.labels import category_label
from panel.models import FigureStatus
from panel.services.population.figures import GM_CODE, whole_number
from panel.services.population.reading import Faults, Table, Told, nobody, open_table

SHARED = (
    "gm_code", "gm_name", "variable", "category", "count", "unit", "age_min", "age_max", "reference_date",
    "source_table", "status", "licence", "attribution",
)  # fmt: skip
COUNTS = ("area_code", "area_name", "note")
MARGINS = ("label", "derivation")
UNITS = ("person", "household", "dwelling")
AREA = re.compile(r"^(GM\d{4}|WK\d{6}|BU\d{8}|[1-9]\d{3})$")
TEXT = re.compile(r"^[^\x00-\x1f]+$")


@dataclass(frozen=True)
class OwnFigures:
    """The rows of one municipality as they are stored."""

    reference: date
    source: str
    rows: tuple[dict[str, Any], ...]


def read(path: Path, *, gm_code: str, year: int, told: Told = nobody) -> OwnFigures:
    """The figures of one municipality; the newest date must be in the year; raises ImportRefusedError."""
    with open_table(path, told) as table:
        margin = "derivation" in table.columns
        needed = (*SHARED, *(MARGINS if margin else COUNTS))
        for name in needed:
            if name not in table.columns:
                table.faults.add(1, name, "", "Deze kolom ontbreekt. De kolommen staan in data/README.md.")
        table.faults.refuse()
        rows = [row for line, cells in table.rows if (row := _row(table, line, cells, gm_code, margin)) is not None]
        _check(rows, table.faults, gm_code, year)
        table.faults.refuse()
    sources = dict.fromkeys(part.strip() for row in rows for part in str(row["source"]).split(";"))
    kept = tuple({key: value for key, value in row.items() if key != "line"} for row in rows)
    return OwnFigures(max(row["reference"] for row in rows), "; ".join(sources)[:120], kept)


def _row(table: Table, line: int, cells: list[str], gm_code: str, margin: bool) -> dict[str, Any] | None:
    if len(cells) != len(table.columns):
        message = f"Deze regel heeft {len(cells)} kolommen. Het moeten er {len(table.columns)} zijn."
        table.faults.add(line, "", "", message)
        return None
    said = dict(zip(table.columns, (c.strip() for c in cells), strict=True))
    if not GM_CODE.match(said["gm_code"]):
        message = "Dit is geen code van een gemeente, zoals GM0355. Is een kolom opgeschoven?"
        table.faults.add(line, "gm_code", said["gm_code"], message)
        return None
    return _figure(said, line, margin, table.faults) if said["gm_code"] == gm_code else None


def _figure(said: dict[str, str], line: int, margin: bool, faults: Faults) -> dict[str, Any] | None:
    area = said["gm_code"] if margin else said["area_code"]
    before = faults.total
    _check_texts(said, line, area, margin, faults)
    count = whole_number(said["count"], line, "count", faults)
    if not said["count"]:
        faults.add(line, "count", "", "Het aantal ontbreekt.")
    ages = [_age(said[name], line, name, faults) for name in ("age_min", "age_max")]
    reference = _date(said["reference_date"], line, faults)
    if faults.total > before:
        return None
    note = said["derivation"] if margin else said["note"]
    derived = said["status"] == FigureStatus.DERIVED
    return {
        "line": line,
        "gm_code": said["gm_code"],
        "area_code": area,
        "area_name": (said["gm_name"] if margin else said["area_name"])[:120],
        "variable": said["variable"],
        "category": said["category"],
        "label": (said["label"] if margin else category_label(said["variable"], said["category"]))[:120],
        "position": line,
        "count": count,
        "unit": said["unit"],
        "age_min": ages[0],
        "age_max": ages[1],
        "reference": reference,
        "source": said["source_table"],
        "licence": said["licence"],
        "attribution": said["attribution"],
        "status": FigureStatus(said["status"]),
        "derivation": note or ("Som van kleinere gebieden" if derived else ""),
        "margin": margin,
    }


def _check_texts(said: dict[str, str], line: int, area: str, margin: bool, faults: Faults) -> None:
    limits = {"variable": 40, "category": 60, "source_table": 120, "licence": 40, "attribution": 80}
    for name, most in limits.items():
        if not TEXT.match(said[name]) or len(said[name]) > most:
            faults.add(line, name, said[name], f"Vul dit in, met niet meer dan {most} tekens.")
    if not AREA.match(area) or not (area.isdecimal() or area[2:6] == said["gm_code"][2:]):
        faults.add(line, "area_code", area, f"Dit is geen gebied van {said['gm_code']}. Is een kolom opgeschoven?")
    if said["unit"] not in UNITS:
        faults.add(line, "unit", said["unit"], f"Kies uit {', '.join(UNITS)}.")
    if said["status"] not in set(FigureStatus):
        faults.add(line, "status", said["status"], "Kies bron of afgeleid.")
    if margin and not said["derivation"]:
        faults.add(line, "derivation", "", "Schrijf op hoe dit cijfer is afgeleid.")


def _age(text: str, line: int, column: str, faults: Faults) -> int | None:
    if text and not (text.isdecimal() and int(text) <= 130):
        faults.add(line, column, text, "Dit is geen leeftijd in hele jaren.")
        return None
    return int(text) if text else None


def _date(text: str, line: int, faults: Faults) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.add(line, "reference_date", text, "Schrijf de datum als 2025-01-01.")
        return None


def _check(rows: list[dict[str, Any]], faults: Faults, gm_code: str, year: int) -> None:
    keys = ("area_code", "variable", "category", "reference")
    times = Counter(tuple(row[k] for k in keys) for row in rows)
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        key = tuple(row[k] for k in keys)
        if times[key] > 1 and key in seen:
            faults.add(row["line"], "category", row["category"], "Dit cijfer komt twee keer voor.")
        seen.add(key)
    years = sorted({row["reference"].year for row in rows})
    if not rows and not faults.found:
        faults.add(0, "gm_code", gm_code, f"{gm_code} komt niet voor in dit bestand.")
    elif rows and years[-1] != year:
        message = f"De nieuwste cijfers zijn van {years[-1]}, niet van {year}. Kies het goede jaar."
        faults.add(0, "reference_date", "", message)
