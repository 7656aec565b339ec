"""The griffie's pages of the upkeep: rules with their preview and log, what waits for a person, the burden cap."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import settings, trace
from core.db import db
from core.errors import BlockedError, NotFoundError
from core.form_fields import options
from core.web.access import Audience, allow
from core.web.download import csv_file
from panel.labels import MEMBER_STATUS
from panel.life_forms import ReasonForm
from panel.models import BurdenException, Member, UpkeepRule, UpkeepRun
from panel.queries import actions, burden, departures, upkeep
from panel.services import burden as exceptions
from panel.services import deaths
from panel.services import upkeep as service
from panel.upkeep_labels import RULE
from panel.views.blueprints import CLERK
from panel.views.joining import Page


def _rule(value: str) -> UpkeepRule:
    if value not in set(UpkeepRule):
        abort(404)
    return UpkeepRule(value)


def _page() -> int:
    return max(1, request.args.get("pagina", 1, type=int))


def _pages(total: int) -> int:
    return max(1, -(-total // upkeep.PAGE_SIZE))


@CLERK.get("/griffie/panel/onderhoud")
@allow(Audience.STAFF, "panel.keep_up")
def upkeep_rules() -> str:
    """Every rule with what it would touch now, and the newest runs."""
    runs, total = upkeep.runs(None, _page())
    return render_template(
        "panel/clerk/member_upkeep.html",
        rules=[(rule, RULE[rule], upkeep.count_due(rule), upkeep.is_on(rule)) for rule in UpkeepRule],
        runs=runs,
        words=RULE,
        page=_page(),
        pages=_pages(total),
        page_url=lambda n: url_for("panel_clerk.upkeep_rules", pagina=n),
    )


@CLERK.get("/griffie/panel/onderhoud/<rule>")
@allow(Audience.STAFF, "panel.keep_up")
def upkeep_rule(rule: str) -> str:
    """What a rule would touch now, by member number."""
    kind = _rule(rule)
    total = upkeep.count_due(kind)
    page = min(_page(), _pages(total))
    return render_template(
        "panel/clerk/member_upkeep_rule.html",
        rule=kind,
        words=RULE[kind],
        is_on=upkeep.is_on(kind),
        always=kind in upkeep.ALWAYS_ON,
        total=total,
        members=upkeep.due_page(kind, page),
        statuses=MEMBER_STATUS,
        rules=settings.municipal(),
        page=page,
        pages=_pages(total),
        page_url=lambda n: url_for("panel_clerk.upkeep_rule", rule=kind.value, pagina=n),
    )


@CLERK.get("/griffie/panel/onderhoud/<rule>.csv")
@allow(Audience.STAFF, "panel.keep_up")
def upkeep_rule_file(rule: str) -> Response:
    """The numbers that a rule would touch, as a file without names."""
    kind = _rule(rule)
    trace.seen("member.export", "panel", f"upkeep:{kind.value}")
    numbers = db.session.scalars(upkeep.due(kind))
    return csv_file(f"onderhoud-{kind.value}", ("lidnummer",), [[number] for number in numbers])


@CLERK.post("/griffie/panel/onderhoud/<rule>/schakelen")
@allow(Audience.STAFF, "panel.keep_up")
def switch_rule(rule: str) -> Response:
    """Switch a rule on or off."""
    kind, on = _rule(rule), request.form.get("on") == "1"
    service.switch(kind, on=on)
    db.session.commit()
    flash(f"De regel staat nu {'aan' if on else 'uit'}.", "success")
    return redirect(url_for("panel_clerk.upkeep_rule", rule=kind.value))


@CLERK.post("/griffie/panel/onderhoud/<rule>/uitvoeren")
@allow(Audience.STAFF, "panel.keep_up")
def run_rule(rule: str) -> Response:
    """Let the worker execute a rule now."""
    kind = _rule(rule)
    run = service.order(kind)
    db.session.commit()
    if run is None:
        flash("Deze regel raakt nu niemand.", "info")
        return redirect(url_for("panel_clerk.upkeep_rule", rule=kind.value))
    return redirect(url_for("panel_clerk.upkeep_run", public_id=run.public_id))


def _run(public_id: str) -> UpkeepRun:
    run = upkeep.run_of(public_id)
    if run is None:
        raise NotFoundError("no-such-run")
    return run


@CLERK.get("/griffie/panel/onderhoud/uitvoering/<public_id>")
@allow(Audience.STAFF, "panel.keep_up")
def upkeep_run(public_id: str) -> str:
    """One run: how far it is and whom it touched."""
    run = _run(public_id)
    return render_template(
        "panel/clerk/member_upkeep_run.html",
        run=run,
        words=RULE[run.rule],
        numbers=db.session.scalars(upkeep.touched(run).limit(500)).all(),
    )


@CLERK.get("/griffie/panel/onderhoud/uitvoering/<public_id>.csv")
@allow(Audience.STAFF, "panel.keep_up")
def upkeep_run_file(public_id: str) -> Response:
    """The numbers that a run touched, as a file without names."""
    run = _run(public_id)
    trace.seen("member.export", "panel", f"upkeep-run:{run.public_id}")
    rows = [[number] for number in db.session.scalars(upkeep.touched(run))]
    return csv_file(f"onderhoud-{run.rule.value}-{run.ran_on}", ("lidnummer",), rows)


@CLERK.get("/griffie/panel/actielijst")
@allow(Audience.STAFF, "panel.keep_up")
def member_actions() -> str:
    """What waits for a person: reports of a death, addresses that failed, calls to make."""
    return render_template(
        "panel/clerk/member_actions.html",
        reports=departures.open_reports(),
        member_of=lambda report: db.session.get(Member, report.member_id) if report.member_id else None,
        lists=actions.lists(),
    )


@CLERK.get("/griffie/panel/actielijst.csv")
@allow(Audience.STAFF, "panel.keep_up")
def member_actions_file() -> Response:
    """The same list as a file, without names."""
    trace.seen("member.export", "panel", "actions")
    rows = [(found.title, member.id) for found in actions.lists() for member in found.members]
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
    return render_template(
        "panel/clerk/member_burden.html",
        form=form,
        rules=settings.municipal(),
        resting=burden.resting_members(),
        exceptions=exceptions.exceptions(),
        titles=titles,
    )


@CLERK.get("/griffie/panel/belasting")
@allow(Audience.STAFF, "panel.keep_up")
def burden_cap() -> str:
    """Who rests because they were asked often enough, and the exceptions."""
    return _burden(ReasonForm(formdata=None, wave=request.args.get("vragenlijst", "")))


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
