"""The clerk's pages of fair draws."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for

from core import trace
from core.db import db
from core.errors import BlockedError, TransitionError
from core.models import Job, JobState
from core.web.access import Audience, allow
from core.web.download import csv_file
from panel import draw_labels, queries
from panel.draw_forms import CancelDrawForm, NewDrawForm, PublishDrawForm, SeedForm
from panel.models import DrawStatus, FairDraw
from panel.queries import draws
from panel.services import selection
from panel.views import draw_tables
from panel.views.blueprints import CLERK
from panel.views.joining import Page

CLOSED = "Deze loting is al verder. Kijk hieronder hoe het er nu voor staat."


@CLERK.get("/griffie/lotingen")
@allow(Audience.STAFF, "panel.draw")
def draws_list() -> Page:
    """All draws."""
    return render_template(
        "panel/clerk/draws.html", draws=draws.list_draws(), words=draw_labels.STATUS, colours=draw_labels.COLOUR
    )


@CLERK.get("/griffie/lotingen/nieuw")
@allow(Audience.STAFF, "panel.draw")
def new_draw() -> Page:
    """The form of a new draw."""
    form = NewDrawForm(formdata=None)
    form.offer_districts(queries.districts())
    return render_template("panel/clerk/draw_new.html", form=form)


@CLERK.post("/griffie/lotingen/nieuw")
@allow(Audience.STAFF, "panel.draw")
def create_draw() -> Page:
    """Start a draw; the worker proposes its quotas."""
    form = NewDrawForm()
    form.offer_districts(queries.districts())
    if form.validate_on_submit():
        try:
            made = selection.start(form.plan())
            db.session.commit()
            return redirect(url_for("panel_clerk.show_draw", public_id=made.public_id))
        except BlockedError as blocked:
            db.session.rollback()
            for blocker in blocked.blockers:
                form[blocker.anchor].errors = [*form[blocker.anchor].errors, blocker.message]
    return render_template("panel/clerk/draw_new.html", form=form), 422


@CLERK.get("/griffie/lotingen/<public_id>")
@allow(Audience.STAFF, "panel.draw")
def show_draw(public_id: str) -> Page:
    """One draw: where it stands, and what can be done now."""
    return _page(draws.get_draw(public_id))


def _page(draw: FairDraw, errors: list[tuple[str, str]] | None = None) -> str:
    names = draw_tables.district_names()
    drawn = draws.seated(draw) if draw.status is DrawStatus.DRAWN else []
    if drawn:
        trace.seen("draw.view_drawn", "draw", draw.public_id)
    return render_template(
        "panel/clerk/draw.html",
        draw=draw,
        word=draw_labels.STATUS[draw.status],
        colour=draw_labels.COLOUR[draw.status],
        objective=draw_labels.OBJECTIVE[draw.objective],
        candidates=selection.count_candidates(draw.choice),
        quotas=draw_tables.quotas(draw, names),
        chances=draw_tables.chances(draw, names),
        conflicts=[draw_labels.conflict(found, names) for found in draw.problem.get("conflicts", [])],
        changes=[draw_labels.change(found, names) for found in draw.problem.get("proposal", [])],
        working=_working(draw),
        failed=_failed(draw),
        drawn=drawn,
        names=names,
        publish_form=PublishDrawForm(formdata=None),
        seed_form=SeedForm(formdata=None),
        cancel_form=CancelDrawForm(formdata=None),
        errors=errors or [],
    )


def _jobs(draw: FairDraw) -> list[Job]:
    found = (draws.job_of(draw, step) for step in ("quotas", "lottery", "draw"))
    return [job for job in found if job is not None]


def _working(draw: FairDraw) -> bool:
    return any(job.state in (JobState.QUEUED, JobState.RUNNING) for job in _jobs(draw))


def _failed(draw: FairDraw) -> bool:
    return any(job.state is JobState.FAILED for job in _jobs(draw))


@CLERK.post("/griffie/lotingen/<public_id>/aantallen")
@allow(Audience.STAFF, "panel.draw")
def set_draw_quotas(public_id: str) -> Page:
    """The fewest and most seats per category; the lottery is computed anew."""
    draw = draws.get_draw(public_id)
    bounds = {
        (quota["variable"], row["category"]): (_typed(quota, n, "low"), _typed(quota, n, "high"))
        for quota in draw.quotas
        for n, row in enumerate(quota["rows"])
    }
    return _step(public_id, lambda found: selection.set_quotas(found, bounds), "De kansen worden berekend.")


def _typed(quota: dict[str, str], n: int, end: str) -> int:
    return request.form.get(f"{quota['variable']}-{n}-{end}", -1, type=int)


@CLERK.post("/griffie/lotingen/<public_id>/voorstel")
@allow(Audience.STAFF, "panel.draw")
def accept_draw_proposal(public_id: str) -> Page:
    """Take over the proposed quotas."""
    return _step(public_id, selection.accept_proposal, "De aantallen zijn aangepast. De kansen worden berekend.")


@CLERK.post("/griffie/lotingen/<public_id>/bekendmaken")
@allow(Audience.STAFF, "panel.draw")
def publish_draw(public_id: str) -> Page:
    """Fix the lottery in public, before anybody knows the seed."""
    form = PublishDrawForm()
    on = form.on.data
    if not form.validate_on_submit() or on is None:
        return _refused(public_id, form)
    source = form.source.data or ""
    message = "De loting staat vast en is openbaar. Vul het lotnummer in zodra het bekend is."
    return _step(public_id, lambda found: selection.publish(found, source=source, on=on), message)


@CLERK.post("/griffie/lotingen/<public_id>/lotnummer")
@allow(Audience.STAFF, "panel.draw")
def draw_by_seed(public_id: str) -> Page:
    """Enter the seed, once, and draw."""
    form = SeedForm()
    if not form.validate_on_submit():
        return _refused(public_id, form)
    seed = form.seed.data or ""
    return _step(
        public_id, lambda found: selection.enter_seed(found, seed), "Het lotnummer staat vast. Er wordt geloot."
    )


@CLERK.post("/griffie/lotingen/<public_id>/afblazen")
@allow(Audience.STAFF, "panel.draw")
def cancel_draw(public_id: str) -> Page:
    """Call the draw off."""
    form = CancelDrawForm()
    if not form.validate_on_submit():
        return _refused(public_id, form)
    because = form.because.data or ""
    return _step(public_id, lambda found: selection.cancel(found, because), "De loting gaat niet door.")


@CLERK.get("/griffie/lotingen/<public_id>/geloot.csv")
@allow(Audience.STAFF, "panel.draw")
def drawn_file(public_id: str) -> Page:
    """Who was drawn, as a file; the download is a row in the audit log."""
    draw = draws.get_draw(public_id)
    trace.seen("draw.export", "draw", draw.public_id)
    rows = [
        [candidate.number, member.id if member else None, member.name if member else "", _reach(member)]
        for candidate, member in draws.seated(draw)
    ]
    return csv_file("geloot", ("kandidaat", "lidnummer", "naam", "bereikbaar"), rows)


def _reach(member: object) -> str:
    return "" if member is None else (getattr(member, "email", None) or "post")


def _step(public_id: str, act: Callable[[FairDraw], object], message: str) -> Page:
    try:
        act(draws.get_draw(public_id))
    except BlockedError as blocked:
        db.session.rollback()
        return _page(draws.get_draw(public_id), [(b.anchor or "main", b.message) for b in blocked.blockers]), 409
    except TransitionError:
        db.session.rollback()
        return _page(draws.get_draw(public_id), [("main", CLOSED)]), 409
    db.session.commit()
    flash(message, "success")
    return redirect(url_for("panel_clerk.show_draw", public_id=public_id))


def _refused(public_id: str, form: PublishDrawForm | SeedForm | CancelDrawForm) -> tuple[str, int]:
    found = [(field.id, str(message)) for field in form for message in field.errors]
    return _page(draws.get_draw(public_id), found), 422
