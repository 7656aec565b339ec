"""Recess and quiet period as the settings tell them: free text, from which periods with two dates are read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.settings import MunicipalSettings
from surveys.labels import day

MONTHS = ("jan", "feb", "maa|mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
DAY = re.compile(rf"\b(\d{{1,2}})(?:-(\d{{1,2}})-|\s+((?:{'|'.join(MONTHS)})[a-z]*)\s+)(20\d\d)\b", re.IGNORECASE)


@dataclass(frozen=True)
class ClosedPeriod:
    """A period in which the council does not meet or asks nothing; both days belong to it."""

    name: str
    first: date
    last: date


def closed_periods(chosen: MunicipalSettings) -> list[ClosedPeriod]:
    """The periods that can be read: each line with a first and a last day, as 20 juli 2027 or 20-7-2027."""
    texts = (("het reces", chosen.recess), ("de stille periode", chosen.quiet_period))
    return [period for name, text in texts for period in _periods(name, text)]


def _periods(name: str, text: str) -> Iterator[ClosedPeriod]:
    for line in text.splitlines():
        days = [found for match in DAY.finditer(line) if (found := _date(match)) is not None]
        if len(days) == 2 and days[0] <= days[1]:
            yield ClosedPeriod(name, *days)


def _date(match: re.Match[str]) -> date | None:
    number, month, word, year = match.groups()
    wanted = int(month) if month else next(n for n, name in enumerate(MONTHS, 1) if re.match(name, word.lower()))
    try:
        return date(int(year), wanted, int(number))
    except ValueError:
        return None


def warnings(opens: date, closes: date, periods: list[ClosedPeriod]) -> list[str]:
    """A sentence per period that the days of a questionnaire touch; the choice stays with the griffie."""
    return [
        f"De vragenlijst staat open in {p.name} van {day(p.first)} tot en met {day(p.last)}."
        for p in periods
        if p.first <= closes and opens <= p.last
    ]
