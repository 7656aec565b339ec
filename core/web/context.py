"""What every template knows: the site, the visitor, the navigation; and the filters for dates and numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, current_app, has_request_context, request, session
from flask_babel import gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from core import clock, settings
from core.config import Config
from core.web import form_errors, visitors

LOCALE = "nl"
LANGUAGES = ("nl", "en")
# where the form cookie keeps the language
LANGUAGE_KEY = "language"
_translated: set[str] = set()
NEUTER = ("presidium", "college", "bestuur", "seniorenconvent", "algemeen bestuur", "dagelijks bestuur")


@dataclass(frozen=True)
class Site:
    """What the header and footer need."""

    name: str
    municipality: str
    demonstration: bool
    telephone: str
    email: str


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation."""

    label: str
    url: str
    current: bool = False


NavBuilder = Callable[[visitors.Visitor], list[NavItem]]


class _Nav:
    build: NavBuilder | None = None


def navigation(builder: NavBuilder) -> None:
    """Register how the navigation is built for a visitor (the portal knows all pages)."""
    _Nav.build = builder


def config() -> Config:
    """The configuration of the running application."""
    found: Config = current_app.config["PANEL"]
    return found


def translated(*endpoints: str) -> None:
    """Name the pages that exist in every language; all others stay wholly Dutch."""
    _translated.update(endpoints)


def locale() -> str:
    """The language of a translated page: what the form cookie says, else that of the member; of all others Dutch."""
    if not has_request_context() or request.endpoint not in _translated:
        return LOCALE
    chosen = session.get(LANGUAGE_KEY) or getattr(visitors.current().subject, "language", "")
    return chosen if chosen in LANGUAGES else LOCALE


def say(message: str, **values: Any) -> str:
    """Words outside a template in the language of the request; empty words stay empty."""
    text = message if not message or locale() == LOCALE else gettext(message)
    return text % values if values else text


@pass_eval_context
def translate(where: EvalContext, message: str, /, **values: Any) -> str:
    """The words of a template in the language of the request; Dutch is the key, so a Dutch page looks nothing up."""
    text = say(message)
    text = Markup(text) if where.autoescape else text  # noqa: S704  # our own words, with the values escaped
    return text % values if "%" in text else text


def site() -> Site:
    """The site as the municipality named it."""
    try:
        s = settings.municipal()
    except SQLAlchemyError:  # the page that tells of a broken database needs a header too
        s = settings.MunicipalSettings()
    return Site(
        name=s.panel_name or "Inwonerspanel",
        municipality=s.municipality,
        demonstration=config().demonstration,
        telephone=s.telephone,
        email=s.email,
    )


def long_date(value: date | datetime | None) -> str:
    """3 december 2026 in the language of the page; an instant is shown in Amsterdam."""
    if value is None:
        return ""
    day = clock.to_amsterdam(value).date() if isinstance(value, datetime) else value
    return format_date(day, format="d MMMM y", locale=locale())


def short_date(value: date) -> str:
    """3 dec: under a column of a chart, where the year is clear from the page."""
    return format_date(value, format="d MMM", locale=LOCALE).rstrip(".")


def moment(value: datetime | None) -> str:
    """3 december 2026, 14:05 in Amsterdam."""
    return "" if value is None else format_datetime(clock.to_amsterdam(value), "d MMMM y, HH:mm", locale=locale())


def with_article(name: str) -> str:
    """The name of a body inside a sentence: het presidium, de raadscommissie Ruimte."""
    if not name or name.split()[0].casefold() in ("de", "het"):
        return name
    article = "het" if name.casefold().startswith(NEUTER) else "de"
    return f"{article} {name[0].lower()}{name[1:]}"


def opening(text: str) -> str:
    """The same words at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def number(value: float | None, digits: int = 0) -> str:
    """1.500 or 3,5; on a page in English 1,500 or 3.5."""
    if value is None:
        return ""
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return format_decimal(round(value, digits), format=pattern, locale=locale())


def _values() -> dict[str, Any]:
    visitor = visitors.current()
    build = _Nav.build
    return {
        "site": site(),
        "visitor": visitor,
        "language": locale(),
        # asked for by the pages that show the menu: the pages of a questionnaire do not
        "nav_items": lambda: build(visitor) if build and request.endpoint else [],
    }


def init_app(app: Flask) -> None:
    """Give templates the context and the filters."""
    app.context_processor(_values)
    app.jinja_env.filters.update(
        long_date=long_date,
        short_date=short_date,
        moment=moment,
        number=number,
        with_article=with_article,
        opening=opening,
        faults=form_errors.summary_of,
    )
    app.jinja_env.globals.update(_=translate, gettext=translate)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
