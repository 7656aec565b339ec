"""Reads of commissions: lists for council and griffie, what the gates need, the pause of a body."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, or_, select

from core import clock, settings
from core.actor import Actor
from core.db import db
from core.errors import NotFoundError
from core.models import Body
from core.paging import Paging
from panel.queries import Asking
from panel.queries.drawing import count_households
from surveys.commission_gates import Facts
from surveys.lifecycle import CommissionStatus
from surveys.models.commission import Approach, Commission, Obligation
from surveys.models.wave import Wave
from surveys.working_days import schedule

# What a questionnaire may expect at best of a panel; the municipality's own figures come with its own waves.
EXPECTED_RESPONSE = 0.5
PAGE = 25
T = TypeVar("T")


@dataclass(frozen=True)
class CommissionFilter:
    """What a list is narrowed to; `bodies` None means every body."""

    search: str = ""
    status: str = ""
    bodies: frozenset[int] | None = None
    author_id: int | None = None
    page: int = 1


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list."""

    rows: list[T]
    total: int
    number: int
    pages: int


def page_of(statement: Select[T], number: int, size: int = PAGE) -> Page[T]:
    """One page of a select, with the total."""
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    paging = Paging(total, size, number)
    rows = list(db.session.scalars(statement.limit(size).offset(paging.offset)))
    return Page(rows, total, paging.number, paging.pages)


def select_commissions(wanted: CommissionFilter) -> Select[Commission]:
    """The commissions of a filter, newest first."""
    statement = select(Commission).order_by(Commission.created_at.desc(), Commission.id.desc())
    if wanted.search:
        words = wanted.search.strip().lower()
        columns = (Commission.title, Commission.goal)
        statement = statement.where(or_(*(func.lower(c).contains(words, autoescape=True) for c in columns)))
    if wanted.status in set(CommissionStatus):
        statement = statement.where(Commission.status == CommissionStatus(wanted.status))
    if wanted.bodies is not None:
        own = or_(Commission.body_id.in_(wanted.bodies), Commission.author_id == wanted.author_id)
        deciding = Commission.deciding_body_id.in_(wanted.bodies) & (Commission.status != CommissionStatus.DRAFT)
        statement = statement.where(or_(own, deciding))
    return statement


def list_commissions(wanted: CommissionFilter) -> Page[Commission]:
    """One page of the commissions."""
    return page_of(select_commissions(wanted), wanted.page)


def get_commission(public_id: str) -> Commission:
    """A commission by its public id; raises NotFoundError."""
    found = db.session.scalars(select(Commission).where(Commission.public_id == public_id)).first()
    if found is None:
        raise NotFoundError("commission")
    return found


def get_agreement(slug: str) -> Commission:
    """A commission whose agreement is public; raises NotFoundError for what is not accepted or declined."""
    public = (CommissionStatus.ACCEPTED, CommissionStatus.DECLINED)
    found = db.session.scalars(select(Commission).where(Commission.slug == slug, Commission.status.in_(public))).first()
    if found is None:
        raise NotFoundError("agreement")
    return found


def commissioning_bodies(actor: Actor) -> list[Body]:
    """The bodies on whose behalf this person may commission."""
    chosen = select(Body).where(Body.may_commission, Body.id.in_(actor.bodies)).order_by(Body.name)
    return list(db.session.scalars(chosen))


def deciding_bodies() -> list[Body]:
    """The bodies that may decide on a commission."""
    return list(db.session.scalars(select(Body).where(Body.may_decide).order_by(Body.name)))


def overdue_since(body_id: int, today: date) -> date | None:
    """The oldest date on which the body should have given feedback and has not; None when it may commission."""
    return db.session.scalar(
        select(func.min(Obligation.due_on)).where(
            Obligation.body_id == body_id,
            Obligation.due_on < today,
            Obligation.fulfilled_at.is_(None),
            Obligation.pause_lifted_at.is_(None),
        )
    )


def open_obligations() -> list[Obligation]:
    """Feedback that is still owed, the most urgent first."""
    return list(
        db.session.scalars(select(Obligation).where(Obligation.fulfilled_at.is_(None)).order_by(Obligation.due_on))
    )


@dataclass(frozen=True)
class Owed:
    """Feedback that is or was owed, with the questionnaire that it is about."""

    obligation: Obligation
    wave: Wave


def pausing() -> list[Owed]:
    """Overdue feedback that keeps its body from commissioning, the oldest first."""
    due = (Obligation.due_on < clock.today(), Obligation.fulfilled_at.is_(None), Obligation.pause_lifted_at.is_(None))
    return _owed(*due)


def lifted() -> list[Owed]:
    """Pauses that a body lifted."""
    return _owed(Obligation.pause_lifted_at.is_not(None))


def _owed(*conditions: Any) -> list[Owed]:
    rows = db.session.execute(
        select(Obligation, Wave).join(Wave, Wave.public_id == Obligation.wave_ref).where(*conditions)
    )
    return [Owed(obligation, wave) for obligation, wave in sorted(rows, key=lambda r: (r[0].due_on, r[0].id))]


def find_obligation(wave: Wave) -> Obligation | None:
    """The feedback owed on a wave, or None before it is closed."""
    return db.session.scalars(select(Obligation).where(Obligation.wave_ref == wave.public_id)).first()


def get_owed(wave_ref: str) -> Owed:
    """The feedback owed on a wave; raises NotFoundError."""
    found = _owed(Obligation.wave_ref == wave_ref)
    if not found:
        raise NotFoundError("obligation")
    return found[0]


def facts(commission: Commission) -> Facts:
    """What the gates of this commission need to know."""
    municipal = settings.municipal()
    return Facts(
        today=clock.today(),
        schedule=schedule(municipal),
        feedback_term_days=municipal.feedback_term_days,
        values_test=municipal.values_test,
        overdue_on=overdue_since(commission.body_id, clock.today()),
        expected_answers=expected_answers(commission),
    )


def expected_answers(commission: Commission) -> int | None:
    """How many answers the chosen area may give; None for the whole municipality."""
    if not commission.area_districts or commission.approach is not Approach.ASK:
        return None
    asking = Asking(clock.now(), tuple(str(d) for d in commission.area_districts))
    return round(count_households(asking) * EXPECTED_RESPONSE)


def waves_of(commission: Commission) -> list[Wave]:
    """The waves of a commission."""
    return list(db.session.scalars(select(Wave).where(Wave.commission_id == commission.id).order_by(Wave.id)))


def invited_already(commission: Commission) -> bool:
    """Whether anybody was invited to a wave of this commission."""
    first = select(Wave.id).where(Wave.commission_id == commission.id, Wave.first_invited_at.is_not(None)).limit(1)
    return db.session.scalar(first) is not None
