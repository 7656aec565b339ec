"""The composition board of the griffie: the newest snapshot, its trend, who is missing, when a round is due."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import settings, trace
from core.db import db
from core.errors import NotFoundError
from core.permissions import permitted
from core.web.access import Audience, allow
from core.web.context import number
from core.web.download import csv_file
from panel import queries
from panel.board import outlook, sentences, showing
from panel.board.composition_files import FILES, rows_of
from panel.models import CompositionSnapshot
from panel.models.snapshot import PANEL, WAVE
from panel.queries.snapshots import newest_snapshot, running_computation, trend, wave_snapshots
from panel.services import snapshots
from panel.views.blueprints import CLERK

GROUPS = {"all": "panelleden", "drawn": "gelote leden", "self_registered": "zelf aangemelde leden"}
WAVE_GROUPS = {
    "invited": "uitgenodigde leden",
    "responded": "leden die de vragen invulden",
    "weighted": "leden na weging",
}
WORDS = {
    "all": "Iedereen",
    "drawn": "Geloot",
    "self_registered": "Zelf aangemeld",
    "invited": "Uitgenodigd",
    "responded": "Ingevuld",
    "weighted": "Na weging",
}
MOST_MISSING = 12


@dataclass(frozen=True)
class Choice:
    """Whose composition is asked: the panel or a closed wave, and which part of it."""

    wave: str
    group: str

    @property
    def subject(self) -> str:
        """The subject of the snapshot."""
        return f"{WAVE}{self.wave}" if self.wave else PANEL

    @property
    def words(self) -> str:
        """The people of the group in words."""
        return {**GROUPS, **WAVE_GROUPS}[self.group]

    def url(self, group: str) -> str:
        """The same page for another group."""
        return url_for("panel_clerk.composition", vragenlijst=self.wave or None, groep=group)


def _choice() -> Choice:
    wave, group = request.args.get("vragenlijst", ""), request.args.get("groep", "")
    known = WAVE_GROUPS if wave else GROUPS
    return Choice(wave, group if group in known else next(iter(known)))


def _found(choice: Choice) -> CompositionSnapshot | None:
    found = newest_snapshot(choice.subject)
    if found is None and choice.wave:
        raise NotFoundError("no-snapshot")
    return found


@CLERK.get("/griffie/panel/samenstelling")
@allow(Audience.STAFF, "panel.view_composition")
def composition() -> str:
    """The board; what it shows was computed by the worker."""
    choice = _choice()
    found = _found(choice)
    return render_template(
        "panel/clerk/composition.html",
        choice=choice,
        waves=[(w.subject.removeprefix(WAVE), w.title) for w in wave_snapshots()],
        switches=[(WORDS[g], choice.url(g), g == choice.group) for g in _groups(choice, found)],
        snapshot=found,
        running=running_computation(),
        may_compute=permitted("panel.compute_composition"),
        may_list=permitted("panel.list_members"),
        may_load=permitted("panel.load_population"),
        files=FILES,
        board=None if found is None else _board(found, choice),
    )


def _groups(choice: Choice, found: CompositionSnapshot | None) -> list[str]:
    known = WAVE_GROUPS if choice.wave else GROUPS
    return [g for g in known if found is not None and g in found.document["views"]]


def _board(found: CompositionSnapshot, choice: Choice) -> dict[str, Any]:
    document, districts = found.document, {area.code: area.name for area in queries.districts()}
    view = document["views"].get(choice.group) or {"size": 0, "tables": []}
    tables = {t["variable"]: t for t in view["tables"]}
    response = document.get("recruitment") or document.get("response")
    ahead = document.get("upkeep")
    return {
        "size": view["size"],
        "key_figures": _key_figures(document),
        "shown": [showing.show(t, choice.words) for t in view["tables"] if t["variable"] != "sex_age"],
        "missing": sentences.who_is_missing(view["tables"])[:MOST_MISSING],
        "crossed": showing.show(tables["sex_age"], choice.words) if "sex_age" in tables else None,
        "pyramid": showing.pyramid(tables["sex_age"]) if "sex_age" in tables else None,
        "map": _map(tables),
        "localities_remark": (document.get("localities") or {}).get("remark", ""),
        "evenness": outlook.evenness(response, districts) if response else None,
        "trend": None if choice.wave else showing.trend_lines(trend()),
        "outlook": outlook.outlook(ahead, found.taken_on, districts) if ahead else None,
    }


def _key_figures(document: dict[str, Any]) -> list[dict[str, str]]:
    figures = [{"value": number(v["size"]), "label": WORDS[g].lower()} for g, v in document["views"].items()]
    activity = document.get("activity")
    if activity:
        figures.append({"value": number(activity["active"]), "label": "actief in de laatste 12 maanden"})
    return figures


def _map(tables: dict[str, Any]) -> dict[str, Any] | None:
    table = tables.get("district")
    return showing.district_map(table, settings.municipal().gm_code) if table else None


@CLERK.post("/griffie/panel/samenstelling/berekenen")
@allow(Audience.STAFF, "panel.compute_composition")
def compute_composition() -> Response:
    """Let the worker compute the composition now."""
    snapshots.request_composition()
    db.session.commit()
    flash("De samenstelling wordt berekend. Ververs deze pagina over een minuut.", "info")
    return redirect(url_for("panel_clerk.composition"))


@CLERK.get("/griffie/panel/samenstelling/<name>.csv")
@allow(Audience.STAFF, "panel.view_composition")
def composition_file(name: str) -> Response:
    """One table of the board as a file."""
    choice = _choice()
    found = _found(choice)
    if found is None or name not in FILES:
        raise NotFoundError("no-snapshot")
    trace.seen("composition.export", "panel", f"{choice.subject}:{name}")
    headers, rows = rows_of(name, found, choice.group, trend(choice.subject) if name == "verloop" else [])
    return csv_file(f"{name}-{found.taken_on:%Y-%m-%d}", headers, rows)
