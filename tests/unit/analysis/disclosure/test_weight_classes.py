import numpy as np
import pytest

from analysis.disclosure.weight_classes import propose_weights, weights_reveal_classes
from analysis.errors import InputError

KEPT = np.array([[0]] * 40)
EDUCATION = np.array([[0]] * 20 + [[1]] * 20)


def test_one_weight_per_education_spells_the_education():
    weights = np.where(EDUCATION[:, 0] == 0, 0.8, 1.2)
    found = weights_reveal_classes(weights, KEPT, EDUCATION)
    assert found.spelled.all()
    assert not found.singled_out.any()
    assert not found.is_safe


def test_equal_weights_spell_nothing():
    found = weights_reveal_classes(np.ones(40), KEPT, EDUCATION)
    assert found.is_safe
    same = propose_weights(np.ones(40), KEPT, EDUCATION)
    assert same.step == 0
    assert same.weights.tolist() == [1.0] * 40


def test_a_class_that_was_known_anyway_is_not_spelled():
    weights = np.where(EDUCATION[:, 0] == 0, 0.8, 1.2)
    assert weights_reveal_classes(weights, EDUCATION, EDUCATION).is_safe


def test_a_weight_that_few_share_singles_out():
    weights = np.ones(40)
    weights[[0, 20]] = 2.0
    found = weights_reveal_classes(weights, KEPT, EDUCATION)
    assert found.singled_out.sum() == 2
    assert not found.spelled.any()


def test_differences_of_arithmetic_are_no_classes():
    weights = np.where(EDUCATION[:, 0] == 0, 0.3, 0.1 + 0.2)
    assert weights_reveal_classes(weights, KEPT, EDUCATION).is_safe


def test_close_weights_may_stay_rounded():
    weights = np.where(EDUCATION[:, 0] == 0, 0.98, 1.02)
    found = propose_weights(weights, KEPT, EDUCATION)
    assert found.step == 0.05
    assert np.unique(found.weights).tolist() == [1.0]
    assert weights_reveal_classes(found.weights, KEPT, EDUCATION).is_safe


def test_weights_far_apart_have_to_go():
    weights = np.where(EDUCATION[:, 0] == 0, 0.1, 4.0)
    found = propose_weights(weights, KEPT, EDUCATION)
    assert (found.step, found.weights) == (None, None)


@pytest.mark.parametrize(
    ("weights", "withheld", "code"),
    [
        (np.ones(3), EDUCATION, "wrong_length"),
        (np.ones(40), EDUCATION[:3], "wrong_length"),
        (np.zeros(40), EDUCATION, "invalid_value"),
        (np.full(40, np.nan), EDUCATION, "invalid_value"),
    ],
)
def test_input_that_does_not_fit_is_refused(weights, withheld, code):
    with pytest.raises(InputError) as error:
        weights_reveal_classes(weights, KEPT, withheld)
    assert error.value.code == code
