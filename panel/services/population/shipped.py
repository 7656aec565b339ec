"""Loads the population figures that ship with the product, each with everything needed to judge it."""

import csv
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from core.db import db
from core.dialect import begin_write
from core.errors import NotFoundError
from core.permissions import require
from panel.labels import DERIVED_FROM, category_label
from panel.models import Area, AreaKind, FigureStatus, SetKind
from panel.queries.population_sets import times_chosen
from panel.services.population.sets import SetFacts, add_areas, choose, known_set, store

FOLDER = Path(__file__).resolve().parents[3] / "data"
COUNT_FILES = ("counts_municipality.csv", "counts_district.csv", "counts_neighbourhood.csv")
AREA_FILES = ("counts_district.csv", "counts_neighbourhood.csv", "counts_postcode4.csv")


@dataclass(frozen=True)
class Loaded:
    """How much is there."""

    figures: int
    areas: int


def load_shipped(gm_code: str, folder: Path = FOLDER) -> Loaded:
    """Take in the shipped figures and areas of a municipality; raises NotFoundError without figures.

    Loading them again changes nothing; those of a newer release stand beside the older, and count from then on.
    """
    require("panel.load_population")
    margins = [_margin(row, n) for n, row in enumerate(_rows(folder / "margins_16plus.csv", gm_code))]
    counts = [_count(r, n) for name in COUNT_FILES for n, r in enumerate(_rows(folder / name, gm_code))]
    areas = _areas(folder, gm_code)
    if not margins:
        raise NotFoundError("no-figures", gm_code=gm_code)
    facts = _facts(gm_code, folder, [*margins, *counts])
    begin_write(db.session)
    if known_set(facts) is None:
        add_areas(gm_code, areas)
    kept = store(facts, [*margins, *counts])
    if not times_chosen(kept):
        choose(kept)
    there = select(func.count()).select_from(Area).where(Area.gm_code == gm_code)
    return Loaded(kept.rows, db.session.scalar(there) or 0)


def _facts(gm_code: str, folder: Path, figures: list[dict[str, object]]) -> SetFacts:
    """What is kept of the shipped files; the digest is of the rows of this municipality alone."""
    dates = [value for row in figures if isinstance(value := row["reference"], date)]
    return SetFacts(
        gm_code=gm_code,
        kind=SetKind.SHIPPED,
        file_name=folder.name,
        sha256=hashlib.sha256(repr(figures).encode()).hexdigest(),
        reference=max(dates),
        source="86165NED; 85984NED; 85318NED; 83502NED; 71486NED",
        age_min=16,
    )


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
        "derivation": DERIVED_FROM.get(row["note"], row["note"]) or ("Som van kleinere gebieden" if derived else ""),
        "margin": False,
    }


def _areas(folder: Path, gm_code: str) -> dict[tuple[str, int], tuple[str, AreaKind]]:
    return {
        (row["area_code"], int(row["area_vintage"])): (row["area_name"], AreaKind(row["area_level"]))
        for name in AREA_FILES
        for row in _rows(folder / name, gm_code)
    }
