"""Reads of publications, findings and what goes with them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from core.db import db
from core.errors import NotFoundError
from core.models import Account, AccountBody, AccountRole, AuditEvent, Role
from feedback.models import Finding, Publication, PublicationStatus
from surveys.lifecycle import WaveStatus
from surveys.models import Commission, DestructionReceipt, Invitation, Obligation, Wave

SEEN_EARLY = "results.seen_early"
PUBLIC_WAVES = (WaveStatus.FIELDING, WaveStatus.PAPER, WaveStatus.CLOSED, WaveStatus.VOIDED)


def get_publication(public_id: str) -> Publication:
    """The publication of a URL; raises NotFoundError."""
    found = db.session.scalars(select(Publication).where(Publication.public_id == public_id)).first()
    if found is None:
        raise NotFoundError("no-such-publication")
    return found


def find_publication(wave: Wave) -> Publication | None:
    """The publication of a wave, or None before it is closed."""
    return db.session.scalars(select(Publication).where(Publication.wave_id == wave.id)).first()


def wave_of(publication: Publication) -> Wave:
    """The wave that a publication is about."""
    return db.session.get_one(Wave, publication.wave_id)


def get_wave(slug: str) -> Wave:
    """The wave of a public URL, from its opening on; raises NotFoundError."""
    found = db.session.scalars(select(Wave).where(Wave.slug == slug, Wave.status.in_(PUBLIC_WAVES))).first()
    if found is None:
        raise NotFoundError("no-such-wave")
    return found


def get_public(slug: str) -> tuple[Wave, Publication]:
    """A wave with results that everybody may read; raises NotFoundError."""
    wave = get_wave(slug)
    publication = find_publication(wave)
    if publication is None or not publication.is_public:
        raise NotFoundError("no-public-results")
    return wave, publication


def get_finding(publication: Publication, public_id: str) -> Finding:
    """One finding of a publication; raises NotFoundError."""
    found = next((f for f in publication.findings if f.public_id == public_id), None)
    if found is None:
        raise NotFoundError("no-such-finding")
    return found


def find_obligation(wave: Wave) -> Obligation | None:
    """The obligation to give feedback on a wave."""
    return db.session.scalars(select(Obligation).where(Obligation.wave_ref == wave.public_id)).first()


def find_receipt(wave: Wave) -> DestructionReceipt | None:
    """The receipt of the destroyed wave key."""
    return db.session.get(DestructionReceipt, wave.id)


def invited_members(wave: Wave) -> Sequence[int]:
    """Everybody who was invited and did not ask to be left alone for this wave, by number."""
    statement = select(Invitation.member_id).where(Invitation.wave_id == wave.id, Invitation.opted_out.is_(False))
    return db.session.scalars(statement.order_by(Invitation.member_id)).all()


def accounts_with(*roles: Role) -> Sequence[int]:
    """Active accounts with one of the roles, by number."""
    statement = select(AccountRole.account_id).join(Account, Account.id == AccountRole.account_id)
    return db.session.scalars(
        statement.where(Account.active, AccountRole.role.in_(roles)).distinct().order_by(AccountRole.account_id)
    ).all()


def accounts_of_body(body_id: int) -> Sequence[int]:
    """Active accounts that sit in a body, by number."""
    statement = select(AccountBody.account_id).join(Account, Account.id == AccountBody.account_id)
    return db.session.scalars(statement.where(Account.active, AccountBody.body_id == body_id)).all()


def list_publications(status: str = "", search: str = "") -> list[tuple[Publication, Wave, Commission]]:
    """The board: publications with their wave, what is due first on top."""
    statement = (
        select(Publication, Wave, Commission)
        .join(Wave, Wave.id == Publication.wave_id)
        .join(Commission, Commission.id == Wave.commission_id)
        .order_by(Publication.feedback_published_at.is_not(None), Publication.feedback_due_on, Publication.id)
    )
    if status in set(PublicationStatus):
        statement = statement.where(Publication.status == PublicationStatus(status))
    if search:
        pattern = f"%{search}%"
        statement = statement.where(or_(Wave.title.ilike(pattern), Commission.title.ilike(pattern)))
    return [(p, w, c) for p, w, c in db.session.execute(statement).all()]


def count_findings_without_answer(publication: Publication) -> int:
    """How many findings still wait for an answer."""
    return sum(1 for f in publication.findings if f.answer is None)


def has_statement(publication: Publication, account_id: int) -> bool:
    """Whether somebody signed a statement already."""
    return any(s.author_id == account_id for s in publication.statements)


def next_position(publication: Publication) -> int:
    """The position of a finding that comes after all others."""
    last = db.session.scalar(select(func.max(Finding.position)).where(Finding.publication_id == publication.id))
    return (last or 0) + 1


def early_viewers(publication: Publication) -> list[tuple[str, datetime]]:
    """Which roles saw the results before everybody else, each first time (from the audit log)."""
    rows = db.session.execute(
        select(AuditEvent.actor_ref, AuditEvent.at)
        .where(AuditEvent.action == SEEN_EARLY, AuditEvent.object_ref == publication.public_id)
        .order_by(AuditEvent.id)
    ).all()
    first: dict[str, datetime] = {}
    for ref, at in rows:
        first.setdefault(ref, at)
    return list(first.items())
