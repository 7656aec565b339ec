"""The griffie decides about two members who look alike: two people, or one person who is in twice."""

from typing import Any

from sqlalchemy import delete

from core import audit, clock, hooks, outbox
from core.db import db
from core.permissions import require
from panel.models import DuplicateRuling, LeaveReason, Member
from panel.services import membership
from panel.services.transitions import hold


def are_two_people(one: Member, other: Member) -> None:
    """Remember that these are not the same person; they do not come back in the list."""
    require("panel.recruit")
    low, high = sorted((one.id, other.id))
    if db.session.get(DuplicateRuling, (low, high)) is None:
        db.session.add(DuplicateRuling(first_id=low, second_id=high, ruled_at=clock.now()))
    references = sorted(audit.subject_ref("member", m.id) for m in (one, other))
    audit.record("member.not_duplicate", "member", references[0], detail={"other": references[1]})
    db.session.flush()


def merge(*, keep: Member, erase: Member) -> None:
    """One person: the second membership is erased, and who is kept hears it."""
    require("panel.recruit")
    for member in sorted((keep, erase), key=lambda m: m.id):
        hold(member)
    audit.record("member.duplicate", "member", audit.subject_ref("member", keep.id))
    hooks.announce("member.leaves", member_id=erase.id)
    membership.erase(erase, LeaveReason.OWN_WISH)
    outbox.post("panel.duplicate", outbox.Recipient("member", keep.id, {}, f"panel.duplicate:{erase.public_id}"))


def _member_leaves(*, member_id: int, **_more: Any) -> None:
    mine = (DuplicateRuling.first_id == member_id) | (DuplicateRuling.second_id == member_id)
    db.session.execute(delete(DuplicateRuling).where(mine))


hooks.subscribe("member.leaves", _member_leaves)
