"""Somebody has died: told by the griffie, or by a relative and then looked at by the griffie first.

From the report on nothing is sent. A stranger can at most let somebody rest until the griffie has looked.
"""

from datetime import timedelta

from sqlalchemy import delete, select

from core import audit, clock
from core.db import db
from core.dialect import lock
from core.errors import TransitionError
from core.permissions import require
from panel import indexes
from panel.models import DeathReport, LeaveReason, Member, MemberStatus
from panel.services import membership
from panel.services.transitions import hold, move_member

RESTS = timedelta(days=60)
KEPT = timedelta(days=180)


def report(*, first_name: str, last_name: str, postcode: str, house_number: str, reporter: str) -> DeathReport:
    """A relative tells it; the same for a member and for anybody else."""
    require("panel.join")
    member = _find(first_name, last_name, postcode, house_number)
    made = DeathReport(
        member_id=member.id if member else None,
        person=f"{first_name} {last_name}, {postcode} {house_number}",
        reporter=reporter.strip() or None,
        made_at=clock.now(),
    )
    if member is not None:
        made.paused = _let_rest(hold(member))
    db.session.add(made)
    db.session.flush()
    audit.record("death.report", "death_report", made.public_id)
    return made


def _find(first_name: str, last_name: str, postcode: str, house_number: str) -> Member | None:
    household = indexes.household_index(postcode, house_number)
    same = select(Member).where(
        Member.household_index == household,
        Member.surname_index == indexes.surname_index(last_name),
        Member.status != MemberStatus.LEFT,
    )
    wanted = indexes.plain(first_name)
    found = [m for m in db.session.scalars(same.order_by(Member.id)) if indexes.plain(m.first_name or "") == wanted]
    return found[0] if len(found) == 1 else None


def _let_rest(member: Member) -> bool:
    # who pauses or sleeps already goes on doing so: no rule touches them while the report is open
    if member.status is not MemberStatus.ACTIVE:
        return False
    member.paused_until = clock.today() + RESTS
    move_member(member, MemberStatus.PAUSED, detail={"reason": "report"})
    return True


def confirm(found: DeathReport, member: Member) -> None:
    """The griffie knows that it is so: everything is erased, nobody is written to."""
    require("panel.keep_up", member)
    lock(db.session, found)
    _still_open(found)
    membership.leave(member, LeaveReason.DIED)
    _close(found, "confirmed")


def dismiss(found: DeathReport) -> None:
    """It was about somebody else, or a mistake: the member goes on as before."""
    require("panel.keep_up")
    lock(db.session, found)
    _still_open(found)
    member = hold(db.session.get_one(Member, found.member_id)) if found.member_id else None
    if member is not None and found.paused and member.status is MemberStatus.PAUSED:
        move_member(member, MemberStatus.ACTIVE, detail={"reason": "report-dismissed"})
    _close(found, "dismissed")


def note_death(member: Member) -> None:
    """The griffie was told by letter or telephone, or knows it from the register."""
    require("panel.keep_up", member)
    membership.leave(member, LeaveReason.DIED)


def _still_open(found: DeathReport) -> None:
    if found.handled_at is not None:
        raise TransitionError("report-handled")


def _close(found: DeathReport, outcome: str) -> None:
    found.person = found.reporter = found.member_id = None
    found.handled_at = clock.now()
    audit.record("death.handle", "death_report", found.public_id, detail={"outcome": outcome})
    db.session.flush()


def delete_old() -> None:
    """Delete reports that were handled, and those that lead to nobody after half a year (periodic task)."""
    limit = clock.now() - KEPT
    old = (DeathReport.handled_at < limit) | (DeathReport.member_id.is_(None) & (DeathReport.made_at < limit))
    db.session.execute(delete(DeathReport).where(old))
