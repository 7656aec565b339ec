"""The key of a wave: made once, and recovered by two people when the first key store lost it."""

from sqlalchemy import exists, select

from core import audit, clock, jobs, keystore
from core.actor import Actor, current
from core.db import db
from core.dialect import lock
from core.errors import BlockedError, Blocker, ConflictError, NotPermittedError
from core.permissions import require
from surveys.lifecycle import WaveStatus
from surveys.models import DestructionReceipt, KeyRecovery, SealedResponse, Wave

RECOVER_JOB = "surveys.recover_key"
CLOSE_JOB = "surveys.close_wave"
RUNNING = (WaveStatus.READY, WaveStatus.FIELDING, WaveStatus.PAPER)
FUNCTIONS = ("clerk", "administrator")


def close_key(wave: Wave) -> str:
    """The name under which the closing of a wave stands in the queue."""
    return f"close:{wave.public_id}"


def make(wave: Wave) -> None:
    """Make the key of a wave that becomes ready; never a second one beside answers or a recovery copy."""
    if keystore.store().exists(wave.public_id):
        return
    if _has_sealed(wave):
        raise BlockedError([_lost_blocker(wave)])
    try:
        keystore.store().create(wave.public_id)
    except keystore.KeyLostError as error:
        raise BlockedError([_lost_blocker(wave)]) from error


def _lost_blocker(wave: Wave) -> Blocker:
    message = "De sleutel van deze vragenlijst ontbreekt. Hij komt terug als twee mensen het herstel regelen."
    return Blocker("key-lost", message, "surveys_keys.show", {"public_id": wave.public_id})


def is_lost(wave: Wave) -> bool:
    """Whether the wave needs its key and the first store does not have it."""
    return wave.status in RUNNING and not keystore.store().exists(wave.public_id) and not _unsealed(wave)


def was_lost_in_design(wave: Wave) -> bool:
    """Whether a wave that went back to design lost the key that it was given before."""
    store = keystore.store()
    return wave.status is WaveStatus.DESIGN and not store.exists(wave.public_id) and store.recoverable(wave.public_id)


def _unsealed(wave: Wave) -> bool:
    """Whether the closing job is past the point where it needs the key (it destroys the key itself)."""
    return db.session.get(DestructionReceipt, wave.id) is not None and not _has_sealed(wave)


def _has_sealed(wave: Wave) -> bool:
    return bool(db.session.scalar(select(exists().where(SealedResponse.wave_id == wave.id))))


def ask(wave: Wave, *, reason: str) -> KeyRecovery:
    """Ask for recovery; nothing happens to the key until somebody else confirms."""
    require("wave_key.recover", wave)
    who = current()
    account_id, function = _function(who)
    lock(db.session, wave)
    _check_lost(wave)
    if pending(wave) is not None:
        raise ConflictError("recovery-asked-already")
    if not reason.strip():
        raise BlockedError([Blocker("reason", "Schrijf op waarom. Deze reden is openbaar.", anchor="reason")])
    made = KeyRecovery(
        wave_id=wave.id,
        reason=reason.strip(),
        asked_by_id=account_id,
        asked_function=function,
        asked_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record("wave_key.ask", "wave", wave.public_id, detail={"reason": made.reason, "recovery": made.public_id})
    return made


def _check_lost(wave: Wave) -> None:
    if not (is_lost(wave) or was_lost_in_design(wave)):
        raise ConflictError("key-is-there")
    if not keystore.store().recoverable(wave.public_id):
        raise BlockedError([Blocker("no-copy", "Ook de herstelkopie ontbreekt. Deze sleutel komt niet terug.")])


def _function(who: Actor) -> tuple[int, str]:
    function = next((name for name in FUNCTIONS if name in who.roles), "")
    if who.account_id is None or not function:
        raise NotPermittedError("not-permitted", permission="wave_key.recover")
    return who.account_id, function


def pending(wave: Wave) -> KeyRecovery | None:
    """The recovery that waits for its second person or for the job."""
    waiting = select(KeyRecovery).where(KeyRecovery.wave_id == wave.id, KeyRecovery.recovered_at.is_(None))
    return db.session.scalars(waiting.order_by(KeyRecovery.id.desc()).limit(1)).first()


def confirm(recovery: KeyRecovery) -> None:
    """Confirm as a second person; the worker puts the copy back once this is committed."""
    wave = db.session.get_one(Wave, recovery.wave_id)
    require("wave_key.recover", wave)
    account_id, function = _function(current())
    lock(db.session, wave)
    lock(db.session, recovery)
    if recovery.confirmed_at is not None:
        raise ConflictError("recovery-confirmed-already")
    if account_id == recovery.asked_by_id:
        raise BlockedError([Blocker("two-people", "U vroeg zelf om dit herstel. Een ander moet het bevestigen.")])
    _check_lost(wave)
    recovery.confirmed_by_id, recovery.confirmed_function = account_id, function
    recovery.confirmed_at = clock.now()
    audit.record("wave_key.confirm", "wave", wave.public_id, detail={"recovery": recovery.public_id})
    db.session.flush()
    jobs.enqueue(RECOVER_JOB, {"recovery_id": recovery.id}, key=f"recover-key:{recovery.public_id}")


def recover(recovery: KeyRecovery) -> Wave:
    """Put the copy back into the first store and write it down; can be repeated. The job commits."""
    wave = db.session.get_one(Wave, recovery.wave_id)
    lock(db.session, wave)
    lock(db.session, recovery)
    if recovery.confirmed_at is None:
        raise ConflictError("recovery-not-confirmed")
    if recovery.recovered_at is not None:
        return wave
    if not keystore.store().exists(wave.public_id):
        # a key that was destroyed meanwhile has no copy either: this raises, and nothing is written down
        keystore.store().recover(wave.public_id)
    recovery.recovered_at = clock.now()
    audit.record("wave_key.recovered", "wave", wave.public_id, detail={"recovery": recovery.public_id})
    jobs.again(close_key(wave))
    db.session.flush()
    return wave
