"""What a member sees of their own: what is open, what came of what they were invited to; never an answer."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from core import clock, keystore, settings
from core.db import db
from feedback.models import Publication
from panel.models import Member
from panel.terms import terms_on
from portal import places
from portal.queries.agreements import Agreement
from surveys.lifecycle import WaveStatus
from surveys.models import Commission, Invitation, Obligation, Wave
from surveys.services import personal_links
from surveys.services.sealing import WaveKey


@dataclass(frozen=True)
class OpenInvitation:
    """A questionnaire that waits for this member; the link is made anew for each page."""

    title: str
    minutes: int
    closes_at: datetime | None
    answered: bool
    url: str


@dataclass(frozen=True)
class Mine:
    """Everything of the member's page."""

    open: list[OpenInvitation]
    past: list[Agreement]
    next_on: date | None
    profile_due: bool


def _link(wave: Wave, invitation: Invitation) -> str:
    if not keystore.store().exists(wave.public_id):
        return ""
    key = WaveKey.of(wave.public_id)
    return places.personal(personal_links.token_for(key, invitation.public_id, invitation.link_version))


def open_invitations(member: Member) -> list[OpenInvitation]:
    """What this member can answer now, what closes first on top."""
    rows = db.session.execute(
        select(Invitation, Wave)
        .join(Wave, Wave.id == Invitation.wave_id)
        .where(
            Invitation.member_id == member.id,
            Wave.status == WaveStatus.FIELDING,
            Wave.closes_at > clock.now(),
        )
        .options(defer(Wave.frozen_document))
        .order_by(Wave.closes_at)
    ).all()
    return [OpenInvitation(w.title, w.minutes, w.closes_at, i.answered, _link(w, i)) for i, w in rows]


def past_invitations(member: Member) -> list[Agreement]:
    """The questionnaires this member was invited to that are closed, the newest first."""
    rows = db.session.execute(
        select(Commission, Wave, Publication, Obligation)
        .join(Wave, Wave.commission_id == Commission.id)
        .join(Invitation, Invitation.wave_id == Wave.id)
        .outerjoin(Publication, Publication.wave_id == Wave.id)
        .outerjoin(Obligation, Obligation.wave_ref == Wave.public_id)
        .where(
            Invitation.member_id == member.id,
            Wave.status.in_((WaveStatus.PAPER, WaveStatus.CLOSED, WaveStatus.VOIDED)),
        )
        .options(defer(Commission.accepted_document), defer(Wave.frozen_document))
        .order_by(Wave.closes_at.desc(), Wave.id.desc())
    ).all()
    return [Agreement(*row) for row in rows]


def next_opening() -> date | None:
    """The day on which the next fixed questionnaire opens."""
    first = db.session.scalar(select(func.min(Wave.opens_at)).where(Wave.status == WaveStatus.READY))
    return clock.to_amsterdam(first).date() if first else None


def profile_is_due(member: Member) -> bool:
    """Whether the check of the profile is due, after the months that the settings say."""
    since = member.profile_checked_on or (member.admitted_at and clock.to_amsterdam(member.admitted_at).date())
    return since is not None and since <= terms_on(clock.today(), settings.municipal()).profile_checked_before


def mine(member: Member) -> Mine:
    """Gather the member's page."""
    return Mine(open_invitations(member), past_invitations(member), next_opening(), profile_is_due(member))
