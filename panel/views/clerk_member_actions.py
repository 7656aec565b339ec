"""The griffie's pages of what waits for a person: the action list, reports of a death, the burden cap."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import settings, trace
from core.db import db
from core.errors import BlockedError, NotFoundError
from core.form_fields import options
from core.paging import Paging
from core.web.access import Audience, allow
from core.web.download import csv_file
from panel.life_forms import ReasonForm
from panel.models import BurdenException, Member
from panel.queries import actions, burden, departures
from panel.queries.actions import ActionFilter
from panel.queries.upkeep import PAGE_SIZE
from panel.services import burden as exceptions
from panel.services import deaths
from panel.upkeep_labels import ACTION
from panel.views.blueprints import CLERK
from panel.views.joining import Page


def _paging(total: int) -> Paging:
    return Paging(total, PAGE_SIZE, request.args.get("pagina", 1, type=int))


def _search() -> str:
    return request.args.get("zoek", "").strip()


def _wanted() -> ActionFilter:
    return ActionFilter(_search(), request.args.get("actie", ""))


@CLERK.get("/griffie/panel/actielijst")
@allow(Audience.STAFF, "panel.keep_up")
def member_actions() -> str:
    """What waits for a person: reports of a death, addresses that failed, calls to make."""
    chosen = _wanted()
    total = actions.count(chosen)
    paging = _paging(total)
    reports = departures.open_reports()
    if reports:
        trace.seen("death.view_reports", "panel", f"reports:{len(reports)}")
    kept: dict[str, Any] = {name: value for name, value in (("zoek", chosen.search), ("actie", chosen.action)) if value}
    return render_template(
        "panel/clerk/member_actions.html",
        reports=reports,
        member_of=lambda report: db.session.get(Member, report.member_id) if report.member_id else None,
        rows=actions.page(chosen, paging.number),
        total=total,
        chosen=chosen,
        words=ACTION,
        export_url=url_for("panel_clerk.member_actions_file", **kept),
        page=paging.number,
        pages=paging.pages,
        page_url=lambda n: url_for("panel_clerk.member_actions", **kept, pagina=n),
    )


@CLERK.get("/griffie/panel/actielijst.csv")
@allow(Audience.STAFF, "panel.keep_up")
def member_actions_file() -> Response:
    """The same list as a file, without names."""
    trace.seen("member.export", "panel", "actions")
    rows = [(ACTION[action].title, number) for action, number in actions.everything(_wanted())]
    return csv_file("actielijst", ("wat", "lidnummer"), rows)


@CLERK.post("/griffie/panel/actielijst/overleden")
@allow(Audience.STAFF, "panel.keep_up")
def handle_report() -> Response:
    """A report of a death was looked at."""
    found = next((r for r in departures.open_reports() if r.public_id == request.form.get("report")), None)
    if found is None:
        raise NotFoundError("no-such-report")
    member = db.session.get(Member, found.member_id) if found.member_id else None
    if request.form.get("outcome") == "confirmed" and member is not None:
        deaths.confirm(found, member)
        flash("De gegevens zijn gewist. Er gaat geen bericht meer naar dit adres.", "success")
    else:
        deaths.dismiss(found)
        flash("De melding is afgehandeld en gewist.", "success")
    db.session.commit()
    return redirect(url_for("panel_clerk.member_actions"))


def _burden(form: ReasonForm) -> str:
    titles = {wave.ref: wave.title for wave in exceptions.coming()}
    form.wave.choices = options([("", "Kies een vragenlijst"), *titles.items()])
    search = _search()
    total = burden.count_resting(search)
    paging = _paging(total)
    return render_template(
        "panel/clerk/member_burden.html",
        form=form,
        rules=settings.municipal(),
        resting=burden.resting_members(search, paging.number),
        total=total,
        search=search,
        page=paging.number,
        pages=paging.pages,
        page_url=lambda n: url_for("panel_clerk.burden_cap", zoek=search or None, pagina=n),
        export_url=url_for("panel_clerk.burden_file", zoek=search or None),
        exceptions=exceptions.exceptions(),
        titles=titles,
    )


@CLERK.get("/griffie/panel/belasting")
@allow(Audience.STAFF, "panel.keep_up")
def burden_cap() -> str:
    """Who rests because they were asked often enough, and the exceptions."""
    return _burden(ReasonForm(formdata=None, wave=request.args.get("vragenlijst", "")))


@CLERK.get("/griffie/panel/belasting.csv")
@allow(Audience.STAFF, "panel.keep_up")
def burden_file() -> Response:
    """Who rests, by member number, as a file without names."""
    trace.seen("member.export", "panel", "resting")
    return csv_file("rust-uit", ("lidnummer",), [[member.id] for member in burden.resting_members(_search())])


@CLERK.post("/griffie/panel/belasting")
@allow(Audience.STAFF, "panel.keep_up")
def allow_beyond_cap() -> Page:
    """Write down an exception with its reason."""
    form = ReasonForm()
    form.wave.choices = options((wave.ref, wave.title) for wave in exceptions.coming())
    if form.validate_on_submit():
        try:
            exceptions.allow_beyond_cap(form.wave.data or "", form.reason.data or "")
            db.session.commit()
            flash("De uitzondering is opgeschreven.", "success")
            return redirect(url_for("panel_clerk.burden_cap"))
        except BlockedError as blocked:
            db.session.rollback()
            form.reason.errors = [b.message for b in blocked.blockers]
    return _burden(form), 422


@CLERK.post("/griffie/panel/belasting/intrekken")
@allow(Audience.STAFF, "panel.keep_up")
def withdraw_exception() -> Response:
    """Take an exception back before the draw."""
    found = db.session.get(BurdenException, request.form.get("exception", 0, type=int))
    if found is None:
        raise NotFoundError("no-such-exception")
    exceptions.withdraw(found)
    db.session.commit()
    flash("De uitzondering is ingetrokken.", "success")
    return redirect(url_for("panel_clerk.burden_cap"))
