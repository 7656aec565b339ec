"""The griffie's pages of the upkeep: rules with their preview and the log of what was done."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import settings, trace
from core.db import db
from core.errors import NotFoundError
from core.paging import Paging
from core.web.access import Audience, allow
from core.web.download import csv_file
from panel.labels import MEMBER_STATUS
from panel.models import UpkeepRule, UpkeepRun
from panel.queries import upkeep
from panel.services import upkeep as service
from panel.upkeep_labels import RULE
from panel.views.blueprints import CLERK


def _rule(value: str) -> UpkeepRule:
    if value not in set(UpkeepRule):
        abort(404)
    return UpkeepRule(value)


def _paging(total: int) -> Paging:
    return Paging(total, upkeep.PAGE_SIZE, request.args.get("pagina", 1, type=int))


@CLERK.get("/griffie/panel/onderhoud")
@allow(Audience.STAFF, "panel.keep_up")
def upkeep_rules() -> str:
    """Every rule with what it would touch now, and the log of the runs."""
    chosen = _chosen_rule()
    total = upkeep.count_runs(chosen)
    paging = _paging(total)
    kept: dict[str, Any] = {"regel": chosen.value} if chosen else {}
    return render_template(
        "panel/clerk/member_upkeep.html",
        rules=[(rule, RULE[rule], upkeep.count_due(rule), upkeep.is_on(rule)) for rule in UpkeepRule],
        runs=upkeep.runs(chosen, paging.number),
        total=total,
        words=RULE,
        chosen=chosen,
        export_url=url_for("panel_clerk.upkeep_runs_file", **kept),
        page=paging.number,
        pages=paging.pages,
        page_url=lambda n: url_for("panel_clerk.upkeep_rules", **kept, pagina=n, _anchor="gedaan"),
    )


def _chosen_rule() -> UpkeepRule | None:
    value = request.args.get("regel", "")
    return UpkeepRule(value) if value in set(UpkeepRule) else None


@CLERK.get("/griffie/panel/onderhoud.csv")
@allow(Audience.STAFF, "panel.keep_up")
def upkeep_runs_file() -> Response:
    """The log of the runs as a file."""
    rows = [
        (run.ran_on.isoformat(), RULE[run.rule].title, run.planned, run.touched, "ja" if run.finished_at else "nee")
        for run in db.session.scalars(upkeep.select_runs(_chosen_rule()))
    ]
    return csv_file("onderhoud", ("dag", "regel", "vooraf geteld", "geraakt", "klaar"), rows)


@CLERK.get("/griffie/panel/onderhoud/<rule>")
@allow(Audience.STAFF, "panel.keep_up")
def upkeep_rule(rule: str) -> str:
    """What a rule would touch now, by member number."""
    kind = _rule(rule)
    total = upkeep.count_due(kind)
    paging = _paging(total)
    return render_template(
        "panel/clerk/member_upkeep_rule.html",
        rule=kind,
        words=RULE[kind],
        is_on=upkeep.is_on(kind),
        always=kind in upkeep.ALWAYS_ON,
        total=total,
        members=upkeep.due_page(kind, paging.number),
        statuses=MEMBER_STATUS,
        rules=settings.municipal(),
        page=paging.number,
        pages=paging.pages,
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
