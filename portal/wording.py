"""The Dutch words of the pages that cross packages: their only home."""

from datetime import date

from portal.stages import EventKind, EventState, Stage

STAGE: dict[Stage, tuple[str, str]] = {
    Stage.PREPARING: ("vragenlijst in voorbereiding", "grey"),
    Stage.OPEN: ("nu open", "green"),
    Stage.COUNTING: ("antwoorden worden geteld", "blue"),
    Stage.FEEDBACK_DUE: ("wacht op terugkoppeling", "yellow"),
    Stage.DONE: ("afgerond met terugkoppeling", "green"),
    Stage.STOPPED: ("gaat niet door", "red"),
    Stage.INFORMATION: ("alleen informatie", "grey"),
}
EVENT: dict[EventKind, str] = {
    EventKind.AGREED: "Afspraak gemaakt",
    EventKind.OPENS: "Vragenlijst open",
    EventKind.CLOSES: "Vragenlijst sluit",
    EventKind.RESULTS: "Resultaten",
    EventKind.FEEDBACK: "Terugkoppeling",
    EventKind.DECISION: "Besluit",
    EventKind.INFORMATION: "Informatie",
}
EVENT_STATE: dict[EventState, tuple[str, str]] = {
    EventState.DONE: ("geweest", "grey"),
    EventState.COMING: ("komt nog", "blue"),
    EventState.OVERDUE: ("te laat", "red"),
}
STEP_AGREED = "Afgesproken"
STEP_FIELD = "Vragenlijst"
STEP_RESULTS = "Resultaten"
STEP_FEEDBACK = "Terugkoppeling"
MONTHS = ("januari", "april", "juli", "oktober")


def days(number: int) -> str:
    """1 dag, 12 dagen."""
    return "1 dag" if number == 1 else f"{number} dagen"


def countdown(due: date, today: date) -> str:
    """The public clock: nog 12 dagen, vandaag, 3 dagen te laat."""
    left = (due - today).days
    if left == 0:
        return "vandaag"
    return f"nog {days(left)}" if left > 0 else f"{days(-left)} te laat"
