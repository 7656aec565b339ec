"""Results and feedback become public: results by the system on the promised day, feedback when every gate holds."""

from datetime import date, datetime

from sqlalchemy import select

from core import audit, clock, outbox, settings
from core.db import db
from core.dialect import lock
from core.errors import BlockedError, Blocker, ConflictError
from core.models import Role
from core.outbox import Recipient
from core.permissions import require
from feedback import lifecycle, queries
from feedback.conclusions import conclusions_of
from feedback.disclosure_check import disclosure_blockers
from feedback.models import Finding, FindingAnswer, Outcome, Publication, PublicationStatus
from surveys.models import Wave

BY_SYSTEM = "system"


def due_publications() -> list[int]:
    """Publications whose promised hour has come and whose results are computed, accepted or not."""
    ready = (PublicationStatus.PROPOSED, PublicationStatus.WEIGHTED)
    statement = select(Publication.id).where(Publication.status.in_(ready), Publication.results_due_at <= clock.now())
    return list(db.session.scalars(statement.order_by(Publication.id)))


def publish_results(publication: Publication) -> None:
    """Make the results public, with a finding for each question; only the system does this, on the promised day.

    Weights that nobody looked at yet do not hold the results back: the frozen plan holds, and the page says so.
    """
    require("publication.publish_results", publication)
    lock(db.session, publication)
    moment = clock.now()
    missing = lifecycle.blockers(publication, PublicationStatus.RESULTS_PUBLISHED) + _disclosure(publication)
    if missing:
        raise BlockedError(missing)
    if publication.status is PublicationStatus.PROPOSED:
        publication.accepted_at, publication.accepted_by = moment, BY_SYSTEM
        _move(publication, PublicationStatus.WEIGHTED)
    _move(publication, PublicationStatus.RESULTS_PUBLISHED)
    publication.results_at = moment
    _add_findings(publication, moment)
    db.session.flush()
    _mail_everybody(publication, "feedback.results_published")


def _disclosure(publication: Publication) -> list[Blocker]:
    current = publication.current
    if current is None:
        return []
    return disclosure_blockers(current.document, floor=settings.municipal().privacy_floor)


def _move(publication: Publication, to: PublicationStatus) -> None:
    lifecycle.require_step(publication, to)
    before, publication.status = publication.status, to
    audit.record(f"publication.{to.value}", "publication", publication.public_id, detail={"from": before.value})


def _add_findings(publication: Publication, moment: datetime) -> None:
    current = publication.current
    document = current.document if current else {"questions": []}
    for position, conclusion in enumerate(conclusions_of(document), 1):
        publication.findings.append(
            Finding(
                position=position,
                item_key=conclusion.item_key,
                central_question=conclusion.central_question,
                sentence=conclusion.sentence,
                base_text=conclusion.base_text,
                uncertainty=conclusion.uncertainty,
                not_concluded=conclusion.not_concluded,
                created_at=moment,
            )
        )


def _mail_everybody(publication: Publication, kind: str, stage: str = "1") -> None:
    """One mail to each who was invited and to each council member, all in this one transaction."""
    wave = queries.wave_of(publication)
    payload = {"publication": publication.id}
    members = [
        Recipient("member", n, payload, f"{kind}:{publication.id}:{stage}:m{n}") for n in queries.invited_members(wave)
    ]
    council = [
        Recipient("account", n, payload, f"{kind}:{publication.id}:{stage}:a{n}")
        for n in queries.accounts_with(Role.COUNCIL_MEMBER, Role.CLERK)
    ]
    outbox.post_many(kind, [*members, *council])


def publish_feedback(publication: Publication) -> None:
    """Publish the answers to all findings at once; what is still undecided keeps the obligation open."""
    require("feedback.publish", publication)
    lock(db.session, publication)
    lifecycle.require_step(publication, PublicationStatus.FEEDBACK_PUBLISHED)
    moment = clock.now()
    publication.feedback_published_at = moment
    _move(publication, PublicationStatus.FEEDBACK_PUBLISHED)
    for finding in publication.findings:
        if finding.answer is not None:
            finding.answer.published_at = moment
    db.session.flush()
    settle_obligation(publication, queries.wave_of(publication))
    _mail_everybody(publication, "feedback.feedback_published")


def publish_later_answer(finding: Finding, publication: Publication) -> None:
    """Publish the answer to a finding that had no decision yet; it stands beside the earlier answer."""
    require("feedback.publish", publication)
    lock(db.session, publication)
    answer = finding.answer
    if publication.status is not PublicationStatus.FEEDBACK_PUBLISHED or answer is None or answer.published_at:
        raise ConflictError("nothing-to-publish")
    missing = lifecycle.answer_blockers(publication, finding, publication.findings.index(finding) + 1)
    if missing:
        raise BlockedError(missing)
    answer.published_at = clock.now()
    audit.record("feedback.later_answer", "finding", finding.public_id, detail={"outcome": answer.outcome.value})
    db.session.flush()
    settle_obligation(publication, queries.wave_of(publication))
    _mail_everybody(publication, "feedback.later_answer", f"f{finding.id}v{answer.version}")


def settle_obligation(publication: Publication, wave: Wave) -> None:
    """The obligation ends when every finding has a decision; until then the nearest promised date holds."""
    obligation = queries.find_obligation(wave)
    if obligation is None:
        return
    open_until = [d for d in map(_undecided_until, publication.findings) if d is not None]
    if open_until:
        obligation.due_on = min(open_until)
        return
    obligation.fulfilled_at = clock.now()
    audit.record("obligation.fulfilled", "wave", wave.public_id)


def _undecided_until(finding: Finding) -> date | None:
    newest: FindingAnswer | None = finding.published_answers[-1] if finding.published_answers else None
    return newest.undecided_until if newest and newest.outcome is Outcome.UNDECIDED else None
