"""The form that asks for the recovery of a key."""

from wtforms import TextAreaField

from core.form_fields import Form, longest, required, strip


class RecoveryForm(Form):
    """Why a key has to be recovered."""

    reason = TextAreaField(
        "Waarom is herstel nodig?",
        validators=[required("Schrijf op waarom. Deze reden is openbaar."), longest(1000)],
        filters=[strip],
    )
