"""A product with faults that repeat what somebody filled in; run as a program, its log is what a test reads."""

import logging

from sqlalchemy import text

from app import create_app
from core.db import db
from core.web.access import Audience, allow

PRIVATE = "Anna Zeldzaam, anna@voorbeeld.example"
SECRET = "a.1.geheime-link"
CODE = "AAAA-BBBB-CCCC"
VISITS = (
    f"/anders//v/{SECRET}",
    f"/V/{SECRET}",
    f"/afmelden/{SECRET}/",
    f"/meedoen?code={CODE}",
    f"/inloggen?next=/v/{SECRET}",
)
log = logging.getLogger("core.worker")


@allow(Audience.PUBLIC)
def break_down(**_link: str) -> str:
    """A view with a fault of our own."""
    raise ValueError(PRIVATE)


@allow(Audience.PUBLIC)
def break_the_database(**_link: str) -> str:
    """A view whose statement fails."""
    _ask_for_nothing()
    return ""


def _ask_for_nothing() -> None:
    db.session.execute(text("SELECT * FROM no_such_table WHERE name = :name"), {"name": PRIVATE})


def main() -> None:
    """Visit both pages, let the same happen to the worker, and follow links as people mistype them."""
    app = create_app()
    app.add_url_rule("/v/<token>/value", "value", break_down)
    app.add_url_rule("/v/<token>/statement", "statement", break_the_database)
    browser = app.test_client()
    for page in ("value", "statement"):
        assert browser.get(f"/v/{SECRET}/{page}", base_url="https://localhost").status_code == 500
    with app.app_context():
        try:
            _ask_for_nothing()
        except Exception:
            log.exception("job 7 failed")
    for path in VISITS:
        browser.get(path, base_url="https://localhost")


if __name__ == "__main__":
    main()
