"""When a member leaves: the running answer is withdrawn and every link and session of theirs ends.

The invitation keeps its coarse classes until closing, because the response rates count it; it points at a member row
that is blank by then.
"""

from typing import Any

from sqlalchemy import delete, select, update

from core import audit, hooks, keystore
from core.db import db
from core.models import SessionKind
from core.sessions import end_everywhere
from panel.models import Member, MemberStatus
from surveys.lifecycle import WaveStatus
from surveys.models import Invitation, SealedResponse, Wave
from surveys.services.sealing import WaveKey

RUNNING = (WaveStatus.FIELDING, WaveStatus.PAPER)


def member_leaves(member_id: int) -> int:
    """Withdraw what this member answered in running waves; returns how many invitations ended.

    The wave is not locked here: the closing job takes wave, members, invitations in that order.
    """
    mine = select(Invitation.id, Invitation.public_id, Wave.public_id).join(Wave, Wave.id == Invitation.wave_id)
    rows = db.session.execute(mine.where(Invitation.member_id == member_id, Wave.status.in_(RUNNING))).all()
    for invitation_id, public_id, wave in rows:
        _withdraw(wave, public_id)
        _end(invitation_id)
        audit.record("response.withdraw", "wave", wave, detail={"reason": "member-left"})
    return len(rows)


def _withdraw(wave: str, invitation: str) -> None:
    # a key that was lost or destroyed must not keep anybody in the panel: without it nothing can be tied to them
    if keystore.store().exists(wave):
        _run(delete(SealedResponse).where(SealedResponse.id == WaveKey.of(wave).row_id(invitation)))


def catch_up(wave: Wave) -> int:
    """Withdraw the answers of members who left while the key of this wave was lost; returns how many had left."""
    gone = select(Invitation.public_id).join(Member, Member.id == Invitation.member_id)
    mine = db.session.scalars(gone.where(Invitation.wave_id == wave.id, Member.status == MemberStatus.LEFT)).all()
    for public_id in mine:
        _withdraw(wave.public_id, public_id)
    return len(mine)


def _end(invitation_id: int) -> None:
    ended: dict[str, Any] = {"answered": False, "opted_out": True, "link_version": Invitation.link_version + 1}
    _run(update(Invitation).where(Invitation.id == invitation_id).values(**ended))
    end_everywhere(SessionKind.INVITATION, str(invitation_id))


def _run(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))


hooks.subscribe("member.leaves", member_leaves)
