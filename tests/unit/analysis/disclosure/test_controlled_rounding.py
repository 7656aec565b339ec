import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.controlled_rounding import round_table
from analysis.errors import InputError


def test_thirds_add_up_both_ways():
    found = round_table(np.full((3, 3), 1 / 3))
    assert found.cells.sum(axis=0).tolist() == found.cells.sum(axis=1).tolist() == [1, 1, 1]
    assert found.total == 3


def test_counts_are_rounded_to_fives():
    found = round_table([[3, 11], [12, 25]], unit=5)
    assert (found.cells.sum(axis=1) == found.row_totals).all()
    assert found.cells[1, 1] == 5
    assert found.total in (10, 11)


def test_shares_of_the_whole_make_a_hundred():
    found = round_table([[1, 1, 1], [2, 1, 1]], total=100)
    assert found.total == 100
    assert found.row_totals.sum() == found.column_totals.sum() == 100


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from([1.0, 5.0, 0.01]), st.data())
def test_every_figure_moves_less_than_a_unit_and_all_adds_up(r, c, unit, data):
    figure = st.one_of(st.floats(0, 50), st.integers(0, 50), st.sampled_from([0.1, 0.25, 0.5, 1 / 3]))
    table = np.array(data.draw(st.lists(figure, min_size=r * c, max_size=r * c)), dtype=float).reshape(r, c)
    found = round_table(table, unit=unit)
    exact = table / unit
    for rounded, given_ in (
        (found.cells, exact),
        (found.row_totals, exact.sum(axis=1)),
        (found.column_totals, exact.sum(axis=0)),
        (found.total, exact.sum()),
    ):
        assert np.abs(rounded - given_).max() < 1
    assert found.cells.sum(axis=1).tolist() == found.row_totals.tolist()
    assert found.cells.sum(axis=0).tolist() == found.column_totals.tolist()
    assert found.row_totals.sum() == found.column_totals.sum() == found.total
    assert (found.cells >= 0).all()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0, 5), min_size=4, max_size=4))
def test_no_other_rounding_moves_less(values):
    table = np.round(np.array(values).reshape(2, 2), 3)
    found = round_table(table)

    def moved(cells):
        full = [cells - table, cells.sum(0) - table.sum(0), cells.sum(1) - table.sum(1), cells.sum() - table.sum()]
        gaps = np.concatenate([np.abs(np.atleast_1d(part)).ravel() for part in full])
        return gaps.sum() if gaps.max() < 1 else np.inf

    options = itertools.product(*((np.floor(v), np.ceil(v)) for v in table.ravel()))
    best = min(moved(np.array(option).reshape(2, 2)) for option in options)
    assert moved(found.cells) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "options", "code"),
    [
        ([1, 2], {}, "wrong_shape"),
        (np.zeros((0, 2)), {}, "no_rows"),
        ([[-1.0]], {}, "invalid_value"),
        ([[np.inf]], {}, "invalid_value"),
        ([[1.0]], {"unit": 0}, "invalid_value"),
        ([[1.0]], {"unit": np.nan}, "invalid_value"),
        ([[0.0]], {"total": 100}, "invalid_value"),
        ([[1.0]], {"total": -1}, "invalid_value"),
    ],
)
def test_tables_that_cannot_be_rounded_are_refused(values, options, code):
    with pytest.raises(InputError) as error:
        round_table(values, **options)
    assert error.value.code == code
