"""The composition of every closed wave: who was invited, who responded, and how the weighting mends it.

Made from the counts that closing leaves behind; while a wave is in the field nothing of this is known.
"""

from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import defer

from analysis.representation.panel_rates import panel_rates
from core import clock, jobs
from core.db import db
from feedback.models import Publication
from panel.board import comparing, responding
from panel.board.responding import ResponseRow
from panel.models.snapshot import RESPONSE, WAVE
from panel.queries.composition import VARIABLES, Counts, counts_by_variable
from panel.queries.population import PopulationMargin, margins
from panel.queries.recruitment import list_rounds, round_totals
from panel.queries.snapshots import latest_moment
from panel.services import snapshots
from surveys.lifecycle import WaveStatus
from surveys.models import CellCount, Wave
from surveys.queries_fieldwork import cell_counts

DRAWN = "drawn"
MODEL = ("sex", "age", "district", "education")
SEED = 355


def take_compositions() -> int:
    """A snapshot of each closed wave that has none, or that was weighed since; returns how many were made."""
    closed = select(Wave).where(Wave.status == WaveStatus.CLOSED).options(defer(Wave.frozen_document))
    waves = list(db.session.scalars(closed.order_by(Wave.id)))
    # all is computed before the first is written, so that the write lock is held for a moment only
    made = [found for wave in waves if (found := _compute(wave)) is not None]
    taken = latest_moment(RESPONSE)
    is_old = taken is None or clock.to_amsterdam(taken).date() < clock.today()
    response = _response_of(waves) if waves and (made or is_old) else None
    for wave, document in made:
        summary = {name: view["size"] for name, view in document["views"].items()}
        subject = f"{WAVE}{wave.public_id}"
        snapshots.store(subject, title=wave.title, members=wave.invited_n, summary=summary, document=document)
    if response is not None:
        snapshots.store(RESPONSE, title="", members=response["joined"], summary={}, document=response)
    return len(made)


def _compute(wave: Wave) -> tuple[Wave, dict[str, Any]] | None:
    publication = db.session.scalars(select(Publication).where(Publication.wave_id == wave.id)).first()
    current = publication.current if publication else None
    taken = latest_moment(f"{WAVE}{wave.public_id}")
    if taken is not None and (current is None or current.computed_at <= taken):
        return None
    cells = cell_counts(wave)
    return (wave, _document(wave, cells, current.document if current else None)) if cells else None


def _document(wave: Wave, cells: list[CellCount], results: dict[str, Any] | None) -> dict[str, Any]:
    known = margins(VARIABLES, as_of=wave.frozen_at)
    rng = np.random.default_rng(SEED + wave.id)
    invited = counts_by_variable((_crossed(c), c.invited) for c in cells)
    responded = counts_by_variable((_crossed(c), c.answered) for c in cells)
    views = {
        "invited": {"size": sum(c.invited for c in cells), "tables": comparing.compare(invited, known, rng)},
        "responded": {
            "size": sum(c.answered for c in cells),
            "tables": comparing.compare(_known(responded), known, rng),
        },
    }
    if results is not None:
        views["weighted"] = _weighted(results, known, rng)
    return {"seed": SEED + wave.id, "views": views, "response": _response(cells)}


def _known(counts: Counts) -> Counts:
    return {variable: found for variable, found in counts.items() if sum(found.values())}


def _crossed(cell: CellCount) -> dict[str, str]:
    """The classes that the cell carries, with sex and age crossed where both are there."""
    found = {name: str(value) for name, value in cell.classes.items() if name in VARIABLES}
    if "sex" in found and "age" in found:
        found["sex_age"] = f"{found['sex']}|{found['age']}"
    return found


def _weighted(results: dict[str, Any], known: list[PopulationMargin], rng: np.random.Generator) -> dict[str, Any]:
    weighting, n = results["weighting"], results["base"]["in_figures"]
    after = {m["variable"]: {r["category"]: r["after"] for r in m["rows"]} for m in weighting["margins"]}
    effective = float(weighting["effective_n"])
    tables = [
        comparing.compare_weighted(after[m.variable], m, effective, n, rng)
        for m in known
        if m.variable in after and set(after[m.variable]) >= set(m.categories)
    ]
    return {"size": n, "tables": tables}


def _response(cells: list[CellCount]) -> dict[str, Any]:
    present = {name for cell in cells for name in cell.classes}
    rows = [ResponseRow({k: str(v) for k, v in c.classes.items()}, c.invited, c.answered) for c in cells]
    return responding.indicate(rows, [name for name in MODEL if name in present])


def _response_of(waves: list[Wave]) -> dict[str, Any]:
    """Cumulative response of drawn members per closed wave: letters, members, answers."""
    totals = [round_totals(found) for found in list_rounds()]
    letters, joined = sum(t.letters for t in totals), sum(t.joined for t in totals)
    rows = [row for wave in waves if (row := _cumulative(wave, letters, joined)) is not None]
    return {"letters": letters, "joined": joined, "waves": rows}


def _cumulative(wave: Wave, letters: int, joined: int) -> dict[str, Any] | None:
    """AAPOR's cumulative response of one wave; a member has a profile from the moment of joining."""
    drawn = [c for c in cell_counts(wave) if c.origin == DRAWN]
    invited, answered = sum(c.invited for c in drawn), sum(c.answered for c in drawn)
    if not (letters and joined and invited):
        return None
    rates = panel_rates(
        invited=letters, consented=joined, profiled=joined, wave_invited=invited, wave_complete=answered
    )
    closed = wave.closed_at
    return {
        "title": wave.title,
        "slug": wave.slug,
        "closed_on": clock.to_amsterdam(closed).date().isoformat() if closed else "",
        "invited": invited,
        "answered": answered,
        "recruitment": round(rates.recruitment, 6),
        "completion": round(rates.completion, 6),
        "cumulative": round(rates.cumulative, 6),
        "low": round(rates.low, 6),
        "high": round(rates.high, 6),
    }


jobs.every(3600, "feedback.take_compositions", take_compositions)
