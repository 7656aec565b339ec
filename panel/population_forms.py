"""Forms of the population figures."""

from wtforms import FileField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from core.form_fields import Form, longest, options, required, strip
from panel.population_labels import IMPORTABLE, SET_KIND

YEAR = "Schrijf het jaar met vier cijfers, bijvoorbeeld 2025."


class UploadForm(Form):
    """A file with figures."""

    kind = RadioField(
        "Wat voor bestand is het?",
        [required("Kies wat voor bestand het is.")],
        choices=options((kind.value, SET_KIND[kind]) for kind in IMPORTABLE),
    )
    year = IntegerField("Jaar van de cijfers", [InputRequired(YEAR), NumberRange(2010, 2100, YEAR)])
    gm_code = StringField(
        "CBS-code van de gemeente",
        [required("Vul de code van de gemeente in."), Regexp(r"^GM\d{4}$", message="Schrijf de code als GM0355.")],
        filters=[strip],
    )
    file = FileField("Bestand (CSV, of ZIP met één CSV)")


class ChooseForm(Form):
    """Why these figures count from now on."""

    reason = StringField("Waarom kiest u deze cijfers?", [Optional(), longest(500)], filters=[strip])


class MergeForm(Form):
    """Two groups that may be taken together."""

    category = SelectField("Deze groep", [required("Kies een groep.")])
    merge_with = SelectField("mag samen met", [required("Kies een groep.")])
    preference = IntegerField(
        "Volgorde", [InputRequired("Vul een getal in."), NumberRange(1, 9, "Vul een getal in van 1 tot en met 9.")]
    )
    reason = StringField("Waarom?", [required("Schrijf op waarom."), longest(500)], filters=[strip])


class EndMergeForm(Form):
    """Why two groups may no longer be taken together."""

    reason = StringField("Waarom niet meer?", [required("Schrijf op waarom."), longest(500)], filters=[strip])


class LocalityForm(Form):
    """A kern and its buurten."""

    name = StringField("Naam van de kern", [required("Vul de naam van de kern in."), longest(120)], filters=[strip])
    codes = SelectMultipleField("Buurten in deze kern", option_widget=CheckboxInput(), widget=ListWidget())
