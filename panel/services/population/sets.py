"""Sets of figures: taken in whole, chosen from a moment on, discarded only when they never counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select

from core import actor as acting
from core import audit, clock
from core.db import db
from core.dialect import begin_write
from core.errors import BlockedError, Blocker
from core.permissions import require
from panel.models import (
    Area,
    AreaKind,
    PopulationChoice,
    PopulationFigure,
    PopulationSet,
    PostcodeArea,
    SetKind,
)
from panel.queries.population_sets import times_chosen

LICENCE = "CC BY 4.0"
ATTRIBUTION = "Bron: CBS"
CHUNK = 1000


@dataclass(frozen=True)
class SetFacts:
    """What is kept of a file besides its figures."""

    gm_code: str
    kind: SetKind
    file_name: str
    sha256: str
    reference: date
    source: str
    licence: str = LICENCE
    attribution: str = ATTRIBUTION
    unit: str = "person"
    age_min: int | None = None
    age_max: int | None = None
    remarks: tuple[str, ...] = field(default=())


def known_set(facts: SetFacts) -> PopulationSet | None:
    """The set that was made of this very file before."""
    return db.session.scalars(
        select(PopulationSet).where(
            PopulationSet.gm_code == facts.gm_code,
            PopulationSet.kind == facts.kind,
            PopulationSet.reference == facts.reference,
            PopulationSet.sha256 == facts.sha256,
        )
    ).first()


def store(
    facts: SetFacts, figures: Sequence[dict[str, Any]], postcodes: Sequence[dict[str, Any]] = ()
) -> PopulationSet:
    """Keep a file's figures beside what is there; the same file again gives the set that is there already."""
    require("panel.load_population")
    begin_write(db.session)
    known = known_set(facts)
    if known is not None:
        return known
    made = PopulationSet(
        **{**vars(facts), "remarks": list(facts.remarks), "file_name": facts.file_name[:200]},
        rows=len(figures) + len(postcodes),
        added_at=clock.now(),
        added_by=_who(),
    )
    db.session.add(made)
    db.session.flush()
    _insert(PopulationFigure, made, figures)
    _insert(PostcodeArea, made, postcodes)
    _record("population.load", made, rows=made.rows)
    db.session.flush()
    return made


def _insert(table: type[PopulationFigure | PostcodeArea], made: PopulationSet, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        db.session.execute(insert(table), [{**row, "set_id": made.id} for row in rows[start : start + CHUNK]])


def choose(chosen: PopulationSet, *, reason: str = "") -> PopulationChoice:
    """From now on this set counts for what is planned anew; what is frozen keeps the set of its own time."""
    require("panel.load_population", chosen)
    begin_write(db.session)
    _add_areas(chosen)
    made = PopulationChoice(set_id=chosen.id, chosen_at=clock.now(), chosen_by=_who(), reason=reason.strip())
    db.session.add(made)
    _record("population.choose", chosen, reason=made.reason)
    db.session.flush()
    return made


def discard(unwanted: PopulationSet) -> None:
    """Remove a set that never counted; raises BlockedError for one that did: plans may rest on it."""
    require("panel.load_population", unwanted)
    begin_write(db.session)
    if times_chosen(unwanted):
        raise BlockedError([Blocker("set-in-use", "Deze cijfers hebben geteld. Daarom blijven ze bewaard.")])
    for table in (PopulationFigure, PostcodeArea):
        db.session.execute(delete(table).where(table.set_id == unwanted.id))
    _record("population.discard", unwanted)
    db.session.delete(unwanted)
    db.session.flush()


def _add_areas(chosen: PopulationSet) -> None:
    """The areas that the figures of a set are about, each under the year of its numbering."""
    pairs = select(PopulationFigure.area_code, PopulationFigure.area_name, PopulationFigure.reference).where(
        PopulationFigure.set_id == chosen.id
    )
    wanted = {(code, day.year): (name, kind) for code, name, day in db.session.execute(pairs.distinct())
              if (kind := area_kind(code)) is not None}  # fmt: skip
    add_areas(chosen.gm_code, wanted)


def add_areas(gm_code: str, wanted: dict[tuple[str, int], tuple[str, AreaKind]]) -> int:
    """Add the areas that are not there yet, by code and year; returns how many."""
    there = {(code, year) for code, year in db.session.execute(select(Area.code, Area.vintage))}
    rows = [
        {"code": code, "vintage": year, "name": name, "kind": kind, "gm_code": gm_code}
        for (code, year), (name, kind) in wanted.items()
        if (code, year) not in there
    ]
    if rows:
        db.session.execute(insert(Area), rows)
    return len(rows)


def area_kind(code: str) -> AreaKind | None:
    """The kind of area that a code of Statistics Netherlands stands for; None for a municipality."""
    if code.isdecimal():
        return AreaKind.POSTCODE4
    return {"WK": AreaKind.DISTRICT, "BU": AreaKind.NEIGHBOURHOOD}.get(code[:2])


def _who() -> str:
    who = acting.current()
    return (who.ref or who.kind)[:80]


def _record(action: str, about: PopulationSet, **detail: object) -> None:
    facts = {"gm_code": about.gm_code, "kind": about.kind.value, "reference": about.reference.isoformat()}
    audit.record(action, "population_set", about.public_id, detail={**facts, **detail})
