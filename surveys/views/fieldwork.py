"""The griffie's page of a running wave: response by stratum and by day, reminders, later closing, paper forms."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import clock, settings
from core.db import db
from core.keystore import KeyGoneError
from core.permissions import permitted
from core.web.access import Audience, allow
from core.web.download import csv_file
from surveys import queries_fieldwork
from surveys.forms.fieldwork import ExtensionForm, PaperForm
from surveys.freezing import sample_of
from surveys.lifecycle import WaveStatus
from surveys.models import Fieldwork, Wave
from surveys.queries_wave import get_wave
from surveys.services import closing, fielding, paper, wave_keys
from surveys.services.closing import NotClosableError
from surveys.services.fielding import ExtensionError
from surveys.services.taking import frozen_of
from surveys.views.question_page import question_page
from surveys.views.stratum_words import drawn_strata

blueprint = Blueprint("surveys_fieldwork", __name__, url_prefix="/griffie/vragenlijsten/<public_id>/veldwerk")
ONLY_LATER = "Kies een moment na de huidige sluitingsdatum. Dat kan zolang de vragenlijst open is."
NOT_LATER = {
    "not-in-field": ONLY_LATER,
    "only-later-with-reason": ONLY_LATER,
    "results-promised-earlier": (
        "Dan zijn de resultaten niet klaar op de dag die is beloofd. Kies een eerdere dag, of wijzig eerst de afspraak."
    ),
}
Page = str | Response | tuple[str, int]
KEY_LOST = "De sleutel van deze vragenlijst ontbreekt. Bewaar het formulier en voer het in als de sleutel terug is."


def _page(template: str, wave: Wave, status: int = 200, **values: Any) -> tuple[str, int]:
    return render_template(f"surveys/fieldwork/{template}.html", wave=wave, **values), status


def _closable(wave: Wave) -> bool:
    return wave.status is WaveStatus.PAPER and wave.paper_until is not None and wave.paper_until <= clock.now()


def _overview(wave: Wave, form: ExtensionForm, status: int = 200) -> tuple[str, int]:
    moments = fielding.reminder_moments(wave) if wave.opens_at and wave.closes_at else None
    leads = permitted("fieldwork.extend", wave)
    return _page(
        "overview",
        wave,
        status,
        progress=queries_fieldwork.progress(wave),
        drawn=_drawn(wave),
        rules=settings.municipal(),
        strata=queries_fieldwork.response_by_stratum(wave),
        moments=moments,
        form=form,
        fielding=leads and wave.status is WaveStatus.FIELDING,
        taking_paper=leads and wave.status in (WaveStatus.FIELDING, WaveStatus.PAPER),
        closable=leads and _closable(wave),
        receipt=queries_fieldwork.receipt(wave),
        stopped=queries_fieldwork.stopped_at(wave),
        key_lost=wave_keys.is_lost(wave),
    )


def _drawn(wave: Wave) -> dict[str, Any] | None:
    """The draw of a wave with its counts; None when it was made before draws were kept."""
    work = db.session.get(Fieldwork, wave.id)
    if work is None or not work.draw:
        return None
    rows = drawn_strata(wave, work.draw)
    counted = {name: sum(row[name] for _, row in rows) for name in ("members", "households", "drawn")}
    return {**work.draw, **counted, "rows": rows, "plan": sample_of(wave)}


@blueprint.get("")
@allow(Audience.STAFF, "fieldwork.view")
def overview(public_id: str) -> Page:
    """How far the fieldwork is."""
    return _overview(get_wave(public_id), ExtensionForm(formdata=None))


@blueprint.get("/respons.csv")
@allow(Audience.STAFF, "fieldwork.view")
def response_csv(public_id: str) -> Response:
    """Response by stratum as a file."""
    wave = get_wave(public_id)
    rows = queries_fieldwork.response_by_stratum(wave)
    table = [(r.label, r.invited, r.answered, round(100 * r.share, 1)) for r in rows]
    return csv_file(f"respons-{wave.slug}", ["groep", "uitgenodigd", "geantwoord", "procent"], table)


@blueprint.post("/verlengen")
@allow(Audience.STAFF, "fieldwork.extend")
def extend(public_id: str) -> Page:
    """A later closing date, with its public reason."""
    wave, form = get_wave(public_id), ExtensionForm()
    if not form.validate_on_submit():
        return _overview(wave, form, 422)
    try:
        fielding.extend(wave, closes_at=form.closing, reason=form.reason.data or "")
    except ExtensionError as error:
        db.session.rollback()
        form.closes_at.errors = [NOT_LATER[error.code]]
        return _overview(wave, form, 409)
    db.session.commit()
    flash("De vragenlijst sluit later. De reden staat op de openbare pagina.", "success")
    return redirect(url_for("surveys_fieldwork.overview", public_id=public_id))


@blueprint.get("/sluiten")
@allow(Audience.STAFF, "wave.close_online")
def ask_close(public_id: str) -> Page:
    """Say what closing early does, to how many people, before it happens."""
    wave = get_wave(public_id)
    return _page("close", wave, progress=queries_fieldwork.progress(wave))


@blueprint.post("/sluiten")
@allow(Audience.STAFF, "wave.close_online")
def close_online(public_id: str) -> Page:
    """Close online before the date; results follow all the same."""
    fielding.close_online(get_wave(public_id))
    db.session.commit()
    flash("De vragenlijst is online gesloten. Papieren formulieren tellen nog mee.", "success")
    return redirect(url_for("surveys_fieldwork.overview", public_id=public_id))


@blueprint.post("/afsluiten")
@allow(Audience.STAFF, "wave.close")
def close(public_id: str) -> Page:
    """Start the closing job now that the paper term is over."""
    try:
        closing.close_wave(get_wave(public_id))
    except NotClosableError:
        db.session.rollback()
        flash("Afsluiten kan pas als de termijn voor papieren formulieren voorbij is.", "error")
    else:
        db.session.commit()
        flash("Het afsluiten is begonnen. De sleutel wordt vernietigd.", "success")
    return redirect(url_for("surveys_fieldwork.overview", public_id=public_id))


def _paper(wave: Wave, form: PaperForm, errors: list[tuple[str, str]], status: int = 200) -> tuple[str, int]:
    raw = request.form.to_dict(flat=False)
    specs = frozen_of(wave.frozen_hash or "").wave.questions
    pages = [question_page(s, raw=_own(raw, s.item_key), errors=_errors_of(errors, s.item_key), level=2) for s in specs]
    form.code.errors = [*form.code.errors, *(text for name, text in errors if name == paper.CODE_INPUT)]
    listed = [e for e in errors if e[0] != paper.CODE_INPUT]
    return _page("paper", wave, status, form=form, pages=pages, errors=listed, groups=paper.groups(wave))


def _own(raw: dict[str, list[str]], key: str) -> dict[str, list[str]]:
    return {name: values for name, values in raw.items() if name == key or name.startswith(f"{key}.")}


def _errors_of(errors: list[tuple[str, str]], key: str) -> list[tuple[str, str]]:
    return [e for e in errors if e[0] == key or e[0].startswith((f"{key}.", f"{key}-"))]


@blueprint.get("/papier")
@allow(Audience.STAFF, "fieldwork.paper")
def paper_form(public_id: str) -> Page:
    """An empty form to type a paper form in."""
    return _paper(get_wave(public_id), PaperForm(), [])


@blueprint.post("/papier")
@allow(Audience.STAFF, "fieldwork.paper")
def enter_paper(public_id: str) -> Page:
    """Take in one paper form; with an error everything typed stays."""
    wave, form = get_wave(public_id), PaperForm()
    if not form.validate_on_submit():
        return _paper(wave, form, [], 422)
    try:
        entered = paper.enter(wave, code=form.code.data or "", raw=request.form.to_dict(flat=False))
    except KeyGoneError:
        db.session.rollback()
        return _paper(wave, form, [(paper.CODE_INPUT, KEY_LOST)], 409)
    if entered.errors:
        db.session.rollback()
        return _paper(wave, form, entered.errors, 422)
    db.session.commit()
    flash("Het formulier is verwerkt.", "success")
    return redirect(url_for("surveys_fieldwork.paper_form", public_id=public_id))
