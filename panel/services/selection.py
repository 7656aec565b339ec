"""Fair draws: choose candidates and quotas, fix the lottery, name the source of the seed, draw, keep the proof.

The arithmetic is the worker's; nobody can try a second seed, and no lottery changes after its digest is public.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from core import audit, clock, hooks, jobs
from core.db import db
from core.dialect import lock
from core.errors import BlockedError, Blocker
from core.permissions import require
from panel import draw_lifecycle, queries
from panel.models import DrawCandidate, DrawObjective, DrawStatus, FairDraw
from panel.queries import draws
from panel.queries.draws import Participant

JOB = "panel.fair_draw"
KEPT = timedelta(days=365)
MOST_CANDIDATES = 5000


@dataclass(frozen=True)
class Choice:
    """Whose names go into the draw."""

    talk_further: bool = True
    drawn_only: bool = False
    districts: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class DrawPlan:
    """What a new draw is about."""

    title: str
    reason: str
    seats: int
    tolerance: float
    objective: DrawObjective
    variables: tuple[str, ...]
    choice: Choice = field(default_factory=Choice)


def count_candidates(choice: Mapping[str, Any]) -> int:
    """How many members a choice means now."""
    return db.session.scalar(select(func.count()).select_from(draws.members_statement(choice).subquery())) or 0


def start(plan: DrawPlan) -> FairDraw:
    """A new draw; the worker proposes its quotas. Raises BlockedError with everything that cannot be."""
    require("panel.draw")
    choice = {**asdict(plan.choice), "variables": list(plan.variables)}
    there = count_candidates(choice)
    found = _plan_faults(plan, there)
    if found:
        raise BlockedError(found)
    draw = FairDraw(
        title=plan.title,
        reason=plan.reason,
        objective=plan.objective,
        seats=plan.seats,
        tolerance=plan.tolerance,
        choice=choice,
        created_at=clock.now(),
    )
    db.session.add(draw)
    db.session.flush()
    audit.record("draw.start", "draw", draw.public_id, detail={"seats": plan.seats, "candidates": there})
    _ask_worker(draw, "quotas")
    return draw


def _plan_faults(plan: DrawPlan, candidates: int) -> list[Blocker]:
    found = []
    if candidates < plan.seats:
        text = f"Er zijn {candidates} kandidaten voor {plan.seats} plaatsen. Kies minder plaatsen of meer kandidaten."
        found.append(Blocker("too-few", text, anchor="seats"))
    if candidates > MOST_CANDIDATES:
        text = f"Er zijn {candidates} kandidaten. Hooguit {MOST_CANDIDATES} kunnen meedoen. Maak de keuze kleiner."
        found.append(Blocker("too-many", text, anchor="talk_further"))
    figures = {margin.variable for margin in queries.margins(list(plan.variables))}
    if not plan.variables or set(plan.variables) - figures:
        text = "Er zijn geen bevolkingscijfers voor elk kenmerk dat u koos. Laad die eerst, of kies andere kenmerken."
        found.append(Blocker("no-figures", text, "panel_clerk.population", anchor="variables"))
    return found


def _ask_worker(draw: FairDraw, step: str) -> None:
    jobs.enqueue(JOB, {"draw": draw.id, "step": step}, key=draws.job_key(draw, step))


def set_quotas(draw: FairDraw, bounds: Mapping[tuple[str, str], tuple[int, int]]) -> FairDraw:
    """Change the fewest and most seats per category, and let the worker compute the lottery."""
    require("panel.draw")
    lock(db.session, draw)
    if draw.status is DrawStatus.COMPUTED:
        move(draw, DrawStatus.DRAFT)
    _require_status(draw, DrawStatus.DRAFT)
    quotas = [
        {
            **quota,
            "rows": [
                {**row, **_bounds(bounds.get((quota["variable"], row["category"])), row)} for row in quota["rows"]
            ],
        }
        for quota in draw.quotas
    ]
    found = [fault for quota in quotas for fault in _quota_faults(quota, draw.seats)]
    if found:
        raise BlockedError(found)
    draw.quotas, draw.problem, draw.version = quotas, {}, draw.version + 1
    audit.record("draw.set_quotas", "draw", draw.public_id, detail={"version": draw.version})
    _ask_worker(draw, "lottery")
    db.session.flush()
    return draw


def _bounds(given: tuple[int, int] | None, row: Mapping[str, Any]) -> dict[str, int]:
    low, high = given if given is not None else (row["lower"], row["upper"])
    return {"lower": low, "upper": high}


def _quota_faults(quota: Mapping[str, Any], seats: int) -> list[Blocker]:
    place, rows = quota["variable"], quota["rows"]
    found = [
        Blocker("order", "Het minste aantal kan niet meer zijn dan het meeste aantal.", anchor=f"{place}-{n}-low")
        for n, row in enumerate(rows)
        if not 0 <= row["lower"] <= row["upper"]
    ]
    if sum(row["lower"] for row in rows) > seats:
        text = f"De minste aantallen zijn samen meer dan {seats} plaatsen."
        found.append(Blocker("too-much", text, anchor=f"{place}-0-low"))
    if sum(row["upper"] for row in rows) < seats:
        text = f"De meeste aantallen zijn samen minder dan {seats} plaatsen."
        found.append(Blocker("too-little", text, anchor=f"{place}-0-high"))
    return found


def accept_proposal(draw: FairDraw) -> FairDraw:
    """Take over the smallest change of quotas that allows a panel."""
    changes = draw.problem.get("proposal", [])
    if not changes:
        raise BlockedError([Blocker("no-proposal", "Er is geen voorstel om over te nemen.")])
    return set_quotas(
        draw, {(c["feature"], c["category"]): (int(c["new_lower"]), int(c["new_upper"])) for c in changes}
    )


def publish(draw: FairDraw, *, source: str, on: date) -> FairDraw:
    """Make the lottery public by its digest, with the source and the day of the seed that nobody knows yet."""
    require("panel.draw")
    lock(db.session, draw)
    draw.seed_source, draw.seed_on, draw.published_at = source.strip(), on, clock.now()
    return move(draw, DrawStatus.PUBLISHED, detail={"digest": draw.digest, "seed_on": on.isoformat()})


def enter_seed(draw: FairDraw, seed: str) -> FairDraw:
    """Note the seed, once and for good, and let the worker draw."""
    require("panel.draw")
    lock(db.session, draw)
    _require_status(draw, DrawStatus.PUBLISHED)
    if draw.seed is not None:
        raise BlockedError([Blocker("seed-stands", "Het lotnummer staat al vast en kan niet meer veranderen.")])
    draw.seed = seed.strip() or None
    found = draw_lifecycle.blockers(draw, DrawStatus.DRAWN, clock.today())
    if found:
        raise BlockedError(found)
    audit.record("draw.enter_seed", "draw", draw.public_id, detail={"seed": draw.seed})
    _ask_worker(draw, "draw")
    db.session.flush()
    return draw


def cancel(draw: FairDraw, because: str) -> FairDraw:
    """Call a draw off; when its lottery was public already, so is the reason."""
    require("panel.draw")
    lock(db.session, draw)
    draw.cancelled_because = because.strip()
    return move(draw, DrawStatus.CANCELLED, detail={"because": draw.cancelled_because})


def move(draw: FairDraw, to: DrawStatus, *, detail: dict[str, Any] | None = None) -> FairDraw:
    """Bring a draw to another status; raises TransitionError or BlockedError. The caller holds the row."""
    draw_lifecycle.check(draw, to, clock.today())
    before, draw.status = draw.status, to
    audit.record(f"draw.{to.value}", "draw", draw.public_id, detail={"from": before.value, **(detail or {})})
    db.session.flush()
    return draw


def _require_status(draw: FairDraw, status: DrawStatus) -> None:
    if draw.status is not status:
        raise BlockedError([Blocker("other-status", "Deze loting is al verder. Ververs de pagina.")])


def keep_candidates(draw: FairDraw, people: list[Participant]) -> None:
    """Note who takes part under which number; an earlier list of this draw goes."""
    db.session.execute(delete(DrawCandidate).where(DrawCandidate.draw_id == draw.id))
    for number, person in enumerate(people, 1):
        db.session.add(DrawCandidate(draw_id=draw.id, number=number, member_id=person.member_id))
    db.session.flush()


def mark_drawn(draw: FairDraw, numbers: list[int]) -> None:
    """Mark who was drawn."""
    db.session.execute(
        update(DrawCandidate)
        .where(DrawCandidate.draw_id == draw.id, DrawCandidate.number.in_(numbers))
        .values(drawn=True)
        .execution_options(synchronize_session=False)
    )


def forget_candidates() -> None:
    """Forget who took part a year after a draw ended, or when it was never finished (periodic task)."""
    over = select(FairDraw.id).where(func.coalesce(FairDraw.drawn_at, FairDraw.created_at) < clock.now() - KEPT)
    db.session.execute(
        update(DrawCandidate)
        .where(DrawCandidate.draw_id.in_(over), DrawCandidate.member_id.is_not(None))
        .values(member_id=None)
        .execution_options(synchronize_session=False)
    )


def _member_leaves(*, member_id: int, **_more: Any) -> None:
    """Who leaves is forgotten in draws too; the numbers of the draw stay as they are."""
    db.session.execute(
        update(DrawCandidate)
        .where(DrawCandidate.member_id == member_id)
        .values(member_id=None)
        .execution_options(synchronize_session=False)
    )


hooks.subscribe("member.leaves", _member_leaves)
