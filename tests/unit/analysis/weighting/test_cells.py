import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.weighting.cells import Cells, collapse, cross


@pytest.mark.parametrize("sizes", [(3, 4), (3_000_000, 4), (2**20, 2**20), (2**40, 2**40)])
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


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint8])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("n", [30, 2_000, 40_000])
def test_profiles_are_the_same_for_every_integer_type_and_layout(dtype, order, n):
    codes = np.random.default_rng(n).integers(0, (6, 2, 10), (n, 3))
    cells = collapse(np.asarray(codes.astype(dtype), order=order), (6, 2, 10))
    np.testing.assert_array_equal(cells.codes[cells.index], codes)
    np.testing.assert_array_equal(cells.counts, np.bincount(cells.index))
    values = np.random.default_rng(1).normal(size=(n, 2))
    np.testing.assert_allclose(cells.sum(values[:, 0]), cells.sum_columns(values)[:, 0])
    np.testing.assert_array_equal(cells.spread(cells.counts), cells.counts[cells.index])


@pytest.mark.parametrize("n", [30, 40_000])
@pytest.mark.parametrize("sizes", [(6, 2, 10), (2**20, 2**20, 2), (2**40, 2**40, 2)])
@pytest.mark.parametrize("value", [-1, 2, 2**62])
def test_code_outside_its_column_is_refused(n, sizes, value):
    codes = np.zeros((n, 3), dtype=np.int64)
    column = 1 if sizes[1] == 2 else 2
    codes[n // 2, column] = value
    with pytest.raises(InputError) as caught:
        collapse(codes, sizes)
    assert (caught.value.code, caught.value.params["value"]) == ("code_out_of_range", value)


def test_profiles_made_by_hand_count_their_respondents():
    cells = Cells(np.array([[0], [1]]), np.array([1, 0, 1]))
    assert cells.counts.tolist() == [1, 2]
    assert Cells(np.array([[4], [7]]), np.array([7, 4, 7]), np.array([4, 7]), 9).counts.tolist() == [1, 2]


def test_columns_must_have_their_sizes():
    with pytest.raises(InputError) as caught:
        collapse(np.zeros((3, 2), dtype=int), (2,))
    assert caught.value.code == "wrong_length"
