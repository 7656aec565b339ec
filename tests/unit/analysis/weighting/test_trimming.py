import numpy as np
import pytest

from analysis.errors import ConvergenceError, InputError
from analysis.weighting.raking import prepare_raking, rake
from analysis.weighting.trimming import rake_and_trim
from tests.unit.analysis.samples import AGE, POPULATION, SEX, base_weights, codes


def prepared(weights=None):
    base = base_weights() if weights is None else weights
    return prepare_raking(codes(), base, (SEX, AGE), POPULATION)


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


def test_bounds_that_the_margins_do_not_allow_are_refused():
    with pytest.raises(ConvergenceError) as caught:
        rake_and_trim(prepared(), lower=0.95, upper=1.05, max_rounds=5)
    assert caught.value.code == "bounds_not_met"
    assert caught.value.params["highest"] > 1.05


@pytest.mark.parametrize(("lower", "upper"), [(-0.1, 5), (1.0, 5), (0.2, 1.0)])
def test_bounds_must_enclose_the_mean(lower, upper):
    with pytest.raises(InputError):
        rake_and_trim(prepared(), lower=lower, upper=upper)
