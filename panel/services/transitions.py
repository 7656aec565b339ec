"""The one place where the status of a member changes: lock, gates, change, audit row."""

from typing import Any

from core import audit, clock
from core.db import db
from core.dialect import lock
from panel import lifecycle
from panel.models import Member, MemberStatus


def move_member(member: Member, to: MemberStatus, *, detail: dict[str, Any] | None = None) -> Member:
    """Bring a member to another status; raises TransitionError or BlockedError. The caller holds the row."""
    lifecycle.check_member(member, to, clock.today())
    before, member.status = member.status, to
    if to is MemberStatus.ACTIVE and member.admitted_at is None:
        member.admitted_at = clock.now()
    if to is not MemberStatus.PAUSED:
        member.paused_until = member.pause_mailed_on = None
    member.dormant_since = clock.today() if to is MemberStatus.DORMANT else None
    member.last_call_on = None
    audit.record(
        f"member.{to.value}",
        "member",
        audit.subject_ref("member", member.id),
        detail={"from": before.value, **(detail or {})},
    )
    db.session.flush()
    return member


def hold(member: Member) -> Member:
    """Take the row of a member for this transaction and reread it."""
    return lock(db.session, member)
