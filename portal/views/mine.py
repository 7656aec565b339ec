"""Mijn panel: what is open, what came of it, and the way to one's own data."""

from flask import render_template

from core.web import context, visitors
from core.web.access import Audience, allow
from panel.labels import MEMBER_COLOUR, MEMBER_STATUS, ORIGIN
from panel.models import Member
from panel.queries import waiting_place
from portal import places, steps, wording
from portal.queries.mine import mine as gather
from portal.views.blueprint import blueprint

context.translated(f"{blueprint.name}.mine")


@blueprint.get("/mijn")
@allow(Audience.MEMBER)
def mine() -> str:
    """The member's own page; it never shows which answers were given."""
    member: Member = visitors.current().subject
    return render_template(
        "portal/mine.html",
        member=member,
        mine=gather(member),
        status=MEMBER_STATUS[member.status],
        colour=MEMBER_COLOUR[member.status],
        origin=ORIGIN[member.origin],
        waiting=waiting_place(member),
        steps_of=steps.steps_of,
        words=wording,
        places=places,
    )
