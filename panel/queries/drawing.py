"""Who can be invited for a wave: admitted in time, active, one person per household."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Row, select

from core import clock
from core.db import db
from panel import classes
from panel.models import Education, Member, MemberOrigin, MemberStatus, Sex, Tenure
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


_MemberRow = Row[int, float | None, str, MemberOrigin, str | None, int | None, Sex, str, Education, Tenure]


def invitable(announced_at: datetime, *, districts: Sequence[str] = (), seed: int, wave_ref: str = "") -> list[Invitee]:
    """Draw the invitees of a wave announced at that moment (peildatum): later admissions wait for the next one.

    Who was asked as often as the burden cap allows rests, unless the griffie made an exception for this wave.

    Self-registered members have no inclusion probability. They get the mean weight of the drawn members as a
    pseudo-weight, so that both stand on one scale; `origin` keeps them apart.
    """
    statement = (
        select(
            Member.id,
            Member.base_weight,
            Member.stratum,
            Member.origin,
            Member.household_index,
            Member.birth_year,
            Member.sex,
            Member.district_code,
            Member.education,
            Member.tenure,
        )
        .where(Member.status == MemberStatus.ACTIVE, Member.admitted_at < announced_at)
        .order_by(Member.household_index, Member.id)
    )
    if not burden.is_excepted(wave_ref):
        statement = statement.where(Member.id.not_in(burden.resting(wave_ref=wave_ref)))
    if districts:
        statement = statement.where(Member.district_code.in_(list(districts)))
    rows = db.session.execute(statement).all()
    drawn = [r.base_weight for r in rows if r.base_weight is not None]
    pseudo = sum(drawn) / len(drawn) if drawn else 1.0
    chooser, on = random.Random(seed), clock.to_amsterdam(announced_at).date()  # a stored seed proves the draw
    invitees = []
    for _household, group in groupby(rows, key=lambda r: r.household_index or f"alone-{r.id}"):
        people = list(group)
        chosen = people[chooser.randrange(len(people))]
        invitees.append(_invitee(chosen, len(people), pseudo, on))
    return sorted(invitees, key=lambda i: i.member_id)


def _invitee(row: _MemberRow, size: int, pseudo: float, on: date) -> Invitee:
    number, weight, stratum, origin, _household, birth_year, sex, district, education, tenure = row
    return Invitee(
        member_id=number,
        base_weight=(pseudo if weight is None else weight) * size,
        stratum=stratum,
        origin=origin,
        classes=classes.profile_classes(
            birth_year=birth_year,
            sex=sex.value,
            district_code=district,
            education=education.value,
            tenure=tenure.value,
            on=on,
        ),
        household_size=size,
    )
