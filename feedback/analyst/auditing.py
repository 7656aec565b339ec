"""The closed list of tables seen by an attacker: what follows from totals and from each other is withheld too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.arrays import IntArray
from analysis.disclosure.planning import ReleasePlan, plan_release
from analysis.disclosure.release import ReleaseRule
from analysis.disclosure.suppression import Level
from analysis.disclosure.tables import Axis, Group, Table, count_table
from feedback.analyst.questions import Question
from feedback.analyst.respondents import Coded

if TYPE_CHECKING:
    from feedback.analyst.tabulating import Tabulated

NO_VALUE = "geen waarde"
FOLLOWS = "volgt uit andere tabellen"


@dataclass(frozen=True, eq=False)
class AuditedList:
    """The outcome: which breakdowns of which question may not be shown, and the proof."""

    plan: ReleasePlan
    withheld: frozenset[tuple[str, str]]
    n_tables: int

    @property
    def is_safe(self) -> bool:
        """Whether no withheld cell can be bounded too tightly."""
        return self.plan.is_safe

    def applied(self, item: "Tabulated") -> "Tabulated":
        """The question without the breakdowns that others give away."""
        kept = tuple(
            replace(found, why_withheld=FOLLOWS, differences=None, family=None, test=None)
            if not found.why_withheld and (item.question.plan.name, found.variable) in self.withheld
            else found
            for found in item.breakdowns
        )
        return replace(item, breakdowns=kept)


def audit_list(items: Sequence["Tabulated"], domains: Mapping[str, Coded], rule: ReleaseRule) -> AuditedList | None:
    """Audit all breakdowns of all questions as one linked set; None when there are no breakdowns."""
    tables: list[Table] = []
    places: list[tuple[str, str]] = []
    for item in items:
        for found in item.breakdowns:
            if not found.variable:
                continue
            made = _tables(item.question, found.variable, domains[found.variable], is_shown=not found.why_withheld)
            tables += made
            places += [(item.question.plan.name, found.variable)] * len(made)
    if not tables:
        return None
    plan = plan_release(tables, rule=rule, level=Level.BREAKDOWN)
    gone = {
        place
        for table, place in zip(tables, places, strict=True)
        if table.is_shown and (table.node_shown & ~plan.visible(table)).any()
    }
    return AuditedList(plan, frozenset(gone), len(tables))


def _tables(question: Question, variable: str, coded: Coded, *, is_shown: bool) -> list[Table]:
    name, answered = question.plan.name, question.answered
    # people without a value are a group of their own that no table shows
    codes = np.where(coded.codes < 0, len(coded.categories), coded.codes)[answered][:, None]
    axis = _axis(variable, coded)
    plain = Table(
        f"{name} x {variable}",
        name,
        (axis,),
        count_table(codes, [len(axis.categories)]),
        is_sensitive=question.plan.sensitive,
        is_shown=is_shown,
    )
    if question.codes is not None:
        return [_with_answers(plain, name, codes, question.codes[answered], question.n_answers)]
    if question.plan.kind != "several":
        return [plain]
    made = []
    for number, measure in enumerate(question.measures):
        values = measure.values[answered]
        chosen = np.where(np.isnan(values), -1, values).astype(np.int64)
        made.append(_with_answers(plain, f"{name}:{number}", codes, chosen, 2))
    return made


def _with_answers(plain: Table, name: str, codes: IntArray, answers: IntArray, n_answers: int) -> Table:
    """The table with the answers as its last axis; people who skipped this part are another population."""
    axis = Axis(name, tuple(str(number) for number in range(n_answers)))
    counts = count_table(codes, [len(plain.axes[0].categories)], answers, n_answers)
    return replace(plain, name=f"{name} x {plain.axes[0].variable}", population=name, counts=counts, answers=axis)


def _axis(variable: str, coded: Coded) -> Axis:
    """The groups of the variable; those without a value are a group that no table shows."""
    if not (coded.codes < 0).any():
        return Axis(variable, coded.categories)
    shown = tuple(Group(category, (number,)) for number, category in enumerate(coded.categories))
    return Axis(variable, (*coded.categories, NO_VALUE), shown, shows_categories=False)
