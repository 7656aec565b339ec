"""Reads of population figures and areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, or_, select

from core import settings
from core.db import db
from panel.models import Area, AreaKind, FigureStatus, PopulationFigure
from panel.queries.population_sets import chosen_sets


@dataclass(frozen=True)
class PopulationMargin:
    """One margin of the panel population with what is needed to judge and print it."""

    variable: str
    categories: tuple[str, ...]
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    unit: str
    age_min: int | None
    age_max: int | None
    source: str
    reference: date
    licence: str
    attribution: str
    status: FigureStatus
    derivation: str

    @property
    def total(self) -> int:
        """The population of this margin."""
        return sum(self.counts)

    @property
    def shares(self) -> dict[str, float]:
        """Share per category, 0 to 1."""
        return {c: n / self.total for c, n in zip(self.categories, self.counts, strict=True)}


def margins(
    variables: Sequence[str], gm_code: str | None = None, *, as_of: datetime | None = None
) -> list[PopulationMargin]:
    """The margins of persons of 16 and over, in the order asked; a variable without figures is left out.

    Those that count now; with `as_of` those that counted at that moment, so that a frozen plan keeps its own.
    """
    gm = gm_code or settings.municipal().gm_code
    return margins_of([found.id for found in chosen_sets(gm, as_of=as_of)], variables)


def margins_of(set_ids: Sequence[int], variables: Sequence[str]) -> list[PopulationMargin]:
    """The margins of these sets: of each variable those of the first set that has it."""
    rows = db.session.scalars(
        select(PopulationFigure)
        .where(
            PopulationFigure.set_id.in_(list(set_ids)),
            PopulationFigure.margin,
            PopulationFigure.variable.in_(list(variables)),
        )
        .order_by(PopulationFigure.reference.desc(), PopulationFigure.position)
    ).all()
    order = {number: place for place, number in enumerate(set_ids)}
    found = {v: [r for r in rows if r.variable == v] for v in variables}
    return [_margin(_of_first_set(figures, order)) for figures in found.values() if figures]


def _of_first_set(rows: list[PopulationFigure], order: dict[int, int]) -> list[PopulationFigure]:
    first = min((r.set_id for r in rows), key=order.__getitem__)
    return [r for r in rows if r.set_id == first]


def _margin(rows: list[PopulationFigure]) -> PopulationMargin:
    newest = [r for r in rows if r.reference == rows[0].reference]
    first = newest[0]
    return PopulationMargin(
        variable=first.variable,
        categories=tuple(r.category for r in newest),
        labels=tuple(r.label for r in newest),
        counts=tuple(r.count for r in newest),
        unit=first.unit,
        age_min=first.age_min,
        age_max=first.age_max,
        source=first.source,
        reference=first.reference,
        licence=first.licence,
        attribution=first.attribution,
        status=first.status,
        derivation=first.derivation,
    )


def districts(gm_code: str | None = None, *, as_of: datetime | None = None) -> list[Area]:
    """The districts (wijken) of the municipality in the numbering of the figures that count."""
    gm = gm_code or settings.municipal().gm_code
    return _areas(gm, AreaKind.DISTRICT, [m.reference.year for m in margins(("district",), gm, as_of=as_of)])


def neighbourhoods(gm_code: str | None = None) -> list[Area]:
    """The neighbourhoods (buurten) of the municipality; of the year of the districts when they are there."""
    gm = gm_code or settings.municipal().gm_code
    return _areas(gm, AreaKind.NEIGHBOURHOOD, [m.reference.year for m in margins(("district",), gm)])


def _areas(gm_code: str, kind: AreaKind, years: list[int]) -> list[Area]:
    mine = (Area.gm_code == gm_code, Area.kind == kind)
    there = set(db.session.scalars(select(Area.vintage).where(*mine).distinct()))
    year = next((y for y in years if y in there), max(there, default=0))
    return list(db.session.scalars(select(Area).where(*mine, Area.vintage == year).order_by(Area.code)))


@dataclass(frozen=True)
class FigureFilter:
    """What the list of figures is narrowed to."""

    search: str = ""
    variable: str = ""
    status: str = ""


def list_figures(chosen: FigureFilter) -> Select[PopulationFigure]:
    """The figures that match, as a statement that can be counted and paged."""
    statement = select(PopulationFigure).order_by(
        PopulationFigure.margin.desc(),
        PopulationFigure.gm_code,
        PopulationFigure.area_code,
        PopulationFigure.variable,
        PopulationFigure.reference.desc(),
        PopulationFigure.position,
    )
    if chosen.search:
        pattern = f"%{chosen.search}%"
        columns = (PopulationFigure.label, PopulationFigure.area_name, PopulationFigure.source)
        statement = statement.where(or_(*(c.ilike(pattern) for c in columns)))
    if chosen.variable:
        statement = statement.where(PopulationFigure.variable == chosen.variable)
    if chosen.status in set(FigureStatus):
        statement = statement.where(PopulationFigure.status == FigureStatus(chosen.status))
    return statement


def figure_variables() -> list[str]:
    """The variables of which there are figures."""
    return list(db.session.scalars(select(PopulationFigure.variable).distinct().order_by(PopulationFigure.variable)))
