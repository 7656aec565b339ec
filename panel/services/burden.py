"""The burden cap: how often somebody is asked, and the questionnaires for which the griffie lets it go."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from core import audit, clock
from core.actor import current
from core.db import db
from core.dialect import lock_name
from core.errors import BlockedError, Blocker, NotFoundError
from core.permissions import require
from panel.models import BurdenException


@dataclass(frozen=True)
class ComingWave:
    """A questionnaire for which nobody was drawn yet."""

    ref: str
    title: str


Lister = Callable[[], list[ComingWave]]
_listers: list[Lister] = []


def tell_coming(lister: Lister) -> None:
    """Let a higher package tell which questionnaires are coming; telling twice is once."""
    if lister not in _listers:
        _listers.append(lister)


def coming() -> list[ComingWave]:
    """The questionnaires for which an exception can still be made."""
    return [wave for lister in _listers for wave in lister()]


def exceptions() -> list[BurdenException]:
    """What was written down, the newest first."""
    return list(db.session.scalars(select(BurdenException).order_by(BurdenException.id.desc())))


def allow_beyond_cap(wave_ref: str, reason: str) -> BurdenException:
    """Write down, with its reason, that the cap does not hold for one questionnaire; before its draw."""
    require("panel.keep_up")
    lock_name(db.session, "burden-exceptions")
    if wave_ref not in {wave.ref for wave in coming()}:
        raise NotFoundError("no-coming-wave")
    if not reason.strip():
        raise BlockedError([Blocker("reason", "Schrijf op waarom deze vragenlijst niet kan wachten.", anchor="reason")])
    if db.session.scalars(select(BurdenException).where(BurdenException.wave_ref == wave_ref)).first():
        raise BlockedError([Blocker("known", "Voor deze vragenlijst staat al een uitzondering.", anchor="wave")])
    who = current()
    made = BurdenException(wave_ref=wave_ref, reason=reason.strip(), made_at=clock.now(), made_by=who.ref or who.kind)
    db.session.add(made)
    audit.record("burden.except", "wave", wave_ref, detail={"reason": made.reason})
    db.session.flush()
    return made


def withdraw(made: BurdenException) -> None:
    """Take an exception back, as long as nobody was drawn under it."""
    require("panel.keep_up")
    if made.wave_ref not in {wave.ref for wave in coming()}:
        raise BlockedError([Blocker("drawn", "Voor deze vragenlijst is al geloot: de uitzondering blijft staan.")])
    audit.record("burden.withdraw", "wave", made.wave_ref)
    db.session.delete(made)
    db.session.flush()
