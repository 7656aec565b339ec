"""The clerk's pages of sets of figures: upload, progress, what would change, choosing."""

from flask import flash, redirect, render_template, request, url_for

from core import settings
from core.db import db
from core.errors import BlockedError, ImportRefusedError, RowError
from core.models import Job, JobState
from core.permissions import permitted
from core.web.access import Audience, allow
from panel import queries
from panel.labels import UNIT, VARIABLE
from panel.models import SetKind
from panel.population_forms import ChooseForm, UploadForm
from panel.population_labels import SET_KIND, WHERE_FROM
from panel.queries import population_changes, population_sets
from panel.services import population
from panel.services.population import uploads
from panel.views.blueprints import CLERK
from panel.views.joining import Page

STATE = {JobState.DONE: "done", JobState.FAILED: "failed"}


@CLERK.get("/griffie/bevolking/sets")
@allow(Audience.STAFF, "panel.view_population")
def population_sets_list() -> str:
    """Every set of figures, which of them count, and what was chosen when."""
    gm_code = settings.municipal().gm_code
    counting = population_sets.chosen_sets(gm_code)
    used = {margin.variable: margin for margin in queries.margins(population_changes.VARIABLES)}
    return render_template(
        "panel/clerk/population_sets.html",
        gm_code=gm_code,
        may_change=permitted("panel.load_population"),
        sets=[(s, SET_KIND[s.kind], s in counting) for s in population_sets.list_sets(gm_code)],
        used=[(VARIABLE[name], margin) for name, margin in used.items()],
        choices=[(c, SET_KIND[c.population_set.kind]) for c in population_sets.choices(gm_code)],
    )


@CLERK.get("/griffie/bevolking/inlezen")
@allow(Audience.STAFF, "panel.load_population")
def upload_population() -> Page:
    """The form for a file of figures."""
    form = UploadForm(formdata=None, gm_code=settings.municipal().gm_code)
    return _upload_form(form), 200


def _upload_form(form: UploadForm) -> str:
    hints = {kind.value: text for kind, text in WHERE_FROM.items()}
    return render_template("panel/clerk/population_upload.html", form=form, hints=hints)


@CLERK.post("/griffie/bevolking/inlezen")
@allow(Audience.STAFF, "panel.load_population")
def receive_population() -> Page:
    """Keep the file and let the worker read it."""
    form, upload = UploadForm(), request.files.get("file")
    content = upload.read() if upload else b""
    if form.validate_on_submit():
        try:
            job = uploads.receive(
                content=content,
                file_name=(upload.filename or "") if upload else "",
                kind=SetKind(form.kind.data),
                gm_code=form.gm_code.data or "",
                year=form.year.data or 0,
            )
            db.session.commit()
            return redirect(url_for("panel_clerk.population_upload", public_id=job.public_id))
        except ImportRefusedError as refused:
            db.session.rollback()
            form.file.errors = [fault.message for fault in refused.errors]
    return _upload_form(form), 422


@CLERK.get("/griffie/bevolking/inlezen/<public_id>")
@allow(Audience.STAFF, "panel.load_population")
def population_upload(public_id: str) -> Page:
    """How far the reading is; then what is wrong with the file, or what it would change."""
    job = uploads.find_upload(public_id)
    if job.state is JobState.DONE and "set" in job.result:
        return redirect(url_for("panel_clerk.population_set", public_id=job.result["set"]))
    return render_template(
        "panel/clerk/population_reading.html",
        job=job,
        state=STATE.get(job.state, "running"),
        kind=SET_KIND[SetKind(job.payload["kind"])],
        faults=_faults(job),
    )


def _faults(job: Job) -> list[RowError]:
    return [RowError(**fault) for fault in job.result.get("faults", [])]


@CLERK.get("/griffie/bevolking/sets/<public_id>")
@allow(Audience.STAFF, "panel.view_population")
def population_set(public_id: str) -> str:
    """One set: where it came from and what would change."""
    found = population_sets.get_set(public_id)
    areas = queries.districts(found.gm_code)
    return render_template(
        "panel/clerk/population_set.html",
        found=found,
        kind=SET_KIND[found.kind],
        unit=UNIT.get(found.unit, "adressen"),
        counts=found in population_sets.chosen_sets(found.gm_code),
        ever=population_sets.times_chosen(found) > 0,
        changes=[(VARIABLE[c.variable], c) for c in population_changes.changes(found)],
        renumbered=population_changes.renumbered(found, [area.code for area in areas]),
        other=found.gm_code != settings.municipal().gm_code,
        form=ChooseForm(formdata=None),
        may_change=permitted("panel.load_population"),
    )


@CLERK.post("/griffie/bevolking/sets/<public_id>/kiezen")
@allow(Audience.STAFF, "panel.load_population")
def choose_population_set(public_id: str) -> Page:
    """From now on this set counts."""
    form = ChooseForm()
    if not form.validate_on_submit():
        flash("De reden is te lang. Gebruik niet meer dan 500 tekens.", "error")
        return redirect(url_for("panel_clerk.population_set", public_id=public_id))
    population.choose(population_sets.get_set(public_id), reason=form.reason.data or "")
    db.session.commit()
    flash("Deze cijfers tellen vanaf nu. Wat al vaststond, houdt zijn eigen cijfers.", "success")
    return redirect(url_for("panel_clerk.population_sets_list"))


@CLERK.post("/griffie/bevolking/sets/<public_id>/weggooien")
@allow(Audience.STAFF, "panel.load_population")
def discard_population_set(public_id: str) -> Page:
    """Throw away a set that never counted."""
    try:
        population.discard(population_sets.get_set(public_id))
        db.session.commit()
        flash("De cijfers zijn weggegooid.", "success")
    except BlockedError as blocked:
        db.session.rollback()
        flash(blocked.blockers[0].message, "error")
    return redirect(url_for("panel_clerk.population_sets_list"))
