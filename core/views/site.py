"""What machines ask a site for: health, security.txt, robots.txt."""

from datetime import timedelta
from email.utils import parseaddr

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.db import db
from core.models import ScheduleRun
from core.web import context
from core.web.access import Audience, allow

blueprint = Blueprint("site", __name__)
WORKER_LATE = timedelta(minutes=5)
TEXT = "text/plain; charset=utf-8"


@blueprint.get("/gezondheid")
@allow(Audience.PUBLIC)
def health() -> tuple[Response, int]:
    """Whether the database answers and the worker runs; tells nothing else."""
    try:
        ran_at = db.session.scalar(select(ScheduleRun.ran_at).order_by(ScheduleRun.ran_at.desc()).limit(1))
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(status="database"), 503
    late = ran_at is None or ran_at < clock.now() - WORKER_LATE
    return jsonify(status="ok", worker="late" if late else "ok"), 200


@blueprint.get("/.well-known/security.txt")
@allow(Audience.PUBLIC)
def security_txt() -> Response:
    """Where to report a weakness (RFC 9116)."""
    config = context.config()
    address = context.site().email or parseaddr(config.mail_from)[1]
    expires = (clock.now() + timedelta(days=180)).replace(microsecond=0)
    lines = (
        f"Contact: mailto:{address}",
        f"Expires: {expires.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: nl, en",
        f"Canonical: {config.base_url}/.well-known/security.txt",
    )
    return Response("\r\n".join(lines) + "\r\n", content_type=TEXT)


@blueprint.get("/robots.txt")
@allow(Audience.PUBLIC)
def robots_txt() -> Response:
    """What search engines may read: nothing of a demonstration, no personal pages of a real panel."""
    closed = ["/"] if context.config().demonstration else ["/v/", "/invullen/", "/mijn/", "/medewerkers/", "/beheer/"]
    return Response("\n".join(["User-agent: *", *(f"Disallow: {path}" for path in closed)]) + "\n", content_type=TEXT)
