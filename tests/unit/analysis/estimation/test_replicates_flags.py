"""What a set of replicates says about itself: the method, and around what its variance is taken."""

import numpy as np
import pytest

from analysis.errors import InputError
from analysis.estimation.replicate_estimates import replicate_statistic
from analysis.estimation.replicate_weights import balanced_half_samples, jackknife, stratified_jackknife
from analysis.estimation.replicates import ReplicateMethod

WEIGHTS = np.array([1.0, 2, 1, 3, 2, 1])
STRATA = [1, 0, 1, 0, 1, 0]
PAIRS = [2, 0, 1, 0, 1, 2]


@pytest.mark.parametrize(
    ("make", "method"),
    [
        (lambda **o: jackknife(WEIGHTS, **o), ReplicateMethod.JACKKNIFE),
        (lambda **o: stratified_jackknife(WEIGHTS, STRATA, **o), ReplicateMethod.STRATIFIED_JACKKNIFE),
        (lambda **o: balanced_half_samples(WEIGHTS, PAIRS, **o), ReplicateMethod.HALF_SAMPLES),
    ],
)
def test_the_variance_is_around_the_mean_of_the_replicates_unless_asked(make, method):
    values = np.array([3.0, 1, 4, 1, 5, 9])

    def squared_mean(weights):
        return (values @ weights / weights.sum()) ** 2

    around_mean, around_estimate = make(), make(mse=True)
    assert around_mean.method is method
    assert (around_mean.mse, around_estimate.mse) == (False, True)
    smaller = replicate_statistic(around_mean, squared_mean).standard_error
    larger = replicate_statistic(around_estimate, squared_mean).standard_error
    assert np.all(smaller < larger)


@pytest.mark.parametrize("fay", [-0.1, 1.0])
def test_a_factor_of_fay_that_is_refused_is_named_with_its_value(fay):
    with pytest.raises(InputError) as caught:
        balanced_half_samples(WEIGHTS, PAIRS, fay=fay)
    assert (caught.value.params["name"], caught.value.params["value"]) == ("fay", fay)
