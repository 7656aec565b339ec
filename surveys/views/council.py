"""Pages of the council: the conversation with the step plan, submitting, deciding."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import actor
from core.db import db
from core.errors import NotFoundError
from core.permissions import permitted
from core.web.access import Audience, allow
from core.web.download import csv_file
from surveys import agreement, labels, queries_commission
from surveys.commission_gates import complete
from surveys.commission_steps import BY_SLUG
from surveys.forms.commission import NewCommissionForm, VerdictForm
from surveys.models.commission import Commission
from surveys.queries_commission import CommissionFilter
from surveys.services import commissioning
from surveys.views import blocking, loading
from surveys.views.blueprints import council as bp
from surveys.views.conversation import next_step, progress
from surveys.views.verdicts import record_verdict


def wanted() -> CommissionFilter:
    """What the visitor looks for among the commissions of the own bodies."""
    who = actor.current()
    return CommissionFilter(
        search=request.args.get("zoek", ""),
        status=request.args.get("status", ""),
        bodies=who.bodies,
        author_id=who.account_id,
        page=request.args.get("pagina", 1, type=int),
    )


@bp.get("")
@allow(Audience.STAFF, "commission.create")
def board() -> str:
    """The commissions of the own bodies, and what the bodies still owe."""
    chosen = wanted()
    return render_template(
        "surveys/council/board.html",
        page=queries_commission.list_commissions(chosen),
        wanted=chosen,
        statuses=labels.COMMISSION_STATUS,
        obligations=[o for o in queries_commission.open_obligations() if o.body_id in (chosen.bodies or ())],
    )


@bp.get("/opdrachten.csv")
@allow(Audience.STAFF, "commission.create")
def export() -> Response:
    """The same list as a file."""
    return csv_file("opdrachten", *commission_rows(wanted()))


def commission_rows(chosen: CommissionFilter) -> tuple[list[str], list[list[str]]]:
    """The whole list as rows of text."""
    headers = ["titel", "namens", "status", "besluit op", "resultaten beloofd op", "terugkoppeling beloofd op"]
    rows = [
        [
            c.title,
            c.body.name,
            labels.COMMISSION_STATUS[c.status][0],
            *(str(d or "") for d in (c.decision_on, c.results_promised_on, c.feedback_promised_on)),
        ]
        for c in db.session.scalars(queries_commission.select_commissions(chosen))
    ]
    return headers, rows


@bp.route("/opdrachten/nieuw", methods=["GET", "POST"])
@allow(Audience.STAFF, "commission.create")
def new() -> str | tuple[str, int] | Response:
    """Start a commission."""
    bodies = queries_commission.commissioning_bodies(actor.current())
    deciding = queries_commission.deciding_bodies()
    form = NewCommissionForm(request.form)
    form.offer(bodies, deciding)
    if request.method == "POST" and form.validate():
        commission = commissioning.create_commission(
            title=form.title.data or "",
            body=next(b for b in bodies if b.public_id == form.body.data),
            deciding_body=next(b for b in deciding if b.public_id == form.deciding_body.data),
        )
        db.session.commit()
        return redirect(url_for(".step", public_id=commission.public_id, slug="waarom"))
    page = render_template("surveys/council/new.html", form=form)
    return (page, 422) if request.method == "POST" else page


@bp.get("/opdrachten/<public_id>")
@allow(Audience.STAFF, "commission.list")
def show(public_id: str) -> str:
    """One commission: what was decided, what is still missing, what can be done now."""
    commission = loading.commission(public_id)
    return page_of(commission, VerdictForm())


def page_of(commission: Commission, verdict: VerdictForm, blocked: list[blocking.Item] | None = None) -> str:
    """The page of one commission."""
    facts = queries_commission.facts(commission)
    return render_template(
        "surveys/council/show.html",
        commission=commission,
        document=agreement.document(commission),
        labels=labels,
        progress=progress(commission, complete(commission, facts)),
        missing=blocking.items(complete(commission, facts)) if commission.editable else [],
        overdue_on=facts.overdue_on,
        may_edit=commission.editable and permitted("commission.edit", commission),
        may_decide=commission.status.value == "form_advised" and permitted("commission.decide", commission),
        form=verdict,
        verdict_url=url_for(".decide", public_id=commission.public_id),
        blocked=blocked or [],
    )


@bp.get("/opdrachten/<public_id>/samenvatting")
@allow(Audience.STAFF, "commission.list")
def summary(public_id: str) -> str:
    """One page to print and take to the meeting."""
    commission = loading.commission(public_id)
    document = commission.accepted_document or agreement.document(commission)
    return render_template("surveys/council/summary.html", commission=commission, document=document, labels=labels)


@bp.post("/opdrachten/<public_id>/indienen")
@allow(Audience.STAFF, "commission.submit")
def submit(public_id: str) -> tuple[str, int] | Response:
    """Hand the commission in, or see everything that is missing."""
    commission = loading.commission(public_id, "commission.submit")
    blocked = blocking.attempt(lambda: commissioning.submit(commission))
    if blocked:
        return page_of(commission, VerdictForm(), blocked), 409
    flash("De opdracht is ingediend. De griffie geeft advies over de vorm.", "success")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/opdrachten/<public_id>/besluit")
@allow(Audience.STAFF, "commission.decide")
def decide(public_id: str) -> tuple[str, int] | Response:
    """Record the decision of the deciding body by one of its members."""
    commission = loading.commission(public_id, "commission.decide")
    form = VerdictForm(request.form)
    blocked = record_verdict(commission, form)
    if blocked is None:
        return redirect(url_for(".show", public_id=public_id))
    return page_of(commission, form, blocked), 409 if blocked else 422


@bp.get("/opdrachten/<public_id>/verder")
@allow(Audience.STAFF, "commission.edit")
def go_on(public_id: str) -> Response:
    """To the first page of the conversation that still misses something."""
    commission = loading.commission(public_id, "commission.edit")
    slug = next_step(commission, complete(commission, queries_commission.facts(commission)))
    if slug not in BY_SLUG:
        raise NotFoundError("step")
    return redirect(url_for(".step", public_id=public_id, slug=slug))
