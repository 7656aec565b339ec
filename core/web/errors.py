"""Error pages: each tells in plain Dutch what happened and what to do next; domain errors get their status here."""

from flask import Flask, render_template
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from core.db import db
from core.errors import DomainError
from core.web import logs

PAGES = {400, 403, 404, 405, 409, 410, 413, 429, 500}


def _page(status: int, error: object = None) -> tuple[str, int]:
    shown = status if status in PAGES else (404 if status < 500 else 500)
    return render_template(f"errors/{shown}.html", error=error), status


def on_http_error(error: HTTPException) -> tuple[str, int]:
    """Render the page of an HTTP error."""
    return _page(error.code or 500, error)


def on_domain_error(error: DomainError) -> tuple[str, int]:
    """Render a refusal of the domain that no view turned into a message."""
    db.session.rollback()
    return _page(error.status, error)


def on_crash(error: Exception) -> tuple[str, int]:
    """Render the page of an unexpected fault; the details are in the log only."""
    db.session.rollback()
    logs.crashed(getattr(error, "original_exception", None) or error)
    return _page(500)


def on_unfit(error: Exception) -> tuple[str, int]:
    """What was typed fits no column (a number of thirty digits): the visitor's fault, but noted, a form let it pass."""
    db.session.rollback()
    logs.crashed(error)
    return _page(400)


def init_app(app: Flask) -> None:
    """Register the error pages."""
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(OverflowError, on_unfit)
    app.register_error_handler(DataError, on_unfit)
    app.register_error_handler(500, on_crash)
