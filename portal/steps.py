"""The four steps of an agreement as the process picture shows them."""

from dataclasses import dataclass
from datetime import date

from core import clock
from core.web.context import long_date, say
from portal import places, wording
from portal.queries.agreements import Agreement
from portal.stages import Stage


@dataclass(frozen=True)
class Step:
    """One step: done, current, todo or overdue."""

    label: str
    state: str
    date: str = ""
    url: str = ""


def _promised(agreement: Agreement, now: Stage, *, done: bool) -> str:
    if done:
        return "done"
    if agreement.stage is not now:
        return "todo"
    return "overdue" if agreement.overdue else "current"


def _field(agreement: Agreement) -> Step:
    opens, closes = agreement.opens_on, agreement.closes_on
    when = (
        say("%(first)s tot en met %(last)s", first=long_date(opens), last=long_date(closes)) if opens and closes else ""
    )
    state = {Stage.PREPARING: "todo", Stage.OPEN: "current"}.get(agreement.stage, "done")
    url = places.survey(agreement.wave.slug) if agreement.wave and agreement.public_wave else ""
    return Step(wording.STEP_FIELD, state, when, url)


def _results(agreement: Agreement) -> Step:
    done = agreement.results_on
    when = long_date(done) if done else _due(agreement.results_due_on)
    url = places.survey(agreement.wave.slug) if agreement.wave and done else ""
    return Step(wording.STEP_RESULTS, _promised(agreement, Stage.COUNTING, done=done is not None), when, url)


def _feedback(agreement: Agreement) -> Step:
    done = agreement.feedback_on
    when = long_date(done) if done else _due(agreement.feedback_due_on)
    url = places.feedback(agreement.wave.slug) if agreement.wave and done else ""
    return Step(wording.STEP_FEEDBACK, _promised(agreement, Stage.FEEDBACK_DUE, done=done is not None), when, url)


def _due(day: date | None) -> str:
    return say("beloofd voor %(day)s", day=long_date(day)) if day else ""


def steps_of(agreement: Agreement) -> list[Step]:
    """Agreed, questionnaire, results, feedback."""
    agreed = Step(
        wording.STEP_AGREED, "done", long_date(agreement.agreed_on), places.agreement(agreement.commission.slug)
    )
    if agreement.stage in (Stage.INFORMATION, Stage.STOPPED):
        return [agreed]
    return [agreed, _field(agreement), _results(agreement), _feedback(agreement)]


def clock_of(agreement: Agreement) -> str:
    """The public clock of the next promise, or nothing."""
    if agreement.due_on is None:
        return ""
    words = wording.countdown(agreement.due_on, clock.today())
    return {
        Stage.PREPARING: f"Gaat open: {words}",
        Stage.OPEN: f"Sluit: {words}",
        Stage.COUNTING: f"Resultaten: {words}",
        Stage.FEEDBACK_DUE: f"Terugkoppeling: {words}",
    }[agreement.stage]
