"""The report of a weighting: in plain Dutch what it did and cost, then everything a methodologist checks."""

from typing import Any

import numpy as np

from analysis.arrays import FloatArray
from analysis.weighting.diagnostics import WeightSummary, summarize_weights, weight_histogram
from analysis.weighting.reports import MarginReport
from feedback.analyst.csv_file import CsvFile
from feedback.analyst.plan import MergePlan, Plan, WeightingPlan
from feedback.analyst.population import MarginsFile, Targets
from feedback.analyst.provenance import provenance
from feedback.analyst.refusals import accepting
from feedback.analyst.rendering import render
from feedback.analyst.weighing import Weighed, hierarchies
from feedback.wording import decimal, whole

SMALL_GROUP = 10
TOO_HEAVY = 5.0
_CLASSES = ((0.0, 0.2), (0.2, 0.5), (0.5, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 5.0), (5.0, np.inf))
_QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
METHOD = {
    "raking": "raking (multiplicatief)",
    "linear": "lineaire calibratie",
    "truncated": "lineaire calibratie met grenzen",
    "logit": "logit-calibratie met grenzen",
}
UNIT = {"person": "inwoners", "household": "huishoudens", "dwelling": "woningen"}


def weighing_report(
    file: CsvFile, margins: MarginsFile, plan: Plan, weighting: WeightingPlan, targets: Targets, found: Weighed
) -> bytes:
    """The report as an HTML file."""
    summary = summarize_weights(found.weights)
    before = summarize_weights(found.base_weights)
    return render(
        "weighing.html",
        title=plan.title,
        unit=UNIT[plan.population.unit],
        numbers=_numbers(found, summary, before),
        summary=_words(summary),
        precision=_precision(summary),
        margins=[_margin(report, plan, targets) for report in found.margins],
        totals=[_total(report) for report in found.totals],
        weights=_histogram(found.weights),
        small=_small(found, weighting, plan),
        merges=[_merged(merge, plan, targets) for merge in weighting.merges],
        provenance=provenance(plan, file, (margins.name, margins.digest)),
        **_for_methodologists(plan, weighting, found),
    )


def _for_methodologists(plan: Plan, weighting: WeightingPlan, found: Weighed) -> dict[str, Any]:
    extremes, furthest = _extremes(found.weights), _furthest(found, plan)
    return {
        "extremes": extremes,
        "extreme_rows": [[row["label"], row["text"]] for row in extremes],
        "furthest": furthest,
        "convergence": [[row["label"], row["text"], row["error"]] for row in furthest],
        "corrections": _histogram(found.g_weights),
        "quantiles": _quantiles(found),
        "method": _method(plan, weighting, found),
        "notes": [_note(note) for note in found.notes],
    }


def _merged(merge: MergePlan, plan: Plan, targets: Targets) -> list[str]:
    codes = (merge.category, merge.into)
    return [variable_label(merge.margin, plan), *(label(merge.margin, code, plan, targets) for code in codes)]


def percent(share: float, digits: int = 1) -> str:
    """12,3 %."""
    return f"{decimal(share * 100, digits)} %"


def scientific(value: float) -> str:
    """1,2e-13: for the size of an error."""
    return "0" if value == 0 else f"{value:.1e}".replace(".", ",")


def _words(summary: WeightSummary) -> dict[str, str]:
    return {
        "n": whole(summary.n),
        "total": whole(summary.total),
        "effective": whole(summary.effective_n),
        "deff": decimal(summary.design_effect, 2),
        "heaviest": decimal(summary.max_over_mean, 1),
        "lightest": decimal(summary.min_over_mean, 2),
        "too_heavy": "ja" if summary.max_over_mean >= TOO_HEAVY else "",
    }


def _numbers(found: Weighed, summary: WeightSummary, before: WeightSummary) -> list[list[str]]:
    rows = [
        ("Aantal antwoorden", whole(summary.n), whole(summary.n)),
        ("Ontwerpeffect (Kish)", decimal(before.design_effect, 3), decimal(summary.design_effect, 3)),
        ("Effectief aantal antwoorden", decimal(before.effective_n), decimal(summary.effective_n)),
        ("Variatiecoëfficiënt", decimal(before.variation, 3), decimal(summary.variation, 3)),
        ("Kleinste gewicht / gemiddelde", decimal(before.min_over_mean, 3), decimal(summary.min_over_mean, 3)),
        ("Grootste gewicht / gemiddelde", decimal(before.max_over_mean, 3), decimal(summary.max_over_mean, 3)),
        ("Som van de gewichten", decimal(found.base_weights.sum(), 2), decimal(found.weights.sum(), 2)),
    ]
    return [list(row) for row in rows]


def _precision(summary: WeightSummary) -> list[dict[str, Any]]:
    share = 100 * summary.effective_n / summary.n
    return [
        {"label": "Antwoorden", "value": 100.0, "text": whole(summary.n)},
        {"label": "Zo precies als een steekproef van", "value": share, "text": whole(summary.effective_n)},
    ]


def _margin(report: MarginReport, plan: Plan, targets: Targets) -> dict[str, Any]:
    n, before, wanted, after = (
        shares / shares.sum() for shares in (report.n_respondents, report.before, report.population, report.after)
    )
    labels = [label(report.variable, category, plan, targets) for category in report.categories]
    gap = before - wanted
    worst = int(np.abs(gap).argmax())
    name = variable_label(report.variable, plan)
    errors = [scientific(abs(float(error))) for error in report.relative_error]
    columns = [[percent(share) for share in shares] for shares in (n, before, wanted, after)]
    counts = [whole(count) for count in report.n_respondents]
    return {
        "name": name,
        "title": _finding(name, labels[worst], float(before[worst]), float(wanted[worst])),
        "rows": [
            {
                "label": labels[i],
                "first": 100 * wanted[i],
                "first_text": percent(wanted[i]),
                "second": 100 * before[i],
                "second_text": percent(before[i]),
            }
            for i in range(len(labels))
        ],
        "table": {
            "headers": ["Groep", "Antwoorden", "Ongewogen", "Vóór weging", "Bevolking", "Na weging", "Afwijking"],
            "rows": [list(row) for row in zip(labels, counts, *columns, errors, strict=True)],
            "numeric": [1, 2, 3, 4, 5, 6],
            "caption": f"{name}: antwoorden en bevolking",
        },
        "source": targets.sources.get(report.variable, ""),
    }


def _finding(name: str, group: str, before: float, wanted: float) -> str:
    if abs(before - wanted) < 0.0005:
        return f"{name}: de antwoorden leken al op de bevolking"
    word = "te veel" if before > wanted else "te weinig"
    return f"{name}: {word} antwoorden van {group} ({percent(before)} in plaats van {percent(wanted)})"


def variable_label(name: str, plan: Plan) -> str:
    """The label of a margin; a crossed one is *a en b*."""
    parts = [plan.variable(part.strip()).label for part in name.split("*")]
    text = " en ".join(parts)
    return text[:1].upper() + text[1:]


def label(margin: str, category: str, plan: Plan, targets: Targets) -> str:
    """The label of a category: from the plan, else from the margins file; merged ones with a plus."""
    columns = [part.strip() for part in margin.split("*")]
    if len(columns) > 1:
        words = [
            ", ".join(plan.variable(c).label_of(v) for c, v in zip(columns, part.split("|"), strict=False))
            for part in category.split(" + ")
        ]
        return " + ".join(words)
    known = targets.labels.get(margin, {})
    return " + ".join(plan.variable(margin).labels.get(part, known.get(part, part)) for part in category.split(" + "))


def _furthest(found: Weighed, plan: Plan) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for report in found.margins:
        gap = float(np.abs(report.before / report.before.sum() - report.population / report.population.sum()).max())
        error = float(np.abs(report.relative_error).max(initial=0.0))
        text = decimal(gap * 100)
        rows.append(
            {"label": variable_label(report.variable, plan), "gap": gap * 100, "text": text, "error": scientific(error)}
        )
    most = max((float(row["gap"]) for row in rows), default=0.0) or 1.0
    return [{**row, "value": row["gap"] / most * 100} for row in rows]


def _total(report: Any) -> list[str]:
    return [
        report.variable,
        decimal(report.before, 2),
        decimal(report.population, 2),
        decimal(report.after, 2),
        scientific(abs(report.relative_error)),
    ]


def _histogram(weights: FloatArray) -> list[dict[str, Any]]:
    found = weight_histogram(weights)
    n = float(found.counts.sum())
    rows = []
    for i, count in enumerate(found.counts):
        low, high = decimal(found.edges[i], 2), decimal(found.edges[i + 1], 2)
        share = 100 * float(count) / n
        rows.append({"label": f"{low} tot {high}", "value": share, "text": f"{decimal(share)} % ({whole(count)})"})
    return rows


def _extremes(weights: FloatArray) -> list[dict[str, Any]]:
    ratios = weights / weights.mean()
    rows = []
    for low, high in _CLASSES:
        count = int(np.count_nonzero((ratios >= low) & (ratios < high)))
        until = "of meer" if np.isinf(high) else f"tot {decimal(high)}"
        share = 100 * count / ratios.shape[0]
        rows.append({"label": f"{decimal(low)} {until} keer het gemiddelde", "value": share, "text": whole(count)})
    return rows


def _quantiles(found: Weighed) -> list[list[str]]:
    weights, g = (np.quantile(values, _QUANTILES) for values in (found.weights, found.g_weights))
    mean = found.weights.mean()
    return [
        [percent(p, 0), decimal(w, 4), decimal(w / mean, 3), decimal(c, 3)]
        for p, w, c in zip(_QUANTILES, weights, g, strict=True)
    ]


def _small(found: Weighed, weighting: WeightingPlan, plan: Plan) -> list[dict[str, str]]:
    known = hierarchies(weighting)
    rows = []
    for report in found.margins:
        for category, n in zip(report.categories, report.n_respondents, strict=True):
            if n >= SMALL_GROUP:
                continue
            proposal = known[report.variable].propose(category)
            rows.append(
                {
                    "margin": variable_label(report.variable, plan),
                    "category": category,
                    "n": whole(n),
                    "into": proposal.into if proposal else "",
                    "toml": accepting(proposal) if proposal else "",
                }
            )
    return rows


def _method(plan: Plan, weighting: WeightingPlan, found: Weighed) -> list[list[str]]:
    bounds = weighting.bounds
    rows = [
        ["Methode", METHOD[found.method]],
        [
            "Grenzen aan de correctiefactor",
            f"{decimal(bounds[0], 2)} tot {decimal(bounds[1], 2)}" if bounds else "geen",
        ],
        ["Begingewicht", plan.data.base_weight or "1 voor iedereen"],
        ["Huishoudens", weighting.household or "niet gebruikt"],
        ["Stappen tot de oplossing", str(found.iterations)],
        ["Grootste relatieve afwijking", scientific(found.max_error)],
        ["Eis aan de afwijking", scientific(1e-10)],
    ]
    if weighting.trim is not None:
        low, high = weighting.trim
        rows.append(["Afgekapt op", f"{decimal(low, 2)} tot {decimal(high, 2)} keer het gemiddelde gewicht"])
        rows.append(["Afgekapte gewichten", f"{whole(found.n_trimmed)} (in {found.rounds} ronden)"])
    return rows


def _note(note: Any) -> list[str]:
    return [
        note.variable,
        decimal(note.stated_total, 2),
        decimal(note.difference, 2),
        decimal(note.allowed_difference, 2),
        f"{note.factor:.8f}".replace(".", ","),
    ]
