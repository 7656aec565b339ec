"""The board of the griffie: what must be done today."""

from flask import render_template

from core.permissions import permitted
from core.web.access import Audience, allow
from panel.queries import panel_size
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
        places=places,
    )
