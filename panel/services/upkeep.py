"""Upkeep by rules: switched on by the griffie, executed by the schedule, logged per run.

A member is held and asked about again before anything is done, so that a run may be repeated, two runs may overlap and
whoever answers meanwhile is left alone.
"""

from collections.abc import Callable

from sqlalchemy import select

from core import audit, clock, jobs, outbox
from core.actor import current
from core.db import db
from core.dialect import lock, lock_name
from core.errors import DomainError
from core.permissions import require
from panel.models import (
    ContactNote,
    LeaveReason,
    Member,
    MemberStatus,
    NoteKind,
    UpkeepRule,
    UpkeepRun,
    UpkeepSwitch,
    UpkeepTouch,
)
from panel.queries import upkeep
from panel.services import membership
from panel.services.transitions import hold, move_member

RUN_JOB = "panel.run_upkeep"
CHUNK = 100


class AlwaysOnError(DomainError):
    """A rule that keeps a promise to members cannot be switched off."""

    status = 409


def switch(rule: UpkeepRule, *, on: bool) -> UpkeepSwitch:
    """Switch a rule on or off."""
    require("panel.keep_up")
    if rule in upkeep.ALWAYS_ON:
        raise AlwaysOnError("always-on")
    lock_name(db.session, f"upkeep:{rule.value}")
    found = db.session.get(UpkeepSwitch, rule) or UpkeepSwitch(rule=rule)
    found.is_on, found.changed_at, found.changed_by = on, clock.now(), current().ref or current().kind
    db.session.add(found)
    audit.record("upkeep.switch", "upkeep_rule", rule.value, detail={"on": on, "touches": upkeep.count_due(rule)})
    db.session.flush()
    return found


def order(rule: UpkeepRule) -> UpkeepRun | None:
    """Let the worker execute a rule now; None when it would touch nobody. A run that did not end is taken up again."""
    require("panel.keep_up")
    lock_name(db.session, f"upkeep:{rule.value}")
    run = db.session.scalars(
        select(UpkeepRun).where(UpkeepRun.rule == rule, UpkeepRun.finished_at.is_(None)).limit(1)
    ).first()
    if run is None:
        planned = upkeep.count_due(rule)
        if not planned:
            return None
        run = UpkeepRun(rule=rule, ran_on=clock.today(), planned=planned, started_at=clock.now())
        db.session.add(run)
        db.session.flush()
        audit.record("upkeep.run", "upkeep_rule", rule.value, detail={"planned": planned, "run": run.public_id})
    key = f"upkeep:{run.public_id}"
    jobs.enqueue(RUN_JOB, {"run_id": run.id}, key=key)
    jobs.again(key)
    return run


def order_all() -> list[UpkeepRun]:
    """Let the worker execute every rule that is on (periodic task); what was missed is caught up by the same run."""
    ordered = (order(rule) for rule in UpkeepRule if upkeep.is_on(rule))
    return [run for run in ordered if run is not None]


def step(run: UpkeepRun, after: int = 0) -> int:
    """Touch the next members of a run; returns the last number, 0 when nobody is left and the run has ended."""
    numbers = db.session.scalars(upkeep.due(run.rule).where(Member.id > after).limit(CHUNK)).all()
    done = sum(_touch(run, number) for number in numbers)
    lock(db.session, run)
    run.touched += done
    if not numbers and run.finished_at is None:
        run.finished_at = clock.now()
        detail = {"touched": run.touched, "run": run.public_id}
        audit.record("upkeep.finish", "upkeep_rule", run.rule.value, detail=detail)
    db.session.flush()
    return numbers[-1] if numbers else 0


def _touch(run: UpkeepRun, number: int) -> bool:
    member = hold(db.session.get_one(Member, number))
    # between the list and the lock somebody may have answered, returned or left
    if db.session.scalar(upkeep.due(run.rule).where(Member.id == number)) is None:
        return False
    db.session.merge(UpkeepTouch(run_id=run.id, member_id=number))
    _ACTS[run.rule](member)
    return True


def _mail(member: Member, kind: str) -> None:
    key = f"panel.{kind}:{member.id}:{clock.today().isoformat()}"
    outbox.post(f"panel.{kind}", outbox.Recipient("member", member.id, {}, key))
    audit.record(f"member.{kind}", "member", audit.subject_ref("member", member.id))


def _pause_ending(member: Member) -> None:
    member.pause_mailed_on = clock.today()
    _mail(member, "pause_ending")


def _pause_over(member: Member) -> None:
    move_member(member, MemberStatus.ACTIVE, detail={"reason": "pause-over"})


def _profile_check(member: Member) -> None:
    member.profile_asked_on, member.profile_reminded_on = clock.today(), None
    _mail(member, "profile_check")


def _profile_reminder(member: Member) -> None:
    member.profile_reminded_on = clock.today()
    _mail(member, "profile_reminder")


def _bounced(member: Member) -> None:
    """On by post; the address is kept aside, so that the griffie can put it back."""
    member.failed_email, member.mail_failed_on = member.email, clock.today()
    membership.set_email(member, None)
    # the mails that were not answered may never have arrived
    member.unanswered_in_row, member.woken_on = 0, None
    note(member, NoteKind.CHANNEL)
    audit.record("member.mail_failed", "member", audit.subject_ref("member", member.id))


def note(member: Member, kind: NoteKind) -> None:
    """Keep in the contact history what a rule did."""
    today, moment = clock.today(), clock.now()
    db.session.add(ContactNote(member_id=member.id, kind=kind, on=today, noted_at=moment, noted_by="system"))


def _wake_up(member: Member) -> None:
    member.woken_on = clock.today()
    _mail(member, "wake_up")


def _dormant(member: Member) -> None:
    move_member(member, MemberStatus.DORMANT, detail={"unanswered": member.unanswered_in_row})


def _last_call(member: Member) -> None:
    member.last_call_on = clock.today()
    _mail(member, "last_call")


def _dormant_over(member: Member) -> None:
    membership.leave(member, LeaveReason.DORMANT)


_ACTS: dict[UpkeepRule, Callable[[Member], None]] = {
    UpkeepRule.PAUSE_ENDING: _pause_ending,
    UpkeepRule.PAUSE_OVER: _pause_over,
    UpkeepRule.PROFILE_CHECK: _profile_check,
    UpkeepRule.PROFILE_REMINDER: _profile_reminder,
    UpkeepRule.BOUNCED: _bounced,
    UpkeepRule.WAKE_UP: _wake_up,
    UpkeepRule.DORMANT: _dormant,
    UpkeepRule.LAST_CALL: _last_call,
    UpkeepRule.DORMANT_OVER: _dormant_over,
}
