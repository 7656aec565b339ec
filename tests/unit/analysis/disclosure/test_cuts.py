import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.cuts import Cover, Cut, Room, cover_greedily, cuts_from, room_needed

ROOM = Room(
    np.array([4.0, 3, 2, 9]), np.array([np.inf, np.inf, 5, np.inf]), np.array([0, 1, Room.ALWAYS_OPEN, Room.KNOWN])
)
SLOPES = sp.csr_array([[1.0, -1.0, 2.0, -1.0]])
NOBODY = np.zeros(2, dtype=bool)


def test_room_is_slope_times_how_far_a_cell_can_move():
    assert room_needed(SLOPES, ROOM, -1.0).toarray().tolist() == [[4, np.inf, 4, 0]]
    assert room_needed(SLOPES, ROOM, 1.0).toarray().tolist() == [[np.inf, 3, 10, 0]]


def test_cut_asks_what_is_missing_beside_what_is_open_anyway():
    moves = room_needed(SLOPES, ROOM, -1.0)
    assert cuts_from(moves, np.array([4.0]), ROOM, NOBODY) == []
    assert cuts_from(moves, np.array([0.0]), ROOM, NOBODY) == []
    assert cuts_from(moves, np.array([12.0]), ROOM, NOBODY) == [Cut((0, 1), (0.5, 1.0))]
    assert cuts_from(moves, np.array([12.0]), ROOM, np.array([True, False])) == [Cut((1,), (1.0,))]


def test_cells_of_one_unit_count_together():
    room = Room(np.array([4.0, 3]), np.array([4.0, 3]), np.array([0, 0]))
    assert cuts_from(sp.csr_array([[4.0, 3.0]]), np.array([14.0]), room, NOBODY) == [Cut((0,), (0.5,))]


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_the_cheapest_cover_is_found_and_the_greedy_one_covers(data):
    n = data.draw(st.integers(1, 5))
    share = st.sampled_from([0.25, 1 / 3, 0.5, 1.0])
    shares = data.draw(st.lists(st.lists(share, min_size=n, max_size=n), min_size=1, max_size=4))
    cuts = [Cut(tuple(range(n)), tuple(np.ceil(np.array(row) * 1e6) / 1e6)) for row in shares]
    weights = np.array(data.draw(st.lists(st.integers(1, 9), min_size=n, max_size=n)), dtype=float)
    matrix = np.array([cut.shares for cut in cuts])
    options = [np.array(chosen) for chosen in itertools.product([False, True], repeat=n)]
    costs = [weights[chosen].sum() for chosen in options if (matrix @ chosen >= 1).all()]
    cover = Cover(weights, exact_up_to=10)
    assert cover.learn(cuts) == len(set(cuts))
    assert cover.learn(cuts) == 0
    chosen = cover.solve()
    if costs:
        assert weights[chosen].sum() == pytest.approx(min(costs))
        assert cover.is_optimal
        assert (matrix @ cover_greedily(sp.csr_array(matrix), weights) >= 1 - 1e-6).all()
    else:
        # shares that never make a whole: everything goes, and nothing is claimed
        assert chosen.all()
        assert not cover.is_optimal


def test_parts_that_share_no_unit_are_chosen_apart():
    cover = Cover(np.array([2.0, 1, 5, 4]), exact_up_to=2)
    cover.learn([Cut((0, 1), (1.0, 1.0)), Cut((2, 3), (0.5, 0.5))])
    assert cover.solve().tolist() == [False, True, True, True]
    cover.learn([Cut((0,), (1.0,))])
    assert cover.solve().tolist() == [True, False, True, True]
    assert cover.is_optimal
