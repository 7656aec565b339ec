"""From files to files: read, compute, and write everything or nothing."""

from collections.abc import Callable
from pathlib import Path

from core.errors import RowError
from feedback.analyst import csv_file, figures_out, population, tabulating, weighing, writing
from feedback.analyst.csv_file import CsvFile
from feedback.analyst.faults import PlanRefusedError, refuse
from feedback.analyst.plan import Plan, read_plan
from feedback.analyst.tables_report import tables_report
from feedback.analyst.weighing_report import weighing_report

Progress = Callable[[str, float], None]


def weigh_files(data: Path, margins: Path, plan: Path, out: Path, report: Path, progress: Progress) -> str:
    """Weigh a file; returns one sentence on what was done."""
    read = read_plan(plan.name, plan.read_bytes())
    if read.weighting is None:
        raise PlanRefusedError(["[weighting] is missing; expected the margins to weigh to"])
    figures = population.read_margins(margins.name, margins.read_bytes(), read)
    targets = population.targets(figures, read, read.weighting)
    needed = weighing.columns_needed(read, read.weighting)
    file = csv_file.read(data.name, data.read_bytes(), needed, advance=lambda part: progress("reading", 0.45 * part))
    _refuse_taken(file, read)
    progress("weighing", 0.45)
    found = weighing.weigh(file, read, read.weighting, targets)
    added = {read.data.weight: found.weights, read.data.correction: found.g_weights}
    content = writing.with_columns(file, added, lambda part: progress("writing", 0.55 + 0.35 * part))
    progress("report", 0.9)
    page = weighing_report(file, figures, read, read.weighting, targets, found)
    writing.write_all({out: content, report: page})
    return f"{file.n_rows} respondents weighted to {targets.total:g}; largest margin error {found.max_error:.1e}"


def tabulate_files(weighted: Path, plan: Path, out: Path, report: Path, progress: Progress) -> str:
    """Tabulate a weighted file; returns one sentence on what was done."""
    read = read_plan(plan.name, plan.read_bytes())
    if read.tables is None:
        raise PlanRefusedError(["[tables] is missing; expected the questions to tabulate"])
    needed = tabulating.columns_needed(read, read.tables)
    file = csv_file.read(
        weighted.name, weighted.read_bytes(), needed, advance=lambda part: progress("reading", 0.4 * part)
    )
    found = tabulating.tabulate(file, read, read.tables, lambda part: progress("estimating", 0.4 + 0.5 * part))
    progress("report", 0.9)
    content = writing.table(figures_out.HEADERS, figures_out.rows(found, read))
    writing.write_all({out: content, report: tables_report(file, read, read.tables, found)})
    return f"{len(found.items)} questions tabulated; {found.n_withheld} breakdowns withheld"


def _refuse_taken(file: CsvFile, plan: Plan) -> None:
    message = "the data have this column already; name another one in the plan: data.weight or data.correction"
    taken = [name for name in (plan.data.weight, plan.data.correction) if name in file.header]
    refuse(file.name, [RowError(1, name, "", message) for name in taken])
