"""Writes of who a wave asks: everybody who can be asked, or a sample by strata; the worker shows what it gives."""

from collections.abc import Mapping
from itertools import product
from math import prod

from sqlalchemy import select

from core import clock, jobs
from core.db import db
from core.errors import BlockedError, Blocker
from core.models import Job
from panel import queries as panel_queries
from panel.wave_samples import SEPARATOR, STRATIFIERS, SamplePlan, sample_document
from surveys.freezing import design_hash, sample_of
from surveys.models.wave import Wave
from surveys.questionnaire import digest
from surveys.services.design import edit

__all__ = ["PREVIEW_JOB", "sample_of"]
PREVIEW_JOB = "surveys.preview_draw"
MOST_STRATA = 150
MOST_VARIABLES = 2


def choose_everybody(wave: Wave) -> None:
    """Invite everybody who can be asked, one per household."""
    _save(wave, None)


def choose_sample(wave: Wave, *, n: int, by: tuple[str, ...]) -> SamplePlan:
    """Draw a sample of a size, divided over the strata as the population is."""
    strata, source = _population(wave, by)
    if n < len(strata):
        text = f"Er zijn {len(strata)} groepen. Loot ten minste zoveel mensen, of verdeel naar minder kenmerken."
        raise BlockedError([Blocker("n", text, anchor="n")])
    plan = SamplePlan(n, by, own_sizes=False, strata=strata, source=source)
    _save(wave, plan)
    return plan


def choose_sizes(wave: Wave, *, by: tuple[str, ...], sizes: Mapping[str, int]) -> SamplePlan:
    """Draw a number of its own of each stratum."""
    strata, _source = _population(wave, by)
    wanted = {name: sizes.get(name, 0) for name in strata}
    if any(n < 0 for n in wanted.values()) or not sum(wanted.values()):
        raise BlockedError([Blocker("sizes", "Vul bij ten minste één groep in hoeveel mensen u loot.")])
    plan = SamplePlan(sum(wanted.values()), by, own_sizes=True, strata=wanted)
    _save(wave, plan)
    return plan


def proposed_sizes(wave: Wave, n: int, by: tuple[str, ...]) -> dict[str, int]:
    """The share of each stratum in the population times the size, rounded: a start for numbers of one's own."""
    strata, _source = _population(wave, by)
    total = sum(strata.values())
    return {name: round(n * count / total) for name, count in strata.items()}


def _population(wave: Wave, by: tuple[str, ...]) -> tuple[dict[str, int], str]:
    """Persons per stratum, in the districts that are asked; two margins together are taken as independent."""
    if not by:
        return {"": 1}, ""
    if len(by) > MOST_VARIABLES or not set(by) <= set(STRATIFIERS):
        raise BlockedError([Blocker("by", f"Kies hooguit {MOST_VARIABLES} kenmerken.", anchor="by")])
    margins = {margin.variable: margin for margin in panel_queries.margins(by)}
    if len(margins) < len(by):
        raise BlockedError([Blocker("by", "Van dit kenmerk zijn er geen bevolkingscijfers.", anchor="by")])
    shares = [_asked(wave, name, margins[name].shares) for name in by]
    total = margins[by[0]].total
    strata = {
        SEPARATOR.join(names): round(total * prod(share[name] for share, name in zip(shares, names, strict=True)))
        for names in product(*shares)
    }
    if len(strata) > MOST_STRATA:
        raise BlockedError([Blocker("by", f"Dat zijn {len(strata)} groepen. Kies één kenmerk.", anchor="by")])
    return strata, "; ".join(dict.fromkeys(margins[name].source for name in by))


def _asked(wave: Wave, variable: str, shares: Mapping[str, float]) -> dict[str, float]:
    """The shares of the categories that are asked: only the chosen districts."""
    area = {str(code) for code in wave.commission.area_districts or ()}
    return {code: share for code, share in shares.items() if variable != "district" or not area or code in area}


def _save(wave: Wave, plan: SamplePlan | None) -> None:
    edit(wave, "sample")
    wave.sample = sample_document(plan)
    db.session.flush()
    order_preview(wave)


def order_preview(wave: Wave) -> Job:
    """Let the worker show what the draw would give now."""
    payload = {"wave": wave.public_id, "hash": design_hash(wave), "sample": digest(wave.sample)}
    return jobs.enqueue(PREVIEW_JOB, payload, key=f"{_prefix(wave)}{clock.now().isoformat()}")


def newest_preview(wave: Wave) -> Job | None:
    """The newest preview that was asked for; None as well when the sample was changed after it."""
    mine = select(Job).where(Job.kind == PREVIEW_JOB, Job.key.startswith(_prefix(wave)))
    found = db.session.scalars(mine.order_by(Job.id.desc()).limit(1)).first()
    return found if found is not None and found.payload.get("sample") == digest(wave.sample) else None


def _prefix(wave: Wave) -> str:
    return f"preview-draw:{wave.public_id}:"
