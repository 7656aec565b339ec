"""Answers of one question as columns of numbers, per kind of question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.arrays import FloatArray
from analysis.estimation.design import Design
from analysis.estimation.estimates import Estimates, estimate_means
from analysis.estimation.intervals import Intervals, mean_intervals, share_intervals
from analysis.estimation.items import estimate_budget, estimate_ranking, estimate_several
from surveys.questionnaire import Option, QuestionKind, QuestionSpec
from surveys.questions import missing_code as stored_code

Answer = Any


@dataclass(frozen=True, eq=False)
class Block:
    """One set of figures of a question: what is measured, per column of `values` (NaN: no answer)."""

    measure: str
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    values: FloatArray
    item: str = ""
    item_label: str = ""
    adds_up: bool = False
    width: float = 1.0

    def estimate(self, design: Design, domain: Any = None, n_domains: int = 1) -> Estimates:
        """Estimate every column, overall or per domain."""
        if self.measure in ("mean_rank", "first"):
            ranking = estimate_ranking(design, self.values, domain=domain, n_domains=n_domains)
            return ranking.mean_rank if self.measure == "mean_rank" else ranking.first
        if self.measure in ("budget", "nothing"):
            budget = estimate_budget(design, self.values, domain=domain, n_domains=n_domains)
            return budget.mean_share if self.measure == "budget" else budget.nothing
        if self.measure == "several":
            return estimate_several(design, self.values, domain=domain, n_domains=n_domains)
        return estimate_means(design, self.values, domain=domain, n_domains=n_domains)

    def intervals(self, estimates: Estimates) -> Intervals:
        """The interval that fits what is measured."""
        if self.measure in ("share", "several", "first", "nothing"):
            return share_intervals(estimates)
        return mean_intervals(estimates)

    def counts(self) -> FloatArray:
        """How many persons stand behind each share (for the rule on sensitive questions)."""
        if self.measure == "first":
            return np.asarray((self.values == 1).sum(axis=0), dtype=np.float64)
        if self.measure == "nothing":
            return np.asarray((self.values == 0).sum(axis=0), dtype=np.float64)
        return np.asarray(np.nansum(self.values, axis=0), dtype=np.float64)


def missing_code(value: Answer) -> str:
    """The code of an answer that is missing (absent: not shown), or an empty text."""
    return "not_shown" if value is None else stored_code(value) or ""


def cells(answers: Sequence[Answer], item: str) -> list[Answer]:
    """The answers to one row of a matrix; what is missing for the whole question is missing for each row."""
    return [a.get(item) if isinstance(a, Mapping) and not stored_code(a) else a for a in answers]


def blocks_of(spec: QuestionSpec, answers: Sequence[Answer]) -> list[Block]:
    """The blocks of a question; the first is the one that is broken down by groups. Open questions have none."""
    return _MAKERS[spec.kind](spec, answers)


def _single(spec: QuestionSpec, answers: Sequence[Answer]) -> list[Block]:
    return [_shares(spec.options, [None if missing_code(a) else a for a in answers])]


def _several(spec: QuestionSpec, answers: Sequence[Answer]) -> list[Block]:
    values = _empty(answers, len(spec.options))
    for row, answer in enumerate(answers):
        if not missing_code(answer):
            values[row] = [float(o.value in answer) for o in spec.options]
    return [Block("several", _keys(spec.options), _labels(spec.options), values)]


def _matrix(spec: QuestionSpec, answers: Sequence[Answer]) -> list[Block]:
    blocks = []
    for item in spec.items:
        chosen = [None if missing_code(c) else c for c in cells(answers, item.value)]
        blocks.append(_shares(spec.options, chosen, item))
    return blocks


def _score(spec: QuestionSpec, answers: Sequence[Answer]) -> list[Block]:
    low, high = int(spec.minimum or 0), int(10 if spec.maximum is None else spec.maximum)
    points = [Option(str(p), str(p)) for p in range(low, high + 1)]
    chosen = [None if missing_code(a) else str(int(a)) for a in answers]
    mean = Block("mean", ("mean",), ("gemiddelde",), _column(answers), width=float(high - low))
    return [mean, _shares(points, chosen)]


def _number(_spec: QuestionSpec, answers: Sequence[Answer]) -> list[Block]:
    # without a fixed scale no half-width fits the rule for few answers: then only the full base shows it
    return [Block("mean", ("mean",), ("gemiddelde",), _column(answers), width=1e-9)]


def _ranking(spec: QuestionSpec, answers: Sequence[Answer]) -> list[Block]:
    values = _empty(answers, len(spec.options))
    for row, answer in enumerate(answers):
        if not missing_code(answer):
            values[row] = [float(answer.index(o.value) + 1) if o.value in answer else np.nan for o in spec.options]
    keys, labels = _keys(spec.options), _labels(spec.options)
    places = float(max(1, len(keys) - 1))
    return [Block("mean_rank", keys, labels, values, width=places), Block("first", keys, labels, values, adds_up=True)]


def _budget(spec: QuestionSpec, answers: Sequence[Answer]) -> list[Block]:
    values = _empty(answers, len(spec.options))
    for row, answer in enumerate(answers):
        if not missing_code(answer):
            values[row] = [float(answer.get(o.value, 0)) for o in spec.options]
    keys, labels = _keys(spec.options), _labels(spec.options)
    return [Block("budget", keys, labels, values, adds_up=True), Block("nothing", keys, labels, values)]


def _open(_spec: QuestionSpec, _answers: Sequence[Answer]) -> list[Block]:
    return []


_MAKERS: dict[QuestionKind, Callable[[QuestionSpec, Sequence[Answer]], list[Block]]] = {
    QuestionKind.SINGLE: _single,
    QuestionKind.SEVERAL: _several,
    QuestionKind.MATRIX: _matrix,
    QuestionKind.SCORE: _score,
    QuestionKind.NUMBER: _number,
    QuestionKind.OPEN: _open,
    QuestionKind.RANKING: _ranking,
    QuestionKind.BUDGET: _budget,
}


def _shares(options: Sequence[Option], chosen: Sequence[str | None], item: Option | None = None) -> Block:
    values = _empty(chosen, len(options))
    for row, value in enumerate(chosen):
        if value is not None:
            values[row] = [float(o.value == value) for o in options]
    name, label = (item.value, item.label) if item else ("", "")
    return Block("share", _keys(options), _labels(options), values, name, label, adds_up=True)


def _column(answers: Sequence[Answer]) -> FloatArray:
    return np.array([[np.nan if missing_code(a) else float(a)] for a in answers], dtype=np.float64).reshape(-1, 1)


def _empty(rows: Sequence[object], columns: int) -> FloatArray:
    return np.full((len(rows), columns), np.nan)


def _keys(options: Sequence[Option]) -> tuple[str, ...]:
    return tuple(o.value for o in options)


def _labels(options: Sequence[Option]) -> tuple[str, ...]:
    return tuple(o.label for o in options)
