"""Every step of a publication asks for everything that is missing, and there are no other steps."""

from datetime import timedelta

import pytest

from core import clock
from core.errors import BlockedError, TransitionError
from feedback.lifecycle import TRANSITIONS, blockers, require_step
from feedback.models import Finding, FindingAnswer, Outcome, Publication, PublicationStatus, ResultSet

S = PublicationStatus


def publication(status: PublicationStatus, *, results: bool = True, due_in_days: int = -1) -> Publication:
    made = Publication(public_id="p", status=status, results_due_at=clock.now() + timedelta(days=due_in_days))
    if results:
        made.result_sets.append(ResultSet(version=1, document={}))
    return made


def with_answer(answer: FindingAnswer | None) -> Publication:
    made = publication(S.RESULTS_PUBLISHED)
    finding = Finding(public_id="f", position=1)
    if answer is not None:
        finding.answers.append(answer)
    made.findings.append(finding)
    return made


def codes(made: Publication, to: PublicationStatus) -> list[str]:
    return [b.code for b in blockers(made, to)]


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("to", list(S))
def test_only_the_steps_of_the_table_exist(status: PublicationStatus, to: PublicationStatus) -> None:
    if to in TRANSITIONS[status]:
        require_step(publication(status), to)
    else:
        with pytest.raises(TransitionError):
            require_step(publication(status), to)


def test_without_results_nothing_is_accepted_or_published() -> None:
    assert codes(publication(S.PROPOSED, results=False), S.WEIGHTED) == ["no-results"]
    early = publication(S.WEIGHTED, results=False, due_in_days=1)
    assert codes(early, S.RESULTS_PUBLISHED) == ["no-results", "too-early"]
    with pytest.raises(BlockedError):
        require_step(early, S.RESULTS_PUBLISHED)


@pytest.mark.parametrize(
    ("answer", "gaps"),
    [
        (None, ["er is nog geen antwoord"]),
        (FindingAnswer(outcome=Outcome.UNDECIDED, why="Nog niet."), ["wanneer er wel een besluit is"]),
        (
            FindingAnswer(outcome=Outcome.UNDECIDED, why="", undecided_until=clock.today() - timedelta(days=1)),
            ["waarom", "in het verleden"],
        ),
        (
            FindingAnswer(outcome=Outcome.ADOPTED, why="Ja.", decision_number="", next_step=" "),
            ["nummer en de datum", "wat er nu gebeurt", "wanneer dat gebeurt"],
        ),
        (
            FindingAnswer(outcome=Outcome.NOT_ADOPTED, why="Nee.", decision_number="1", next_step="Niets."),
            ["nummer en de datum"],
        ),
    ],
)
def test_every_gap_in_an_answer_is_named_at_once(answer: FindingAnswer | None, gaps: list[str]) -> None:
    messages = [b.message for b in blockers(with_answer(answer), S.FEEDBACK_PUBLISHED)]
    assert len(messages) == len(gaps)
    for message, gap in zip(messages, gaps, strict=True):
        assert gap in message
