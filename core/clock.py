"""The product's only clock: UTC instants stored, Amsterdam wall time shown and decided by."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class _Shift:
    """How far this process stands from the real time; only the demonstration and tests move it."""

    by: timedelta = timedelta(0)
    file: Path | None = None


def now() -> datetime:
    """The present instant, aware, UTC."""
    if _Shift.file is not None:
        return datetime.now(UTC) + timedelta(seconds=float(_Shift.file.read_text()))
    return datetime.now(UTC) + _Shift.by


def follow(file: Path | None) -> None:
    """Let several processes of a test share one moved clock: the file holds the seconds to add."""
    _Shift.file = file


def today() -> date:
    """The present date in Amsterdam."""
    return now().astimezone(AMSTERDAM).date()


def at_amsterdam(day: date, clock_time: time) -> datetime:
    """The UTC instant of a wall time in Amsterdam (a skipped hour moves on, a doubled hour takes the first)."""
    return datetime.combine(day, clock_time, AMSTERDAM).astimezone(UTC)


def to_amsterdam(instant: datetime) -> datetime:
    """The same instant on the Amsterdam wall clock."""
    return instant.astimezone(AMSTERDAM)


@contextmanager
def travel(to: datetime) -> Iterator[None]:
    """Let the clock of this process run from another instant (demonstration and tests only)."""
    before = _Shift.by, _Shift.file
    # who travels does not follow the shared clock meanwhile
    _Shift.by, _Shift.file = to - datetime.now(UTC), None
    try:
        yield
    finally:
        _Shift.by, _Shift.file = before
