"""The mailbox of the demonstration; it does not exist outside it."""

from pathlib import Path

from flask import abort, render_template, request, url_for

from core.web import context
from core.web.access import Audience, allow
from portal import mailbox as box
from portal.views.blueprint import blueprint


def _folder() -> Path:
    config = context.config()
    folder = box.folder_of(config.mail_url)
    if not config.demonstration or folder is None:
        abort(404)
    return folder


@blueprint.get("/voorbeeld/post")
@allow(Audience.PUBLIC)
def mailbox() -> str:
    """All mails that were sent, the newest first."""
    search, page = request.args.get("zoek", "")[:100], max(1, request.args.get("pagina", 1, type=int))
    found, total = box.page_of(_folder(), search, page)
    return render_template(
        "portal/mailbox.html",
        found=found,
        total=total,
        search=search,
        page=page,
        pages=-(-total // box.PAGE),
        url_for_page=lambda n: url_for("portal.mailbox", zoek=search or None, pagina=n),
    )


@blueprint.get("/voorbeeld/post/<name>")
@allow(Audience.PUBLIC)
def message(name: str) -> str:
    """One mail."""
    letter = box.find(_folder(), name, context.config().base_url)
    if letter is None:
        abort(404)
    return render_template("portal/message.html", letter=letter)
