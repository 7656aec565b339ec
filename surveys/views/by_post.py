"""Members without e-mail: their letters, and paper forms to print. No form carries a name."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import clock, files, trace
from core.db import db
from core.errors import NotFoundError
from core.models import Job, StoredFile
from core.web.access import Audience, allow
from panel import printing
from surveys.lifecycle import WaveStatus
from surveys.models import Wave
from surveys.queries_wave import get_wave
from surveys.services import by_post, fielding, paper
from surveys.services.taking import frozen_of
from surveys.views.fieldwork import blueprint

Page = str | Response | tuple[str, int]


@blueprint.get("/post")
@allow(Audience.STAFF, "fieldwork.post")
def letters(public_id: str) -> Page:
    """How many people are reached by post, the letters that were made, the forms to print."""
    wave = get_wave(public_id)
    return render_template(
        "surveys/fieldwork/post.html",
        wave=wave,
        invited=len(by_post.invited_by_post(wave)),
        waiting=len(by_post.waiting(wave)),
        forms_needed=by_post.forms_needed(wave),
        files=_files(wave),
        job=_last_job(wave),
        fielding=wave.status is WaveStatus.FIELDING,
        missing=printing.missing_libraries(),
        install=printing.INSTALL,
    )


def _files(wave: Wave) -> list[StoredFile]:
    mine = select(StoredFile).where(StoredFile.owner == fielding.file_owner(wave), StoredFile.expires_at > clock.now())
    return list(db.session.scalars(mine.order_by(StoredFile.id.desc())))


def _last_job(wave: Wave) -> Job | None:
    mine = select(Job).where(Job.key.startswith(f"post-letters:{wave.public_id}:"))
    return db.session.scalars(mine.order_by(Job.id.desc()).limit(1)).first()


@blueprint.post("/post")
@allow(Audience.STAFF, "fieldwork.post")
def order_letters(public_id: str) -> Page:
    """Let the worker make the letters."""
    try:
        by_post.order_letters(get_wave(public_id))
    except by_post.NoLettersError:
        db.session.rollback()
        flash("Er zijn nu geen brieven te maken.", "warning")
    else:
        db.session.commit()
        flash("De brieven worden gemaakt. Ververs deze pagina over een minuut.", "success")
    return redirect(url_for("surveys_fieldwork.letters", public_id=public_id))


@blueprint.get("/post/<file_id>.pdf")
@allow(Audience.STAFF, "fieldwork.post")
def letters_file(public_id: str, file_id: str) -> Page:
    """Download a batch of letters; a row in the audit log."""
    file = files.get(file_id, owner=fielding.file_owner(get_wave(public_id)))
    trace.seen("letters.download", "file", file.public_id)
    answer = Response(files.read(file), content_type=file.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


@blueprint.get("/papier/formulier/<code>")
@allow(Audience.STAFF, "fieldwork.paper")
def printable_form(public_id: str, code: str) -> Page:
    """The questionnaire on paper: the name of the questionnaire and the code of a group, no name of a person."""
    wave = get_wave(public_id)
    if code not in {group.code for group in paper.groups(wave)}:
        raise NotFoundError("no-such-group")
    values: dict[str, Any] = {"wave": wave, "code": code, "frozen": frozen_of(wave.frozen_hash or "").wave}
    until = fielding.paper_term(wave.closes_at) if wave.closes_at else None
    return render_template("surveys/fieldwork/paper_form.html", until=wave.paper_until or until, **values)
