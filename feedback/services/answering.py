"""Drafting the body's answer to a finding: free until it is published, beside the earlier one afterwards."""

from dataclasses import asdict, dataclass
from datetime import date

from core import audit, clock
from core.db import db
from core.dialect import lock
from core.errors import ConflictError
from core.permissions import require
from feedback.models import Finding, FindingAnswer, Outcome, Publication


@dataclass(frozen=True)
class AnswerInput:
    """What the griffie takes from the decision of the body."""

    outcome: Outcome
    why: str
    decision_number: str = ""
    decision_on: date | None = None
    vote: str = ""
    link: str = ""
    next_step: str = ""
    next_on: date | None = None
    undecided_until: date | None = None


def save_answer(publication: Publication, finding: Finding, given: AnswerInput) -> FindingAnswer:
    """Write or rewrite the draft answer to a finding; a published decision stays as it is."""
    require("feedback.answer", publication)
    lock(db.session, publication)
    if not publication.is_public:
        raise ConflictError("results-not-public")
    answer = _draft(finding)
    for name, value in asdict(given).items():
        setattr(answer, name, value)
    if given.outcome is not Outcome.UNDECIDED:
        answer.undecided_until = None
    answer.updated_at = clock.now()
    db.session.flush()
    audit.record("feedback.answer", "finding", finding.public_id, detail={"outcome": given.outcome.value})
    return answer


def _draft(finding: Finding) -> FindingAnswer:
    newest = finding.answer
    if newest is not None and newest.published_at is None:
        return newest
    if newest is not None and newest.outcome is not Outcome.UNDECIDED:
        raise ConflictError("already-decided")
    draft = FindingAnswer(version=(newest.version if newest else 0) + 1)
    finding.answers.append(draft)
    return draft
