"""Forms of who a wave asks."""

from collections.abc import Mapping
from typing import Any

from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired

from core.form_fields import options
from panel.wave_samples import SamplePlan
from surveys.forms.fields import DutchForm, add_error, number

EVERYBODY, SAMPLE, SIZES = "everybody", "sample", "sizes"
LARGEST = 1_000_000


class SampleForm(DutchForm):
    """Everybody, a sample that follows the population, or a sample with numbers of one's own."""

    who = RadioField(
        "Wie nodigt u uit?",
        choices=options(
            [
                (EVERYBODY, "Iedereen die gevraagd kan worden"),
                (SAMPLE, "Een steekproef, verdeeld zoals de inwoners"),
                (SIZES, "Een steekproef met eigen aantallen per groep"),
            ]
        ),
        validators=[InputRequired("Maak een keuze.")],
    )
    n = number("Hoeveel mensen loot u?", low=1, high=LARGEST)
    by = SelectMultipleField("Verdeeld naar")

    def offer(self, variables: Mapping[str, str]) -> None:
        """Fill in the variables with figures that every member has."""
        self.by.choices = options(variables.items())

    def is_complete(self) -> bool:
        """Whether everything that the choice needs was filled in."""
        if not self.validate():
            return False
        if self.who.data != EVERYBODY and self.n.data is None:
            add_error(self.n, "Vul in hoeveel mensen u loot.")
        if self.who.data == SIZES and not self.by.data:
            add_error(self.by, "Kies naar welk kenmerk u de groepen maakt.")
        return not self.errors

    @property
    def chosen(self) -> tuple[str, ...]:
        """The variables that make the strata."""
        return tuple(self.by.data or ())


def sample_initial(plan: SamplePlan | None) -> dict[str, Any]:
    """What the page shows when it opens."""
    if plan is None:
        return {"who": EVERYBODY, "n": None, "by": ["age", "district"]}
    return {"who": SIZES if plan.own_sizes else SAMPLE, "n": plan.n, "by": list(plan.by)}
