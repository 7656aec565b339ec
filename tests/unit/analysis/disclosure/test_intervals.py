import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.disclosure.intervals import as_knowledge, cell_extremes, find_blocks, knowledge_of
from analysis.errors import DisclosureError, InputError

ROW = sp.csr_array([[1.0, -1.0, -1.0, -1.0]])


def two_way(counts):
    """Values and relations of a table with its totals."""
    table = np.asarray(counts, dtype=float)
    r, c = table.shape
    full = np.vstack([np.column_stack([table, table.sum(1)]), np.append(table.sum(0), table.sum())])
    rows = []
    for i in range(r + 1):
        line = np.zeros((r + 1, c + 1))
        line[i, :-1], line[i, -1] = -1, 1
        rows.append(line.ravel())
    for j in range(c + 1):
        line = np.zeros((r + 1, c + 1))
        line[:-1, j], line[-1, j] = -1, 1
        rows.append(line.ravel())
    return full.ravel(), sp.csr_array(np.array(rows))


def test_one_hidden_cell_in_a_row_follows_from_the_total():
    found = cell_extremes(ROW, knowledge_of(np.array([9.0, 4, 3, 2]), [False, True, False, False]), np.array([1]))
    assert (found.low[0], found.high[0]) == (4, 4)


def test_two_hidden_cells_share_what_is_left():
    found = cell_extremes(ROW, knowledge_of(np.array([9.0, 4, 3, 2]), [False, True, True, False]), np.array([2, 1, 0]))
    assert found.low.tolist() == [0, 0, 9]
    assert found.high.tolist() == [7, 7, 9]


def test_hidden_total_is_unbounded():
    found = cell_extremes(ROW, knowledge_of(np.array([9.0, 4, 3, 2]), [True, True, False, False]), np.array([0, 1]))
    assert found.low.tolist() == [5, 0]
    assert found.high.tolist() == [np.inf, np.inf]


def test_what_the_attacker_knows_beforehand_narrows_the_interval():
    known = knowledge_of(np.array([9.0, 4, 3, 2]), [False, True, True, False], largest=5)
    found = cell_extremes(ROW, known, np.array([1, 2]))
    assert found.low.tolist() == [2, 2]
    assert found.high.tolist() == [5, 5]


def test_whole_numbers_narrow_further():
    # 2x + 2y = 6 with both at most 2.5: together 3, so one of them 1 and the other 2
    relations = sp.csr_array([[1.0, -2.0, -2.0]])
    known = as_knowledge([6, 0, 0], [6, 2.5, 2.5])
    loose = cell_extremes(relations, known, np.array([1]))
    tight = cell_extremes(relations, known, np.array([1]), whole_numbers=True)
    assert (loose.low[0], loose.high[0]) == (0.5, 2.5)
    assert (tight.low[0], tight.high[0]) == (1, 2)


def test_no_targets_or_no_relations_need_no_program():
    nothing = cell_extremes(ROW, knowledge_of(np.array([9.0, 4, 3, 2]), [False] * 4), np.array([], dtype=int))
    assert nothing.low.shape == (0,)
    alone = cell_extremes(sp.csr_array((0, 2)), knowledge_of(np.array([3.0, 4]), [True, False]), np.array([0, 1]))
    assert alone.low.tolist() == [0, 4]
    assert alone.high.tolist() == [np.inf, 4]


@pytest.mark.parametrize("whole", [True, False])
def test_knowledge_that_no_counts_fit_is_refused(whole):
    with pytest.raises(DisclosureError) as error:
        cell_extremes(ROW, as_knowledge([9, 0, 0, 2], [9, 3, 3, 2]), np.array([1]), whole_numbers=whole)
    assert error.value.code == "knowledge_contradicts"
    with pytest.raises(DisclosureError):
        cell_extremes(ROW, as_knowledge([9, 4, 3, 1], [9, 4, 3, 1]), np.array([1]))


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [([1, 2], [1], "wrong_length"), ([2], [1], "invalid_value"), ([np.nan], [1], "invalid_value")],
)
def test_bounds_that_do_not_fit_are_refused(low, high, code):
    with pytest.raises(InputError) as error:
        as_knowledge(low, high)
    assert error.value.code == code


def test_blocks_are_parts_that_share_no_hidden_cell():
    values, relations = two_way([[1, 2, 3], [4, 5, 6]])
    hidden = np.zeros(12, dtype=bool)
    hidden[[0, 4]] = True
    hidden[[2, 3]] = True
    blocks = find_blocks(relations, knowledge_of(values, hidden)).of_cell
    assert blocks[0] == blocks[4]
    assert blocks[2] == blocks[3]
    assert blocks[0] != blocks[1]
    assert blocks[1] == -1


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_intervals_agree_with_one_program_per_cell_and_their_proof(data):
    r, c = data.draw(st.tuples(st.integers(2, 4), st.integers(2, 4)))
    values, relations = two_way(
        np.array(data.draw(st.lists(st.integers(0, 20), min_size=r * c, max_size=r * c))).reshape(r, c)
    )
    n = values.shape[0]
    hidden = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    known = knowledge_of(values, hidden, largest=100)
    found = cell_extremes(relations, known, np.arange(n))
    for cell in [*np.flatnonzero(hidden)[:6], *np.flatnonzero(~hidden)[:1]]:
        for sign, end, slopes in ((1, found.low, found.low_slopes), (-1, found.high, found.high_slopes)):
            cost = np.zeros(n)
            cost[cell] = sign
            alone = linprog(
                cost, A_eq=relations, b_eq=np.zeros(relations.shape[0]), bounds=np.column_stack([known.low, known.high])
            )
            assert end[cell] == pytest.approx(sign * alone.fun, abs=1e-6)
            slope = slopes.toarray()[cell]
            # whatever fits the relations fits the proof, and no bound is better than the one found
            assert slope @ values == pytest.approx(values[cell], abs=1e-6)
            best = np.where(sign * slope > 0, known.low, known.high)
            assert slope @ best == pytest.approx(end[cell], abs=1e-5)
