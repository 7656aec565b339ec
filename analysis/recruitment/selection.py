"""Fair selection of a panel from volunteers: a lottery over all panels that meet the quotas."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_codes, require_length
from analysis.errors import InputError
from analysis.recruitment.column_generation import Effort
from analysis.recruitment.committees import CommitteeSpace, Groups, committee_space, group_candidates
from analysis.recruitment.fairness import FairLottery, cover, leximin, maximin
from analysis.recruitment.quotas import QuotaFeature, check_codes, whole_number
from analysis.recruitment.relaxation import QuotasInfeasibleError, find_conflicts, propose_relaxation

TICKETS = 10**12


class Objective(StrEnum):
    """What the lottery makes as great as possible."""

    MAXIMIN = "maximin"
    LEXIMIN = "leximin"


@dataclass(frozen=True, eq=False)
class PanelLottery:
    """A lottery over panels; a stored one draws the same panel from the same seed on any machine.

    `group` (N,) interchangeable candidates, -1 for who takes no part; `household` (N,); `signature` (G,) kind of
    household per group; `counts` (C, G) seats per group in each outcome; `tickets` (C,) of `TICKETS` in total;
    `required` indices that are always on the panel; `chances` (N,) exact under the tickets; `unreachable` indices
    of candidates on no panel that meets the quotas; `bound` no lottery's smallest chance is greater; `gap` how far
    the objective may still be from its optimum (leximin: of any chance); `rounds` and `generated` committees of
    the column generation.
    """

    objective: Objective
    seats: int
    group: IntArray
    household: IntArray
    signature: IntArray
    counts: IntArray
    tickets: IntArray
    required: IntArray
    chances: FloatArray
    unreachable: IntArray
    bound: float
    gap: float
    rounds: int
    generated: int

    @property
    def probabilities(self) -> FloatArray:
        """Probability of each outcome, (C,)."""
        shares: FloatArray = self.tickets / TICKETS
        return shares

    @property
    def min_chance(self) -> float:
        """Smallest chance of a candidate who can be on a panel, apart from who must be."""
        return float(self.chances[self.group >= 0].min()) if (self.group >= 0).any() else 1.0

    @property
    def digest(self) -> str:
        """SHA-256 over all that the draw depends on."""
        return lottery_digest(self)


def select_panel(
    codes: ArrayLike,
    features: Sequence[QuotaFeature],
    seats: int,
    *,
    rng: np.random.Generator,
    objective: Objective = Objective.LEXIMIN,
    households: ArrayLike | None = None,
    required: ArrayLike = (),
    excluded: ArrayLike = (),
    tolerance: float = 1e-6,
    rounds: int = 200,
) -> PanelLottery:
    """Return a lottery over panels that gives every candidate as fair a chance as the quotas allow.

    Maximin: max over lotteries p of min_i pi_i with pi_i = sum of p(S) over panels S that hold i. Leximin: among
    those the lottery with the greatest second-smallest chance, and so on. Candidates with equal categories (and
    equally made-up households) get equal chances. Solved by column generation over groups of such candidates.

    Parameters
    ----------
    codes : (N, F) integer array
        Category per candidate and feature, 0 for the first.
    features : sequence of F QuotaFeature
        Names, categories and quotas.
    seats : int
        Panel size k.
    rng : numpy Generator
        Guides the search for committees; the chances of a leximin lottery do not depend on it.
    objective : Objective
        MAXIMIN or LEXIMIN.
    households : (N,) integer array, optional
        Household per candidate; at most one of each is on a panel.
    required, excluded : integer arrays of indices
        Candidates who must and who must not be on the panel; their housemates follow.
    tolerance : float
        Stop when the objective is proven to lie within this of its optimum.
    rounds : int
        Rounds of column generation (per level where levels are needed); `gap` says what was left.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, no_rows, code_out_of_range, invalid_value.
    QuotasInfeasibleError
        No panel meets the quotas, with the numbers that conflict and the smallest change that helps.

    References
    ----------
    Flanigan, B., Gölz, P., Gupta, A., Hennig, B. & Procaccia, A. D. (2021). Fair algorithms for selecting
    citizens' assemblies. Nature 596:548-552 (Methods, and Supplementary Information).
    """
    if not whole_number(seats) or seats < 1 or not tolerance > 0 or rounds < 1:
        raise InputError(
            "invalid_value", name="seats", value=seats, reason="seats, tolerance and rounds must be positive"
        )
    pool = _Pool.checked(codes, features, households, required, excluded)
    groups = group_candidates(pool.codes, pool.households, pool.taking_part)
    _require_possible(pool, features, seats)
    space = committee_space(pool.codes, features, seats, groups, pool.required)
    covered = cover(space, rng) if space.n_groups and seats > len(pool.required) else None
    if covered is None:
        return _without_choice(pool, features, seats, space, objective)
    committees, reachable = covered
    kept = space.keep(reachable)
    solve = maximin if objective is Objective.MAXIMIN else leximin
    effort = Effort(tolerance, rounds, max(20, kept.n_groups))
    fair = solve(kept, committees[:, reachable], effort, rng)
    return _lottery(pool, kept.groups, fair, seats, objective)


@dataclass(frozen=True, eq=False)
class _Pool:
    codes: IntArray
    households: IntArray
    required: IntArray
    taking_part: BoolArray

    @classmethod
    def checked(
        cls,
        codes: ArrayLike,
        features: Sequence[QuotaFeature],
        households: ArrayLike | None,
        required: ArrayLike,
        excluded: ArrayLike,
    ) -> "_Pool":
        table = as_codes("codes", codes, 2)
        check_codes(table, features)
        n = table.shape[0]
        homes = np.arange(n) if households is None else as_codes("households", households, 1)
        require_length("households", homes, n)
        inside, outside = _indices("required", required, n), _indices("excluded", excluded, n)
        if np.intersect1d(inside, outside).size:
            _refuse("required", np.intersect1d(inside, outside), "must not be excluded too")
        if np.unique(homes[inside]).size < inside.size:
            _refuse("required", inside, "two of one household cannot both be on the panel")
        taking_part = ~np.isin(homes, homes[inside])
        taking_part[outside] = False
        return cls(table, homes.astype(np.int64), inside, taking_part)


def _indices(name: str, values: ArrayLike, n: int) -> IntArray:
    found = np.unique(as_codes(name, values, 1))
    if found.size and (found[0] < 0 or found[-1] >= n):
        raise InputError("code_out_of_range", name=name, value=int(found[-1]), last=n - 1)
    return found


def _refuse(name: str, indices: IntArray, reason: str) -> None:
    raise InputError("invalid_value", name=name, value=indices.tolist(), reason=reason)


def _available(pool: _Pool, features: Sequence[QuotaFeature], rows: IntArray) -> list[IntArray]:
    return [
        np.bincount(pool.codes[rows, column], minlength=len(feature.categories)).astype(np.int64)
        for column, feature in enumerate(features)
    ]


def _present(pool: _Pool, features: Sequence[QuotaFeature]) -> list[IntArray]:
    return _available(pool, features, np.concatenate([pool.required, np.flatnonzero(pool.taking_part)]))


def _require_possible(pool: _Pool, features: Sequence[QuotaFeature], seats: int) -> None:
    n_homes = len(pool.required) + np.unique(pool.households[pool.taking_part]).size
    if n_homes < seats or len(pool.required) > seats:
        conflicts = find_conflicts(features, seats, _present(pool, features), _available(pool, features, pool.required))
        raise QuotasInfeasibleError(conflicts, (), seats)


def _without_choice(
    pool: _Pool, features: Sequence[QuotaFeature], seats: int, space: CommitteeSpace, objective: Objective
) -> PanelLottery:
    """Return the lottery with one outcome, when the required fill the panel; otherwise explain why there is none."""
    rest = space.lower[0]
    if rest == 0 and bool((space.lower <= 0).all() and (space.upper >= 0).all()):
        nobody = space.keep(np.zeros(space.n_groups, dtype=bool)).groups
        fair = FairLottery(np.zeros((1, 0), dtype=np.int64), np.ones(1), 1.0, 0.0, 0, 1)
        return _lottery(pool, nobody, fair, seats, objective)
    present = _present(pool, features)
    conflicts = find_conflicts(features, seats, present, _available(pool, features, pool.required))
    raise QuotasInfeasibleError(conflicts, propose_relaxation(space, features, present), seats)


def _lottery(pool: _Pool, groups: Groups, fair: FairLottery, seats: int, objective: Objective) -> PanelLottery:
    tickets = _whole_tickets(fair.probabilities)
    counts, tickets = fair.committees[tickets > 0], tickets[tickets > 0]
    per_group = (tickets / TICKETS) @ counts / groups.sizes
    chances = np.append(per_group, 0.0)[groups.of_candidate]
    chances[pool.required] = 1.0
    return PanelLottery(
        objective=objective,
        seats=seats,
        group=groups.of_candidate,
        household=pool.households,
        signature=groups.signature,
        counts=counts,
        tickets=tickets,
        required=pool.required,
        chances=chances,
        unreachable=np.flatnonzero(pool.taking_part & (groups.of_candidate < 0)),
        bound=fair.bound,
        gap=fair.gap,
        rounds=fair.rounds,
        generated=fair.generated,
    )


def _whole_tickets(probabilities: FloatArray) -> IntArray:
    """Share out the tickets by largest remainder, so that the draw needs whole numbers only."""
    exact = probabilities * TICKETS
    tickets = np.floor(exact).astype(np.int64)
    left = TICKETS - int(tickets.sum())
    tickets[np.argsort(-(exact - tickets), kind="stable")[:left]] += 1
    return tickets


def lottery_digest(lottery: PanelLottery) -> str:
    """Return SHA-256 (hexadecimal) over groups, households, required candidates, counts and tickets."""
    proof = hashlib.sha256(f"panel lottery 1;{lottery.seats}".encode())
    arrays = (
        lottery.group,
        lottery.household,
        lottery.signature,
        lottery.counts,
        lottery.tickets,
        lottery.required,
    )
    for array in arrays:
        proof.update(f";{'x'.join(map(str, array.shape))};".encode())
        proof.update(np.ascontiguousarray(array, dtype="<i8").tobytes())
    return proof.hexdigest()
