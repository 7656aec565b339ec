import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.recruitment.letters import plan_letters
from analysis.recruitment.yields import learn_yields


def test_letters_fill_the_gap_and_say_how_sure():
    plan = plan_letters([23, 0, -4], learn_yields([1000] * 3, [55] * 3, prior_yield=0.055))
    assert plan.letters.tolist() == [419, 0, 0]
    assert plan.expected[0] == pytest.approx(23, abs=0.1)
    assert plan.low[0] < 23 < plan.high[0]
    assert (plan.low[1], plan.high[1]) == (0, 0)


def test_interval_holds_as_often_as_it_says():
    belief = learn_yields([200], [20])
    plan = plan_letters([40], belief)
    rng = np.random.default_rng(7)
    yields = rng.beta(belief.successes[0], belief.failures[0], 20_000)
    joined = rng.binomial(plan.letters[0], yields)
    assert 0.79 < np.mean((joined >= plan.low[0]) & (joined <= plan.high[0])) < 0.84


def test_no_more_letters_than_addresses():
    assert plan_letters([50, 5], learn_yields([0, 0], [0, 0]), addresses=[120, 900]).letters.tolist() == [120, 50]


def test_budget_is_spent_to_the_last_letter_in_proportion():
    plan = plan_letters([30, 20, 10], learn_yields([0] * 3, [0] * 3), budget=500)
    assert plan.letters.sum() == 500
    assert plan.letters.tolist() == [250, 167, 83]


def test_budget_that_suffices_changes_nothing():
    assert plan_letters([3], learn_yields([0], [0]), budget=500).letters.tolist() == [30]


def test_what_limits_leave_missing_is_said():
    plan = plan_letters([50, 5], learn_yields([0, 0], [0, 0]), addresses=[120, 900])
    assert plan.shortfall.tolist() == pytest.approx([38, 0])


def test_total_holds_as_often_as_it_says():
    belief = learn_yields([200, 50, 0], [20, 8, 0])
    plan = plan_letters([40, 20, 10], belief)
    rng = np.random.default_rng(7)
    yields = rng.beta(belief.successes, belief.failures, (20_000, 3))
    joined = rng.binomial(plan.letters, yields).sum(axis=1)
    assert plan.total_expected == pytest.approx(joined.mean(), rel=0.01)
    assert 0.79 < np.mean((joined >= plan.total_low) & (joined <= plan.total_high)) < 0.83
    assert plan.total_low > plan.low.sum()
    assert plan.total_high < plan.high.sum()


def test_second_letters_save_addresses():
    first, second = learn_yields([500], [50]), learn_yields([300], [12], prior_yield=0.04)
    once, twice = plan_letters([30], first), plan_letters([30], first, second=second)
    assert twice.letters[0] < once.letters[0]
    assert twice.second_letters[0] == pytest.approx(twice.letters[0] * (1 - first.mean[0]))
    assert once.second_letters[0] == 0
    assert twice.expected[0] == pytest.approx(30, abs=0.2)


def test_interval_with_second_letters_holds_as_often_as_it_says():
    first, second = learn_yields([100], [10]), learn_yields([60], [5], prior_yield=0.05)
    plan = plan_letters([40], first, second=second)
    rng = np.random.default_rng(7)
    joined = rng.binomial(plan.letters[0], rng.beta(first.successes[0], first.failures[0], 20_000))
    joined += rng.binomial(plan.letters[0] - joined, rng.beta(second.successes[0], second.failures[0], 20_000))
    assert 0.785 < np.mean((joined >= plan.low[0]) & (joined <= plan.high[0])) < 0.835


def test_budget_covers_the_expected_second_letters():
    first, second = learn_yields([0, 0], [0, 0]), learn_yields([0, 0], [0, 0], prior_yield=0.05)
    plan = plan_letters([30, 20], first, second=second, budget=300)
    assert 298 < plan.letters.sum() + plan.second_letters.sum() <= 300


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_plan_keeps_within_all_its_limits(data):
    k = data.draw(st.integers(1, 6))
    gaps, sent, limits = (np.array(data.draw(st.lists(st.integers(0, 60), min_size=k, max_size=k))) for _ in range(3))
    budget = data.draw(st.integers(0, 500))
    plan = plan_letters(gaps, learn_yields(sent, sent // 4), addresses=limits * 10, budget=budget)
    assert plan.letters.sum() <= budget
    assert (plan.letters <= limits * 10).all()
    assert (plan.letters[gaps == 0] == 0).all()
    assert (plan.low <= plan.high).all()
    assert plan.total_low <= plan.total_expected + 1 <= plan.total_high + 2


@pytest.mark.parametrize(
    "refused",
    [
        lambda: plan_letters([1, 2], learn_yields([0], [0])),
        lambda: plan_letters([1], learn_yields([0], [0]), addresses=[1, 2]),
        lambda: plan_letters([1], learn_yields([0], [0]), addresses=[-1]),
        lambda: plan_letters([np.nan], learn_yields([0], [0])),
        lambda: plan_letters([1], learn_yields([0], [0]), budget=-1),
        lambda: plan_letters([1], learn_yields([0], [0]), level=1.0),
    ],
)
def test_impossible_plans_are_refused(refused):
    with pytest.raises(InputError):
        refused()
