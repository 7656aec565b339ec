"""Takes a file in: read, checked, margins derived, stored beside what is there. All of it or nothing."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core import settings
from core.db import db
from core.permissions import require
from panel.labels import category_label
from panel.models import Area, AreaKind, FigureStatus, PopulationFigure, PopulationSet, SetKind
from panel.services.population import age_sex, derivation, neighbourhoods, own_layout, postcodes
from panel.services.population.figures import GM_CODE, Place, ReadFigures
from panel.services.population.reading import Told, nobody, refuse_file
from panel.services.population.sets import ATTRIBUTION, LICENCE, SetFacts, store

FIRST_YEAR = 2010
UNIT_OF = {"households": "household", "household_type": "household", "dwellings": "dwelling"}
STRUCTURES = ("sex_age1", "sex_age5")
NO_STRUCTURE = (
    "Er zijn nog geen cijfers naar leeftijd en geslacht. Lees die eerst in; anders tellen hiervan alleen de wijken."
)
NO_DISTRICT_AGES = "De leeftijden per wijk staan er niet in. Daarom verandert de verdeling over de wijken niet."
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Source:
    """The file as it was given: what it is said to be, of which municipality and of which year."""

    path: Path
    kind: SetKind
    gm_code: str
    year: int
    name: str = ""


def take_in(source: Source, told: Told = nobody) -> PopulationSet:
    """Store the figures of a file; raises ImportRefusedError with every fault and then changes nothing.

    They do not count yet: somebody looks at what would change and chooses them.
    """
    require("panel.load_population")
    if not GM_CODE.match(source.gm_code):
        raise refuse_file("Schrijf de code van de gemeente als GM en vier cijfers, zoals GM0355.", column="gm_code")
    if source.year < FIRST_YEAR:
        raise refuse_file(f"Kies een jaar vanaf {FIRST_YEAR}.", column="jaar")
    return _READERS[source.kind](source, told)


def _facts(source: Source, reference: date, table: str, remarks: Sequence[str], **more: Any) -> SetFacts:
    name = source.name or source.path.name
    return SetFacts(
        gm_code=source.gm_code,
        kind=source.kind,
        file_name=name,
        sha256=_digest(source.path),
        reference=reference,
        source=table,
        remarks=tuple(remarks),
        **more,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _neighbourhoods(source: Source, told: Told) -> PopulationSet:
    read = neighbourhoods.read(source.path, gm_code=source.gm_code, year=source.year, told=told, file_name=source.name)
    _name_places(read.places, source.gm_code)
    figures, remarks = _counts(read), list(read.remarks)
    municipality = next(read.of("municipality"), None)
    if municipality is not None:
        structure = newest_structure(source.gm_code)
        districts = list(read.of("district"))
        margins = derivation.margins_of_neighbourhoods(municipality, districts, structure, read.reference, read.source)
        remarks += [NO_STRUCTURE] if structure is None else []
        remarks += [NO_DISTRICT_AGES] if districts and not any(m["variable"] == "district" for m in margins) else []
        figures += margins
    return store(_facts(source, read.reference, read.source, remarks, age_min=0), figures)


def _age_sex(source: Source, told: Told) -> PopulationSet:
    mine = select(Area.code).where(Area.gm_code == source.gm_code, Area.kind == AreaKind.POSTCODE4)
    known = frozenset(db.session.scalars(mine))
    name = _name_of(source.gm_code)
    read = age_sex.read(source.path, gm_code=source.gm_code, gm_name=name, year=source.year, postcodes=known, told=told)
    place = read.places[0]
    structure = derivation.structure_of(place, read.reference, read.source)
    margins = [] if structure is None else derivation.margins_of_structure(structure, place)
    return store(_facts(source, read.reference, read.source, read.remarks, age_min=0), [*_counts(read), *margins])


def _addresses(source: Source, told: Told) -> PopulationSet:
    read = postcodes.read(source.path, gm_code=source.gm_code, year=source.year, told=told)
    table = "Postcode, huisnummer, buurt, wijk en gemeente"
    return store(_facts(source, read.reference, table, read.remarks, unit="address"), [], read.rows)


def _own(source: Source, told: Told) -> PopulationSet:
    read = own_layout.read(source.path, gm_code=source.gm_code, year=source.year, told=told)
    return store(_facts(source, read.reference, read.source, ()), list(read.rows))


_READERS = {
    SetKind.NEIGHBOURHOODS: _neighbourhoods,
    SetKind.AGE_SEX: _age_sex,
    SetKind.ADDRESSES: _addresses,
    SetKind.OWN: _own,
}


def _name_of(gm_code: str) -> str:
    """The name of the municipality: from the settings, from figures that are there, else its code."""
    municipal = settings.municipal()
    if municipal.gm_code == gm_code and municipal.municipality:
        return municipal.municipality
    known = select(PopulationFigure.area_name).where(PopulationFigure.area_code == gm_code).limit(1)
    return db.session.scalars(known).first() or gm_code


def _name_places(places: Sequence[Place], gm_code: str) -> None:
    """Give areas that the file names by their code alone the name they had in the newest numbering we know."""
    known = select(Area.code, Area.name).where(Area.gm_code == gm_code).order_by(Area.vintage)
    names = dict(db.session.execute(known).all())
    for place in places:
        if place.name == place.code:
            place.name = names.get(place.code, place.code)


def newest_structure(gm_code: str) -> derivation.Structure | None:
    """The newest counts by sex and age that were taken in, by single year before five years."""
    rows = db.session.scalars(
        select(PopulationFigure)
        .where(
            PopulationFigure.gm_code == gm_code,
            PopulationFigure.area_code == gm_code,
            PopulationFigure.variable.in_(STRUCTURES),
            ~PopulationFigure.margin,
        )
        .order_by(PopulationFigure.reference.desc(), PopulationFigure.set_id.desc())
    ).all()
    if not rows:
        return None
    first = rows[0]
    same = [r for r in rows if (r.set_id, r.reference) == (first.set_id, first.reference)]
    counts = {(r.variable, r.category): r.count for r in same}
    place = Place(0, gm_code, first.area_name, counts)
    return derivation.structure_of(place, first.reference, first.source, first.derivation)


def _counts(read: ReadFigures) -> Rows:
    """Every count as it was published."""
    return [
        _count(read, place, variable, category, count, position)
        for place in read.places
        for position, ((variable, category), count) in enumerate(place.counts.items())
    ]


def _count(read: ReadFigures, place: Place, variable: str, category: str, count: int, position: int) -> dict[str, Any]:
    unit = UNIT_OF.get(variable, "person")
    low, high = ages_of_category(variable, category) if unit == "person" else (None, None)
    summed = read.source == "83502NED"
    return {
        "gm_code": f"GM{place.code[2:6]}",
        "area_code": place.code,
        "area_name": place.name,
        "variable": variable,
        "category": category,
        "label": category_label(variable, category),
        "position": position,
        "count": count,
        "unit": unit,
        "age_min": low,
        "age_max": high,
        "reference": read.reference,
        "source": read.source,
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
        "status": FigureStatus.DERIVED if summed else FigureStatus.SOURCE,
        "derivation": "Som van de postcodegebieden (vier cijfers), elk afgerond op 5" if summed else "",
        "margin": False,
    }


def ages_of_category(variable: str, category: str) -> tuple[int | None, int | None]:
    """The ages that a category of persons counts, both inclusive; no upper age when it is open."""
    if variable == "education":
        return 15, 74
    ages = category.split("|")[-1]
    found = re.match(r"^(\d+)(?:-(\d+)|(\+))?$", ages)
    if found is None:
        return 0, None
    return int(found[1]), None if found[3] else int(found[2] or found[1])
