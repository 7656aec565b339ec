"""Limits on attempts, kept in the database: right over several processes and after a restart.

An attempt is counted and committed in a short transaction of its own before the work starts, so a crash or a
rollback of the request never gives it back. Call it first in a view, before anything is changed.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select

from core import clock, crypto
from core.db import db
from core.dialect import lock_name
from core.errors import DomainError
from core.models import RateEvent

KEEP = timedelta(days=2)


class TooManyAttemptsError(DomainError):
    """A limit is reached; the page says to wait."""

    status = 429


@dataclass(frozen=True)
class Limit:
    """At most `most` attempts on `value` (an address, an account: stored as a keyed hash) within a period."""

    name: str
    value: str
    most: int
    within: timedelta

    @property
    def bucket(self) -> str:
        """The name under which attempts are counted; it tells nobody whose they are."""
        return f"{self.name}:{crypto.blind_index(f'rate:{self.name}', self.value)}"


def count(*limits: Limit) -> None:
    """Count one attempt against every limit and commit; raises TooManyAttemptsError when one is reached."""
    moment = clock.now()
    try:
        for limit in sorted(limits, key=lambda one: one.bucket):
            lock_name(db.session, limit.bucket)
            if _used(limit) >= limit.most:
                raise TooManyAttemptsError("too-many-attempts", limit=limit.name)
            db.session.add(RateEvent(bucket=limit.bucket, at=moment))
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def forgive(limit: Limit) -> None:
    """Forget the attempts on one limit after a success, in the current transaction."""
    db.session.execute(delete(RateEvent).where(RateEvent.bucket == limit.bucket))


def drop_old() -> None:
    """Delete attempts that no limit looks at any more (retention job of this table)."""
    db.session.execute(delete(RateEvent).where(RateEvent.at < clock.now() - KEEP))


def _used(limit: Limit) -> int:
    counted = select(func.count()).where(RateEvent.bucket == limit.bucket, RateEvent.at > clock.now() - limit.within)
    return db.session.scalar(counted) or 0
