"""Pages of the griffie on questionnaires in design: the list, one questionnaire, its text, plan and what is missing."""

from datetime import time
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import clock, settings
from core.db import db
from core.errors import NotFoundError
from core.permissions import permitted
from core.web.access import Audience, allow
from core.web.download import csv_file
from surveys import labels, queries_wave
from surveys.closed_periods import closed_periods, warnings
from surveys.forms.fields import moment
from surveys.forms.wave import PlanForm, ReasonForm, WaveTextForm, plan_initial
from surveys.freezing import design_hash, plan_of, sample_of, specs, tables_of
from surveys.lifecycle import WaveStatus
from surveys.models.wave import Wave
from surveys.queries_wave import WaveFilter
from surveys.services import design, readiness
from surveys.views import blocking, loading
from surveys.views.blueprints import clerk as bp
from surveys.wave_gates import design_blockers

HERE = "/vragenlijsten/<public_id>"
NINE, LAST_MINUTE = time(9, 0), time(23, 59)


def wanted() -> WaveFilter:
    """What the visitor looks for."""
    return WaveFilter(
        search=request.args.get("zoek", ""),
        status=request.args.get("status", ""),
        page=request.args.get("pagina", 1, type=int),
    )


@bp.get("/vragenlijsten")
@allow(Audience.STAFF, "wave.list")
def waves() -> str:
    """All questionnaires."""
    chosen = wanted()
    return render_template(
        "surveys/clerk/waves.html",
        page=queries_wave.list_waves(chosen),
        wanted=chosen,
        statuses=labels.WAVE_STATUS,
        sees_commissions=permitted("commission.advise"),
    )


@bp.get("/vragenlijsten.csv")
@allow(Audience.STAFF, "wave.list")
def waves_export() -> Response:
    """The same list as a file."""
    headers = ["titel", "opdracht", "status", "open", "sluit", "vragen"]
    rows = [
        [
            w.title,
            w.commission.title,
            labels.WAVE_STATUS[w.status][0],
            w.opens_wall.replace("T", " "),
            w.closes_wall.replace("T", " "),
            str(len(w.questions)),
        ]
        for w in db.session.scalars(queries_wave.select_waves(wanted()))
    ]
    return csv_file("vragenlijsten", headers, rows)


@bp.get(HERE)
@allow(Audience.STAFF, "wave.view")
def wave(public_id: str) -> str:
    """One questionnaire: what it holds, what is still missing, what can be done now."""
    return wave_page(loading.wave(public_id))


def wave_page(found: Wave, blocked: list[blocking.Item] | None = None, reason: ReasonForm | None = None) -> str:
    """The page of one questionnaire."""
    facts = queries_wave.facts(found)
    in_design = found.status is WaveStatus.DESIGN
    return render_template(
        "surveys/clerk/wave.html",
        wave=found,
        labels=labels,
        missing=blocking.items(design_blockers(found, facts)) if in_design else [],
        signed=queries_wave.valid_sign_off(found),
        late=queries_wave.open_late_mark(found),
        fingerprint=design_hash(found),
        sees_commission=permitted("commission.advise"),
        may_edit=in_design and permitted("wave.edit", found),
        may_go_back=found.status is WaveStatus.READY and found.first_invited_at is None,
        may_cancel=found.status in (WaveStatus.DESIGN, WaveStatus.READY, WaveStatus.FIELDING) and not found.answered_n,
        closed=_closed_periods(found) if in_design else [],
        plan=plan_of(found),
        planned_tables=tables_of(found),
        sample=sample_of(found),
        keeps_up=in_design and permitted("panel.keep_up"),
        form=reason or ReasonForm(),
        blocked=blocked or [],
    )


def _closed_periods(found: Wave) -> list[str]:
    if found.opens_at is None or found.closes_at is None:
        return []
    opens, closes = (clock.to_amsterdam(moment).date() for moment in (found.opens_at, found.closes_at))
    return warnings(opens, closes, closed_periods(settings.municipal()))


@bp.route(f"{HERE}/tekst", methods=["GET", "POST"])
@allow(Audience.STAFF, "wave.edit")
def wave_text(public_id: str) -> str | tuple[str, int] | Response:
    """Title, introduction and dates."""
    found = _in_design(public_id, "wave.edit")
    form = WaveTextForm(request.form or None, data=_text_initial(found))
    blocked: list[blocking.Item] = []
    if request.method == "POST" and form.validate():
        blocked = blocking.attempt(lambda: design.save_wave(found, _text_submitted(form)))
        if not blocked:
            return redirect(url_for(".wave", public_id=public_id))
    page = render_template(
        "surveys/clerk/wave_text.html", wave=found, form=form, blocked=blocked, rules=settings.municipal()
    )
    return (page, 422) if request.method == "POST" else page


def _in_design(public_id: str, permission: str) -> Wave:
    found = loading.wave(public_id, permission)
    if found.status is not WaveStatus.DESIGN:
        raise NotFoundError("wave-in-design")
    return found


def _text_initial(found: Wave) -> dict[str, Any]:
    opens = clock.to_amsterdam(found.opens_at) if found.opens_at else None
    closes = clock.to_amsterdam(found.closes_at) if found.closes_at else None
    return {
        "title": found.title,
        "introduction": found.introduction,
        "minutes": found.minutes,
        "opens_on": opens.date() if opens else None,
        "opens_time": opens.time() if opens else NINE,
        "closes_on": closes.date() if closes else None,
        "closes_time": closes.time() if closes else LAST_MINUTE,
    }


def _text_submitted(form: WaveTextForm) -> dict[str, Any]:
    return {
        "title": form.title.data,
        "introduction": form.introduction.data or "",
        "minutes": form.minutes.data or 0,
        "opens": moment(form.opens_on.data, form.opens_time.data or NINE),
        "closes": moment(form.closes_on.data, form.closes_time.data or LAST_MINUTE),
    }


@bp.route(f"{HERE}/plan", methods=["GET", "POST"])
@allow(Audience.STAFF, "wave.plan")
def wave_plan(public_id: str) -> str | tuple[str, int] | Response:
    """The weighting plan and the closed list of tables."""
    found = _in_design(public_id, "wave.plan")
    form = PlanForm(request.form or None, data=plan_initial(plan_of(found), found.tables))
    form.offer(queries_wave.weighable(), specs(found))
    if request.method == "POST" and form.validate():
        design.save_plan(found, form.plan(), tables=form.chosen_tables())
        db.session.commit()
        return redirect(url_for(".wave", public_id=public_id))
    page = render_template("surveys/clerk/wave_plan.html", wave=found, form=form)
    return (page, 422) if request.method == "POST" else page


@bp.post(f"{HERE}/annuleren")
@allow(Audience.STAFF, "wave.cancel")
def cancel(public_id: str) -> tuple[str, int] | Response:
    """Call the questionnaire off, with a public reason."""
    found = loading.wave(public_id, "wave.cancel")
    form = ReasonForm(request.form)
    if not form.validate():
        return wave_page(found, reason=form), 422
    blocked = blocking.attempt(lambda: readiness.cancel(found, reason=form.reason.data or ""))
    if blocked:
        return wave_page(found, blocked, form), 409
    flash("De vragenlijst gaat niet door. De reden is openbaar.", "success")
    return redirect(url_for(".wave", public_id=public_id))
