"""The stage on which the story is played: the clock, who acts, and what was counted on the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlalchemy import select

from core import clock, worker
from core.actor import SYSTEM, Actor, acting
from core.db import db
from core.models import Account, Body, Mail, MailState
from portal.demonstration.population import SyntheticPopulation
from portal.demonstration.story.shapes import Calendar, Story

VISITOR = Actor(kind="visitor")


@dataclass
class Tally:
    """What was done, to be told at the end."""

    members: int = 0
    pages: int = 0
    responses: int = 0
    message_ids: set[str | None] = field(default_factory=set)

    @property
    def mails(self) -> int:
        """How many mails left."""
        return len(self.message_ids)


@dataclass(frozen=True)
class Event:
    """Something that happens at a moment."""

    moment: datetime
    what: str
    play: Callable[[], None]


@dataclass
class Stage:
    """Everything that the players share; nothing of it is stored outside this run, least of all who is who."""

    calendar: Calendar
    story: Story
    population: SyntheticPopulation
    rng: np.random.Generator
    account_ids: dict[str, int] = field(default_factory=dict)
    body_ids: dict[str, int] = field(default_factory=dict)
    residents: dict[int, int] = field(default_factory=dict)
    wave_ids: dict[str, int] = field(default_factory=dict)
    commission_ids: dict[str, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    @property
    def birth_reference(self) -> int:
        """The year in which everybody has the age of the population: that of most of the questionnaires."""
        return self.calendar.day(-120).year

    def account(self, key: str) -> Account:
        """An account of the story."""
        return db.session.get_one(Account, self.account_ids[key])

    def body(self, key: str) -> Body:
        """A body of the story."""
        return db.session.get_one(Body, self.body_ids[key])

    def actor(self, key: str) -> Actor:
        """Somebody who works with the product, with the roles and bodies they have; empty is the system itself."""
        if not key:
            return SYSTEM
        account = self.account(key)
        return Actor(
            kind="staff",
            ref=account.public_id,
            account_id=account.id,
            roles=account.role_values,
            bodies=frozenset(body.id for body in account.bodies),
        )

    @contextmanager
    def scene(self, moment: datetime, who: str = "") -> Iterator[None]:
        """Play at a moment as somebody; what was done is committed at the end."""
        with clock.travel(moment), acting(self.actor(who)):
            yield
            db.session.commit()

    def let_work(self, moment: datetime) -> None:
        """Let the worker do at a moment all that is due: tasks, jobs and mails."""
        with clock.travel(moment), acting(SYSTEM):
            worker.run_until_idle()
            sent = select(Mail.message_id).where(Mail.state == MailState.SENT, Mail.sent_at >= moment)
            self.tally.message_ids.update(db.session.scalars(sent))
            db.session.remove()
