"""Writes of commissions: the conversation, submitting, advice, decision and later changes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from core import audit, clock
from core.actor import current
from core.db import db
from core.errors import BlockedError, Blocker, ConflictError, DomainError
from core.models import Body
from core.permissions import require
from surveys import agreement, queries_commission
from surveys.commission_gates import blockers
from surveys.commission_steps import BY_SLUG
from surveys.ladder import find_level, fits
from surveys.lifecycle import CommissionStatus, commission_edge
from surveys.models.commission import (
    AnchorPoint,
    CentralQuestion,
    Commission,
    CommissionAmendment,
    Stakeholder,
)
from surveys.questionnaire import digest
from surveys.services.locking import lock_whole
from surveys.slugs import free_slug

LINES: dict[str, type[CentralQuestion] | type[AnchorPoint]] = {
    "central_questions": CentralQuestion,
    "anchor_points": AnchorPoint,
}


def create_commission(*, title: str, body: Body, deciding_body: Body) -> Commission:
    """Start a commission on behalf of a body of the acting council member."""
    require("commission.create")
    who = current()
    if who.account_id is None:
        raise DomainError("commission-needs-an-author")
    if (who.kind != "system" and body.id not in who.bodies) or not body.may_commission or not deciding_body.may_decide:
        raise DomainError("body-may-not")
    commission = Commission(
        title=title,
        slug=free_slug(title, Commission.slug),
        body_id=body.id,
        deciding_body_id=deciding_body.id,
        author_id=who.account_id,
        created_at=clock.now(),
    )
    db.session.add(commission)
    db.session.flush()
    _log("commission.create", commission)
    return commission


def save_section(commission: Commission, slug: str, values: Mapping[str, Any]) -> None:
    """Save one page of the conversation; only the fields of that page are taken."""
    require("commission.edit", commission)
    _lock_editable(commission)
    step = BY_SLUG[slug]
    for name in step.fields:
        if name in values:
            setattr(commission, name, values[name])
    if step.lines and step.lines in values:
        _replace_lines(commission, step.lines, values[step.lines])
    _log("commission.edit", commission, section=slug)
    db.session.flush()


def _replace_lines(commission: Commission, name: str, texts: Sequence[str]) -> None:
    rows = getattr(commission, name)
    rows.clear()
    db.session.flush()
    rows.extend(LINES[name](position=number, text=text) for number, text in enumerate(texts, 1))


def save_stakeholder(commission: Commission, values: Mapping[str, Any], stakeholder: Stakeholder | None = None) -> None:
    """Add a stakeholder, or change one."""
    require("commission.edit", commission)
    _lock_editable(commission)
    if stakeholder is None:
        commission.stakeholders.append(Stakeholder(**values))
    elif stakeholder.commission_id == commission.id:
        for name, value in values.items():
            setattr(stakeholder, name, value)
    _log("commission.edit", commission, section="belanghebbenden")
    db.session.flush()


def remove_stakeholder(commission: Commission, stakeholder: Stakeholder) -> None:
    """Take a stakeholder off the list."""
    require("commission.edit", commission)
    _lock_editable(commission)
    commission.stakeholders.remove(stakeholder)
    _log("commission.edit", commission, section="belanghebbenden")
    db.session.flush()


def submit(commission: Commission) -> None:
    """Hand the commission in; the whole list of what is missing comes back as BlockedError."""
    require("commission.submit", commission)
    # the pause is decided per body: two submissions of one body wait for each other
    lock_whole(commission.body)
    _move(commission, CommissionStatus.SUBMITTED)
    commission.submitted_at = clock.now()
    db.session.flush()


def advise_form(commission: Commission, *, advice: str) -> None:
    """Record the griffie's advice on the form (never on the content)."""
    _move(commission, CommissionStatus.FORM_ADVISED, form_advice=advice)
    commission.advised_at = clock.now()
    db.session.flush()


def accept(commission: Commission, *, number: str, on: date) -> None:
    """Record that the deciding body accepts; the agreement is fixed, hashed and public from now on."""
    _move(commission, CommissionStatus.ACCEPTED, body_decision_number=number, body_decision_on=on)
    commission.accepted_at = commission.decided_at = clock.now()
    db.session.flush()


def return_to_author(commission: Commission, *, reason: str) -> None:
    """Record that the deciding body sends the commission back, with its reason."""
    _move(commission, CommissionStatus.RETURNED, return_reason=reason)
    commission.decided_at = clock.now()
    db.session.flush()


def decline(commission: Commission, *, number: str, on: date, reason: str) -> None:
    """Record that the deciding body declines, with its public reason."""
    _move(
        commission, CommissionStatus.DECLINED, body_decision_number=number, body_decision_on=on, decline_reason=reason
    )
    commission.decided_at = clock.now()
    db.session.flush()


def amend(commission: Commission, *, name: str, value: Any, reason: str) -> CommissionAmendment:
    """Change an accepted agreement beside the original, with a reason; after the first invitation the level only rises.

    For `level` the value is a pair (level, use).
    """
    require("commission.amend", commission)
    lock_whole(commission)
    if commission.status is not CommissionStatus.ACCEPTED:
        raise ConflictError("not-accepted", status=commission.status.value)
    if not reason.strip():
        raise BlockedError([Blocker("reason", "Schrijf op waarom u de afspraak wijzigt.", anchor="reason")])
    before, after = _change_level(commission, value) if name == "level" else _change_field(commission, name, value)
    row = CommissionAmendment(
        commission_id=commission.id,
        name=name,
        before=before,
        after=after,
        reason=reason,
        at=clock.now(),
        account_id=current().account_id,
    )
    commission.amendments.append(row)
    _log("commission.amend", commission, name=name, before=before, after=after)
    db.session.flush()
    return row


def _change_field(commission: Commission, name: str, value: Any) -> tuple[str, str]:
    if name not in AMENDABLE_FIELDS:
        raise DomainError("not-amendable", name=name)
    before = getattr(commission, name)
    setattr(commission, name, value)
    return _text(before), _text(value)


AMENDABLE_FIELDS = frozenset(
    {
        "decision_title",
        "decision_url",
        "decision_on",
        "papers_on",
        "results_promised_on",
        "feedback_promised_on",
        "contact_name",
        "contact_phone",
    }
)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value or "")


def _change_level(commission: Commission, value: tuple[str, str]) -> tuple[str, str]:
    level, use = value
    was, becomes = find_level(commission.level), find_level(level)
    if becomes is None or not fits(level, use):
        raise DomainError("unknown-level", level=level, use=use)
    if was and becomes.rank < was.rank and queries_commission.invited_already(commission):
        message = "Er zijn al mensen uitgenodigd. Het niveau mag daarom alleen nog omhoog."
        raise BlockedError([Blocker("level", message, anchor="level")])
    before, after = f"{commission.level}: {commission.intended_use}", f"{level}: {use}"
    commission.level, commission.intended_use = level, use
    return before, after


def _move(commission: Commission, to: CommissionStatus, **values: Any) -> None:
    permission = commission_edge(commission.status, to)
    require(permission, commission)
    lock_whole(commission)
    commission_edge(commission.status, to)
    facts = queries_commission.facts(commission)
    with db.session.no_autoflush:
        for name, value in values.items():
            setattr(commission, name, value)
        missing = blockers(commission, to, facts)
    if missing:
        db.session.expire(commission)
        raise BlockedError(missing)
    start = commission.status
    if to is CommissionStatus.ACCEPTED:
        commission.accepted_document = agreement.document(commission)
        commission.accepted_hash = digest(commission.accepted_document)
    commission.status = to
    _log(permission, commission, start=start.value, to=to.value)


def _lock_editable(commission: Commission) -> None:
    lock_whole(commission)
    if not commission.editable:
        raise ConflictError("commission-not-editable", status=commission.status.value)


def _log(action: str, commission: Commission, **detail: Any) -> None:
    audit.record(action, "commission", commission.public_id, detail=detail)


def find_stakeholder(commission: Commission, public_id: str) -> Stakeholder | None:
    """A stakeholder of this commission by its public id."""
    wanted = select(Stakeholder).where(Stakeholder.commission_id == commission.id, Stakeholder.public_id == public_id)
    return db.session.scalars(wanted).first()
