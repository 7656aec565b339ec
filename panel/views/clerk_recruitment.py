"""The clerk's pages of recruitment: rounds, samples, letters, seats."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.db import db
from core.errors import BlockedError, DomainError, ImportRefusedError, RowError
from core.web.access import Audience, allow
from panel import classes, printing, queries
from panel.forms import NoLettersForm, RoundForm, SampleForm, SeatsForm, SecondLetterForm
from panel.labels import ROUND_COLOUR, ROUND_STATUS, stratum_label
from panel.models import LetterPlan, PlannedStratum, RecruitmentRound
from panel.queries.planning import plan_of
from panel.queries.recruitment import awaiting_address_letter, excluded_counts, seat_quotas, waiting_counts
from panel.recruitment_labels import EXCLUSION, ISSUE
from panel.services import joining, recruitment, recruitment_letters, samples, seats
from panel.views.blueprints import CLERK
from panel.views.joining import Page
from panel.views.letter_files import download, stored_files


@CLERK.get("/griffie/werving")
@allow(Audience.STAFF, "panel.recruit")
def rounds() -> Page:
    """All rounds, the seats for open sign-up and the address letters that wait."""
    return _rounds(SeatsForm(formdata=None)), 200


def _rounds(seats_form: SeatsForm, errors: list[tuple[str, str]] | None = None) -> str:
    names = {area.code: area.name for area in queries.districts()}
    waiting, quotas = waiting_counts(), seat_quotas()
    return render_template(
        "panel/clerk/rounds.html",
        rounds=[(r, queries.round_totals(r)) for r in queries.list_rounds()],
        words=ROUND_STATUS,
        colours=ROUND_COLOUR,
        seats_form=seats_form,
        errors=errors or [],
        quotas=[(stratum_label(q.stratum, names), q, waiting.get(q.stratum, 0)) for q in quotas],
        address_letters=len(awaiting_address_letter()),
        address_files=stored_files("address-letters"),
        missing=printing.missing_libraries(),
        install=printing.INSTALL,
    )


@CLERK.post("/griffie/werving/plaatsen")
@allow(Audience.STAFF, "panel.recruit")
def divide_seats() -> Page:
    """Divide seats for open sign-up over the strata."""
    form, errors = SeatsForm(), list[tuple[str, str]]()
    if form.validate_on_submit():
        try:
            seats.divide_seats(form.total.data or 0)
            db.session.commit()
            flash("De plaatsen zijn verdeeld.", "success")
            return redirect(url_for("panel_clerk.rounds"))
        except BlockedError as blocked:
            db.session.rollback()
            errors = [("total", b.message) for b in blocked.blockers]
    return _rounds(form, errors), 422


@CLERK.post("/griffie/werving/adresbrieven")
@allow(Audience.STAFF, "panel.recruit")
def address_letters() -> Page:
    """Let the worker make the address letters."""
    joining.render_address_letters()
    db.session.commit()
    flash("De adresbrieven worden gemaakt. Ververs deze pagina over een minuut.", "info")
    return redirect(url_for("panel_clerk.rounds"))


@CLERK.get("/griffie/werving/adresbrieven/<public_id>")
@allow(Audience.STAFF, "panel.recruit")
def address_letters_file(public_id: str) -> Page:
    """Download the address letters."""
    return download(public_id, "address-letters")


@CLERK.get("/griffie/werving/nieuw")
@allow(Audience.STAFF, "panel.recruit")
def new_round() -> Page:
    """The form of a new round."""
    return render_template("panel/clerk/new_round.html", form=RoundForm(formdata=None))


@CLERK.post("/griffie/werving/nieuw")
@allow(Audience.STAFF, "panel.recruit")
def create_round() -> Page:
    """Start a round."""
    form = RoundForm()
    if form.validate_on_submit():
        try:
            made = recruitment.create_round(**{k: v for k, v in form.data.items() if k != "csrf_token"})
            db.session.commit()
            return redirect(url_for("panel_clerk.show_round", public_id=made.public_id))
        except BlockedError as blocked:
            db.session.rollback()
            for blocker in blocked.blockers:
                form[blocker.anchor].errors = [blocker.message]
    return render_template("panel/clerk/new_round.html", form=form), 422


@CLERK.get("/griffie/werving/<public_id>")
@allow(Audience.STAFF, "panel.recruit")
def show_round(public_id: str) -> Page:
    """One round with its yields and what can be done now."""
    return _round(queries.get_round(public_id)), 200


def _round(found: RecruitmentRound, *, blockers: DomainError | None = None, rows: list[RowError] | None = None) -> str:
    names = {area.code: area.name for area in queries.districts(as_of=found.created_at)}
    plan = plan_of(found)
    return render_template(
        "panel/clerk/round.html",
        round=found,
        word=ROUND_STATUS[found.status],
        colour=ROUND_COLOUR[found.status],
        yields=_yields(found, plan, names),
        plan=plan,
        totals=queries.round_totals(found),
        excluded=[(EXCLUSION[reason], n) for reason, n in excluded_counts(found).items()],
        runs=[recruitment_letters.print_run(found, issue) for issue in ISSUE],
        issues=ISSUE,
        columns=[*samples.REQUIRED, *samples.OPTIONAL],
        blockers=blockers.blockers if isinstance(blockers, BlockedError) else [],
        rows=rows or [],
        errors=[("file", "Het bestand is niet ingelezen.")] if rows else [],
        sample_example=samples.EXAMPLE,
        age_codes=classes.AGE_CODES,
        districts=names.items(),
        second_form=SecondLetterForm(formdata=None),
        refuse_form=NoLettersForm(formdata=None),
        sample_form=SampleForm(formdata=None),
    )


def _yields(
    found: RecruitmentRound, plan: LetterPlan | None, names: dict[str, str]
) -> list[tuple[str, queries.StratumYield, PlannedStratum | None]]:
    planned = {s.stratum: s for s in plan.strata} if plan and plan.computed_at else {}
    return [(stratum_label(y.stratum, names), y, planned.get(y.stratum)) for y in queries.yields(found)]


@CLERK.post("/griffie/werving/<public_id>/steekproef")
@allow(Audience.STAFF, "panel.recruit")
def import_sample(public_id: str) -> Page:
    """Take the sample file in: all of it or nothing."""
    found = queries.get_round(public_id)
    upload = request.files.get("file")
    try:
        taken = recruitment.import_sample(found, upload.read() if upload else b"")
    except ImportRefusedError as refused:
        db.session.rollback()
        return _round(queries.get_round(public_id), rows=refused.errors), 422
    db.session.commit()
    left_out = taken.persons - taken.letters
    more = f" {left_out} van hen krijgen geen brief: hieronder staat waarom." if left_out else ""
    flash(f"{taken.persons} personen ingelezen.{more}", "success")
    return _back(public_id)


@CLERK.post("/griffie/werving/<public_id>/brieven-versturen")
@allow(Audience.STAFF, "panel.recruit")
def send_letters(public_id: str) -> Page:
    """The letters go out."""
    return _step(public_id, lambda found: recruitment.send_letters(found), "De ronde loopt. De codes werken nu.")


@CLERK.post("/griffie/werving/<public_id>/sluiten")
@allow(Audience.STAFF, "panel.recruit")
def close_round(public_id: str) -> Page:
    """Close the round."""
    return _step(public_id, lambda found: recruitment.close_round(found), "De ronde is gesloten.")


@CLERK.post("/griffie/werving/<public_id>/wissen")
@allow(Audience.STAFF, "panel.recruit")
def destroy_sample(public_id: str) -> Page:
    """Destroy the sample before its date."""
    return _step(public_id, lambda found: recruitment.destroy_sample(found), "De steekproef is gewist.")


@CLERK.post("/griffie/werving/<public_id>/tweede-brief")
@allow(Audience.STAFF, "panel.recruit")
def second_letter(public_id: str) -> Page:
    """Plan a second letter."""
    form = SecondLetterForm()
    day = form.on.data if form.validate_on_submit() else None
    if day is None:
        flash("Vul de datum van de tweede brief in.", "error")
        return _back(public_id)
    return _step(public_id, lambda found: recruitment.plan_second_letter(found, day), "De tweede brief staat klaar.")


@CLERK.post("/griffie/werving/<public_id>/geen-brieven")
@allow(Audience.STAFF, "panel.recruit")
def refuse_letters(public_id: str) -> Page:
    """Somebody wants no more letters."""
    form = NoLettersForm()
    number = recruitment.sample_number(queries.get_round(public_id), form.number.data or "")
    if not form.validate_on_submit() or number is None:
        flash("Dit nummer of deze code staat niet in deze ronde. Kijk het na en vul het opnieuw in.", "error")
        return _back(public_id)
    return _step(
        public_id, lambda found: recruitment.refuse_letters(found, number), "Deze persoon krijgt geen brieven meer."
    )


def _step(public_id: str, act: Callable[[RecruitmentRound], object], message: str) -> Page:
    found = queries.get_round(public_id)
    try:
        act(found)
    except BlockedError as blocked:
        db.session.rollback()
        return _round(queries.get_round(public_id), blockers=blocked), 409
    db.session.commit()
    flash(message, "success")
    return _back(public_id)


def _back(public_id: str) -> Response:
    return redirect(url_for("panel_clerk.show_round", public_id=public_id))
