"""Everything that the page of one wave shows, put together for its templates."""

import re
from dataclasses import dataclass, field
from typing import Any

from feedback import queries
from feedback.conclusions import NOT_REPAIRED, asked, is_withheld, sentence_of
from feedback.labels import OUTCOME, OUTCOME_COLOUR
from feedback.models import Finding, FindingAnswer, FindingOrigin, Outcome, Publication
from feedback.pages.pictures import GroupTable, Picture, group_tables, pictures_of
from feedback.pages.process import clock_text, steps_of
from surveys.ladder import find_level, find_use
from surveys.models import Wave

Document = dict[str, Any]
SENTENCE_END = re.compile(r"\. (?=[A-Z‘])")


@dataclass(frozen=True)
class Answered:
    """A published answer in words."""

    answer: FindingAnswer
    label: str
    colour: str
    undecided: bool


@dataclass(frozen=True)
class FindingPart:
    """One finding with its picture, tables and the answers to it."""

    number: int
    finding: Finding
    question: Document | None
    pictures: list[Picture] = field(default_factory=list)
    groups: list[GroupTable] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    withheld: bool = False
    warning: str = ""

    @property
    def conclusion(self) -> str:
        """The sentence without the question, for where that stands above it."""
        text = self.finding.sentence
        return text.removeprefix(f"{asked(self.question)} ") if self.question else text

    @property
    def added(self) -> bool:
        """Whether a council member added it."""
        return self.finding.origin is FindingOrigin.COUNCIL


@dataclass(frozen=True)
class Promise:
    """What was agreed beforehand, in plain words."""

    level: str
    use: str
    decision: str
    body: str
    anchor_points: list[str]
    central_questions: list[str]


def finding_parts(publication: Publication) -> list[FindingPart]:
    """The findings in order, each with its figures."""
    current = publication.current
    questions = {q["item_key"]: q for q in current.document["questions"]} if current else {}
    return [_part(n, f, questions.get(f.item_key or "")) for n, f in enumerate(publication.findings, 1)]


def _part(number: int, finding: Finding, question: Document | None) -> FindingPart:
    answers = [answered(a) for a in finding.published_answers]
    if question is None:
        return FindingPart(number, finding, None, answers=answers)
    return FindingPart(
        number,
        finding,
        question,
        pictures=pictures_of(question),
        groups=group_tables(question),
        answers=answers,
        withheld=is_withheld(question),
        warning=NOT_REPAIRED if question["response_related"] else "",
    )


def answered(answer: FindingAnswer) -> Answered:
    """An answer with its label."""
    outcome = answer.outcome
    return Answered(answer, OUTCOME[outcome], OUTCOME_COLOUR[outcome], outcome is Outcome.UNDECIDED)


def promise_of(wave: Wave) -> Promise:
    """The agreement of the commission."""
    commission = wave.commission
    level, use = find_level(commission.level), find_use(commission.intended_use)
    return Promise(
        level=level.plain if level else "",
        use=use.promise if use else "",
        decision=commission.decision_title,
        body=commission.body.name,
        anchor_points=[a.text for a in commission.anchor_points],
        central_questions=[q.text for q in commission.central_questions],
    )


def lead_of(publication: Publication) -> str:
    """The conclusion in one sentence: that of the first question with figures."""
    current = publication.current
    for question in current.document["questions"] if current else []:
        if not is_withheld(question) and question["kind"] != "open":
            text = sentence_of(question).removeprefix(f"{asked(question)} ")
            return SENTENCE_END.split(text)[0].rstrip(".") + "."
    return ""


def page_of(wave: Wave, publication: Publication | None) -> dict[str, Any]:
    """What every page of a wave has: the steps, the promise, the clock."""
    obligation = queries.find_obligation(wave)
    promised = publication.feedback_due_on if publication else wave.commission.feedback_promised_on
    return {
        "wave": wave,
        "publication": publication,
        "is_public": publication is not None and publication.is_public,
        "steps": steps_of(wave, publication, obligation),
        "promise": promise_of(wave),
        "clock": clock_text(publication, obligation),
        "obligation": obligation,
        "feedback_due": promised,
    }
