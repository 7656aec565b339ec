"""Reads of fair draws: who can take part, what they look like, what the public sees."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from core import clock
from core.db import db
from core.errors import NotFoundError
from core.models import Job
from panel.models import Consent, ConsentPurpose, DrawCandidate, FairDraw, Member, MemberOrigin, MemberStatus
from panel.queries.members import profile

VARIABLES = ("age", "sex", "district", "education")


@dataclass(frozen=True)
class Participant:
    """A member who takes part, with the classes that the quotas are about."""

    member_id: int
    classes: dict[str, str]
    household: str


def list_draws() -> list[FairDraw]:
    """All draws, newest first."""
    return list(db.session.scalars(select(FairDraw).order_by(FairDraw.id.desc())))


def public_draws() -> list[FairDraw]:
    """The draws that everybody can see: from the moment that their lottery is fixed, also when called off later."""
    shown = select(FairDraw).where(FairDraw.published_at.is_not(None)).order_by(FairDraw.published_at.desc())
    return list(db.session.scalars(shown))


def get_draw(public_id: str) -> FairDraw:
    """The draw of a URL; raises NotFoundError."""
    draw = db.session.scalars(select(FairDraw).where(FairDraw.public_id == public_id)).first()
    if draw is None:
        raise NotFoundError("no-such-draw")
    return draw


def get_public_draw(public_id: str) -> FairDraw:
    """A draw that everybody can see; raises NotFoundError."""
    draw = get_draw(public_id)
    if draw.published_at is None:
        raise NotFoundError("no-such-draw")
    return draw


def job_of(draw: FairDraw, step: str) -> Job | None:
    """The newest job of a draw at this step and version."""
    return db.session.scalars(select(Job).where(Job.key == job_key(draw, step))).first()


def job_key(draw: FairDraw, step: str) -> str:
    """The key by which one step of a draw is done once."""
    return f"draw:{draw.public_id}:{step}:{draw.version}"


def participants(draw: FairDraw) -> list[Participant]:
    """Who takes part, in an order that tells nothing about them."""
    on = clock.today()
    found = db.session.scalars(members_statement(draw.choice)).all()
    mixed = sorted(found, key=lambda m: hashlib.sha256(f"{draw.public_id}:{m.public_id}".encode()).digest())
    return [Participant(m.id, profile(m, on), m.household_index or f"alone-{m.id}") for m in mixed]


def members_statement(choice: Mapping[str, Any]) -> Select[Member]:
    """The active members that a choice of candidates means."""
    statement = select(Member).where(Member.status == MemberStatus.ACTIVE)
    if choice.get("talk_further"):
        willing = select(Consent.member_id).where(
            Consent.purpose == ConsentPurpose.TALK_FURTHER, Consent.withdrawn_at.is_(None)
        )
        statement = statement.where(Member.id.in_(willing))
    if choice.get("drawn_only"):
        statement = statement.where(Member.origin == MemberOrigin.DRAWN)
    if choice.get("districts"):
        statement = statement.where(Member.district_code.in_(list(choice["districts"])))
    if choice.get("numbers"):
        statement = statement.where(Member.id.in_(list(choice["numbers"])))
    return statement


def seated(draw: FairDraw) -> list[tuple[DrawCandidate, Member | None]]:
    """The drawn candidates with who they are, as long as that is kept."""
    rows = db.session.execute(
        select(DrawCandidate, Member)
        .outerjoin(Member, Member.id == DrawCandidate.member_id)
        .where(DrawCandidate.draw_id == draw.id, DrawCandidate.drawn)
        .order_by(DrawCandidate.number)
    )
    return [(candidate, member) for candidate, member in rows]
