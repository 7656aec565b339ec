"""The frozen plan executed: margins made from population figures, raked, trimmed; or refused with every reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.arrays import IntArray
from analysis.errors import AnalysisError, Merge, WeightingRefusedError
from analysis.weighting.margins import Margin, PanelPopulation, Unit, encode
from analysis.weighting.merging import MergeHierarchy, apply_merges
from analysis.weighting.raking import PreparedRaking, prepare_raking
from analysis.weighting.trimming import TrimmedResult, rake_and_trim
from feedback.weighing.inputs import OUTSIDE_LABELS, PopulationFigures, Responses, WeighingInput

# what our own derivation of figures of several years may explain (see data/README.md)
DERIVATION_TOLERANCE = 0.005
NO_EDUCATION_FIGURES = "outside_75_plus"
LAST_EDUCATION_AGE = 74


class WeighingRefusedError(Exception):
    """The plan cannot be executed as it stands; `reasons` are documents for the person who decides."""

    def __init__(self, reasons: list[dict[str, Any]]) -> None:
        super().__init__("weighing refused")
        self.reasons = reasons


@dataclass(frozen=True, eq=False)
class Weighed:
    """Weights of a set of responses with the margins they meet."""

    trimmed: TrimmedResult
    margins: tuple[Margin, ...]


def weigh(given: WeighingInput, responses: Responses) -> Weighed:
    """Rake and trim `responses` by the plan; raises WeighingRefusedError with all reasons at once."""
    try:
        margins = [_margin(given, variable, responses) for variable in given.variables]
        codes = _codes(responses, margins)
        merges = [Merge(*m) for m in given.departure.merges if m[0] in given.variables]
        merged = apply_merges(codes, margins, merges)
        prepared = _prepare(given, responses, merged.margins, merged.codes)
        low, high = given.bounds
        return Weighed(rake_and_trim(prepared, lower=low, upper=high), merged.margins)
    except AnalysisError as error:
        raise WeighingRefusedError(reasons_of(error, given.figures)) from error


def _prepare(
    given: WeighingInput, responses: Responses, margins: tuple[Margin, ...], codes: IntArray
) -> PreparedRaking:
    totals = [float(m.totals.sum()) for m in margins if m.age_max is None] or [float(margins[0].totals.sum())]
    return prepare_raking(
        codes,
        responses.base_weights,
        margins,
        PanelPopulation(totals[0]),
        hierarchies={v: _hierarchy(given, v) for v in given.variables},
        derivation_tolerance=DERIVATION_TOLERANCE,
    )


def _hierarchy(given: WeighingInput, variable: str) -> MergeHierarchy:
    return MergeHierarchy(variable, {category: into for name, category, into in given.merges if name == variable})


def _margin(given: WeighingInput, variable: str, responses: Responses) -> Margin:
    figures = given.figures_of(variable)
    if figures is None:
        raise WeighingRefusedError([_reason("unknown_margin", variable)])
    observed = {c.get(variable) for c in responses.classes}
    inside = [(c, n) for c, n in zip(figures.categories, figures.counts, strict=True) if c != NO_EDUCATION_FIGURES]
    is_part = len(inside) < len(figures.categories)
    names = {c for c, _ in inside} | {NO_EDUCATION_FIGURES}
    return Margin(
        variable,
        tuple(c for c, _ in inside),
        np.array([n for _, n in inside], dtype=np.float64),
        unit=Unit(figures.unit),
        age_min=figures.age_min,
        age_max=LAST_EDUCATION_AGE if is_part else figures.age_max,
        derived=figures.status == "afgeleid",
        source=figures.source,
        own_classes=tuple(sorted(v for v in observed if v in OUTSIDE_LABELS and v not in names)),
        # nothing is known of those outside the ages of a figure: it must not touch their weight
        excluded_classes=(NO_EDUCATION_FIGURES,) if is_part else (),
    )


def _codes(responses: Responses, margins: Sequence[Margin]) -> IntArray:
    if not margins:
        raise WeighingRefusedError([_reason("unknown_margin", "")])
    columns = [encode([c.get(m.variable) for c in responses.classes], m) for m in margins]
    return np.stack(columns, axis=1) if responses.n else np.zeros((0, len(margins)), dtype=np.int64)


def reasons_of(error: AnalysisError, figures: Sequence[PopulationFigures]) -> list[dict[str, Any]]:
    """Every reason of a refusal as a document with Dutch labels, and the merge that would mend it."""
    if not isinstance(error, WeightingRefusedError):
        params = {k: v for k, v in error.params.items() if isinstance(v, str | int | float)}
        return [_reason(error.code, str(params.get("margin", "")), text=str(error))]
    known = {f.variable: f for f in figures}
    reasons = []
    for refusal in error.refusals:
        figure = known.get(refusal.margin)
        reason = _reason(refusal.code, refusal.margin, category=refusal.category, n=refusal.n_respondents)
        reason["population"] = round(refusal.population)
        if figure is not None and refusal.category:
            reason["label"] = figure.label_of(refusal.category)
        if refusal.proposal is not None and figure is not None:
            reason["proposal"] = [refusal.margin, refusal.proposal.category, refusal.proposal.into]
            labels = (figure.label_of(refusal.category), figure.label_of(refusal.proposal.into))
            reason["proposal_label"] = " samen met ".join(labels)
        reasons.append(reason)
    return reasons


def _reason(code: str, variable: str, *, category: str = "", n: int = 0, text: str = "") -> dict[str, Any]:
    return {"code": code, "variable": variable, "category": category, "n": n, "text": text}
