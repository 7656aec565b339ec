"""The keys of running waves: whether each is there, and recovery by two people. No page ever shows a key."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.db import db
from core.errors import ConflictError
from core.web import visitors
from core.web.access import Audience, allow
from surveys import labels, queries_keys
from surveys.forms.keys import RecoveryForm
from surveys.models import Wave
from surveys.queries_wave import get_wave
from surveys.services import wave_keys
from surveys.views import blocking
from surveys.views.blueprints import keys as bp

Page = str | Response | tuple[str, int]


@bp.get("")
@allow(Audience.STAFF, "wave_key.view")
def index() -> str:
    """Every wave that needs a key, with what its two stores have."""
    return render_template("surveys/keys/index.html", states=queries_keys.list_states())


@bp.get("/<public_id>")
@allow(Audience.STAFF, "wave_key.view")
def show(public_id: str) -> Page:
    """One key: what is missing, what recovery does, who is to act."""
    return _page(get_wave(public_id))


def _page(wave: Wave, status: int = 200, **values: Any) -> tuple[str, int]:
    state = queries_keys.state_of(wave)
    account = visitors.current().actor.account_id
    own = state.recovery is not None and state.recovery.asked_by_id == account
    shown = {"form": RecoveryForm(formdata=None), "blocked": [], **values}
    earlier = queries_keys.recoveries(wave)
    return render_template(
        "surveys/keys/show.html", state=state, wave=wave, own=own, earlier=earlier, functions=labels.FUNCTION, **shown
    ), status


@bp.post("/<public_id>/aanvragen")
@allow(Audience.STAFF, "wave_key.recover")
def ask(public_id: str) -> Page:
    """The first person asks for recovery."""
    wave, form = get_wave(public_id), RecoveryForm()
    if not form.validate_on_submit():
        return _page(wave, 422, form=form)
    try:
        blocked = blocking.attempt(lambda: wave_keys.ask(wave, reason=form.reason.data or ""))
    except ConflictError as error:
        return _conflict(public_id, error)
    if blocked:
        return _page(wave, 409, form=form, blocked=blocked)
    flash("Uw aanvraag staat klaar. Een ander moet die bevestigen.", "success")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/bevestigen/<recovery_id>")
@allow(Audience.STAFF, "wave_key.recover")
def confirm(public_id: str, recovery_id: str) -> Page:
    """A second person confirms; the worker puts the copy back."""
    wave = get_wave(public_id)
    recovery = queries_keys.get_recovery(wave, recovery_id)
    try:
        blocked = blocking.attempt(lambda: wave_keys.confirm(recovery))
    except ConflictError as error:
        return _conflict(public_id, error)
    if blocked:
        return _page(wave, 409, blocked=blocked)
    flash("Bevestigd. De sleutel wordt nu teruggezet. Dat duurt hooguit een minuut.", "success")
    return redirect(url_for(".show", public_id=public_id))


CONFLICTS = {
    "key-is-there": "De sleutel is er al. Herstel is niet nodig.",
    "recovery-asked-already": "Iemand vroeg al om herstel. Bevestig die aanvraag.",
    "recovery-confirmed-already": "Dit herstel is al bevestigd.",
}


def _conflict(public_id: str, error: ConflictError) -> Response:
    db.session.rollback()
    flash(CONFLICTS[error.code], "warning")
    return redirect(url_for(".show", public_id=public_id))
