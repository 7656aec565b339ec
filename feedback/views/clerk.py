"""Griffie and analyst: the board of publications, the weighting, the answers to findings, publishing."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core import trace
from core.db import db
from core.errors import BlockedError
from core.form_fields import options
from core.paging import Paging
from core.permissions import permitted
from core.web.access import Audience, allow
from core.web.context import long_date
from core.web.download import csv_file
from feedback import queries
from feedback.forms import AnswerForm, DecisionForm
from feedback.labels import STATUS, STATUS_COLOUR, variable_label
from feedback.lifecycle import blockers
from feedback.models import Publication, PublicationStatus
from feedback.pages import show, staff
from feedback.services import answering, publishing, weighing

blueprint = Blueprint("feedback_clerk", __name__, url_prefix="/griffie/publicaties")
Answer = str | BaseResponse | tuple[str, int]
PAGE_SIZE = 20
HEADERS = ["vragenlijst", "opdracht_van", "stand", "resultaten_op", "terugkoppeling_voor"]


@blueprint.get("")
@allow(Audience.STAFF, "publication.list")
def index() -> str:
    """The board: every publication, what is due first on top."""
    status, search = request.args.get("stand", ""), request.args.get("zoek", "")
    rows = queries.list_publications(status, search)
    paging = Paging(len(rows), PAGE_SIZE, request.args.get("pagina", 1, type=int))

    def url_for_page(number: int) -> str:
        return url_for(".index", stand=status or None, zoek=search or None, pagina=number)

    return render_template(
        "feedback/clerk/index.html",
        rows=rows[paging.offset : paging.offset + PAGE_SIZE],
        total=len(rows),
        page=paging.number,
        pages=paging.pages,
        url_for_page=url_for_page,
        status=status,
        search=search,
        labels=STATUS,
        colours=STATUS_COLOUR,
    )


@blueprint.get("/lijst.csv")
@allow(Audience.STAFF, "publication.list")
def export() -> Response:
    """The board as a file."""
    found = queries.list_publications(request.args.get("stand", ""), request.args.get("zoek", ""))
    rows = [
        [w.title, c.body.name, STATUS[p.status], long_date(p.results_due_at), long_date(p.feedback_due_on)]
        for p, w, c in found
    ]
    return csv_file("publicaties", HEADERS, rows)


@blueprint.get("/<public_id>/weging")
@allow(Audience.STAFF, "publication.weigh")
def weighting(public_id: str) -> str:
    """How the frozen plan worked out, and what may be decided."""
    publication = queries.get_publication(public_id)
    return _weighting(publication, _decision_form(publication))


def _decision_form(publication: Publication) -> DecisionForm:
    form = DecisionForm()
    proposals = [line for line in staff.refusal_lines(publication) if line.value]
    form.merges.choices = options([(line.value, line.proposal) for line in proposals])
    plan = (queries.wave_of(publication).frozen_document or {}).get("plan", {})
    form.dropped.choices = options([(v, variable_label(v)) for v in plan.get("variables", [])])
    return form


def _weighting(publication: Publication, form: DecisionForm) -> str:
    if publication.current is not None and not publication.is_public:
        trace.seen(queries.SEEN_EARLY, "publication", publication.public_id)
    can_decide = publication.status in (PublicationStatus.NEEDS_DECISION, PublicationStatus.PROPOSED)
    return render_template(
        "feedback/clerk/weighting.html",
        publication=publication,
        wave=queries.wave_of(publication),
        form=form,
        label=STATUS[publication.status],
        colour=STATUS_COLOUR[publication.status],
        can_decide=can_decide,
        can_accept=publication.status is PublicationStatus.PROPOSED,
        **staff.weighting_page(publication),
    )


@blueprint.post("/<public_id>/weging/akkoord")
@allow(Audience.STAFF, "publication.weigh")
def accept(public_id: str) -> BaseResponse:
    """Accept the weights."""
    publication = queries.get_publication(public_id)
    weighing.accept(publication)
    db.session.commit()
    flash("De weging is akkoord. De resultaten komen vanzelf op de afgesproken dag.", "success")
    return redirect(url_for(".weighting", public_id=public_id))


@blueprint.post("/<public_id>/weging/besluit")
@allow(Audience.STAFF, "publication.weigh")
def decide(public_id: str) -> Answer:
    """Depart from the plan, with a reason that everybody can read."""
    publication = queries.get_publication(public_id)
    form = _decision_form(publication)
    if not form.validate_on_submit():
        return _weighting(publication, form), 422
    if not (form.merges.data or form.dropped.data or form.highest):
        form.reason.errors = ["Kies eerst wat er anders moet."]
        return _weighting(publication, form), 422
    merges = [value.split(staff.SEPARATOR) for value in form.merges.data or []]
    reason = form.reason.data or ""
    weighing.decide(publication, reason=reason, merges=merges, dropped=form.dropped.data, trim_high=form.highest)
    db.session.commit()
    flash("Het besluit is vastgelegd. De weging wordt opnieuw gedaan.", "success")
    return redirect(url_for(".weighting", public_id=public_id))


@blueprint.get("/<public_id>/bevindingen")
@allow(Audience.STAFF, "feedback.answer")
def findings(public_id: str) -> str:
    """The findings with what is still missing in the answers."""
    return _findings(queries.get_publication(public_id))


def _findings(publication: Publication) -> str:
    missing = blockers(publication, PublicationStatus.FEEDBACK_PUBLISHED) if publication.is_public else []
    return render_template(
        "feedback/clerk/findings.html",
        publication=publication,
        wave=queries.wave_of(publication),
        label=STATUS[publication.status],
        colour=STATUS_COLOUR[publication.status],
        rows=[(n, f, show.answered(f.answer) if f.answer else None) for n, f in enumerate(publication.findings, 1)],
        missing=[{"label": b.message, "url": url_for(b.endpoint, **b.values) if b.endpoint else ""} for b in missing],
        can_publish=publication.status is PublicationStatus.RESULTS_PUBLISHED,
        invited=len(queries.invited_members(queries.wave_of(publication))),
    )


@blueprint.post("/<public_id>/bevindingen/publiceren")
@allow(Audience.STAFF, "feedback.publish")
def publish(public_id: str) -> Answer:
    """Publish the feedback; refused with the whole list of what is missing."""
    publication = queries.get_publication(public_id)
    try:
        publishing.publish_feedback(publication)
    except BlockedError:
        db.session.rollback()
        return _findings(queries.get_publication(public_id)), 409
    db.session.commit()
    flash("De terugkoppeling is openbaar. Alle uitgenodigde panelleden krijgen een mail.", "success")
    return redirect(url_for(".findings", public_id=public_id))


@blueprint.route("/<public_id>/bevindingen/<finding_id>", methods=["GET", "POST"])
@allow(Audience.STAFF, "feedback.answer")
def answer(public_id: str, finding_id: str) -> Answer:
    """Draft the answer of the body to one finding."""
    publication = queries.get_publication(public_id)
    finding = queries.get_finding(publication, finding_id)
    draft = finding.answer
    form = AnswerForm(obj=draft)
    if request.method == "GET" and draft is not None:
        form.outcome.data = draft.outcome.value
    if form.validate_on_submit():
        answering.save_answer(publication, finding, form.to_input())
        db.session.commit()
        flash("Het antwoord is opgeslagen. Het is nog niet openbaar.", "success")
        return redirect(url_for(".findings", public_id=public_id))
    page = render_template(
        "feedback/clerk/answer.html",
        publication=publication,
        wave=queries.wave_of(publication),
        finding=finding,
        number=publication.findings.index(finding) + 1,
        form=form,
    )
    return (page, 422) if request.method == "POST" else page


@blueprint.post("/<public_id>/bevindingen/<finding_id>/publiceren")
@allow(Audience.STAFF, "feedback.publish")
def publish_later(public_id: str, finding_id: str) -> Answer:
    """Publish the answer to a finding that had no decision yet."""
    publication = queries.get_publication(public_id)
    finding = queries.get_finding(publication, finding_id)
    try:
        publishing.publish_later_answer(finding, publication)
    except BlockedError as error:
        db.session.rollback()
        for blocker in error.blockers:
            flash(blocker.message, "error")
        return _findings(queries.get_publication(public_id)), 409
    db.session.commit()
    flash("Het antwoord is openbaar.", "success")
    return redirect(url_for(".findings", public_id=public_id))


@blueprint.get("/<public_id>/open-antwoorden")
@allow(Audience.STAFF, "publication.read_open_answers")
def open_answers(public_id: str) -> str:
    """The texts people wrote: for the analyst alone, and every look is a row in the audit log."""
    publication = queries.get_publication(public_id)
    wave = queries.wave_of(publication)
    trace.seen("open_answers.read", "publication", publication.public_id)
    return render_template("feedback/clerk/open_answers.html", wave=wave, answers=staff.open_answers(wave))


@blueprint.context_processor
def _may() -> dict[str, bool]:
    return {
        "may_answer": permitted("feedback.answer"),
        "may_read_open": permitted("publication.read_open_answers"),
    }
