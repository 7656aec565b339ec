"""Who can be invited for a wave: admitted in time, active, one person per household."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, func, select, type_coerce

from core import clock
from core.db import db
from panel import classes
from panel.models import Member, MemberOrigin, MemberStatus
from panel.queries import burden


@dataclass(frozen=True, slots=True)
class Invitee:
    """A member to invite: the weight counts how many members of the household could have been drawn."""

    member_id: int
    base_weight: float
    stratum: str
    origin: MemberOrigin
    classes: Mapping[str, str]
    household_size: int


_MemberRow = tuple[int, float | None, str, str, int | None, str, str, str, str]
_ORIGINS = {origin.value: origin for origin in MemberOrigin}
# as text: a conversion for each of a million members costs more than the draw itself
_TEXT = String()
_PROFILE = (
    Member.id,
    Member.base_weight,
    Member.stratum,
    type_coerce(Member.origin, _TEXT),
    Member.birth_year,
    type_coerce(Member.sex, _TEXT),
    Member.district_code,
    type_coerce(Member.education, _TEXT),
    type_coerce(Member.tenure, _TEXT),
)
_BLOCK = 20_000
_ALONE = "~"  # no blind index begins like this


def invitable(announced_at: datetime, *, districts: Sequence[str] = (), seed: int, wave_ref: str = "") -> list[Invitee]:
    """Draw the invitees of a wave announced at that moment (peildatum): later admissions wait for the next one.

    Who was asked as often as the burden cap allows rests, unless the griffie made an exception for this wave.

    Self-registered members have no inclusion probability. They get the mean weight of the drawn members as a
    pseudo-weight, so that both stand on one scale; `origin` keeps them apart.
    """
    who = [Member.status == MemberStatus.ACTIVE, Member.admitted_at < announced_at]
    if not burden.is_excepted(wave_ref):
        who.append(Member.id.not_in(burden.resting(wave_ref=wave_ref)))
    if districts:
        who.append(Member.district_code.in_(list(districts)))
    chosen = _one_per_household(who, seed)
    pseudo = db.session.scalar(select(func.avg(Member.base_weight)).where(*who)) or 1.0
    named = _ClassesOnce(clock.to_amsterdam(announced_at).date())
    found = [
        _invitee(row, chosen[row[0]], float(pseudo), named) for row in _streamed(_PROFILE, who) if row[0] in chosen
    ]
    return sorted(found, key=lambda i: i.member_id)


def _one_per_household(who: Sequence[ColumnElement[bool]], seed: int) -> dict[int, int]:
    """Draw a member of each household: the member's id with the number of members to draw from.

    Each member has a lot number that follows from the seed and the id; the lowest of a household is drawn. So the
    stored seed proves the draw, in whatever order the rows come.
    """
    drawn: dict[str, tuple[int, int, int]] = {}
    for home, number in _streamed((Member.household_index, Member.id), who):
        key, lot = home or f"{_ALONE}{number}", _lot(seed, number)
        known = drawn.get(key)
        if known is None:
            drawn[key] = lot, number, 1
        else:
            drawn[key] = *min(known[:2], (lot, number)), known[2] + 1
    return {number: size for _, number, size in drawn.values()}


def _lot(seed: int, member_id: int) -> int:
    """The key of the published algorithm "sha256-draw/1" for one per household (see analysis.recruitment.draws)."""
    told, number = str(seed), str(member_id)
    text = f"13:sha256-draw/19:household{len(told)}:{told}{len(number)}:{number}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def _streamed(columns: Sequence[Any], who: Sequence[ColumnElement[bool]]) -> Iterator[Any]:
    """The rows one block after the other, so that a large panel is never in memory as rows."""
    statement = select(*columns).where(*who).execution_options(yield_per=_BLOCK)
    yield from db.session.execute(statement)


class _ClassesOnce:
    """The classes of each profile, worked out once: a large panel has few profiles for its size."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.known: dict[tuple[int | None, str, str, str, str], Mapping[str, str]] = {}

    def of(self, profile: tuple[int | None, str, str, str, str]) -> Mapping[str, str]:
        """The classes of a profile, one mapping for everybody who has it."""
        if profile not in self.known:
            birth_year, sex, district, education, tenure = profile
            self.known[profile] = classes.profile_classes(
                birth_year=birth_year, sex=sex, district_code=district, education=education, tenure=tenure, on=self.on
            )
        return self.known[profile]


def _invitee(row: _MemberRow, size: int, pseudo: float, named: _ClassesOnce) -> Invitee:
    number, weight, stratum, origin, birth_year, sex, district, education, tenure = row
    return Invitee(
        member_id=number,
        base_weight=(pseudo if weight is None else weight) * size,
        stratum=stratum,
        origin=_ORIGINS[origin],
        classes=named.of((birth_year, sex, district, education, tenure)),
        household_size=size,
    )
