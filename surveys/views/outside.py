"""The signatory outside: a one-time link, the whole questionnaire, one signature."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.actor import Actor
from core.db import db
from core.errors import ConflictError, NotFoundError
from core.models import SessionKind
from core.web import origins, visitors
from core.web.access import Audience, allow
from surveys import labels, signoff_links
from surveys.forms.wave import SignOutsideForm
from surveys.freezing import design_document, design_hash
from surveys.models.wave import SignOffLink
from surveys.questionnaire import from_document
from surveys.services import readiness
from surveys.views import blocking
from surveys.views.blueprints import outside as bp


def load(row: visitors.LiveSession) -> tuple[Any, Actor] | None:
    """The link of an outside session and its actor; ends when the link is gone or was signed with."""
    link = signoff_links.by_public_id(row.subject)
    if link is None:
        return None
    return link, Actor(kind="outside", ref=f"{link.wave.public_id}:{link.public_id}", origin=request.remote_addr or "")


visitors.subject_loader(SessionKind.OUTSIDE, load)


@bp.get("/<token>")
@allow(Audience.PUBLIC)
def enter(token: str) -> tuple[str, int] | str:
    """What the link is for; nothing is used up by looking."""
    link = signoff_links.find(token)
    if link is None:
        origins.count_wrong_link()
    if link is None or not signoff_links.usable(link):
        return render_template("surveys/outside/gone.html"), 410
    return render_template("surveys/outside/enter.html", link=link, token=token)


@bp.post("/<token>")
@allow(Audience.PUBLIC)
def begin(token: str) -> tuple[str, int] | Response:
    """Use up the link and open a session of its own under a clean address."""
    try:
        link = readiness.consume_link(token)
    except NotFoundError:
        db.session.rollback()
        origins.count_wrong_link()
        raise
    except ConflictError:
        db.session.rollback()
        return render_template("surveys/outside/gone.html"), 410
    secret = visitors.start(SessionKind.OUTSIDE, link.public_id)
    db.session.commit()
    return visitors.give_cookie(redirect(url_for(".read")), SessionKind.OUTSIDE, secret)


def _link() -> SignOffLink:
    link: SignOffLink = visitors.current().subject
    return link


@bp.get("/vragenlijst")
@allow(Audience.OUTSIDE)
def read() -> str:
    """The whole questionnaire, the plan and the promises, with the form to sign."""
    link = _link()
    if link.signed_at is not None:
        return render_template("surveys/outside/done.html", link=link)
    return _page(link, SignOutsideForm(data={"name": link.name}))


def _page(link: SignOffLink, form: SignOutsideForm, blocked: list[blocking.Item] | None = None) -> str:
    return render_template(
        "surveys/outside/read.html",
        link=link,
        wave=link.wave,
        labels=labels,
        frozen=from_document(design_document(link.wave)),
        fingerprint=design_hash(link.wave),
        form=form,
        blocked=blocked or [],
    )


@bp.post("/vragenlijst")
@allow(Audience.OUTSIDE)
def sign() -> str | tuple[str, int] | Response:
    """Sign with name and function."""
    link = _link()
    form = SignOutsideForm(request.form)
    if not form.validate():
        return _page(link, form), 422
    name, function, seen = form.name.data or "", form.function.data or "", request.form.get("fingerprint", "")
    blocked = blocking.attempt(lambda: readiness.sign_outside(link, name=name, function=function, seen_hash=seen))
    if blocked:
        return _page(link, form, blocked), 409
    return redirect(url_for(".read"))
