"""The public list of questionnaires: searched, filtered by state, paged."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from core import clock
from core.db import db
from core.paging import Paging
from feedback.models import Publication, PublicationStatus
from feedback.queries import PUBLIC_WAVES
from surveys.lifecycle import WaveStatus
from surveys.models import Commission, Wave

PAGE_SIZE = 10
PUBLIC = (PublicationStatus.RESULTS_PUBLISHED, PublicationStatus.FEEDBACK_PUBLISHED)
STATES = {
    "open": "nu open",
    "verwerken": "antwoorden worden verwerkt",
    "resultaten": "resultaten openbaar",
    "terugkoppeling": "terugkoppeling openbaar",
}
COLOURS = {"open": "blue", "verwerken": "grey", "resultaten": "yellow", "terugkoppeling": "green"}


@dataclass(frozen=True)
class Entry:
    """One questionnaire in the list."""

    wave: Wave
    body: str
    state: str
    label: str
    colour: str
    moment: datetime | None
    late: bool


@dataclass(frozen=True)
class Page:
    """One page of the list."""

    entries: list[Entry]
    total: int
    number: int
    pages: int


def list_waves(search: str, state: str, page: int) -> Page:
    """The questionnaires from their opening on, the newest first."""
    statement = (
        select(Wave, Publication)
        .join(Commission, Commission.id == Wave.commission_id)
        .outerjoin(Publication, Publication.wave_id == Wave.id)
        .where(Wave.status.in_(PUBLIC_WAVES))
    )
    if search.strip():
        pattern = f"%{search.strip()}%"
        statement = statement.where(or_(Wave.title.ilike(pattern), Commission.title.ilike(pattern)))
    if state in STATES:
        statement = statement.where(_condition(state))
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    paging = Paging(total, PAGE_SIZE, page)
    newest = statement.order_by(Wave.opens_at.desc(), Wave.id.desc())
    rows = db.session.execute(newest.limit(PAGE_SIZE).offset(paging.offset)).all()
    return Page([_entry(w, p) for w, p in rows], total, paging.number, paging.pages)


def _condition(state: str) -> ColumnElement[bool]:
    public = func.coalesce(Publication.status.in_(PUBLIC), False)
    if state == "open":
        return Wave.status == WaveStatus.FIELDING
    if state == "verwerken":
        return (Wave.status != WaveStatus.FIELDING) & ~public
    if state == "resultaten":
        return Publication.status == PublicationStatus.RESULTS_PUBLISHED
    return Publication.status == PublicationStatus.FEEDBACK_PUBLISHED


def state_of(wave: Wave, publication: Publication | None) -> str:
    """In which of the four public states a questionnaire is."""
    if publication is not None and publication.is_public:
        return "resultaten" if publication.status is PublicationStatus.RESULTS_PUBLISHED else "terugkoppeling"
    return "open" if wave.status is WaveStatus.FIELDING else "verwerken"


def _overdue(publication: Publication | None) -> bool:
    """Whether the promised day of the feedback has gone by."""
    return publication is not None and publication.feedback_due_on < clock.today()


def _entry(wave: Wave, publication: Publication | None) -> Entry:
    state = state_of(wave, publication)
    moment = {
        "open": wave.closes_at,
        "verwerken": publication.results_due_at if publication else None,
        "resultaten": publication.results_at if publication else None,
        "terugkoppeling": publication.feedback_published_at if publication else None,
    }[state]
    late = state == "resultaten" and _overdue(publication)
    return Entry(wave, wave.commission.body.name, state, STATES[state], COLOURS[state], moment, late)
