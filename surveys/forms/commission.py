"""Forms of a commission: one a page of the step plan, and those of advice, decision and change."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, Form, RadioField, SelectField, SelectMultipleField
from wtforms.validators import AnyOf, InputRequired, Regexp

from core.form_fields import MayWait, options
from core.models import Body
from surveys import labels
from surveys.commission_steps import SCALES, Step
from surveys.forms.fields import DutchForm, LinesField, YesNoField, day, line, number, paragraphs
from surveys.ladder import Level, asks_panel
from surveys.models.commission import BobPhase, Commission, Effect, MunicipalityRole

CHOOSE = "Maak een keuze."
LINK = "Vul een link in die begint met https://"
KNOWN = "Kies een antwoord uit de lijst."


def choice(label: str, choices: Iterable[tuple[str, str]], *, required: bool = False) -> RadioField:
    """One choice from a list, shown as radio buttons."""
    offered = list(choices)
    validators: list[Any] = [InputRequired(CHOOSE)] if required else [MayWait()]
    field: RadioField = RadioField(
        label,
        choices=options(offered),
        validators=[*validators, AnyOf([v for v, _ in offered], message=KNOWN)],
        coerce=lambda v: "" if v is None else str(getattr(v, "value", v)),
        validate_choice=False,
    )
    return field


class NewCommissionForm(DutchForm):
    """The start of a commission."""

    title = line("Waar gaat het over?", required="Geef de opdracht een naam.", most=150)
    body = SelectField("Namens wie vraagt u dit?", validators=[InputRequired(CHOOSE)])
    deciding_body = SelectField("Wie beslist over deze opdracht?", validators=[InputRequired(CHOOSE)])

    def offer(self, bodies: list[Body], deciding: list[Body]) -> None:
        """Fill in who may commission and who may decide."""
        self.body.choices = options((b.public_id, b.name) for b in bodies)
        self.deciding_body.choices = options((b.public_id, b.name) for b in deciding)


class PurposeForm(DutchForm):
    """Why."""

    goal = paragraphs("Wat is het doel?")
    activity = paragraphs("Wat gaat de gemeente doen?")
    municipality_position = paragraphs("Wat vindt de gemeente er zelf van?")
    municipality_role = choice(
        "Welke rol heeft de gemeente?", ((r.value, t) for r, t in labels.MUNICIPALITY_ROLE.items())
    )


class RoomForm(DutchForm):
    """Whether asking makes sense."""

    room_for_influence = YesNoField("Is er ruimte: zijn er echte keuzes te maken?")
    enough_interest = YesNoField("Raakt het genoeg mensen?")
    enough_time = YesNoField("Is er genoeg tijd?")
    why_ask = paragraphs("Waarom vraagt u het wel of niet?")
    information_means = paragraphs("Geen ruimte? Hoe vertelt u inwoners wat er gebeurt?")
    information_audience = paragraphs("Aan wie vertelt u het?")
    information_on = day("Wanneer vertelt u het?")


class CentralQuestionsForm(DutchForm):
    """The central questions."""

    central_questions = LinesField("Hoofdvragen", most=5)


class DecisionForm(DutchForm):
    """The decision that the outcome feeds."""

    decision_title = line("Hoe heet het onderwerp op de agenda van de raad?", most=300)
    decision_url = line("Link naar de agenda", most=500, also=(Regexp(r"^https?://[^\s]+$", 0, LINK),))
    bob_phase = choice("In welke fase is de raad?", ((p.value, t) for p, t in labels.BOB_PHASE.items()))
    papers_on = day("Wanneer gaan de stukken naar de raad?")
    decision_on = day("Wanneer is het besluit?")


class AnchorPointsForm(DutchForm):
    """What stands fixed."""

    anchor_points = LinesField("Ankerpunten", most=7)
    no_anchor_points = BooleanField("Er zijn geen ankerpunten: alles is nog open.")


class StakeholdersForm(DutchForm):
    """What the stakeholders share, and who is missing."""

    shared_interest = paragraphs("Wat willen al deze mensen samen?")
    missing_voices = paragraphs("Welke belangen mist het panel?")
    heard_beside = paragraphs("Hoe hoort u die mensen naast het panel?")
    consulted_at_start = paragraphs("Met welke inwoners hebt u al gesproken?")


class SizeForm(DutchForm):
    """How large the matter is, on seven-point scales."""


for _scale in SCALES:
    setattr(SizeForm, _scale.code, choice(_scale.label, ((str(n), str(n)) for n in range(1, 8))))


class AreaForm(DutchForm):
    """Where."""

    area_districts = SelectMultipleField("Welke wijken?", validate_choice=True)
    other_form_reason = paragraphs("Kiest u een andere vorm dan het panel? Schrijf op welke, en waarom.")


class LevelForm(DutchForm):
    """What will be done with the outcome: level and use in one choice."""

    level = choice("Kies één antwoord", [])

    def offer(self, ladder: tuple[Level, ...]) -> None:
        """Fill in the uses of each level that asks residents something."""
        offered = level_choices(ladder)
        self.level.choices = options(offered)
        self.level.validators = [MayWait(), AnyOf([v for v, _ in offered], message=KNOWN)]


def level_choices(ladder: tuple[Level, ...]) -> list[tuple[str, str]]:
    """Every use of every level that asks something, as one choice each."""
    return [
        (f"{level.code}:{use.code}", f"{level.label.capitalize()}: {use.label}")
        for level in ladder
        if asks_panel(level.code)
        for use in level.uses
    ]


class RuleForm(DutchForm):
    """How the outcome decides, when residents decide along."""

    rule_council_decision = line("Welk raadsbesluit zegt dat de raad de keuze volgt?", most=120)
    rule_options = paragraphs("Welke keuzes zijn er, binnen de ankerpunten?")
    rule_weighted = YesNoField("Tellen de antwoorden gewogen?")
    rule_majority = number("Hoeveel procent is een meerderheid?", low=50, high=100)
    rule_minimum_response = number("Hoeveel mensen moeten ten minste antwoorden?", low=1, high=100_000)
    rule_overlap = paragraphs("Wat gebeurt er als het verschil te klein is om zeker te zijn?")


class PromisesForm(DutchForm):
    """What is promised, when, and whom residents may call."""

    results_promised_on = day("Wanneer komen de resultaten?")
    feedback_promised_on = day("Wanneer vertelt u wat u ermee hebt gedaan?")
    contact_name = line("Wie kunnen inwoners bellen?", most=120)
    contact_phone = line("Op welk telefoonnummer?", most=40)


class ValuesForm(DutchForm):
    """The values test of the municipality."""

    values_answer = paragraphs("Uw antwoord op de toets")


class StakeholderForm(DutchForm):
    """One stakeholder."""

    name = line("Welke groep?", required="Noem de groep.")
    interest = line("Wat is hun belang?", required="Beschrijf het belang.", most=500)
    weight = choice("Hoe zwaar weegt dit belang?", ((str(n), str(n)) for n in range(1, 6)), required=True)
    effect = choice("Wat krijgt deze groep ervan?", ((e.value, labels.EFFECT[e]) for e in Effect), required=True)
    little_influence = BooleanField("Voor deze groep staat veel op het spel, maar ze heeft weinig invloed.")
    level = SelectField("Hoe doet deze groep mee?")
    plan_part = line("Voor welk deel van het plan?")
    heard_how = line("Hoe hoort u deze groep naast het panel?", most=500)

    def offer(self, ladder: tuple[Level, ...]) -> None:
        """Fill in the levels."""
        self.level.choices = options((v.code, v.label) for v in ladder)


class AdviceForm(DutchForm):
    """The griffie's advice on the form."""

    advice = paragraphs("Uw advies over de vorm (niet over de inhoud)", required="Schrijf uw advies op.")


class VerdictForm(DutchForm):
    """What the deciding body decided."""

    verdict = choice(
        "Wat is besloten?",
        [("accept", "Aanvaard: dit is de afspraak"), ("return", "Terug naar de indiener"), ("decline", "Afgewezen")],
        required=True,
    )
    number = line("Nummer van het besluit", most=80)
    decided_on = day("Datum van het besluit")
    reason = paragraphs("Reden (nodig bij terugsturen of afwijzen; openbaar bij afwijzen)")


class AmendForm(DutchForm):
    """A later change of the agreement."""

    name = SelectField("Wat wijzigt u?", choices=options(labels.AMENDABLE.items()))
    # the service refuses an unknown level; without this a change of something else would need one too
    level = SelectField("Nieuw niveau en gebruik (alleen bij wijzigen van het niveau)", validate_choice=False)
    value = line("Nieuwe tekst of datum (jjjj-mm-dd)", most=500)
    reason = paragraphs("Waarom?", required="Schrijf op waarom u de afspraak wijzigt.")

    def offer(self, ladder: tuple[Level, ...]) -> None:
        """Fill in levels and uses."""
        self.level.choices = options([("", "–"), *level_choices(ladder)])


FORMS: dict[str, type[Form]] = {
    "waarom": PurposeForm,
    "ruimte": RoomForm,
    "hoofdvragen": CentralQuestionsForm,
    "besluit": DecisionForm,
    "ankerpunten": AnchorPointsForm,
    "belanghebbenden": StakeholdersForm,
    "omvang": SizeForm,
    "gebied": AreaForm,
    "niveau": LevelForm,
    "beslisregel": RuleForm,
    "beloften": PromisesForm,
    "toets": ValuesForm,
}
ENUMS = {"municipality_role": MunicipalityRole, "bob_phase": BobPhase}


def initial(commission: Commission, step: Step) -> dict[str, Any]:
    """What a page shows when it opens."""
    if step.slug == "omvang":
        return {code: str(value) for code, value in commission.size_scales.items()}
    if step.slug == "niveau":
        return {"level": f"{commission.level}:{commission.intended_use}"}
    values = {name: getattr(commission, name) for name in step.fields}
    if step.lines:
        values[step.lines] = [row.text for row in getattr(commission, step.lines)]
    return values


def submitted(form: Form, step: Step) -> dict[str, Any]:
    """What a page hands to the service."""
    if step.slug == "omvang":
        return {"size_scales": {s.code: int(form[s.code].data) for s in SCALES if form[s.code].data}}
    if step.slug == "niveau":
        level, _, use = (form["level"].data or "").partition(":")
        return {"level": level, "intended_use": use}
    return {field.name: _value(field) for field in form}


def _value(field: Any) -> Any:
    if isinstance(field, YesNoField):
        return field.truth
    if field.name in ENUMS:
        return ENUMS[field.name](field.data) if field.data else None
    if field.data is None and field.name not in NULLABLE:
        return ""
    return field.data


NULLABLE = frozenset(
    {
        "information_on",
        "papers_on",
        "decision_on",
        "results_promised_on",
        "feedback_promised_on",
        "rule_majority",
        "rule_minimum_response",
    }
)
