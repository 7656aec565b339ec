"""Published figures as rows of a file: no number that the page does not show."""

from collections.abc import Iterator
from typing import Any

from feedback.labels import variable_label
from feedback.wording import decimal, interval, percent

Document = dict[str, Any]
Row = list[str | int]

HEADERS = [
    "vraag",
    "vraagtekst",
    "onderdeel",
    "maat",
    "antwoord",
    "uitsplitsing",
    "groep",
    "waarde",
    "kan_ook_zijn",
    "panelleden",
    "weging_herstelt_niet",
]
MEASURES = {
    "share": "aandeel",
    "several": "aandeel (meer antwoorden mogelijk)",
    "mean": "gemiddelde",
    "mean_rank": "gemiddelde plaats",
    "first": "aandeel op de eerste plaats",
    "budget": "gemiddeld aantal punten van de 100",
    "nothing": "aandeel dat geen punten gaf",
    "wrote": "aantal dat iets schreef",
}
TOO_FEW = "te weinig antwoorden"
SHARES = ("share", "several", "first", "nothing", "budget")


def rows_of(document: Document, item_key: str | None = None) -> list[Row]:
    """All published figures, or those of one question."""
    questions = [q for q in document["questions"] if item_key in (None, q["item_key"])]
    return [row for q in questions for row in _question(q)]


def _question(question: Document) -> Iterator[Row]:
    start: Row = [question["item_key"], question["text"]]
    mark = "ja" if question["response_related"] else "nee"
    if question["kind"] == "open":
        yield [*start, "", MEASURES["wrote"], "", "", "", question["wrote"], "", question["wrote"], mark]
        return
    for block in question["blocks"]:
        head: Row = [*start, block["label"], MEASURES[block["measure"]]]
        if block["withheld"]:
            yield [*head, "", "", "", TOO_FEW, "", "", mark]
            continue
        for figure in block["figures"]:
            yield [*head, figure["label"], "", "", *_values(figure, block), block["base"], mark]
        for breakdown in block["breakdowns"]:
            yield from ([*head, *row, mark] for row in _breakdown(breakdown, block))


def _breakdown(breakdown: Document, block: Document) -> Iterator[Row]:
    variable = variable_label(breakdown["variable"])
    if breakdown["withheld"]:
        yield ["", variable, "", TOO_FEW, "", ""]
        return
    for group in breakdown["groups"]:
        for figure in group["figures"]:
            yield [figure["label"], variable, group["label"], *_values(figure, block), group["base"]]


def _values(figure: Document, block: Document) -> list[str]:
    is_share = block["measure"] in SHARES
    text = percent(figure) if is_share else decimal(figure["value"])
    if block["measure"] == "budget":
        text = str(figure["percent"])
    return [text, interval(figure, share=is_share)]
