"""The participation calendar: list, picture, CSV and a file for one's own agenda."""

from flask import Response, render_template, request, url_for

from core import clock
from core.paging import Paging
from core.web import context
from core.web.access import Audience, allow
from core.web.download import csv_file
from portal import places, timeline, wording
from portal.agenda import ics
from portal.queries import agreements, calendar
from portal.queries.calendar import CalendarFilter, Event
from portal.stages import EventState
from portal.views.blueprint import blueprint

HEADERS = ("Datum", "Wat", "Status", "Onderwerp", "Orgaan", "Adres")


def chosen() -> CalendarFilter:
    """What the address asks for; nonsense counts as nothing."""
    state = request.args.get("status", "")
    return CalendarFilter(
        year=request.args.get("jaar", type=int),
        body=request.args.get("orgaan", ""),
        state=state if state in set(EventState) else "",
        search=request.args.get("zoek", "").strip()[:100],
    )


def _found() -> tuple[list[Event], list[Event]]:
    events, wanted = calendar.all_events(), chosen()
    return events, [e for e in events if calendar.matches(e, wanted)]


@blueprint.get("/kalender")
@allow(Audience.PUBLIC)
def calendar_page() -> str:
    """Every day that was agreed on, with a filter, a picture of the year and pages."""
    events, found = _found()
    wanted, paging = chosen(), Paging(len(found), calendar.PAGE, request.args.get("pagina", 1, type=int))
    year = wanted.year or clock.today().year
    return render_template(
        "portal/calendar.html",
        wanted=wanted,
        found=found[paging.offset : paging.offset + calendar.PAGE],
        total=len(found),
        page=paging.number,
        pages=paging.pages,
        url_for_page=lambda n: url_for("portal.calendar_page", **{**query(), "pagina": n}),
        years=sorted({e.on.year for e in events} | {clock.today().year}, reverse=True),
        bodies=sorted({e.body for e in events}),
        year=year,
        rows=timeline.rows(agreements.list_agreements(), year),
        today_place=timeline.place(clock.today(), year),
        words=wording,
        query=query(),
        places=places,
    )


def query() -> dict[str, str]:
    """The filter of the address, to carry along in links."""
    return {name: request.args[name] for name in ("jaar", "orgaan", "status", "zoek") if request.args.get(name)}


@blueprint.get("/kalender.csv")
@allow(Audience.PUBLIC)
def calendar_csv() -> Response:
    """The days of the filter as a file for a spreadsheet."""
    _events, found = _found()
    base = context.config().base_url
    return csv_file(
        "kalender",
        HEADERS,
        [(e.on, wording.EVENT[e.kind], wording.EVENT_STATE[e.state][0], e.title, e.body, base + e.url) for e in found],
    )


@blueprint.get("/kalender.ics")
@allow(Audience.PUBLIC)
def calendar_ics() -> Response:
    """The days of the filter for one's own agenda."""
    _events, found = _found()
    answer = Response(ics(found, context.config().base_url, context.site().name))
    answer.content_type = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="kalender.ics"'
    return answer
