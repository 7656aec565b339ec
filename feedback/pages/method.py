"""How it was researched: response, figures of the population, weights, and what weighting cannot repair."""

from datetime import date
from typing import Any

from core.web.context import long_date
from feedback.labels import variable_label
from feedback.pages.pictures import GroupTable, side_tables
from feedback.wording import decimal, percent, whole

Document = dict[str, Any]


def response_rows(document: Document) -> list[list[str]]:
    """Who was asked and who answered; a response rate by AAPOR definition for the drawn members only."""
    base = document["base"]
    rows = [
        ["Uitgenodigd", whole(base["invited"])],
        ["Stuurde een ingevulde vragenlijst", whole(base["answered"])],
        ["Deel van de uitgenodigden dat antwoordde", _rate(base["answered"], base["invited"])],
    ]
    if base["invited_drawn"]:
        rows.append(["Daarvan door loting lid: antwoordden", whole(base["answered_drawn"])])
        rows.append(
            ["Respons van de gelote panelleden (AAPOR RR1)", _rate(base["answered_drawn"], base["invited_drawn"])]
        )
    rows += _recruitment(base)
    rows.append(["In de cijfers: geloot", whole(base["drawn"])])
    rows.append(["In de cijfers: zelf aangemeld", whole(base["self_registered"])])
    return rows


def _recruitment(base: Document) -> list[list[str]]:
    """The cumulative response: joined the panel after a letter, times answered this wave."""
    if not (base["letters"] and base["invited_drawn"]):
        return []
    cumulative = base["joined"] / base["letters"] * base["answered_drawn"] / base["invited_drawn"]
    return [
        ["Brieven bij de werving van het panel", whole(base["letters"])],
        ["Werd panellid na zo'n brief", whole(base["joined"])],
        ["Cumulatieve respons: panellid geworden én nu geantwoord", f"{decimal(cumulative * 100)} %"],
    ]


def _rate(part: int, of: int) -> str:
    return "–" if not of else f"{decimal(part / of * 100)} %"


def margin_pictures(document: Document) -> list[dict[str, Any]]:
    """Each weighting variable: share among who answered, after weighting and in the population, with its source."""
    return [_margin(m) for m in document["weighting"]["margins"]]


def _margin(margin: Document) -> dict[str, Any]:
    rows = [
        {
            "label": r["label"],
            "first": r["before"] * 100,
            "second": r["population"] * 100,
            "first_text": f"{decimal(r['before'] * 100)} %",
            "second_text": f"{decimal(r['population'] * 100)} %",
        }
        for r in margin["rows"]
    ]
    cells = [
        [r["label"], whole(r["respondents"]), _share(r["before"]), _share(r["after"]), _share(r["population"])]
        for r in margin["rows"]
    ]
    headers = ["Groep", "Panelleden", "Voor weging", "Na weging", "Bevolking"]
    ages = f"{margin['age_min']} jaar en ouder" if margin["age_max"] is None else _ages(margin)
    return {
        "title": variable_label(margin["variable"]).capitalize(),
        "rows": rows,
        "table": {"headers": headers, "rows": cells, "numeric": [1, 2, 3, 4]},
        "source": f"Bron: CBS, {margin['source']}, peildatum {_day(margin['reference'])}, personen van {ages}.",
        "status": "Dit cijfer is afgeleid uit gepubliceerde cijfers." if margin["status"] == "afgeleid" else "",
        "derivation": margin["derivation"],
    }


def _day(iso: str) -> str:
    return long_date(date.fromisoformat(iso)) if iso else "onbekend"


def _ages(margin: Document) -> str:
    return f"{margin['age_min']} tot en met {margin['age_max']} jaar"


def _share(value: float) -> str:
    return f"{decimal(value * 100)} %"


def _deviation(error: float) -> str:
    """How far the weighted shares are from the population, without powers of ten."""
    return "kleiner dan 0,0001 %" if error < 1e-6 else f"{decimal(error * 100, 4)} %"


def weight_rows(document: Document) -> list[list[str]]:
    """The spread of the weights and what weighting cost in precision."""
    weighting, plan = document["weighting"], document["plan"]
    low, high = decimal(plan["trim_low"]), decimal(plan["trim_high"])
    return [
        ["Lichtste gewicht (1 is gemiddeld)", decimal(weighting["min_over_mean"], 2)],
        ["Zwaarste gewicht", decimal(weighting["max_over_mean"], 2)],
        ["Grenzen van de gewichten", f"{low} tot {high}"],
        ["Afgeknotte gewichten", whole(weighting["n_trimmed"])],
        ["Verlies aan precisie door weging (design effect)", decimal(weighting["design_effect"], 2)],
        ["De antwoorden tellen zo zwaar als (effectief aantal)", whole(weighting["effective_n"])],
        ["Grootste afwijking van de bevolkingscijfers", _deviation(weighting["max_error"])],
    ]


def histogram_rows(document: Document) -> list[dict[str, Any]]:
    """How many responses have which weight, from light to heavy."""
    histogram = document["weighting"]["histogram"]
    edges, counts = histogram["edges"], histogram["counts"]
    return [
        {"label": f"{decimal(edges[i], 2)} tot {decimal(edges[i + 1], 2)}", "value": n, "text": whole(n)}
        for i, n in enumerate(counts)
    ]


def sides_of(document: Document) -> list[tuple[str, list[GroupTable]]]:
    """Per question the outcome of who answered early beside that of who answered later; no difference is named."""
    found = [(q["text"], side_tables(q)) for q in document["questions"]]
    return [(text, tables) for text, tables in found if tables]


def beside_rows(question: Document) -> list[list[str]]:
    """The same figure weighted, unweighted and for the drawn members alone."""
    rows = []
    for block in question["blocks"]:
        for figure in block["figures"]:
            name = f"{block['label']}: {figure['label']}" if block["label"] else figure["label"]
            rows.append([name, *(_beside(figure, block, key) for key in ("value", "unweighted", "drawn"))])
        if question["kind"] != "matrix":
            break
    return rows


def _beside(figure: Document, block: Document, key: str) -> str:
    if key == "value" and figure["percent"] is not None:
        return percent(figure)
    value = figure.get(key)
    if value is None:
        return "te weinig antwoorden" if key == "drawn" else "–"
    return decimal(value) if block["measure"] in ("mean", "mean_rank") else f"{round(value * 100)} %"
