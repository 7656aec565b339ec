"""Forms of a fair draw."""

import re

from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from core.form_fields import Form, longest, options, required, strip
from panel.draw_labels import OBJECTIVE
from panel.labels import VARIABLE
from panel.models import Area, DrawObjective
from panel.queries.draws import VARIABLES
from panel.services.selection import Choice, DrawPlan

NUMBER = "Vul een getal in."
SEATS = "Vul een getal in tussen 2 en 1.000."
PERCENT = "Vul een getal in tussen 0 en 50."


class NewDrawForm(Form):
    """What is drawn, for what, and out of whom."""

    title = StringField("Waarvoor loot u?", [required("Schrijf op waarvoor u loot."), longest(160)], filters=[strip])
    reason = StringField(
        "Waarom een loting?", [required("Leg in één zin uit waarom u loot."), longest(500)], filters=[strip]
    )
    seats = IntegerField("Aantal plaatsen", [InputRequired(NUMBER), NumberRange(2, 1000, SEATS)])
    talk_further = BooleanField("Alleen leden die willen doorpraten", default=True)
    drawn_only = BooleanField("Alleen leden die zelf ook geloot zijn")
    districts = SelectMultipleField("Alleen uit deze wijken", option_widget=CheckboxInput(), widget=ListWidget())
    numbers = StringField("Alleen deze lidnummers", [Optional(), longest(20_000)], filters=[strip])
    variables = SelectMultipleField(
        "Op welke kenmerken moet de groep lijken op alle inwoners?",
        [required("Kies ten minste één kenmerk.")],
        choices=options((name, VARIABLE[name]) for name in VARIABLES),
        default=list(VARIABLES[:3]),
        option_widget=CheckboxInput(),
        widget=ListWidget(),
    )
    tolerance = IntegerField("Speling", [InputRequired(NUMBER), NumberRange(0, 50, PERCENT)], default=10)
    objective = RadioField(
        "Wat is eerlijk?", choices=options((k.value, v) for k, v in OBJECTIVE.items()), default=DrawObjective.LEXIMIN
    )

    def offer_districts(self, areas: list[Area]) -> None:
        """Fill in the wijken to choose from."""
        self.districts.choices = options((area.code, area.name) for area in areas)

    def plan(self) -> DrawPlan:
        """The filled-in form as a plan."""
        return DrawPlan(
            title=self.title.data or "",
            reason=self.reason.data or "",
            seats=self.seats.data or 0,
            tolerance=(self.tolerance.data or 0) / 100,
            objective=DrawObjective(self.objective.data),
            variables=tuple(self.variables.data or ()),
            choice=Choice(
                talk_further=bool(self.talk_further.data),
                drawn_only=bool(self.drawn_only.data),
                districts=tuple(self.districts.data or ()),
                numbers=tuple(int(n) for n in re.findall(r"\d{1,12}", self.numbers.data or "")),
            ),
        )


class PublishDrawForm(Form):
    """Where the seed will come from, and when."""

    source = StringField(
        "Waar komt het lotnummer vandaan?",
        [required("Schrijf op waar het lotnummer vandaan komt."), longest(300)],
        filters=[strip],
    )
    on = DateField("Op welke dag is het lotnummer bekend?", [InputRequired("Kies een dag.")])


class SeedForm(Form):
    """The seed."""

    seed = StringField("Lotnummer", [required("Vul het lotnummer in."), longest(200)], filters=[strip])


class CancelDrawForm(Form):
    """Why a draw is called off."""

    because = StringField(
        "Waarom gaat de loting niet door?", [required("Schrijf op waarom."), longest(500)], filters=[strip]
    )
