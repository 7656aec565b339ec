"""Pages of the griffie on commissions: the list, advice on form, the decision, later changes, the start of a wave."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import settings
from core.db import db
from core.errors import BlockedError
from core.web.access import Audience, allow
from core.web.download import csv_file
from surveys import agreement, labels, queries_commission
from surveys.commission_gates import complete
from surveys.forms.commission import AdviceForm, AmendForm, VerdictForm
from surveys.forms.fields import add_error
from surveys.forms.wave import NewWaveForm
from surveys.ladder import levels
from surveys.models.commission import Commission
from surveys.queries_commission import CommissionFilter
from surveys.services import commissioning, design
from surveys.views import blocking, loading
from surveys.views.blueprints import clerk as bp
from surveys.views.council import commission_rows
from surveys.views.verdicts import record_verdict

HERE = "/opdrachten/<public_id>"
DATES = frozenset({"decision_on", "papers_on", "results_promised_on", "feedback_promised_on"})


def wanted() -> CommissionFilter:
    """What the griffie looks for among all commissions."""
    return CommissionFilter(
        search=request.args.get("zoek", ""),
        status=request.args.get("status", ""),
        page=request.args.get("pagina", 1, type=int),
    )


@bp.get("/opdrachten")
@allow(Audience.STAFF, "commission.advise")
def commissions() -> str:
    """All commissions."""
    chosen = wanted()
    return render_template(
        "surveys/clerk/commissions.html",
        page=queries_commission.list_commissions(chosen),
        wanted=chosen,
        statuses=labels.COMMISSION_STATUS,
    )


@bp.get("/opdrachten.csv")
@allow(Audience.STAFF, "commission.advise")
def commissions_export() -> Response:
    """The same list as a file."""
    return csv_file("opdrachten", *commission_rows(wanted()))


@bp.get(HERE)
@allow(Audience.STAFF, "commission.advise")
def commission(public_id: str) -> str:
    """One commission with what the griffie can do now."""
    return _page(loading.commission(public_id))


def _page(found: Commission, blocked: list[blocking.Item] | None = None, **forms: Any) -> str:
    amend = forms.get("amend") or AmendForm()
    amend.offer(levels(settings.municipal().ladder))
    return render_template(
        "surveys/clerk/commission.html",
        commission=found,
        document=agreement.document(found),
        labels=labels,
        missing=blocking.words(complete(found, queries_commission.facts(found))) if found.editable else [],
        waves=queries_commission.waves_of(found),
        advice=forms.get("advice") or AdviceForm(),
        verdict=forms.get("verdict") or VerdictForm(),
        verdict_url=url_for(".decide", public_id=found.public_id),
        amend=amend,
        wave_form=forms.get("wave_form") or NewWaveForm(data={"title": found.title}),
        form=next(iter(forms.values()), None),
        blocked=blocked or [],
    )


@bp.post(f"{HERE}/advies")
@allow(Audience.STAFF, "commission.advise")
def advise(public_id: str) -> tuple[str, int] | Response:
    """Record the advice on the form."""
    found = loading.commission(public_id)
    form = AdviceForm(request.form)
    if not form.validate():
        return _page(found, advice=form), 422
    blocked = blocking.attempt(lambda: commissioning.advise_form(found, advice=form.advice.data or ""))
    if blocked:
        return _page(found, blocked, advice=form), 409
    flash("Uw advies is vastgelegd. Nu is het orgaan aan zet dat over de opdracht beslist.", "success")
    return redirect(url_for(".commission", public_id=public_id))


@bp.post(f"{HERE}/besluit")
@allow(Audience.STAFF, "commission.advise")
def decide(public_id: str) -> tuple[str, int] | Response:
    """Record what the deciding body decided."""
    found = loading.commission(public_id)
    form = VerdictForm(request.form)
    blocked = record_verdict(found, form)
    if blocked is None:
        return redirect(url_for(".commission", public_id=public_id))
    return _page(found, blocked, verdict=form), 409 if blocked else 422


@bp.post(f"{HERE}/wijzigen")
@allow(Audience.STAFF, "commission.amend")
def amend(public_id: str) -> tuple[str, int] | Response:
    """Change the agreement beside the original."""
    found = loading.commission(public_id)
    form = AmendForm(request.form)
    form.offer(levels(settings.municipal().ladder))
    if not form.validate() or not _readable(form):
        return _page(found, amend=form), 422
    name, value, reason = form.name.data, _value(form), form.reason.data or ""
    blocked = blocking.attempt(lambda: commissioning.amend(found, name=name, value=value, reason=reason))
    if blocked:
        return _page(found, blocked, amend=form), 409
    flash("De wijziging staat openbaar naast de afspraak.", "success")
    return redirect(url_for(".commission", public_id=public_id))


def _readable(form: AmendForm) -> bool:
    if form.name.data == "level" and not form.level.data:
        add_error(form.level, "Kies het nieuwe niveau.")
    elif form.name.data != "level" and not form.value.data:
        add_error(form.value, "Vul de nieuwe tekst of datum in.")
    elif form.name.data in DATES:
        try:
            date.fromisoformat(form.value.data or "")
        except ValueError:
            add_error(form.value, "Vul een datum in, bijvoorbeeld 2027-03-31.")
    return not form.errors


def _value(form: AmendForm) -> Any:
    if form.name.data == "level":
        level, _, use = (form.level.data or "").partition(":")
        return level, use
    return date.fromisoformat(form.value.data or "") if form.name.data in DATES else form.value.data


@bp.post(f"{HERE}/vragenlijst")
@allow(Audience.STAFF, "wave.create")
def new_wave(public_id: str) -> tuple[str, int] | Response:
    """Start a questionnaire for an accepted commission."""
    found = loading.commission(public_id)
    form = NewWaveForm(request.form)
    if not form.validate():
        return _page(found, wave_form=form), 422
    try:
        made = design.create_wave(found, title=form.title.data or "")
    except BlockedError as error:
        db.session.rollback()
        return _page(found, blocking.items(error.blockers)), 409
    db.session.commit()
    return redirect(url_for(".wave", public_id=made.public_id))
