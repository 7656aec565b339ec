"""The clerk's pages of the letter plan: what is missing, how many letters, and what the register is asked for."""

from flask import Response as FileResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import csv_out
from core.db import db
from core.errors import BlockedError
from core.web.access import Audience, allow
from panel import classes, queries
from panel.labels import age_label, stratum_label
from panel.models import LetterPlan, PlannedStratum, RecruitmentRound
from panel.queries.planning import plan_of
from panel.recruitment_forms import PlanForm
from panel.recruitment_labels import plan_sentence
from panel.services import planning, samples
from panel.views.blueprints import CLERK
from panel.views.joining import Page

PLAN_COLUMNS = (
    "groep", "leeftijdsklasse", "wijk", "wijknaam", "bevolking", "leden", "tekort", "te bereiken", "brieven",
    "tweede brieven", "verwachte leden", "ten minste", "ten hoogste", "leden per 100 brieven",
)  # fmt: skip
REQUEST_COLUMNS = (
    "stratum",
    "leeftijdsklasse",
    "geboren vanaf",
    "geboren tot en met",
    "wijk",
    "wijknaam",
    "aantal te loten",
)


@CLERK.get("/griffie/werving/<public_id>/plan")
@allow(Audience.STAFF, "panel.recruit")
def letter_plan(public_id: str) -> Page:
    """The plan of a round, and the form it starts from."""
    found = queries.get_round(public_id)
    return _page(found, _form_of(plan_of(found))), 200


def _form_of(plan: LetterPlan | None) -> PlanForm:
    start = planning.default_input() if plan is None else planning.input_of(plan)
    shares = {name: round(getattr(start, name) * 100, 1) for name in ("prior_yield", "prior_second_yield")}
    return PlanForm(formdata=None, data={**vars(start), **shares})


def _page(found: RecruitmentRound, form: PlanForm, errors: list[tuple[str, str]] | None = None) -> str:
    names, plan = _names(found), plan_of(found)
    strata = [(stratum_label(s.stratum, names), s) for s in plan.strata] if plan else []
    return render_template(
        "panel/clerk/round_plan.html",
        round=found,
        plan=plan,
        strata=strata,
        sentences=[plan_sentence(s, label, plan.level) for label, s in strata if s.letters] if plan else [],
        form=form,
        errors=errors or [],
    )


@CLERK.post("/griffie/werving/<public_id>/plan")
@allow(Audience.STAFF, "panel.recruit")
def make_plan(public_id: str) -> Page:
    """Store what the plan starts from; the worker computes it."""
    found, form = queries.get_round(public_id), PlanForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    try:
        planning.make_plan(found, form.plan_input())
    except BlockedError as blocked:
        db.session.rollback()
        errors = [(b.anchor or "target", b.message) for b in blocked.blockers]
        return _page(queries.get_round(public_id), form, errors), 409
    db.session.commit()
    flash("Het plan wordt berekend. Ververs deze pagina over een paar tellen.", "info")
    return _back(public_id)


@CLERK.post("/griffie/werving/<public_id>/plan/aanpassen")
@allow(Audience.STAFF, "panel.recruit")
def choose_letters(public_id: str) -> Page:
    """Take other numbers of letters than proposed."""
    found = queries.get_round(public_id)
    plan = plan_of(found)
    typed = {s.stratum: request.form.get(f"letters-{s.position}", "").strip() for s in plan.strata} if plan else {}
    letters = {stratum: int(value) for stratum, value in typed.items() if value.isdecimal() and len(value) < 9}
    try:
        planning.choose_letters(found, {s: letters.get(s, 0 if not v else -1) for s, v in typed.items()})
    except BlockedError as blocked:
        db.session.rollback()
        found = queries.get_round(public_id)
        errors = [(b.anchor or "target", b.message) for b in blocked.blockers]
        return _page(found, _form_of(plan_of(found)), errors), 422
    db.session.commit()
    flash("Uw aantallen zijn bewaard. De verwachting wordt berekend: ververs deze pagina over een paar tellen.", "info")
    return _back(public_id)


@CLERK.get("/griffie/werving/<public_id>/plan.csv")
@allow(Audience.STAFF, "panel.recruit")
def plan_file(public_id: str) -> Page:
    """The plan as a file."""
    found = queries.get_round(public_id)
    plan, names = plan_of(found), _names(found)
    rows = [_plan_row(s, names) for s in plan.strata] if plan else []
    return _csv("brievenplan", csv_out.write(PLAN_COLUMNS, rows))


def _plan_row(stratum: PlannedStratum, names: dict[str, str]) -> list[csv_out.Cell]:
    age, district = classes.split_stratum(stratum.stratum)
    share = None if stratum.expected_yield is None else round(stratum.expected_yield * 100, 1)
    return [
        stratum.stratum, age, district, names.get(district, ""), stratum.population, stratum.members,
        round(stratum.missing, 1), stratum.available, stratum.letters, _rounded(stratum.second_letters),
        _rounded(stratum.expected), stratum.low, stratum.high, share,
    ]  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


@CLERK.get("/griffie/werving/<public_id>/aanvraag")
@allow(Audience.STAFF, "panel.recruit")
def register_request(public_id: str) -> Page:
    """What the register is asked to draw, on a page that can be sent along."""
    found = queries.get_round(public_id)
    return render_template(
        "panel/clerk/round_request.html",
        round=found,
        rows=_asked(found),
        columns=[*samples.REQUIRED, *samples.OPTIONAL],
        headers=REQUEST_COLUMNS,
        example=samples.EXAMPLE,
    ), 200


@CLERK.get("/griffie/werving/<public_id>/aanvraag.csv")
@allow(Audience.STAFF, "panel.recruit")
def register_request_file(public_id: str) -> Page:
    """The request as a file: how many persons to draw per group."""
    found = queries.get_round(public_id)
    return _csv("aanvraag", csv_out.write(REQUEST_COLUMNS, _asked(found)))


def _asked(found: RecruitmentRound) -> list[list[csv_out.Cell]]:
    plan, names = plan_of(found), _names(found)
    rows: list[list[csv_out.Cell]] = []
    for stratum in plan.strata if plan else []:
        if not stratum.letters:
            continue
        age, district = classes.split_stratum(stratum.stratum)
        oldest, youngest = classes.birth_years(age, found.letter_on)
        rows.append(
            [stratum.stratum, age_label(age), oldest, youngest, district, names.get(district, ""), stratum.letters]
        )
    return rows


def _names(found: RecruitmentRound) -> dict[str, str]:
    return {area.code: area.name for area in queries.districts(as_of=found.created_at)}


def _csv(name: str, content: bytes) -> Response:
    answer = FileResponse(content, content_type=csv_out.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _back(public_id: str) -> Response:
    return redirect(url_for("panel_clerk.letter_plan", public_id=public_id))
