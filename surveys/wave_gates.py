"""The gates of a wave: everything that is still missing, in plain Dutch, with the page to mend it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core import clock
from core.errors import Blocker
from surveys.freezing import plan_of, specs
from surveys.labels import PROFILE_VARIABLE, day
from surveys.lifecycle import WaveStatus
from surveys.models.wave import Wave
from surveys.questionnaire import WeightingPlan
from surveys.questions import check_design
from surveys.routing import check as check_routing
from surveys.working_days import Schedule

LONGEST_MINUTES = 20


@dataclass(frozen=True)
class Facts:
    """What the gates need to know from outside the wave."""

    now: datetime
    schedule: Schedule
    margins: frozenset[str] = frozenset()
    settings_missing: dict[str, str] = field(default_factory=dict)
    signed: bool = False


def blockers(wave: Wave, to: WaveStatus, facts: Facts) -> list[Blocker]:
    """Everything that stands between the wave and the state."""
    if to is WaveStatus.READY:
        return [*design_blockers(wave, facts), *_signature(wave, facts)]
    if to is WaveStatus.DESIGN and wave.first_invited_at is not None:
        return [Blocker("invited", "Er zijn al mensen uitgenodigd. Wijzigen kan daarom niet meer.")]
    if to is WaveStatus.CANCELLED:
        return list(_cancelling(wave))
    return []


def design_blockers(wave: Wave, facts: Facts) -> list[Blocker]:
    """What is still missing in the design itself and in the settings (the signature comes after these)."""
    return [
        *_text(wave),
        *_dates(wave, facts),
        *_questions(wave),
        *_plan(wave, plan_of(wave), facts),
        *_settings(facts),
    ]


def _at(wave: Wave, code: str, text: str, page: str, anchor: str = "", **values: Any) -> Blocker:
    return Blocker(code, text, f"surveys_clerk.{page}", {"public_id": wave.public_id, **values}, anchor)


def _text(wave: Wave) -> Iterator[Blocker]:
    if not wave.introduction.strip():
        yield _at(wave, "introduction", "Schrijf de inleiding voor de deelnemers.", "wave_text", "introduction")
    if not 1 <= wave.minutes <= LONGEST_MINUTES:
        text = f"Het invullen mag hooguit {LONGEST_MINUTES} minuten duren."
        yield _at(wave, "minutes", text, "wave_text", "minutes")


def _dates(wave: Wave, facts: Facts) -> Iterator[Blocker]:
    if wave.opens_at is None or wave.closes_at is None:
        yield _at(wave, "opens_at", "Kies wanneer de vragenlijst open gaat en sluit.", "wave_text", "opens_on")
        return
    if wave.opens_at <= facts.now:
        yield _at(wave, "opens_at", "De vragenlijst moet later open gaan dan nu.", "wave_text", "opens_on")
    results = facts.schedule.results_after_closing(clock.to_amsterdam(wave.closes_at).date())
    promised = wave.commission.results_promised_on
    if promised and results > promised:
        yield _at(wave, "closes_at", _too_late(facts.schedule, promised, results), "wave_text", "closes_on")


def _too_late(schedule: Schedule, promised: date, results: date) -> str:
    return (
        f"De resultaten zijn beloofd op {day(promised)}, maar kunnen er zo pas op {day(results)} zijn. "
        f"Sluit uiterlijk op {day(schedule.closes_before(promised))}."
    )


def _questions(wave: Wave) -> Iterator[Blocker]:
    if not wave.questions:
        yield _at(wave, "questions", "Zet ten minste één vraag in de vragenlijst.", "wave")
    for question, spec in zip(wave.questions, specs(wave), strict=True):
        for problem in check_design(spec):
            yield _question(wave, question.item_key, problem)
        if question.central_question_id is None:
            yield _question(wave, question.item_key, "Kies bij welke hoofdvraag deze vraag hoort.")
    for item_key, problem in check_routing(specs(wave)):
        yield _question(wave, item_key, problem)
    covered = {question.central_question_id for question in wave.questions}
    for central in wave.commission.central_questions:
        if central.id not in covered:
            yield _at(wave, "central_question", f"Er is nog geen vraag bij de hoofdvraag '{central.text}'.", "wave")


def _question(wave: Wave, item_key: str, problem: str) -> Blocker:
    number = next(n for n, q in enumerate(wave.questions, 1) if q.item_key == item_key)
    return _at(wave, "question", f"Vraag {number}: {problem}", "question", item_key=item_key)


def _plan(wave: Wave, plan: WeightingPlan, facts: Facts) -> Iterator[Blocker]:
    if not plan.variables:
        yield _at(wave, "plan", "Kies waarop de antwoorden worden gewogen.", "wave_plan", "variables")
    for variable in plan.variables:
        if variable not in facts.margins:
            text = f"Er zijn geen bevolkingscijfers voor {PROFILE_VARIABLE.get(variable, variable)}."
            yield _at(wave, "plan", text, "wave_plan", "variables")
    if not 0 < plan.trim_low < 1 < plan.trim_high:
        yield _at(wave, "plan", "De grenzen van de gewichten kloppen niet.", "wave_plan", "trim_low")
    if set(plan.breakdowns) & set(plan.weighting_only):
        text = "Een kenmerk staat bij uitsplitsen én bij alleen wegen."
        yield _at(wave, "plan", text, "wave_plan", "breakdowns")


def _settings(facts: Facts) -> Iterator[Blocker]:
    for name, label in facts.settings_missing.items():
        text = f"Instelling ontbreekt: {label}. De beheerder vult die in."
        yield Blocker("settings", text, "administration.settings", {}, name)


def _signature(wave: Wave, facts: Facts) -> Iterator[Blocker]:
    if not facts.signed:
        yield _at(wave, "sign_off", "Een tweede persoon moet nog ondertekenen.", "sign_off")


def _cancelling(wave: Wave) -> Iterator[Blocker]:
    if wave.answered_n:
        yield Blocker("answered", "Er zijn al antwoorden. U kunt alleen nog eerder sluiten, met resultaten.")
    if not wave.cancel_reason.strip():
        yield Blocker("cancel_reason", "Schrijf op waarom de vragenlijst niet doorgaat.", anchor="reason")
