"""Reads of erasures and of what was told about a death."""

from sqlalchemy import select

from core.db import db
from core.models import AuditEvent
from panel.models import DeathReport
from panel.services.membership import proof_of


def find_erasure(reference: str) -> AuditEvent | None:
    """The row of the log about an erasure; it holds a hash of the reference, and no person."""
    mine = select(AuditEvent).where(AuditEvent.action == "member.erased", AuditEvent.object_ref == proof_of(reference))
    return db.session.scalars(mine).first()


def open_reports() -> list[DeathReport]:
    """What was told and nobody has looked at, the oldest first."""
    return list(
        db.session.scalars(select(DeathReport).where(DeathReport.handled_at.is_(None)).order_by(DeathReport.id))
    )
