"""What everybody can see of a fair draw: how it works, the chances, and how to check it. No names."""

import json

from flask import Response as FileResponse
from flask import render_template

from core.web.access import Audience, allow
from panel import draw_labels
from panel.queries import draws
from panel.views import draw_tables
from panel.views.blueprints import PUBLIC
from panel.views.joining import Page

# of each group its classes: with the public chances they could point at somebody
PRIVATE = "classes"


@PUBLIC.get("/panel/lotingen")
@allow(Audience.PUBLIC)
def public_draws() -> Page:
    """All draws whose lottery is fixed."""
    return render_template(
        "panel/public/draws.html",
        draws=draws.public_draws(),
        words=draw_labels.STATUS,
        colours=draw_labels.COLOUR,
    )


@PUBLIC.get("/panel/lotingen/<public_id>")
@allow(Audience.PUBLIC)
def public_draw(public_id: str) -> Page:
    """One draw, explained."""
    draw = draws.get_public_draw(public_id)
    names = draw_tables.district_names()
    return render_template(
        "panel/public/draw.html",
        draw=draw,
        word=draw_labels.STATUS[draw.status],
        colour=draw_labels.COLOUR[draw.status],
        quotas=draw_tables.quotas(draw, names),
        chances=draw_tables.chances(draw, names),
        outcomes=len(draw.lottery["outcomes"]),
        leximin=draw.objective.value == "leximin",
    )


@PUBLIC.get("/panel/lotingen/<public_id>/loting.json")
@allow(Audience.PUBLIC)
def lottery_file(public_id: str) -> Page:
    """The lottery for who wants to repeat the draw: numbers of candidates only."""
    draw = draws.get_public_draw(public_id)
    lottery = {name: value for name, value in draw.lottery.items() if name != PRIVATE}
    proof = {name: value for name, value in (draw.proof or {}).items() if name != "seats"}
    document = {"digest": draw.digest, "seed": draw.seed, "proof": proof, "lottery": lottery}
    answer = FileResponse(json.dumps(document, sort_keys=True), content_type="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="loting.json"'
    return answer
