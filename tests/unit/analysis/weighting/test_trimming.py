import numpy as np
import pytest

from analysis.errors import ConvergenceError, InputError, Merge
from analysis.weighting.merging import MergeHierarchy
from analysis.weighting.raking import prepare_raking, rake
from analysis.weighting.trimming import rake_and_trim, trim_weights
from tests.unit.analysis.samples import AGE, POPULATION, SEX, base_weights, codes


def prepared(**options):
    return prepare_raking(codes(), base_weights(), (SEX, AGE), POPULATION, **options)


def test_weights_within_bounds_are_left_alone():
    found = rake_and_trim(prepared(), lower=0.1, upper=9.0)
    assert (found.rounds, found.n_trimmed) == (0, 0)
    np.testing.assert_allclose(found.raking.weights, rake(codes(), base_weights(), (SEX, AGE), POPULATION).weights)


def test_bounds_and_margins_both_hold_after_trimming():
    found = rake_and_trim(prepared(), lower=0.5, upper=1.6)
    ratios = found.raking.weights / found.raking.weights.mean()
    assert found.rounds > 0
    assert found.n_trimmed > 0
    assert ratios.max() <= 1.6 * (1 + 1e-8)
    assert ratios.min() >= 0.5 * (1 - 1e-8)
    assert found.raking.max_error <= 1e-10
    np.testing.assert_allclose(found.raking.g_weights * base_weights(), found.raking.weights)


def test_bounds_that_the_margins_do_not_allow_are_refused_with_the_merge_that_may_help():
    hierarchies = {"age": MergeHierarchy("age", {"65+": "35-64"})}
    with pytest.raises(ConvergenceError) as caught:
        rake_and_trim(prepared(hierarchies=hierarchies), lower=0.95, upper=1.05, max_rounds=5)
    assert caught.value.code == "bounds_too_tight"
    found = caught.value.params
    assert (found["margin"], found["category"], found["n_respondents"]) == ("age", "65+", 40)
    assert (found["lowest"], found["highest"]) == pytest.approx((1000 / 3 * 0.95, 1000 / 3 * 1.05))
    assert found["proposal"] == Merge("age", "65+", "35-64")
    assert str(caught.value).endswith("350; proposed: merge 65+ with 35-64")
    assert "times the mean weight" in str(caught.value)


def test_bounds_that_were_not_reached_in_time_are_refused():
    with pytest.raises(ConvergenceError) as caught:
        rake_and_trim(prepared(), lower=0.5, upper=1.6, max_rounds=0)
    assert caught.value.code == "bounds_not_met"
    assert caught.value.params["highest"] > 1.6


@pytest.mark.parametrize(("lower", "upper"), [(-0.1, 5), (1.0, 5), (0.2, 1.0)])
def test_bounds_must_enclose_the_mean(lower, upper):
    with pytest.raises(InputError):
        rake_and_trim(prepared(), lower=lower, upper=upper)


def test_what_is_cut_is_spread_equally_over_the_others():
    found = trim_weights([1.0, 2.0, 3.0, 10.0], upper=5.0)
    np.testing.assert_allclose(found.weights, [1 + 5 / 3, 2 + 5 / 3, 3 + 5 / 3, 5.0])
    assert (found.n_trimmed, found.moved, found.rounds) == (1, 5.0, 1)


def test_those_pushed_over_the_bound_are_cut_too():
    found = trim_weights([1.0, 4.5, 10.0], upper=6.0)
    np.testing.assert_allclose(found.weights, [3.5, 6.0, 6.0])
    assert (found.n_trimmed, found.rounds) == (2, 2)
    once = trim_weights([1.0, 4.5, 10.0], upper=6.0, strict=False)
    np.testing.assert_allclose(once.weights, [3.0, 6.5, 6.0])


def test_light_weights_are_raised_at_the_cost_of_the_others():
    found = trim_weights([0.1, 2.0, 4.0], lower=0.5)
    np.testing.assert_allclose(found.weights, [0.5, 1.8, 3.8])


def test_nothing_outside_the_bounds_changes_nothing():
    found = trim_weights([1.0, 2.0], lower=0.5, upper=3.0)
    assert (found.weights.tolist(), found.n_trimmed, found.rounds) == ([1.0, 2.0], 0, 0)


def test_bounds_that_leave_nobody_to_take_up_the_rest_are_refused():
    with pytest.raises(ConvergenceError) as caught:
        trim_weights([4.0, 5.0], upper=3.0)
    assert caught.value.code == "everything_trimmed"


@pytest.mark.parametrize(
    ("weights", "bounds", "code"),
    [([], {}, "no_rows"), ([np.nan], {}, "invalid_value"), ([1.0], {"lower": 3.0, "upper": 2.0}, "invalid_value")],
)
def test_weights_or_bounds_that_make_no_sense_are_refused(weights, bounds, code):
    with pytest.raises(InputError) as caught:
        trim_weights(weights, **bounds)
    assert caught.value.code == code


def test_who_was_raised_to_the_lower_bound_shares_in_what_later_rounds_cut():
    # 12 is cut to 6 and 0.2 raised to 1: 5.2 over, 2.6 each for 2 and 5; 7.6 is cut: 1.6 over for 1 and 4.6
    found = trim_weights([0.2, 2.0, 5.0, 12.0], lower=1.0, upper=6.0)
    np.testing.assert_allclose(found.weights, [1.8, 5.4, 6.0, 6.0])
    assert (found.n_trimmed, found.rounds) == (3, 2)


def test_who_was_cut_to_the_upper_bound_gives_up_a_share_when_others_sink_below_the_lower_one():
    # 9 too much once 0 is raised to 10 and 21 cut to 20: 4.5 each from 10.5 and 14, which sink below 10
    found = trim_weights([0.0, 10.5, 14.0, 21.0], lower=10.0, upper=20.0)
    np.testing.assert_allclose(found.weights, [10.0, 10.0, 10.0, 15.5])


def test_trimming_ends_however_many_weights_crowd_at_the_bound():
    weights = np.concatenate([np.full(9_999, 2.0), [1.0]])
    weights[0] = 2.5
    found = trim_weights(weights, upper=2.0)
    np.testing.assert_allclose(found.weights.sum(), weights.sum())
    assert found.weights.max() <= 2.0
    assert found.rounds <= 3
