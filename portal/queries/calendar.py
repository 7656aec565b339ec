"""The participation calendar: every day that was agreed on or promised, and whether it was kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core import clock
from portal import places
from portal.queries.agreements import Agreement, list_agreements
from portal.stages import EventKind, EventState, Stage
from surveys.models import Approach

PAGE = 25


@dataclass(frozen=True)
class Event:
    """One day of one agreement."""

    on: date
    kind: EventKind
    state: EventState
    title: str
    body: str
    url: str


@dataclass(frozen=True)
class CalendarFilter:
    """What the calendar is narrowed to; empty means everything."""

    year: int | None = None
    body: str = ""
    state: str = ""
    search: str = ""


def _event(agreement: Agreement, kind: EventKind, on: date | None, *, kept: bool | None = None) -> Iterator[Event]:
    """A day, when it is known; `kept` tells whether a promise was kept, None for days that simply pass."""
    if on is None:
        return
    if kept is None:
        state = EventState.DONE if on < clock.today() else EventState.COMING
    elif kept:
        state = EventState.DONE
    else:
        state = EventState.OVERDUE if on < clock.today() else EventState.COMING
    yield Event(on, kind, state, agreement.title, agreement.commission.body.name, url_of(agreement))


def url_of(agreement: Agreement) -> str:
    """The public page of an agreement: its questionnaire when that is public, else what was agreed."""
    if agreement.wave is not None and agreement.public_wave:
        return places.survey(agreement.wave.slug)
    return places.agreement(agreement.commission.slug)


def events_of(agreement: Agreement) -> Iterator[Event]:
    """All days of one agreement."""
    commission = agreement.commission
    yield from _event(agreement, EventKind.AGREED, agreement.agreed_on, kept=True)
    if commission.approach is Approach.INFORM:
        yield from _event(agreement, EventKind.INFORMATION, commission.information_on)
    if agreement.stage in (Stage.INFORMATION, Stage.STOPPED):
        return
    yield from _event(agreement, EventKind.OPENS, agreement.opens_on)
    yield from _event(agreement, EventKind.CLOSES, agreement.closes_on)
    results, feedback = agreement.results_on, agreement.feedback_on
    yield from _event(agreement, EventKind.RESULTS, results or agreement.results_due_on, kept=results is not None)
    yield from _event(agreement, EventKind.FEEDBACK, feedback or agreement.feedback_due_on, kept=feedback is not None)
    yield from _event(agreement, EventKind.DECISION, commission.decision_on)


def all_events() -> list[Event]:
    """Every day of every agreement, oldest first."""
    return sorted((e for a in list_agreements() for e in events_of(a)), key=lambda e: (e.on, e.title))


def matches(event: Event, wanted: CalendarFilter) -> bool:
    """Whether a day passes the filter."""
    return (
        (wanted.year is None or event.on.year == wanted.year)
        and (not wanted.body or event.body == wanted.body)
        and (not wanted.state or event.state == wanted.state)
        and wanted.search.casefold() in event.title.casefold()
    )


def coming(events: list[Event], most: int) -> list[Event]:
    """The first days to come, missed promises in front."""
    late = [e for e in events if e.state is EventState.OVERDUE]
    return [*late, *(e for e in events if e.state is EventState.COMING)][:most]
