"""The clerk's page of population figures."""

from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core.db import db
from core.paging import Paging
from core.web.access import Audience, allow
from core.web.download import csv_file
from panel.labels import FIGURE_STATUS, UNIT, VARIABLE
from panel.models import PopulationFigure
from panel.queries.population import FigureFilter, figure_variables, list_figures
from panel.views import clerk_localities, clerk_population_sets
from panel.views.blueprints import CLERK

__all__ = ["clerk_localities", "clerk_population_sets"]

SIZE = 50
HEADERS = (
    "gemeente",
    "gebied",
    "onderwerp",
    "groep",
    "aantal",
    "eenheid",
    "leeftijd",
    "peildatum",
    "bron",
    "licentie",
    "soort cijfer",
    "hoe afgeleid",
)


def _filter() -> FigureFilter:
    args = request.args
    return FigureFilter(args.get("zoek", "").strip(), args.get("onderwerp", ""), args.get("soort", ""))


def ages(figure: PopulationFigure) -> str:
    """The ages a figure is about."""
    if figure.age_min is None and figure.age_max is None:
        return "niet van toepassing"
    if figure.age_max is None:
        return "alle leeftijden" if not figure.age_min else f"{figure.age_min} jaar en ouder"
    return f"{figure.age_min} tot en met {figure.age_max} jaar"


def _row(figure: PopulationFigure) -> list[str | int]:
    return [
        figure.gm_code,
        figure.area_name,
        VARIABLE.get(figure.variable, figure.variable),
        figure.label,
        figure.count,
        UNIT[figure.unit],
        ages(figure),
        figure.reference.isoformat(),
        f"{figure.attribution} {figure.source}",
        figure.licence,
        FIGURE_STATUS[figure.status],
        figure.derivation,
    ]


@CLERK.get("/griffie/bevolking")
@allow(Audience.STAFF, "panel.view_population")
def population() -> str:
    """The figures with everything needed to judge them, searchable."""
    statement = list_figures(_filter())
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    paging = Paging(total, SIZE, request.args.get("pagina", 1, type=int))
    figures = db.session.scalars(statement.limit(SIZE).offset(paging.offset)).all()
    notes = list(dict.fromkeys(f.derivation for f in figures if f.derivation))
    kept: dict[str, Any] = {k: v for k, v in request.args.items() if k != "pagina"}
    return render_template(
        "panel/clerk/population.html",
        figures=[(f, VARIABLE.get(f.variable, f.variable), UNIT[f.unit], ages(f)) for f in figures],
        notes=notes,
        words=FIGURE_STATUS,
        total=total,
        page=paging.number,
        pages=paging.pages,
        chosen=_filter(),
        variables=[(v, VARIABLE.get(v, v)) for v in figure_variables()],
        statuses=[(s.value, label) for s, label in FIGURE_STATUS.items()],
        page_url=lambda n: url_for("panel_clerk.population", **{**kept, "pagina": n}),
        export_url=url_for("panel_clerk.population_file", **kept),
    )


@CLERK.get("/griffie/bevolking.csv")
@allow(Audience.STAFF, "panel.view_population")
def population_file() -> Response:
    """The same figures as a file."""
    return csv_file("bevolkingscijfers", HEADERS, (_row(f) for f in db.session.scalars(list_figures(_filter()))))
