import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.weighting.cells import collapse, cross


@pytest.mark.parametrize("sizes", [(3, 4), (3_000_000, 4), (2**40, 2**40)])
def test_collapsed_profiles_expand_to_the_respondents(sizes):
    codes = np.array([[2, 3], [0, 1], [2, 3], [1, 0], [0, 1]])
    cells = collapse(codes, sizes)
    assert cells.n_cells == 3
    assert cells.codes[cells.index].tolist() == codes.tolist()
    assert cells.sum(np.arange(5.0)).sum() == 10.0


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 1)), min_size=1, max_size=40))
def test_every_profile_occurs_once(rows):
    codes = np.array(rows)
    cells = collapse(codes, (3, 5, 2))
    assert {tuple(row) for row in cells.codes.tolist()} == set(rows)
    assert cells.n_cells == len(set(rows))
    assert cells.codes[cells.index].tolist() == codes.tolist()


def test_crossed_codes_keep_missing():
    first, second = np.array([0, 1, -1, 1]), np.array([2, 0, 1, -1])
    assert cross(first, second, 3).tolist() == [2, 3, -1, -1]


def test_crossing_a_code_that_does_not_exist_is_refused():
    with pytest.raises(InputError) as caught:
        cross(np.array([0]), np.array([3]), 3)
    assert caught.value.params == {"name": "second", "value": 3, "last": 2}


def test_crossing_nobody_gives_nobody():
    assert cross(np.array([], dtype=int), np.array([], dtype=int), 3).size == 0


def test_codes_that_are_no_integers_are_refused():
    with pytest.raises(InputError) as caught:
        collapse(np.array([[0.5, 1.0]]), (2, 2))
    assert caught.value.code == "not_integer"


def test_codes_of_another_shape_are_refused():
    with pytest.raises(InputError) as caught:
        collapse(np.array([0, 1]), (2,))
    assert caught.value.code == "wrong_shape"
