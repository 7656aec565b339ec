"""Figures of one block: overall with its interval, what others would give, and by groups when all may be shown."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.disclosure.release import ReleaseRule, Verdict, band_shares, judge_base, judge_breakdown
from analysis.errors import EstimationError
from analysis.estimation.design import Design, unweighted_design
from analysis.estimation.quantiles import estimate_quantile
from feedback.weighing.blocks import Block
from feedback.weighing.rounding import exact, percentages

SHARES = ("share", "several", "first", "budget", "nothing")
FEW = 10
STEP = 5
ROUNDED = "rounded"
Figure = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Grouping:
    """The groups of one breakdown: code per response (-1: no group), categories and their labels."""

    variable: str
    label: str
    codes: IntArray
    categories: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Sets:
    """The design of *the* figures and, beside it, that of the drawn members alone (None when that cannot be)."""

    design: Design
    rule: ReleaseRule
    drawn_design: Design | None = None
    drawn_rows: BoolArray | None = None


def block_document(
    block: Block, sets: Sets, groupings: Sequence[Grouping], *, sensitive: bool, sides: Grouping | None = None
) -> dict[str, Any]:
    """All figures of a block, or only that it is withheld."""
    estimates = block.estimate(sets.design)
    base = int(estimates.base.max()) if estimates.base.size else 0
    document: dict[str, Any] = {
        "item": block.item,
        "label": block.item_label,
        "measure": block.measure,
        "adds_up": block.adds_up,
        "base": base,
        "withheld": True,
        "figures": [],
        "breakdowns": [],
        "early_late": None,
    }
    # intervals are made only where somebody answered: an empty column has no share to put bounds on
    if base == 0:
        return document
    intervals = block.intervals(estimates)
    half_width = float(np.nanmax(intervals.half_width)) / block.width
    verdict = judge_base(base, half_width, sets.rule)
    if verdict is not Verdict.SHOWN or (sensitive and _few_behind(block, base)):
        return document
    document["withheld"] = False
    document["figures"] = _figures(block, estimates.estimate[0], intervals.low[0], intervals.high[0])
    _add_beside(document["figures"], block, sets)
    if block.measure == "mean":
        document["median"] = _median(block, sets.design)
    document["breakdowns"] = [_breakdown(block, sets, g, sensitive=sensitive) for g in groupings]
    document["early_late"] = _breakdown(block, sets, sides, sensitive=sensitive) if sides else None
    return document


def _figures(block: Block, estimate: FloatArray, low: FloatArray, high: FloatArray) -> list[Figure]:
    is_share = block.measure in SHARES
    shown = percentages(estimate, adds_up=block.adds_up) if is_share else [None] * len(block.keys)
    bounds = (np.clip(low, 0, 1), np.clip(high, 0, 1)) if is_share else (low, high)
    return [
        {
            "key": key,
            "label": block.labels[i],
            "value": exact(estimate[i]),
            "low": exact(bounds[0][i]),
            "high": exact(bounds[1][i]),
            "percent": shown[i],
        }
        for i, key in enumerate(block.keys)
    ]


def _add_beside(figures: list[Figure], block: Block, sets: Sets) -> None:
    unweighted = block.estimate(unweighted_design(block.values.shape[0])).estimate[0]
    drawn = _drawn(block, sets)
    for i, figure in enumerate(figures):
        figure["unweighted"] = exact(unweighted[i])
        figure["drawn"] = None if drawn is None else exact(drawn[i])


def _drawn(block: Block, sets: Sets) -> FloatArray | None:
    """The drawn members alone, unless that would give away the few others by subtraction."""
    if sets.drawn_design is None or sets.drawn_rows is None:
        return None
    answered = np.isfinite(block.values).any(axis=1)
    n_drawn = int(np.count_nonzero(answered & sets.drawn_rows))
    n_others = int(np.count_nonzero(answered & ~sets.drawn_rows))
    if n_drawn < sets.rule.full_base or n_others < sets.rule.full_base:
        return None
    return np.asarray(rows_of(block, sets.drawn_rows).estimate(sets.drawn_design).estimate[0], dtype=np.float64)


def rows_of(block: Block, rows: BoolArray) -> Block:
    """The same block for some of the responses."""
    return Block(block.measure, block.keys, block.labels, block.values[rows], block.item, block.item_label)


def _median(block: Block, design: Design) -> dict[str, Any] | None:
    try:
        found = estimate_quantile(design, block.values[:, 0])
    except EstimationError:
        return None
    return {"value": exact(found.estimate), "low": exact(found.low), "high": exact(found.high)}


def _few_behind(block: Block, base: int) -> bool:
    if block.measure not in ("share", "several", "first", "nothing"):
        return False
    counts = block.counts()
    few = (counts > 0) & (counts < FEW)
    many = (counts < base) & (base - counts < FEW)
    return bool(few.any() or many.any())


def _breakdown(block: Block, sets: Sets, grouping: Grouping, *, sensitive: bool) -> dict[str, Any]:
    document: dict[str, Any] = {"variable": grouping.variable, "label": grouping.label, "withheld": True, "groups": []}
    n_groups = len(grouping.categories)
    estimates = block.estimate(sets.design, grouping.codes, n_groups)
    if n_groups < 2 or int(estimates.base.min()) < sets.rule.floor:
        return document
    intervals = block.intervals(estimates)
    if not judge_breakdown(estimates.base, intervals.half_width / block.width, sets.rule).is_shown:
        return document
    if _ungrouped_few(block, grouping, sets.rule) or (sensitive and _few_in_group(block, grouping)):
        return document
    document["withheld"] = False
    document["groups"] = [
        {
            "category": category,
            "label": grouping.labels[d],
            "base": int(estimates.base[d].max()),
            "figures": _banded(block, estimates.estimate[d], intervals.low[d], intervals.high[d]),
        }
        for d, category in enumerate(grouping.categories)
    ]
    _hide_remainders([f for group in document["groups"] for f in group["figures"]])
    return document


def _hide_remainders(figures: Sequence[Figure]) -> None:
    """Round a whole breakdown to steps of 5 % when one share is only a band: what remains would tell that share."""
    if all(f.get("band", "exact") == "exact" for f in figures):
        return
    for figure in figures:
        if figure["band"] == "exact":
            percent = STEP * math.floor(figure["value"] * 100 / STEP + 0.5)
            low, high = math.floor(figure["low"] * 100 / STEP), math.ceil(figure["high"] * 100 / STEP)
            figure.update(band=ROUNDED, percent=percent, value=percent / 100)
            figure.update(low=low * STEP / 100, high=high * STEP / 100)


def _ungrouped_few(block: Block, grouping: Grouping, rule: ReleaseRule) -> bool:
    """Whether a few answers stand outside every group: they would follow from the total and the groups."""
    answered = np.isfinite(block.values).any(axis=1)
    return 0 < int(np.count_nonzero(answered & (grouping.codes < 0))) < rule.floor


def _few_in_group(block: Block, grouping: Grouping) -> bool:
    groups = (rows_of(block, grouping.codes == d) for d in range(len(grouping.categories)))
    return any(_few_behind(g, int(np.isfinite(g.values).any(axis=1).sum())) for g in groups)


def _banded(block: Block, estimate: FloatArray, low: FloatArray, high: FloatArray) -> list[Figure]:
    """Figures of a group; a share under 5 or over 95 % leaves the program only as that."""
    figures = _figures(block, estimate, low, high)
    if block.measure not in ("share", "several", "first", "nothing"):
        return figures
    for figure, band in zip(figures, band_shares(estimate), strict=True):
        figure["band"] = band.value
        if band.value != "exact":
            figure.update(value=None, low=None, high=None, percent=None)
    return figures


def groupings_of(
    tables: Sequence[tuple[str, str]],
    classes: Sequence[Mapping[str, str]],
    order: Mapping[str, Sequence[tuple[str, str]]],
) -> list[Grouping]:
    """The frozen list of breakdowns as codes; `order` gives categories with labels per variable."""
    found = []
    for variable, label in tables:
        categories = order.get(variable) or [(v, v) for v in sorted({c[variable] for c in classes if variable in c})]
        position = {category: i for i, (category, _label) in enumerate(categories)}
        codes = np.array([position.get(c.get(variable, ""), -1) for c in classes], dtype=np.int64)
        names, labels = tuple(c for c, _ in categories), tuple(text for _, text in categories)
        found.append(Grouping(variable, label, codes, names, labels))
    return found
