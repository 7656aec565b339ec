"""From the wish of a body to an agreement: made, handed in, advised, accepted."""

from collections.abc import Iterator

from core.db import db
from portal.demonstration.stage import Event, Stage
from portal.demonstration.story.people import CLERK
from portal.demonstration.story.shapes import CommissionStory
from surveys.models import Commission
from surveys.services import commissioning


class Commissioning:
    """The life of one commission."""

    def __init__(self, stage: Stage, story: CommissionStory) -> None:
        self.stage, self.story, self.dates = stage, story, story.dates

    @property
    def commission(self) -> Commission:
        """The commission."""
        return db.session.get_one(Commission, self.stage.commission_ids[self.story.key])

    def draft_event(self) -> Event:
        """Only the draft."""
        return Event(self.stage.calendar.at(self.dates.created, 19), f"opdracht: {self.story.title}", self.create)

    def events(self) -> Iterator[Event]:
        """What happens, in order."""
        at = self.stage.calendar.at
        yield self.draft_event()
        yield Event(at(self.dates.submitted, 20), "opdracht indienen", self.submit)
        yield Event(at(self.dates.advised, 10), "advies over de vorm", self.advise)
        yield Event(at(self.dates.accepted, 15), "opdracht aanvaarden", self.accept)

    def create(self) -> None:
        """A council member goes through the pages of the conversation."""
        with self.stage.scene(self.stage.calendar.at(self.dates.created, 19), self.story.author):
            made = commissioning.create_commission(
                title=self.story.title,
                body=self.stage.body(self.story.body),
                deciding_body=self.stage.body(self.story.deciding_body),
            )
            self.stage.commission_ids[self.story.key] = made.id
            for slug, values in self.story.pages.items():
                commissioning.save_section(made, slug, {**values, **self._promises(slug)})
            for stakeholder in self.story.stakeholders:
                commissioning.save_stakeholder(made, stakeholder)

    def _promises(self, slug: str) -> dict[str, object]:
        day = self.stage.calendar.day
        dates: dict[str, dict[str, object]] = {
            "besluit": {"decision_on": day(self.dates.decision), "papers_on": day(self.dates.papers)},
            "beloften": {
                "results_promised_on": day(self.dates.results),
                "feedback_promised_on": day(self.dates.feedback),
            },
        }
        return dates.get(slug, {})

    def submit(self) -> None:
        """The council member hands it in."""
        with self.stage.scene(self.stage.calendar.at(self.dates.submitted, 20), self.story.author):
            commissioning.submit(self.commission)

    def advise(self) -> None:
        """The griffie advises on the form."""
        with self.stage.scene(self.stage.calendar.at(self.dates.advised, 10), CLERK):
            commissioning.advise_form(self.commission, advice=self.story.advice)

    def accept(self) -> None:
        """The griffie writes down that the deciding body accepts."""
        day = self.stage.calendar.day(self.dates.accepted)
        with self.stage.scene(self.stage.calendar.at(self.dates.accepted, 15), CLERK):
            commissioning.accept(self.commission, number=self.story.decision_number, on=day)
