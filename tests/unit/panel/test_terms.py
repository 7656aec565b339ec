"""The dates that follow from the settings."""

from datetime import date

import pytest

from core.settings import MunicipalSettings
from panel.terms import months_before, terms_on


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 5, 10), 12, date(2025, 5, 10)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 24, date(2024, 12, 31)),
    ],
)
def test_months_are_counted_back_to_the_same_day_or_the_last_of_the_month(
    day: date, months: int, expected: date
) -> None:
    assert months_before(day, months) == expected


def test_terms_follow_the_settings() -> None:
    terms = terms_on(date(2026, 6, 30), MunicipalSettings(wake_up_days=10, pause_notice_days=3, bounce_limit=2))
    assert terms.woken_before == date(2026, 6, 20)
    assert terms.pause_ends_before == date(2026, 7, 3)
    assert terms.bounces == 2
