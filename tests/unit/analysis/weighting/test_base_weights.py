import numpy as np
import pytest

from analysis.errors import EstimationError, InputError
from analysis.weighting.base_weights import (
    adjust_for_nonresponse,
    base_weights,
    inclusion_probabilities,
    with_self_registered,
)


def test_probability_is_drawn_over_frame_of_the_stratum():
    found = inclusion_probabilities([1, 0, 1], [50, 20], [1000, 100])
    assert found.tolist() == [0.2, 0.05, 0.2]


@pytest.mark.parametrize(("drawn", "frame"), [(0, 10), (11, 10), (5, np.inf), (np.nan, 10)])
def test_draw_that_cannot_have_happened_is_refused(drawn, frame):
    with pytest.raises(EstimationError) as caught:
        inclusion_probabilities([0, 1], [1, drawn], [2, frame])
    assert (caught.value.code, caught.value.params["stratum"]) == ("frame_too_small_for_draw", 1)


@pytest.mark.parametrize("stratum", [-1, 2])
def test_stratum_that_was_not_drawn_from_is_refused(stratum):
    with pytest.raises(InputError) as caught:
        inclusion_probabilities([0, stratum], [1, 1], [2, 2])
    assert caught.value.params == {"name": "strata", "value": stratum, "last": 1}


def test_base_weight_is_the_inverse_of_all_stages():
    assert base_weights([0.1, 0.2], [0.5, 1.0]).tolist() == [20.0, 5.0]


@pytest.mark.parametrize("bad", [0.0, -0.5, 1.5, np.nan])
def test_probability_outside_nought_to_one_is_refused(bad):
    with pytest.raises(InputError) as caught:
        base_weights([0.5, 0.5], [0.5, bad])
    assert caught.value.code == "invalid_value"
    np.testing.assert_equal(caught.value.params["value"], bad)


def test_stages_must_cover_the_same_people():
    with pytest.raises(InputError) as caught:
        base_weights([0.5], [0.5, 0.5])
    assert caught.value.code == "wrong_length"


def test_no_stage_gives_no_weight():
    with pytest.raises(InputError) as caught:
        base_weights()
    assert caught.value.code == "no_rows"


def test_respondents_stand_in_for_those_of_their_group_who_did_not_answer():
    weights = np.array([1.0, 3.0, 2.0, 2.0, 5.0])
    answered = np.array([True, False, True, True, True])
    found = adjust_for_nonresponse(weights, [0, 0, 1, 1, 3], answered)
    np.testing.assert_allclose(found.weights, [4.0, 2.0, 2.0, 5.0])
    np.testing.assert_allclose(found.response_rates, [0.25, 1.0, np.nan, 1.0])
    assert found.weights.sum() == pytest.approx(weights.sum())
    assert found.n_invited.tolist() == [2, 2, 0, 1]
    assert found.n_answered.tolist() == [1, 2, 0, 1]


def test_group_in_which_nobody_answered_is_refused():
    with pytest.raises(EstimationError) as caught:
        adjust_for_nonresponse([1.0, 1.0, 1.0], [0, 1, 1], [True, False, False])
    assert (caught.value.params["group"], caught.value.params["n_invited"]) == (1, 2)


@pytest.mark.parametrize(
    ("weights", "groups", "answered", "code"),
    [
        ([], [], np.zeros(0, dtype=bool), "no_rows"),
        ([1.0, 0.0], [0, 0], [True, True], "invalid_value"),
        ([1.0, np.inf], [0, 0], [True, True], "invalid_value"),
        ([1.0, 1.0], [0, -1], [True, True], "code_out_of_range"),
        ([1.0, 1.0], [0], [True, True], "wrong_length"),
        ([1.0, 1.0], [0, 0], [True], "wrong_length"),
        ([1.0, 1.0], [0, 0], [1, 0], "invalid_value"),
    ],
)
def test_input_that_does_not_fit_is_refused(weights, groups, answered, code):
    with pytest.raises(InputError) as caught:
        adjust_for_nonresponse(weights, groups, answered)
    assert caught.value.code == code


def test_self_registered_get_the_mean_weight_of_the_drawn_and_a_flag():
    found = with_self_registered([2.0, np.nan, 4.0, 9.0], [True, False, True, False])
    assert found.weights.tolist() == [2.0, 3.0, 4.0, 3.0]
    assert found.is_pseudo.tolist() == [False, True, False, True]
    assert found.pseudo_share == pytest.approx(0.5)


def test_self_registered_alone_have_nothing_to_stand_beside():
    with pytest.raises(InputError) as caught:
        with_self_registered([1.0, 1.0], [False, False])
    assert caught.value.code == "no_rows"
