"""No more mails about one questionnaire: the link of a feedback mail opens this and nothing else.

The wave key, from which the links of invitations come, is gone by then; hence a MAC under the key of the application.
"""

from sqlalchemy import select, update

from core import audit, crypto
from core.db import db
from core.errors import NotFoundError
from surveys.models import Invitation, Wave

PURPOSE = "feedback-unsubscribe"


def find_invitation(wave: Wave, member_id: int) -> Invitation | None:
    """That this member was invited, or None."""
    wanted = select(Invitation).where(Invitation.wave_id == wave.id, Invitation.member_id == member_id)
    return db.session.scalars(wanted).first()


def token_of(asked: Invitation) -> str:
    """The token of the link in a mail; derived again for every mail."""
    return f"{asked.public_id}.{_mac(asked.public_id)}"


def _mac(public_id: str) -> str:
    return crypto.mac(PURPOSE, public_id).hex()[:32]


def invitation_of(wave: Wave, token: str) -> Invitation:
    """The invitation of a token; raises NotFoundError when the token is not ours or of another wave."""
    public_id, _, given = token.rpartition(".")
    if not token.isascii() or not crypto.equal(given, _mac(public_id)):
        raise NotFoundError("no-such-link")
    wanted = select(Invitation).where(Invitation.wave_id == wave.id, Invitation.public_id == public_id)
    found = db.session.scalars(wanted).first()
    if found is None:
        raise NotFoundError("no-such-link")
    return found


def unsubscribe(wave: Wave, asked: Invitation) -> None:
    """No more mails about this questionnaire; can be repeated."""
    mine = update(Invitation).where(Invitation.id == asked.id).values(opted_out=True)
    db.session.execute(mine.execution_options(synchronize_session=False))
    audit.record("invitation.opt_out", "wave", wave.public_id)
