"""How evenly the groups answered: the R-indicator of a response, with the part that each variable has in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.errors import AnalysisError
from analysis.representation.partial_indicators import PartialIndicators, partial_indicators
from analysis.representation.r_indicators import RIndicator, r_indicator
from analysis.representation.response_cells import Factor, ResponseCells
from analysis.representation.response_propensities import fit_propensities

DIGITS = 6


@dataclass(frozen=True)
class ResponseRow:
    """Persons of one profile who were asked in one draw, and how many did it; `weight` is 1 / inclusion chance."""

    classes: Mapping[str, str]
    invited: int
    responded: int
    weight: float = 1.0
    stratum: str = ""


def indicate(rows: Sequence[ResponseRow], variables: Sequence[str]) -> dict[str, Any]:
    """The indicator and its partials as a document; a model that cannot be fitted gives the code of the reason."""
    invited, responded = sum(r.invited for r in rows), sum(r.responded for r in rows)
    counts: dict[str, Any] = {"variables": list(variables), "invited": invited, "responded": responded}
    try:
        fit = fit_propensities(_cells(rows, variables))
        found, parts = r_indicator(fit), partial_indicators(fit)
    except AnalysisError as error:
        return {**counts, "refused": error.code}
    if not np.isfinite(found.standard_error):
        return {**counts, "refused": "no_spread"}
    return {**counts, "refused": "", **_whole(found), "partials": [_partial(p) for p in parts]}


def _cells(rows: Sequence[ResponseRow], variables: Sequence[str]) -> ResponseCells:
    factors = [Factor(v, tuple(sorted({r.classes.get(v, "") for r in rows}))) for v in variables]
    codes = [[f.categories.index(r.classes.get(f.name, "")) for f in factors] for r in rows]
    return ResponseCells(
        factors=tuple(factors),
        codes=np.array(codes, dtype=np.int64).reshape(len(rows), len(factors)),
        invited=np.array([r.invited for r in rows], dtype=np.int64),
        responded=np.array([r.responded for r in rows], dtype=np.int64),
        design_weights=np.array([r.weight for r in rows], dtype=np.float64),
        strata=_strata(rows),
    )


def _strata(rows: Sequence[ResponseRow]) -> np.ndarray[Any, np.dtype[np.int64]] | None:
    """The strata of the draw; none when one holds a single person, of whom no spread can be told."""
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[row.stratum] = sizes.get(row.stratum, 0) + row.invited
    if min(sizes.values(), default=0) < 2:
        return None
    names = list(sizes)
    return np.array([names.index(row.stratum) for row in rows], dtype=np.int64)


def _whole(found: RIndicator) -> dict[str, Any]:
    return {
        "rate": _short(found.response_rate),
        "r": _short(found.r),
        "low": _short(found.low),
        "high": _short(found.high),
        "cv": _short(found.cv),
    }


def _partial(part: PartialIndicators) -> dict[str, Any]:
    return {
        "variable": part.variable,
        "unconditional": _short(part.unconditional),
        "conditional": _short(part.conditional),
        "error": _short(part.unconditional_error),
        "categories": [
            {
                "category": category,
                "rate": _short(part.response_rate[i]),
                "unconditional": _short(part.category_unconditional[i]),
                "error": _short(part.category_unconditional_error[i]),
                "conditional": _short(part.category_conditional[i]),
            }
            for i, category in enumerate(part.categories)
        ],
    }


def _short(value: float) -> float | None:
    return round(float(value), DIGITS) if np.isfinite(value) else None
