"""What everybody may read: home, the panel, privacy, accessibility."""

from flask import render_template

from core import settings
from core.web.access import Audience, allow
from portal import charts, places, steps, wording
from portal.queries import agreements, calendar, recent
from portal.stages import Stage
from portal.views.blueprint import blueprint

COMING = 6
DONE = 3


@blueprint.get("/")
@allow(Audience.PUBLIC)
def home() -> str:
    """What is open, where every agreement stands, what was done with answers."""
    found = agreements.urgent_first(agreements.list_agreements())
    return render_template(
        "portal/home.html",
        open_now=[a for a in found if a.stage is Stage.OPEN],
        running=[a for a in found if a.stage not in (Stage.DONE, Stage.STOPPED, Stage.INFORMATION)],
        feedback=recent.latest_feedback(DONE),
        coming=calendar.coming(calendar.all_events(), COMING),
        late=sum(a.overdue for a in found),
        steps_of=steps.steps_of,
        clock_of=steps.clock_of,
        words=wording,
        places=places,
    )


@blueprint.get("/panel")
@allow(Audience.PUBLIC)
def panel() -> str:
    """How the panel is made up, beside the population, and by which rules it works."""
    page, found = charts.panel_page(), settings.municipal()
    rules_on = settings.iso_date(found.rules_decision_on)
    return render_template("portal/panel.html", page=page, settings=found, rules_on=rules_on, places=places)


@blueprint.get("/privacy")
@allow(Audience.PUBLIC)
def privacy() -> str:
    """What is kept, for how long, who can see it, and what does not hold."""
    found = settings.municipal()
    dpia_on = settings.iso_date(found.dpia_on)
    return render_template("portal/privacy.html", settings=found, dpia_on=dpia_on, places=places)


@blueprint.get("/toegankelijkheid")
@allow(Audience.PUBLIC)
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("portal/accessibility.html", settings=settings.municipal())
