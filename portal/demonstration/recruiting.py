"""Recruitment as it goes in life: letters, some join, others sign up by themselves, some wait for a seat.

Who joins follows each resident's own willingness; over all letters some 14 % do, as in Zeist in 2021 (see profiles).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

import numpy as np
from sqlalchemy import select

from core import sending
from core.db import db
from panel import queries
from panel.models import ConsentPurpose, Education, Member, RecruitmentRound, SamplePerson, Sex, SignInRequest, Tenure
from panel.profiles import Address, ProfileInput
from panel.queries.recruitment import awaiting_address_letter, seat_quotas
from panel.services import joining, one_time, planning, recruitment, seats
from panel.services.planning import PlanInput
from portal.demonstration.drawing import Integers
from portal.demonstration.population import PANEL_AGE_CLASSES, Person
from portal.demonstration.sampling import Draw, draw_sample, sample_file, strata_of, stratum_names
from portal.demonstration.stage import Event, Stage
from portal.demonstration.story.people import CLERK

GROUP = 100
SAMPLE_KEPT = timedelta(days=180)
DAYS_OF_JOINING = (3, 8, 16)
TENURE = {"owner": Tenure.OWNER, "tenant": Tenure.RENTER, "no_dwelling": Tenure.UNDISCLOSED}
CONSENTS = frozenset({ConsentPurpose.PARTICIPATE})
BROWSER = "demonstration-browser"
T = TypeVar("T")


class Recruiting:
    """One round with its letters, and the open sign-up beside it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.story = stage.story.recruitment
        self.draw: Draw = draw_sample(
            stage.population, self.story.n_letters, self._years_ago(self.story.letter), stage.rng
        )
        chances = stage.population.join_propensity[self.draw.residents]
        self.joiners: Integers = np.flatnonzero(stage.rng.random(chances.size) < chances)
        self.round_id = 0

    def _years_ago(self, offset: int) -> int:
        return self.stage.birth_reference - self.stage.calendar.day(offset).year

    def events(self) -> Iterator[Event]:
        """What happens, in order."""
        at, story = self.stage.calendar.at, self.story
        yield Event(at(story.created), "steekproef inlezen", self.prepare)
        yield Event(at(story.letter), "brieven", self.send_letters)
        for number, days in enumerate(DAYS_OF_JOINING):
            yield Event(at(story.letter + days, 18), "aanmelden met de brief", partial(self.join, number))
        yield Event(at(story.self_registered, 18), "zelf aanmelden", self.sign_up)
        yield Event(at(story.joined, 18), "code van het adres", self.confirm_addresses)
        yield Event(at(story.joined + 4), "ronde sluiten", self.close)
        yield Event(at(story.next_planned), "volgende ronde plannen", self.plan_next)

    def prepare(self) -> None:
        """The griffie makes the round and reads the file of the register."""
        calendar, story = self.stage.calendar, self.story
        with self.stage.scene(calendar.at(story.created), CLERK):
            made = recruitment.create_round(
                name=story.name,
                letter_on=calendar.day(story.letter),
                respond_by=calendar.day(story.respond_by),
                sample_delete_on=calendar.day(story.letter) + SAMPLE_KEPT,
            )
            recruitment.import_sample(made, sample_file(self.stage.population, self.draw))
            self.round_id = made.id

    def send_letters(self) -> None:
        """The letters leave."""
        with self.stage.scene(self.stage.calendar.at(self.story.letter), CLERK):
            recruitment.send_letters(self.round)

    @property
    def round(self) -> RecruitmentRound:
        """The round."""
        return db.session.get_one(RecruitmentRound, self.round_id)

    def join(self, part: int) -> None:
        """Those who join after so many days; a code by mail is typed within minutes."""
        moment = self.stage.calendar.at(self.story.letter + DAYS_OF_JOINING[part], 18)
        places = self.joiners[part :: len(DAYS_OF_JOINING)]
        people = {person.number: person for person in self._sampled(places)}
        for group in groups(places.tolist()):
            with self.stage.scene(moment):
                requests = [self._join_one(people[place + 1], place) for place in group]
                db.session.commit()
                self._confirm(requests)

    def _sampled(self, places: Integers) -> Sequence[SamplePerson]:
        wanted = {int(place) + 1 for place in places}
        persons = db.session.scalars(select(SamplePerson).where(SamplePerson.round_id == self.round_id))
        return [person for person in persons if person.number in wanted]

    def _join_one(self, sampled: SamplePerson, place: int) -> tuple[SignInRequest | None, int]:
        resident = int(self.draw.residents[place])
        person = self.stage.population.person(resident)
        done = joining.join_from_letter(
            code=recruitment.letter_code(sampled),
            profile=self._profile(person),
            consents=CONSENTS,
            browser_key=BROWSER,
        )
        if done.member is not None:
            self._is_in(done.member, resident)
        return done.request, resident

    def _confirm(self, requests: Sequence[tuple[SignInRequest | None, int]]) -> None:
        while sending.send_due():
            continue
        for request, resident in requests:
            if request is None:
                continue
            done = joining.confirm_email(request.public_id, one_time.code_of(request), BROWSER)
            if done.member is not None:
                self._is_in(done.member, resident)

    def _is_in(self, member: Member, resident: int) -> None:
        self.stage.residents[member.id] = resident

    def _profile(self, person: Person) -> ProfileInput:
        return ProfileInput(
            first_name=person.first_name,
            last_name=person.surname,
            birth_year=self.stage.birth_reference - person.age,
            sex=Sex(person.sex),
            district_code=person.district,
            education=Education(person.education or "undisclosed"),
            tenure=TENURE[person.tenure],
            email=person.email,
            phone=None if person.email else "030 000 00 00",
        )

    def sign_up(self) -> None:
        """Others sign up by themselves: there are seats for what is still missing."""
        moment = self.stage.calendar.at(self.story.self_registered, 18)
        with self.stage.scene(moment, CLERK):
            seats.divide_seats(max(0, self.story.target - queries.panel_size()))
        for group in groups(self._candidates()):
            with self.stage.scene(moment):
                requests = [self._sign_up_one(resident) for resident in group]
                db.session.commit()
                self._confirm(requests)

    def _candidates(self) -> list[int]:
        """As many per stratum as there are seats, and some more among the eldest: they will wait."""
        population, rng = self.stage.population, self.stage.rng
        capacity = {quota.stratum: quota.capacity for quota in seat_quotas()}
        strata = strata_of(population, self._years_ago(self.story.joined))
        free = population.has_email.copy()
        free[self.draw.residents] = False
        extra = -(-self.story.n_waiting // len(population.district_codes))
        chosen: list[int] = []
        for number, stratum in enumerate(stratum_names(population)):
            more = extra if stratum.startswith(PANEL_AGE_CLASSES[-2]) else 0
            here = np.flatnonzero(free & (strata == number))
            chances = population.join_propensity[here]
            chosen += rng.choice(
                here, capacity.get(stratum, 0) + more, replace=False, p=chances / chances.sum()
            ).tolist()
        return chosen

    def _sign_up_one(self, resident: int) -> tuple[SignInRequest | None, int]:
        person = self.stage.population.person(resident)
        address = Address(person.street, str(person.house_number), person.postcode, person.place)
        filled = replace(self._profile(person), address=address)
        return joining.sign_up(profile=filled, consents=CONSENTS, browser_key=BROWSER).request, resident

    def confirm_addresses(self) -> None:
        """The codes from the letters to the address are typed: a seat, or a place on the waiting list."""
        moment = self.stage.calendar.at(self.story.joined, 18)
        with self.stage.scene(moment):
            codes = [joining.address_code(member) for member in awaiting_address_letter()]
        for group in groups(codes):
            with self.stage.scene(moment):
                for code in group:
                    joining.confirm_address(code)

    def close(self) -> None:
        """The round is over."""
        with self.stage.scene(self.stage.calendar.at(self.story.joined + 4), CLERK):
            recruitment.close_round(self.round)
            self.stage.tally.members = queries.panel_size()

    def plan_next(self) -> None:
        """The griffie plans letters to who is missing by now; a second letter goes to who does not join."""
        calendar, story = self.stage.calendar, self.story
        with self.stage.scene(calendar.at(story.next_planned), CLERK):
            made = recruitment.create_round(
                name=story.next_name,
                letter_on=calendar.day(story.next_letter),
                respond_by=calendar.day(story.next_respond_by),
                sample_delete_on=calendar.day(story.next_letter) + SAMPLE_KEPT,
            )
            given = PlanInput(target=story.target, second_letter=True, cents_per_letter=story.cents_per_letter)
            planning.make_plan(made, given)


def groups(values: Sequence[T]) -> Iterator[list[T]]:
    """The values in groups of which each is one transaction."""
    for start in range(0, len(values), GROUP):
        yield list(values[start : start + GROUP])
