"""The picture of a year: when questionnaires were open, and when results and feedback came or are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.queries.agreements import Agreement
from portal.queries.calendar import url_of
from portal.stages import Stage


@dataclass(frozen=True)
class TimelineRow:
    """One agreement on the axis of a year; places are percentages from left."""

    title: str
    url: str
    start: float | None
    width: float
    results: float | None
    feedback: float | None
    feedback_done: bool


def place(day: date | None, year: int) -> float | None:
    """Where a day stands on the axis of a year, or None outside it."""
    if day is None or day.year != year:
        return None
    length = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return 100 * (day - date(year, 1, 1)).days / length


def _span(first: date | None, last: date | None, year: int) -> tuple[float | None, float]:
    if first is None or last is None or last.year < year or first.year > year:
        return None, 0.0
    start = place(max(first, date(year, 1, 1)), year) or 0.0
    end = place(min(last, date(year, 12, 31)), year) or 0.0
    return start, max(end - start, 0.6)


def rows(agreements: Sequence[Agreement], year: int) -> list[TimelineRow]:
    """The agreements that have a day in the year, in the order of the calendar."""
    made = [_row(a, year) for a in agreements if a.stage not in (Stage.INFORMATION, Stage.STOPPED)]
    shown = [r for r in made if r.start is not None or r.results is not None or r.feedback is not None]
    return sorted(shown, key=lambda r: next(x for x in (r.start, r.results, r.feedback) if x is not None))


def _row(agreement: Agreement, year: int) -> TimelineRow:
    start, width = _span(agreement.opens_on, agreement.closes_on, year)
    return TimelineRow(
        title=agreement.title,
        url=url_of(agreement),
        start=start,
        width=width,
        results=place(agreement.results_on or agreement.results_due_on, year),
        feedback=place(agreement.feedback_on or agreement.feedback_due_on, year),
        feedback_done=agreement.feedback_on is not None,
    )
