"""Seats for open sign-up: one row per stratum, taken under its lock, so that no seat is given twice."""

from dataclasses import dataclass

from sqlalchemy import select, update

from core import audit, clock, outbox
from core.db import db
from core.dialect import begin_write, lock
from core.errors import BlockedError, Blocker
from core.permissions import require
from panel import classes
from panel.models import Member, MemberOrigin, MemberStatus, SeatQuota
from panel.queries.population import PopulationMargin, margins
from panel.services.transitions import hold, move_member


def admit_or_queue(member: Member) -> Member:
    """Give a member a seat in their stratum, or a place on the waiting list. The caller holds the member's row.

    Under the lock of the stratum, so that places are handed out in one order; who waits already goes first.
    """
    quota = _locked(member.stratum)
    if quota is not None and quota.seats_left > 0:
        _refill(quota)
        if _take(quota):
            return _seat(member)
    member.queued_at = clock.now()
    move_member(member, MemberStatus.WAITING)
    _post("panel.waiting", member)
    return member


def free_seat(member: Member) -> None:
    """Give the seat of somebody who leaves back and let the next one in."""
    if not member.holds_seat:
        return
    member.holds_seat = False
    quota = _locked(member.stratum)
    if quota is None:
        return
    quota.seats_left = min(quota.seats_left + 1, quota.capacity)
    db.session.flush()
    refill(member.stratum)


def refill(stratum: str) -> list[Member]:
    """Admit who waits in a stratum, first come first served, as long as there are seats."""
    quota = _locked(stratum)
    return [] if quota is None else _refill(quota)


def _refill(quota: SeatQuota) -> list[Member]:
    admitted = []
    while quota.seats_left > 0:
        member = _next(quota.stratum)
        if member is None:
            break
        if hold(member).status is not MemberStatus.WAITING:
            # left while this transaction waited for the row
            continue
        if not _take(quota):
            break
        admitted.append(_seat(member))
    return admitted


def refill_all() -> int:
    """Admit whoever can be admitted, in every stratum with seats left (periodic task)."""
    strata = db.session.scalars(select(SeatQuota.stratum).where(SeatQuota.seats_left > 0)).all()
    return sum(len(refill(stratum)) for stratum in strata)


def set_quota(stratum: str, capacity: int) -> SeatQuota:
    """Set the number of seats of a stratum; raises BlockedError below the number already taken."""
    require("panel.recruit")
    begin_write(db.session)
    quota = _locked(stratum)
    if quota is None:
        quota = SeatQuota(stratum=stratum, capacity=0, seats_left=0)
        db.session.add(quota)
    taken = quota.capacity - quota.seats_left
    if capacity < taken:
        raise BlockedError([Blocker("seats-taken", f"Er zijn al {taken} plaatsen bezet in deze groep.")])
    before, quota.capacity, quota.seats_left = quota.capacity, capacity, capacity - taken
    audit.record("seats.set", "stratum", stratum, detail={"from": before, "to": capacity})
    db.session.flush()
    refill(stratum)
    return quota


@dataclass(frozen=True)
class SeatProposal:
    """Seats proposed for a stratum."""

    stratum: str
    seats: int


def propose_seats(total: int) -> list[SeatProposal]:
    """Divide seats over age class and district as the population is, as if both were independent.

    There are no figures here of persons of 16 and over by age *and* district; the largest remainders get the rest.
    """
    found = {margin.variable: margin for margin in margins(("age", "district"))}
    if len(found) < 2:
        return []
    exact = _exact(found["age"], found["district"], total)
    seats = {stratum: int(value) for stratum, value in exact.items()}
    order = sorted(exact, key=lambda s: (seats[s] - exact[s], s))
    for stratum in order[: total - sum(seats.values())]:
        seats[stratum] += 1
    return [SeatProposal(stratum, n) for stratum, n in seats.items()]


def _exact(ages: PopulationMargin, districts: PopulationMargin, total: int) -> dict[str, float]:
    return {
        classes.stratum_of(age, district): total * age_share * district_share
        for age, age_share in ages.shares.items()
        for district, district_share in districts.shares.items()
    }


def divide_seats(total: int) -> list[SeatQuota]:
    """Set the seats of every stratum as proposed; a stratum never gets fewer than are taken."""
    require("panel.recruit")
    proposals = propose_seats(total)
    if not proposals:
        raise BlockedError(
            [Blocker("no-figures", "Er zijn nog geen bevolkingscijfers. Laad die eerst.", "panel_clerk.population")]
        )
    known = {q.stratum: q for q in db.session.scalars(select(SeatQuota))}
    quotas = []
    for proposal in proposals:
        quota = known.get(proposal.stratum)
        taken = quota.capacity - quota.seats_left if quota else 0
        quotas.append(set_quota(proposal.stratum, max(proposal.seats, taken)))
    return quotas


def _locked(stratum: str) -> SeatQuota | None:
    quota = db.session.scalars(select(SeatQuota).where(SeatQuota.stratum == stratum)).first()
    return None if quota is None else lock(db.session, quota)


def _take(quota: SeatQuota) -> bool:
    taken = (
        update(SeatQuota)
        .where(SeatQuota.id == quota.id, SeatQuota.seats_left > 0)
        .values(seats_left=SeatQuota.seats_left - 1)
        .returning(SeatQuota.id)
        .execution_options(synchronize_session=False)
    )
    done = db.session.scalars(taken).first() is not None
    db.session.refresh(quota)
    return done


def _seat(member: Member) -> Member:
    member.holds_seat, member.queued_at = True, None
    move_member(member, MemberStatus.ACTIVE)
    _post("panel.welcome", member)
    return member


def _next(stratum: str) -> Member | None:
    return db.session.scalars(
        select(Member)
        .where(
            Member.stratum == stratum,
            Member.status == MemberStatus.WAITING,
            Member.origin == MemberOrigin.SELF_REGISTERED,
        )
        .order_by(Member.queued_at, Member.id)
        .limit(1)
    ).first()


def _post(kind: str, member: Member) -> None:
    outbox.post(kind, outbox.Recipient("member", member.id, {}, f"{kind}:{member.public_id}"))
