"""The composition of the panel against the population, drawn and self-registered apart."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from core import clock
from core.db import db
from panel.classes import profile_classes
from panel.models import Member, MemberOrigin, MemberStatus
from panel.queries.population import PopulationMargin, margins

VARIABLES = ("sex", "age", "district", "education")
IN_PANEL = (MemberStatus.ACTIVE, MemberStatus.PAUSED, MemberStatus.DORMANT)


@dataclass(frozen=True)
class CompositionRow:
    """One category: numbers of members and the shares of panel and population (0 to 1)."""

    category: str
    label: str
    drawn: int
    self_registered: int
    panel_share: float
    population_share: float | None

    @property
    def members(self) -> int:
        """Members of both origins."""
        return self.drawn + self.self_registered


@dataclass(frozen=True)
class CompositionTable:
    """One variable of the composition with the margin it is compared to."""

    margin: PopulationMargin
    rows: tuple[CompositionRow, ...]


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


def composition() -> list[CompositionTable]:
    """The panel beside the population per variable of which there are margins."""
    columns = (Member.origin, Member.birth_year, Member.sex, Member.district_code, Member.education, Member.tenure)
    statement = select(*columns, func.count()).where(Member.status.in_(IN_PANEL)).group_by(*columns)
    today, counts = clock.today(), Counter[tuple[str, str, MemberOrigin]]()
    for origin, birth_year, sex, district, education, tenure, n in db.session.execute(statement):
        classes_of = profile_classes(
            birth_year=birth_year,
            sex=sex.value,
            district_code=district,
            education=education.value,
            tenure=tenure.value,
            on=today,
        )
        for variable, category in classes_of.items():
            counts[variable, category, origin] += n
    return [_table(margin, counts) for margin in margins(VARIABLES)]


def _table(margin: PopulationMargin, counts: Counter[tuple[str, str, MemberOrigin]]) -> CompositionTable:
    labels = dict(zip(margin.categories, margin.labels, strict=True))
    extra = sorted({c for v, c, _o in counts if v == margin.variable} - set(labels))
    total = sum(n for (v, _c, _o), n in counts.items() if v == margin.variable)
    shares = margin.shares
    rows = []
    for category in (*margin.categories, *extra):
        drawn = counts[margin.variable, category, MemberOrigin.DRAWN]
        own = counts[margin.variable, category, MemberOrigin.SELF_REGISTERED]
        share = (drawn + own) / total if total else 0.0
        rows.append(CompositionRow(category, labels.get(category, ""), drawn, own, share, shares.get(category)))
    return CompositionTable(margin, tuple(rows))
