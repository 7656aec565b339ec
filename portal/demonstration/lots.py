"""A finished fair draw: members who want to talk further are drawn for a citizens' assembly (burgerberaad)."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from core.db import db
from panel.models import ConsentPurpose, DrawObjective, FairDraw, Member, MemberStatus
from panel.services import membership, selection
from panel.services.selection import DrawPlan
from portal.demonstration.stage import Event, Stage
from portal.demonstration.story.people import CLERK

WILLING = 8
SEATS_SHARE = 5
MOST_SEATS = 24
ASKED, STARTED, COMPUTED, PUBLISHED, DRAWN = -30, -24, -23, -22, -15
SEED = "VOORBEELD 4 17 22 31 38 43"


class Lots:
    """From the question who wants to talk further to the drawn group."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.draw_id = 0

    def events(self) -> Iterator[Event]:
        """What happens, in order; the worker computes in between."""
        at = self.stage.calendar.at
        yield Event(at(ASKED, 17), "ja zeggen tegen doorpraten", self.agree)
        yield Event(at(STARTED, 10), "loting beginnen", self.start)
        yield Event(at(COMPUTED, 10), "aantallen vaststellen", self.compute)
        yield Event(at(PUBLISHED, 10), "loting bekendmaken", self.publish)
        yield Event(at(DRAWN, 10), "loten", self.draw)

    def agree(self) -> None:
        """Some members want to talk further."""
        with self.stage.scene(self.stage.calendar.at(ASKED, 17)):
            active = select(Member).where(Member.status == MemberStatus.ACTIVE).order_by(Member.id)
            for member in db.session.scalars(active).all():
                if member.id % WILLING == 0:
                    membership.set_preferences(
                        member,
                        language=member.language,
                        newsletter=member.newsletter,
                        consents=frozenset({ConsentPurpose.TALK_FURTHER}),
                    )

    def start(self) -> None:
        """The griffie starts the draw; the worker proposes quotas."""
        with self.stage.scene(self.stage.calendar.at(STARTED, 10), CLERK):
            willing = selection.count_candidates({"talk_further": True})
            made = selection.start(
                DrawPlan(
                    title="Burgerberaad over het groen in de wijken",
                    reason="De raad wil met een kleine groep doorpraten. Er zijn meer kandidaten dan plaatsen.",
                    seats=max(2, min(MOST_SEATS, willing // SEATS_SHARE)),
                    tolerance=0.25,
                    objective=DrawObjective.LEXIMIN,
                    variables=("age", "sex", "district"),
                )
            )
            self.draw_id = made.id

    def _draw(self) -> FairDraw:
        return db.session.get_one(FairDraw, self.draw_id)

    def compute(self) -> None:
        """The proposed quotas are taken; when nobody fits them, the smallest change that helps is taken too."""
        with self.stage.scene(self.stage.calendar.at(COMPUTED, 10), CLERK):
            selection.set_quotas(self._draw(), {})
        self.stage.let_work(self.stage.calendar.at(COMPUTED, 11))
        with self.stage.scene(self.stage.calendar.at(COMPUTED, 12), CLERK):
            if self._draw().problem.get("proposal"):
                selection.accept_proposal(self._draw())

    def publish(self) -> None:
        """The lottery is fixed, a week before its number can be known."""
        calendar = self.stage.calendar
        with self.stage.scene(calendar.at(PUBLISHED, 10), CLERK):
            on = calendar.day(PUBLISHED) + timedelta(days=DRAWN - PUBLISHED)
            selection.publish(self._draw(), source="de hoofdprijs van een verzonnen loterij", on=on)

    def draw(self) -> None:
        """The number is known, and the group is drawn."""
        with self.stage.scene(self.stage.calendar.at(DRAWN, 10), CLERK):
            selection.enter_seed(self._draw(), SEED)
