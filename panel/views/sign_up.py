"""Open sign-up: for who got no letter. Bots are kept out without a third party."""

import secrets

from flask import redirect, url_for
from werkzeug.wrappers import Response

from core import settings
from core.db import db
from core.web.access import Audience, allow
from panel import queries
from panel.forms import SignUpForm, add_faults
from panel.labels import PROFILE_FAULT
from panel.profiles import ProfileRefusedError
from panel.services import joining
from panel.views import browser
from panel.views.blueprints import PUBLIC
from panel.views.joining import Page
from panel.views.language import chosen_language, show
from panel.views.profile_faults import tell_the_rest

TOO_QUICK = "Dit ging erg snel. Kijk uw gegevens na en verstuur ze nog een keer."


@PUBLIC.get("/aanmelden")
@allow(Audience.PUBLIC)
def sign_up() -> Page:
    """The form of open sign-up."""
    form = SignUpForm(started=browser.timing_token())
    form.offer_districts(queries.districts())
    return show("panel/public/sign_up.html", form=form, minimum_age=settings.municipal().minimum_age)


@PUBLIC.post("/aanmelden")
@allow(Audience.PUBLIC)
def submit_sign_up() -> Page:
    """Sign up; the answer is the same for who is known already."""
    form = SignUpForm()
    form.offer_districts(queries.districts())
    browser.count_mail(form.email.data or "")
    if form.website.data:
        return _go_on(secrets.token_urlsafe(16))
    valid, human = form.validate_on_submit(), _human(form)
    if valid and human:
        try:
            return _sign_up(form)
        except ProfileRefusedError as refused:
            db.session.rollback()
            add_faults(form, refused.faults, PROFILE_FAULT)
    else:
        tell_the_rest(form)
    form.started.data = browser.timing_token()
    return show("panel/public/sign_up.html", form=form, minimum_age=settings.municipal().minimum_age), 422


def _human(form: SignUpForm) -> bool:
    if browser.opened_long_enough(form.started.data or ""):
        return True
    form.form_errors.append(TOO_QUICK)
    return False


def _sign_up(form: SignUpForm) -> Response:
    outcome = joining.sign_up(
        profile=form.profile(form.email.data, form.address(), chosen_language()),
        consents=form.consents(),
        browser_key=browser.key(),
    )
    db.session.commit()
    return _go_on(outcome.request.public_id if outcome.request else "")


def _go_on(public_id: str) -> Response:
    browser.keep("confirm", public_id)
    return redirect(url_for("panel_public.confirm_email"))
