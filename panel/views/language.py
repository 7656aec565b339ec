"""The languages of the pages for who joins: chosen by a link, kept in the form cookie, spoken by page and form."""

from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request, session
from werkzeug.wrappers import Response
from wtforms import SelectField

from core import links
from core.form_fields import Form, options
from core.web import context
from core.web.access import Audience, allow
from core.web.context import say
from panel.views.blueprints import MEMBER, PUBLIC

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
LEAVING = ("ask_proof", "show_proof", "death", "report_death", "death_reported")
SIGNING_IN = ("sign_in", "ask_code", "type_code", "use_code", "choose", "chosen", "code_link", "sign_out")
OWN_PAGES = (
    "profile",
    "save_profile",
    "confirm_profile",
    "new_email",
    "ask_new_email",
    "type_new_email_code",
    "use_new_email_code",
    "preferences",
    "save_preferences",
    "pause",
    "start_pause",
    "end_pause",
    "data",
    "renew_consent",
    "save_consent",
    "moved",
    "save_address",
    "move_away",
    "helper",
    "save_helper",
    "drop_helper",
    "stay",
    "stay_in",
    "leave",
    "confirm_leave",
    "left",
)
ASKED = "taal"
context.translated(*(f"panel_public.{name}" for name in (*JOINING, *LEAVING)))
context.translated(*(f"panel_member.{name}" for name in (*SIGNING_IN, *OWN_PAGES)))


@PUBLIC.get("/taal/<code>")
@allow(Audience.PUBLIC)
def choose_language(code: str) -> Response:
    """Keep the language in the form cookie and go back to the page; changes nothing else."""
    keep_language(code)
    return redirect(links.local_path(request.args.get("terug", "")) or START)


def _here() -> str:
    """This page, without the language that a mail asked for; the page after a form is that of its address alone."""
    kept = {name: text for name, text in request.args.items() if name != ASKED} if request.method == "GET" else {}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def keep_language(code: str) -> None:
    """From now on this browser sees its pages in a language, as far as they exist in it."""
    if code in context.LANGUAGES:
        session[context.LANGUAGE_KEY] = code


@PUBLIC.before_request
@MEMBER.before_request
def follow_mail() -> None:
    """The link of a mail opens in the language of that mail."""
    if ASKED in request.args:
        keep_language(request.args[ASKED])


def chosen_language() -> str:
    """The language of this page, which becomes that of the member's mails."""
    return context.locale()


def show(template: str, form: Form | None = None, **values: Any) -> str:
    """A page in the language of the visitor, with its forms; `here` is where the choice of language comes back to."""
    if chosen_language() != context.LOCALE:
        for one in (form, *values.values()):
            if isinstance(one, Form):
                speak(one)
    known = {"here": _here(), "languages": LANGUAGE_NAMES}
    return render_template(template, form=form, **known | values)


LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}


def speak(form: Form) -> None:
    """Put the words of a form in the language of the page; names of places stay as they are."""
    form.form_errors = [say(str(message)) for message in form.form_errors]
    for field in form:
        field.label.text = say(str(field.label.text))
        field.errors = [say(str(message)) for message in field.errors]
        if isinstance(field, SelectField) and isinstance(field.choices, list):
            field.choices = options((str(c.value), say(str(c.label))) for c in field.choices)
