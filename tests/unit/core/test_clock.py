"""Amsterdam time through both changes of the clock."""

from datetime import UTC, date, datetime, time

import pytest

from core import clock


@pytest.mark.parametrize(
    ("day", "wall", "instant"),
    [
        (date(2026, 1, 15), time(10), datetime(2026, 1, 15, 9, tzinfo=UTC)),
        (date(2026, 7, 15), time(10), datetime(2026, 7, 15, 8, tzinfo=UTC)),
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_wall_time_becomes_one_instant(day: date, wall: time, instant: datetime) -> None:
    assert clock.at_amsterdam(day, wall) == instant


def test_travelling_moves_this_clock_and_comes_back() -> None:
    before = clock.now()
    with clock.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert clock.today() == date(2027, 1, 1)
    assert abs((clock.now() - before).total_seconds()) < 5
