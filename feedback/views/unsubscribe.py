"""No more mails about one questionnaire, with one click from a mail of results or feedback."""

from flask import Blueprint, render_template

from core.actor import Actor, acting
from core.db import db
from core.errors import NotFoundError
from core.web import origins
from core.web.access import Audience, allow
from core.web.setup import csrf
from feedback import queries
from feedback.services import unsubscribing
from surveys.models import Invitation, Wave

blueprint = Blueprint("feedback_unsubscribe", __name__, url_prefix="/vragenlijsten/<slug>/geen-mails")


def _by_link(slug: str, token: str) -> tuple[Wave, Invitation]:
    wave = queries.get_wave(slug)
    try:
        return wave, unsubscribing.invitation_of(wave, token)
    except NotFoundError:
        origins.count_wrong_link()
        raise


def _page(wave: Wave, *, done: bool) -> str:
    return render_template("feedback/unsubscribe.html", wave=wave, done=done)


@blueprint.get("/<token>")
@allow(Audience.PUBLIC)
def ask(slug: str, token: str) -> str:
    """Say what unsubscribing does; reading it changes nothing."""
    return _page(_by_link(slug, token)[0], done=False)


@blueprint.post("/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]  # mail programs post here with one click and without a form
@allow(Audience.PUBLIC)
def stop(slug: str, token: str) -> str:
    """No more mails about this questionnaire; a second click changes nothing."""
    wave, asked = _by_link(slug, token)
    # not as the member or the address behind this browser: the log must not tell who stopped
    with acting(Actor(kind="invitation")):
        unsubscribing.unsubscribe(wave, asked)
        db.session.commit()
    return _page(wave, done=True)
