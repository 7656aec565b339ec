"""What the worker does for the draw of a wave: show what it would give, repeat it, keep the verdict at closing."""

from typing import Any

from sqlalchemy import select

from analysis.errors import InputError
from analysis.recruitment.frames import Frame
from core import clock, files, jobs
from core.crypto import UnreadableError
from core.db import db
from core.jobs import Progress
from core.models import StoredFile
from panel import wave_draws
from surveys.models import Fieldwork, Invitation, Wave
from surveys.queries_wave import get_wave
from surveys.services import opening, sampling
from surveys.services.fielding import draw_owner
from surveys.services.taking import frozen_of


def preview(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """What the draw of a wave in design would give now."""
    wave = get_wave(payload["wave"])
    progress(0, 1)
    return opening.preview(wave, opening.seed_of(payload["hash"]), sampling.sample_of(wave))


def verify(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Repeat the draw of a wave; when the list of who could be drawn is gone, what was found at closing stands."""
    wave = get_wave(payload["wave"])
    work = db.session.get(Fieldwork, wave.id)
    progress(0, 1)
    if work is None or not work.draw:
        return {"holds": None, "record": None, "checked": None}
    found = {"record": work.draw["record"], "checked": work.draw.get("checked")}
    return {**found, "holds": _holds(wave, work)}


def _holds(wave: Wave, work: Fieldwork) -> bool | None:
    """Whether the stored draw is the one that seed, plan and frame give, and invited exactly those people."""
    file = db.session.scalars(select(StoredFile).where(StoredFile.owner == draw_owner(wave))).first()
    if file is None:
        return None
    try:
        frame = wave_draws.read_frame(files.read(file))
        return _agrees(wave, work, frame)
    except (files.DamagedFileError, UnreadableError, InputError, ValueError):
        # a list that cannot be read proves nothing, and must not keep a wave from closing
        return False


def _agrees(wave: Wave, work: Fieldwork, frame: Frame) -> bool:
    record, names = work.draw["record"], [row["stratum"] for row in work.draw["strata"]]
    plan = frozen_of(wave.frozen_hash or "").wave.sample
    as_planned = (
        record["seed"] == str(opening.seed_of(wave.frozen_hash or ""))
        and wave_draws.repeat(frame, record).holds
        and wave_draws.planned_sizes(plan, frame, record["seed"], names) == record["sizes"]
    )
    invited = set(db.session.scalars(select(Invitation.member_id).where(Invitation.wave_id == wave.id)))
    return as_planned and invited == wave_draws.drawn_numbers(frame, record)


def keep_verdict(wave: Wave) -> None:
    """Repeat the draw a last time before its list is destroyed with the wave, and keep what was found."""
    work = db.session.get(Fieldwork, wave.id)
    if work is None or not work.draw or "checked" in work.draw:
        return
    holds = _holds(wave, work)
    if holds is not None:
        work.draw = {**work.draw, "checked": {"on": clock.today().isoformat(), "holds": holds}}


jobs.handler(sampling.PREVIEW_JOB, preview)
jobs.handler("surveys.verify_draw", verify)
