"""The council: findings side by side, one finding of one's own, a signed statement."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.db import db
from core.errors import NotFoundError
from core.permissions import permitted
from core.web.access import Audience, allow
from core.web.visitors import current
from feedback import queries
from feedback.forms import FindingForm, StatementForm
from feedback.labels import STATUS, STATUS_COLOUR
from feedback.models import Publication, PublicationStatus
from feedback.pages import show
from feedback.services import council

blueprint = Blueprint("feedback_council", __name__, url_prefix="/raad/bevindingen")
Answer = str | Response | tuple[str, int]


@blueprint.get("")
@allow(Audience.STAFF, "finding.list")
def index() -> str:
    """Every wave with public results."""
    rows = [(p, w, c) for p, w, c in queries.list_publications() if p.is_public]
    return render_template("feedback/council/index.html", rows=rows, labels=STATUS, colours=STATUS_COLOUR)


def _public(public_id: str) -> Publication:
    publication = queries.get_publication(public_id)
    if not permitted("finding.list", publication):
        raise NotFoundError("no-such-publication")
    return publication


@blueprint.get("/<public_id>")
@allow(Audience.STAFF, "finding.list")
def findings(public_id: str) -> str:
    """The findings with the answers, and the place to add one."""
    return _page(_public(public_id), FindingForm(), StatementForm())


def _page(publication: Publication, form: FindingForm, statement_form: StatementForm) -> str:
    account_id = current().actor.account_id or 0
    has_added = any(f.author_id == account_id for f in publication.findings)
    wave = queries.wave_of(publication)
    return render_template(
        "feedback/council/findings.html",
        **show.page_of(wave, publication),
        parts=show.finding_parts(publication),
        form=form,
        statement_form=statement_form,
        errors=[],
        can_add=publication.status is PublicationStatus.RESULTS_PUBLISHED and not has_added,
        can_sign=not queries.has_statement(publication, account_id),
    )


@blueprint.post("/<public_id>/bevinding")
@allow(Audience.STAFF, "finding.add")
def add(public_id: str) -> Answer:
    """Add a finding."""
    publication, form = _public(public_id), FindingForm()
    if not form.validate_on_submit():
        return _page(publication, form, StatementForm(formdata=None)), 422
    council.add_finding(publication, sentence=form.sentence.data or "", not_concluded=form.not_concluded.data or "")
    db.session.commit()
    flash("Uw bevinding staat erbij. Ook hierop komt een antwoord.", "success")
    return redirect(url_for(".findings", public_id=public_id))


@blueprint.post("/<public_id>/verklaring")
@allow(Audience.STAFF, "statement.sign")
def sign(public_id: str) -> Answer:
    """Sign a statement."""
    publication, form = _public(public_id), StatementForm()
    if not form.validate_on_submit():
        return _page(publication, FindingForm(formdata=None), form), 422
    council.sign_statement(publication, text=form.text.data or "", signed_as=form.signed_as.data or "")
    db.session.commit()
    flash("Uw verklaring is ondertekend en openbaar.", "success")
    return redirect(url_for(".findings", public_id=public_id))
