"""Reads of wave keys: which are there, which were recovered. Nothing here ever reads a key."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import defer

from core import keystore
from core.db import db
from core.errors import NotFoundError
from surveys.lifecycle import WaveStatus
from surveys.models import KeyRecovery, Wave
from surveys.services import wave_keys


@dataclass(frozen=True)
class KeyState:
    """A wave with the state of its key in both stores."""

    wave: Wave
    present: bool
    copied: bool
    lost: bool
    recovery: KeyRecovery | None


def state_of(wave: Wave) -> KeyState:
    """The state of one wave's key."""
    store = keystore.store()
    lost = wave_keys.is_lost(wave) or wave_keys.was_lost_in_design(wave)
    present, copied = store.exists(wave.public_id), store.recoverable(wave.public_id)
    return KeyState(wave, present, copied, lost, wave_keys.pending(wave) if lost else None)


def list_states() -> list[KeyState]:
    """Every wave that needs a key, lost ones first."""
    living = (*wave_keys.RUNNING, WaveStatus.DESIGN)
    waves = db.session.scalars(
        select(Wave)
        .where(Wave.status.in_(living), Wave.announced_at.is_not(None))
        .options(defer(Wave.frozen_document))
        .order_by(Wave.closes_at, Wave.id)
    )
    states = [state_of(wave) for wave in waves]
    return sorted((s for s in states if s.present or s.lost), key=lambda s: not s.lost)


def lost_waves() -> list[Wave]:
    """The waves whose key is missing now."""
    return [state.wave for state in list_states() if state.lost]


def get_recovery(wave: Wave, public_id: str) -> KeyRecovery:
    """One recovery of a wave; raises NotFoundError."""
    mine = select(KeyRecovery).where(KeyRecovery.public_id == public_id, KeyRecovery.wave_id == wave.id)
    found = db.session.scalars(mine).first()
    if found is None:
        raise NotFoundError("no-such-recovery")
    return found


def recoveries(wave: Wave) -> list[KeyRecovery]:
    """The recoveries of a wave's key that two people agreed on: public."""
    mine = select(KeyRecovery).where(KeyRecovery.wave_id == wave.id, KeyRecovery.confirmed_at.is_not(None))
    return list(db.session.scalars(mine.order_by(KeyRecovery.id)))
