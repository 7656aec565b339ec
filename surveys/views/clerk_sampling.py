"""Pages of the griffie on who a wave asks: the choice, numbers of one's own, and what the draw would give."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import settings
from core.db import db
from core.errors import BlockedError, NotFoundError
from core.models import JobState
from core.web.access import Audience, allow
from core.web.download import csv_file
from panel.wave_samples import STRATIFIERS
from surveys import labels, queries_wave
from surveys.forms.sampling import EVERYBODY, SAMPLE, SampleForm, sample_initial
from surveys.freezing import sample_of
from surveys.lifecycle import WaveStatus
from surveys.models.wave import Wave
from surveys.services import sampling
from surveys.views import loading
from surveys.views.blueprints import clerk as bp
from surveys.views.stratum_words import stratum_words

HERE = "/vragenlijsten/<public_id>/loting"
Page = str | Response | tuple[str, int]
LARGEST_SIZE = 7


def _in_design(public_id: str) -> Wave:
    found = loading.wave(public_id, "wave.edit")
    if found.status is not WaveStatus.DESIGN:
        raise NotFoundError("wave-in-design")
    return found


def _form(found: Wave, formdata: Any = None) -> SampleForm:
    form = SampleForm(formdata, data=sample_initial(sample_of(found)))
    known = queries_wave.weighable()
    form.offer({name: known[name] for name in STRATIFIERS if name in known})
    return form


def _page(found: Wave, form: SampleForm, errors: Sequence[tuple[str, str]] = (), status: int = 200) -> Page:
    job, plan = sampling.newest_preview(found), sample_of(found)
    by = plan.by if plan else ()
    result = job.result if job and job.state is JobState.DONE else None
    rows = [(stratum_words(row["stratum"], by), row) for row in result["strata"]] if result else []
    page = render_template(
        "surveys/clerk/wave_sample.html",
        wave=found,
        form=form,
        errors=list(errors),
        plan=plan,
        labels=labels,
        rules=settings.municipal(),
        job=job,
        waits=job is not None and job.state in (JobState.QUEUED, JobState.RUNNING),
        result=result,
        rows=rows,
        short=[(words, row) for words, row in rows if row["short"]],
        unasked=[words for words, row in rows if row["households"] and not row["drawn"]],
    )
    return page, status


@bp.get(HERE)
@allow(Audience.STAFF, "wave.edit")
def wave_sample(public_id: str) -> Page:
    """Who is asked, and what the draw would give."""
    found = _in_design(public_id)
    return _page(found, _form(found))


@bp.post(HERE)
@allow(Audience.STAFF, "wave.edit")
def choose_sample(public_id: str) -> Page:
    """Choose everybody or a sample; numbers of one's own are asked on the next page."""
    found = _in_design(public_id)
    form = _form(found, request.form)
    if not form.is_complete():
        return _page(found, form, status=422)
    try:
        if form.who.data == EVERYBODY:
            sampling.choose_everybody(found)
        elif form.who.data == SAMPLE:
            sampling.choose_sample(found, n=form.n.data or 0, by=form.chosen)
        else:
            sampling.proposed_sizes(found, form.n.data or 0, form.chosen)
            return redirect(url_for(".sample_sizes", public_id=public_id, n=form.n.data, by=form.chosen))
    except BlockedError as blocked:
        db.session.rollback()
        return _page(found, form, [(b.anchor, b.message) for b in blocked.blockers], 409)
    return _saved(public_id)


def _saved(public_id: str) -> Response:
    db.session.commit()
    flash("Uw keuze is bewaard. Hieronder staat zo wie er gevraagd worden.", "success")
    return redirect(url_for(".wave_sample", public_id=public_id))


@bp.get(f"{HERE}/aantallen")
@allow(Audience.STAFF, "wave.edit")
def sample_sizes(public_id: str) -> Page:
    """How many to draw of each stratum, with the share of the population as a proposal."""
    found = _in_design(public_id)
    n, by = request.args.get("n", 0, type=int), tuple(request.args.getlist("by"))
    plan = sample_of(found)
    try:
        proposed = sampling.proposed_sizes(found, n, by)
    except BlockedError:
        return redirect(url_for(".wave_sample", public_id=public_id))
    own = plan.strata if plan and plan.own_sizes and plan.by == by and plan.n == n else proposed
    return _sizes_page(found, by, {name: str(own[name]) for name in proposed})


def _sizes_page(
    found: Wave, by: tuple[str, ...], typed: dict[str, str], errors: Sequence[tuple[str, str]] = (), status: int = 200
) -> Page:
    rows = [(n, stratum_words(name, by), value) for n, (name, value) in enumerate(typed.items(), 1)]
    page = render_template("surveys/clerk/wave_sizes.html", wave=found, by=by, rows=rows, errors=list(errors))
    return page, status


@bp.post(f"{HERE}/aantallen")
@allow(Audience.STAFF, "wave.edit")
def choose_sizes(public_id: str) -> Page:
    """Take the numbers of one's own."""
    found = _in_design(public_id)
    by = tuple(request.form.getlist("by"))
    try:
        names = sampling.proposed_sizes(found, 0, by)
    except BlockedError:
        return redirect(url_for(".wave_sample", public_id=public_id))
    typed = {name: request.form.get(f"size-{n}", "").strip() for n, name in enumerate(names, 1)}
    wrong = [n for n, value in enumerate(typed.values(), 1) if value and not _is_size(value)]
    if wrong:
        return _sizes_page(found, by, typed, [(f"size-{n}", "Vul een heel getal in.") for n in wrong], 422)
    try:
        sampling.choose_sizes(found, by=by, sizes={name: int(value or 0) for name, value in typed.items()})
    except BlockedError as blocked:
        db.session.rollback()
        return _sizes_page(found, by, typed, [("size-1", b.message) for b in blocked.blockers], 409)
    return _saved(public_id)


def _is_size(value: str) -> bool:
    return value.isdecimal() and len(value) <= LARGEST_SIZE


@bp.post(f"{HERE}/vooruitblik")
@allow(Audience.STAFF, "wave.edit")
def order_preview(public_id: str) -> Page:
    """Ask the worker what the draw would give now."""
    sampling.order_preview(_in_design(public_id))
    db.session.commit()
    return redirect(url_for(".wave_sample", public_id=public_id, _anchor="vooruitblik"))


@bp.get("/vragenlijsten/<public_id>/loting.csv")
@allow(Audience.STAFF, "wave.edit")
def preview_file(public_id: str) -> Response:
    """What the draw would give, per stratum, as a file."""
    found = _in_design(public_id)
    job, plan = sampling.newest_preview(found), sample_of(found)
    strata = job.result.get("strata", []) if job else []
    rows = [
        (stratum_words(s["stratum"], plan.by if plan else ()), s["members"], s["households"], s["drawn"])
        for s in strata
    ]
    return csv_file(f"loting-{found.slug}", ("groep", "leden", "huishoudens", "uitgenodigd"), rows)
