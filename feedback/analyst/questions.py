"""A question as measures: for each a number per respondent, whose weighted mean is the figure."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.estimation.design import unweighted_design
from analysis.estimation.items import estimate_budget, estimate_ranking
from feedback.analyst import respondents
from feedback.analyst.csv_file import CsvFile
from feedback.analyst.plan import ItemPlan, Plan

TOP = 4


@dataclass(frozen=True, eq=False)
class Measure:
    """One figure of a question.

    Attributes
    ----------
    kind : str
        What is measured: share, mean, top_two, bottom_two, net, point, mean_rank, borda, first, budget, nothing.
    label : str
        The answer, option or statement.
    values : (n,) array
        NaN where the respondent did not answer.
    reach : float
        Distance between the lowest and highest possible value; 0 when there is none.
    is_share : bool
        0 or 1 for each respondent.
    is_compared : bool
        Differences between groups are looked for.
    part_of : str
        Measures with the same name here add up to one whole.
    """

    kind: str
    label: str
    values: FloatArray
    reach: float = 1.0
    is_share: bool = True
    is_compared: bool = True
    part_of: str = ""


@dataclass(frozen=True, eq=False)
class Question:
    """A question with its measures, and its answers as codes when each respondent gave one of a list."""

    plan: ItemPlan
    measures: tuple[Measure, ...]
    codes: IntArray | None = None
    n_answers: int = 0

    @property
    def values(self) -> FloatArray:
        """All measures (n, q)."""
        return np.column_stack([measure.values for measure in self.measures])

    @property
    def answered(self) -> BoolArray:
        """Who answered, or answered at least one part."""
        return np.asarray((~np.isnan(self.values)).any(axis=1), dtype=np.bool_)


class _Reader(Protocol):
    def __call__(self, file: CsvFile, plan: Plan, item: ItemPlan) -> Question: ...


def question(file: CsvFile, plan: Plan, item: ItemPlan) -> Question:
    """Read the answers to a question; refuses cells that are no answer to it.

    Raises
    ------
    FileRefusedError
        With the lines of the cells.
    EstimationError
        rank_out_of_range, budget_sum.
    """
    return _READERS[item.kind](file, plan, item)


def _single(file: CsvFile, plan: Plan, item: ItemPlan) -> Question:
    name = item.columns[0]
    if item.answers:
        allowed = {*item.answers, *plan.missing_of(name)}
        wrong = np.flatnonzero(~file.columns[name].has(allowed))
        file.refuse([(name, wrong, f"this is no answer to {item.name}; expected {', '.join(item.answers)}")])
    coded = respondents.code(file, plan, name, item.answers)
    measures = [
        Measure("share", item.labels.get(answer, answer), _indicator(coded.codes, number), part_of=item.name)
        for number, answer in enumerate(coded.categories)
    ]
    return Question(item, tuple(measures), coded.codes, len(coded.categories))


def _indicator(codes: IntArray, number: int) -> FloatArray:
    return np.where(codes < 0, np.nan, (codes == number).astype(np.float64))


def _several(file: CsvFile, plan: Plan, item: ItemPlan) -> Question:
    columns = [_allowed(file, plan, name, "1 (chosen) or 0 (not chosen)", 0, 1) for name in item.columns]
    labels = _labels(item)
    return Question(item, tuple(Measure("share", text, y) for text, y in zip(labels, columns, strict=True)))


def _scale(file: CsvFile, plan: Plan, item: ItemPlan) -> Question:
    measures: list[Measure] = []
    expected = f"a whole number from 1 to {item.points}"
    for name, label in zip(item.columns, _labels(item), strict=True):
        y = _allowed(file, plan, name, expected, 1, item.points)
        measures.append(Measure("mean", label, y, reach=item.points - 1.0, is_share=False))
        if item.points >= TOP:
            top, bottom = (_where(y, chosen) for chosen in (y >= item.points - 1, y <= 2))
            measures.append(Measure("top_two", label, top, is_compared=False))
            measures.append(Measure("bottom_two", label, bottom, is_compared=False))
            measures.append(Measure("net", label, top - bottom, reach=2.0, is_share=False, is_compared=False))
        for point in range(1, item.points + 1):
            text = item.labels.get(str(point), str(point))
            whole = f"{label}: {text}" if len(item.columns) > 1 else text
            measures.append(Measure("point", whole, _where(y, y == point), is_compared=False, part_of=name))
    codes = None
    if len(item.columns) == 1:
        first = measures[0].values
        codes = np.where(np.isnan(first), 0, first).astype(np.int64) - 1
    return Question(item, tuple(measures), codes, item.points)


def _number(file: CsvFile, plan: Plan, item: ItemPlan) -> Question:
    y = respondents.numeric(file, plan, item.columns[0], "a number, like 12.5 or 12,5")
    return Question(item, (Measure("mean", item.label, y, reach=0.0, is_share=False),))


def _ranking(file: CsvFile, plan: Plan, item: ItemPlan) -> Question:
    k = len(item.columns)
    expected = f"a rank from 1 to {k}"
    ranks = np.column_stack([_allowed(file, plan, name, expected, 1, k) for name in item.columns])
    # refuses rows that are no ranking
    estimate_ranking(unweighted_design(file.n_rows), ranks)
    given = np.count_nonzero(~np.isnan(ranks), axis=1)
    rest = np.where(given > 0, (given + 1 + k) / 2.0, np.nan)
    complete = np.where(np.isnan(ranks), rest[:, None], ranks)
    measures: list[Measure] = []
    for j, label in enumerate(_labels(item)):
        column = complete[:, j]
        measures.append(Measure("mean_rank", label, column, reach=k - 1.0, is_share=False))
        borda = (k - column) / (k - 1.0)
        measures.append(Measure("borda", label, borda, is_share=False, is_compared=False))
        first = _where(column, ranks[:, j] == 1)
        measures.append(Measure("first", label, first, is_compared=False, part_of=item.name))
    return Question(item, tuple(measures))


def _budget(file: CsvFile, plan: Plan, item: ItemPlan) -> Question:
    expected = "points, a number of 0 or more"
    points = np.column_stack([_allowed(file, plan, name, expected, 0, None) for name in item.columns])
    # refuses rows that do not add up
    estimate_budget(unweighted_design(file.n_rows), points, budget=item.budget)
    answered: BoolArray = np.asarray(np.isfinite(points).any(axis=1), dtype=np.bool_)
    shares = np.where(answered[:, None], np.where(np.isnan(points), 0.0, points) / item.budget, np.nan)
    measures: list[Measure] = []
    for j, label in enumerate(_labels(item)):
        column = shares[:, j]
        measures.append(Measure("budget", label, column, is_share=False, part_of=item.name))
        measures.append(Measure("nothing", label, _where(column, column == 0), is_compared=False))
    return Question(item, tuple(measures))


def _allowed(file: CsvFile, plan: Plan, name: str, expected: str, lowest: int, highest: int | None) -> FloatArray:
    """The column as numbers; refuses what lies outside, and fractions where a whole number is asked."""
    y = respondents.numeric(file, plan, name, expected)
    with np.errstate(invalid="ignore"):
        wrong = y < lowest
        if highest is not None:
            wrong |= (y > highest) | (y != np.floor(y))
    file.refuse([(name, np.flatnonzero(wrong & ~np.isnan(y)), f"this is no answer; expected {expected}")])
    return y


def _where(y: FloatArray, chosen: BoolArray) -> FloatArray:
    return np.where(np.isnan(y), np.nan, chosen.astype(np.float64))


def _labels(item: ItemPlan) -> list[str]:
    return [item.labels.get(name, item.label if len(item.columns) == 1 else name) for name in item.columns]


_READERS: dict[str, _Reader] = {
    "single": _single,
    "several": _several,
    "scale": _scale,
    "number": _number,
    "ranking": _ranking,
    "budget": _budget,
}
