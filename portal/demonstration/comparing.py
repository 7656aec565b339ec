"""The results that the product published, beside the truth that only the demonstration knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.db import db
from feedback.models import Publication
from feedback.queries import wave_of
from portal.demonstration.population import SyntheticPopulation
from portal.demonstration.questions import QUESTIONS, OpinionKind
from portal.demonstration.truth import true_figures

MEASURE = {
    OpinionKind.SINGLE: "share",
    OpinionKind.MATRIX: "share",
    OpinionKind.SEVERAL: "several",
    OpinionKind.SCORE: "mean",
    OpinionKind.NUMBER: "mean",
    OpinionKind.RANKING: "mean_rank",
    OpinionKind.BUDGET: "budget",
}
POINTS = 100


@dataclass(frozen=True)
class Comparison:
    """One figure: what all residents think, and what the answers gave."""

    wave: str
    question_key: str
    item: str
    label: str
    is_share: bool
    truth: float
    unweighted: float
    weighted: float
    low: float
    high: float
    depends_on_trust: bool

    @property
    def holds_truth(self) -> bool:
        """Whether the truth lies within the interval."""
        return self.low <= self.truth <= self.high

    @property
    def gap_unweighted(self) -> float:
        """How far the unweighted figure is from the truth."""
        return abs(self.unweighted - self.truth)

    @property
    def gap_weighted(self) -> float:
        """How far the weighted figure is from the truth."""
        return abs(self.weighted - self.truth)


def compare(population: SyntheticPopulation) -> list[Comparison]:
    """Every figure of every computed result of which the truth is known."""
    publications = db.session.scalars(select(Publication).order_by(Publication.id))
    return [found for publication in publications for found in of_publication(publication, population)]


def of_publication(publication: Publication, population: SyntheticPopulation) -> Iterator[Comparison]:
    """The figures of one publication."""
    current = publication.current
    for question in current.document["questions"] if current else []:
        if question["item_key"] in QUESTIONS:
            yield from of_question(wave_of(publication).title, question, population)


def of_question(wave: str, question: Mapping[str, Any], population: SyntheticPopulation) -> Iterator[Comparison]:
    """The figures of one question; what the product withheld is left out here too."""
    source = QUESTIONS[question["item_key"]]
    blocks = [b for b in question["blocks"] if b["measure"] == MEASURE[source.kind]]
    figures = [(block, figure) for block in blocks for figure in block["figures"]]
    truths = true_figures(population, source.key)
    if len(truths) != len(figures):
        return
    scale = POINTS if source.kind is OpinionKind.BUDGET else 1
    for truth, (block, figure) in zip(truths, figures, strict=True):
        yield Comparison(
            wave=wave,
            question_key=source.key,
            item=block["label"],
            label=figure["label"],
            is_share=truth.statistic == "share" or source.kind is OpinionKind.BUDGET,
            truth=truth.value / scale,
            unweighted=figure["unweighted"],
            weighted=figure["value"],
            low=figure["low"],
            high=figure["high"],
            depends_on_trust=source.depends_on_trust,
        )


def table(comparisons: list[Comparison]) -> Iterator[str]:
    """The comparison as lines of text, in Dutch."""
    head = item = ""
    for one in comparisons:
        title = f"{one.wave}: {QUESTIONS[one.question_key].text}"
        if title != head:
            head, item = title, ""
            yield ""
            yield title
            yield f"  {'':34}{'waar':>8}{'ongewogen':>11}{'gewogen':>9}{'marge':>16}  waarheid binnen de marge"
        if one.item != item:
            item = one.item
            yield f"  {item}"
        yield _line(one)
    yield ""
    yield from summary(comparisons)


def _line(one: Comparison) -> str:
    values = [_shown(v, one) for v in (one.truth, one.unweighted, one.weighted)]
    margin = f"{_shown(one.low, one)} – {_shown(one.high, one)}"
    inside = "ja" if one.holds_truth else "NEE"
    return f"  {one.label[:33]:34}{values[0]:>8}{values[1]:>11}{values[2]:>9}{margin:>16}  {inside}"


def _shown(value: float, one: Comparison) -> str:
    text = f"{value * 100:.1f}%" if one.is_share else f"{value:.2f}"
    return text.replace(".", ",")


def summary(comparisons: list[Comparison]) -> Iterator[str]:
    """How often the truth lies within the margin: for what weighting can mend, and for what it cannot."""
    for label, on_trust in (("Vragen die het wegen kan herstellen", False), ("De vraag over vertrouwen", True)):
        group = [one for one in comparisons if one.depends_on_trust is on_trust]
        if group:
            inside = sum(one.holds_truth for one in group)
            yield f"{label}: bij {inside} van de {len(group)} cijfers ligt de waarheid binnen de marge."
    if any(one.depends_on_trust and not one.holds_truth for one in comparisons):
        yield "Wie weinig vertrouwen heeft, doet minder mee. Wegen herstelt dat niet; de openbare pagina zegt dat ook."
