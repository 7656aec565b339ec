"""The clock of the waves: opening with its draw and invitations, and every later step that time asks for.

Only the worker and commands import this: the draw loads the numbers.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from core import audit, clock, files, jobs, settings
from core.db import db, new_public_id
from core.dialect import lock
from core.errors import BlockedError, Blocker, ConflictError
from core.permissions import require
from panel import wave_draws
from panel.queries import Asking, Invitee
from panel.queries.drawing import left_out
from panel.wave_draws import WaveDraw
from panel.wave_samples import SamplePlan
from surveys import carriage
from surveys.lifecycle import WaveStatus, wave_edge
from surveys.models import Fieldwork, Invitation, Wave
from surveys.questionnaire import FrozenWave
from surveys.services import wave_keys
from surveys.services.fielding import (
    CLOSE_JOB,
    GRACE,
    INVITE_JOB,
    by_day,
    close_online,
    draw_owner,
    opening_blockers,
    remind,
    reminder_moments,
)
from surveys.services.taking import frozen_of

# the list of who could be drawn goes when the wave closes; this is for a wave that never does
FRAME_KEPT = timedelta(days=180)
BLOCK = 5_000
NOBODY = "Er is niemand om uit te nodigen: geen actieve leden op de peildatum."


def open_wave(wave: Wave) -> int:
    """Open a ready wave: draw who is invited, decide what a response carries, let the invitations leave."""
    require(wave_edge(WaveStatus.READY, WaveStatus.FIELDING), wave)
    drawn_under = wave.frozen_hash or ""
    frozen = frozen_of(drawn_under).wave if drawn_under else None
    asking = asking_of(wave)
    drawn = wave_draws.draw_wave(asking, seed_of(drawn_under), frozen.sample if frozen else None)
    reasons = asdict(left_out(asking))
    lock(db.session, wave)
    wave_edge(wave.status, WaveStatus.FIELDING)
    blockers = opening_blockers(wave)
    if drawn is None or not drawn.people:
        blockers.append(Blocker("nobody", NOBODY))
    if blockers or drawn is None or frozen is None:
        raise BlockedError(blockers)
    if wave.frozen_hash != drawn_under:
        raise ConflictError("wave-was-changed")
    _field(wave, drawn, frozen, reasons)
    return len(drawn.people)


def asking_of(wave: Wave) -> Asking:
    """For whom a wave looks: its announcement, its districts."""
    announced = wave.announced_at or wave.frozen_at or clock.now()
    return Asking(announced, tuple(str(d) for d in wave.commission.area_districts or ()), wave.public_id)


def seed_of(frozen_hash: str) -> int:
    """The seed is the frozen hash (its first fifteen digits), so that the draw can be done again and proved."""
    return int((frozen_hash or "0")[:15], 16)


def _field(wave: Wave, drawn: WaveDraw, frozen: FrozenWave, reasons: dict[str, int]) -> None:
    moment, invited = clock.now(), len(drawn.people)
    decided = carriage.decide([p.classes for p in drawn.people], frozen.plan.breakdowns)
    until = clock.today() + timedelta(days=settings.municipal().retention_weighting_classes_days)
    made = Fieldwork(
        wave_id=wave.id,
        carried=decided.to_json(),
        draw={**drawn.document(), "left_out": reasons},
        started_at=moment,
        classes_until=until,
    )
    db.session.add(made)
    files.save(
        owner=draw_owner(wave),
        name=f"loting-{wave.slug}.csv",
        media_type="text/csv",
        content=wave_draws.frame_file(drawn.frame),
        expires_at=(wave.closes_at or moment) + FRAME_KEPT,
    )
    _invite(wave, drawn.people, frozen, moment)
    wave.status, wave.first_invited_at, wave.invited_n = WaveStatus.FIELDING, moment, invited
    detail = {"invited": invited, "carried": decided.to_json(), "draw": drawn.record.outcome_digest}
    audit.record("wave.open", "wave", wave.public_id, detail=detail)
    db.session.flush()
    jobs.enqueue(INVITE_JOB, {"wave_id": wave.id}, key=f"invite:{wave.public_id}")


def _invite(wave: Wave, people: Sequence[Invitee], frozen: FrozenWave, moment: datetime) -> None:
    """Write the invitations in random order, block by block: a large wave is never in memory as rows."""
    weights = carriage.weight_classes([p.base_weight for p in people])
    shuffled = list(people)
    random.SystemRandom().shuffle(shuffled)
    carried = _carried(shuffled, frozen.plan.classes)
    for start in range(0, len(shuffled), BLOCK):
        rows = [
            {
                "public_id": new_public_id(),
                "wave_id": wave.id,
                "member_id": person.member_id,
                "link_version": 1,
                "classes": next(carried),
                "base_weight": weights[person.base_weight],
                "stratum": person.stratum,
                "origin": person.origin.value,
                "invited_at": moment,
                "answered": False,
                "opted_out": False,
            }
            for person in shuffled[start : start + BLOCK]
        ]
        db.session.execute(insert(Invitation), rows)


def _carried(people: Sequence[Invitee], names: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """The classes that the plan needs of each person; people of one profile share one mapping."""
    known: dict[int, dict[str, str]] = {}
    for person in people:
        of = id(person.classes)
        if of not in known:
            known[of] = {name: person.classes.get(name, "") for name in names}
        yield known[of]


def preview(wave: Wave, seed: int, plan: SamplePlan | None) -> dict[str, Any]:
    """What a draw would give now: counts per stratum and who is left out; nobody is named and nothing is kept."""
    asking = asking_of(wave)
    drawn = wave_draws.draw_wave(asking, seed, plan)
    reasons = asdict(left_out(asking))
    if drawn is None:
        return {"drawn": 0, "households": 0, "members": 0, "strata": [], "left_out": reasons}
    return {
        "drawn": len(drawn.people),
        "households": drawn.households,
        "members": drawn.frame.n,
        "strata": drawn.document()["strata"],
        "left_out": reasons,
    }


def running() -> list[int]:
    """The waves of which the clock may ask something."""
    states = [WaveStatus.READY, WaveStatus.FIELDING, WaveStatus.PAPER]
    return list(db.session.scalars(select(Wave.id).where(Wave.status.in_(states)).order_by(Wave.id)))


def advance(moment: datetime | None = None) -> list[str]:
    """What the clock asks of every wave: open, remind, close online, close. Safe to repeat at any time."""
    steps = ((n, step(db.session.get_one(Wave, n), moment or clock.now())) for n in running())
    return [f"{done}:{n}" for n, done in steps if done]


def step(wave: Wave, moment: datetime) -> str:
    """What the clock asks of one wave; returns what was done."""
    if wave.status is WaveStatus.READY and wave.opens_at and wave.opens_at <= moment:
        if opening_blockers(wave):
            return ""
        open_wave(wave)
        return "opened"
    if wave.status is WaveStatus.FIELDING and wave.closes_at and wave.closes_at + GRACE <= moment:
        close_online(wave)
        return "closed-online"
    if wave.status is WaveStatus.FIELDING:
        return "reminded" if _reminder_due(wave, moment) and remind(wave) else ""
    if wave.status is WaveStatus.PAPER and wave.paper_until and wave.paper_until <= moment:
        if wave_keys.is_lost(wave):
            # without its key a wave cannot be closed without losing answers: it waits for the recovery
            return ""
        jobs.enqueue(CLOSE_JOB, {"wave_id": wave.id}, key=wave_keys.close_key(wave))
        return "closing"
    return ""


def _reminder_due(wave: Wave, moment: datetime) -> bool:
    if by_day(moment) != moment:
        # a reminder that was missed is caught up by day too
        return False
    row, due = db.session.get_one(Fieldwork, wave.id), reminder_moments(wave)
    first = moment >= due.first and row.first_reminder_at is None
    return first or (moment >= due.second and row.second_reminder_at is None)
