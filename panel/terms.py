"""The terms of upkeep on one day: the dates that follow from the municipality's settings."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from core.settings import MunicipalSettings

# a questionnaire that was never folded (cancelled, voided) holds nobody back longer than this
LONGEST_FIELDWORK = timedelta(days=120)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Terms:
    """What the rules compare a member with."""

    today: date
    unanswered: int
    bounces: int
    profile_checked_before: date
    profile_asked_before: date
    pause_ends_before: date
    woken_before: date
    dormant_before: date
    last_call_before: date
    fieldwork_after: date


def terms_on(today: date, settings: MunicipalSettings) -> Terms:
    """The terms of a day under these settings."""
    return Terms(
        today=today,
        unanswered=settings.dormant_after_unanswered,
        bounces=settings.bounce_limit,
        profile_checked_before=months_before(today, settings.profile_check_months),
        profile_asked_before=today - timedelta(days=settings.profile_reminder_days),
        pause_ends_before=today + timedelta(days=settings.pause_notice_days),
        woken_before=today - timedelta(days=settings.wake_up_days),
        dormant_before=months_before(today, settings.dormant_keep_months),
        last_call_before=today - timedelta(days=settings.last_call_days),
        fieldwork_after=today - LONGEST_FIELDWORK,
    )
