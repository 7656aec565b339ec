"""The respondents of a file as arrays: weights, codes of margins and questions, strata and households."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import Refusal, WeightingRefusedError
from analysis.weighting.margins import Margin
from feedback.analyst import csv_file
from feedback.analyst.csv_file import Column, CsvFile
from feedback.analyst.faults import listed
from feedback.analyst.plan import MarginPlan, Plan
from feedback.analyst.population import CROSS

Fault = tuple[str, IntArray, str]


@dataclass(frozen=True, eq=False)
class Coded:
    """A column as codes: -1 is no value."""

    codes: IntArray
    categories: tuple[str, ...]


def check(file: CsvFile, plan: Plan, columns: Sequence[str]) -> None:
    """Refuse a file whose ids are missing or double, or whose columns hold codes that the plan does not know."""
    faults = [*_id_faults(file.columns[plan.data.id])]
    for name in dict.fromkeys(columns):
        codes = plan.variable(name).codes
        if codes:
            allowed = {*codes, *plan.missing_of(name)}
            wrong = ~file.columns[name].has(allowed)
            faults.append((name, np.flatnonzero(wrong), f"this is no code of {name}; expected {listed(list(codes))}"))
    file.refuse(faults)


def code(file: CsvFile, plan: Plan, name: str, categories: Sequence[str] = ()) -> Coded:
    """The column as positions among `categories`: those of the plan, or else what occurs, in order."""
    column = file.columns[name]
    missing = set(plan.missing_of(name))
    known = tuple(categories or plan.variable(name).codes or sorted(set(column.levels) - missing))
    if not known:
        file.refuse([(name, np.zeros(1, dtype=np.int64), "every cell is empty or missing; expected codes")])
    position = {category: number for number, category in enumerate(known)}
    return Coded(np.array([position.get(level, -1) for level in column.levels], dtype=np.int64)[column.index], known)


def numeric(file: CsvFile, plan: Plan, name: str, expected: str, *, positive: bool = False) -> FloatArray:
    """The column as numbers, NaN where missing; refuses what is no number, and with `positive` what is not."""
    column = file.columns[name]
    values, faults = csv_file.numbers(column, plan.missing_of(name), expected)
    if positive:
        known = {int(row) for _, rows, _ in faults for row in rows}
        wrong = [row for row in np.flatnonzero(~(values > 0)) if int(row) not in known]
        faults.append((name, np.array(wrong, dtype=np.int64), f"this must be more than 0; expected {expected}"))
    file.refuse(faults)
    return values


def groups(file: CsvFile, plan: Plan, name: str) -> IntArray | None:
    """The column as group numbers, in order of their names; None without a column; refuses an empty cell."""
    if not name:
        return None
    coded = code(file, plan, name, sorted(file.columns[name].levels))
    missing = file.columns[name].has(plan.missing_of(name))
    file.refuse([(name, np.flatnonzero(missing), "this is empty; expected the group that the respondent belongs to")])
    return coded.codes


def base_weights(file: CsvFile, plan: Plan) -> FloatArray:
    """Base weights (n,), 1 each without a column; refuses what is not a number above 0."""
    if not plan.data.base_weight:
        return np.ones(file.n_rows)
    return numeric(file, plan, plan.data.base_weight, "a weight above 0, like 1.25 or 1,25", positive=True)


def crossed(file: CsvFile, plan: Plan, margin: MarginPlan) -> tuple[IntArray, tuple[str, ...]]:
    """The values of a margin: a column, or columns crossed as `a|b`; -1 where one of them is missing."""
    columns = [file.columns[name] for name in margin.columns]
    joined = columns[0].index
    levels = list(columns[0].levels)
    gone = columns[0].has(plan.missing_of(margin.columns[0]))
    for name, column in zip(margin.columns[1:], columns[1:], strict=True):
        gone |= column.has(plan.missing_of(name))
        found, joined = np.unique(joined * len(column.levels) + column.index, return_inverse=True)
        pairs = [divmod(int(key), len(column.levels)) for key in found]
        levels = [f"{levels[first]}{CROSS}{column.levels[second]}" for first, second in pairs]
    return np.where(gone, -1, joined), tuple(levels)


def margin_codes(file: CsvFile, plan: Plan, margin: Margin, of: MarginPlan) -> IntArray:
    """Codes (n,) among `margin.all_categories`; raises WeightingRefusedError for values that it does not have."""
    index, levels = crossed(file, plan, of)
    position = {category: number for number, category in enumerate(margin.all_categories)}
    counts = np.bincount(index[index >= 0], minlength=len(levels))
    unknown = sorted((level, int(count)) for level, count in zip(levels, counts, strict=True) if level not in position)
    strangers = [(level, count) for level, count in unknown if count]
    if strangers:
        raise WeightingRefusedError(
            tuple(Refusal("category_not_in_population", margin.variable, level, n, 0.0) for level, n in strangers)
        )
    of_level = np.array([position.get(level, -1) for level in levels], dtype=np.int64)
    return np.where(index >= 0, of_level[index], -1)


def _id_faults(column: Column) -> list[Fault]:
    counts = np.bincount(column.index, minlength=len(column.levels))
    _, first = np.unique(column.index, return_index=True)
    again: BoolArray = counts[column.index] > 1
    again[first] = False
    empty = column.has([""])
    return [
        (column.name, np.flatnonzero(empty), "this is empty; expected the number of a respondent"),
        (column.name, np.flatnonzero(again & ~empty), "this number stands on an earlier line too; expected each once"),
    ]
