"""The life of members as it goes: some pause, move, are helped, die or stop; the griffie switches the rules on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select

from core import clock
from core.actor import Actor, acting
from core.db import db
from core.models import Mail, MailState
from panel.models import HelperRole, Member, MemberStatus, NoteKind, UpkeepRule
from panel.profiles import Address
from panel.services import bounces, deaths, helping, membership, moving, upkeep
from portal.demonstration.stage import Event, Stage
from portal.demonstration.story.people import CLERK, DEPUTY

ON = (UpkeepRule.PAUSE_ENDING, UpkeepRule.BOUNCED, UpkeepRule.WAKE_UP, UpkeepRule.DORMANT)
STAY_SILENT = 12
PAUSES = (3, 4, 25, 40, 60, 75, 90)
N_MOVED, N_AWAY, N_DIED, N_STOPPED, N_BOUNCED = 4, 2, 1, 2, 3
REPORT = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
    "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.voorbeeld.example\r\n\r\n"
    "Action: failed\r\nStatus: 5.1.1\r\n\r\n--x\r\nContent-Type: text/rfc822-headers\r\n\r\n"
    "Message-ID: {message_id}\r\n\r\n--x--\r\n"
)


class Upkeeping:
    """What happens to members between the questionnaires."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.taken: set[int] = set()

    def events(self) -> Iterator[Event]:
        """What happens, in order."""
        at = self.stage.calendar.at
        yield Event(at(-36), "regels voor leden aanzetten", self.switch_on)
        yield Event(at(-33), "wekmails beantwoorden", self.answer_wake_up)
        yield Event(at(-18), "pauze, hulp en verhuizing", self.change)
        yield Event(at(-16), "afscheid nemen", self.leave)
        yield Event(at(-4), "profielen nakijken", partial(self.switch, UpkeepRule.PROFILE_CHECK))
        yield Event(at(-3, 15), "profiel klopt nog", self.confirm_profiles)
        yield Event(at(-5, 16), "overlijden melden", self.report)

    def switch_on(self) -> None:
        """The griffie has looked at the previews and switches the rules on; some mails have come back."""
        for rule in ON:
            self.switch(rule)
        with self.stage.scene(self._now(-36)):
            sent = select(Mail.recipient_id).where(Mail.recipient_kind == "member", Mail.state == MailState.SENT)
            often = sent.group_by(Mail.recipient_id).having(func.count() >= 2).order_by(Mail.recipient_id)
            for number in db.session.scalars(often.limit(N_BOUNCED)).all():
                self.taken.add(number)
                mine = select(Mail.message_id).where(Mail.recipient_kind == "member", Mail.recipient_id == number)
                for message_id in db.session.scalars(mine.where(Mail.state == MailState.SENT)).all():
                    bounces.note_report(REPORT.format(message_id=message_id).encode())

    def switch(self, rule: UpkeepRule) -> None:
        """The griffie switches one rule on."""
        with self.stage.scene(self._now(-4 if rule is UpkeepRule.PROFILE_CHECK else -36), CLERK):
            upkeep.switch(rule, on=True)

    def answer_wake_up(self) -> None:
        """Most want to stay; a few do not answer and will sleep."""
        with self.stage.scene(self._now(-33)):
            woken = select(Member).where(Member.woken_on.is_not(None), Member.status == MemberStatus.ACTIVE)
            for member in db.session.scalars(woken.order_by(Member.id)).all()[STAY_SILENT:]:
                membership.wake(member, membership.wake_key(member))

    def change(self) -> None:
        """Some pause, some move, some get help or go on by telephone."""
        with self.stage.scene(self._now(-18), DEPUTY):
            for days in PAUSES:
                (member,) = self._some(1)
                with acting(_self(member)):
                    membership.pause(member, self.stage.calendar.today + timedelta(days=days))
            for member in self._some(N_MOVED):
                self._move(member)
            for member, role in zip(self._some(3), HelperRole, strict=True):
                helping.set_helper(member, role=role, name="Buur (voorbeeld)", how="030 000 00 00", consented=True)
            for member in self._some(2, by_post=True):
                helping.reach_by_post(member, by_phone=True)
                helping.note_contact(member, NoteKind.CALLED_US, clock.today(), "Belt liever dan te schrijven.")

    def _move(self, member: Member) -> None:
        # no draw of chance here: who answers what does not depend on who moved
        person = self.stage.population.person(member.id * 7919 % self.stage.population.n_residents)
        home = Address(person.street, str(person.house_number), person.postcode, person.place)
        moving.move_within(member, home, person.district)

    def leave(self) -> None:
        """Goodbyes."""
        with self.stage.scene(self._now(-16), DEPUTY):
            for member in self._some(N_AWAY):
                moving.move_away(member)
            for member in self._some(N_DIED):
                deaths.note_death(member)
            for member in self._some(N_STOPPED):
                membership.leave(member)

    def confirm_profiles(self) -> None:
        """A third of those who were asked say with one click that all is right."""
        with self.stage.scene(self._now(-3, 15)):
            asked = select(Member).where(Member.profile_asked_on.is_not(None), Member.status == MemberStatus.ACTIVE)
            for member in db.session.scalars(asked.order_by(Member.id)).all()[::3]:
                with acting(_self(member)):
                    membership.confirm_profile(member)

    def report(self) -> None:
        """A relative tells that somebody has died; the griffie has not looked yet."""
        with self.stage.scene(self._now(-5, 16)):
            (member,) = self._some(1)
            deaths.report(
                first_name=member.first_name or "",
                last_name=member.last_name or "",
                postcode=member.postcode or "",
                house_number=member.house_number or "",
                reporter="Een dochter (voorbeeld), 030 000 00 00",
            )

    def _some(self, number: int, *, by_post: bool = False) -> list[Member]:
        """Active members whom nothing else happened to, spread over the panel."""
        reached = Member.phone.is_not(None) if by_post else Member.email_index.is_not(None)
        mine = select(Member).where(Member.status == MemberStatus.ACTIVE, reached, Member.id.not_in(self.taken))
        members = db.session.scalars(mine.order_by(Member.id)).all()
        chosen = [members[len(members) * (place + 1) // (number + 1)] for place in range(number)]
        self.taken |= {member.id for member in chosen}
        return chosen

    def _now(self, offset: int, hour: int = 9) -> datetime:
        return self.stage.calendar.at(offset, hour)


def _self(member: Member) -> Actor:
    return Actor(kind="member", member_id=member.id)
