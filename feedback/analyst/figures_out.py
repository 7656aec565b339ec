"""The tables as rows of a file: every figure with its uncertainty, every test, every difference that may be named."""

from collections.abc import Iterator

import numpy as np

from analysis.disclosure.release import ShareBand
from core.csv_out import Cell
from feedback.analyst.plan import Plan
from feedback.analyst.tabulating import Breakdown, Tables, Tabulated

HEADERS = (
    "soort",
    "vraag",
    "vraagtekst",
    "maat",
    "antwoord",
    "uitsplitsing",
    "groep",
    "waarde",
    "standaardfout",
    "ondergrens",
    "bovengrens",
    "antwoorden",
    "effectief aantal",
    "ontwerpeffect",
    "vrijheidsgraden",
    "toetsingsgrootheid",
    "p-waarde",
    "p-waarde na correctie",
    "opmerking",
)
MEASURE = {
    "share": "aandeel",
    "point": "aandeel",
    "mean": "gemiddelde",
    "top_two": "bovenste twee",
    "bottom_two": "onderste twee",
    "net": "saldo",
    "mean_rank": "gemiddelde plaats",
    "borda": "bordascore",
    "first": "op de eerste plaats",
    "budget": "gemiddeld deel van het budget",
    "nothing": "geeft niets",
}
QUANTILE = {0.25: "eerste kwartiel", 0.5: "mediaan", 0.75: "derde kwartiel"}
BAND = {ShareBand.BELOW: "minder dan 5 %", ShareBand.ABOVE: "meer dan 95 %"}
ROUNDED = "afgerond op 5 %: een ander antwoord is te klein om te laten zien"
_DIGITS = 12
_STEP = 20


def rows(tables: Tables, plan: Plan) -> Iterator[tuple[Cell, ...]]:
    """Every row of the file, question by question."""
    for item in tables.items:
        for found in item.breakdowns:
            yield from _breakdown_rows(item, found, plan)


def is_rounded(item: Tabulated, found: Breakdown, group: int, j: int) -> bool:
    """Whether a share is rounded because another of the same whole stands as a band, and would follow from it."""
    measure = item.question.measures[j]
    parts = [k for k, other in enumerate(item.question.measures) if other.part_of == measure.part_of]
    return bool(measure.part_of) and any(found.bands[group][k] is not ShareBand.EXACT for k in parts)


def rounded(share: float) -> float:
    """A share in steps of 5 %."""
    return float(np.floor(share * _STEP + 0.5) / _STEP)


def group_label(plan: Plan, variable: str, group: str) -> str:
    """The label of a group; everybody without a variable."""
    return plan.variable(variable).label_of(group) if variable else "iedereen"


def _breakdown_rows(item: Tabulated, found: Breakdown, plan: Plan) -> Iterator[tuple[Cell, ...]]:
    asked = item.question.plan
    place = (plan.variable(found.variable).label if found.variable else "") or found.variable
    if found.why_withheld:
        yield ("cijfer", asked.name, asked.label, "", "", place, "", *[""] * 11, found.why_withheld)
        return
    for group, name in enumerate(found.groups):
        words = group_label(plan, found.variable, name)
        for j, measure in enumerate(item.question.measures):
            head = ("cijfer", asked.name, asked.label, MEASURE[measure.kind], measure.label, place, words)
            yield (*head, *_figure(item, found, group, j))
        yield from _quantile_rows(item, found, group, (place, words))
    yield from _test_rows(item, found, place)
    yield from _difference_rows(item, found, place, plan)


def _figure(item: Tabulated, found: Breakdown, group: int, j: int) -> tuple[Cell, ...]:
    figures, limits = found.figures, found.limits
    base = int(figures.base[group, j])
    band = found.bands[group][j]
    if band is not ShareBand.EXACT:
        return ("", "", "", "", base, *[""] * 6, BAND[band])
    if is_rounded(item, found, group, j):
        return (rounded(figures.estimate[group, j]), "", "", "", base, *[""] * 6, ROUNDED)
    effective = float(figures.effective_base[group, j])
    return (
        _exact(figures.estimate[group, j]),
        _exact(figures.standard_error[group, j]),
        _exact(limits.low[group, j]),
        _exact(limits.high[group, j]),
        base,
        _exact(effective),
        _exact(base / effective) if effective else "",
        int(figures.degrees_of_freedom[group, j]),
        "",
        "",
        "",
        "",
    )


def _quantile_rows(item: Tabulated, found: Breakdown, group: int, place: tuple[str, str]) -> Iterator[tuple[Cell, ...]]:
    if found.quantiles is None:
        return
    asked, of = item.question.plan, found.quantiles
    for p, probability in enumerate(of.probabilities):
        head = ("cijfer", asked.name, asked.label, QUANTILE[float(probability)], asked.label, *place)
        values = [_exact(column[group, p]) for column in (of.estimate, of.standard_error, of.low, of.high)]
        yield (*head, *values, int(of.base[group]), *[""] * 7)


def _test_rows(item: Tabulated, found: Breakdown, place: str) -> Iterator[tuple[Cell, ...]]:
    asked, test = item.question.plan, found.test
    head: tuple[Cell, ...] = ("toets", asked.name, asked.label, "samenhang (Rao-Scott, tweede orde)", "", place, "")
    if test is not None:
        df = f"{test.numerator_df:.6g} en {test.denominator_df:.6g}".replace(".", ",")
        yield (*head, *[""] * 4, test.base, "", "", df, _exact(test.statistic), _exact(test.p_value), "", "")
    elif found.test_note:
        yield (*head, *[""] * 11, f"niet te toetsen: {found.test_note}")


def _difference_rows(item: Tabulated, found: Breakdown, place: str, plan: Plan) -> Iterator[tuple[Cell, ...]]:
    asked, family = item.question.plan, found.family
    if family is None:
        return
    for group, j, difference, p in named(item, found):
        measure = item.question.measures[j]
        head = ("verschil", asked.name, asked.label, MEASURE[measure.kind], measure.label, place)
        words = group_label(plan, found.variable, found.groups[group])
        note = "verschil met alle anderen samen"
        yield (*head, words, _exact(difference), *[""] * 9, _exact(p), note)


def named(item: Tabulated, found: Breakdown) -> Iterator[tuple[int, int, float, float]]:
    """Differences that the guard lets through: group, measure, difference from the rest, adjusted p-value."""
    if found.family is None or found.differences is None:
        return
    compared = [j for j, measure in enumerate(item.question.measures) if measure.is_compared]
    for group, column in zip(*np.nonzero(found.family.may_be_named), strict=True):
        j = compared[column]
        # a difference would tell what a band or a rounded share leaves open
        if found.bands[group][j] is ShareBand.EXACT and not is_rounded(item, found, int(group), j):
            difference = float(found.differences[group, column])
            yield int(group), j, difference, float(found.family.adjusted_p_value[group, column])


def _exact(value: float) -> Cell:
    """Twelve significant digits; nothing for what cannot be known."""
    number = float(value)
    return float(f"{number:.{_DIGITS}g}") if np.isfinite(number) else ""
