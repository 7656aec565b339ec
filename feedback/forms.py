"""Forms of results and feedback: shape of input and Dutch messages; the rules of the domain are in the services."""

from wtforms import DateField, RadioField, SelectMultipleField, StringField, TextAreaField, URLField
from wtforms.validators import URL, DataRequired, Length, Optional

from core.form_fields import Form, MayWait, options, required, strip
from feedback.labels import OUTCOME
from feedback.models import Outcome
from feedback.services.answering import AnswerInput

LONG = Length(max=4000, message="Gebruik niet meer dan 4.000 tekens.")


class AnswerForm(Form):
    """The body's answer to one finding."""

    outcome = RadioField(
        "Wat is er besloten?",
        choices=options([(o.value, label) for o, label in OUTCOME.items()]),
        validators=[DataRequired("Kies wat er is besloten.")],
    )
    why = TextAreaField("Waarom?", filters=[strip], validators=[required("Vul in waarom."), LONG])
    decision_number = StringField("Nummer van het besluit", filters=[strip], validators=[MayWait(), Length(max=80)])
    decision_on = DateField("Datum van het besluit", validators=[MayWait()])
    vote = StringField("Stemming", filters=[strip], validators=[Optional(), Length(max=200)])
    link = URLField(
        "Link naar het besluit",
        filters=[strip],
        validators=[Optional(), URL(message="Vul een volledig webadres in, dat begint met https://"), Length(max=500)],
    )
    next_step = TextAreaField("Wat gebeurt er nu?", filters=[strip], validators=[MayWait(), LONG])
    next_on = DateField("Wanneer gebeurt dat?", validators=[MayWait()])
    undecided_until = DateField("Wanneer is er wel een besluit?", validators=[MayWait()])

    def validate(self, extra_validators: object = None) -> bool:
        """A postponed decision needs its date."""
        valid = bool(super().validate())
        if self.outcome.data == Outcome.UNDECIDED.value and self.undecided_until.data is None:
            message = "Vul in wanneer er wel een besluit is."
            self.undecided_until.errors = [*self.undecided_until.errors, message]
            return False
        return valid

    def to_input(self) -> AnswerInput:
        """The typed input of the service."""
        return AnswerInput(
            outcome=Outcome(self.outcome.data),
            why=self.why.data or "",
            decision_number=self.decision_number.data or "",
            decision_on=self.decision_on.data,
            vote=self.vote.data or "",
            link=self.link.data or "",
            next_step=self.next_step.data or "",
            next_on=self.next_on.data,
            undecided_until=self.undecided_until.data,
        )


class DecisionForm(Form):
    """A departure from the frozen weighting plan."""

    merges = SelectMultipleField("Groepen samennemen", validators=[Optional()])
    dropped = SelectMultipleField("Niet wegen op", validators=[Optional()])
    trim_high = StringField("Hoogste gewicht", filters=[strip], validators=[Optional()])
    reason = TextAreaField("Waarom wijkt u af?", filters=[strip], validators=[required("Vul de reden in."), LONG])

    def validate_trim_high(self, field: StringField) -> None:
        """A factor of the mean weight, above 1."""
        try:
            fits = 1 < float((field.data or "2").replace(",", ".")) <= 100
        except ValueError:
            fits = False
        if not fits:
            raise ValueError("Vul een getal in dat groter is dan 1, bijvoorbeeld 8.")

    @property
    def highest(self) -> float | None:
        """The new upper bound, or None when it stays."""
        return float(self.trim_high.data.replace(",", ".")) if self.trim_high.data else None


class FindingForm(Form):
    """The one finding that a council member may add."""

    sentence = TextAreaField("Uw bevinding", filters=[strip], validators=[required("Vul uw bevinding in."), LONG])
    not_concluded = TextAreaField("Wat mag men hier niet uit afleiden?", filters=[strip], validators=[Optional(), LONG])


class StatementForm(Form):
    """A signed statement."""

    text = TextAreaField("Uw verklaring", filters=[strip], validators=[required("Vul uw verklaring in."), LONG])
    signed_as = StringField(
        "Ondertekend door (naam en fractie)",
        filters=[strip],
        validators=[required("Vul in wie ondertekent."), Length(max=200)],
    )
