"""The stages an agreement goes through in the eyes of the public, and the kinds of days on the calendar."""

from enum import StrEnum


class Stage(StrEnum):
    """Where an agreement stands."""

    PREPARING = "preparing"
    OPEN = "open"
    COUNTING = "counting"
    FEEDBACK_DUE = "feedback_due"
    DONE = "done"
    STOPPED = "stopped"
    INFORMATION = "information"


class EventKind(StrEnum):
    """What happens on a day of the calendar."""

    AGREED = "agreed"
    OPENS = "opens"
    CLOSES = "closes"
    RESULTS = "results"
    FEEDBACK = "feedback"
    DECISION = "decision"
    INFORMATION = "information"


class EventState(StrEnum):
    """Whether a day has been, is to come, or was promised and missed."""

    COMING = "coming"
    DONE = "done"
    OVERDUE = "overdue"
