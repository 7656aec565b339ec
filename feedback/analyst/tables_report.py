"""The report of the tables: per question the picture, the same numbers in a table, groups, and how sure we are."""

from typing import Any

import numpy as np

from analysis.arrays import FloatArray
from analysis.disclosure.release import ShareBand
from feedback.analyst.csv_file import CsvFile
from feedback.analyst.figures_out import BAND, MEASURE, QUANTILE, group_label, is_rounded, named, rounded
from feedback.analyst.plan import Plan, TablesPlan
from feedback.analyst.provenance import provenance
from feedback.analyst.questions import Measure
from feedback.analyst.rendering import render
from feedback.analyst.tabulating import Breakdown, Tables, Tabulated
from feedback.analyst.weighing_report import UNIT
from feedback.wording import decimal, whole

MAIN = ("share", "mean", "mean_rank", "budget")
INTERVAL = {
    "rule": "logit; beta (Korn-Graubard) bij kleine aantallen of uiterste aandelen",
    "logit": "logit",
    "xlogit": "logit van het aandeel (xlogit)",
    "likelihood": "likelihood",
    "beta": "beta (Korn-Graubard)",
    "asin": "arcsinus",
    "wilson": "Wilson op het effectieve aantal",
    "mean": "gemiddelde plus en min t maal de standaardfout (Wald)",
}
GUARD = {"holm": "Holm", "benjamini_hochberg": "Benjamini-Hochberg (alleen om te verkennen)"}


def tables_report(file: CsvFile, plan: Plan, tables: TablesPlan, found: Tables) -> bytes:
    """The report as an HTML file."""
    return render(
        "tables.html",
        title=plan.title,
        n=whole(file.n_rows),
        total=whole(found.sample.weights.sum()),
        unit=UNIT[plan.population.unit],
        items=[_item(item, plan, number) for number, item in enumerate(found.items, 1)],
        method=_method(plan, tables, found),
        tests=[row for item in found.items for row in _tests(item, plan)],
        precision=[_precision(item) for item in found.items],
        audit=_audit(found),
        provenance=provenance(plan, file),
    )


def _item(item: Tabulated, plan: Plan, number: int) -> dict[str, Any]:
    whole_sample = item.breakdowns[0]
    base = int(whole_sample.figures.base.max(initial=0))
    words: dict[str, Any] = {"number": number, "label": item.question.plan.label, "base": whole(base)}
    if whole_sample.why_withheld:
        return {**words, "why": whole_sample.why_withheld, "groups": [], "rows": [], "bars": False}
    measures = item.question.measures
    main = [j for j, measure in enumerate(measures) if measure.kind in MAIN]
    is_bars = measures[main[0]].kind in ("share", "budget")
    rows = [_bar(whole_sample, measures[j], j) for j in main]
    return {
        **words,
        "why": "",
        "bars": is_bars,
        "title": _title(item, rows),
        "rows": rows if is_bars else _on_scale(item, whole_sample, main),
        "table": _table(item, whole_sample),
        "note": "" if is_bars else _ends(measures[main[0]], *_scale(item, [whole_sample], main)),
        "groups": [_groups(item, found, plan) for found in item.breakdowns[1:]],
    }


def _bar(found: Breakdown, measure: Measure, j: int) -> dict[str, Any]:
    value, low, high = (
        float(values[0, j]) * 100 for values in (found.figures.estimate, found.limits.low, found.limits.high)
    )
    row: dict[str, Any] = {"label": measure.label, "value": value, "text": _text(measure, value / 100)}
    if np.isfinite([low, high]).all():
        row |= {"low": max(0.0, low), "high": min(100.0, high)}
    return row


def _on_scale(item: Tabulated, found: Breakdown, main: list[int]) -> list[dict[str, Any]]:
    """Means as dots between the lowest and highest possible value, or the limits of what is shown."""
    measures = item.question.measures
    floor, reach = _scale(item, [found], main)
    rows = []
    for j in main:
        values = [float(v[0, j]) for v in (found.figures.estimate, found.limits.low, found.limits.high)]
        rows.append(_dot(_called(item, measures[j]), measures[j], values, floor, reach))
    return rows


def _called(item: Tabulated, measure: Measure) -> str:
    """What a measure is called under its own question: the only mean goes without the words of the question."""
    return "gemiddelde" if measure.kind == "mean" and measure.label == item.question.plan.label else measure.label


def _ends(measure: Measure, floor: float, reach: float) -> str:
    return f"De balk loopt van {_text(measure, floor)} tot {_text(measure, floor + reach)}."


def _scale(item: Tabulated, shown: list[Breakdown], main: list[int]) -> tuple[float, float]:
    measure = item.question.measures[main[0]]
    if measure.reach:
        return (1.0 if measure.kind in ("mean", "mean_rank") else 0.0), measure.reach
    limits = np.concatenate([[b.limits.low[:, main].ravel(), b.limits.high[:, main].ravel()] for b in shown], axis=1)
    known = limits[np.isfinite(limits)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    margin = (high - low) * 0.1 or 1.0
    return low - margin, high - low + 2 * margin


def _dot(label: str, measure: Measure, values: list[float], floor: float, reach: float) -> dict[str, Any]:
    value, low, high = ((v - floor) / reach * 100 for v in values)
    low, high = (v if np.isfinite(v) else value for v in (low, high))
    return {
        "label": label,
        "value": value,
        "low": min(100.0, max(0.0, low)),
        "high": min(100.0, max(0.0, high)),
        "text": _text(measure, values[0]),
        "withheld": False,
    }


def _title(item: Tabulated, rows: list[dict[str, Any]]) -> str:
    kind = item.question.plan.kind
    if len(rows) == 1:
        return f"Gemiddeld {rows[0]['text']}"
    if kind == "ranking":
        best = min(rows, key=lambda row: float(row["value"]))
        return f"Het hoogst op de lijst: {best['label']} (gemiddelde plaats {best['text']})"
    best = max(rows, key=lambda row: float(row["value"]))
    word = {"single": "Het vaakst gekozen", "several": "Het vaakst genoemd", "budget": "Krijgt het grootste deel"}
    return f"{word.get(kind, 'Het hoogste gemiddelde')}: {best['label']} ({best['text']})"


def _text(measure: Measure, value: float) -> str:
    if not np.isfinite(value):
        return "–"
    if measure.is_share or measure.kind in ("budget", "net"):
        return f"{decimal(value * 100)} %"
    return decimal(value, 2)


def _interval(measure: Measure, low: float, high: float) -> str:
    if not np.isfinite([low, high]).all():
        return "–"
    if measure.is_share or measure.kind in ("budget", "net"):
        return f"{decimal(low * 100)} tot {decimal(high * 100)}"
    return f"{decimal(low, 2)} tot {decimal(high, 2)}"


def _table(item: Tabulated, found: Breakdown) -> dict[str, Any]:
    rows = []
    for j, measure in enumerate(item.question.measures):
        value, error = float(found.figures.estimate[0, j]), float(found.figures.standard_error[0, j])
        low, high = float(found.limits.low[0, j]), float(found.limits.high[0, j])
        rows.append(
            [
                measure.label,
                MEASURE[measure.kind],
                _text(measure, value),
                _text(measure, error),
                _interval(measure, low, high),
                whole(float(found.figures.base[0, j])),
            ]
        )
    rows += _quantile_rows(item, found)
    headers = ["Antwoord", "Maat", "Uitkomst", "Standaardfout", "Kan ook zijn", "Antwoorden"]
    return {"headers": headers, "rows": rows, "numeric": [2, 3, 4, 5], "caption": item.question.plan.label}


def _quantile_rows(item: Tabulated, found: Breakdown) -> list[list[str]]:
    if found.quantiles is None:
        return []
    of, label = found.quantiles, item.question.plan.label
    return [
        [
            label,
            QUANTILE[float(p)],
            decimal(of.estimate[0, k], 2),
            decimal(of.standard_error[0, k], 2),
            f"{decimal(of.low[0, k], 2)} tot {decimal(of.high[0, k], 2)}",
            whole(float(of.base[0])),
        ]
        for k, p in enumerate(of.probabilities)
    ]


def _groups(item: Tabulated, found: Breakdown, plan: Plan) -> dict[str, Any]:
    name = plan.variable(found.variable).label
    if found.why_withheld:
        return {"name": name, "why": found.why_withheld, "rows": [], "named": []}
    measures = item.question.measures
    main = [j for j, measure in enumerate(measures) if measure.kind in MAIN]
    overall = item.breakdowns[0].figures.estimate[0]
    differences = list(named(item, found))
    j = _pictured(item, main, overall, differences)
    floor, reach = (0.0, 1.0) if measures[j].kind in ("share", "budget") else _scale(item, [found], [j])
    labels = [group_label(plan, found.variable, group) for group in found.groups]
    rows = []
    for group, label in enumerate(labels):
        values = [float(v[group, j]) for v in (found.figures.estimate, found.limits.low, found.limits.high)]
        rows.append(_group_dot(item, found, (group, j), label, (values, floor, reach)))
    return {
        "name": name,
        "why": "",
        "title": f"Per {name.lower()}: {_called(item, measures[j])}",
        "note": "" if reach == 1.0 else _ends(measures[j], floor, reach),
        "rows": rows,
        "reference": (float(overall[j]) - floor) / reach * 100,
        "reference_text": f"iedereen samen: {_text(measures[j], float(overall[j]))}",
        "table": _group_table(item, found, labels, name),
        "named": [_named(item, found, plan, row) for row in differences],
        "tested": found.family is not None,
    }


def _pictured(
    item: Tabulated, main: list[int], overall: FloatArray, differences: list[tuple[int, int, float, float]]
) -> int:
    """One picture per breakdown: the surest difference, else the answer given most, or the first statement."""
    if differences:
        return min(differences, key=lambda row: row[3])[1]
    if item.question.measures[main[0]].kind in ("share", "budget"):
        return max(main, key=lambda k: float(overall[k]))
    return main[0]


def _group_dot(
    item: Tabulated, found: Breakdown, place: tuple[int, int], label: str, scaled: tuple[list[float], float, float]
) -> dict[str, Any]:
    group, j = place
    measure, band = item.question.measures[j], found.bands[group][j]
    values, floor, reach = scaled
    if band is not ShareBand.EXACT:
        edge = 0.025 if band is ShareBand.BELOW else 0.975
        limits = [0.0, 0.05] if band is ShareBand.BELOW else [0.95, 1.0]
        return {**_dot(label, measure, [edge, *limits], floor, reach), "text": BAND[band]}
    if is_rounded(item, found, group, j):
        value = rounded(values[0])
        return {**_dot(label, measure, [value, value, value], floor, reach), "text": f"ongeveer {value * 100:.0f} %"}
    return _dot(label, measure, values, floor, reach)


def _group_table(item: Tabulated, found: Breakdown, labels: list[str], name: str) -> dict[str, Any]:
    measures = [
        (j, m) for j, m in enumerate(item.question.measures) if m.kind != "point" or len(item.question.measures) < 12
    ]
    rows = []
    for group, label in enumerate(labels):
        cells = [_cell(item, found, group, j, measure) for j, measure in measures]
        rows.append([label, whole(float(found.figures.base[group].max())), *cells])
    heads = [m.label if m.kind in ("share", "budget") else f"{m.label}: {MEASURE[m.kind]}" for _, m in measures]
    return {
        "headers": [name, "Antwoorden", *heads],
        "rows": rows,
        "numeric": list(range(1, len(heads) + 2)),
        "caption": f"{item.question.plan.label}, per {name.lower()}",
    }


def _cell(item: Tabulated, found: Breakdown, group: int, j: int, measure: Measure) -> str:
    band = found.bands[group][j]
    value = float(found.figures.estimate[group, j])
    if band is not ShareBand.EXACT:
        return BAND[band]
    if is_rounded(item, found, group, j):
        return f"ongeveer {rounded(value) * 100:.0f} %"
    limits = _interval(measure, float(found.limits.low[group, j]), float(found.limits.high[group, j]))
    return f"{_text(measure, value)} ({limits})"


def _named(item: Tabulated, found: Breakdown, plan: Plan, row: tuple[int, int, float, float]) -> str:
    group, j, difference, p = row
    measure = item.question.measures[j]
    size = f"{decimal(abs(difference) * 100)} procentpunten" if measure.is_share else decimal(abs(difference), 2)
    if measure.kind == "budget":
        size = f"{decimal(abs(difference) * 100)} procentpunten"
    word = "hoger" if difference > 0 else "lager"
    words = group_label(plan, found.variable, found.groups[group])
    return f"{words}: {_called(item, measure)} is {size} {word} dan bij alle anderen (p na correctie {_p(p)})."


def _p(p: float) -> str:
    return "kleiner dan 0,001" if p < 0.001 else decimal(p, 3)


def _tests(item: Tabulated, plan: Plan) -> list[list[str]]:
    rows = []
    for found in item.breakdowns[1:]:
        name = plan.variable(found.variable).label
        if found.test is not None:
            t = found.test
            df = f"{decimal(t.numerator_df, 2)} en {decimal(t.denominator_df, 1)}"
            rows.append([item.question.plan.label, name, decimal(t.statistic, 3), df, _p(t.p_value)])
        elif found.test_note:
            rows.append([item.question.plan.label, name, "–", "–", found.test_note])
    return rows


def _precision(item: Tabulated) -> list[str]:
    figures = item.breakdowns[0].figures
    base, effective = float(figures.base.max()), float(figures.effective_base.max())
    return [item.question.plan.label, whole(base), decimal(effective), decimal(base / effective if effective else 0, 3)]


def _method(plan: Plan, tables: TablesPlan, found: Tables) -> list[list[str]]:
    sample = found.sample
    variance = "linearisatie (Taylor)"
    if found.n_replicates:
        variance = f"{found.n_replicates} herhalingen (Rao-Wu-bootstrap), startgetal {tables.seed}"
    return [
        ["Standaardfouten", variance],
        ["Calibratie", "residuen van de calibratie" if sample.is_calibrated else "gewichten als vast genomen (ruimer)"],
        ["Strata", plan.data.strata or "geen"],
        ["Clusters", plan.data.clusters or "geen: ieder antwoord telt los"],
        ["Eindige populatie", plan.data.fpc or "niet gecorrigeerd"],
        ["Interval voor aandelen", INTERVAL[tables.interval]],
        ["Zekerheid", f"{decimal(tables.level * 100)} %"],
        ["Correctie voor veel toetsen", f"{GUARD[tables.guard]}, {decimal(tables.significance * 100)} %"],
        ["Een groep wordt getoond", f"vanaf {tables.full_base} antwoorden"],
        [
            "Een kleinere groep wordt getoond",
            f"vanaf {tables.floor} antwoorden, tot {decimal(tables.max_half_width * 100)} punten naar elke kant",
        ],
    ]


def _audit(found: Tables) -> dict[str, Any]:
    if found.audit is None:
        return {"done": False}
    return {
        "done": True,
        "safe": found.audit.is_safe,
        "n_tables": whole(found.audit.n_tables),
        "n_cells": whole(len(found.audit.plan.linked.names)),
        "n_withheld": whole(len(found.audit.withheld)),
    }
