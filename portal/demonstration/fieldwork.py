"""The fieldwork: invitations, members who answer page by page or on paper, reminders, the closing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import numpy as np
from sqlalchemy import select

from core import clock
from core.actor import acting
from core.db import db
from panel import queries
from portal.demonstration.recruiting import groups
from portal.demonstration.replying import Raw, Replies
from portal.demonstration.stage import VISITOR, Event, Stage
from portal.demonstration.story.people import DEPUTY
from portal.demonstration.story.shapes import WaveStory
from surveys import response_document
from surveys.models import Invitation, Wave
from surveys.questionnaire import FrozenWave, QuestionSpec
from surveys.response_document import Draft
from surveys.routing import first_unanswered, path
from surveys.services import answering, fielding, paper, personal_links, taking
from surveys.services.sealing import WaveKey

# which part of the answers comes when, as a part of the field time; reminders leave at 0.40 and 0.75, by day
MOMENTS = ((0.02, 0.30), (0.12, 0.20), (0.30, 0.10), (0.43, 0.18), (0.60, 0.07), (0.78, 0.15))
STOPS_HALFWAY = 0.03
PAGES_OF_STOPPER = 2
SECONDS_PER_PAGE = 22.0


@dataclass(frozen=True)
class Invited:
    """An invitation and the resident behind it; only this run knows."""

    token: str
    resident: int


class Fielding:
    """The fieldwork of one questionnaire."""

    def __init__(self, stage: Stage, story: WaveStory, replies: Replies) -> None:
        self.stage, self.story, self.replies = stage, story, replies
        self.online: list[Invited] = []
        self.by_post: list[tuple[str, int]] = []

    @property
    def wave(self) -> Wave:
        """The questionnaire."""
        return db.session.get_one(Wave, self.stage.wave_ids[self.story.key])

    def events(self) -> Iterator[Event]:
        """What happens, in order; what still has to come is left to the clock of the real world."""
        dates, at = self.story.dates, self.stage.calendar.at
        if dates.opens is None or dates.closes is None:
            return
        opens, closes = at(dates.opens, 9), at(dates.closes, 20)
        yield Event(opens + timedelta(minutes=1), "openen en uitnodigen", self.open)
        for number, (part, _share) in enumerate(MOMENTS):
            yield Event(opens + part * (closes - opens), "antwoorden", partial(self.answer, number))
        yield Event(closes + timedelta(minutes=31), "online sluiten", self.enter_paper)
        yield Event(fielding.paper_term(closes) + timedelta(minutes=1), "sluiten en wegen", _nothing)

    def open(self) -> None:
        """The clock opens the questionnaire and sends the invitations; who will answer is drawn by willingness."""
        self.stage.let_work(clock_of(self.wave.opens_at) + timedelta(minutes=1))
        population, rng = self.stage.population, self.stage.rng
        wave = self.wave
        key = WaveKey.of(wave.public_id)
        invitations = db.session.scalars(select(Invitation).where(Invitation.wave_id == wave.id)).all()
        for invitation in sorted(invitations, key=lambda one: one.member_id):
            resident = self.stage.residents[invitation.member_id]
            willing = rng.random() < population.answer_propensity[resident] * self.story.part
            if not willing:
                continue
            if queries.get_member(invitation.member_id).by_post:
                self.by_post.append((_cell(invitation), resident))
                continue
            token = personal_links.token_for(key, invitation.public_id, invitation.link_version)
            self.online.append(Invited(token, resident))
        self.online = [self.online[place] for place in rng.permutation(len(self.online))]
        db.session.commit()

    def answer(self, number: int) -> None:
        """The answers of one moment, each page saved as the website does."""
        opens, closes = clock_of(self.wave.opens_at), clock_of(self.wave.closes_at)
        part, _share = MOMENTS[number]
        moment = opens + part * (closes - opens)
        edges = np.cumsum([0.0, *(share for _part, share in MOMENTS)]) * len(self.online)
        first, last = round(float(edges[number])), round(float(edges[number + 1]))
        frozen = taking.frozen_of(self.wave.frozen_hash or "").wave
        for people in groups(self.online[first:last]):
            with acting(VISITOR):
                for who in people:
                    self._answer(frozen, who, moment)
            db.session.commit()

    def _answer(self, frozen: FrozenWave, who: Invited, moment: datetime) -> None:
        stops = self.stage.rng.random() < STOPS_HALFWAY
        with clock.travel(moment):
            taken = taking.resolve_link(who.token)
            answering.start(taken)
            draft = answering.load(taken).document.draft
            revision = 1
            pages = 0
            while (question := _open_question(frozen, draft)) is not None and not (stops and pages >= PAGES_OF_STOPPER):
                raw = self.replies.raw(question, who.resident)
                saved = answering.save_page(
                    taken, question.item_key, raw, seen_revision=revision, position=partial(_next_question, frozen)
                )
                draft, revision, pages = saved.draft, saved.revision, pages + 1
        self.stage.tally.pages += pages
        if not stops:
            seconds = float(self.stage.rng.gamma(4.0, SECONDS_PER_PAGE / 4.0)) * pages
            with clock.travel(moment + timedelta(seconds=seconds)):
                answering.submit(taken)
            self.stage.tally.responses += 1

    def enter_paper(self) -> None:
        """Online is closed; the griffie types in what came by post."""
        closes = clock_of(self.wave.closes_at)
        self.stage.let_work(closes + timedelta(minutes=31))
        with self.stage.scene(closes + timedelta(hours=14), DEPUTY):
            wave = self.wave
            frozen = taking.frozen_of(wave.frozen_hash or "").wave
            codes = {_group_cell(group): group.code for group in paper.groups(wave)}
            for cell, resident in self.by_post:
                paper.enter(wave, code=codes[cell], raw=self._form(frozen, resident))
                self.stage.tally.responses += 1

    def _form(self, frozen: FrozenWave, resident: int) -> Raw:
        answers = {spec.item_key: self.replies.value(spec, resident) for spec in frozen.questions}
        shown = path(frozen.questions, answers)
        return {name: values for spec in shown for name, values in self.replies.raw(spec, resident).items()}


def _open_question(frozen: FrozenWave, draft: Draft | None) -> QuestionSpec | None:
    return first_unanswered(response_document.routed(frozen, draft), draft.answers) if draft else None


def _next_question(frozen: FrozenWave, draft: Draft) -> str:
    following = _open_question(frozen, draft)
    return following.item_key if following else ""


def _cell(invitation: Invitation) -> str:
    return repr((sorted(invitation.classes.items()), invitation.base_weight, invitation.stratum, invitation.origin))


def _group_cell(group: paper.Group) -> str:
    return repr((sorted(group.classes.items()), group.base_weight, group.stratum, group.origin))


def clock_of(moment: datetime | None) -> datetime:
    """A moment that the story has filled in."""
    if moment is None:
        raise LookupError("this moment is not filled in")
    return moment


def _nothing() -> None:
    """The clock alone does it."""
