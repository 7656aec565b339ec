"""One result document from one input: the same input gives the same bytes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from analysis.arrays import FloatArray
from analysis.disclosure.release import ReleaseRule
from analysis.estimation.design import Design, raked_design
from analysis.estimation.estimates import estimate_means
from analysis.weighting.diagnostics import summarize_weights, weight_histogram
from analysis.weighting.raking import MarginReport
from feedback.weighing.blocks import blocks_of, cells, missing_code
from feedback.weighing.figures import Grouping, Sets, block_document, groupings_of
from feedback.weighing.inputs import Departure, PopulationFigures, Responses, WeighingInput
from feedback.weighing.rounding import exact
from feedback.weighing.weights import Weighed, WeighingRefusedError, weigh
from surveys.questionnaire import QuestionKind, QuestionSpec, canonical

LAYOUT = 1
SIDES = "early_late"
HALF_WIDTH = 0.10
ASIDE = ("dont_know", "refused")


def make_document(given: WeighingInput) -> dict[str, Any]:
    """Weigh and estimate everything; raises WeighingRefusedError with every reason."""
    everybody = given.responses
    only_drawn = given.plan.figure_set == "drawn"
    responses = everybody.only(everybody.drawn) if only_drawn else everybody
    weighed = weigh(given, responses)
    sets = _sets(given, responses, weighed)
    groupings, sides = _groupings(given, responses), early_late(responses)
    return {
        "layout": LAYOUT,
        "wave": given.wave_ref,
        "inputs": _inputs(given, responses),
        "figures": _figures(given),
        "rule": {"floor": given.privacy_floor, "base": given.publication_base},
        "figure_set": given.plan.figure_set,
        "base": _base(given, responses),
        "plan": _plan(given),
        "weighting": _weighting(given, weighed),
        "drawn_possible": sets.drawn_design is not None,
        "questions": [_question(q, given, responses, sets, groupings, sides) for q in given.wave.questions],
    }


def _sets(given: WeighingInput, responses: Responses, weighed: Weighed) -> Sets:
    rule = ReleaseRule(given.privacy_floor, given.publication_base, HALF_WIDTH)
    design = raked_design(weighed.trimmed.raking)
    if responses.drawn.all():
        return Sets(design, rule)
    return Sets(design, rule, _drawn_design(given, responses), responses.drawn)


def _drawn_design(given: WeighingInput, responses: Responses) -> Design | None:
    """The drawn members weighed by the same plan; None when that is refused (said on the method page)."""
    try:
        return raked_design(weigh(given, responses.only(responses.drawn)).trimmed.raking)
    except WeighingRefusedError:
        return None


def _inputs(given: WeighingInput, responses: Responses) -> dict[str, Any]:
    return {
        "answers": responses.digest(),
        "plan": given.frozen_hash,
        "margins": hashlib.sha256(canonical({"figures": _figures(given)})).hexdigest(),
        "code": given.code_version,
    }


def _figures(given: WeighingInput) -> list[dict[str, Any]]:
    """The population figures as they were, so that newer ones do not change what can be recomputed."""
    found: list[dict[str, Any]] = json.loads(json.dumps([asdict(f) for f in given.figures]))
    return found


def _base(given: WeighingInput, responses: Responses) -> dict[str, Any]:
    counts = given.fieldwork
    return {
        "invited": counts.invited,
        "answered": counts.answered,
        "invited_drawn": counts.invited_drawn,
        "answered_drawn": counts.answered_drawn,
        "letters": counts.letters,
        "joined": counts.joined,
        "in_figures": responses.n,
        "drawn": int(responses.drawn.sum()),
        "self_registered": int((~responses.drawn).sum()),
    }


def _plan(given: WeighingInput) -> dict[str, Any]:
    low, high = given.bounds
    return {
        "variables": list(given.plan.variables),
        "trim_low": low,
        "trim_high": high,
        "merges": [list(m) for m in given.departure.merges],
        "dropped": list(given.departure.dropped),
        "changed": given.departure != Departure(),
    }


def _weighting(given: WeighingInput, weighed: Weighed) -> dict[str, Any]:
    raking = weighed.trimmed.raking
    known = {f.variable: f for f in given.figures}
    summary, histogram = summarize_weights(raking.weights), weight_histogram(raking.weights)
    return {
        "method": raking.method.value,
        "iterations": raking.iterations,
        "max_error": float(f"{raking.max_error:.1e}"),
        "n_trimmed": weighed.trimmed.n_trimmed,
        "rounds": weighed.trimmed.rounds,
        "total": exact(summary.total),
        "design_effect": exact(summary.design_effect),
        "effective_n": exact(summary.effective_n),
        "min_over_mean": exact(summary.min_over_mean),
        "max_over_mean": exact(summary.max_over_mean),
        "histogram": {
            "edges": [exact(e) for e in histogram.edges],
            "counts": [int(c) for c in histogram.counts],
        },
        "margins": [_margin(known[m.variable], m) for m in raking.margins],
        "notes": [
            {"variable": n.variable, "difference": exact(n.difference), "allowed": exact(n.allowed_difference)}
            for n in raking.notes
        ],
    }


def _margin(figures: PopulationFigures, report: MarginReport) -> dict[str, Any]:
    total_before, total_after, total = report.before.sum(), report.after.sum(), report.population.sum()
    return {
        "variable": report.variable,
        "source": figures.source,
        "reference": figures.reference,
        "status": figures.status,
        "derivation": figures.derivation,
        "age_min": figures.age_min,
        "age_max": figures.age_max,
        "rows": [
            {
                "category": category,
                "label": figures.label_of(category),
                "respondents": int(report.n_respondents[i]),
                "before": exact(report.before[i] / total_before),
                "after": exact(report.after[i] / total_after),
                "population": exact(report.population[i] / total),
            }
            for i, category in enumerate(report.categories)
        ],
    }


def _groupings(given: WeighingInput, responses: Responses) -> list[Grouping]:
    order: dict[str, Sequence[tuple[str, str]]] = {}
    for figures in given.figures:
        pairs = list(zip(figures.categories, figures.labels, strict=True))
        present = {c.get(figures.variable) for c in responses.classes}
        order[figures.variable] = [(c, label) for c, label in pairs if c in present]
    tables = [(variable, variable) for variable in given.plan.breakdowns]
    return groupings_of(tables, responses.classes, order)


def early_late(responses: Responses) -> Grouping:
    """Who answered early and who late: who came late resembles somewhat more who never came."""
    codes = np.array([-1 if late is None else int(late) for late in responses.sides], dtype=np.int64)
    return Grouping(SIDES, SIDES, codes, ("early", "late"), ("vroeg", "later"))


def _question(
    spec: QuestionSpec,
    given: WeighingInput,
    responses: Responses,
    sets: Sets,
    groupings: list[Grouping],
    sides: Grouping,
) -> dict[str, Any]:
    answers = [row.get(spec.item_key) for row in responses.answers]
    document: dict[str, Any] = {
        "item_key": spec.item_key,
        "kind": spec.kind.value,
        "text": spec.text,
        "central_question": spec.central_question,
        "sensitive": spec.sensitive,
        "response_related": spec.item_key in given.plan.response_related,
        "low": spec.minimum,
        "high": spec.maximum,
        "low_label": spec.low_label,
        "high_label": spec.high_label,
    }
    if spec.kind is QuestionKind.OPEN:
        return {**document, "wrote": _wrote(answers), "blocks": [], "aside": {}}
    blocks = blocks_of(spec, answers)
    shown = [block_document(b, sets, groupings, sensitive=spec.sensitive, sides=sides) for b in blocks]
    # a question is shown or withheld as a whole: what one block hides another must not tell
    if spec.kind is QuestionKind.MATRIX:
        for block in shown:
            block["aside"] = _aside(cells(answers, str(block["item"])), sets, sensitive=spec.sensitive)
    elif any(b["withheld"] for b in shown):
        shown = [_withheld(b) for b in shown]
    return {**document, "blocks": shown, "aside": _aside(answers, sets, sensitive=spec.sensitive)}


def _withheld(block: dict[str, Any]) -> dict[str, Any]:
    return {**block, "withheld": True, "figures": [], "breakdowns": [], "early_late": None, "median": None}


def _wrote(answers: Sequence[Any]) -> int:
    return sum(1 for a in answers if not missing_code(a) and str(a).strip())


def _aside(answers: Sequence[Any], sets: Sets, *, sensitive: bool) -> dict[str, Any]:
    """Who did not know and who would rather not say: numbers and weighted shares of those who were asked."""
    codes = [missing_code(a) for a in answers]
    found: dict[str, Any] = {}
    for name in ASIDE:
        count = codes.count(name)
        if sensitive and 0 < count < sets.rule.floor:
            found[name] = {"n": None, "share": None}
            continue
        values = np.array([_is(code, name) for code in codes], dtype=np.float64).reshape(-1, 1)
        found[name] = {"n": count, "share": _share(sets.design, values)}
    found["asked"] = sum(1 for code in codes if code != "not_shown")
    return found


def _is(code: str, name: str) -> float:
    return float("nan") if code in ("not_shown", "skipped") else float(code == name)


def _share(design: Design, values: FloatArray) -> float | None:
    if not np.isfinite(values).any():
        return None
    return exact(estimate_means(design, values).estimate[0, 0])


def document_digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document as it is compared by a rebuild."""
    return hashlib.sha256(canonical(document)).hexdigest()
