"""After the fieldwork: weights looked at, results on their day, a council member's finding, the answers of the body."""

from collections.abc import Iterator
from datetime import time, timedelta

from core.clock import at_amsterdam
from core.db import db
from feedback.models import Finding, Outcome, Publication
from feedback.queries import find_publication
from feedback.services import answering, council, publishing, weighing
from feedback.services.answering import AnswerInput
from portal.demonstration.fieldwork import clock_of
from portal.demonstration.stage import Event, Stage
from portal.demonstration.story.people import ANALYST, CLERK, COUNCILLOR
from portal.demonstration.story.shapes import AnswerStory, FeedbackStory, WaveStory
from surveys.models import Wave
from surveys.services import fielding

RESULTS = time(10, 0)
UNDECIDED_DAYS = 30
MOST_DEPARTURES = 4
TOO_FEW = "In een groep antwoordden te weinig mensen. Wij voegen die groep samen met de groep ernaast."
TOO_TIGHT = "Er antwoordden te weinig mensen voor de afgesproken grenzen van de gewichten. Wij maken de grenzen wijder."


class WeighingFailedError(RuntimeError):
    """The frozen plan could not be executed; the demonstration has no story for that."""


class Publishing:
    """What becomes of one questionnaire after closing."""

    def __init__(self, stage: Stage, story: WaveStory) -> None:
        self.stage, self.story = stage, story

    @property
    def publication(self) -> Publication:
        """The publication."""
        wave = db.session.get_one(Wave, self.stage.wave_ids[self.story.key])
        found = find_publication(wave)
        if found is None:
            raise WeighingFailedError(f"{self.story.key}: not closed")
        return found

    def events(self) -> Iterator[Event]:
        """What happens, in order."""
        dates, calendar = self.story.dates, self.stage.calendar
        if dates.closes is None:
            return
        closed = fielding.paper_term(calendar.at(dates.closes, 20))
        yield Event(closed + timedelta(hours=10), "weging aanvaarden", self.accept)
        results = calendar.day(self.story.commission.dates.results)
        yield Event(at_amsterdam(results, RESULTS) + timedelta(minutes=1), "resultaten openbaar", self.look)
        feedback = self.story.feedback
        if feedback is not None:
            yield Event(calendar.at(feedback.published, 14), "terugkoppeling", self.give_feedback)

    def accept(self) -> None:
        """The analyst looks at the weights and accepts them, if need be after a departure that everybody can read."""
        closes = clock_of(db.session.get_one(Wave, self.stage.wave_ids[self.story.key]).closes_at)
        moment = fielding.paper_term(closes) + timedelta(hours=10)
        for attempt in range(1, MOST_DEPARTURES + 1):
            if not self.publication.refusals:
                break
            with self.stage.scene(moment, ANALYST):
                self._depart(self.publication, attempt)
            self.stage.let_work(moment)
        with self.stage.scene(moment, ANALYST):
            weighing.accept(self.publication)

    def _depart(self, publication: Publication, attempt: int) -> None:
        proposals = [reason["proposal"] for reason in publication.refusals if reason.get("proposal")]
        if proposals:
            weighing.decide(publication, reason=TOO_FEW, merges=proposals)
        else:
            low, high = self.story.plan.trim_low / 2**attempt, self.story.plan.trim_high * 2**attempt
            weighing.decide(publication, reason=TOO_TIGHT, trim_low=low, trim_high=high)

    def look(self) -> None:
        """The system publishes the results; nobody has to do anything."""

    def give_feedback(self) -> None:
        """A council member adds a finding; the griffie writes the answers down and publishes them."""
        feedback = self.story.feedback
        if feedback is None:
            return
        at = self.stage.calendar.at
        if feedback.council_finding:
            with self.stage.scene(at(feedback.published - 5, 20), COUNCILLOR):
                council.add_finding(self.publication, sentence=feedback.council_finding)
        with self.stage.scene(at(feedback.published, 14), CLERK):
            for finding in list(self.publication.findings):
                story = answer_to(finding, feedback)
                answering.save_answer(self.publication, finding, self._answer(story, feedback))
            publishing.publish_feedback(self.publication)

    def _answer(self, story: AnswerStory, feedback: FeedbackStory) -> AnswerInput:
        day = self.stage.calendar.day
        outcome = Outcome(story.outcome)
        undecided = outcome is Outcome.UNDECIDED
        return AnswerInput(
            outcome=outcome,
            why=story.why,
            decision_number="" if undecided else feedback.decision_number,
            decision_on=None if undecided else day(feedback.decision_on),
            vote="" if undecided else feedback.vote,
            link=feedback.link,
            next_step=story.next_step,
            next_on=None if story.next_in_days is None else day(feedback.published + story.next_in_days),
            undecided_until=day(UNDECIDED_DAYS) if undecided else None,
        )


def answer_to(finding: Finding, feedback: FeedbackStory) -> AnswerStory:
    """The answer of the story to a finding."""
    if finding.item_key is None and feedback.council_answer is not None:
        return feedback.council_answer
    return feedback.answers[finding.item_key or ""]
