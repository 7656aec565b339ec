"""Lotteries over committees by column generation: a linear master program, priced by walks and by integer programs.

Dantzig & Wolfe (1960), Operations Research 8:101-111; for panels Flanigan et al. (2021), Nature 596:548-552.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog

from analysis.arrays import FloatArray, IntArray
from analysis.recruitment.committees import LP_TOLERANCE, CommitteeSpace, solution
from analysis.recruitment.random_committees import random_committees

_OPTIONS = {"primal_feasibility_tolerance": LP_TOLERANCE, "dual_feasibility_tolerance": LP_TOLERANCE}
# how far a round leaves the expected seats for the best priced ones: a little, so that committees stay various
_TILT = 0.02
_SPARE = 2.0
_EXACT_EVERY = 8
_SUPPORT = 1e-12


@dataclass(frozen=True, eq=False)
class Floors:
    """The programme max z with chance_g >= base_g + rises_g z for every group; both arrays (G,)."""

    base: FloatArray
    rises: FloatArray


@dataclass(frozen=True, eq=False)
class Master:
    """Optimum over the committees found so far: probabilities (C,), z, and the groups' prices (G,)."""

    probabilities: FloatArray
    value: float
    prices: FloatArray


@dataclass(frozen=True, eq=False)
class Mixture:
    """Committees (C, G) with probabilities (C,); `value` z reached, `bound` proven above it, work done."""

    committees: IntArray
    probabilities: FloatArray
    value: float
    bound: float
    prices: FloatArray
    rounds: int
    generated: int


@dataclass(frozen=True)
class Effort:
    """When to stop: `tolerance` on chances, `rounds` of new committees, `batch` walks per round."""

    tolerance: float
    rounds: int
    batch: int


def solve_master(space: CommitteeSpace, committees: IntArray, floors: Floors) -> Master:
    """Return the best probabilities over `committees` (C, G)."""
    n = len(committees)
    chances = committees / space.sizes
    solved = linprog(
        np.append(np.zeros(n), -1.0),
        A_ub=np.column_stack([-chances.T, floors.rises]),
        b_ub=-floors.base,
        A_eq=np.append(np.ones(n), 0.0)[None, :],
        b_eq=[1.0],
        bounds=[(0, None)] * n + [(None, None)],
        method="highs-ipm" if n > 100 else "highs",
        options=_OPTIONS,
    )
    found = solution(solved)
    probabilities = np.maximum(found[:n], 0.0)
    prices = np.maximum(-solved.ineqlin.marginals, 0.0)
    # duality asks that prices of the rising floors add up to one; the solver meets that up to its tolerance
    return Master(probabilities / probabilities.sum(), float(found[n]), prices / (prices @ floors.rises))


def mix_committees(
    space: CommitteeSpace,
    committees: IntArray,
    floors: Floors,
    expected: FloatArray,
    bound: float,
    effort: Effort,
    rng: np.random.Generator,
) -> Mixture:
    """Return a lottery with z within `effort.tolerance` of a proven bound, or the best after all rounds.

    `committees` (C, G) to begin with, at least one; `expected` (G,) seats around which new ones are sought;
    `bound` on z that is known beforehand (of the relaxed space).
    """
    state = Mixture(committees, np.zeros(0), -np.inf, bound, np.zeros(0), 0, len(committees))
    exact_next = False
    while True:
        master = solve_master(space, state.committees, floors)
        state = replace(state, probabilities=master.probabilities, value=master.value, prices=master.prices)
        if state.bound - state.value <= effort.tolerance or state.rounds >= effort.rounds:
            return state
        after, improved = _priced(space, state, floors, expected, effort, rng, exact=exact_next)
        if after.bound - state.value <= effort.tolerance:
            return replace(state, bound=after.bound, rounds=after.rounds)
        state = after
        exact_next = not improved or (state.rounds + 1) % _EXACT_EVERY == 0


def _priced(
    space: CommitteeSpace,
    state: Mixture,
    floors: Floors,
    expected: FloatArray,
    effort: Effort,
    rng: np.random.Generator,
    *,
    exact: bool,
) -> tuple[Mixture, bool]:
    """Return the state with new committees that would raise z, and whether there were any."""
    per_seat = state.prices / space.sizes
    now = state.value + float(state.prices @ floors.base)
    around = (1 - _TILT) * expected + _TILT * space.best_fractional(per_seat)
    found = random_committees(space, around, effort.batch, rng, per_seat)
    bound = state.bound
    if exact:
        best, worth = space.best(per_seat)
        found = np.concatenate([found, best[None, :]])
        bound = min(bound, worth - float(state.prices @ floors.base))
    found = found[found @ per_seat > now + effort.tolerance / 10]
    state = replace(state, bound=bound, rounds=state.rounds + 1, generated=state.generated + len(found))
    if not len(found):
        return state, False
    committees = np.unique(np.concatenate([state.committees[_kept(space, state)], found]), axis=0)
    return replace(state, committees=committees), True


def _kept(space: CommitteeSpace, state: Mixture) -> IntArray:
    """Return the committees in use and those of most worth, up to twice as many as there are groups."""
    worth = state.committees @ (state.prices / space.sizes)
    worth[state.probabilities > _SUPPORT] = np.inf
    return np.argsort(-worth, kind="stable")[: max(int(_SPARE * space.n_groups), int(np.isinf(worth).sum()))]
