import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.recruitment.attrition import forecast_stock, learn_attrition, plan_refreshment


def refusal(make):
    with pytest.raises(InputError) as caught:
        make()
    return caught.value.code


def test_panel_of_1500_loses_180_a_year_at_the_rate_of_liss():
    forecast = forecast_stock([1500], learn_attrition([0], [0]), 12)
    assert forecast.total_expected[12] == pytest.approx(1320)
    assert forecast.total_low[12] < 1320 < forecast.total_high[12]


def test_earlier_years_move_the_expected_rate():
    belief = learn_attrition([450, 450, 0], [90, 9, 0])
    np.testing.assert_allclose(belief.mean, [96 / 500, 15 / 500, 0.12])


def test_first_month_is_today():
    forecast = forecast_stock([40, 0], learn_attrition([0, 0], [0, 0]), 3)
    assert forecast.expected[0].tolist() == [40, 0]
    assert forecast.low[0].tolist() == forecast.high[0].tolist() == [40, 0]
    assert forecast.high[3, 1] == 0


def test_moments_and_interval_agree_with_simulation():
    belief = learn_attrition([30], [5])
    joiners = [[0]] * 5 + [[60]] + [[0]] * 6
    forecast = forecast_stock([100], belief, 12, joiners=joiners)
    rng = np.random.default_rng(6)
    rate = rng.beta(belief.left[0], belief.stayed[0], 100_000)
    members = rng.binomial(100, 1 - rate) + rng.binomial(60, np.sqrt(1 - rate))
    assert forecast.expected[12, 0] == pytest.approx(members.mean(), rel=0.002)
    assert forecast.low[12, 0] == pytest.approx(np.quantile(members, 0.1), abs=1)
    assert forecast.high[12, 0] == pytest.approx(np.quantile(members, 0.9), abs=1)


def test_joiners_that_replace_who_leaves_keep_the_panel_level():
    belief = learn_attrition([1e9], [0.12e9])
    forecast = forecast_stock([1500], belief, 24, joiners=[16])
    np.testing.assert_allclose(forecast.total_expected, 1500, rtol=0.01)


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_interval_stays_around_the_expectation_and_within_what_there_can_be(data):
    k = data.draw(st.integers(1, 4))
    stock, members, joiners = (
        np.array(data.draw(st.lists(st.integers(0, top), min_size=k, max_size=k))) for top in (400, 500, 20)
    )
    months = data.draw(st.integers(1, 24))
    found = forecast_stock(stock, learn_attrition(members, members * 0.2), months, joiners=joiners)
    # in whole members: one who stays almost surely is expected to stay
    assert (found.low <= found.expected + 1).all()
    assert (found.high >= found.expected - 1).all()
    assert (found.low >= 0).all()
    assert (found.high <= stock + joiners * np.arange(months + 1)[:, None] + 1e-9).all()
    np.testing.assert_allclose(found.total_expected, found.expected.sum(axis=1))


def test_round_is_due_when_the_panel_falls_below_its_minimum():
    forecast = forecast_stock([1000, 500], learn_attrition([0, 0], [0, 0]), 24)
    plan = plan_refreshment(forecast, 1400, [1000, 500])
    assert forecast.total_expected[plan.due] < 1400 <= forecast.total_expected[plan.due - 1]
    assert plan.earliest < plan.due < plan.latest
    np.testing.assert_allclose(plan.gaps, [1000, 500] - forecast.expected[plan.due])
    assert plan.total_gap == pytest.approx(plan.gaps.sum())
    assert (plan.gap_low < plan.gaps).all()
    assert (plan.gap_high > plan.gaps).all()


def test_panel_that_stays_large_enough_needs_no_round_yet():
    forecast = forecast_stock([1000, 500], learn_attrition([0, 0], [0, 0]), 6)
    plan = plan_refreshment(forecast, 1000, [900, 600])
    assert (plan.due, plan.earliest, plan.latest) == (None, None, None)
    np.testing.assert_allclose(plan.gaps, np.maximum([900, 600] - forecast.expected[6], 0))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: learn_attrition([10], [11]), "invalid_value"),
        (lambda: learn_attrition([10], [-1]), "invalid_value"),
        (lambda: learn_attrition([np.nan], [1]), "invalid_value"),
        (lambda: learn_attrition([10], [1], prior_rate=1.0), "invalid_value"),
        (lambda: learn_attrition([10], [1], prior_members=0), "invalid_value"),
        (lambda: learn_attrition([10, 10], [1]), "wrong_length"),
        (lambda: forecast_stock([10], learn_attrition([0], [0]), 0), "invalid_value"),
        (lambda: forecast_stock([10], learn_attrition([0], [0]), 121), "invalid_value"),
        (lambda: forecast_stock([10], learn_attrition([0], [0]), 3, level=0), "invalid_value"),
        (lambda: forecast_stock([-1], learn_attrition([0], [0]), 3), "invalid_value"),
        (lambda: forecast_stock([1.5], learn_attrition([0], [0]), 3), "not_integer"),
        (lambda: forecast_stock([10, 10], learn_attrition([0], [0]), 3), "wrong_length"),
        (lambda: forecast_stock([10], learn_attrition([0], [0]), 3, joiners=[[1]]), "wrong_length"),
        (lambda: forecast_stock([10], learn_attrition([0], [0]), 3, joiners=[1, 2]), "wrong_length"),
        (lambda: plan_refreshment(forecast_stock([10], learn_attrition([0], [0]), 3), 9, [1, 2]), "wrong_length"),
        (lambda: plan_refreshment(forecast_stock([10], learn_attrition([0], [0]), 3), 9, [-1]), "invalid_value"),
    ],
)
def test_impossible_panels_are_refused_with_a_code(make, code):
    assert refusal(make) == code
