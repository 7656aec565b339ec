"""The committees that quotas allow, as whole numbers of seats per group of interchangeable candidates."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import AnalysisError
from analysis.recruitment.quotas import QuotaFeature

LP_TOLERANCE = 1e-9
_INFEASIBLE = 2


class SolverError(AnalysisError):
    """HiGHS ended without an answer to a well-posed problem."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, f"the optimizer gave no answer: {message}")
        self.code = "optimizer_failed"
        self.params = {"message": message}


def solution(solved: OptimizeResult) -> FloatArray:
    """Return the values that the solver found; raises SolverError when it found none."""
    if solved.x is None:
        raise SolverError(str(solved.message))
    values: FloatArray = solved.x
    return values


@dataclass(frozen=True, eq=False)
class Groups:
    """Candidates who cannot be told apart: the same categories and households of the same make-up.

    `of_candidate` (N,) group per candidate, -1 when the candidate takes no part; `sizes` (G,) candidates;
    `most` (G,) seats a group can fill at most (one per household); `signature` (G,) kind of household;
    `households` (S,) households per kind; `first` (G,) one candidate of the group.
    """

    of_candidate: IntArray
    sizes: IntArray
    most: IntArray
    signature: IntArray
    households: IntArray
    first: IntArray

    def keep(self, kept: BoolArray) -> "Groups":
        """Return the groups without those where `kept` (G,) is false; their candidates get group -1."""
        renumbered = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1).astype(np.int64)
        return Groups(
            renumbered[self.of_candidate],
            self.sizes[kept],
            self.most[kept],
            self.signature[kept],
            self.households,
            self.first[kept],
        )


def group_candidates(codes: IntArray, households: IntArray, taking_part: BoolArray) -> Groups:
    """Return the groups of the candidates `taking_part` (N,), given categories (N, F) and households (N,)."""
    rows = np.flatnonzero(taking_part)
    profile = np.unique(codes[rows], axis=0, return_inverse=True)[1].reshape(-1)
    members: dict[int, list[int]] = {}
    for household, kind in zip(households[rows].tolist(), profile.tolist(), strict=True):
        members.setdefault(household, []).append(kind)
    kinds = {household: tuple(sorted(found)) for household, found in members.items()}
    number = {kind: i for i, kind in enumerate(sorted(set(kinds.values())))}
    signature_of_row = np.array([number[kinds[h]] for h in households[rows].tolist()], dtype=np.int64)
    keys, first, inverse, sizes = np.unique(
        np.stack([signature_of_row, profile], axis=1),
        axis=0,
        return_index=True,
        return_inverse=True,
        return_counts=True,
    )
    per_signature = np.bincount([number[kind] for kind in kinds.values()], minlength=len(number)).astype(np.int64)
    of_candidate = np.full(codes.shape[0], -1, dtype=np.int64)
    of_candidate[rows] = inverse.reshape(-1)
    signature = keys[:, 0]
    return Groups(of_candidate, sizes.astype(np.int64), per_signature[signature], signature, per_signature, rows[first])


@dataclass(frozen=True, eq=False)
class CommitteeSpace:
    """Whole vectors x (G,) with lower <= rows x <= upper and 0 <= x <= most; the first `n_quota` rows are quotas."""

    groups: Groups
    rows: FloatArray
    lower: FloatArray
    upper: FloatArray
    n_quota: int

    @cached_property
    def most(self) -> FloatArray:
        """Seats that each group can fill at most, (G,)."""
        return self.groups.most.astype(np.float64)

    @cached_property
    def sizes(self) -> FloatArray:
        """Candidates per group, (G,)."""
        return self.groups.sizes.astype(np.float64)

    @cached_property
    def sparse_rows(self) -> sparse.csr_matrix:
        """The rows as a sparse matrix for the solver."""
        return sparse.csr_matrix(self.rows)

    @cached_property
    def inequalities(self) -> tuple[sparse.csr_matrix, FloatArray]:
        """The rows as A x <= b."""
        matrix = sparse.vstack([self.sparse_rows, -self.sparse_rows[: self.n_quota]]).tocsr()
        return matrix, np.concatenate([self.upper, -self.lower[: self.n_quota]])

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return int(self.rows.shape[1])

    def keep(self, kept: BoolArray) -> "CommitteeSpace":
        """Return the space without the groups where `kept` (G,) is false."""
        return CommitteeSpace(self.groups.keep(kept), self.rows[:, kept], self.lower, self.upper, self.n_quota)

    def any_committee(self) -> IntArray | None:
        """Return one committee (G,), or None when nothing meets the bounds."""
        solved = self._integer_program(np.zeros(self.n_groups))
        return None if solved.status == _INFEASIBLE else np.rint(solution(solved)).astype(np.int64)

    def best(self, prices: FloatArray) -> tuple[IntArray, float]:
        """Return a committee of the greatest total price and a proven upper bound on it; there must be one."""
        solved = self._integer_program(prices)
        committee = np.rint(solution(solved)).astype(np.int64)
        return committee, max(-float(solved.mip_dual_bound), float(prices @ committee))

    def _integer_program(self, prices: FloatArray) -> OptimizeResult:
        return milp(
            -prices,
            integrality=np.ones(self.n_groups),
            bounds=Bounds(0, self.most),
            constraints=LinearConstraint(self.sparse_rows, self.lower, self.upper),
            options={"mip_rel_gap": 0.0},
        )

    def best_fractional(self, prices: FloatArray) -> FloatArray:
        """Return seats (G,), not whole, of the greatest total price: a vertex of the relaxed space."""
        matrix, bounds = self.inequalities
        solved = linprog(-prices, A_ub=matrix, b_ub=bounds, bounds=np.stack([0 * self.most, self.most], axis=1))
        seats: FloatArray = np.clip(solution(solved), 0.0, self.most)
        return seats


def committee_space(
    codes: IntArray, features: Sequence[QuotaFeature], seats: int, groups: Groups, taken: IntArray
) -> CommitteeSpace:
    """Return the committees for the seats that remain after the candidates `taken` (indices) have theirs."""
    of_group = codes[groups.first]
    rows = [np.ones(len(of_group))]
    lower, upper = [float(seats - len(taken))], [float(seats - len(taken))]
    for column, feature in enumerate(features):
        used = np.bincount(codes[taken, column], minlength=len(feature.categories))
        for category in range(len(feature.categories)):
            rows.append((of_group[:, column] == category).astype(np.float64))
            left = float(feature.upper[category] - used[category])
            lower.append(min(left, max(0.0, float(feature.lower[category] - used[category]))))
            upper.append(left)
    n_quota = len(rows)
    for signature in np.flatnonzero(np.bincount(groups.signature) > 1):
        rows.append((groups.signature == signature).astype(np.float64))
        lower.append(0.0)
        upper.append(float(groups.households[signature]))
    return CommitteeSpace(groups, np.stack(rows), np.array(lower), np.array(upper), n_quota)
