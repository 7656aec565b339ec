"""How views try something that may be blocked, and show everything that is missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import current_app, url_for

from core.db import db
from core.errors import BlockedError, Blocker


@dataclass(frozen=True)
class Item:
    """One thing that is missing, as the list of blockers shows it."""

    label: str
    url: str = ""


def items(blockers: Sequence[Blocker]) -> list[Item]:
    """Blockers with the address of the page where each is mended."""
    return [Item(b.message, _url(b)) for b in blockers]


def words(blockers: Sequence[Blocker]) -> list[Item]:
    """Blockers without addresses, for who may read what is missing and not mend it."""
    return [Item(b.message) for b in blockers]


def _url(blocker: Blocker) -> str:
    if blocker.endpoint and blocker.endpoint in current_app.view_functions:
        return url_for(blocker.endpoint, _anchor=blocker.anchor or None, **blocker.values)
    return f"#{blocker.anchor}" if blocker.anchor and not blocker.endpoint else ""


def attempt(action: Callable[[], object]) -> list[Item]:
    """Carry out and commit; when a gate holds it back, undo everything and give what is missing."""
    try:
        action()
    except BlockedError as error:
        db.session.rollback()
        return items(error.blockers)
    db.session.commit()
    return []
