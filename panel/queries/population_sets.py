"""Which sets of figures there are, and which of them counted at a moment."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from core.db import db
from core.errors import NotFoundError
from panel.models import PopulationChoice, PopulationSet, SetKind


def chosen_sets(gm_code: str, *, as_of: datetime | None = None, kind: SetKind | None = None) -> list[PopulationSet]:
    """The sets that counted at a moment (now by default), the latest choice first.

    What the latest set does not have comes from the one chosen before it. A moment before the first choice gets the
    first choice: there has never been another.
    """
    chosen = (
        select(PopulationChoice, PopulationSet)
        .join(PopulationSet, PopulationSet.id == PopulationChoice.set_id)
        .where(PopulationSet.gm_code == gm_code)
        .order_by(PopulationChoice.chosen_at.desc(), PopulationChoice.id.desc())
    )
    if kind is not None:
        chosen = chosen.where(PopulationSet.kind == kind)
    rows = db.session.execute(chosen).all()
    in_time = [found for choice, found in rows if as_of is None or choice.chosen_at <= as_of]
    return list(dict.fromkeys(in_time or [found for _choice, found in rows][-1:]))


def get_set(public_id: str) -> PopulationSet:
    """A set by the name in its address; raises NotFoundError."""
    found = db.session.scalars(select(PopulationSet).where(PopulationSet.public_id == public_id)).first()
    if found is None:
        raise NotFoundError("set-not-found")
    return found


def list_sets(gm_code: str) -> list[PopulationSet]:
    """Every set of a municipality, the newest figures first."""
    statement = select(PopulationSet).where(PopulationSet.gm_code == gm_code)
    return list(db.session.scalars(statement.order_by(PopulationSet.reference.desc(), PopulationSet.id.desc())))


def choices(gm_code: str) -> Sequence[PopulationChoice]:
    """Every choice of a municipality, the latest first."""
    statement = select(PopulationChoice).join(PopulationSet).where(PopulationSet.gm_code == gm_code)
    return db.session.scalars(statement.order_by(PopulationChoice.chosen_at.desc(), PopulationChoice.id.desc())).all()


def times_chosen(found: PopulationSet) -> int:
    """How often a set was chosen."""
    counted = select(func.count()).select_from(PopulationChoice).where(PopulationChoice.set_id == found.id)
    return db.session.scalar(counted) or 0
