"""The clerk's pages of the letters: how far the printing is, the files, the proof sheet, what letters look like."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import clock
from core.db import db
from core.errors import BlockedError, NotFoundError
from core.models import StoredFile
from core.web.access import Audience, allow
from panel import letter_texts, printing, queries
from panel.models import RecruitmentRound
from panel.queries.recruitment import round_totals
from panel.recruitment_forms import LooksForm, PrintAgainForm
from panel.recruitment_labels import ISSUE
from panel.services import recruitment, recruitment_letters
from panel.views.blueprints import CLERK
from panel.views.joining import Page
from panel.views.letter_files import download, download_all, stored_files


@CLERK.get("/griffie/werving/<public_id>/brieven")
@allow(Audience.STAFF, "panel.recruit")
def letters(public_id: str) -> Page:
    """How far the letters of a round are, and what they look like."""
    return _page(queries.get_round(public_id)), 200


def _page(found: RecruitmentRound, blocked: BlockedError | None = None, looks: LooksForm | None = None) -> str:
    issues = (1, 2) if found.second_letter_on else (1,)
    return render_template(
        "panel/clerk/round_letters.html",
        round=found,
        totals=round_totals(found),
        runs=[recruitment_letters.print_run(found, issue) for issue in issues],
        issues=ISSUE,
        files={file.public_id: file for file in _batch_files(found)},
        proofs=stored_files(f"proof:{found.id}")[:1],
        kept=recruitment_letters.KEPT.days,
        soon=clock.now() - recruitment_letters.KEPT,
        languages=letter_texts.languages(),
        looks=looks or LooksForm.of(found),
        again_form=PrintAgainForm(formdata=None),
        blockers=blocked.blockers if blocked else [],
        missing=printing.missing_libraries(),
        install=printing.INSTALL,
    )


def _batch_files(found: RecruitmentRound) -> list[StoredFile]:
    mine = select(StoredFile).where(StoredFile.owner == f"round:{found.id}", StoredFile.expires_at > clock.now())
    return list(db.session.scalars(mine.order_by(StoredFile.id)))


@CLERK.post("/griffie/werving/<public_id>/brieven/vorm")
@allow(Audience.STAFF, "panel.recruit")
def set_looks(public_id: str) -> Page:
    """Set window, type and languages of the letters."""
    found, form = queries.get_round(public_id), LooksForm().offer_languages()
    if not form.validate_on_submit():
        return _page(found, looks=form), 422
    return _step(public_id, lambda r: recruitment.set_looks(r, form.looks()), "De vorm van de brieven is bewaard.")


@CLERK.post("/griffie/werving/<public_id>/brieven/proefvel")
@allow(Audience.STAFF, "panel.recruit")
def ask_proof(public_id: str) -> Page:
    """Let the worker make the proof sheet."""
    message = "Het proefvel wordt gemaakt. Ververs deze pagina over een paar tellen."
    return _step(public_id, recruitment_letters.ask_proof, message)


@CLERK.post("/griffie/werving/<public_id>/brieven/maken/<int:issue>")
@allow(Audience.STAFF, "panel.recruit")
def print_letters(public_id: str, issue: int) -> Page:
    """Let the worker print all letters that are not printed yet."""
    message = "De brieven worden gemaakt. Ververs deze pagina om te zien hoe ver het is."
    return _step(public_id, lambda found: recruitment_letters.print_letters(found, issue), message)


@CLERK.post("/griffie/werving/<public_id>/brieven/<batch_id>/opnieuw")
@allow(Audience.STAFF, "panel.recruit")
def print_again(public_id: str, batch_id: str) -> Page:
    """Print a batch anew."""
    form = PrintAgainForm()
    reason = form.reason.data or "" if form.validate_on_submit() else ""

    def act(found: RecruitmentRound) -> object:
        return recruitment_letters.print_again(recruitment_letters.get_batch(found, batch_id), reason)

    return _step(public_id, act, "Deze groep wordt opnieuw gemaakt.")


@CLERK.get("/griffie/werving/<public_id>/brieven/<file_id>.pdf")
@allow(Audience.STAFF, "panel.recruit")
def letters_file(public_id: str, file_id: str) -> Page:
    """Download a batch of letters; a row in the audit log."""
    return download(file_id, f"round:{queries.get_round(public_id).id}")


@CLERK.get("/griffie/werving/<public_id>/proefvel/<file_id>.pdf")
@allow(Audience.STAFF, "panel.recruit")
def proof_file(public_id: str, file_id: str) -> Page:
    """Download the proof sheet."""
    return download(file_id, f"proof:{queries.get_round(public_id).id}")


@CLERK.get("/griffie/werving/<public_id>/brieven-<int:issue>.zip")
@allow(Audience.STAFF, "panel.recruit")
def all_letters(public_id: str, issue: int) -> Page:
    """Download the newest file of every batch of a letter in one."""
    found = queries.get_round(public_id)
    wanted = {s.batch.file_ref for s in recruitment_letters.print_run(found, issue).batches if s.newest}
    chosen = [file for file in _batch_files(found) if file.public_id in wanted]
    if not chosen:
        raise NotFoundError("no-letters")
    return download_all(chosen, f"brieven-{issue}.zip")


def _step(public_id: str, act: Callable[[RecruitmentRound], object], message: str) -> Page:
    found = queries.get_round(public_id)
    try:
        act(found)
    except BlockedError as blocked:
        db.session.rollback()
        return _page(queries.get_round(public_id), blocked), 409
    db.session.commit()
    flash(message, "success")
    return _back(public_id)


def _back(public_id: str) -> Response:
    return redirect(url_for("panel_clerk.letters", public_id=public_id))
