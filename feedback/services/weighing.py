"""From the closed wave to accepted weights: open the publication, store what the worker computed, decide, accept."""

from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select

from core import actor, audit, clock, jobs, outbox, settings
from core.db import db
from core.dialect import begin_write, lock
from core.errors import DomainError
from core.models import Role
from core.outbox import Recipient
from core.permissions import require
from feedback import lifecycle, queries
from feedback.models import Publication, PublicationStatus, ResultSet, WeightingDecision
from surveys.models import Obligation, ObligationKind, Wave

JOB = "feedback.weigh_wave"


def open_publication(wave: Wave) -> Publication:
    """The publication of a closed wave with the promised dates, and the obligation to give feedback; repeatable."""
    begin_write(db.session)
    known = db.session.scalars(select(Publication).where(Publication.wave_id == wave.id)).first()
    if known is not None:
        return known
    publication = Publication(
        wave_id=wave.id,
        created_at=clock.now(),
        results_due_at=clock.at_amsterdam(_results_day(wave), _hour()),
        feedback_due_on=_feedback_day(wave),
    )
    db.session.add(publication)
    db.session.flush()
    _oblige(publication, wave)
    audit.record("publication.open", "publication", publication.public_id)
    return publication


def _results_day(wave: Wave) -> date:
    return wave.commission.results_promised_on or clock.today()


def _feedback_day(wave: Wave) -> date:
    term = timedelta(days=settings.municipal().feedback_term_days)
    return wave.commission.feedback_promised_on or _results_day(wave) + term


def _hour() -> time:
    return time.fromisoformat(settings.municipal().results_hour)


def _oblige(publication: Publication, wave: Wave) -> None:
    if queries.find_obligation(wave) is None:
        db.session.add(
            Obligation(
                kind=ObligationKind.FEEDBACK,
                commission_id=wave.commission_id,
                body_id=wave.commission.body_id,
                wave_ref=wave.public_id,
                due_on=publication.feedback_due_on,
            )
        )
        db.session.flush()


def store_result(publication: Publication, document: dict[str, Any], digest: str, *, decisions: int) -> bool:
    """Keep a computed document beside the earlier ones; False when something was decided in the meantime."""
    lock(db.session, publication)
    if publication.status is not PublicationStatus.WEIGHING or len(publication.decisions) != decisions:
        return False
    version = len(publication.result_sets) + 1
    publication.result_sets.append(
        ResultSet(
            version=version,
            document=document,
            digest=digest,
            code_version=document["inputs"]["code"],
            computed_at=clock.now(),
        )
    )
    _move(publication, PublicationStatus.PROPOSED, detail={"version": version, "digest": digest})
    publication.refusals = []
    _tell_staff(publication, "feedback.weighting_ready", f"v{version}")
    return True


def store_refusal(publication: Publication, reasons: list[dict[str, Any]], *, decisions: int) -> bool:
    """The plan cannot be executed: a person has to decide, in public. False when that was done already."""
    lock(db.session, publication)
    if publication.status is not PublicationStatus.WEIGHING or len(publication.decisions) != decisions:
        return False
    publication.refusals = reasons
    _move(publication, PublicationStatus.NEEDS_DECISION, detail={"reasons": [r["code"] for r in reasons]})
    _tell_staff(publication, "feedback.needs_decision", f"d{decisions}")
    return True


def decide(
    publication: Publication,
    *,
    reason: str,
    merges: list[list[str]] | None = None,
    dropped: list[str] | None = None,
    trim_low: float | None = None,
    trim_high: float | None = None,
) -> WeightingDecision:
    """Depart from the frozen plan with a reason that everybody can read, and weigh again."""
    require("publication.weigh", publication)
    lock(db.session, publication)
    lifecycle.require_step(publication, PublicationStatus.WEIGHING)
    if not reason.strip():
        raise DomainError("reason-missing")
    if not (merges or dropped or trim_low is not None or trim_high is not None):
        raise DomainError("nothing-decided")
    decision = WeightingDecision(
        merges=merges or [],
        dropped=dropped or [],
        trim_low=trim_low,
        trim_high=trim_high,
        reason=reason.strip(),
        decided_at=clock.now(),
        decided_by=actor.current().ref,
    )
    publication.decisions.append(decision)
    publication.refusals = []
    _move(publication, PublicationStatus.WEIGHING, detail={"merges": decision.merges, "dropped": decision.dropped})
    db.session.flush()
    key = f"weigh:{publication.wave_id}:{len(publication.decisions)}"
    jobs.enqueue(JOB, {"wave_id": publication.wave_id}, key=key)
    return decision


def accept(publication: Publication) -> None:
    """Accept the weights that the frozen plan gave; the results then wait for their day."""
    require("publication.weigh", publication)
    lock(db.session, publication)
    lifecycle.require_step(publication, PublicationStatus.WEIGHTED)
    publication.accepted_at, publication.accepted_by = clock.now(), actor.current().ref
    _move(publication, PublicationStatus.WEIGHTED)
    db.session.flush()


def _move(publication: Publication, to: PublicationStatus, *, detail: dict[str, Any] | None = None) -> None:
    lifecycle.require_step(publication, to)
    before, publication.status = publication.status, to
    audit.record(
        f"publication.{to.value}",
        "publication",
        publication.public_id,
        detail={"from": before.value, **(detail or {})},
    )


def _tell_staff(publication: Publication, kind: str, stage: str) -> None:
    outbox.post_many(
        kind,
        [
            Recipient("account", number, {"publication": publication.id}, f"{kind}:{publication.id}:{stage}:{number}")
            for number in queries.accounts_with(Role.CLERK, Role.ANALYST)
        ],
    )
