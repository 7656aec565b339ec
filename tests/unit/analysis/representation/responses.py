"""Response cells to test with."""

import numpy as np
from hypothesis import strategies as st

from analysis.representation.response_cells import Factor, ResponseCells

AGE = Factor("age", ("young", "middle", "old"))
SEX = Factor("sex", ("man", "woman"))
PROFILES = np.array([(age, sex) for age in range(3) for sex in range(2)])


def cells(responded, invited, weights=1.0, strata=None):
    return ResponseCells(
        (AGE, SEX),
        PROFILES,
        np.asarray(invited),
        np.asarray(responded),
        np.broadcast_to(np.asarray(weights, dtype=float), (6,)),
        None if strata is None else np.asarray(strata),
    )


@st.composite
def drawn_cells(draw):
    invited = np.array(draw(st.lists(st.integers(5, 400), min_size=6, max_size=6)))
    responded = [draw(st.integers(1, int(n) - 1)) for n in invited]
    weights = draw(st.sampled_from([1.0, 7.5]))
    return cells(responded, invited, weights)
