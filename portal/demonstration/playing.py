"""Plays the whole story through the services, in the order of time; after each event the worker does its part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from sqlalchemy import select

from core import clock
from core.db import db
from panel import queries
from portal.demonstration.beginnings import StaffDoor, begin
from portal.demonstration.commissioning import Commissioning
from portal.demonstration.designing import Designing
from portal.demonstration.fieldwork import Fielding
from portal.demonstration.lots import Lots
from portal.demonstration.population import SyntheticPopulation, draw_population
from portal.demonstration.publishing import Publishing
from portal.demonstration.recruiting import Recruiting
from portal.demonstration.replying import Replies
from portal.demonstration.stage import Event, Stage, Tally
from portal.demonstration.story.shapes import Calendar, RecruitmentStory
from portal.demonstration.story.whole import whole_story
from portal.demonstration.upkeeping import Upkeeping
from surveys.lifecycle import WaveStatus
from surveys.models import Invitation, Wave

SEED = 2021
N_EXAMPLES = 3
Watch = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Played:
    """What the load has made: the ways in and the counts."""

    doors: list[StaffDoor]
    members: list[str]
    tally: Tally
    seed: int


def quietly(_what: str, _done: int, _total: int) -> None:
    """Tell nothing on the way."""


def play(recruitment: RecruitmentStory | None = None, watch: Watch = quietly, seed: int = SEED) -> Played:
    """Play the story up to this moment."""
    calendar = Calendar(clock.today())
    population = draw_population(seed)
    story = whole_story(calendar, recruitment)
    stage = Stage(calendar, story, population, np.random.default_rng([seed, 1]))
    doors = begin(stage)
    events = [event for event in _events(stage, population) if event.moment <= clock.now()]
    for number, event in enumerate(events, 1):
        watch(event.what, number, len(events))
        event.play()
        stage.let_work(event.moment)
    return Played(doors, example_members(stage), stage.tally, seed)


def example_members(stage: Stage) -> list[str]:
    """Mailboxes of a few members who were invited and have not answered yet."""
    in_field = select(Invitation.member_id).join(Wave, Wave.id == Invitation.wave_id)
    in_field = in_field.where(Wave.status == WaveStatus.FIELDING, Invitation.answered.is_(False))
    numbers = db.session.scalars(in_field.order_by(Invitation.member_id)).all()
    members = (queries.get_member(number) for number in numbers)
    return [member.email for member in islice((m for m in members if m.email), N_EXAMPLES) if member.email]


def _events(stage: Stage, population: SyntheticPopulation) -> Sequence[Event]:
    replies = Replies(population)
    events = [*Recruiting(stage).events(), *Upkeeping(stage).events(), *Lots(stage).events()]
    for wave in stage.story.waves:
        events += Commissioning(stage, wave.commission).events()
        events += Designing(stage, wave).events()
        events += Fielding(stage, wave, replies).events()
        events += Publishing(stage, wave).events()
    events += [Commissioning(stage, draft).draft_event() for draft in stage.story.drafts]
    return sorted(events, key=lambda event: event.moment)
