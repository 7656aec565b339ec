"""Fair panel selection: 750 volunteers for 112 seats and 2,000 for 150, on a made pool with the usual skew."""

import time
from itertools import pairwise

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.recruitment.quotas import QuotaFeature, quotas_from_shares
from analysis.recruitment.selection import Objective, PanelLottery, select_panel

# feature: population shares, how much more each category volunteers, how strongly it goes with the others
FEATURES: dict[str, tuple[tuple[float, ...], tuple[float, ...], float]] = {
    "district": ((0.20, 0.25, 0.22, 0.18, 0.15), (1.1, 1.0, 0.9, 1.1, 0.8), 0.2),
    "sex": ((0.48, 0.52), (1.0, 1.0), 0.1),
    "age": ((0.10, 0.13, 0.16, 0.19, 0.20, 0.22), (0.35, 0.6, 0.8, 1.1, 1.6, 1.2), 0.6),
    "education": ((0.25, 0.36, 0.39), (0.3, 0.7, 1.7), -0.5),
    "tenure": ((0.60, 0.40), (1.3, 0.6), -0.6),
    "origin": ((0.72, 0.10, 0.18), (1.2, 0.9, 0.45), -0.4),
    "household": ((0.35, 0.30, 0.35), (0.9, 1.2, 0.9), 0.5),
}
POOLS = ((750, 112), (2_000, 150))


def pool(n: int, seed: int) -> IntArray:
    """Draw candidates whose features hang together through one hidden trait and who volunteer unevenly."""
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=n)
    columns = []
    for shares, eagerness, loading in FEATURES.values():
        skewed = np.array(shares) * np.array(eagerness)
        score = loading * trait + np.sqrt(1 - loading**2) * rng.normal(size=n)
        rank = (np.argsort(np.argsort(score)) + 0.5) / n
        columns.append(np.searchsorted(np.cumsum(skewed / skewed.sum())[:-1], rank))
    return np.stack(columns, axis=1).astype(np.int64)


def quotas(seats: int) -> tuple[QuotaFeature, ...]:
    """Return quotas at the population shares, three per cent wide on both sides."""
    return tuple(
        quotas_from_shares(name, [f"{name} {j}" for j in range(len(shares))], shares, seats)
        for name, (shares, _, _) in FEATURES.items()
    )


def couples(n: int, seed: int) -> IntArray:
    """Put a tenth of the candidates together in households of two."""
    household = np.arange(n)
    paired = np.random.default_rng(seed).permutation(n)[: n // 10 // 2 * 2]
    household[paired[1::2]] = household[paired[::2]]
    return household


def main() -> None:
    """Print seconds (wall and processor), smallest chance, the gap proven, and the spread of chances."""
    for n, seats in POOLS:
        codes, features = pool(n, 355), quotas(seats)
        groups = len(np.unique(codes, axis=0))
        print(f"{n} candidates, {seats} seats, {len(features)} features, {groups} different profiles")
        _measure("maximin", codes, features, seats, Objective.MAXIMIN, None)
        if (n, seats) == POOLS[0]:
            _measure("maximin, couples", codes, features, seats, Objective.MAXIMIN, couples(n, 356))
            _measure("leximin", codes, features, seats, Objective.LEXIMIN, None)


def _measure(
    name: str,
    codes: IntArray,
    features: tuple[QuotaFeature, ...],
    seats: int,
    objective: Objective,
    households: IntArray | None,
) -> None:
    start, processor = time.perf_counter(), time.process_time()
    lottery = select_panel(
        codes, features, seats, rng=np.random.default_rng(7), objective=objective, households=households
    )
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    print(
        f"  {name:<18} {seconds:6.1f} s ({processor:.1f} s of processor)  smallest chance "
        f"{lottery.min_chance:.6f} (no lottery above {lottery.bound:.6f})  "
        f"gap {lottery.gap:.1e}  committees {len(lottery.tickets)} of {lottery.generated}  "
        f"rounds {lottery.rounds}  chances {_spread(lottery)}",
        flush=True,
    )


def _spread(lottery: PanelLottery) -> str:
    chances: FloatArray = np.sort(lottery.chances[lottery.group >= 0])
    quantiles = [chances[0], float(np.median(chances)), chances[-1]]
    assert all(low <= high for low, high in pairwise(quantiles))
    return " / ".join(f"{value:.3f}" for value in quantiles)


if __name__ == "__main__":
    main()
