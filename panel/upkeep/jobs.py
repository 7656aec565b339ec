"""What the worker does to keep the panel up: mails that came back, the rules that are on, and each of their runs."""

from typing import Any

from core.db import db
from core.jobs import Progress, every, handler
from panel import mails
from panel.models import UpkeepRun
from panel.services import bounces, deaths, upkeep

__all__ = ["keep_up", "mails", "run_upkeep"]


def run_upkeep(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Execute one run in short transactions; after a crash it goes on with who is left."""
    run = db.session.get_one(UpkeepRun, payload["run_id"])
    progress(run.touched, run.planned)
    last = 0
    while last := upkeep.step(run, last):
        db.session.commit()
        progress(min(run.touched, run.planned), run.planned)
    return {"touched": run.touched}


def keep_up() -> None:
    """What the calendar asks of the upkeep; safe to repeat, and whatever was missed is caught up once."""
    bounces.note_refused()
    deaths.delete_old()
    upkeep.order_all()


handler(upkeep.RUN_JOB, run_upkeep)
every(6 * 3600, "panel.upkeep", keep_up)
