"""Forms of a wave: its text, questions, plan, signatures."""

from typing import Any

from wtforms import BooleanField, DecimalField, EmailField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Email, InputRequired, NumberRange, Regexp

from core.form_fields import MayWait, options
from surveys.forms.fields import DutchForm, DutchTimeField, LinesField, day, line, number, paragraphs, strip
from surveys.models.wave import Question, Wave
from surveys.questionnaire import QuestionKind, QuestionSpec, WeightingPlan

KEY = "Gebruik kleine letters, cijfers en _; begin met een letter."
ASKED_BY_CONDITION = frozenset({QuestionKind.SINGLE, QuestionKind.SEVERAL})


class NewWaveForm(DutchForm):
    """The start of a questionnaire."""

    title = line("Titel voor inwoners", required="Geef de vragenlijst een titel.", most=150)


class WaveTextForm(DutchForm):
    """Text and dates."""

    title = line("Titel voor inwoners", required="Geef de vragenlijst een titel.", most=150)
    introduction = paragraphs("Inleiding: waar gaat het over?", most=2000)
    minutes = number("Hoeveel minuten duurt het invullen?", low=1, high=60)
    opens_on = day("Op welke dag gaat de vragenlijst open?")
    opens_time = DutchTimeField("Hoe laat?", validators=[MayWait()])
    closes_on = day("Op welke dag sluit de vragenlijst?")
    closes_time = DutchTimeField("Hoe laat sluit die?", validators=[MayWait()])


class QuestionForm(DutchForm):
    """What every kind of question has."""

    text = paragraphs("De vraag", required="Schrijf de vraag op.", most=300)
    hint = paragraphs("Uitleg bij de vraag", most=500)
    item_key = line("Kenmerk (blijft altijd gelijk)", most=40, also=(Regexp(r"^[a-z][a-z0-9_]*$", 0, KEY),))
    central_question = SelectField("Bij welke hoofdvraag hoort dit?", coerce=int)
    condition = SelectMultipleField("Alleen tonen na dit antwoord")
    sensitive = BooleanField("Gevoelig: gaat over politieke partij, gezondheid, geloof of afkomst")


class ListedForm(QuestionForm):
    """A question with a list of answers."""

    options = LinesField("Antwoorden", most=15, longest=120)


class ChoicesForm(ListedForm):
    """A list from which several may be chosen or ranked."""

    max_choices = number("Hoeveel mag iemand er kiezen?", low=1, high=15)


class MatrixForm(ListedForm):
    """Statements that share their answers."""

    items = LinesField("Stellingen", most=10, longest=200)


class ScoreForm(QuestionForm):
    """A score from 0 to 10."""

    low_label = line("Wat betekent de laagste score?", most=60)
    high_label = line("Wat betekent de hoogste score?", most=60)


class NumberForm(QuestionForm):
    """A number between bounds."""

    minimum = number("Laagste getal", low=-1_000_000, high=1_000_000)
    maximum = number("Hoogste getal", low=-1_000_000, high=1_000_000)


FORMS: dict[QuestionKind, type[QuestionForm]] = {
    QuestionKind.SINGLE: ListedForm,
    QuestionKind.SEVERAL: ChoicesForm,
    QuestionKind.MATRIX: MatrixForm,
    QuestionKind.SCORE: ScoreForm,
    QuestionKind.NUMBER: NumberForm,
    QuestionKind.OPEN: QuestionForm,
    QuestionKind.RANKING: ChoicesForm,
    QuestionKind.BUDGET: ListedForm,
}


def offer(form: QuestionForm, wave: Wave, before: list[QuestionSpec]) -> None:
    """Fill in the central questions and the answers of earlier questions that a condition may ask for."""
    form.central_question.choices = options((c.id, c.text) for c in wave.commission.central_questions)
    form.condition.choices = options(
        (f"{spec.item_key}:{option.value}", f"{spec.text} – {option.label}")
        for spec in before
        if spec.kind in ASKED_BY_CONDITION
        for option in spec.options
    )


def initial(question: Question) -> dict[str, Any]:
    """What the page of a question shows when it opens."""
    return {
        "text": question.text,
        "hint": question.hint,
        "item_key": question.item_key,
        "central_question": question.central_question_id,
        "condition": condition_values(question.condition),
        "sensitive": question.sensitive,
        "options": [o["label"] for o in question.options],
        "items": [i["label"] for i in question.items],
        "max_choices": question.max_choices,
        "low_label": question.low_label,
        "high_label": question.high_label,
        "minimum": int(question.minimum) if question.minimum is not None else None,
        "maximum": int(question.maximum) if question.maximum is not None else None,
    }


def submitted(form: QuestionForm, kind: QuestionKind, question: Question | None = None) -> dict[str, Any]:
    """What the page of a question hands to the service."""
    values: dict[str, Any] = {
        "text": form["text"].data,
        "hint": form.hint.data or "",
        "central_question_id": form.central_question.data,
        "condition": condition_document(form.condition.data or []),
        "sensitive": form.sensitive.data,
    }
    for name, before in (
        ("options", question.options if question else []),
        ("items", question.items if question else []),
    ):
        if name in form:
            values[name] = numbered(form[name].data, before, name[0])
    for name in ("max_choices", "minimum", "maximum"):
        if name in form:
            values[name] = form[name].data
    for name in ("low_label", "high_label"):
        if name in form:
            values[name] = form[name].data or ""
    if kind is QuestionKind.SCORE:
        values |= {"minimum": 0, "maximum": 10}
    return values


def numbered(labels: list[str], before: list[dict[str, str]], letter: str) -> list[dict[str, str]]:
    """Answers with values that stay the same when a label is kept, or mended on the same line."""
    known = {row["label"]: row["value"] for row in before}
    same_length = len(labels) == len(before)
    kept = [
        known.get(label) or (before[n]["value"] if same_length and before[n]["label"] not in labels else "")
        for n, label in enumerate(labels)
    ]
    fresh = iter(v for v in (f"{letter}{n}" for n in range(1, 200)) if v not in {*kept, *known.values()})
    return [{"value": value or next(fresh), "label": label} for value, label in zip(kept, labels, strict=True)]


def condition_document(chosen: list[str]) -> dict[str, Any] | None:
    """The chosen answers as a condition: one of them for each question, for all questions named."""
    by_question: dict[str, list[str]] = {}
    for pair in chosen:
        key, _, value = pair.partition(":")
        by_question.setdefault(key, []).append(value)
    parts = [{"if": key, "is": values} for key, values in by_question.items()]
    return None if not parts else parts[0] if len(parts) == 1 else {"all": parts}


def condition_values(condition: dict[str, Any] | None) -> list[str]:
    """A condition as the answers that were chosen for it."""
    if not condition:
        return []
    parts = condition.get("all", [condition])
    return [f"{part['if']}:{value}" for part in parts if "if" in part for value in part["is"]]


class PlanForm(DutchForm):
    """The weighting plan and the closed list of tables."""

    variables = SelectMultipleField("Waarop wegen we?")
    breakdowns = SelectMultipleField("Waarnaar splitsen we de uitkomsten uit?")
    weighting_only = SelectMultipleField("Wat gebruiken we alleen om te wegen?")
    trim_low = DecimalField("Laagste gewicht", places=2, validators=[NumberRange(0.05, 0.95, "Kies 0,05 tot 0,95.")])
    trim_high = DecimalField("Hoogste gewicht", places=2, validators=[NumberRange(1.05, 10, "Kies 1,05 tot 10.")])
    figure_set = RadioField(
        "Welke uitkomst is de uitkomst?",
        choices=options([("all", "Alle panelleden die antwoordden"), ("drawn", "Alleen panelleden die geloot zijn")]),
        validators=[InputRequired("Maak een keuze.")],
    )
    response_related = SelectMultipleField("Bij welke vragen hangt het antwoord samen met wel of niet antwoorden?")
    tables = SelectMultipleField("Welke tabellen komen er, naast het totaal?")

    def offer(self, variables: dict[str, str], specs: tuple[QuestionSpec, ...]) -> None:
        """Fill in the variables with figures and the questions."""
        offered = list(variables.items())
        for field in (self.variables, self.breakdowns, self.weighting_only):
            field.choices = options(offered)
        self.response_related.choices = options((s.item_key, s.text) for s in specs)
        self.tables.choices = options(
            (f"{s.item_key}:{variable}", f"{s.text} – naar {word}")
            for s in specs
            if s.kind is not QuestionKind.OPEN
            for variable, word in offered
        )

    def plan(self) -> WeightingPlan:
        """The plan that was filled in."""
        return WeightingPlan(
            variables=tuple(self.variables.data or ()),
            trim_low=float(self.trim_low.data or 0),
            trim_high=float(self.trim_high.data or 0),
            breakdowns=tuple(self.breakdowns.data or ()),
            weighting_only=tuple(self.weighting_only.data or ()),
            figure_set=self.figure_set.data,
            response_related=tuple(self.response_related.data or ()),
        )

    def chosen_tables(self) -> list[tuple[str, str]]:
        """The breakdowns that were chosen, as pairs of question and variable."""
        pairs = (choice.partition(":") for choice in self.tables.data or [])
        return [(key, variable) for key, _, variable in pairs]


def plan_initial(plan: WeightingPlan, tables: list[dict[str, str]]) -> dict[str, Any]:
    """What the page of the plan shows when it opens."""
    return {
        "variables": list(plan.variables),
        "breakdowns": list(plan.breakdowns),
        "weighting_only": list(plan.weighting_only),
        "trim_low": plan.trim_low,
        "trim_high": plan.trim_high,
        "figure_set": plan.figure_set,
        "response_related": list(plan.response_related),
        "tables": [f"{row['item_key']}:{row['by']}" for row in tables],
    }


class InviteSignatoryForm(DutchForm):
    """Somebody outside who is asked to sign."""

    name = line("Naam", required="Vul de naam in.", most=120)
    email = EmailField(
        "E-mailadres",
        filters=[strip],
        validators=[InputRequired("Vul het e-mailadres in."), Email("Vul een e-mailadres in, zoals naam@bedrijf.nl.")],
    )


class SignOutsideForm(DutchForm):
    """The signature of somebody outside."""

    name = line("Uw naam", required="Vul uw naam in.", most=120)
    function = line("Uw functie en organisatie", required="Vul uw functie en organisatie in.", most=200)
    agreed = BooleanField(
        "Ik heb de hele vragenlijst en het plan gezien en vind dat die zo weg kan.",
        validators=[InputRequired("Kruis aan dat u alles hebt gezien.")],
    )


class LateForm(DutchForm):
    """Going on without a second signature."""

    late_reason = paragraphs("Waarom kan niemand nu ondertekenen? Dit wordt openbaar.", most=500)


class ReasonForm(DutchForm):
    """A reason for something that cannot be undone."""

    reason = paragraphs("Waarom?", required="Schrijf de reden op.", most=1000)
