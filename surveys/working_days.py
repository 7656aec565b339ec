"""Working days in the Netherlands, and counting back from a decision to the moment of opening."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

from core.settings import MunicipalSettings

WEIGHTING_WORKDAYS = 3
PUBLICATION_WORKDAYS = 5
PREPARATION_WORKDAYS = 10


@lru_cache(maxsize=16)
def _closed_days(year: int) -> frozenset[date]:
    # Good Friday is a working day for most municipalities, liberation day is not.
    return frozenset(
        day for day, name in holidays.country_holidays("NL", years=year, language="nl").items() if "Goede" not in name
    ) | {date(year, 5, 5)}


def is_workday(day: date) -> bool:
    """Whether offices are open on this day."""
    return day.weekday() < 5 and day not in _closed_days(day.year)


def add_workdays(day: date, n: int) -> date:
    """The date n working days later (n < 0: earlier)."""
    step, left = timedelta(days=1 if n >= 0 else -1), abs(n)
    while left:
        day += step
        left -= is_workday(day)
    return day


@dataclass(frozen=True)
class Schedule:
    """The terms between opening and results, as the settings have them."""

    fieldwork_days: int
    paper_workdays: int

    def results_after(self, opens_on: date) -> date:
        """The first day on which results can stand when the questionnaire opens on this day."""
        return self.results_after_closing(opens_on + timedelta(days=self.fieldwork_days))

    def results_after_closing(self, closes_on: date) -> date:
        """The first day on which results can stand when the questionnaire closes on this day."""
        return add_workdays(closes_on, self.paper_workdays + WEIGHTING_WORKDAYS + PUBLICATION_WORKDAYS)

    def closes_before(self, results_on: date) -> date:
        """The last working day of closing for results on this day."""
        while not is_workday(results_on):
            results_on -= timedelta(days=1)
        return add_workdays(results_on, -(self.paper_workdays + WEIGHTING_WORKDAYS + PUBLICATION_WORKDAYS))

    def earliest_papers(self, today: date) -> date:
        """The earliest date of papers that a commission made today can still serve."""
        return self.results_after(add_workdays(today, PREPARATION_WORKDAYS))


def schedule(settings: MunicipalSettings) -> Schedule:
    """The terms of this municipality."""
    return Schedule(settings.fieldwork_days, settings.paper_term_workdays)
