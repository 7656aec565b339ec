"""A consent whose words have changed is asked again, the next time somebody signs in."""

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from core.db import db
from core.web import visitors
from core.web.access import Audience, allow
from core.web.context import say
from panel import queries
from panel.consents import outdated
from panel.labels import CONSENT
from panel.models import ConsentPurpose, Member
from panel.services import membership
from panel.views.blueprints import MEMBER
from panel.views.language import show

HOME = "/mijn"


def _member() -> Member:
    return queries.get_member(visitors.current().actor.member_id or 0)


@MEMBER.get("/mijn/toestemming")
@allow(Audience.MEMBER)
def renew_consent() -> Response | str:
    """The texts that changed since somebody agreed to them."""
    asked = outdated(_member().consents)
    if not asked:
        return redirect(HOME)
    return show("panel/member/consent.html", asked=[(p.value, say(CONSENT[p])) for p in asked])


@MEMBER.post("/mijn/toestemming")
@allow(Audience.MEMBER)
def save_consent() -> Response:
    """Keep what was ticked."""
    given = frozenset(purpose for purpose in ConsentPurpose if request.form.get(purpose.value))
    membership.renew_consents(_member(), given)
    db.session.commit()
    flash(say("Uw keuze is bewaard."), "success")
    return redirect(HOME)
