"""The step plan of a commission as data: one decision a page, in the order of the conversation."""

from dataclasses import dataclass

from surveys.models.commission import Approach

ALL = frozenset(Approach)
ASK = frozenset({Approach.ASK})


@dataclass(frozen=True)
class Step:
    """One page of the conversation; `fields` are columns, `lines` the list that is written one a line."""

    slug: str
    title: str
    lead: str
    fields: tuple[str, ...] = ()
    lines: str = ""
    approaches: frozenset[Approach] = ASK


@dataclass(frozen=True)
class Scale:
    """A seven-point scale on how large the matter is."""

    code: str
    label: str
    low: str
    high: str


SCALES = (
    Scale("size", "Hoe groot is het plan?", "één woning of straat", "de hele gemeente"),
    Scale("attention", "Hoeveel aandacht krijgt het onderwerp?", "bijna niemand heeft het erover", "iedereen"),
    Scale("contribution", "Hoeveel draagt het bij aan de samenleving?", "voor enkelen", "voor bijna iedereen"),
    Scale("nuisance", "Hoeveel last hebben mensen ervan?", "geen last", "veel last, lang"),
)

STEPS: tuple[Step, ...] = (
    Step(
        "waarom",
        "Waarom wilt u dit doen?",
        "Begin met het doel. De vragen komen later.",
        ("goal", "activity", "municipality_position", "municipality_role"),
        approaches=ALL,
    ),
    Step(
        "ruimte",
        "Heeft vragen zin?",
        "Vraag inwoners alleen iets als hun antwoord verschil kan maken.",
        (
            "room_for_influence",
            "enough_interest",
            "enough_time",
            "why_ask",
            "information_means",
            "information_audience",
            "information_on",
        ),
        approaches=ALL,
    ),
    Step(
        "hoofdvragen",
        "Wat wilt u opgelost zien?",
        "Elke vraag in de vragenlijst hoort straks bij een hoofdvraag, en krijgt antwoord van u.",
        lines="central_questions",
    ),
    Step(
        "besluit",
        "Voor welk besluit is dit?",
        "De uitkomst moet er zijn voordat de stukken weggaan.",
        ("decision_title", "decision_url", "bob_phase", "decision_on", "papers_on"),
    ),
    Step(
        "ankerpunten",
        "Wat staat al vast?",
        "Noem alleen de paar voorwaarden waar echt niets aan verandert.",
        ("no_anchor_points",),
        lines="anchor_points",
    ),
    Step(
        "belanghebbenden",
        "Wie heeft ermee te maken?",
        "Denk ook aan wie veel te winnen of te verliezen heeft, maar weinig invloed.",
        ("shared_interest", "missing_voices", "heard_beside", "consulted_at_start"),
    ),
    Step("omvang", "Hoe groot is dit?", "Van 1 (klein) tot 7 (groot).", ("size_scales",)),
    Step("gebied", "In welk gebied?", "Kies niets voor de hele gemeente.", ("area_districts", "other_form_reason")),
    Step(
        "niveau",
        "Wat doet u met de uitkomst?",
        "U kiest dit vooraf. Iedereen ziet uw keuze. Na de eerste uitnodiging mag het niveau alleen nog omhoog.",
        ("level", "intended_use"),
    ),
    Step(
        "beslisregel",
        "Hoe beslist de uitkomst?",
        "Alleen nodig als u inwoners laat meebeslissen.",
        (
            "rule_council_decision",
            "rule_options",
            "rule_weighted",
            "rule_majority",
            "rule_minimum_response",
            "rule_overlap",
        ),
    ),
    Step(
        "beloften",
        "Wat belooft u, en wanneer?",
        "Deze datums zijn openbaar.",
        ("results_promised_on", "feedback_promised_on", "contact_name", "contact_phone"),
    ),
    Step("toets", "Past het bij onze waarden?", "De toets komt uit de spelregels van de raad.", ("values_answer",)),
)
BY_SLUG = {step.slug: step for step in STEPS}
STEP_OF = {name: step.slug for step in STEPS for name in (*step.fields, step.lines) if name}


def steps_for(approach: Approach, *, binding: bool) -> tuple[Step, ...]:
    """The pages that matter for this commission."""
    return tuple(s for s in STEPS if approach in s.approaches and (binding or s.slug != "beslisregel"))
