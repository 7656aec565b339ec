"""From an agreement to a questionnaire that is fixed: questions, plan, a second signature, frozen."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import time

from sqlalchemy import select

from core.actor import Actor, acting
from core.db import db
from portal.demonstration.stage import Event, Stage
from portal.demonstration.story import people
from portal.demonstration.story.shapes import WaveStory
from surveys import signoff_links
from surveys.freezing import design_hash
from surveys.models import Commission, SignOffLink, Wave
from surveys.questionnaire import QuestionSpec
from surveys.services import design, readiness, sampling

OPENS, CLOSES = time(9, 0), time(20, 0)
OWN_KEYS = ("item_key", "kind", "central_question")


class Designing:
    """The design of one questionnaire."""

    def __init__(self, stage: Stage, story: WaveStory) -> None:
        self.stage, self.story, self.dates = stage, story, story.dates

    @property
    def wave(self) -> Wave:
        """The questionnaire."""
        return db.session.get_one(Wave, self.stage.wave_ids[self.story.key])

    def events(self) -> Iterator[Event]:
        """What happens, in order."""
        at = self.stage.calendar.at
        yield Event(at(self.dates.designed, 11), f"vragenlijst: {self.story.title}", self.create)
        if self.story.signed_outside:
            yield Event(at(self.dates.designed + 1, 14), "ondertekenaar vragen", self.invite_signatory)
        if self.dates.signed is not None:
            yield Event(at(self.dates.signed, 14), "ondertekenen en vastzetten", self.sign_and_fix)

    def create(self) -> None:
        """The griffie writes text, questions and plan."""
        with self.stage.scene(self.stage.calendar.at(self.dates.designed, 11), people.CLERK):
            commission = db.session.get_one(Commission, self.stage.commission_ids[self.story.commission.key])
            made = design.create_wave(commission, title=self.story.title)
            self.stage.wave_ids[self.story.key] = made.id
            design.save_wave(made, {"introduction": self.story.introduction, "minutes": self.story.minutes})
            design.save_wave(made, self._period())
            central = {row.text: row.id for row in commission.central_questions}
            for spec in self.story.questions:
                design.add_question(made, kind=spec.kind, values=self._values(spec, central), item_key=spec.item_key)
            tables = [(spec.item_key, by) for spec in self.story.questions for by in self.story.plan.breakdowns]
            design.save_plan(made, self.story.plan, tables=tables)
            if self.story.sample_share is not None:
                n = round(self.stage.story.recruitment.target * self.story.sample_share)
                sampling.choose_sample(made, n=n, by=("age", "district"))

    def _period(self) -> dict[str, object]:
        day = self.stage.calendar.day
        if self.dates.opens is None or self.dates.closes is None:
            return {}
        return {"opens": (day(self.dates.opens), OPENS), "closes": (day(self.dates.closes), CLOSES)}

    def _values(self, spec: QuestionSpec, central: dict[str, int]) -> dict[str, object]:
        values = {name: value for name, value in asdict(spec).items() if name not in OWN_KEYS}
        return {
            **values,
            "options": list(values["options"]),
            "items": list(values["items"]),
            "central_question_id": central[spec.central_question],
        }

    def invite_signatory(self) -> None:
        """The griffie asks somebody outside to sign; a one-time link leaves by mail."""
        with self.stage.scene(self.stage.calendar.at(self.dates.designed + 1, 14), people.CLERK):
            readiness.invite_outside_signatory(self.wave, name=people.OUTSIDE_NAME, email=people.OUTSIDE_EMAIL)

    def sign_and_fix(self) -> None:
        """A second person signs; then the questionnaire is frozen."""
        moment = self.stage.calendar.at(self.dates.signed or 0, 14)
        if self.story.signed_outside:
            self._sign_outside()
        else:
            with self.stage.scene(moment, people.DEPUTY):
                readiness.sign_off(self.wave, seen_hash=design_hash(self.wave))
        with self.stage.scene(moment, people.CLERK):
            readiness.make_ready(self.wave)

    def _sign_outside(self) -> None:
        with self.stage.scene(self.stage.calendar.at(self.dates.signed or 0, 13)):
            link = db.session.scalars(select(SignOffLink).where(SignOffLink.wave_id == self.wave.id)).one()
            used = readiness.consume_link(signoff_links.token_of(link))
            with acting(Actor(kind="outside", ref=f"{self.wave.public_id}:{used.public_id}")):
                readiness.sign_outside(
                    used,
                    name=people.OUTSIDE_NAME,
                    function=people.OUTSIDE_FUNCTION,
                    seen_hash=design_hash(self.wave),
                )
