"""What the worker does for waves that were called off, and for who signed from outside."""

from typing import Any

from core import audit, jobs
from core.keystore import store
from surveys.lifecycle import WaveStatus
from surveys.queries_wave import get_wave
from surveys.services import readiness


def destroy_key(payload: dict[str, Any], _progress: jobs.Progress) -> dict[str, Any]:
    """Destroy the key of a cancelled wave: its links die; can be repeated."""
    wave = get_wave(payload["wave"])
    if wave.status is not WaveStatus.CANCELLED:
        return {"destroyed": False}
    store().destroy(wave.public_id)
    audit.record("wave.key_destroyed", "wave", wave.public_id, detail={"reason": "cancelled"})
    return {"destroyed": True}


jobs.handler("surveys.destroy_key", destroy_key)
jobs.every(86400, "surveys.forget_signatories", readiness.forget_signatories)
