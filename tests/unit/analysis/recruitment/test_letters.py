import numpy as np
import pytest

from analysis.errors import InputError
from analysis.recruitment.letters import learn_yields, plan_letters


def test_without_letters_the_published_yield_stands():
    np.testing.assert_allclose(learn_yields([0], [0], prior_yield=0.14).mean, [0.14])


def test_earlier_rounds_move_the_expected_yield():
    belief = learn_yields([500, 500], [20, 80], prior_yield=0.10, prior_letters=50)
    np.testing.assert_allclose(belief.mean, [25 / 550, 85 / 550])


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


@pytest.mark.parametrize(
    "refused",
    [
        lambda: learn_yields([10], [11]),
        lambda: learn_yields([10], [1], prior_yield=0.0),
        lambda: learn_yields([10, 20], [1]),
        lambda: plan_letters([1, 2], learn_yields([0], [0])),
        lambda: plan_letters([1], learn_yields([0], [0]), addresses=[1, 2]),
    ],
)
def test_impossible_rounds_are_refused(refused):
    with pytest.raises(InputError):
        refused()
