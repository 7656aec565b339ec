"""Answering: the first screen behind a personal link, one question per page, check, send, thank you."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from core.actor import Actor, acting
from core.db import db
from core.errors import NotFoundError
from core.keystore import KeyGoneError
from core.models import SessionKind
from core.sessions import end_everywhere
from core.web import origins, visitors
from core.web.access import Audience, allow
from core.web.setup import csrf
from surveys import queries_wave, response_document
from surveys.questionnaire import FrozenWave
from surveys.response_document import CHECK, Draft
from surveys.services import answering, taking, wave_keys
from surveys.services.answering import AlreadySentError, ClosedError, IncompleteError, NotStartedError
from surveys.services.personal_links import ANSWER, UNSUBSCRIBE
from surveys.services.taking import Taking
from surveys.views import wave_words
from surveys.views.question_page import check_rows, filled_page, question_page

blueprint = Blueprint("surveys_respondent", __name__)
Page = str | Response | tuple[str, int]
BACK, LATER = "vorige", "later"


def _load_taking(session: visitors.LiveSession) -> tuple[Any, Actor] | None:
    found = taking.by_invitation(int(session.subject))
    return None if found is None else (found, Actor(kind="invitation"))


visitors.subject_loader(SessionKind.INVITATION, _load_taking)


def _taking() -> Taking:
    found: Taking = visitors.current().subject
    return found


def _wave() -> FrozenWave:
    return taking.frozen_of(_taking().frozen_hash).wave


def _page(template: str, status: int = 200, **values: Any) -> tuple[str, int]:
    return render_template(f"surveys/respondent/{template}.html", **values), status


def _by_link(token: str, purpose: str = ANSWER) -> Taking:
    try:
        return taking.resolve_link(token, purpose)
    except NotFoundError:
        origins.count_wrong_link()
        raise


def _to(key: str) -> Response:
    if key == CHECK:
        return redirect(url_for("surveys_respondent.check"))
    return redirect(url_for("surveys_respondent.question", item_key=key))


@blueprint.get("/v/<token>")
@allow(Audience.PUBLIC)
def enter(token: str) -> Page:
    """The first screen; reading it writes nothing."""
    found = _by_link(token)
    if not found.may_start:
        return _closed(found)
    return _page("start", **wave_words.first_screen(found))


@blueprint.post("/v/<token>")
@allow(Audience.PUBLIC)
def begin(token: str) -> Page:
    """Beginnen: a session for this one wave, and on to an address without the token."""
    found = _by_link(token)
    outcome = answering.start(found)
    session = visitors.start(SessionKind.INVITATION, str(found.invitation_id))
    db.session.commit()
    if outcome == "resumed":
        flash("U was al begonnen. U gaat verder waar u gebleven was.", "info")
    return visitors.give_cookie(redirect(url_for("surveys_respondent.home")), SessionKind.INVITATION, session)


@blueprint.get("/invullen")
@allow(Audience.INVITATION)
def home() -> Page:
    """On to where the person was."""
    document = answering.load(_taking()).document
    if document.draft is None:
        return redirect(url_for("surveys_respondent.done"))
    here = response_document.resume_at(_wave(), document.draft)
    return _to(here.item_key if here else CHECK)


@blueprint.get("/invullen/vraag/<item_key>")
@allow(Audience.INVITATION)
def question(item_key: str) -> Page:
    """The page of one question, filled with what was answered before."""
    stored = answering.load(_taking())
    draft = stored.document.draft
    spec = response_document.reachable(_wave(), draft, item_key) if draft else None
    if draft is None or spec is None:
        return redirect(url_for("surveys_respondent.home"))
    return _question(draft, stored.revision, filled_page(spec, draft), checking=request.args.get("controle") == "1")


def _question(
    draft: Draft, revision: int, page: Any, status: int = HTTPStatus.OK, *, checking: bool
) -> tuple[str, int]:
    keys = [q.item_key for q in response_document.routed(_wave(), draft)]
    place = keys.index(page.item_key) + 1 if page.item_key in keys else 1
    total = max(len(keys), place)
    return _page(
        "question", status, question=page, place=place, total=total, revision=revision, checking=checking, wave=_wave()
    )


@blueprint.post("/invullen/vraag/<item_key>")
@allow(Audience.INVITATION)
def save(item_key: str) -> Page:
    """Save one page and go on; Vorige and later verder save too, and refuse nothing."""
    raw = request.form.to_dict(flat=False)
    action, checking = request.form.get("actie", ""), request.form.get("controle") == "1"

    def leads_to(draft: Draft) -> str:
        if action == LATER:
            return item_key
        return response_document.neighbour(_wave(), draft, item_key, back=action == BACK, checking=checking)

    saved = answering.save_page(
        _taking(),
        item_key,
        raw,
        seen_revision=request.form.get("versie", 0, type=int),
        validate=action not in (BACK, LATER),
        position=leads_to,
    )
    db.session.commit()
    return _after_save(saved, raw, action)


def _after_save(saved: answering.Saved, raw: dict[str, list[str]], action: str) -> Page:
    if saved.errors:
        page = question_page(saved.question, raw=raw, errors=saved.errors)
        checking = request.form.get("controle") == "1"
        return _question(saved.draft, saved.revision, page, HTTPStatus.UNPROCESSABLE_ENTITY, checking=checking)
    if saved.overwritten:
        flash("U had deze vraag ook in een ander venster ingevuld. Het antwoord van net telt.", "info")
    if action == LATER:
        return _end_session("surveys_respondent.kept")
    return _to(saved.draft.position)


@blueprint.get("/invullen/controle")
@allow(Audience.INVITATION)
def check() -> Page:
    """All answers once more before sending; can be printed."""
    draft = answering.load(_taking()).document.draft
    if draft is None:
        return redirect(url_for("surveys_respondent.home"))
    return _page("check", rows=check_rows(_wave(), draft), errors=[], wave=_wave())


@blueprint.post("/invullen/verzenden")
@allow(Audience.INVITATION)
def send() -> Page:
    """Send; a second click changes nothing."""
    try:
        answering.submit(_taking())
    except IncompleteError as error:
        db.session.rollback()
        flash("Deze vraag is nog niet ingevuld. Daarna kunt u versturen.", "warning")
        return redirect(url_for("surveys_respondent.question", item_key=error.params["item_key"], controle=1))
    db.session.commit()
    return redirect(url_for("surveys_respondent.done"))


@blueprint.get("/invullen/klaar")
@allow(Audience.INVITATION)
def done() -> Page:
    """Thank you, and when results and feedback come. What was sent is not shown."""
    document = answering.load(_taking()).document
    if document.sent is None:
        return redirect(url_for("surveys_respondent.home")) if document.draft else _page("withdrawn")
    return _page("done", **wave_words.thanks(_taking()), may_change=_taking().may_start)


@blueprint.post("/invullen/opnieuw")
@allow(Audience.INVITATION)
def again() -> Page:
    """Answer once more; what was sent counts until the new answers are sent."""
    answering.start(_taking(), again=True)
    db.session.commit()
    return redirect(url_for("surveys_respondent.home"))


@blueprint.get("/invullen/intrekken")
@allow(Audience.INVITATION)
def ask_withdraw() -> Page:
    """Say what withdrawing does before it happens."""
    return _page("withdraw", wave=_wave())


@blueprint.post("/invullen/intrekken")
@allow(Audience.INVITATION)
def withdraw() -> Page:
    """Take all answers to this questionnaire back."""
    answering.withdraw(_taking())
    end_everywhere(SessionKind.INVITATION, str(_taking().invitation_id))
    return _end_session("surveys_respondent.withdrawn")


def _end_session(endpoint: str) -> Response:
    response = visitors.end(SessionKind.INVITATION, redirect(url_for(endpoint)))
    db.session.commit()
    return response


@blueprint.get("/invullen/bewaard")
@allow(Audience.PUBLIC)
def kept() -> Page:
    """What was answered is kept; how to go on later."""
    return _page("kept")


@blueprint.get("/invullen/ingetrokken")
@allow(Audience.PUBLIC)
def withdrawn() -> Page:
    """The answers are gone."""
    return _page("withdrawn")


@blueprint.errorhandler(ClosedError)
def on_closed(_error: ClosedError) -> tuple[str, int]:
    """Too late: say so plainly."""
    db.session.rollback()
    return _closed(visitors.current().subject)


@blueprint.errorhandler(KeyGoneError)
def on_key_gone(error: KeyGoneError) -> tuple[str, int]:
    """The key was destroyed at closing: the link leads nowhere. Or it is lost for now: nothing else is."""
    db.session.rollback()
    wave = queries_wave.get_wave(error.params["wave"])
    return _page("unavailable", 503) if wave_keys.is_lost(wave) else _closed(None)


@blueprint.errorhandler(AlreadySentError)
@blueprint.errorhandler(NotStartedError)
def on_other_window(error: Exception) -> Response:
    """A page of an older window: nothing was changed, and the person hears why."""
    db.session.rollback()
    if isinstance(error, AlreadySentError):
        flash(
            "U hebt uw antwoorden al verstuurd. Deze pagina hoorde bij een ander venster en is niet bewaard.", "warning"
        )
        return redirect(url_for("surveys_respondent.done"))
    return redirect(url_for("surveys_respondent.home"))


@blueprint.errorhandler(410)
def on_expired(_error: HTTPException) -> tuple[str, int]:
    """The session is over; nothing that was saved is lost."""
    return _page("expired", 410)


def _closed(found: Taking | None) -> tuple[str, int]:
    return _page("closed", 410, closes_at=found.closes_at if found else None)


@blueprint.get("/afmelden/<token>")
@allow(Audience.PUBLIC)
def unsubscribe(token: str) -> Page:
    """Say what unsubscribing does; reading it changes nothing."""
    _by_link(token, UNSUBSCRIBE)
    return _page("unsubscribe", done=False)


@blueprint.post("/afmelden/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]  # mail programs post here with one click and without a form
@allow(Audience.PUBLIC)
def opt_out(token: str) -> Page:
    """No more mails about this questionnaire; a second click changes nothing."""
    # not as the member or the address behind this browser: the log must not tell who was asked and stopped
    with acting(Actor(kind="invitation")):
        answering.opt_out(_by_link(token, UNSUBSCRIBE))
        db.session.commit()
    return _page("unsubscribe", done=True)
