import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import chdtrc, fdtrc

from analysis.errors import InputError
from analysis.estimation.chi_squared_sums import chi_squared_sum_saddlepoint, chi_squared_sum_tail

weights = st.lists(st.floats(0.05, 20), min_size=1, max_size=6)


@pytest.mark.parametrize("df", [1, 2, 5, 30, 1000])
@pytest.mark.parametrize("value", [1e-3, 0.5, 5, 40, 300, 2000])
def test_equal_weights_give_the_chi_squared_tail(value, df):
    expected = chdtrc(df, value)
    assert chi_squared_sum_tail(0.7 * value, [0.7], [df]) == pytest.approx(expected, rel=1e-11, abs=1e-290)


@pytest.mark.parametrize(("first", "second"), [(1, 1), (1, 14), (3, 3), (5, 1319), (20, 1e5)])
@pytest.mark.parametrize("value", [1e-3, 0.5, 1.0, 5.0, 40.0])
def test_quotient_of_two_chi_squared_gives_the_f_tail(value, first, second):
    found = chi_squared_sum_tail(0.0, [1 / first, -value / second], [first, second])
    assert found == pytest.approx(fdtrc(first, second, value), rel=1e-11)


@pytest.mark.parametrize(("value", "expected"), [(0.1, 0.9458), (0.7, 0.5064), (2.0, 0.1240)])
def test_published_tail_of_three_unequal_weights(value, expected):
    # Imhof (1961), Biometrika 48, table 1, Q1 = 0.6 X + 0.3 X + 0.1 X
    assert chi_squared_sum_tail(value, [0.6, 0.3, 0.1]) == pytest.approx(expected, abs=5e-5)


def test_mixed_signs_agree_with_simulation():
    rng = np.random.default_rng(2)
    a, df = np.array([2.0, 0.5, -1.0]), np.array([1, 3, 2])
    draws = a @ np.stack([rng.chisquare(d, 100_000) for d in df])
    for value in (-3.0, 0.0, 4.0):
        assert chi_squared_sum_tail(value, a, df) == pytest.approx((draws > value).mean(), abs=6e-3)


@given(weights, st.floats(0.01, 200))
def test_tail_is_a_probability_and_falls(a, value):
    found, further = chi_squared_sum_tail(value, a), chi_squared_sum_tail(1.1 * value, a)
    assert 0 <= further <= found <= 1


@given(weights, st.floats(0.05, 100))
def test_order_and_unit_do_not_matter(a, value):
    found = chi_squared_sum_tail(value, a)
    assert chi_squared_sum_tail(value, a[::-1]) == pytest.approx(found, rel=1e-9)
    assert chi_squared_sum_tail(1e3 * value, 1e3 * np.array(a)) == pytest.approx(found, rel=1e-9)


@given(weights, st.floats(0.05, 100))
def test_mirrored_sum_has_the_other_tail(a, value):
    assert chi_squared_sum_tail(-value, -np.array(a)) == pytest.approx(1 - chi_squared_sum_tail(value, a), abs=1e-12)


@given(weights, st.floats(0.05, 100))
def test_saddlepoint_comes_close(a, value):
    exact = chi_squared_sum_tail(value, a)
    assert chi_squared_sum_saddlepoint(value, a) == pytest.approx(exact, rel=0.2, abs=1e-12)


def test_saddlepoint_passes_smoothly_through_the_mean():
    found = [chi_squared_sum_saddlepoint(3 + step, [1, 1, 1]) for step in (-1e-5, -1e-9, 0.0, 1e-9, 1e-5)]
    assert found == pytest.approx([found[2]] * 5, abs=2e-6)
    assert found[0] > found[2] > found[-1]


def test_saddlepoint_of_a_quotient_is_within_a_few_per_cent():
    assert chi_squared_sum_saddlepoint(0.0, [1.0, -5 / 14], [1, 14]) == pytest.approx(fdtrc(1, 14, 5), rel=0.05)
    assert chi_squared_sum_saddlepoint(-1.0, [-1.0]) == pytest.approx(1 - chdtrc(1, 1.0), rel=0.05)


@pytest.mark.parametrize("function", [chi_squared_sum_tail, chi_squared_sum_saddlepoint])
def test_impossible_values_have_probability_nought_or_one(function):
    assert function(-1.0, [1.0, 2.0]) == 1.0
    assert function(0.0, [-1.0, -2.0]) == 0.0


@pytest.mark.parametrize(
    ("value", "a", "df"),
    [
        (np.nan, [1.0], None),
        (1.0, [0.0], None),
        (1.0, [np.inf], None),
        (1.0, [1.0], [0.0]),
        (1.0, [1.0, 1.0], [1.0]),
        (1.0, [[1.0]], None),
    ],
)
def test_impossible_input_is_refused(value, a, df):
    with pytest.raises(InputError):
        chi_squared_sum_tail(value, a, df)
