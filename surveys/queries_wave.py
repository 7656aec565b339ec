"""Reads of waves in design: lists, one wave, what the gates need, whose signature holds."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select

from core import clock, settings
from core.db import db
from core.errors import NotFoundError
from panel import queries as panel_queries
from surveys.freezing import design_hash, plan_of
from surveys.labels import PROFILE_VARIABLE
from surveys.lifecycle import WaveStatus
from surveys.models.wave import SignOff, Wave
from surveys.queries_commission import Page, page_of
from surveys.wave_gates import Facts
from surveys.working_days import schedule


@dataclass(frozen=True)
class WaveFilter:
    """What a list is narrowed to."""

    search: str = ""
    status: str = ""
    page: int = 1


def select_waves(wanted: WaveFilter) -> Select[Wave]:
    """The waves of a filter, newest first."""
    statement = select(Wave).order_by(Wave.created_at.desc(), Wave.id.desc())
    if wanted.search:
        words = wanted.search.strip().lower()
        statement = statement.where(func.lower(Wave.title).contains(words, autoescape=True))
    if wanted.status in set(WaveStatus):
        statement = statement.where(Wave.status == WaveStatus(wanted.status))
    return statement


def list_waves(wanted: WaveFilter) -> Page[Wave]:
    """One page of the waves."""
    return page_of(select_waves(wanted), wanted.page)


def get_wave(public_id: str) -> Wave:
    """A wave by its public id; raises NotFoundError."""
    found = db.session.scalars(select(Wave).where(Wave.public_id == public_id)).first()
    if found is None:
        raise NotFoundError("wave")
    return found


def facts(wave: Wave) -> Facts:
    """What the gates of this wave need to know."""
    municipal = settings.municipal()
    return Facts(
        now=clock.now(),
        schedule=schedule(municipal),
        margins=frozenset(m.variable for m in panel_queries.margins(plan_of(wave).variables)),
        settings_missing=settings.missing(municipal),
        signed=valid_sign_off(wave) is not None,
    )


def weighable() -> dict[str, str]:
    """The profile variables for which there are population figures, with their Dutch word."""
    return {m.variable: PROFILE_VARIABLE[m.variable] for m in panel_queries.margins(tuple(PROFILE_VARIABLE))}


def valid_sign_off(wave: Wave) -> SignOff | None:
    """The signature (or the late mark) that stands under the present hash; None when there is none or it is void."""
    present, makers = design_hash(wave), {wave.author_id, wave.edited_by_id}
    return next(
        (s for s in reversed(wave.sign_offs) if s.hash == present and (not s.account_id or s.account_id not in makers)),
        None,
    )


def open_late_mark(wave: Wave) -> SignOff | None:
    """The late signature that is still to come."""
    return next((s for s in wave.sign_offs if s.signed_at is None), None)
