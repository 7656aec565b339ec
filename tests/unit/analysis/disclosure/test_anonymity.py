import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.anonymity import class_labels, measure_anonymity, measure_diversity, rare_combinations
from analysis.errors import InputError

ROWS = np.array([[0, 0]] * 4 + [[0, 1]] * 2 + [[1, 0]] * 3 + [[1, 1]])


def test_smallest_class_and_violating_combinations_are_counted():
    found = measure_anonymity(ROWS, 3)
    assert found.smallest == 1
    assert [(c.values, c.count) for c in found.violating] == [((1, 1), 1), ((0, 1), 2)]
    assert found.n_violating == 3
    assert found.sizes.tolist() == [4] * 4 + [2] * 2 + [3] * 3 + [1]
    assert measure_anonymity(ROWS, 1).violating == ()


def test_rare_combinations_leave_out_what_contains_a_rarer_part():
    found = rare_combinations(ROWS, 4)
    assert [(c.variables, c.values, c.count) for c in found] == [((1,), (1,), 3), ((0, 1), (1, 0), 3)]
    assert len(rare_combinations(ROWS, 4, max_variables=1)) == 1


def test_answers_within_a_class_may_be_all_the_same():
    answers = [0, 1, 2, 3, 5, 5, 1, 1, 2, 4]
    found = measure_diversity(ROWS, answers)
    assert found.distinct == 1
    assert found.entropy == pytest.approx(1)
    assert found.per_class.tolist() == [4, 1, 2, 1]
    even = measure_diversity(np.zeros((4, 1), dtype=int), [0, 1, 0, 1])
    assert (even.distinct, even.entropy) == (2, pytest.approx(2))


@given(st.lists(st.tuples(*[st.integers(-1, 3)] * 3), min_size=1, max_size=30))
def test_rows_have_the_same_label_just_when_they_are_equal(rows):
    labels = class_labels(np.array(rows))
    assert len(set(labels.tolist())) == len(set(rows)) == len(set(zip(rows, labels.tolist(), strict=True)))
    assert set(labels.tolist()) == set(range(len(set(rows))))


@pytest.mark.parametrize(
    ("codes", "k", "code"),
    [
        (np.zeros((0, 2), dtype=int), 3, "no_rows"),
        (np.zeros((2, 0), dtype=int), 3, "no_rows"),
        ([0, 1], 3, "wrong_shape"),
        ([[0.5]], 3, "not_integer"),
        ([[0]], 0, "invalid_value"),
    ],
)
def test_microdata_that_do_not_fit_are_refused(codes, k, code):
    with pytest.raises(InputError) as error:
        measure_anonymity(codes, k)
    assert error.value.code == code


def test_answers_of_other_rows_are_refused():
    with pytest.raises(InputError):
        measure_diversity(ROWS, [1, 2])
