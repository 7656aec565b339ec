"""The faults of a form as its summary lists them: each message once, told apart where fields say the same."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from wtforms import Field, FieldList, Form, FormField

Fault = tuple[str, str]
NOT_SHOWN = {"CSRFTokenField", "HiddenField"}


def summary_of(form: Form) -> list[Fault]:
    """Return (id of the input, or nothing; text) per fault; a message that several fields give names its field."""
    faults = list(_faults(form))
    times = Counter(_shape(message) for _field, message in faults)
    return [_told(field, message, apart=times[_shape(message)] > 1) for field, message in faults]


def _shape(message: str) -> str:
    """A message without its numbers: ‘from 1 to 30’ and ‘from 1 to 90’ do not tell fields apart either."""
    return re.sub(r"\d[\d.]*", "0", message)


def _faults(form: Any) -> Iterator[tuple[Field | None, str]]:
    for message in getattr(form, "form_errors", []):
        yield None, message
    for field in form:
        yield from _of_field(field)


def _of_field(field: Field) -> Iterator[tuple[Field | None, str]]:
    if isinstance(field, FormField):
        yield from _faults(field.form)
    elif isinstance(field, FieldList):
        for entry in field.entries:
            yield from _of_field(entry)
    else:
        yield from ((field, str(message)) for message in field.errors)


def _told(field: Field | None, message: str, *, apart: bool) -> Fault:
    if field is None or field.type in NOT_SHOWN:
        return "", message
    label = str(field.label.text).rstrip("?:. ")
    return field.id, f"{label}: {message[:1].lower()}{message[1:]}" if apart else message
