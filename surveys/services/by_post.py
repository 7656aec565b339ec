"""Who has no e-mail: an invitation letter with the personal link, and the code of the group on the paper form."""

from collections import Counter

from sqlalchemy import Select, select

from core import audit, clock, jobs
from core.db import db
from core.dialect import lock
from core.errors import DomainError
from core.models import Job
from core.permissions import require
from panel.models import Member, MemberStatus
from surveys.lifecycle import WaveStatus
from surveys.models import Invitation, Wave
from surveys.services import paper

LETTERS_JOB = "surveys.render_letters"


class NoLettersError(DomainError):
    """There are no letters to make: the wave is not open, or everybody has one."""

    status = 409


def invited_by_post(wave: Wave) -> list[Invitation]:
    """The invitations of members without e-mail."""
    return list(db.session.scalars(_by_post(wave)))


def _by_post(wave: Wave) -> Select[Invitation]:
    mine = select(Invitation).join(Member, Member.id == Invitation.member_id)
    reachable = (Member.status == MemberStatus.ACTIVE, Member.email_index.is_(None), Member.last_name.is_not(None))
    return mine.where(Invitation.wave_id == wave.id, *reachable).order_by(Invitation.id)


def waiting(wave: Wave, limit: int | None = None) -> list[Invitation]:
    """Those who have no letter yet."""
    return list(db.session.scalars(_by_post(wave).where(Invitation.posted_on.is_(None)).limit(limit)))


def code_of(invitation: Invitation) -> str:
    """The code of the group on the paper form of this person: many share it."""
    names = ("classes", "base_weight", "stratum", "origin")
    return paper.code_of({name: getattr(invitation, name) for name in names})


def forms_needed(wave: Wave) -> dict[str, int]:
    """How many paper forms each group needs."""
    return dict(sorted(Counter(code_of(i) for i in invited_by_post(wave)).items()))


def order_letters(wave: Wave) -> Job:
    """Let the worker make the letters that are not made yet."""
    require("fieldwork.post", wave)
    lock(db.session, wave)
    number = len(waiting(wave))
    if wave.status is not WaveStatus.FIELDING or not number:
        raise NoLettersError("no-letters")
    audit.record("wave.order_letters", "wave", wave.public_id, detail={"letters": number})
    key = f"post-letters:{wave.public_id}:{clock.now():%Y%m%d%H%M}"
    return jobs.enqueue(LETTERS_JOB, {"wave_id": wave.id}, key=key)
