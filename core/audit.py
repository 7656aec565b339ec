"""The audit log: rows written with the change itself, chained afterwards by one sealer, verified on demand."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import func, select

from core import actor as acting
from core import clock
from core.db import db
from core.dialect import lock_name
from core.models import AuditEvent, AuditSeal, SubjectSalt

GENESIS = "0" * 64


def record(
    action: str,
    object_kind: str,
    object_ref: str,
    *,
    result: str = "ok",
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Write one audit row in the current transaction: who, what, on which object, result, when, from where."""
    who = acting.current()
    event = AuditEvent(
        at=clock.now(),
        actor_kind=who.kind,
        actor_ref=who.ref,
        origin=who.origin,
        action=action,
        object_kind=object_kind,
        object_ref=object_ref,
        result=result,
        detail=detail or {},
    )
    db.session.add(event)
    return event


def subject_ref(kind: str, number: int) -> str:
    """The salted name under which a person stands in the log; without its salt it leads to nobody."""
    subject = f"{kind}:{number}"
    row = db.session.get(SubjectSalt, subject)
    if row is None:
        row = SubjectSalt(subject=subject, salt=secrets.token_hex(16))
        db.session.add(row)
        db.session.flush()
    return hashlib.sha256(f"{row.salt}:{subject}".encode()).hexdigest()[:32]


def forget_subject(kind: str, number: int) -> None:
    """Destroy the salt of a person, so that the audit trail no longer leads to them."""
    row = db.session.get(SubjectSalt, f"{kind}:{number}")
    if row is not None:
        db.session.delete(row)


def _digest(previous: str, event: AuditEvent) -> str:
    content = json.dumps(
        [
            event.id,
            event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            event.actor_kind,
            event.actor_ref,
            event.origin,
            event.action,
            event.object_kind,
            event.object_ref,
            event.result,
            event.detail,
        ],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(f"{previous}{content}".encode()).hexdigest()


def seal(limit: int = 500) -> int:
    """Chain committed rows that are not sealed yet; one sealer at a time. Returns how many were sealed."""
    lock_name(db.session, "audit-seal")
    last = db.session.scalars(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1)).first()
    position, digest = (last.position, last.digest) if last else (0, GENESIS)
    unsealed = db.session.scalars(
        select(AuditEvent)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(AuditSeal.event_id.is_(None))
        .order_by(AuditEvent.id)
        .limit(limit)
    ).all()
    for event in unsealed:
        position += 1
        digest = _digest(digest, event)
        db.session.add(AuditSeal(position=position, event_id=event.id, digest=digest))
    db.session.flush()
    return len(unsealed)


@dataclass(frozen=True)
class Verification:
    """Outcome of a walk along the chain; `head` is the last digest, to be kept elsewhere and compared."""

    sealed: int
    unsealed: int
    broken_at: int | None
    head: str = GENESIS

    @property
    def intact(self) -> bool:
        """Whether no sealed row was changed, removed or put in between."""
        return self.broken_at is None


def verify() -> Verification:
    """Recompute the whole chain and tell where it breaks first."""
    digest, expected, count = GENESIS, 1, 0
    chain = (
        select(AuditSeal, AuditEvent)
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .order_by(AuditSeal.position)
        .execution_options(yield_per=1000)
    )
    for seal_row, event in db.session.execute(chain):
        digest = _digest(digest, event) if event is not None else ""
        if seal_row.position != expected or seal_row.digest != digest:
            return Verification(count, _unsealed(), seal_row.position, seal_row.digest)
        expected += 1
        count += 1
    return Verification(count, _unsealed(), None, digest)


def _unsealed() -> int:
    waiting = select(func.count(AuditEvent.id)).outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
    return db.session.scalar(waiting.where(AuditSeal.event_id.is_(None))) or 0
