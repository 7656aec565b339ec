"""Population margins from a file: the analyst's own layout, or that of the figures the product ships."""

from dataclasses import dataclass, field

import numpy as np

from analysis.weighting.margins import Margin, Unit
from core.errors import RowError
from feedback.analyst import csv_file
from feedback.analyst.csv_file import CsvFile
from feedback.analyst.faults import PlanRefusedError, listed, refuse, suggestion
from feedback.analyst.plan import UNITS, MarginPlan, Plan, WeightingPlan

TOTAL_COLUMNS = ("total", "count")
OPTIONAL = (
    "gm_code",
    "label",
    "unit",
    "age_min",
    "age_max",
    "source",
    "source_table",
    "year",
    "reference_date",
    "status",
)
CROSS = "|"
_OLDEST = 130


@dataclass(frozen=True)
class MarginRow:
    """One row of the file."""

    line: int
    variable: str
    category: str
    label: str
    total: float
    unit: str
    age_min: int | None
    age_max: int | None
    source: str
    derived: bool


@dataclass(frozen=True)
class MarginsFile:
    """All rows of the file, with its name and hash."""

    name: str
    digest: str
    rows: tuple[MarginRow, ...]

    def of(self, variable: str) -> list[MarginRow]:
        """The rows of one variable, in the order of the file."""
        return [row for row in self.rows if row.variable == variable]


@dataclass(frozen=True, eq=False)
class Targets:
    """What is weighed to: margins, numeric totals, and the words of each for the report."""

    total: float
    margins: tuple[Margin, ...]
    totals: dict[str, float]
    labels: dict[str, dict[str, str]]
    sources: dict[str, str] = field(default_factory=dict)


def read_margins(name: str, content: bytes, plan: Plan) -> MarginsFile:
    """Read the file; raises FileRefusedError with every fault by line and column."""
    file = csv_file.read(name, content, ("variable", "category"), (*TOTAL_COLUMNS, *OPTIONAL))
    total = next((column for column in TOTAL_COLUMNS if column in file.columns), None)
    if total is None:
        known = listed([cell for cell in file.header if cell])
        refuse(name, [RowError(1, "total", "", f"this column is missing; expected total (or count); found {known}")])
    cells = {column: [found.levels[i] for i in found.index] for column, found in file.columns.items()}
    rows, faults = [], []
    lines = list(_line_numbers(file))
    for i in range(file.n_rows):
        values = {column: cells[column][i] for column in cells}
        if plan.population.municipality and values.get("gm_code", "") not in ("", plan.population.municipality):
            continue
        row, wrong = _row(lines[i], values, str(total))
        faults += wrong
        rows.append(row)
    faults += _doubles(rows)
    refuse(name, faults)
    return MarginsFile(name, file.digest, tuple(rows))


def targets(file: MarginsFile, plan: Plan, weighting: WeightingPlan) -> Targets:
    """The margins and totals that the plan weighs to; raises PlanRefusedError for what the file does not have."""
    known = list(dict.fromkeys(row.variable for row in file.rows))
    names = [*(margin.name for margin in weighting.margins), *weighting.totals]
    faults = [
        f"{name} is no variable of {file.name}{suggestion(name, known)}; it has {listed(known)}"
        for name in names
        if name not in known
    ]
    if faults:
        raise PlanRefusedError(faults)
    total = _population_total(file, plan, weighting)
    margins = tuple(_margin(file.of(margin.name), margin, plan) for margin in weighting.margins)
    return Targets(
        total=total,
        margins=margins,
        totals={name: _numeric_total(file, name) for name in weighting.totals},
        labels={name: {row.category: row.label for row in file.of(name)} for name in names},
        sources={name: file.of(name)[0].source for name in names},
    )


def _line_numbers(file: CsvFile) -> list[int]:
    return [line for line, _ in csv_file.records(file)]


def _row(line: int, values: dict[str, str], total: str) -> tuple[MarginRow, list[RowError]]:
    faults: list[RowError] = []
    unit = values.get("unit", "") or "person"
    if unit not in UNITS:
        faults.append(RowError(line, "unit", unit, f"this is no unit; expected one of {', '.join(UNITS)}"))
    if not values["variable"]:
        faults.append(RowError(line, "variable", "", "this is empty; expected the name of a margin"))
    count = csv_file.as_number(values[total])
    if count is None or count < 0:
        faults.append(RowError(line, total, values[total], "this is no number of 0 or more; expected like 1234"))
    ages = {column: _age(line, column, values.get(column, ""), faults) for column in ("age_min", "age_max")}
    source = [
        values.get(a, "") or values.get(b, "") for a, b in (("source", "source_table"), ("year", "reference_date"))
    ]
    row = MarginRow(
        line=line,
        variable=values["variable"],
        category=values["category"],
        label=values.get("label", "") or values["category"],
        total=count or 0.0,
        unit=unit,
        age_min=ages["age_min"],
        age_max=ages["age_max"],
        source=", ".join(part for part in source if part),
        derived=values.get("status", "") in ("afgeleid", "derived"),
    )
    return row, faults


def _age(line: int, column: str, value: str, faults: list[RowError]) -> int | None:
    if value and not (value.isdecimal() and int(value) <= _OLDEST):
        faults.append(
            RowError(line, column, value, f"this is no age; expected a whole number up to {_OLDEST}, or nothing")
        )
        return None
    return int(value) if value else None


def _doubles(rows: list[MarginRow]) -> list[RowError]:
    seen: dict[tuple[str, str], int] = {}
    faults = []
    for row in rows:
        first = seen.setdefault((row.variable, row.category), row.line)
        if first != row.line:
            message = (
                f"{row.variable} has this category on line {first} too; "
                "with more municipalities in one file, name one in the plan: population.municipality"
            )
            faults.append(RowError(row.line, "category", row.category, message))
    return faults


def _population_total(file: MarginsFile, plan: Plan, weighting: WeightingPlan) -> float:
    if plan.population.total is not None:
        return plan.population.total
    whole = [margin for margin in weighting.margins if not margin.excluded_classes]
    if not whole:
        raise PlanRefusedError(["population.total is missing, and no margin covers the whole population"])
    return float(sum(row.total for row in file.of(whole[0].name)))


def _margin(rows: list[MarginRow], margin: MarginPlan, plan: Plan) -> Margin:
    counted = [row for row in rows if row.category not in margin.excluded_classes]
    first = rows[0]
    age_max = first.age_max
    if margin.excluded_classes and age_max == plan.population.age_max:
        # the margin says nothing of the classes it leaves out: only its shares are used, as of a narrower age range
        age_max = (plan.population.age_max or _OLDEST) - 1
    return Margin(
        margin.name,
        tuple(row.category for row in counted),
        np.array([row.total for row in counted]),
        unit=Unit(first.unit),
        age_min=plan.population.age_min if first.age_min is None else first.age_min,
        age_max=age_max,
        derived=any(row.derived for row in rows),
        source=first.source,
        own_classes=margin.own_classes,
        excluded_classes=margin.excluded_classes,
    )


def _numeric_total(file: MarginsFile, name: str) -> float:
    rows = file.of(name)
    if len(rows) > 1 or rows[0].category:
        message = "a numeric total has one row, with an empty category"
        refuse(file.name, [RowError(row.line, "category", row.category, message) for row in rows])
    return rows[0].total
