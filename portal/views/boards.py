"""The board of the griffie: what must be done today."""

from flask import render_template

from core.permissions import permitted
from core.web.access import Audience, allow
from panel.board.outlook import Outlook, outlook
from panel.queries import districts, panel_size
from panel.queries.snapshots import newest_snapshot
from portal import places
from portal.queries import board
from portal.views.blueprint import blueprint

LOWEST = 8


@blueprint.get("/griffie")
@allow(Audience.STAFF, "board.view")
def clerk_board() -> str:
    """Tasks, waves in the field with their response, promises that were missed."""
    return render_template(
        "portal/clerk_board.html",
        tasks=board.all_tasks() if permitted("mail.list") else list(board.weighing_tasks()),
        waves=board.running_waves(LOWEST),
        late=board.overdue_agreements(),
        size=panel_size(),
        outlook=_outlook(),
        places=places,
    )


def _outlook() -> Outlook | None:
    """When the next round of recruitment is due, as the worker last computed it."""
    found = newest_snapshot() if permitted("panel.view_composition") else None
    ahead = found.document.get("upkeep") if found else None
    if found is None or ahead is None:
        return None
    return outlook(ahead, found.taken_on, {area.code: area.name for area in districts()})
