import numpy as np
import pytest

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import unweighted_design, weighted_design
from analysis.estimation.quantiles import estimate_quantile


def test_median_is_an_answer_that_was_given():
    found = estimate_quantile(unweighted_design(6), np.array([9.0, 1, 3, np.nan, 7, 5]))
    assert (found.estimate, found.base) == (5.0, 5)
    assert found.low <= 5.0 <= found.high


def test_weights_move_the_median():
    design = weighted_design(np.array([1.0, 1, 1, 10]))
    assert estimate_quantile(design, np.array([1.0, 2, 3, 4])).estimate == 4.0


def test_interval_stays_within_the_answers():
    found = estimate_quantile(unweighted_design(4), np.array([1.0, 2, 3, 4]), 0.95)
    assert (found.low, found.high) == (4.0, 4.0)


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_probability_must_lie_inside(probability):
    with pytest.raises(InputError):
        estimate_quantile(unweighted_design(2), np.ones(2), probability)


def test_no_answers_have_no_median():
    with pytest.raises(EstimationError):
        estimate_quantile(unweighted_design(2), np.full(2, np.nan))
