"""The question editor and the preview, which leaves no data."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.db import db
from core.errors import NotFoundError
from core.web.access import Audience, allow
from surveys import labels, queries_wave
from surveys.forms.fields import add_error
from surveys.forms.wave import FORMS, QuestionForm, initial, offer, submitted
from surveys.freezing import design_document, spec_of, specs
from surveys.lifecycle import WaveStatus
from surveys.models.wave import Question, Wave
from surveys.questionnaire import QuestionKind, from_document
from surveys.questions import check_design
from surveys.routing.conditions import references
from surveys.services import design
from surveys.views import loading
from surveys.views.blueprints import clerk as bp
from surveys.views.question_page import question_page

HERE = "/vragenlijsten/<public_id>"


def _editable(public_id: str) -> Wave:
    found = loading.wave(public_id, "wave.edit")
    if found.status is not WaveStatus.DESIGN:
        raise NotFoundError("wave-in-design")
    return found


def _kind(value: str) -> QuestionKind:
    if value not in set(QuestionKind):
        raise NotFoundError("question-kind")
    return QuestionKind(value)


@bp.route(f"{HERE}/vragen/nieuw/<kind_name>", methods=["GET", "POST"])
@allow(Audience.STAFF, "wave.edit")
def new_question(public_id: str, kind_name: str) -> str | tuple[str, int] | Response:
    """Add a question of a kind."""
    wave, kind = _editable(public_id), _kind(kind_name)
    form = FORMS[kind](request.form or None)
    offer(form, wave, list(specs(wave)))
    if request.method == "POST" and form.validate() and _key_free(form, wave):
        made = design.add_question(wave, kind=kind, values=submitted(form, kind), item_key=form.item_key.data or "")
        return _saved(wave, made)
    return _page(wave, form, kind)


def _key_free(form: QuestionForm, wave: Wave) -> bool:
    if form.item_key.data in {q.item_key for q in wave.questions}:
        add_error(form.item_key, "Dit kenmerk bestaat al in deze vragenlijst.")
        return False
    return True


def _saved(wave: Wave, question: Question) -> Response:
    db.session.commit()
    db.session.expire(question)
    for problem in check_design(spec_of(question)):
        flash(f"Bewaard, maar nog niet goed: {problem}", "warning")
    return redirect(url_for(".wave", public_id=wave.public_id, _anchor=f"vraag-{question.item_key}"))


def _page(
    wave: Wave, form: QuestionForm, kind: QuestionKind, question: Question | None = None
) -> str | tuple[str, int]:
    page = render_template(
        "surveys/clerk/question.html",
        wave=wave,
        form=form,
        kind=kind,
        kind_label=labels.QUESTION_KIND[kind],
        question_row=question,
    )
    return (page, 422) if request.method == "POST" else page


@bp.route(f"{HERE}/vragen/<item_key>", methods=["GET", "POST"])
@allow(Audience.STAFF, "wave.edit")
def question(public_id: str, item_key: str) -> str | tuple[str, int] | Response:
    """Change a question."""
    wave = _editable(public_id)
    row = design.get_question(wave, item_key)
    kind = QuestionKind(row.kind)
    form = FORMS[kind](request.form or None, data=initial(row))
    form.item_key.data = item_key
    offer(form, wave, [spec_of(q) for q in wave.questions if q.position < row.position])
    if request.method == "POST" and form.validate():
        return _saved(wave, design.update_question(wave, item_key, submitted(form, kind, row)))
    return _page(wave, form, kind, row)


@bp.post(f"{HERE}/vragen/<item_key>/<direction>")
@allow(Audience.STAFF, "wave.edit")
def move_question(public_id: str, item_key: str, direction: str) -> Response:
    """Move a question up or down."""
    if direction not in ("omhoog", "omlaag"):
        raise NotFoundError("direction")
    wave = _editable(public_id)
    design.move_question(wave, item_key, by=-1 if direction == "omhoog" else 1)
    db.session.commit()
    return redirect(url_for(".wave", public_id=public_id, _anchor=f"vraag-{item_key}"))


@bp.get(f"{HERE}/vragen/<item_key>/verwijderen")
@allow(Audience.STAFF, "wave.edit")
def ask_remove_question(public_id: str, item_key: str) -> str:
    """Say what taking a question out does, before it happens."""
    wave = _editable(public_id)
    row = design.get_question(wave, item_key)
    readers = [q for q in wave.questions if item_key in _read_by(q)]
    return render_template(
        "surveys/clerk/question_remove.html",
        wave=wave,
        question_row=row,
        number=wave.questions.index(row) + 1,
        tables_n=sum(table["item_key"] == item_key for table in wave.tables),
        readers=[(wave.questions.index(q) + 1, q) for q in readers],
        signed=queries_wave.valid_sign_off(wave) is not None,
    )


def _read_by(question: Question) -> set[str]:
    return {key.partition(".")[0] for key in references(question.condition)}


@bp.post(f"{HERE}/vragen/<item_key>/verwijderen")
@allow(Audience.STAFF, "wave.edit")
def remove_question(public_id: str, item_key: str) -> Response:
    """Take a question out."""
    wave = _editable(public_id)
    design.remove_question(wave, item_key)
    db.session.commit()
    flash("De vraag is verwijderd.", "success")
    return redirect(url_for(".wave", public_id=public_id))


@bp.get(f"{HERE}/voorbeeld")
@bp.get(f"{HERE}/voorbeeld/<int:number>")
@allow(Audience.STAFF, "wave.view")
def preview(public_id: str, number: int = 0) -> str:
    """The pages as a member will see them; nothing can be sent and nothing is kept."""
    wave = loading.wave(public_id)
    frozen = from_document(design_document(wave))
    if number > len(frozen.questions):
        raise NotFoundError("preview-page")
    shown = question_page(frozen.questions[number - 1]) if number else None
    return render_template("surveys/clerk/preview.html", wave=wave, frozen=frozen, number=number, question=shown)
