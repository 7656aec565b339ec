"""The worker computes the composition of the panel: counts from the database, numbers on the cells, one snapshot."""

from typing import Any

import numpy as np
from sqlalchemy import func, select

from analysis.representation.panel_rates import retention_rate
from core import clock, settings
from core.db import db
from core.jobs import Progress, every, handler
from panel.board import comparing, forecasting, responding
from panel.board.grouped_localities import Localities, localities
from panel.board.responding import ResponseRow
from panel.classes import split_stratum
from panel.models import MemberOrigin, SamplePerson
from panel.models.snapshot import PANEL
from panel.queries.composition import VARIABLES, ProfileCell, counts_by_variable, profile_cells
from panel.queries.member_places import layout, member_places
from panel.queries.population import PopulationMargin, margins
from panel.queries.recruitment import list_rounds, yields
from panel.queries.snapshots import COMPOSITION_JOB, COMPOSITION_STEPS, latest_moment
from panel.queries.stock import Kept, kept, stock
from panel.services import seats, snapshots

LETTER_VARIABLES = ("age", "district")
VIEWS: dict[str, tuple[MemberOrigin, ...]] = {
    "all": tuple(MemberOrigin),
    "drawn": (MemberOrigin.DRAWN,),
    "self_registered": (MemberOrigin.SELF_REGISTERED,),
}


def take_composition(_payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Count, compute and keep the composition of today; reading and computing hold no write lock."""
    progress(0, COMPOSITION_STEPS)
    cells, known = profile_cells(), margins(VARIABLES)
    grouped = _localities(known)
    progress(1, COMPOSITION_STEPS)
    letters, stand, retention = _letters(), stock(), kept()
    targets = {p.stratum: p.seats for p in seats.propose_seats(settings.municipal().panel_target)}
    db.session.rollback()
    progress(2, COMPOSITION_STEPS)
    seed = int(f"{clock.today():%Y%m%d}")
    rng = np.random.default_rng(seed)
    views = {name: _view(origins, cells, known, grouped, rng) for name, origins in VIEWS.items()}
    document = {
        "seed": seed,
        "views": views,
        "localities": {"remark": grouped.remark} if grouped else None,
        "recruitment": responding.indicate(letters, LETTER_VARIABLES),
        "upkeep": forecasting.forecast(stand, targets),
        "activity": {"active": stand.active_in_year, "since": stand.active_since.isoformat()},
        "retention": _retention(retention),
    }
    progress(3, COMPOSITION_STEPS)
    members = sum(c.members for c in cells)
    snapshots.store(PANEL, title="", members=members, summary=_summary(document), document=document)
    progress(COMPOSITION_STEPS, COMPOSITION_STEPS)
    return {"members": members}


def _retention(found: Kept) -> dict[str, Any] | None:
    if not found.admitted:
        return None
    rate = retention_rate(active=found.still, profiled=found.admitted)
    return {"admitted": found.admitted, "still": found.still, "rate": rate.rate, "low": rate.low, "high": rate.high}


def _localities(known: list[PopulationMargin]) -> Localities | None:
    """The kernen, where the municipality named them and has figures per wijk."""
    found = layout()
    district = next((m for m in known if m.variable == "district"), None)
    return localities(found, member_places(found.divided), district) if found and district else None


def _view(
    origins: tuple[MemberOrigin, ...],
    cells: list[ProfileCell],
    known: list[PopulationMargin],
    grouped: Localities | None,
    rng: np.random.Generator,
) -> dict[str, Any]:
    mine = [c for c in cells if c.origin in origins]
    counts = counts_by_variable((c.classes, c.members) for c in mine)
    if grouped is not None and grouped.margin is not None:
        counts[grouped.margin.variable] = grouped.counts(origins)
        known = [*known, grouped.margin]
    return {"size": sum(c.members for c in mine), "tables": comparing.compare(counts, known, rng)}


def _letters() -> list[ResponseRow]:
    """Per round and stratum: letters, who became a member, and the chance to be drawn."""
    weights = _letter_weights()
    return [
        ResponseRow(
            dict(zip(LETTER_VARIABLES, split_stratum(found.stratum), strict=True)),
            found.letters,
            found.joined,
            weights[one.id, found.stratum],
            f"{one.id}|{found.stratum}",
        )
        for one in list_rounds()
        for found in yields(one)
        if found.letters
    ]


def _letter_weights() -> dict[tuple[int, str], float]:
    """1 / the chance to be drawn, per round and stratum."""
    group = (SamplePerson.round_id, SamplePerson.stratum)
    statement = select(*group, func.avg(1.0 / SamplePerson.inclusion_probability)).group_by(*group)
    return {(round_id, stratum): float(mean) for round_id, stratum, mean in db.session.execute(statement)}


def _summary(document: dict[str, Any]) -> dict[str, Any]:
    """What the trend needs."""
    tables = {t["variable"]: t for t in document["views"]["all"]["tables"]}
    return {
        "drawn": document["views"]["drawn"]["size"],
        "dissimilarity": {v: t["dissimilarity"] for v, t in tables.items()},
        "chance_high": {v: t["chance_high"] for v, t in tables.items()},
        "r": document["recruitment"].get("r"),
    }


def take_daily() -> None:
    """A snapshot of every day on which there is a panel; safe to repeat."""
    taken = latest_moment()
    if taken is not None and clock.to_amsterdam(taken).date() == clock.today():
        return
    if any(found.members for found in stock().strata.values()):
        take_composition({}, lambda _done, _of: None)


handler(COMPOSITION_JOB, take_composition)
every(3600, "panel.take_composition", take_daily)
