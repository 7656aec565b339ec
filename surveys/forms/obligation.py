"""The form that records how a body lifted its pause."""

from wtforms import StringField, TextAreaField

from core.form_fields import Form, MayWait, longest, required, strip
from surveys.forms.fields import DutchDateField


class LiftForm(Form):
    """The public decision: number, date, link and reason."""

    decision = StringField(
        "Nummer van het besluit",
        validators=[required("Vul het nummer van het besluit in."), longest(120)],
        filters=[strip],
    )
    decided_on = DutchDateField("Datum van het besluit", validators=[MayWait()])
    url = StringField(
        "Link naar het besluit",
        validators=[required("Vul de link naar het besluit in."), longest(500)],
        filters=[strip],
    )
    reason = TextAreaField(
        "Waarom heft het orgaan de pauze op?",
        validators=[required("Schrijf op waarom. Deze reden is openbaar."), longest(2000)],
        filters=[strip],
    )
