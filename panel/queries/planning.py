"""What a letter plan starts from, per stratum: population, members, who can be written to, what letters gave."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import case, func, or_, select

from core import clock
from core.db import db
from panel import classes
from panel.models import LetterPlan, Member, MemberStatus, RecruitmentRound, RoundStatus, SamplePerson
from panel.queries.population import margins

IN_PANEL = (MemberStatus.ACTIVE, MemberStatus.PAUSED, MemberStatus.DORMANT)


@dataclass(frozen=True)
class StratumPopulation:
    """Persons per stratum with where the figures come from."""

    counts: dict[str, int]
    source: str
    reference: date


def stratum_population(as_of: datetime | None = None) -> StratumPopulation | None:
    """Persons per age class and district, of the figures that count now or counted at a moment; None without figures.

    There are no figures of persons of 16 and over by age *and* district: both are taken as independent.
    """
    found = {margin.variable: margin for margin in margins(("age", "district"), as_of=as_of)}
    if len(found) < 2:
        return None
    ages, districts = found["age"], found["district"]
    counts = {
        classes.stratum_of(age, district): round(districts.total * age_share * district_share)
        for district, district_share in districts.shares.items()
        for age, age_share in ages.shares.items()
    }
    return StratumPopulation(counts, f"{ages.source}; {districts.source}"[:200], districts.reference)


def members_by_stratum() -> dict[str, int]:
    """Members of both origins by the age and district they have now."""
    columns, today = (Member.birth_year, Member.district_code), clock.today()
    found = Counter[str]()
    rows = select(*columns, func.count()).where(Member.status.in_(IN_PANEL)).group_by(*columns)
    for birth_year, district, n in db.session.execute(rows):
        found[classes.stratum_of(classes.age_class(birth_year, today), district)] += n
    return dict(found)


def out_of_reach() -> dict[str, int]:
    """Sampled persons per stratum who cannot be written to: in a round that is open, or no letters any more."""
    open_round = (RecruitmentRound.status != RoundStatus.CLOSED) & SamplePerson.destroyed_at.is_(None)
    rows = db.session.execute(
        select(SamplePerson.stratum, func.count())
        .join(RecruitmentRound)
        .where(or_(open_round, SamplePerson.no_more_letters), SamplePerson.used_at.is_(None))
        .group_by(SamplePerson.stratum)
    )
    return dict(rows.all())


@dataclass(frozen=True)
class LetterYield:
    """What letters gave: sent and joined after the first letter, and after the second among who had not joined."""

    sent: int = 0
    joined: int = 0
    sent_second: int = 0
    joined_second: int = 0


def letter_yields(rounds: Iterable[RecruitmentRound]) -> dict[str, LetterYield]:
    """Yields per stratum added up over rounds; who joined from the day of the second letter counts to that."""
    total: dict[str, LetterYield] = {}
    for recruitment_round in rounds:
        for stratum, found in _of_round(recruitment_round).items():
            before = total.get(stratum, LetterYield())
            total[stratum] = LetterYield(**{k: v + getattr(before, k) for k, v in vars(found).items()})
    return total


def _of_round(recruitment_round: RecruitmentRound) -> dict[str, LetterYield]:
    on = recruitment_round.second_letter_on
    second = on is not None and on <= clock.today()
    turn = clock.at_amsterdam(on or recruitment_round.respond_by, time())
    joined = SamplePerson.used_at.is_not(None)
    later = joined & (SamplePerson.used_at >= turn) if second else joined & ~joined
    rows = db.session.execute(
        select(
            SamplePerson.stratum,
            func.sum(case(((SamplePerson.no_more_letters & ~joined) | SamplePerson.excluded.is_not(None), 0), else_=1)),
            func.sum(case((joined, 1), else_=0)),
            func.sum(case((later, 1), else_=0)),
        )
        .where(SamplePerson.round_id == recruitment_round.id)
        .group_by(SamplePerson.stratum)
    )
    found = {}
    for stratum, sent, all_joined, late in rows:
        first = int(all_joined) - int(late)
        found[stratum] = LetterYield(int(sent), first, int(sent) - first if second else 0, int(late))
    return found


def earlier_rounds(recruitment_round: RecruitmentRound) -> list[RecruitmentRound]:
    """The rounds that are over: of one that still runs the yield is not known yet."""
    others = RecruitmentRound.id != recruitment_round.id
    return list(
        db.session.scalars(select(RecruitmentRound).where(others, RecruitmentRound.status == RoundStatus.CLOSED))
    )


def plan_of(recruitment_round: RecruitmentRound) -> LetterPlan | None:
    """The plan of a round."""
    return db.session.scalars(select(LetterPlan).where(LetterPlan.round_id == recruitment_round.id)).first()
