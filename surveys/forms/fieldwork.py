"""Forms of the fieldwork pages."""

from datetime import datetime

from wtforms import DateTimeLocalField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from core import clock
from core.form_fields import Form


class ExtensionForm(Form):
    """A later closing date with its public reason."""

    closes_at = DateTimeLocalField(
        "Nieuwe sluitingsdatum en tijd",
        format="%Y-%m-%dT%H:%M",
        validators=[InputRequired("Vul een datum en tijd in.")],
    )
    reason = TextAreaField(
        "Waarom sluit de vragenlijst later?",
        validators=[InputRequired("Schrijf op waarom. Deze reden is openbaar."), Length(max=1000)],
    )

    @property
    def closing(self) -> datetime:
        """The chosen moment, read as Amsterdam wall time."""
        wall = self.closes_at.data
        if wall is None:
            raise ValueError("the form was not validated")
        return clock.at_amsterdam(wall.date(), wall.time())


class PaperForm(Form):
    """The code of the group on a paper form; the answers follow the questionnaire."""

    # the dash keeps it apart from the questions, whose keys have none
    code = StringField(
        "Code op het formulier",
        validators=[InputRequired("Vul de code in die op het formulier staat.")],
        name="group-code",
    )
