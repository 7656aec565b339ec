"""Reads of recruitment: rounds, yields by stratum, who still has to get a letter."""

from dataclasses import dataclass

from sqlalchemy import case, func, select

from core.db import db
from core.errors import NotFoundError
from panel.models import Exclusion, Member, MemberOrigin, MemberStatus, RecruitmentRound, SamplePerson, SeatQuota


@dataclass(frozen=True)
class StratumYield:
    """Letters and joiners of one stratum in a round."""

    stratum: str
    persons: int
    letters: int
    joined: int

    @property
    def share(self) -> float:
        """Joined per letter, 0 to 1."""
        return self.joined / self.letters if self.letters else 0.0


def list_rounds() -> list[RecruitmentRound]:
    """All rounds, newest first."""
    return list(db.session.scalars(select(RecruitmentRound).order_by(RecruitmentRound.id.desc())))


def get_round(public_id: str) -> RecruitmentRound:
    """The round of a URL; raises NotFoundError."""
    found = db.session.scalars(select(RecruitmentRound).where(RecruitmentRound.public_id == public_id)).first()
    if found is None:
        raise NotFoundError("no-such-round")
    return found


def yields(recruitment_round: RecruitmentRound) -> list[StratumYield]:
    """Yield per stratum: persons drawn, letters (without who refuses letters), and who became a member."""
    left_out = SamplePerson.excluded.is_not(None)
    lettered = case((left_out | (SamplePerson.no_more_letters & SamplePerson.used_at.is_(None)), 0), else_=1)
    joined = case((SamplePerson.used_at.is_not(None), 1), else_=0)
    rows = db.session.execute(
        select(SamplePerson.stratum, func.count(), func.sum(lettered), func.sum(joined))
        .where(SamplePerson.round_id == recruitment_round.id)
        .group_by(SamplePerson.stratum)
        .order_by(SamplePerson.stratum)
    ).all()
    return [StratumYield(stratum, persons, int(letters), int(done)) for stratum, persons, letters, done in rows]


def excluded_counts(recruitment_round: RecruitmentRound) -> dict[Exclusion, int]:
    """How many drawn persons get no letter, by reason."""
    rows = db.session.execute(
        select(SamplePerson.excluded, func.count())
        .where(SamplePerson.round_id == recruitment_round.id, SamplePerson.excluded.is_not(None))
        .group_by(SamplePerson.excluded)
    )
    return {reason: n for reason, n in rows if reason is not None}


def round_totals(recruitment_round: RecruitmentRound) -> StratumYield:
    """The whole round in one row."""
    rows = yields(recruitment_round)
    return StratumYield("", sum(r.persons for r in rows), sum(r.letters for r in rows), sum(r.joined for r in rows))


def awaiting_address_letter() -> list[Member]:
    """Open sign-ups with a confirmed e-mail address that no address letter was made for yet."""
    return list(
        db.session.scalars(
            select(Member)
            .where(
                Member.status == MemberStatus.CONFIRMED,
                Member.origin == MemberOrigin.SELF_REGISTERED,
                Member.address_letter_on.is_(None),
            )
            .order_by(Member.id)
        )
    )


def seat_quotas() -> list[SeatQuota]:
    """The seats for open sign-up per stratum."""
    return list(db.session.scalars(select(SeatQuota).order_by(SeatQuota.stratum)))


def waiting_counts() -> dict[str, int]:
    """Number of people waiting per stratum."""
    rows = db.session.execute(
        select(Member.stratum, func.count()).where(Member.status == MemberStatus.WAITING).group_by(Member.stratum)
    ).all()
    return dict(rows)
