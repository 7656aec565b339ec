import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.recruitment.allocation import allocate, allocate_optimally, allocate_proportionally, largest_remainders


def test_proportional_allocation_follows_the_sizes():
    assert allocate_proportionally(112, [600, 300, 100]).tolist() == [67, 34, 11]


def test_equal_remainders_go_to_the_first_stratum():
    assert allocate_proportionally(2, [10, 10, 10]).tolist() == [1, 1, 0]


def test_optimal_allocation_has_the_smallest_variance_of_all():
    sizes, spread, n = np.array([40, 30, 8]), np.array([1.0, 4.0, 9.0]), 14

    def variance(numbers):
        return sum(N**2 * (1 - k / N) * s**2 / k for N, s, k in zip(sizes, spread, numbers, strict=True))

    every = [k for k in itertools.product(range(1, n), repeat=3) if sum(k) == n and (np.array(k) <= sizes).all()]
    best = min(map(variance, every))
    ours = allocate_optimally(n, sizes, spread)
    assert ours.sum() == n
    assert variance(ours) <= best * 1.02


def test_cheap_strata_are_drawn_more():
    assert allocate_optimally(30, [100, 100], [1, 1], costs=[1, 4]).tolist() == [20, 10]


def test_full_stratum_leaves_the_rest_to_the_others():
    assert allocate_optimally(50, [10, 100, 100], [50, 1, 1]).tolist() == [10, 20, 20]


def test_smallest_number_per_stratum_is_kept():
    assert allocate_proportionally(20, [1000, 5], at_least=2).tolist() == [18, 2]


def test_stratum_without_spread_gets_its_minimum():
    assert allocate_optimally(10, [50, 50], [0, 1], at_least=2).tolist() == [2, 8]
    assert allocate_optimally(4, [50, 50], [0, 0], at_least=2).tolist() == [2, 2]


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_allocation_adds_up_within_its_limits(data):
    k = data.draw(st.integers(1, 8))
    measure = data.draw(st.lists(st.floats(0.001, 1e6), min_size=k, max_size=k))
    high = np.array(data.draw(st.lists(st.integers(0, 500), min_size=k, max_size=k)))
    low = np.array([data.draw(st.integers(0, int(limit))) for limit in high])
    n = data.draw(st.integers(int(low.sum()), int(high.sum())))
    found = allocate(n, measure, at_least=low, at_most=high)
    assert found.sum() == n
    assert (found >= low).all()
    assert (found <= high).all()


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=10))
def test_largest_remainders_stay_within_one(exact):
    numbers = np.array(exact)
    numbers[-1] += np.ceil(numbers.sum()) - numbers.sum()
    found = largest_remainders(numbers, round(numbers.sum()))
    assert found.sum() == round(numbers.sum())
    assert (np.abs(found - numbers) < 1 + 1e-6).all()


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (lambda: allocate(3, [1, 1], at_most=[1, 1]), "allocation_infeasible"),
        (lambda: allocate(3, [1, 1], at_least=2, at_most=5), "allocation_infeasible"),
        (lambda: allocate(-1, [1, 1], at_most=5), "allocation_infeasible"),
        (lambda: allocate(3, [1, 0], at_most=2), "allocation_infeasible"),
        (lambda: allocate(3, [1, 1], at_least=6, at_most=5), "invalid_value"),
        (lambda: allocate(3, [1, -1], at_most=5), "invalid_value"),
        (lambda: allocate(3, [1, np.nan], at_most=5), "invalid_value"),
        (lambda: allocate(0, [], at_most=5), "no_rows"),
        (lambda: allocate(3, [1, 1], at_most=[5]), "wrong_length"),
        (lambda: allocate(3, [1, 1], at_most=2.5), "not_integer"),
        (lambda: allocate_proportionally(3, [5, -5]), "invalid_value"),
        (lambda: allocate_optimally(3, [5, 5], [1]), "wrong_length"),
        (lambda: allocate_optimally(3, [5, 5], [1, 1], costs=[1, 0]), "invalid_value"),
        (lambda: allocate_optimally(3, [5, 5], [1, 1], costs=[1]), "wrong_length"),
    ],
)
def test_impossible_allocations_are_refused_with_a_code(refused, code):
    with pytest.raises(InputError) as caught:
        refused()
    assert caught.value.code == code
