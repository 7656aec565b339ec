"""The stratified draw that was usual before fair lotteries: fill the scarcest quota first. For comparison only."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_codes, require_count
from analysis.errors import InputError
from analysis.recruitment.quotas import QuotaFeature, check_codes


def greedy_chances(
    codes: ArrayLike,
    features: Sequence[QuotaFeature],
    seats: int,
    *,
    rng: np.random.Generator,
    draws: int = 1_000,
    attempts: int = 100,
) -> FloatArray:
    """Return the chances (N,) that drawing seat by seat gives, estimated from `draws` panels.

    Each seat goes to a random candidate of the category with the most seats still needed per candidate left; once
    no lower quota asks for more, to a random candidate left. Whoever no longer fits an upper quota drops out; a
    draw that gets stuck starts again, at most `attempts` times.

    Raises
    ------
    InputError
        invalid_value when no draw succeeds; the errors of the input as in `select_panel`.

    References
    ----------
    Flanigan, B. et al. (2021). Nature 596:548-552, Supplementary Information (the algorithm called LEGACY).
    """
    table = as_codes("codes", codes, 2)
    check_codes(table, features)
    for name, count in (("seats", seats), ("draws", draws), ("attempts", attempts)):
        require_count(name, count)
    drawn = np.zeros(table.shape[0])
    for _ in range(draws):
        panel = _draw(table, features, seats, rng, attempts)
        if panel is None:
            raise InputError("invalid_value", name="attempts", value=attempts, reason="every draw got stuck")
        drawn[panel] += 1.0
    return drawn / draws


def _draw(
    codes: IntArray, features: Sequence[QuotaFeature], seats: int, rng: np.random.Generator, attempts: int
) -> IntArray | None:
    columns = _indicators(codes, features)
    lower = np.concatenate([np.array(feature.lower) for feature in features])
    upper = np.concatenate([np.array(feature.upper) for feature in features])
    for _ in range(attempts):
        panel = _attempt(columns, lower, upper, seats, rng)
        if panel is not None:
            return panel
    return None


def _attempt(
    columns: BoolArray, lower: IntArray, upper: IntArray, seats: int, rng: np.random.Generator
) -> IntArray | None:
    seated = np.zeros(len(lower), dtype=np.int64)
    left: BoolArray = np.logical_not(columns[:, upper == 0].any(axis=1))
    panel: list[int] = []
    while len(panel) < seats:
        needed = lower - seated
        present = columns[left].sum(axis=0)
        if not left.any() or (needed > present).any():
            return None
        urgency = np.where(needed > 0, needed / np.maximum(present, 1), 0.0)
        wanted = left & columns[:, int(urgency.argmax())] if (needed > 0).any() else left
        chosen = int(rng.choice(np.flatnonzero(wanted)))
        panel.append(chosen)
        left[chosen] = False
        seated += columns[chosen]
        left &= ~columns[:, seated >= upper].any(axis=1)
    return np.array(panel) if (seated >= lower).all() else None


def _indicators(codes: IntArray, features: Sequence[QuotaFeature]) -> BoolArray:
    return np.concatenate(
        [codes[:, [j]] == np.arange(len(feature.categories)) for j, feature in enumerate(features)], axis=1
    )
