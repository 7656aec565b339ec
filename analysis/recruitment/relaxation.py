"""Quotas that no panel can meet: the numbers that conflict and the smallest change that would help."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.arrays import FloatArray, IntArray
from analysis.errors import AnalysisError
from analysis.recruitment.committees import CommitteeSpace, solution
from analysis.recruitment.quotas import QuotaFeature


@dataclass(frozen=True)
class QuotaConflict:
    """Numbers that cannot go together: `needed` seats or candidates against `possible`."""

    code: str
    feature: str
    category: str | None
    needed: int
    possible: int

    def __str__(self) -> str:
        """Return the conflict in English."""
        where = self.feature if self.category is None else f"{self.feature}, category {self.category}"
        return f"{where}: {_CONFLICTS[self.code].format(needed=self.needed, possible=self.possible)}"


@dataclass(frozen=True)
class QuotaChange:
    """One quota to widen; `available` candidates have this category."""

    feature: str
    category: str
    old_lower: int
    old_upper: int
    new_lower: int
    new_upper: int
    available: int

    def __str__(self) -> str:
        """Return the change in English."""
        return (
            f"{self.feature}, category {self.category}: {self.old_lower}-{self.old_upper} seats to "
            f"{self.new_lower}-{self.new_upper} ({self.available} candidates)"
        )


_CONFLICTS = {
    "lower_exceeds_seats": "the lower quotas add up to {needed}, the panel has {possible} seats",
    "upper_below_seats": "the upper quotas add up to {possible}, the panel has {needed} seats",
    "too_few_candidates": "at least {needed} seats, {possible} candidates",
    "too_many_required": "{needed} candidates must be on the panel, at most {possible} seats",
}


class QuotasInfeasibleError(AnalysisError):
    """No panel meets the quotas; `conflicts` (plain contradictions), `proposal` (fewest seats moved; () = too few)."""

    def __init__(self, conflicts: tuple[QuotaConflict, ...], proposal: tuple[QuotaChange, ...], seats: int) -> None:
        self.conflicts = conflicts
        self.proposal = proposal
        self.code = "quotas_infeasible" if proposal else "too_few_candidates"
        self.params = {"seats": seats, "conflicts": conflicts, "proposal": proposal}
        reasons = "".join(f"; {conflict}" for conflict in conflicts)
        if not proposal:
            text = f"the candidates cannot fill {seats} seats, whatever the quotas{reasons}"
        else:
            text = f"no panel of {seats} seats meets the quotas{reasons}; proposed: " + "; ".join(map(str, proposal))
        Exception.__init__(self, text)


def find_conflicts(
    features: Sequence[QuotaFeature], seats: int, available: list[IntArray], required: list[IntArray]
) -> tuple[QuotaConflict, ...]:
    """Return the contradictions that can be read off one feature; arrays per feature count candidates per category."""
    found: list[QuotaConflict] = []
    for feature, present, forced in zip(features, available, required, strict=True):
        if sum(feature.lower) > seats:
            found.append(QuotaConflict("lower_exceeds_seats", feature.name, None, sum(feature.lower), seats))
        if sum(feature.upper) < seats:
            found.append(QuotaConflict("upper_below_seats", feature.name, None, seats, sum(feature.upper)))
        for j, category in enumerate(feature.categories):
            if present[j] < feature.lower[j]:
                found.append(_conflict("too_few_candidates", feature, category, feature.lower[j], present[j]))
            if forced[j] > feature.upper[j]:
                found.append(_conflict("too_many_required", feature, category, forced[j], feature.upper[j]))
    return tuple(found)


def propose_relaxation(
    space: CommitteeSpace, features: Sequence[QuotaFeature], available: list[IntArray]
) -> tuple[QuotaChange, ...]:
    """Return the change of quotas that moves the fewest seats and allows a panel (households must suffice).

    A mixed-integer program over seats per group and, per quota, how far its lower bound sinks and its upper
    bound rises. Among equal changes those to large quotas win: one seat of forty weighs less than one of two.
    """
    widened = _widen(space, features)
    n = len(widened) // 2
    sunk, risen = widened[:n].tolist(), widened[n:].tolist()
    quotas = [(i, j) for i, feature in enumerate(features) for j in range(len(feature.categories))]
    return tuple(
        _change(features[i], j, sunk[row], risen[row], int(available[i][j]))
        for row, (i, j) in enumerate(quotas)
        if sunk[row] or risen[row]
    )


def _widen(space: CommitteeSpace, features: Sequence[QuotaFeature]) -> IntArray:
    n, width = space.n_quota - 1, space.n_groups
    rows = space.rows.shape[0]
    ease = np.zeros((rows, n))
    ease[np.arange(1, n + 1), np.arange(n)] = 1.0
    # at most one seat's worth of preference over all quotas together, so the number of seats always decides first
    typical: FloatArray = np.concatenate([np.array(feature.upper, dtype=np.float64) for feature in features])
    weight = 1.0 + 1.0 / (1.0 + typical) / (2.0 * n * space.upper[0] + 2.0)
    most = np.concatenate([space.most, np.maximum(0.0, space.lower[1 : n + 1]), np.full(n, np.inf)])
    solved = milp(
        np.concatenate([np.zeros(width), weight, weight]),
        integrality=np.ones(width + 2 * n),
        bounds=Bounds(0, most),
        constraints=LinearConstraint(
            sparse.hstack([space.sparse_rows, sparse.csr_matrix(ease), sparse.csr_matrix(-ease)]).tocsr(),
            space.lower,
            space.upper,
        ),
        options={"mip_rel_gap": 0.0},
    )
    return np.rint(solution(solved)[width:]).astype(np.int64)


def _conflict(code: str, feature: QuotaFeature, category: str, needed: int, possible: int) -> QuotaConflict:
    return QuotaConflict(code, feature.name, category, int(needed), int(possible))


def _change(feature: QuotaFeature, j: int, sunk: int, risen: int, available: int) -> QuotaChange:
    lower, upper = feature.lower[j], feature.upper[j]
    return QuotaChange(feature.name, feature.categories[j], lower, upper, lower - sunk, upper + risen, available)
