"""Members who may be one person: found by blind indexes, told apart by the griffie."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from core.db import db
from panel import indexes
from panel.models import DuplicateRuling, Member, MemberStatus

MOST = 200


@dataclass(frozen=True)
class Pair:
    """Two members who look alike, the older number first, and what they share."""

    first: Member
    second: Member
    shared: tuple[str, ...]


def possible_duplicates() -> list[Pair]:
    """Pairs that nobody decided on yet: same birth year and same address, mailbox or full name."""
    first, second = aliased(Member), aliased(Member)
    rules = {
        "address": first.household_index == second.household_index,
        "email": first.email_index == second.email_index,
        "name": first.surname_index == second.surname_index,
    }
    shared: dict[tuple[int, int], set[str]] = {}
    found: dict[tuple[int, int], tuple[Member, Member]] = {}
    for name, rule in rules.items():
        for one, other in _pairs(first, second, rule):
            if _alike(one, other, by_name_alone=name == "name"):
                found[one.id, other.id] = (one, other)
                shared.setdefault((one.id, other.id), set()).add(name)
    return [Pair(*found[key], tuple(sorted(shared[key]))) for key in sorted(found)]


def _pairs(first: type[Member], second: type[Member], rule: ColumnElement[bool]) -> list[tuple[Member, Member]]:
    ruled = exists().where(DuplicateRuling.first_id == first.id, DuplicateRuling.second_id == second.id)
    statement = (
        select(first, second)
        .join(second, and_(rule, first.id < second.id, first.birth_year == second.birth_year))
        .where(first.status != MemberStatus.LEFT, second.status != MemberStatus.LEFT, ~ruled)
        .order_by(first.id, second.id)
        .limit(MOST)
    )
    return [(one, other) for one, other in db.session.execute(statement)]


def _alike(one: Member, other: Member, *, by_name_alone: bool) -> bool:
    """Partners and twins share much; the first name, or its first letter beside a shared address, decides."""
    names = [indexes.plain(m.first_name or "") for m in (one, other)]
    if by_name_alone:
        return bool(names[0]) and names[0] == names[1]
    return names[0][:1] == names[1][:1]
