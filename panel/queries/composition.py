"""The panel in cells of equal profile: one pass of the database, numbers afterwards on the cells."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select

from core import clock
from core.db import db
from panel import classes
from panel.models import Member, MemberOrigin, MemberStatus

VARIABLES = ("sex_age", "sex", "age", "district", "education")
IN_PANEL = (MemberStatus.ACTIVE, MemberStatus.PAUSED, MemberStatus.DORMANT)
Counts = dict[str, Counter[str]]


@dataclass(frozen=True)
class ProfileCell:
    """Members of one origin with the same classes; `classes` by the names of the margins."""

    origin: MemberOrigin
    classes: Mapping[str, str]
    members: int


def panel_size(origin: MemberOrigin | None = None) -> int:
    """Number of members in the panel (active, paused or dormant)."""
    statement = select(func.count()).select_from(Member).where(Member.status.in_(IN_PANEL))
    if origin is not None:
        statement = statement.where(Member.origin == origin)
    return db.session.scalar(statement) or 0


def status_counts() -> dict[MemberStatus, int]:
    """Number of members per status."""
    rows = db.session.execute(select(Member.status, func.count()).group_by(Member.status)).all()
    return dict(rows)


def profile_cells() -> list[ProfileCell]:
    """The panel per origin and profile, counted by the database from one index."""
    age = _age_class(clock.today())
    columns = (Member.origin, age, Member.sex, Member.district_code, Member.education)
    statement = select(*columns, func.count()).where(Member.status.in_(IN_PANEL)).group_by(*columns)
    return [
        ProfileCell(origin, crossed(sex.value, age_code, district, education.value), members)
        for origin, age_code, sex, district, education, members in db.session.execute(statement)
    ]


def crossed(sex: str, age: str, district: str, education: str) -> dict[str, str]:
    """The classes of a profile with sex and age crossed, as the margins name them."""
    return {
        "sex_age": f"{sex}|{age}",
        "sex": sex,
        "age": age,
        "district": district,
        "education": classes.education_class(education, age),
    }


def counts_by_variable(cells: Iterable[tuple[Mapping[str, str], int]]) -> Counts:
    """How many have each class, per variable."""
    found: Counts = {}
    for named, members in cells:
        for variable, category in named.items():
            found.setdefault(variable, Counter())[category] += members
    return found


def _age_class(on: date) -> ColumnElement[str]:
    """The age class of a birth year, as `classes.age_class` gives it."""
    limits = [
        (Member.birth_year >= on.year - high, code) for code, _low, high in classes.AGE_CLASSES if high is not None
    ]
    return case((Member.birth_year.is_(None), classes.UNKNOWN), *limits, else_=classes.AGE_CODES[-1])
