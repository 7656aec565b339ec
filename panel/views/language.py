"""The languages of the pages for who joins: chosen by a link, kept in the form cookie, spoken by page and form."""

from typing import Any

from flask import redirect, render_template, request, session
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms import SelectField

from core import links
from core.form_fields import Form, options
from core.web import context
from core.web.access import Audience, allow
from panel.views.blueprints import PUBLIC

START = "/meedoen"
JOINING = (
    "letter_code",
    "use_letter_code",
    "join",
    "submit_join",
    "confirm_email",
    "use_email_code",
    "joined",
    "waiting_list",
    "sign_up",
    "submit_sign_up",
)
context.translated(*(f"panel_public.{name}" for name in JOINING))


@PUBLIC.get("/taal/<code>")
@allow(Audience.PUBLIC)
def choose_language(code: str) -> Response:
    """Keep the language in the form cookie and go back to the page; changes nothing else."""
    if code in context.LANGUAGES:
        session[context.LANGUAGE_KEY] = code
    return redirect(links.local_path(request.args.get("terug", "")) or START)


def chosen_language() -> str:
    """The language of this page, which becomes that of the member's mails."""
    return context.locale()


def show(template: str, form: Form | None = None, **values: Any) -> str:
    """A page in the language of the visitor, with its form."""
    if form is not None and chosen_language() != context.LOCALE:
        speak(form)
    here = request.full_path if request.method == "GET" else request.path
    return render_template(template, form=form, here=here.removesuffix("?"), languages=LANGUAGE_NAMES, **values)


LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}


def speak(form: Form) -> None:
    """Put the words of a form in the language of the page; names of places stay as they are."""
    form.form_errors = [translate(message) for message in form.form_errors]
    for field in form:
        field.label.text = translate(field.label.text)
        field.errors = [translate(message) for message in field.errors]
        if isinstance(field, SelectField) and isinstance(field.choices, list):
            field.choices = options((str(c.value), translate(c.label)) for c in field.choices)


def translate(text: object) -> str:
    """A text in the language of the page; an empty text stays empty."""
    return gettext(str(text)) if str(text) else ""
