"""Cross tables of every question: figures with their uncertainty, tests, and what is too small to show."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.disclosure.release import ReleaseRule, ShareBand, band_shares, judge_breakdown
from analysis.errors import EstimationError
from analysis.estimation.design import Design
from analysis.estimation.differences import differences_from_rest
from analysis.estimation.estimates import Estimates, estimate_breakdowns
from analysis.estimation.intervals import IntervalMethod, Intervals, mean_intervals, share_intervals
from analysis.estimation.multiple_testing import Guard, GuardedFamily, guard_family
from analysis.estimation.quantiles import Quantiles, estimate_quantiles
from analysis.estimation.replicate_estimates import replicate_means
from analysis.estimation.replicates import Replicates
from analysis.estimation.tables import TableTest, table_test
from analysis.estimation.wald import two_sided_p
from feedback.analyst import designing, respondents
from feedback.analyst.auditing import AuditedList, audit_list
from feedback.analyst.csv_file import CsvFile
from feedback.analyst.designing import Sample
from feedback.analyst.plan import Plan, TablesPlan
from feedback.analyst.questions import Question, question
from feedback.analyst.respondents import Coded

QUARTILES = (0.25, 0.5, 0.75)
_NO_SPREAD = 1e-12
_LARGEST_TEST = 50_000_000
_SENSITIVE_FLOOR = 10


@dataclass(frozen=True, eq=False)
class Breakdown:
    """A question by the groups of one variable ("" is everybody); arrays are (groups, measures).

    `why_withheld` is empty when it is shown; `test_note` says why there is no test.
    """

    variable: str
    groups: tuple[str, ...]
    figures: Estimates
    limits: Intervals
    bands: tuple[tuple[ShareBand, ...], ...]
    why_withheld: str
    quantiles: Quantiles | None = None
    differences: FloatArray | None = None
    family: GuardedFamily | None = None
    test: TableTest | None = None
    test_note: str = ""


@dataclass(frozen=True, eq=False)
class Tabulated:
    """One question in full."""

    question: Question
    breakdowns: tuple[Breakdown, ...]


@dataclass(frozen=True, eq=False)
class Tables:
    """All questions, with the sample they come from and the audit of the list."""

    items: tuple[Tabulated, ...]
    sample: Sample
    n_replicates: int
    audit: AuditedList | None

    @property
    def n_withheld(self) -> int:
        """Breakdowns that are not shown."""
        return sum(bool(breakdown.why_withheld) for item in self.items for breakdown in item.breakdowns)


@dataclass(frozen=True, eq=False)
class _Setting:
    tables: TablesPlan
    design: Design
    replicates: Replicates | None
    domains: dict[str, Coded]

    @property
    def rule(self) -> ReleaseRule:
        return ReleaseRule(self.tables.floor, self.tables.full_base, self.tables.max_half_width)


def columns_needed(plan: Plan, tables: TablesPlan) -> list[str]:
    """The columns that the tables are made from."""
    found = [*designing.columns_needed(plan), *tables.breakdowns]
    found += [name for item in tables.items for name in item.columns]
    return list(dict.fromkeys(found))


def tabulate(file: CsvFile, plan: Plan, tables: TablesPlan, advance: Callable[[float], None]) -> Tables:
    """Make every table of the plan; raises FileRefusedError, PlanRefusedError and AnalysisError."""
    respondents.check(file, plan, [*tables.breakdowns])
    sample = designing.sample(file, plan)
    domains = {name: respondents.code(file, plan, name) for name in tables.breakdowns}
    setting = _Setting(tables, sample.design(tables.lonely), designing.replicates(sample, plan, tables), domains)
    items: list[Tabulated] = []
    for number, item in enumerate(tables.items, 1):
        asked = question(file, plan, item)
        items.append(_tabulate(asked, setting))
        advance(0.8 * number / len(tables.items))
    audit = audit_list(items, domains, setting.rule) if tables.audit else None
    if audit is not None:
        items = [audit.applied(item) for item in items]
    return Tables(tuple(items), sample, tables.replicates, audit)


def _tabulate(asked: Question, setting: _Setting) -> Tabulated:
    values = asked.values
    domains: dict[str, tuple[IntArray | None, int]] = {"": (None, 1)}
    domains |= {name: (coded.codes, len(coded.categories)) for name, coded in setting.domains.items()}
    found = _estimates(values, domains, setting)
    return Tabulated(asked, tuple(_breakdown(asked, values, name, found[name], setting) for name in domains))


def _estimates(
    values: FloatArray, domains: dict[str, tuple[IntArray | None, int]], setting: _Setting
) -> dict[str, Estimates]:
    if setting.replicates is None:
        return estimate_breakdowns(setting.design, values, dict(domains))
    of = setting.replicates
    return {name: replicate_means(of, values, domain=codes, n_domains=n) for name, (codes, n) in domains.items()}


def _breakdown(asked: Question, values: FloatArray, name: str, found: Estimates, setting: _Setting) -> Breakdown:
    coded = setting.domains.get(name)
    limits = _limits(asked, found, setting.tables)
    why = _why_withheld(asked, values, found, limits, coded, setting)
    shown = Breakdown(
        variable=name,
        groups=coded.categories if coded else ("",),
        figures=found,
        limits=limits,
        bands=_bands(asked, found, is_whole=coded is None),
        why_withheld=why,
        quantiles=_quantiles(asked, coded, setting),
    )
    if coded is None or why or len(coded.categories) < 2:
        return shown
    return _tested(shown, asked, values, coded, setting)


def _limits(asked: Question, found: Estimates, tables: TablesPlan) -> Intervals:
    method = None if tables.interval == "rule" else IntervalMethod(tables.interval)
    is_share = np.array([measure.is_share for measure in asked.measures])
    limits = mean_intervals(found, level=tables.level)
    if not is_share.any():
        return limits
    safe = Estimates(
        np.where(is_share, found.estimate, 0.5),
        np.where(is_share, found.standard_error, 0.0),
        found.base,
        found.effective_base,
        found.degrees_of_freedom,
    )
    shares = share_intervals(safe, method=method, level=tables.level)
    return Intervals(np.where(is_share, shares.low, limits.low), np.where(is_share, shares.high, limits.high))


def _why_withheld(
    asked: Question, values: FloatArray, found: Estimates, limits: Intervals, coded: Coded | None, setting: _Setting
) -> str:
    reach = np.array([measure.reach or np.nan for measure in asked.measures])
    widths = limits.half_width / reach
    # a limit that no method gives (everybody or nobody) does not make a group uncertain; unknown reach does
    widths = np.where(np.isnan(limits.half_width) & (found.base > 0), 0.0, widths)
    if not judge_breakdown(found.base, widths, setting.rule).is_shown:
        return "te weinig antwoorden"
    if asked.plan.sensitive and _has_small_numerator(asked, values, coded):
        return "te weinig antwoorden (gevoelige vraag)"
    return ""


def _has_small_numerator(asked: Question, values: FloatArray, coded: Coded | None) -> bool:
    codes = np.zeros(values.shape[0], dtype=np.int64) if coded is None else coded.codes
    is_share = [j for j, measure in enumerate(asked.measures) if measure.is_share]
    for group in range(1 if coded is None else len(coded.categories)):
        inside = values[codes == group][:, is_share]
        yes, no = np.count_nonzero(inside == 1, axis=0), np.count_nonzero(inside == 0, axis=0)
        # everybody the same answer tells it of each; the withheld count itself must not be told either
        if (((yes > 0) & (yes < _SENSITIVE_FLOOR)) | (no < _SENSITIVE_FLOOR)).any():
            return True
    return False


def _bands(asked: Question, found: Estimates, *, is_whole: bool) -> tuple[tuple[ShareBand, ...], ...]:
    rows = []
    for shares in found.estimate:
        bands = band_shares(shares)
        kept = [
            ShareBand.EXACT if is_whole or not m.is_share else b for m, b in zip(asked.measures, bands, strict=True)
        ]
        rows.append(tuple(kept))
    return tuple(rows)


def _quantiles(asked: Question, coded: Coded | None, setting: _Setting) -> Quantiles | None:
    if asked.plan.kind != "number":
        return None
    y = asked.measures[0].values
    if coded is None:
        return estimate_quantiles(setting.design, y, QUARTILES, level=setting.tables.level)
    n = len(coded.categories)
    return estimate_quantiles(setting.design, y, QUARTILES, domain=coded.codes, n_domains=n, level=setting.tables.level)


def _tested(shown: Breakdown, asked: Question, values: FloatArray, coded: Coded, setting: _Setting) -> Breakdown:
    compared = np.array([measure.is_compared for measure in asked.measures])
    n = len(coded.categories)
    found = differences_from_rest(setting.design, values[:, compared], coded.codes, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(found.standard_error > _NO_SPREAD, found.estimate / found.standard_error, np.nan)
    p = two_sided_p(t, np.maximum(found.degrees_of_freedom - 1.0, 0.0))
    family = guard_family(p, guard=Guard(setting.tables.guard), significance=setting.tables.significance)
    test, note = _table_test(asked, coded, setting)
    return Breakdown(
        variable=shown.variable,
        groups=shown.groups,
        figures=shown.figures,
        limits=shown.limits,
        bands=shown.bands,
        why_withheld="",
        quantiles=shown.quantiles,
        differences=np.where(np.isnan(t), np.nan, found.estimate),
        family=family,
        test=test,
        test_note=note,
    )


def _table_test(asked: Question, coded: Coded, setting: _Setting) -> tuple[TableTest | None, str]:
    if asked.codes is None:
        return None, ""
    n, n_groups = asked.codes.shape[0], len(coded.categories)
    if n * n_groups * asked.n_answers > _LARGEST_TEST:
        return None, "het bestand is te groot voor deze toets"
    if asked.n_answers < 2:
        return None, "de vraag heeft maar één antwoord"
    try:
        return table_test(setting.design, coded.codes, asked.codes, n_groups, asked.n_answers), ""
    except EstimationError as error:
        return None, str(error)
