"""How the panel shrinks, when the next round is due, and how large it should be."""

from typing import Any

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.recruitment.attrition import RefreshmentPlan, forecast_stock, learn_attrition
from analysis.recruitment.attrition import plan_refreshment as plan_round
from panel.queries.stock import Stock, StratumStock

MONTHS = 36
LEVEL = 0.80
PRIOR_RATE = 0.12
PRIOR_YEARS = 50.0
MINIMUM_SHARE = 0.9
DAYS_A_YEAR = 365.25


def forecast(stock: Stock, targets: dict[str, int]) -> dict[str, Any] | None:
    """The forecast of the panel without new members; None without a panel.

    A round is due when the panel is expected to fall below nine tenths of its target.
    """
    names = sorted({*targets, *(s for s, found in stock.strata.items() if s and found.members)})
    members, left, years = _observed([stock.strata.get(s, StratumStock()) for s in names])
    if not members.sum():
        return None
    belief = learn_attrition(years, left, prior_rate=PRIOR_RATE, prior_members=PRIOR_YEARS)
    made = forecast_stock(members, belief, MONTHS, level=LEVEL)
    target = np.array([targets.get(s, 0) for s in names], dtype=np.float64)
    plan = plan_round(made, MINIMUM_SHARE * float(target.sum()), target)
    return {
        "target": int(target.sum()),
        "minimum": int(np.ceil(MINIMUM_SHARE * target.sum())),
        "level": LEVEL,
        "prior_rate": PRIOR_RATE,
        "observed_years": round(float(years.sum()), 1),
        "observed_left": int(left.sum()),
        "rate": round(float(belief.mean @ members / members.sum()), 4),
        "expected": _rounded(made.total_expected),
        "low": _rounded(made.total_low),
        "high": _rounded(made.total_high),
        **_due(plan),
        "strata": [
            {
                "stratum": name,
                "members": int(members[i]),
                "target": int(target[i]),
                "years": round(float(years[i]), 1),
                "left": int(left[i]),
                "rate": round(float(belief.mean[i]), 4),
                **_gap(plan, i),
            }
            for i, name in enumerate(names)
        ],
    }


def _gap(plan: RefreshmentPlan, position: int) -> dict[str, float]:
    limits = {"gap": plan.gaps, "gap_low": plan.gap_low, "gap_high": plan.gap_high}
    return {name: round(float(values[position]), 1) for name, values in limits.items()}


def _due(plan: RefreshmentPlan) -> dict[str, Any]:
    """When, and how many members all strata lack together; strata that are full do not make up for the others.

    The limits add those of the strata as independent (MOVER).
    """
    below, above = (float(np.sqrt(((plan.gaps - limit) ** 2).sum())) for limit in (plan.gap_low, plan.gap_high))
    return {
        "due": plan.due,
        "earliest": plan.earliest,
        "latest": plan.latest,
        "gap": round(plan.total_gap, 1),
        "gap_low": round(max(0.0, plan.total_gap - below), 1),
        "gap_high": round(plan.total_gap + above, 1),
    }


def _observed(strata: list[StratumStock]) -> tuple[IntArray, FloatArray, FloatArray]:
    """Members now, who left, and years of membership per stratum."""
    left = np.array([s.departures for s in strata], dtype=np.float64)
    years = np.array([s.member_days for s in strata], dtype=np.float64) / DAYS_A_YEAR
    # who leaves within days of joining counts as one member who was there
    return np.array([s.members for s in strata], dtype=np.int64), left, np.maximum(years, left)


def _rounded(values: FloatArray) -> list[float]:
    return [round(float(v), 1) for v in values]
