"""What council members add beside the findings: one finding each, and a signed statement."""

from core import actor, audit, clock
from core.db import db
from core.dialect import lock
from core.errors import ConflictError, DomainError, NotPermittedError
from core.models import Account
from core.permissions import require
from feedback import queries
from feedback.models import Finding, FindingOrigin, Publication, PublicationStatus, Statement


def add_finding(publication: Publication, *, sentence: str, not_concluded: str = "") -> Finding:
    """Add the one finding that each council member may add, until the feedback is published."""
    require("finding.add", publication)
    lock(db.session, publication)
    account = _author()
    if publication.status is not PublicationStatus.RESULTS_PUBLISHED:
        raise ConflictError("too-late")
    if any(f.author_id == account.id for f in publication.findings):
        raise ConflictError("one-each")
    if not sentence.strip():
        raise DomainError("sentence-missing")
    finding = Finding(
        position=queries.next_position(publication),
        origin=FindingOrigin.COUNCIL,
        author_id=account.id,
        author_name=account.name,
        sentence=sentence.strip(),
        not_concluded=not_concluded.strip(),
        created_at=clock.now(),
    )
    publication.findings.append(finding)
    db.session.flush()
    audit.record("finding.add", "finding", finding.public_id)
    return finding


def sign_statement(publication: Publication, *, text: str, signed_as: str) -> Statement:
    """Put a signed statement beside the feedback; it cannot be changed afterwards."""
    require("statement.sign", publication)
    lock(db.session, publication)
    account = _author()
    if queries.has_statement(publication, account.id):
        raise ConflictError("one-each")
    if not text.strip() or not signed_as.strip():
        raise DomainError("text-missing")
    statement = Statement(author_id=account.id, signed_as=signed_as.strip(), text=text.strip(), signed_at=clock.now())
    publication.statements.append(statement)
    db.session.flush()
    audit.record("statement.sign", "publication", publication.public_id)
    return statement


def _author() -> Account:
    number = actor.current().account_id
    account = db.session.get(Account, number) if number else None
    if account is None:
        raise NotPermittedError("not-permitted")
    return account
