"""What the worker does for a lost wave key: put the copy back, and catch up on who left in the meantime."""

from typing import Any

from core import jobs
from core.db import db
from surveys.models import KeyRecovery
from surveys.services import departing, wave_keys


def recover_key(payload: dict[str, Any], _progress: jobs.Progress) -> dict[str, Any]:
    """Recover a key that two people agreed on; can be repeated."""
    wave = wave_keys.recover(db.session.get_one(KeyRecovery, payload["recovery_id"]))
    withdrawn = departing.catch_up(wave)
    return {"wave_id": wave.id, "withdrawn": withdrawn}


jobs.handler(wave_keys.RECOVER_JOB, recover_key)
