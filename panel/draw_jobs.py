"""What the worker does for a fair draw: propose quotas, compute the lottery, draw, and check a draw."""

from collections.abc import Callable
from typing import Any

from core import clock
from core.db import db
from core.dialect import lock
from core.jobs import Progress, every, handler
from panel import lotteries, queries
from panel.lotteries import Candidate, NoPanelError, Share
from panel.models import DrawStatus, FairDraw
from panel.queries import draws
from panel.queries.draws import Participant
from panel.services import selection


def work(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """One step of one draw; a step that was overtaken by a change does nothing."""
    draw = db.session.get_one(FairDraw, payload["draw"])
    progress(0, 1)
    return STEPS[payload["step"]](draw)


def _propose(draw: FairDraw) -> dict[str, Any]:
    people = draws.participants(draw)
    quotas = lotteries.propose_quotas(_shares(draw, people), draw.seats, draw.tolerance, candidates_of(people))
    if lock(db.session, draw).status is DrawStatus.DRAFT and not draw.quotas:
        draw.quotas = quotas
    return {"candidates": len(people)}


def _shares(draw: FairDraw, people: list[Participant]) -> dict[str, list[Share]]:
    shares = {}
    for margin in queries.margins(draw.choice["variables"]):
        other = sorted({p.classes[margin.variable] for p in people} - set(margin.categories))
        known = [Share(category, share) for category, share in margin.shares.items()]
        shares[margin.variable] = known + [Share(category, None) for category in other]
    return shares


def candidates_of(people: list[Participant]) -> list[Candidate]:
    """The participants as the lottery sees them: addresses are numbers in order of appearance."""
    homes: dict[str, int] = {}
    return [Candidate(p.classes, homes.setdefault(p.household, len(homes))) for p in people]


def _compute(draw: FairDraw) -> dict[str, Any]:
    version, people = draw.version, draws.participants(draw)
    try:
        made = lotteries.compute(
            candidates_of(people), draw.quotas, draw.seats, draw.objective.value, f"{draw.public_id}:{version}"
        )
    except NoPanelError as error:
        if lock(db.session, draw).version == version and draw.status is DrawStatus.DRAFT:
            draw.problem = error.problem
        return {"possible": False}
    if lock(db.session, draw).version != version or draw.status is not DrawStatus.DRAFT:
        return {"overtaken": True}
    selection.keep_candidates(draw, people)
    draw.lottery, draw.chances, draw.digest, draw.problem = made.document, made.chances, made.digest, {}
    selection.move(draw, DrawStatus.COMPUTED, detail={"digest": made.digest, "candidates": len(people)})
    return {"possible": True, "candidates": len(people)}


def _draw(draw: FairDraw) -> dict[str, Any]:
    lock(db.session, draw)
    if draw.status is not DrawStatus.PUBLISHED:
        return {"overtaken": True}
    proof = lotteries.draw(draw.lottery, draw.seed or "")
    selection.mark_drawn(draw, proof["panel"])
    draw.proof, draw.drawn_at = proof, clock.now()
    selection.move(draw, DrawStatus.DRAWN, detail={"digest": proof["digest"]})
    return {"drawn": len(proof["panel"])}


STEPS: dict[str, Callable[[FairDraw], dict[str, Any]]] = {"quotas": _propose, "lottery": _compute, "draw": _draw}


def verify(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Repeat a draw from what is kept: the lottery, its published digest and the seed."""
    draw = draws.get_draw(payload["draw"])
    progress(0, 1)
    if draw.status is not DrawStatus.DRAWN or draw.proof is None:
        return {"holds": None}
    holds = lotteries.verify(draw.lottery, draw.digest or "", draw.seed or "", draw.proof)
    marked = [candidate.number for candidate, _ in draws.seated(draw)]
    return {"holds": holds and marked == draw.proof["panel"], "panel": draw.proof["panel"], "digest": draw.digest}


handler(selection.JOB, work)
handler("panel.verify_draw", verify)
every(6 * 3600, "panel.forget_candidates", selection.forget_candidates)
