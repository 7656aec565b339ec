"""What everybody may read: the list, the results of a wave, what was done with them, how it was researched."""

from flask import Blueprint, Response, abort, render_template, request, url_for

from core.web.access import Audience, allow
from core.web.download import csv_file
from feedback import queries
from feedback.pages import files, lists, method, show, staff
from surveys.labels import FUNCTION
from surveys.queries_fieldwork import classes_end
from surveys.queries_keys import recoveries

blueprint = Blueprint("feedback_public", __name__, url_prefix="/vragenlijsten")


@blueprint.get("")
@allow(Audience.PUBLIC)
def index() -> str:
    """The questionnaires from their opening on."""
    search, state = request.args.get("zoek", ""), request.args.get("stand", "")
    page = lists.list_waves(search, state, request.args.get("pagina", 1, type=int))

    def url_for_page(number: int) -> str:
        return url_for(".index", zoek=search or None, stand=state or None, pagina=number)

    return render_template(
        "feedback/index.html",
        page=page,
        search=search,
        state=state,
        states=lists.STATES,
        url_for_page=url_for_page,
    )


@blueprint.get("/<slug>")
@allow(Audience.PUBLIC)
def results(slug: str) -> str:
    """One questionnaire: where it stands, the promise, and the results once they are public."""
    wave = queries.get_wave(slug)
    publication = queries.find_publication(wave)
    context = show.page_of(wave, publication)
    if publication is None or not publication.is_public:
        return render_template("feedback/pending.html", **context, recoveries=recoveries(wave), functions=FUNCTION)
    return render_template(
        "feedback/results.html",
        **context,
        lead=show.lead_of(publication),
        parts=show.finding_parts(publication),
        base=publication.current.document["base"] if publication.current else {},
    )


@blueprint.get("/<slug>/terugkoppeling")
@allow(Audience.PUBLIC)
def feedback(slug: str) -> str:
    """What was done with the answers, next to each finding."""
    wave = queries.get_wave(slug)
    publication = queries.find_publication(wave)
    parts = show.finding_parts(publication) if publication is not None and publication.is_public else []
    return render_template("feedback/feedback.html", **show.page_of(wave, publication), parts=parts)


@blueprint.get("/<slug>/onderzoek")
@allow(Audience.PUBLIC)
def research(slug: str) -> str:
    """How it was researched."""
    wave, publication = queries.get_public(slug)
    current = publication.current
    if current is None:
        abort(404)
    document = current.document
    return render_template(
        "feedback/research.html",
        wave=wave,
        publication=publication,
        document=document,
        current=current,
        response=method.response_rows(document),
        margins=method.margin_pictures(document),
        weights=method.weight_rows(document),
        histogram=method.histogram_rows(document),
        beside=[(q, method.beside_rows(q)) for q in document["questions"] if q["blocks"]],
        sides=method.sides_of(document),
        receipt=queries.find_receipt(wave),
        recoveries=recoveries(wave),
        functions=FUNCTION,
        classes_end=classes_end(wave),
        early=staff.early_rows(publication),
    )


@blueprint.get("/<slug>/cijfers.csv")
@allow(Audience.PUBLIC)
def figures(slug: str) -> Response:
    """All published figures as a file."""
    _wave, publication = queries.get_public(slug)
    document = publication.current.document if publication.current else {"questions": []}
    return csv_file(f"cijfers-{slug}", files.HEADERS, files.rows_of(document))


@blueprint.get("/<slug>/cijfers/<item_key>.csv")
@allow(Audience.PUBLIC)
def question_figures(slug: str, item_key: str) -> Response:
    """The published figures of one question as a file."""
    _wave, publication = queries.get_public(slug)
    document = publication.current.document if publication.current else {"questions": []}
    rows = files.rows_of(document, item_key)
    if not rows:
        abort(404)
    return csv_file(f"cijfers-{slug}-{item_key}", files.HEADERS, rows)
