"""Loads the population figures that ship with the product, each with everything needed to judge it."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import delete, insert

from core import audit
from core.db import db
from core.dialect import begin_write
from core.errors import NotFoundError
from core.permissions import require
from panel.labels import category_label
from panel.models import Area, AreaKind, FigureStatus, PopulationFigure

FOLDER = Path(__file__).resolve().parents[2] / "data"
COUNT_FILES = ("counts_municipality.csv", "counts_district.csv")
AREA_FILES = ("counts_district.csv", "counts_neighbourhood.csv", "counts_postcode4.csv")


@dataclass(frozen=True)
class Loaded:
    """How much was loaded."""

    figures: int
    areas: int


def load_shipped(gm_code: str, folder: Path = FOLDER) -> Loaded:
    """Replace the figures and areas of a municipality by the shipped ones; raises NotFoundError without figures."""
    require("panel.load_population")
    margins = [_margin(row, n) for n, row in enumerate(_rows(folder / "margins_16plus.csv", gm_code))]
    counts = [_count(r, n) for name in COUNT_FILES for n, r in enumerate(_rows(folder / name, gm_code))]
    areas = _areas(folder, gm_code)
    if not margins:
        raise NotFoundError("no-figures", gm_code=gm_code)
    begin_write(db.session)
    db.session.execute(delete(PopulationFigure).where(PopulationFigure.gm_code == gm_code))
    db.session.execute(delete(Area).where(Area.gm_code == gm_code))
    db.session.execute(insert(PopulationFigure), [*margins, *counts])
    db.session.execute(insert(Area), areas)
    audit.record("population.load", "municipality", gm_code, detail={"figures": len(margins) + len(counts)})
    db.session.flush()
    return Loaded(len(margins) + len(counts), len(areas))


def _rows(path: Path, gm_code: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["gm_code"] == gm_code]


def _number(text: str) -> int | None:
    return int(text) if text else None


def _shared(row: dict[str, str], position: int) -> dict[str, object]:
    return {
        "gm_code": row["gm_code"],
        "variable": row["variable"],
        "category": row["category"],
        "position": position,
        "count": int(row["count"]),
        "unit": row["unit"],
        "age_min": _number(row["age_min"]),
        "age_max": _number(row["age_max"]),
        "reference": date.fromisoformat(row["reference_date"]),
        "source": row["source_table"],
        "licence": row["licence"],
        "attribution": row["attribution"],
        "status": FigureStatus(row["status"]),
    }


def _margin(row: dict[str, str], position: int) -> dict[str, object]:
    return {
        **_shared(row, position),
        "area_code": row["gm_code"],
        "area_name": row["gm_name"],
        "label": row["label"],
        "derivation": row["derivation"],
        "margin": True,
    }


def _count(row: dict[str, str], position: int) -> dict[str, object]:
    derived = row["status"] == FigureStatus.DERIVED
    return {
        **_shared(row, position),
        "area_code": row["area_code"],
        "area_name": row["area_name"],
        "label": category_label(row["variable"], row["category"]),
        "derivation": row["note"] or ("Som van kleinere gebieden" if derived else ""),
        "margin": False,
    }


def _areas(folder: Path, gm_code: str) -> list[dict[str, object]]:
    found: dict[tuple[str, int], dict[str, object]] = {}
    for name in AREA_FILES:
        for row in _rows(folder / name, gm_code):
            key = (row["area_code"], int(row["area_vintage"]))
            found.setdefault(
                key,
                {
                    "code": key[0],
                    "vintage": key[1],
                    "name": row["area_name"],
                    "kind": AreaKind(row["area_level"]),
                    "gm_code": gm_code,
                },
            )
    return list(found.values())
