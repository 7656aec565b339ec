import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import bdtrc

from analysis.errors import InputError
from analysis.recruitment.precision import (
    detectable_difference,
    expected_half_width,
    half_width_of_invited,
    needed_answers,
    needed_invitations,
    plan_precision,
)


def test_a_thousand_answers_give_about_three_points():
    assert expected_half_width(1000) == pytest.approx(0.03099, abs=1e-5)


def test_design_effect_asks_for_more_answers():
    assert needed_answers(0.05) == 385
    assert needed_answers(0.05, design_effect=1.5) == 577


def test_needed_answers_reach_the_half_width():
    n = needed_answers(0.04, share=0.3, design_effect=1.2)
    assert expected_half_width(n, share=0.3, design_effect=1.2) <= 0.04
    assert expected_half_width(n - 1, share=0.3, design_effect=1.2) > 0.04


def test_invitations_follow_from_the_response_rate():
    assert needed_invitations(300, 0.6) == 500


@given(
    st.floats(0.01, 0.3),
    st.floats(0.05, 0.95),
    st.floats(0.8, 3),
    st.one_of(st.none(), st.integers(2, 100_000)),
)
def test_needed_answers_are_the_fewest_that_do(half_width, share, design_effect, population):
    given_design = {"share": share, "design_effect": design_effect, "population": population}
    n = needed_answers(half_width, **given_design)
    assert expected_half_width(n, **given_design) <= half_width * (1 + 1e-6)
    if n > 1:
        assert expected_half_width(n - 1, **given_design) > half_width * (1 - 1e-6)


def test_small_population_needs_fewer_answers_and_never_more_than_it_has():
    assert needed_answers(0.05, population=500) == 218
    assert needed_answers(0.001, population=500) == 500
    assert expected_half_width(500, population=500) == 0


def test_answers_that_cannot_differ_need_no_sample():
    assert needed_answers(0.05, share=0, population=1) == 0


@given(st.integers(1, 400), st.floats(0.05, 0.99), st.floats(0.5, 0.99))
def test_assured_invitations_are_the_fewest_that_do(n, rate, assurance):
    invited = needed_invitations(n, rate, assurance=assurance)
    assert bdtrc(n - 1, invited, rate) >= assurance - 1e-9
    assert invited == n or bdtrc(n - 1, invited - 1, rate) < assurance + 1e-9


def test_assurance_asks_for_more_invitations_than_the_average():
    assert needed_invitations(300, 0.6, assurance=0.9) > 500
    assert needed_invitations(300, 1.0, assurance=0.9) == 300
    assert needed_invitations(0, 0.6, assurance=0.9) == 0


def test_invited_give_the_half_width_of_their_answers():
    assert half_width_of_invited(500, 0.6) == expected_half_width(300)


def test_difference_between_groups_is_detected_as_often_as_asked():
    difference = detectable_difference(400, 600, share=0.5)
    rng = np.random.default_rng(2)
    first = rng.binomial(400, 0.5 - difference / 2, 20_000) / 400
    second = rng.binomial(600, 0.5 + difference / 2, 20_000) / 600
    error = np.sqrt(first * (1 - first) / 400 + second * (1 - second) / 600)
    assert np.mean(second - first > 1.96 * error) == pytest.approx(0.8, abs=0.02)


def test_every_district_gets_what_it_needs():
    plan = plan_precision(0.10, [8629, 4026, 60], [0.5, 0.4, 0.3])
    assert plan.answers.tolist() == [95, 94, 38]
    assert plan.invitations.tolist() == [190, 235, 60]
    assert plan.is_attainable.tolist() == [True, True, False]
    assert plan.half_width[2] > 0.10
    assert plan.half_width[:2].max() <= 0.10
    assert plan.total_half_width < 0.10


def test_one_rate_serves_all_districts():
    assert plan_precision(0.10, [5000, 5000], 0.5).invitations.tolist() == [190, 190]


@pytest.mark.parametrize(
    "refused",
    [
        lambda: expected_half_width(0),
        lambda: expected_half_width(10, share=1.2),
        lambda: expected_half_width(10, design_effect=0),
        lambda: needed_answers(0),
        lambda: needed_answers(0.1, population=0),
        lambda: needed_invitations(10, 0),
        lambda: needed_invitations(-1, 0.5),
        lambda: needed_invitations(10, 0.5, assurance=1),
        lambda: expected_half_width(10, level=1),
        lambda: expected_half_width(10, population=9),
        lambda: half_width_of_invited(100, 1.1),
        lambda: detectable_difference(0, 10),
        lambda: detectable_difference(10, 10, power=1),
        lambda: plan_precision(0.1, [], 0.5),
        lambda: plan_precision(0.1, [10, 10], [0.5]),
        lambda: plan_precision(0.1, [10, 0], 0.5),
    ],
)
def test_impossible_plans_are_refused(refused):
    with pytest.raises(InputError):
        refused()
