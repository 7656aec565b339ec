"""Bodies that may not commission because feedback is overdue, and lifting that pause by a public decision."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.db import db
from core.errors import ConflictError
from core.web.access import Audience, allow
from surveys import queries_commission
from surveys.forms.obligation import LiftForm
from surveys.services import obligations
from surveys.views import blocking
from surveys.views.blueprints import clerk as bp

Page = str | Response | tuple[str, int]


@bp.get("/pauzes")
@allow(Audience.STAFF, "obligation.lift")
def pauses() -> str:
    """Which bodies are paused, and which pauses were lifted."""
    paused, lifted = queries_commission.pausing(), queries_commission.lifted()
    return render_template("surveys/clerk/pauses.html", paused=paused, lifted=lifted)


@bp.get("/pauzes/<public_id>")
@allow(Audience.STAFF, "obligation.lift")
def pause(public_id: str) -> Page:
    """What lifting does, before it happens."""
    return _page(public_id)


def _page(public_id: str, status: int = 200, **values: Any) -> tuple[str, int]:
    owed = queries_commission.get_owed(public_id)
    shown = {"form": LiftForm(formdata=None), "blocked": [], **values}
    active = obligations.pauses(owed.obligation)
    return render_template("surveys/clerk/pause.html", owed=owed, active=active, **shown), status


@bp.post("/pauzes/<public_id>")
@allow(Audience.STAFF, "obligation.lift")
def lift_pause(public_id: str) -> Page:
    """Record the decision that lifts the pause."""
    owed, form = queries_commission.get_owed(public_id), LiftForm()
    if not form.validate_on_submit():
        return _page(public_id, 422, form=form)
    values: dict[str, Any] = {name: form[name].data for name in ("decision", "decided_on", "url", "reason")}
    try:
        blocked = blocking.attempt(lambda: obligations.lift_pause(owed.obligation, **values))
    except ConflictError:
        db.session.rollback()
        flash("Er is nu geen pauze om op te heffen.", "warning")
        return redirect(url_for(".pauses"))
    if blocked:
        return _page(public_id, 409, form=form, blocked=blocked)
    flash("De pauze is opgeheven. Het besluit staat openbaar bij de afspraak en de vragenlijst.", "success")
    return redirect(url_for(".pauses"))
