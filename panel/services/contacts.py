"""That members were asked, and what stays of a wave after closing: counters, never who answered what."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date

from sqlalchemy import select, update

from core.db import db
from core.dialect import begin_write, insert_new
from panel.models import Contact, Member, MemberStatus
from panel.services.transitions import hold, move_member

CHUNK = 500


def note_asked(member_ids: Iterable[int], wave_ref: str, on: date) -> int:
    """Remember that members were asked for a wave; who was noted before is left alone. Returns how many are new."""
    begin_write(db.session)
    rows = [{"member_id": n, "wave_ref": wave_ref, "asked_on": on} for n in dict.fromkeys(member_ids)]
    return insert_new(db.session, Contact, rows, ("member_id", "wave_ref"))


def fold(wave_ref: str, invited: AbstractSet[int], answered: AbstractSet[int], on: date) -> None:
    """Collapse who-answered into counters per member; the closing job calls this once, in its own transaction."""
    begin_write(db.session)
    _count(sorted(invited & answered), answered=True, on=on)
    _count(sorted(invited - answered), answered=False, on=on)
    over = update(Contact).where(Contact.wave_ref == wave_ref).values(closed_on=on)
    db.session.execute(over.execution_options(synchronize_session=False))
    db.session.flush()
    db.session.expire_all()
    _wake(sorted(invited & answered))


def _wake(numbers: list[int]) -> None:
    """Who answered while a rule made them dormant is awake."""
    for start in range(0, len(numbers), CHUNK):
        asleep = (Member.id.in_(numbers[start : start + CHUNK]), Member.status == MemberStatus.DORMANT)
        for member in db.session.scalars(select(Member).where(*asleep).order_by(Member.id)).all():
            if hold(member).status is MemberStatus.DORMANT:
                move_member(member, MemberStatus.ACTIVE, detail={"reason": "answered"})


def _count(numbers: list[int], *, answered: bool, on: date) -> None:
    for start in range(0, len(numbers), CHUNK):
        chunk = numbers[start : start + CHUNK]
        values: dict[str, object] = {"invited_n": Member.invited_n + 1}
        if answered:
            values |= {
                "answered_n": Member.answered_n + 1,
                "unanswered_in_row": 0,
                "last_active_on": on,
                "woken_on": None,
            }
        else:
            values |= {"unanswered_in_row": Member.unanswered_in_row + 1}
        db.session.execute(
            update(Member)
            .where(Member.id.in_(chunk), Member.status != MemberStatus.LEFT)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
