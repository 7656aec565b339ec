"""Where a wave stands, in the steps that everybody can follow: agreed, asked, closed, results, feedback."""

from typing import Any

from core import clock
from core.web.context import long_date
from feedback.models import Publication, PublicationStatus
from surveys.lifecycle import WaveStatus
from surveys.models import Obligation, Wave

Step = dict[str, Any]


def steps_of(wave: Wave, publication: Publication | None, obligation: Obligation | None) -> list[Step]:
    """The steps of the process graphic."""
    closed = wave.status in (WaveStatus.CLOSED, WaveStatus.VOIDED)
    return [
        {"label": "Afspraak gemaakt", "state": "done", "date": long_date(wave.commission.accepted_at)},
        _asking(wave),
        {"label": "Antwoorden verwerken", "state": _processing(wave, publication, closed=closed)},
        _results(wave, publication),
        _feedback(wave, publication, obligation),
    ]


def _asking(wave: Wave) -> Step:
    running = wave.status is WaveStatus.FIELDING
    label = "Vragenlijst open" if running else "Vragenlijst gesloten"
    note = "tot en met" if running else ""
    return {
        "label": label,
        "state": "current" if running else "done",
        "date": long_date(wave.opens_at if running else wave.closes_at),
        "note": note and f"{note} {long_date(wave.closes_at)}",
    }


def _processing(wave: Wave, publication: Publication | None, *, closed: bool) -> str:
    if publication is not None and publication.is_public:
        return "done"
    return "current" if closed or wave.status is WaveStatus.PAPER else "todo"


def _results(wave: Wave, publication: Publication | None) -> Step:
    if publication is not None and publication.is_public:
        return {"label": "Resultaten openbaar", "state": "done", "date": long_date(publication.results_at)}
    due = publication.results_due_at if publication else wave.commission.results_promised_on
    late = publication is not None and publication.results_due_at < clock.now()
    return {"label": "Resultaten", "state": "overdue" if late else "todo", "date": long_date(due)}


def _feedback(wave: Wave, publication: Publication | None, obligation: Obligation | None) -> Step:
    label = "Wat is er met de antwoorden gedaan?"
    is_open = obligation is not None and obligation.fulfilled_at is None
    due = obligation.due_on if obligation else wave.commission.feedback_promised_on
    late = is_open and due is not None and due < clock.today()
    if publication is not None and publication.status is PublicationStatus.FEEDBACK_PUBLISHED:
        state = "overdue" if late else "current" if is_open else "done"
        note = f"nog niet over alles een besluit: uiterlijk {long_date(due)}" if is_open else ""
        return {"label": label, "state": state, "date": long_date(publication.feedback_published_at), "note": note}
    waiting = publication is not None and publication.is_public
    return {"label": label, "state": "overdue" if late else "current" if waiting else "todo", "date": long_date(due)}


def clock_text(publication: Publication | None, obligation: Obligation | None) -> str:
    """The public clock: how many days are left, or how many it is late; nothing once the promise is kept."""
    if publication is None or obligation is None or obligation.fulfilled_at is not None:
        return ""
    published = publication.status is PublicationStatus.FEEDBACK_PUBLISHED
    what = "Het besluit dat nog ontbreekt" if published else "De terugkoppeling"
    days = (obligation.due_on - clock.today()).days
    if days == 0:
        return f"{what} moet er vandaag zijn."
    unit = "dag" if abs(days) == 1 else "dagen"
    if days < 0:
        return f"{what} is {-days} {unit} te laat."
    return f"{what} moet er uiterlijk {long_date(obligation.due_on)} zijn: nog {days} {unit}."
