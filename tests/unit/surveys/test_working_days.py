"""Working days and counting back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.working_days import Schedule, add_workdays, is_workday

SCHEDULE = Schedule(fieldwork_days=14, paper_workdays=5)
DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))


@pytest.mark.heavy
@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2027, 3, 29), date(2027, 4, 27), date(2027, 5, 5)])
def test_dutch_holidays_are_no_working_days(day):
    assert not is_workday(day)


def test_good_friday_is_a_working_day():
    assert is_workday(date(2027, 3, 26))


def test_five_working_days_over_christmas():
    assert add_workdays(date(2026, 12, 23), 5) == date(2026, 12, 31)


@given(DAYS)
def test_last_working_day_of_closing_keeps_the_promise_and_the_next_does_not(promised):
    last = SCHEDULE.closes_before(promised)
    assert SCHEDULE.results_after_closing(last) <= promised
    assert SCHEDULE.results_after_closing(add_workdays(last, 1)) > promised


@given(DAYS)
def test_earliest_papers_lie_after_preparation_fieldwork_paper_and_weighting(today):
    assert (SCHEDULE.earliest_papers(today) - today).days >= 14 + 14 + 7 + 8
