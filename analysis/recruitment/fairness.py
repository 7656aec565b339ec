"""Maximin and leximin lotteries over committees.

The relaxed space, in which seats need not be whole, gives an upper bound in milliseconds; where a mixture of
committees attains it, that mixture is optimal. Otherwise column generation with integer programs decides.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.recruitment.column_generation import (
    Effort,
    Floors,
    Mixture,
    mix_committees,
)
from analysis.recruitment.committees import LP_TOLERANCE, CommitteeSpace, solution
from analysis.recruitment.random_committees import random_committees

# levels already met may give way this much, so that rounding in the solver does not make the next one infeasible
_GIVES = (1e-10, 1e-9, 1e-8, 1e-7)
_GIVE = 1e-8
_PRICED = 1e-7
# by symmetry the mean of twice as many random points as dimensions lies in their hull half of the time
_WALKS = 1.5
_OPTIONS = {"primal_feasibility_tolerance": LP_TOLERANCE, "dual_feasibility_tolerance": LP_TOLERANCE}


@dataclass(frozen=True, eq=False)
class FairLottery:
    """Committees (C, G) and probabilities (C,); `bound` on the smallest chance, `gap` left in the objective."""

    committees: IntArray
    probabilities: FloatArray
    bound: float
    gap: float
    rounds: int
    generated: int


@dataclass(frozen=True, eq=False)
class _Relaxed:
    chances: FloatArray
    value: float
    prices: FloatArray


def cover(space: CommitteeSpace, rng: np.random.Generator) -> tuple[IntArray, BoolArray] | None:
    """Return committees (C, G) that together hold every group that any committee can hold, and which those are.

    None when no committee meets the bounds.
    """
    first = space.any_committee()
    if first is None:
        return None
    committees = [first]
    covered = first > 0
    while not covered.all():
        missing = np.where(covered, 0.0, 1.0)
        found = random_committees(space, space.best_fractional(missing), 4, rng, missing)
        if not (found @ missing > 0).any():
            found = space.best(missing)[0][None, :]
        if not (found @ missing > 0).any():
            break
        committees.extend(found)
        covered = covered | (found > 0).any(axis=0)
    return np.unique(np.array(committees), axis=0), covered


def maximin(space: CommitteeSpace, committees: IntArray, effort: Effort, rng: np.random.Generator) -> FairLottery:
    """Return a lottery whose smallest chance is as great as any lottery's, within `effort.tolerance`."""
    target = relaxed_leximin(space)
    floors = Floors(np.zeros(space.n_groups), np.ones(space.n_groups))
    start = _start(space, committees, target, rng)
    mixture = mix_committees(space, start, floors, target * space.sizes, float(target.min()), effort, rng)
    return _lottery(mixture, mixture.bound, mixture.bound - mixture.value)


def leximin(space: CommitteeSpace, committees: IntArray, effort: Effort, rng: np.random.Generator) -> FairLottery:
    """Return the lottery that raises the smallest chance, then the next smallest, and so on.

    When a mixture of committees gives each group its leximin chance of the relaxed space, `gap` is the largest
    shortfall of any chance; otherwise the largest gap of a level.
    """
    target = relaxed_leximin(space)
    start = _start(space, committees, target, rng)
    floors = Floors(target, np.ones(space.n_groups))
    mixture = mix_committees(space, start, floors, target * space.sizes, 0.0, effort, rng)
    if mixture.value >= -effort.tolerance or mixture.bound >= -effort.tolerance:
        return _lottery(mixture, float(target.min()), -mixture.value)
    return _by_levels(space, mixture, target, effort, rng)


def _by_levels(
    space: CommitteeSpace, mixture: Mixture, target: FloatArray, effort: Effort, rng: np.random.Generator
) -> FairLottery:
    """Fix the chances level by level: groups with a price hold back the level and cannot do better."""
    fixed = np.zeros(space.n_groups, dtype=bool)
    base = np.zeros(space.n_groups)
    gaps, rounds, generated = [0.0], mixture.rounds, mixture.generated
    bound = float(target.min())
    committees = mixture.committees
    while not fixed.all():
        floors = Floors(np.where(fixed, base - _GIVE, 0.0), np.where(fixed, 0.0, 1.0))
        level = mix_committees(space, committees, floors, target * space.sizes, np.inf, effort, rng)
        bound = level.bound if not fixed.any() else bound
        gaps.append(level.bound - level.value)
        rounds, generated = rounds + level.rounds, generated + level.generated - len(committees)
        new = _held_back(fixed, level.prices, level.value, space)
        base[new] = level.value
        fixed |= new
        committees, mixture = level.committees, level
    mixture = replace(mixture, rounds=rounds, generated=generated)
    return _lottery(mixture, bound, max(gaps))


def relaxed_leximin(space: CommitteeSpace) -> FloatArray:
    """Return the leximin chances (G,) when seats need not be whole: no lottery's leximin is greater."""
    fixed = np.zeros(space.n_groups, dtype=bool)
    base = np.zeros(space.n_groups)
    chances = base
    while not fixed.all():
        level = _relaxed_level(space, base, fixed)
        new = _held_back(fixed, level.prices, level.value, space)
        base[new] = level.value
        fixed |= new
        chances = level.chances
    return chances


def _held_back(fixed: BoolArray, prices: FloatArray, value: float, space: CommitteeSpace) -> BoolArray:
    """Return the groups whose chance is settled at this level: those with a price, and those at their most."""
    at_most = space.most / space.sizes <= value + LP_TOLERANCE
    open_prices = np.where(fixed, 0.0, prices)
    return ~fixed & ((open_prices >= min(_PRICED, float(open_prices.max()))) | at_most)


def _relaxed_level(space: CommitteeSpace, base: FloatArray, fixed: BoolArray) -> _Relaxed:
    matrix, bounds = space.inequalities
    n = space.n_groups
    rises = sparse.csr_matrix(np.where(fixed, 0.0, 1.0)[:, None])
    chance_rows = sparse.hstack([sparse.diags(-1.0 / space.sizes), rises])
    rows = sparse.vstack([sparse.hstack([matrix, sparse.csr_matrix((matrix.shape[0], 1))]), chance_rows]).tocsc()
    for give in _GIVES:
        solved = linprog(
            np.append(np.zeros(n), -1.0),
            A_ub=rows,
            b_ub=np.concatenate([bounds, np.where(fixed, give - base, 0.0)]),
            bounds=[*zip(np.zeros(n), space.most, strict=True), (None, None)],
            options=_OPTIONS,
        )
        if solved.x is not None:
            break
    found = solution(solved)
    chances: FloatArray = np.clip(found[:n], 0.0, space.most) / space.sizes
    return _Relaxed(chances, float(found[n]), np.maximum(-solved.ineqlin.marginals[-n:], 0.0))


def _start(space: CommitteeSpace, committees: IntArray, target: FloatArray, rng: np.random.Generator) -> IntArray:
    walked = random_committees(space, target * space.sizes, int(_WALKS * space.n_groups), rng)
    return np.unique(np.concatenate([committees, walked]), axis=0)


def _lottery(mixture: Mixture, bound: float, gap: float) -> FairLottery:
    used = mixture.probabilities > 0
    probabilities = mixture.probabilities[used] / mixture.probabilities[used].sum()
    return FairLottery(mixture.committees[used], probabilities, bound, max(0.0, gap), mixture.rounds, mixture.generated)
