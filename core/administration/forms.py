"""The forms of administration."""

from dataclasses import asdict
from datetime import date
from typing import Any

from wtforms import DateField, EmailField, Field, HiddenField, IntegerField, StringField, TextAreaField, URLField
from wtforms.validators import URL, AnyOf, InputRequired, NumberRange, Optional, Regexp, StopValidation

from core.administration.settings_fields import SETTINGS, Setting
from core.form_fields import Form, email_address, longest, strip
from core.settings import REQUIRED, MunicipalSettings

# the names under which the step plan of a commission knows its ladders
LADDERS = ("meeweten-meebeslissen", "informeren-meebeslissen")


def _number(setting: Setting) -> Any:
    message = f"Vul een getal in van {setting.minimum} tot en met {setting.maximum}."
    checks = [InputRequired(message), NumberRange(setting.minimum, setting.maximum, message)]
    return IntegerField(setting.label, checks)


def _stop_when_empty(_form: Any, field: Any) -> None:
    """Let a setting stay empty without calling it optional: it is needed before the first invitation."""
    if not (field.raw_data and field.raw_data[0].strip()):
        field.errors = []
        raise StopValidation


def _may_be_empty(setting: Setting) -> Any:
    return _stop_when_empty if setting.name in REQUIRED else Optional()


def _text(field: type[Field], setting: Setting, *checks: Any) -> Any:
    return field(setting.label, [_may_be_empty(setting), longest(2000), *checks], filters=[strip])


def _field(setting: Setting) -> Any:
    match setting.kind:
        case "number":
            return _number(setting)
        case "date":
            return DateField(setting.label, [_may_be_empty(setting)])
        case "email":
            return _text(EmailField, setting, email_address())
        case "url":
            return _text(URLField, setting, URL(message="Een goede link begint met https://."))
        case "time":
            return _text(StringField, setting, Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", message="Bijvoorbeeld 10:00."))
        case "ladder":
            return _text(StringField, setting, AnyOf(LADDERS, message=f"Vul {' of '.join(LADDERS)} in."))
        case "long":
            return _text(TextAreaField, setting)
        case _:
            return _text(StringField, setting)


class _SettingsBase(Form):
    """What the settings form has beside the settings themselves."""

    number = HiddenField()
    reason = StringField("Waarom wijzigt u dit?", [Optional(), longest(500)], filters=[strip])


SettingsForm: type[_SettingsBase] = type(
    "SettingsForm", (_SettingsBase,), {name: _field(setting) for name, setting in SETTINGS.items()}
)


def initial(settings: MunicipalSettings) -> dict[str, Any]:
    """The values with which the form opens."""
    values = asdict(settings)
    for name, setting in SETTINGS.items():
        if setting.kind == "date":
            values[name] = date.fromisoformat(values[name]) if values[name] else None
    return values


def to_settings(form: Form) -> MunicipalSettings:
    """The settings as the form holds them."""
    values: dict[str, Any] = {name: form.data[name] for name in SETTINGS}
    for name, value in values.items():
        if isinstance(value, date):
            values[name] = value.isoformat()
        elif value is None:
            values[name] = ""
    return MunicipalSettings(**values)
