"""The audit log: search, filter, export, and the state of the chain."""

import json
from collections.abc import Iterable
from datetime import date

from flask import Response, render_template, request

from core import audit, trace
from core.accounts.queries import names_of
from core.administration import queries
from core.administration.labels import ACTOR_KINDS, RESULTS
from core.administration.queries import PAGE, AuditFilter
from core.csv_out import Cell
from core.models import AuditEvent
from core.paging import Paging
from core.views.administration.blueprint import blueprint, page_links, page_number
from core.web.access import Audience, allow
from core.web.download import csv_file

HEADERS = ("nummer", "tijd", "soort", "wie", "herkomst", "handeling", "ding", "kenmerk", "uitkomst", "bijzonderheden")


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _wanted() -> AuditFilter:
    given = request.args
    return AuditFilter(
        search=given.get("zoek", "").strip()[:80],
        action=given.get("handeling", "")[:80],
        object_kind=given.get("ding", "")[:40],
        since=_day("vanaf"),
        until=_day("tot"),
    )


def _who(events: Iterable[AuditEvent]) -> dict[str, str]:
    return names_of({event.actor_ref for event in events if event.actor_kind == "staff"})


@blueprint.get("/logboek")
@allow(Audience.STAFF, "audit.read")
def audit_log() -> str:
    """A page of the log; `?controle=1` recomputes the whole chain."""
    wanted, page = _wanted(), page_number()
    events, total = queries.audit_page(wanted, page)
    actions, kinds = queries.audit_choices()
    return render_template(
        "core/administration/audit_log.html",
        events=events,
        total=total,
        wanted=wanted,
        actions=actions,
        kinds=kinds,
        page=page,
        pages=Paging(total, PAGE).pages,
        page_url=page_links("administration.audit_log"),
        names=_who(events),
        actor_kinds=ACTOR_KINDS,
        results=RESULTS,
        sealed=queries.sealed_count(),
        verification=audit.verify() if request.args.get("controle") else None,
    )


@blueprint.get("/logboek.csv")
@allow(Audience.STAFF, "audit.read")
def audit_log_csv() -> Response:
    """What was found, as a file."""
    events = list(queries.audit_rows(_wanted()))
    names = _who(events)
    trace.seen("audit.export", "audit", "log")
    rows = [_cells(event, names) for event in events]
    return csv_file("logboek", HEADERS, rows)


def _cells(e: AuditEvent, names: dict[str, str]) -> tuple[Cell, ...]:
    who = names.get(e.actor_ref, e.actor_ref)
    detail = json.dumps(e.detail, ensure_ascii=False) if e.detail else ""
    return (e.id, e.at, e.actor_kind, who, e.origin, e.action, e.object_kind, e.object_ref, e.result, detail)
