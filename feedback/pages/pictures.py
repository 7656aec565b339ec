"""The picture of each block with the same numbers in a table, in the shape that the chart macros take."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from feedback.labels import variable_label
from feedback.wording import decimal, interval, people, percent, whole

Document = dict[str, Any]
TONES = {
    2: ("neg1", "pos1"),
    3: ("neg1", "neutral", "pos1"),
    4: ("neg2", "neg1", "pos1", "pos2"),
    5: ("neg2", "neg1", "neutral", "pos1", "pos2"),
}
NEGATIVE = ("oneens", "ontevreden", "slecht", "onbelangrijk", "nooit", "geen ", "weinig", "niet")


@dataclass(frozen=True)
class Picture:
    """One chart: which macro draws it, its rows, base and table."""

    kind: str
    title: str
    rows: list[dict[str, Any]]
    base: str
    table: dict[str, Any] | None = None
    note: str = ""
    reference: float | None = None
    reference_text: str = ""


@dataclass(frozen=True)
class GroupTable:
    """A breakdown by one class: shown whole, or withheld whole."""

    variable: str
    withheld: bool
    headers: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    caption: str = ""


TITLES = {
    "share": "Wat de panelleden antwoordden",
    "several": "Wat de panelleden noemden (meer antwoorden mogelijk)",
    "mean": "Het gemiddelde",
    "mean_rank": "Gemiddelde plaats (1 is het hoogst)",
    "first": "Wat de panelleden op de eerste plaats zetten",
    "budget": "Hoe de panelleden 100 punten verdeelden",
    "nothing": "Wie geen enkel punt gaf",
}


def pictures_of(question: Document) -> list[Picture]:
    """The charts of a question, the most important first; nothing for an open or a withheld question."""
    shown = [b for b in question["blocks"] if not b["withheld"]]
    if question["kind"] == "matrix" and shown and len(shown[0]["figures"]) in TONES:
        return [_diverging(shown)]
    return [_DRAW[b["measure"]](b, question) for b in shown]


def _base(block: Document) -> str:
    return f"Dit gaat over {people(block['base'])}."


def _title(block: Document) -> str:
    return block["label"] or TITLES[block["measure"]]


def _share_row(figure: Document) -> dict[str, Any]:
    return {
        "label": figure["label"],
        "value": figure["value"] * 100,
        "low": figure["low"] * 100,
        "high": figure["high"] * 100,
        "text": percent(figure),
    }


def _shares(block: Document, _question: Document) -> Picture:
    rows = [_share_row(f) for f in block["figures"] if f["value"] is not None]
    note = "" if block["adds_up"] else "Iedereen mocht meer dan één antwoord geven. Samen kan het meer dan 100 % zijn."
    return Picture("bar_chart", _title(block), rows, _base(block), note=note if block["measure"] == "several" else "")


def _points(block: Document, _question: Document) -> Picture:
    rows = [{**_share_row(f), "text": f"{f['percent']} punten"} for f in block["figures"]]
    cells = [[f["label"], str(f["percent"]), interval(f, share=True)] for f in block["figures"]]
    table = {"headers": ["Doel", "Punten", "Kan ook zijn"], "rows": cells, "numeric": [1, 2]}
    return Picture("bar_chart", _title(block), rows, _base(block), table)


def _scaled(value: float, low: float, high: float) -> float:
    return 0.0 if high <= low else (value - low) / (high - low) * 100


def _mean(block: Document, question: Document) -> Picture:
    figure = block["figures"][0]
    cells = [["gemiddelde", decimal(figure["value"]), interval(figure, share=False)]]
    median = block.get("median")
    if median:
        cells.append(["de middelste waarde", decimal(median["value"]), interval(median, share=False)])
    table = {"headers": ["Maat", "Waarde", "Kan ook zijn"], "rows": cells, "numeric": [1, 2]}
    low, high = question["low"], question["high"]
    if low is None or high is None:
        return Picture("table", _title(block), [], _base(block), table)
    row = {
        "label": "gemiddelde",
        "value": _scaled(figure["value"], low, high),
        "low": _scaled(figure["low"], low, high),
        "high": _scaled(figure["high"], low, high),
        "text": decimal(figure["value"]),
    }
    note = f"De balk loopt van {whole(low)} tot {whole(high)}."
    return Picture("bar_chart", _title(block), [row], _base(block), table, note)


def _ranks(block: Document, _question: Document) -> Picture:
    figures = sorted(block["figures"], key=lambda f: f["value"])
    n = len(figures)
    rows = [
        {
            "label": f["label"],
            "value": _scaled(n - f["value"], 0, n - 1),
            "low": _scaled(n - f["high"], 0, n - 1),
            "high": _scaled(n - f["low"], 0, n - 1),
            "text": f"plaats {decimal(f['value'])}",
        }
        for f in figures
    ]
    cells = [[f["label"], decimal(f["value"]), interval(f, share=False)] for f in figures]
    table = {"headers": ["Onderwerp", "Gemiddelde plaats", "Kan ook zijn"], "rows": cells, "numeric": [1, 2]}
    return Picture("bar_chart", _title(block), rows, _base(block), table, "Hoe langer de balk, hoe hoger de plaats.")


_DRAW: dict[str, Callable[[Document, Document], Picture]] = {
    "share": _shares,
    "several": _shares,
    "first": _shares,
    "nothing": _shares,
    "budget": _points,
    "mean": _mean,
    "mean_rank": _ranks,
}


def _diverging(blocks: list[Document]) -> Picture:
    rows = [{"label": b["label"], "segments": _segments(b["figures"]), "text": ""} for b in blocks]
    headers = ["Onderdeel", *(f["label"] for f in blocks[0]["figures"]), "Panelleden"]
    cells = [[b["label"], *(_with_interval(f) for f in b["figures"]), whole(b["base"])] for b in blocks]
    table = {"headers": headers, "rows": cells, "numeric": list(range(1, len(headers)))}
    note = "Tussen haakjes in de tabel: wat het ook kan zijn."
    return Picture("diverging_bar", "Wat de panelleden antwoordden", rows, _bases(blocks), table, note)


def _bases(blocks: list[Document]) -> str:
    low, high = min(b["base"] for b in blocks), max(b["base"] for b in blocks)
    return (
        _base(blocks[0]) if low == high else f"Per onderdeel gaven {whole(low)} tot {whole(high)} panelleden antwoord."
    )


def _segments(figures: list[Document]) -> list[dict[str, Any]]:
    first = figures[0]["label"].lower()
    ordered = figures if any(word in f"{first} " for word in NEGATIVE) else figures[::-1]
    tones = TONES[len(ordered)]
    return [
        {"label": f["label"], "value": f["percent"], "tone": tone, "text": percent(f)}
        for f, tone in zip(ordered, tones, strict=True)
    ]


def _with_interval(figure: Document) -> str:
    text = percent(figure)
    return text if figure["low"] is None else f"{text} ({interval(figure, share=True)})"


def group_tables(question: Document) -> list[GroupTable]:
    """The breakdowns of a question by one class at a time."""
    blocks = [b for b in question["blocks"] if not b["withheld"]]
    if question["kind"] != "matrix":
        blocks = blocks[:1]
    return [_group_table(block, breakdown) for block in blocks for breakdown in block["breakdowns"]]


def side_tables(question: Document) -> list[GroupTable]:
    """Early against late answers of a question; nothing when one side is too small to be shown."""
    blocks = [b for b in question["blocks"] if (b.get("early_late") or {"withheld": True})["withheld"] is False]
    if question["kind"] != "matrix":
        blocks = blocks[:1]
    return [_group_table(block, block["early_late"]) for block in blocks]


def _group_table(block: Document, breakdown: Document) -> GroupTable:
    variable = variable_label(breakdown["variable"])
    about = f" – {block['label']}" if block["label"] else ""
    if breakdown["withheld"]:
        return GroupTable(f"{variable}{about}", withheld=True)
    is_share = block["measure"] not in ("mean", "mean_rank")
    groups = breakdown["groups"]
    headers = ["Groep", *(f["label"] for f in groups[0]["figures"]), "Panelleden"]
    rows = [[g["label"], *(_cell(f, is_share=is_share) for f in g["figures"]), whole(g["base"])] for g in groups]
    return GroupTable(f"{variable}{about}", False, headers, rows, f"Per {variable}{about}: {TITLES[block['measure']]}")


def _cell(figure: Document, *, is_share: bool) -> str:
    if is_share:
        return _with_interval(figure)
    return f"{decimal(figure['value'])} ({interval(figure, share=False)})"
