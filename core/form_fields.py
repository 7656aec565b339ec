"""What all forms share: a typed base class with CSRF, options of a choice, and the Dutch of the ordinary faults."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import wtforms
from flask_wtf import FlaskForm
from wtforms import fields
from wtforms.validators import DataRequired, Email, Length, Optional

if TYPE_CHECKING:

    class Form(wtforms.Form):
        """What Flask-WTF's form is to the type checker."""

        def validate_on_submit(self) -> bool:
            """Whether this is a POST that passed every check."""
            return True
else:
    Form = FlaskForm

# the stubs of WTForms do not know SelectChoice yet; tuples are deprecated
_choice: Any = getattr(fields, "SelectChoice")  # noqa: B009  # hidden from the stubs on purpose


class MayWait(Optional):
    """May be left empty for now: nothing says "not required", because a later gate may ask for it."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}


def options(pairs: Iterable[tuple[Any, str]]) -> list[Any]:
    """The options of a select, radio or checkbox field from (value, label)."""
    return [_choice(value=value, label=label) for value, label in pairs]


def required(message: str = "Vul dit in.") -> DataRequired:
    """The field may not stay empty."""
    return DataRequired(message)


def longest(most: int) -> Length:
    """The text may have at most so many characters."""
    return Length(max=most, message=f"Gebruik niet meer dan {most} tekens.")


def email_address() -> Email:
    """The text must look like a mail address."""
    return Email("Dit is geen goed e-mailadres. Een goed adres is bijvoorbeeld naam@voorbeeld.nl.")


def strip(value: str | None) -> str | None:
    """Filter: the text without spaces around it."""
    return value.strip() if value else value
