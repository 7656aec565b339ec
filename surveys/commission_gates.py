"""The gates of a commission: everything that is still missing, in plain Dutch, with the page to mend it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import Blocker
from surveys.commission_steps import SCALES, STEP_OF, STEPS
from surveys.labels import day
from surveys.ladder import asks_panel, find_level, fits
from surveys.lifecycle import CommissionStatus
from surveys.models.commission import Approach, Commission
from surveys.working_days import Schedule

MINIMUM_EXPECTED = 30
ORDER = {step.slug: number for number, step in enumerate(STEPS)}


@dataclass(frozen=True)
class Facts:
    """What the gates need to know from outside the commission."""

    today: date
    schedule: Schedule
    feedback_term_days: int = 60
    values_test: str = ""
    overdue_on: date | None = None
    expected_answers: int | None = None


REQUIRED: dict[str, str] = {
    "goal": "Wat is het doel?",
    "activity": "Wat gaat de gemeente doen?",
    "municipality_position": "Wat vindt de gemeente er zelf van?",
    "municipality_role": "Welke rol heeft de gemeente?",
    "why_ask": "Waarom vraagt u het wel of niet?",
    "central_questions": "Schrijf ten minste één hoofdvraag op.",
    "decision_title": "Hoe heet het onderwerp op de agenda van de raad?",
    "bob_phase": "In welke fase is de raad?",
    "decision_on": "Wanneer is het besluit?",
    "papers_on": "Wanneer gaan de stukken naar de raad?",
    "stakeholders": "Noem ten minste één groep die ermee te maken heeft.",
    "missing_voices": "Welke belangen mist het panel?",
    "heard_beside": "Hoe hoort u die mensen naast het panel?",
    "level": "Wat doet u met de uitkomst?",
    "contact_name": "Wie kunnen inwoners bellen?",
    "contact_phone": "Op welk telefoonnummer?",
    "results_promised_on": "Wanneer komen de resultaten?",
    "feedback_promised_on": "Wanneer vertelt u wat u ermee hebt gedaan?",
}
REQUIRED_ELSEWHERE: dict[Approach, dict[str, str]] = {
    Approach.INFORM: {
        "goal": REQUIRED["goal"],
        "activity": REQUIRED["activity"],
        "why_ask": "Waarom is er geen ruimte?",
        "information_means": "Hoe vertelt u het?",
        "information_audience": "Aan wie vertelt u het?",
        "information_on": "Wanneer vertelt u het?",
    },
    Approach.REFRAIN: {
        "goal": REQUIRED["goal"],
        "activity": REQUIRED["activity"],
        "why_ask": "Waarom vraagt u het niet? Deze reden wordt openbaar.",
    },
}
RULE: dict[str, str] = {
    "rule_council_decision": "Noem het raadsbesluit waarin de raad afspreekt de keuze te volgen.",
    "rule_options": "Welke keuzes zijn er, binnen de ankerpunten?",
    "rule_weighted": "Tellen de antwoorden gewogen of ongewogen?",
    "rule_majority": "Hoe groot moet de meerderheid zijn?",
    "rule_minimum_response": "Hoeveel mensen moeten ten minste antwoorden?",
    "rule_overlap": "Wat gebeurt er als het verschil te klein is?",
}


def blockers(commission: Commission, to: CommissionStatus, facts: Facts) -> list[Blocker]:
    """Everything that stands between the commission and the state."""
    if to is CommissionStatus.SUBMITTED:
        return [*_paused(facts), *complete(commission, facts)]
    if to is CommissionStatus.FORM_ADVISED and not commission.form_advice:
        return [Blocker("form_advice", "Schrijf eerst uw advies over de vorm.", anchor="advice")]
    if to is CommissionStatus.ACCEPTED:
        return [*_decision_number(commission), *_still_in_time(commission, facts)]
    if to is CommissionStatus.RETURNED and not commission.return_reason:
        return [Blocker("return_reason", "Schrijf op waarom de opdracht teruggaat.", anchor="reason")]
    if to is CommissionStatus.DECLINED:
        reason = Blocker("decline_reason", "Schrijf op waarom de opdracht is afgewezen.", anchor="reason")
        return [*_decision_number(commission), *([] if commission.decline_reason else [reason])]
    return []


def complete(commission: Commission, facts: Facts) -> list[Blocker]:
    """What is still missing in the step plan itself."""
    found = list(_rooms(commission))
    approach = commission.approach
    required = REQUIRED_ELSEWHERE.get(approach, REQUIRED)
    found += [_at(commission, name, text) for name, text in required.items() if _empty(commission, name)]
    if approach is Approach.ASK:
        found += [*_asking(commission, facts), *_dates(commission, facts)]
    return sorted(found, key=lambda blocker: ORDER[blocker.values["slug"]])


def _rooms(commission: Commission) -> Iterator[Blocker]:
    if commission.room_for_influence is None:
        yield _at(commission, "room_for_influence", "Is er ruimte: zijn er echte keuzes te maken?")
    elif commission.room_for_influence:
        if commission.enough_interest is None:
            yield _at(commission, "enough_interest", "Raakt het genoeg mensen?")
        if commission.enough_time is None:
            yield _at(commission, "enough_time", "Is er genoeg tijd?")


def _empty(commission: Commission, name: str) -> bool:
    value = getattr(commission, name)
    return value is None or value == "" or value == []


def _at(commission: Commission, name: str, text: str) -> Blocker:
    slug = "belanghebbenden" if name == "stakeholders" else STEP_OF[name]
    values = {"public_id": commission.public_id, "slug": slug}
    return Blocker(name, text, "surveys_council.step", values, ANCHORS.get(name, name))


# where the input has another name than the column
ANCHORS = {"size_scales": "size", "intended_use": "level", "stakeholders": "main"}


def _asking(commission: Commission, facts: Facts) -> Iterator[Blocker]:
    if not commission.anchor_points and not commission.no_anchor_points:
        yield _at(commission, "anchor_points", "Noem de ankerpunten, of kruis aan dat er geen zijn.")
    if any(scale.code not in commission.size_scales for scale in SCALES):
        yield _at(commission, "size_scales", "Geef aan hoe groot het onderwerp is.")
    if facts.expected_answers is not None and facts.expected_answers < MINIMUM_EXPECTED:
        text = (
            f"In dit gebied verwachten we ongeveer {facts.expected_answers} antwoorden. Dat is te weinig: het moeten "
            f"er {MINIMUM_EXPECTED} zijn. Kies een groter gebied, of een andere vorm, zoals een gesprek in de wijk."
        )
        yield _at(commission, "area_districts", text)
    if facts.values_test and not commission.values_answer:
        yield _at(commission, "values_answer", "Beantwoord de toets op onze waarden.")
    yield from _level(commission)


def _level(commission: Commission) -> Iterator[Blocker]:
    level = find_level(commission.level)
    if not commission.level:
        return
    if level is None or not fits(commission.level, commission.intended_use):
        yield _at(commission, "intended_use", "Kies bij het niveau wat u met de uitkomst doet.")
        return
    if not asks_panel(commission.level):
        yield _at(commission, "level", "Bij dit niveau vraagt u niets. Kies een hoger niveau.")
    if level.binding:
        yield from (_at(commission, name, text) for name, text in RULE.items() if _empty(commission, name))


def _dates(commission: Commission, facts: Facts) -> Iterator[Blocker]:
    papers, decision = commission.papers_on, commission.decision_on
    earliest = facts.schedule.earliest_papers(facts.today)
    if papers and papers < earliest:
        text = f"De stukken gaan te vroeg weg: de uitkomst kan er op zijn vroegst zijn op {day(earliest)}."
        yield _at(commission, "papers_on", text)
    if papers and decision and decision < papers:
        yield _at(commission, "decision_on", "Het besluit kan niet eerder zijn dan de dag waarop de stukken weggaan.")
    yield from _promises(commission, facts, earliest)


def _promises(commission: Commission, facts: Facts, earliest: date) -> Iterator[Blocker]:
    results, feedback = commission.results_promised_on, commission.feedback_promised_on
    if results and results < earliest:
        text = f"De resultaten kunnen er op zijn vroegst zijn op {day(earliest)}."
        yield _at(commission, "results_promised_on", text)
    if results and commission.papers_on and results > commission.papers_on:
        yield _at(commission, "results_promised_on", "De resultaten moeten er zijn voordat de stukken weggaan.")
    if results and feedback and feedback < results:
        yield _at(commission, "feedback_promised_on", "De terugkoppeling komt na de resultaten.")
    if feedback and commission.decision_on:
        latest = commission.decision_on + timedelta(days=facts.feedback_term_days)
        if feedback > latest:
            text = f"De terugkoppeling moet er volgens de spelregels uiterlijk zijn op {day(latest)}."
            yield _at(commission, "feedback_promised_on", text)


def _paused(facts: Facts) -> list[Blocker]:
    if facts.overdue_on is None:
        return []
    text = (
        f"U kunt nu geen nieuwe opdracht indienen: de terugkoppeling van een eerdere vragenlijst had er op "
        f"{day(facts.overdue_on)} moeten zijn. Geef die eerst."
    )
    return [Blocker("paused", text)]


def _decision_number(commission: Commission) -> list[Blocker]:
    if commission.body_decision_number and commission.body_decision_on:
        return []
    return [Blocker("body_decision_number", "Noem nummer en datum van het besluit.", anchor="number")]


def _still_in_time(commission: Commission, facts: Facts) -> list[Blocker]:
    possible = facts.schedule.results_after(facts.today)
    if commission.approach is not Approach.ASK or commission.papers_on is None or commission.papers_on >= possible:
        return []
    text = f"Het is te laat voor dit besluit: de uitkomst kan er op zijn vroegst zijn op {day(possible)}."
    return [Blocker("papers_on", text)]
