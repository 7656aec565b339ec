import numpy as np
import pytest

from analysis.errors import InputError
from analysis.weighting.diagnostics import summarize_weights, weight_histogram


def test_equal_weights_cost_nothing():
    summary = summarize_weights(np.full(50, 3.0))
    assert (summary.design_effect, summary.effective_n, summary.variation) == pytest.approx((1, 50, 0))
    assert summary.total == 150.0


def test_unequal_weights_cost_effective_respondents():
    summary = summarize_weights([1.0, 1.0, 4.0])
    assert summary.design_effect == pytest.approx(3 * 18 / 36)
    assert summary.effective_n == pytest.approx(2.0)
    assert (summary.min_over_mean, summary.max_over_mean) == pytest.approx((0.5, 2.0))


def test_histogram_counts_every_respondent_also_the_heaviest():
    found = weight_histogram(np.concatenate([np.ones(99), [100.0]]), n_bins=10)
    assert found.counts.sum() == 100
    assert found.counts[-1] == 1
    assert found.edges.shape == (11,)
    assert found.edges[-1] == pytest.approx(100 / 1.99)


def test_nobody_has_no_weights_to_summarize():
    with pytest.raises(InputError) as caught:
        summarize_weights([])
    assert caught.value.code == "no_rows"


def test_negative_weights_of_linear_calibration_are_counted_in_the_first_class():
    found = weight_histogram([-1.0, 1.0, 2.0, 6.0], n_bins=2, upper=2.0)
    assert found.edges.tolist() == [-0.5, 1.0, 3.0]
    assert found.counts.tolist() == [2, 2]
