"""Fields that several forms share: trimmed text, optional dates and times in Dutch, one item a line, yes or no."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from wtforms import DateField, Field, Form, IntegerField, RadioField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import TextArea

from core.form_fields import MayWait, options


class DutchForm(Form):
    """A form whose own messages are Dutch; the token against forged requests is checked before it."""

    class Meta:
        """Language of WTForms' own messages."""

        locales = ("nl_NL", "nl")


def strip(value: Any) -> Any:
    """Text without the spaces around it; line ends as one newline."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def line(label: str, *, required: str = "", most: int = 200, also: Sequence[Any] = ()) -> StringField:
    """One line of text; `required` is the message when it is empty."""
    needed: list[Any] = [InputRequired(required)] if required else [MayWait()]
    too_long = Length(max=most, message=f"Gebruik hooguit {most} tekens.")
    return StringField(label, filters=[strip], validators=[*needed, too_long, *also])


def paragraphs(label: str, *, required: str = "", most: int = 4000) -> TextAreaField:
    """Some paragraphs of text."""
    needed: list[Any] = [InputRequired(required)] if required else [MayWait()]
    too_long = Length(max=most, message=f"Gebruik hooguit {most} tekens.")
    return TextAreaField(label, filters=[strip], validators=[*needed, too_long])


def day(label: str, *, required: str = "") -> DateField:
    """A date; empty is allowed unless a message says why not."""
    needed: list[Any] = [InputRequired(required)] if required else [MayWait()]
    return DutchDateField(label, validators=needed)


def number(label: str, *, low: int, high: int) -> IntegerField:
    """A whole number between two bounds, or nothing."""
    outside = f"Vul een getal in van {low} tot en met {high}."
    return DutchIntegerField(label, validators=[MayWait(), NumberRange(low, high, outside)])


class DutchDateField(DateField):
    """A date whose message says how to write it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the date; the message names an example."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Vul een datum in, bijvoorbeeld 2027-03-31.") from error


class DutchTimeField(TimeField):
    """A time whose message says how to write it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the time; the message names an example."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Vul een tijd in, bijvoorbeeld 09:00.") from error


class DutchIntegerField(IntegerField):
    """A whole number whose message is Dutch."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Vul een heel getal in.") from error


class LinesField(Field):
    """A list of texts, one a line."""

    widget: Any = TextArea()
    data: list[str]

    def __init__(self, label: str, *, most: int, longest: int = 300, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.most, self.longest = most, longest

    def _value(self) -> str:
        return "\n".join(self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Split into lines and drop the empty ones."""
        lines = [part.strip() for part in (valuelist[0] if valuelist else "").splitlines()]
        self.data = [part for part in lines if part]
        if len(self.data) > self.most:
            raise ValueError(f"Schrijf hooguit {self.most} regels.")
        if any(len(part) > self.longest for part in self.data):
            raise ValueError(f"Gebruik per regel hooguit {self.longest} tekens.")


class YesNoField(RadioField):
    """Yes, no, or not answered yet."""

    def __init__(self, label: str, *, yes: str = "Ja", no: str = "Nee", **kwargs: Any) -> None:
        answers = options([("yes", yes), ("no", no)])
        super().__init__(label, choices=answers, validators=[MayWait()], coerce=str, **kwargs)

    def process_data(self, value: Any) -> None:
        """Show a stored truth value as yes or no."""
        self.data = {True: "yes", False: "no"}.get(value)

    @property
    def truth(self) -> bool | None:
        """The chosen truth value."""
        return {"yes": True, "no": False}.get(self.data or "")


def moment(day_value: date | None, time_value: time | None) -> tuple[date, time] | None:
    """A day and a time on the wall clock, or None when one of them is missing."""
    return (day_value, time_value) if day_value and time_value else None


def add_error(field: Field, message: str) -> None:
    """Put a message of the domain at a field."""
    field.errors = [*_texts(field.errors), message]


def _texts(errors: Sequence[Any]) -> list[Any]:
    return list(errors)
