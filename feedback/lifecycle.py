"""States of a publication: which steps exist and everything that is missing before one may be taken."""

from datetime import date

from core import clock
from core.errors import BlockedError, Blocker, TransitionError
from feedback.models import Finding, FindingAnswer, Outcome, Publication, PublicationStatus

S = PublicationStatus
TRANSITIONS: dict[PublicationStatus, frozenset[PublicationStatus]] = {
    S.WEIGHING: frozenset({S.NEEDS_DECISION, S.PROPOSED}),
    S.NEEDS_DECISION: frozenset({S.WEIGHING}),
    S.PROPOSED: frozenset({S.WEIGHING, S.WEIGHTED}),
    S.WEIGHTED: frozenset({S.RESULTS_PUBLISHED}),
    S.RESULTS_PUBLISHED: frozenset({S.FEEDBACK_PUBLISHED}),
    S.FEEDBACK_PUBLISHED: frozenset(),
}
MAX_POSTPONEMENTS = 2


def require_step(publication: Publication, to: PublicationStatus) -> None:
    """Raise TransitionError when there is no such step, BlockedError with everything that is missing."""
    if to not in TRANSITIONS[publication.status]:
        raise TransitionError("no-such-step", status=publication.status.value, to=to.value)
    missing = blockers(publication, to)
    if missing:
        raise BlockedError(missing)


def blockers(publication: Publication, to: PublicationStatus) -> list[Blocker]:
    """Everything that is missing before the publication may go to a status."""
    if to is S.WEIGHTED:
        return _weighted(publication)
    if to is S.RESULTS_PUBLISHED:
        return _weighted(publication) + _day_reached(publication)
    if to is S.FEEDBACK_PUBLISHED:
        return [b for number, f in enumerate(publication.findings, 1) for b in answer_blockers(publication, f, number)]
    return []


def _weighted(publication: Publication) -> list[Blocker]:
    values = {"public_id": publication.public_id}
    if publication.current is None:
        return [Blocker("no-results", "Er zijn nog geen resultaten berekend.", "feedback_clerk.weighting", values)]
    return []


def _day_reached(publication: Publication) -> list[Blocker]:
    if clock.now() >= publication.results_due_at:
        return []
    return [Blocker("too-early", "De afgesproken dag van de resultaten is er nog niet.")]


def answer_blockers(publication: Publication, finding: Finding, number: int) -> list[Blocker]:
    """What is missing in the answer to one finding before it may be published."""
    answer = finding.answer
    messages = [_NO_ANSWER] if answer is None else _gaps(answer)
    if answer is not None and answer.published_at is None and postponed_too_often(finding, answer):
        messages = [_TOO_OFTEN]
    return [
        Blocker(
            "answer",
            f"Bevinding {number}: {message}",
            "feedback_clerk.answer",
            {"public_id": publication.public_id, "finding_id": finding.public_id},
        )
        for message in messages
    ]


_NO_ANSWER = "er is nog geen antwoord."
_TOO_OFTEN = "'nog geen besluit' is al een keer verlengd. Vul nu in wat er is besloten."


def postponed_too_often(finding: Finding, answer: FindingAnswer) -> bool:
    """Whether this answer would postpone the decision once more than the one renewal that is allowed."""
    earlier = [a for a in finding.published_answers if a.outcome is Outcome.UNDECIDED]
    return answer.outcome is Outcome.UNDECIDED and len(earlier) >= MAX_POSTPONEMENTS


def _gaps(answer: FindingAnswer) -> list[str]:
    gaps = [] if answer.why.strip() else ["vul in waarom."]
    if answer.outcome is Outcome.UNDECIDED:
        return gaps + _undecided_gaps(answer.undecided_until)
    if not answer.decision_number.strip() or answer.decision_on is None:
        gaps.append("vul het nummer en de datum van het besluit in.")
    if not answer.next_step.strip():
        gaps.append("vul in wat er nu gebeurt.")
    if answer.outcome in (Outcome.ADOPTED, Outcome.PARTLY) and answer.next_on is None:
        gaps.append("vul in wanneer dat gebeurt.")
    return gaps


def _undecided_gaps(until: date | None) -> list[str]:
    if until is None:
        return ["vul in wanneer er wel een besluit is."]
    return [] if until >= clock.today() else ["de datum van het besluit ligt in het verleden."]
