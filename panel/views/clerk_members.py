"""The clerk's pages of members."""

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from core import clock, trace
from core.db import db
from core.web.access import Audience, allow
from core.web.download import csv_file
from panel import queries
from panel.classes import age_class
from panel.labels import CATEGORY, MEMBER_COLOUR, MEMBER_STATUS, ORIGIN, age_label
from panel.models import Member
from panel.queries.members import MemberFilter, members_statement
from panel.views.blueprints import CLERK

HEADERS = (
    "lidnummer",
    "status",
    "herkomst",
    "wijk",
    "leeftijd",
    "geslacht",
    "opleiding",
    "woning",
    "bereikbaar",
    "toegelaten op",
    "uitnodigingen",
    "ingevuld",
    "achter elkaar niet ingevuld",
)


def _filter() -> MemberFilter:
    args = request.args
    return MemberFilter(
        args.get("zoek", "").strip(), args.get("status", ""), args.get("herkomst", ""), args.get("wijk", "")
    )


def _reach(member: Member) -> str:
    return "post" if member.by_post else "e-mail"


@CLERK.get("/griffie/panel")
@allow(Audience.STAFF, "panel.list_members")
def members() -> str:
    """The members by number; exact search by e-mail, surname or postcode and house number."""
    chosen = _filter()
    page = queries.list_members(chosen, request.args.get("pagina", 1, type=int))
    trace.seen("member.list", "panel", f"page:{page.page}")
    kept: dict[str, Any] = {k: v for k, v in request.args.items() if k != "pagina"}
    return render_template(
        "panel/clerk/members.html",
        page=page,
        chosen=chosen,
        counts=queries.status_counts(),
        districts=queries.districts(),
        names={area.code: area.name for area in queries.districts()},
        words=MEMBER_STATUS,
        colours=MEMBER_COLOUR,
        origins=ORIGIN,
        reach=_reach,
        page_url=lambda n: url_for("panel_clerk.members", **{**kept, "pagina": n}),
        export_url=url_for("panel_clerk.members_file", **kept),
    )


@CLERK.get("/griffie/panel/leden.csv")
@allow(Audience.STAFF, "panel.list_members")
def members_file() -> Response:
    """The members that match as a file, without names and addresses; the download is a row in the audit log."""
    trace.seen("member.export", "panel", "csv")
    names = {area.code: area.name for area in queries.districts()}
    found = db.session.scalars(members_statement(_filter()))
    return csv_file("panelleden", HEADERS, [_row(member, names) for member in found])


def _row(member: Member, names: dict[str, str]) -> list[str | int | None]:
    admitted = member.admitted_at
    return [
        member.id,
        MEMBER_STATUS[member.status],
        ORIGIN[member.origin],
        names.get(member.district_code, member.district_code),
        age_label(age_class(member.birth_year, clock.today())),
        CATEGORY[member.sex.value],
        CATEGORY[member.education.value],
        CATEGORY[member.tenure.value],
        _reach(member),
        clock.to_amsterdam(admitted).date().isoformat() if admitted else None,
        member.invited_n,
        member.answered_n,
        member.unanswered_in_row,
    ]
