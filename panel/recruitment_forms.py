"""Forms of recruitment: the letter plan, and what letters look like."""

from wtforms import BooleanField, DecimalField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from core.form_fields import Form, longest, options, required, strip
from panel import letter_texts
from panel.models import AddressWindow, LargeType, RecruitmentRound
from panel.recruitment_labels import LARGE_TYPE, WINDOW
from panel.services.planning import PlanInput
from panel.services.recruitment import LetterLooks

WHOLE = "Vul een heel getal in."
SHARE = "Vul een getal in tussen 0,1 en 90."


class ShareField(DecimalField):
    """A number with a comma or a point."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; raises ValueError in Dutch."""
        try:
            super().process_formdata([value.replace(",", ".") for value in valuelist])
        except ValueError as error:
            raise ValueError(SHARE) from error


class PlanForm(Form):
    """What a letter plan starts from."""

    target = IntegerField(
        "Hoeveel leden moet het panel hebben?", [InputRequired(WHOLE), NumberRange(50, 1_000_000, WHOLE)]
    )
    budget = IntegerField("Hoeveel brieven mogen het ten hoogste zijn?", [Optional(), NumberRange(0, 1_000_000, WHOLE)])
    budget_euros = IntegerField("Hoeveel geld is er voor brieven?", [Optional(), NumberRange(0, 10_000_000, WHOLE)])
    cents_per_letter = IntegerField(
        "Wat kost één brief, met porto?", [Optional(), NumberRange(1, 10_000, "Vul een getal in van 1 tot 10.000.")]
    )
    second_letter = BooleanField("Wie geen lid wordt, krijgt een tweede brief")
    prior_yield = ShareField("Van de 100 mensen die de eerste brief krijgen, worden lid", [NumberRange(0.1, 90, SHARE)])
    prior_second_yield = ShareField(
        "Van de 100 mensen die de tweede brief krijgen, worden lid",
        [InputRequired(SHARE), NumberRange(0.1, 90, SHARE)],
    )

    def plan_input(self) -> PlanInput:
        """The filled-in plan."""
        return PlanInput(
            target=self.target.data or 0,
            budget=self.budget.data,
            budget_euros=self.budget_euros.data,
            cents_per_letter=self.cents_per_letter.data,
            second_letter=bool(self.second_letter.data),
            prior_yield=float(self.prior_yield.data or 0) / 100,
            prior_second_yield=float(self.prior_second_yield.data or 0) / 100,
        )


class LooksForm(Form):
    """What the letters of a round look like."""

    address_window = RadioField(
        "Waar zit het venster van de envelop?",
        [required("Kies links of rechts.")],
        choices=options((k.value, v) for k, v in WINDOW.items()),
    )
    address_top = IntegerField(
        "Hoe ver staat het adres van de bovenkant?",
        [InputRequired(WHOLE), NumberRange(30, 70, "Kies 30 tot en met 70.")],
    )
    large_type = RadioField(
        "Wie krijgt grote letters?",
        [required("Kies wie grote letters krijgt.")],
        choices=options((k.value, v) for k, v in LARGE_TYPE.items()),
    )
    second_language = RadioField("Ook in een tweede taal, op de volgende bladzijde?", choices=[])

    def offer_languages(self) -> "LooksForm":
        """Fill in the languages there is a letter in."""
        others = [(code, name) for code, name in letter_texts.languages().items() if code != letter_texts.DUTCH]
        self.second_language.choices = options([("", "nee"), *others])
        return self

    def looks(self) -> LetterLooks:
        """The filled-in looks."""
        return LetterLooks(
            address_window=AddressWindow(self.address_window.data),
            address_top=self.address_top.data or 0,
            large_type=LargeType(self.large_type.data),
            second_language=self.second_language.data or "",
        )

    @classmethod
    def of(cls, found: RecruitmentRound) -> "LooksForm":
        """The looks as they are now."""
        names = ("address_top", "second_language")
        values = {name: getattr(found, name) for name in names}
        values |= {"address_window": found.address_window.value, "large_type": found.large_type.value}
        return cls(formdata=None, data=values).offer_languages()


class PrintAgainForm(Form):
    """Why a batch is printed again."""

    reason = StringField("Waarom zijn deze brieven opnieuw nodig?", [Optional(), longest(300)], filters=[strip])
