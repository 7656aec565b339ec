"""Who can be invited for a wave: admitted in time, active, one person per household."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Row, String, select, type_coerce

from core import clock
from core.db import db
from panel import classes
from panel.models import Member, MemberOrigin, MemberStatus
from panel.queries import burden


@dataclass(frozen=True)
class Invitee:
    """A member to invite: the weight counts how many members of the household could have been drawn."""

    member_id: int
    base_weight: float
    stratum: str
    origin: MemberOrigin
    classes: dict[str, str]
    household_size: int


_MemberRow = Row[int, float | None, str, str, str | None, int | None, str, str, str, str]
_ORIGINS = {origin.value: origin for origin in MemberOrigin}
# as text: a conversion for each of a million members costs more than the draw itself
_TEXT = String()


def invitable(announced_at: datetime, *, districts: Sequence[str] = (), seed: int, wave_ref: str = "") -> list[Invitee]:
    """Draw the invitees of a wave announced at that moment (peildatum): later admissions wait for the next one.

    Who was asked as often as the burden cap allows rests, unless the griffie made an exception for this wave.

    Self-registered members have no inclusion probability. They get the mean weight of the drawn members as a
    pseudo-weight, so that both stand on one scale; `origin` keeps them apart.
    """
    statement = select(
        Member.id,
        Member.base_weight,
        Member.stratum,
        type_coerce(Member.origin, _TEXT),
        Member.household_index,
        Member.birth_year,
        type_coerce(Member.sex, _TEXT),
        Member.district_code,
        type_coerce(Member.education, _TEXT),
        type_coerce(Member.tenure, _TEXT),
    ).where(Member.status == MemberStatus.ACTIVE, Member.admitted_at < announced_at)
    if not burden.is_excepted(wave_ref):
        statement = statement.where(Member.id.not_in(burden.resting(wave_ref=wave_ref)))
    if districts:
        statement = statement.where(Member.district_code.in_(list(districts)))
    # sorted here: the database would sort wide text by the rules of a language, ten times as slow
    rows = sorted(db.session.execute(statement), key=_by_household)
    drawn = [r[1] for r in rows if r[1] is not None]
    pseudo = sum(drawn) / len(drawn) if drawn else 1.0
    chooser, on = random.Random(seed), clock.to_amsterdam(announced_at).date()  # a stored seed proves the draw
    named = _ClassesOnce(on)
    invitees = []
    for _household, group in groupby(rows, key=_household_of):
        people = list(group)
        chosen = people[chooser.randrange(len(people))]
        invitees.append(_invitee(chosen, len(people), pseudo, named))
    return sorted(invitees, key=lambda i: i.member_id)


def _by_household(row: _MemberRow) -> tuple[bool, str, int]:
    return row[4] is None, row[4] or "", row[0]


def _household_of(row: _MemberRow) -> str:
    return row[4] or f"alone-{row[0]}"


class _ClassesOnce:
    """The classes of each profile, worked out once: a large panel has few profiles for its size."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.known: dict[tuple[int | None, str, str, str, str], dict[str, str]] = {}

    def of(self, profile: tuple[int | None, str, str, str, str]) -> dict[str, str]:
        """The classes of a profile; a copy, because each invitee has its own."""
        if profile not in self.known:
            birth_year, sex, district, education, tenure = profile
            self.known[profile] = classes.profile_classes(
                birth_year=birth_year, sex=sex, district_code=district, education=education, tenure=tenure, on=self.on
            )
        return self.known[profile].copy()


def _invitee(row: _MemberRow, size: int, pseudo: float, named: _ClassesOnce) -> Invitee:
    number, weight, stratum, origin, _household, birth_year, sex, district, education, tenure = row
    return Invitee(
        member_id=number,
        base_weight=(pseudo if weight is None else weight) * size,
        stratum=stratum,
        origin=_ORIGINS[origin],
        classes=named.of((birth_year, sex, district, education, tenure)),
        household_size=size,
    )
