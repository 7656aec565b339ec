"""Four eyes and freezing: signatures of a second person, making ready, going back, cancelling."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core import audit, clock, files
from core.actor import current
from core.db import db
from core.errors import BlockedError, Blocker, ConflictError, NotFoundError
from core.jobs import enqueue
from core.outbox import Recipient, post
from core.permissions import require
from surveys import signoff_links
from surveys.freezing import design_hash, frozen_wave
from surveys.lifecycle import WaveStatus, wave_edge
from surveys.models.wave import SignOff, SignOffKind, SignOffLink, Wave
from surveys.queries_wave import facts, open_late_mark, valid_sign_off
from surveys.questionnaire import digest, to_document
from surveys.services import wave_keys
from surveys.services.fielding import draw_owner
from surveys.services.locking import lock_whole
from surveys.wave_gates import blockers, design_blockers
from surveys.working_days import add_workdays

LINK_LIFE = timedelta(days=7)
LATE_WORKDAYS = 5
ADDRESS_KEPT = timedelta(days=30)
SIGNABLE = frozenset({WaveStatus.DESIGN, WaveStatus.READY, WaveStatus.FIELDING, WaveStatus.PAPER, WaveStatus.CLOSED})


def sign_off(wave: Wave, *, seen_hash: str) -> SignOff:
    """Sign as a second person in the app, under the hash that was on the screen."""
    require("wave.sign_off", wave)
    lock_whole(wave)
    who = current()
    if who.account_id in (wave.author_id, wave.edited_by_id):
        message = "U hebt deze vragenlijst zelf gemaakt of gewijzigd. Een ander moet ondertekenen."
        raise BlockedError([Blocker("own_work", message)])
    _check_signable(wave, seen_hash)
    present = valid_sign_off(wave)
    if present is not None and present.account_id == who.account_id:
        raise BlockedError([Blocker("signed_already", "U hebt deze versie al ondertekend.")])
    return _sign(wave, SignOffKind.STAFF, account_id=who.account_id)


def invite_outside_signatory(wave: Wave, *, name: str, email: str) -> SignOffLink:
    """Mail a one-time link to somebody outside; it lives at most seven days."""
    require("wave.invite_signatory", wave)
    lock_whole(wave)
    if not _open_for_signing(wave):
        raise ConflictError("wave-not-signable", status=wave.status.value)
    _refuse_incomplete(wave)
    moment = clock.now()
    link = SignOffLink(wave_id=wave.id, name=name, email=email, created_at=moment, expires_at=moment + LINK_LIFE)
    db.session.add(link)
    db.session.flush()
    post("surveys.sign_off_link", Recipient("outside", link.id, {}, f"sign-off-link:{link.public_id}"))
    _log("wave.invite_signatory", wave, link=link.public_id)
    return link


def consume_link(token: str) -> SignOffLink:
    """Use up a link (by POST only); raises NotFoundError for a wrong code, ConflictError for a used or old one."""
    link = signoff_links.find(token)
    if link is None:
        raise NotFoundError("sign-off-link")
    lock_whole(link)
    if not signoff_links.usable(link):
        raise ConflictError("sign-off-link-used")
    link.used_at = clock.now()
    _log("wave.open_sign_off_link", link.wave, link=link.public_id)
    db.session.flush()
    return link


def sign_outside(link: SignOffLink, *, name: str, function: str, seen_hash: str) -> SignOff:
    """Sign as somebody outside, with name and function, under the hash that was on the screen."""
    wave = link.wave
    require("wave.sign_off", wave)
    lock_whole(wave)
    lock_whole(link)
    if link.signed_at is not None:
        raise ConflictError("signed-already")
    _check_signable(wave, seen_hash)
    link.signed_at = clock.now()
    return _sign(wave, SignOffKind.OUTSIDE, signer_name=name, signer_function=function)


def _open_for_signing(wave: Wave) -> bool:
    return wave.status is WaveStatus.DESIGN or (wave.status in SIGNABLE and open_late_mark(wave) is not None)


def _check_signable(wave: Wave, seen_hash: str) -> None:
    if not _open_for_signing(wave):
        raise ConflictError("wave-not-signable", status=wave.status.value)
    _refuse_incomplete(wave)
    if seen_hash != design_hash(wave):
        message = "De vragenlijst is intussen gewijzigd. Bekijk de nieuwe versie voordat u ondertekent."
        raise BlockedError([Blocker("changed", message)])


def _refuse_incomplete(wave: Wave) -> None:
    missing = design_blockers(wave, facts(wave)) if wave.status is WaveStatus.DESIGN else []
    if missing:
        raise BlockedError(missing)


def _sign(wave: Wave, kind: SignOffKind, **signer: Any) -> SignOff:
    moment, late = clock.now(), open_late_mark(wave)
    if late is not None and wave.status is not WaveStatus.DESIGN:
        row = late
        row.signed_at = moment
        for name, value in signer.items():
            setattr(row, name, value)
    else:
        row = SignOff(kind=kind, hash=design_hash(wave), created_at=moment, signed_at=moment, **signer)
        wave.sign_offs.append(row)
    _log("wave.sign_off", wave, kind=kind.value, hash=row.hash, late=row is late)
    db.session.flush()
    return row


def make_ready(wave: Wave, *, late_reason: str = "") -> None:
    """Freeze and hash the wave and make its key; without a second signature only under a public late mark."""
    _check_edge(wave, WaveStatus.READY)
    if late_reason.strip() and valid_sign_off(wave) is None:
        _late_mark(wave, late_reason.strip())
    missing = blockers(wave, WaveStatus.READY, facts(wave))
    if missing:
        raise BlockedError(missing)
    wave.frozen_document = to_document(frozen_wave(wave))
    wave.frozen_hash = digest(wave.frozen_document)
    wave.frozen_at = clock.now()
    # the first announcement stays: who joins after it must wait for the next wave, also when the design is mended
    wave.announced_at = wave.announced_at or wave.frozen_at
    wave_keys.make(wave)
    _move(wave, WaveStatus.READY, hash=wave.frozen_hash)


def _late_mark(wave: Wave, reason: str) -> None:
    mark = SignOff(
        kind=SignOffKind.LATE,
        hash=design_hash(wave),
        reason=reason,
        due_on=add_workdays(clock.today(), LATE_WORKDAYS),
        created_at=clock.now(),
    )
    wave.sign_offs.append(mark)


def back_to_design(wave: Wave) -> None:
    """Open a frozen wave again, only before the first invitation; signatures fall when anything changes."""
    _check_edge(wave, WaveStatus.DESIGN)
    missing = blockers(wave, WaveStatus.DESIGN, facts(wave))
    if missing:
        raise BlockedError(missing)
    before = wave.frozen_hash
    wave.frozen_document = wave.frozen_hash = wave.frozen_at = None
    for mark in [s for s in wave.sign_offs if s.signed_at is None]:
        db.session.delete(mark)
    _move(wave, WaveStatus.DESIGN, hash=before)
    db.session.expire(wave, ["sign_offs"])


def cancel(wave: Wave, *, reason: str) -> None:
    """Call a wave off before the first answer, with a public reason; a job destroys its key after the commit."""
    _check_edge(wave, WaveStatus.CANCELLED)
    present = facts(wave)
    with db.session.no_autoflush:
        wave.cancel_reason = reason.strip()
        missing = blockers(wave, WaveStatus.CANCELLED, present)
    if missing:
        db.session.expire(wave)
        raise BlockedError(missing)
    _move(wave, WaveStatus.CANCELLED, reason=wave.cancel_reason)
    files.destroy(draw_owner(wave))
    enqueue("surveys.destroy_key", {"wave": wave.public_id}, key=f"destroy-key:{wave.public_id}")


def _check_edge(wave: Wave, to: WaveStatus) -> None:
    require(wave_edge(wave.status, to), wave)
    lock_whole(wave)
    wave_edge(wave.status, to)


def _move(wave: Wave, to: WaveStatus, **detail: Any) -> None:
    start = wave.status
    wave.status = to
    _log(wave_edge(start, to), wave, start=start.value, to=to.value, **detail)
    db.session.flush()


def forget_signatories() -> int:
    """Blank the addresses of links that ended a month ago; who signed stays with the signature (periodic task)."""
    old = select(SignOffLink).where(SignOffLink.expires_at < clock.now() - ADDRESS_KEPT)
    # the address is encrypted, so that blank rows cannot be told apart in the query
    due = [link for link in db.session.scalars(old) if link.email]
    for link in due:
        link.name, link.email = "", ""
    return len(due)


def _log(action: str, wave: Wave, **detail: Any) -> None:
    audit.record(action, "wave", wave.public_id, detail=detail)
