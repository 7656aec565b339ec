"""The exact edges of trimming: defaults, weights on a bound, rounds, and what its errors tell."""

import numpy as np
import pytest

from analysis.errors import ConvergenceError, InputError
from analysis.weighting.raking import prepare_raking, rake
from analysis.weighting.trimming import rake_and_trim, trim_weights
from tests.unit.analysis.samples import AGE, POPULATION, SEX, base_weights, codes


def prepared():
    return prepare_raking(codes(), base_weights(), (SEX, AGE), POPULATION)


def test_unless_told_otherwise_weights_stay_between_a_fifth_and_five_times_the_mean():
    # one respondent stands for very many and one for very few, so that both default bounds are felt
    base = base_weights()
    base[0], base[1] = 40.0, 0.01
    skewed = prepare_raking(codes(), base, (SEX, AGE), POPULATION)
    ratios = rake(codes(), base, (SEX, AGE), POPULATION).weights / (1000 / 120)
    assert (ratios.min() < 0.2, ratios.max() > 5) == (True, True)
    found = rake_and_trim(skewed)
    assert (found.lower, found.upper) == (0.2, 5.0)
    assert found.n_trimmed == np.count_nonzero((ratios < 0.2) | (ratios > 5))
    kept = found.raking.weights / (1000 / 120)
    assert (kept.min(), kept.max()) == (pytest.approx(0.2, abs=1e-8), pytest.approx(5.0, abs=1e-8))


def test_nought_is_a_lower_bound():
    assert rake_and_trim(prepared(), lower=0.0, upper=9.0).rounds == 0


def test_bounds_that_do_not_enclose_one_are_named():
    with pytest.raises(InputError) as caught:
        rake_and_trim(prepared(), lower=1.0, upper=5.0)
    assert caught.value.params == {"name": "bounds", "value": (1.0, 5.0), "reason": "they must enclose 1"}


def test_as_many_rounds_as_allowed_are_taken_and_no_more():
    needed = rake_and_trim(prepared(), lower=0.5, upper=1.6).rounds
    assert rake_and_trim(prepared(), lower=0.5, upper=1.6, max_rounds=needed).rounds == needed
    with pytest.raises(ConvergenceError):
        rake_and_trim(prepared(), lower=0.5, upper=1.6, max_rounds=needed - 1)


def test_what_was_not_reached_is_told_in_times_the_mean():
    with pytest.raises(ConvergenceError) as caught:
        rake_and_trim(prepared(), lower=0.5, upper=1.6, max_rounds=0)
    found = caught.value.params
    assert (found["lower"], found["upper"], found["rounds"]) == (0.5, 1.6, 0)
    assert 0 < found["lowest"] < 1 < found["highest"] < 10


def test_trimming_of_weights_cuts_nothing_from_below_unless_asked():
    np.testing.assert_array_equal(trim_weights([0.1, 0.5, 4.0]).weights, [0.1, 0.5, 4.0])


@pytest.mark.parametrize("bounds", [{"lower": 2.0, "upper": 2.0}, {"lower": 3.0, "upper": 2.0}])
def test_bounds_without_room_between_them_are_refused_by_name(bounds):
    with pytest.raises(InputError) as caught:
        trim_weights([1.0, 2.0, 3.0], **bounds)
    found = caught.value.params
    assert (found["name"], found["value"]) == ("weights", (bounds["lower"], bounds["upper"]))
    assert found["reason"] == "finite, lower below upper"


@pytest.mark.parametrize("weights", [[], [[1.0, 2.0]]])
def test_weights_of_no_or_another_shape_are_refused_by_name(weights):
    with pytest.raises(InputError) as caught:
        trim_weights(weights)
    assert caught.value.params["name"] == "weights"


def test_weights_on_a_bound_or_beside_it_by_rounding_are_within():
    beside = np.array([1.0, np.nextafter(1.0, 0), 2.0, 3.0, np.nextafter(3.0, 4)])
    assert trim_weights(beside, lower=1.0, upper=3.0).n_trimmed == 0


def test_a_weight_beyond_a_bound_by_more_than_rounding_is_cut():
    low = trim_weights([1e3 - 1e-6, 2e3, 3e3], lower=1e3, upper=4e3)
    high = trim_weights([1e3, 2e3, 3e3 + 1e-6], lower=5e2, upper=3e3)
    assert (low.n_trimmed, high.n_trimmed) == (1, 1)
