import numpy as np
import pytest

from analysis.errors import ConvergenceError, InputError
from analysis.estimation.replicate_calibration import recalibrate_by
from analysis.estimation.replicate_estimates import replicate_totals
from analysis.estimation.replicate_linear_calibration import recalibrate_linearly
from analysis.estimation.replicate_weights import given_replicates, rescaled_bootstrap

N = 90
RNG = np.random.default_rng(2)
WEIGHTS = RNG.uniform(1, 3, N)
GROUP = np.arange(N) % 3
AUXILIARIES = np.column_stack([np.ones(N), GROUP == 1, GROUP == 2, RNG.normal(40, 10, N)]).astype(float)
TOTALS = np.array([200.0, 60, 70, 8100])


def bootstrap(n_replicates=30):
    return rescaled_bootstrap(WEIGHTS, n_replicates, np.random.default_rng(1))


def regress(rows, weights):
    x = AUXILIARIES[rows]
    coefficients = np.linalg.solve(x.T @ (x * weights[:, None]), TOTALS - weights @ x)
    return weights * (1 + x @ coefficients)


def test_every_replicate_meets_the_totals_and_is_what_regression_alone_gives():
    found = recalibrate_linearly(bootstrap(), AUXILIARIES, TOTALS)
    by_hand = recalibrate_by(bootstrap(), regress)
    np.testing.assert_allclose(found.weights, by_hand.weights, rtol=1e-10)
    np.testing.assert_allclose(found.weight_matrix(), by_hand.weight_matrix(), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(
        AUXILIARIES.T @ found.weight_matrix(), np.repeat(TOTALS[:, None], 30, axis=1), rtol=1e-10
    )
    assert found.recalibration.max_error.max() <= 1e-10


def test_a_calibrated_total_has_no_spread_left():
    totals = replicate_totals(recalibrate_linearly(bootstrap(), AUXILIARIES, TOTALS), AUXILIARIES)
    np.testing.assert_allclose(totals.estimate[0], TOTALS)
    assert (totals.standard_error < 1e-9 * TOTALS).all()


def test_the_unit_of_an_auxiliary_does_not_matter():
    units = np.array([1.0, 1e-6, 1e6, 1e3])
    found = recalibrate_linearly(bootstrap(), AUXILIARIES * units, TOTALS * units)
    plain = recalibrate_linearly(bootstrap(), AUXILIARIES, TOTALS)
    np.testing.assert_allclose(found.weight_matrix(), plain.weight_matrix(), rtol=1e-8, atol=1e-10)


def test_repeated_and_empty_auxiliaries_are_no_obstacle():
    more = np.column_stack([AUXILIARIES, GROUP == 0, np.zeros(N)])
    found = recalibrate_linearly(bootstrap(), more, [*TOTALS, 70, 0])
    plain = recalibrate_linearly(bootstrap(), AUXILIARIES, TOTALS)
    np.testing.assert_allclose(found.weight_matrix(), plain.weight_matrix(), rtol=1e-7, atol=1e-9)


def test_totals_that_contradict_each_other_are_refused():
    doubled = np.column_stack([AUXILIARIES, GROUP == 0])
    with pytest.raises(ConvergenceError) as caught:
        recalibrate_linearly(bootstrap(), doubled, [*TOTALS, 95])
    assert caught.value.code == "totals_not_met"
    assert caught.value.params["replicate"] == 0


def test_a_replicate_that_lost_a_group_is_refused_or_left_out():
    factors = np.ones((N, 4))
    factors[GROUP == 1, 2] = 0
    replicates = given_replicates(WEIGHTS, factors, scale=1 / 3, combined=False, is_bootstrap=True)
    with pytest.raises(ConvergenceError) as caught:
        recalibrate_linearly(replicates, AUXILIARIES, TOTALS)
    params = caught.value.params
    assert (params["count"], params["n_replicates"], params["replicate"], params["column"]) == (1, 4, 3, 1)
    left = recalibrate_linearly(replicates, AUXILIARIES, TOTALS, leave_out=True)
    np.testing.assert_array_equal(left.recalibration.left_out, [2])
    assert left.n_replicates == 3


@pytest.mark.parametrize(
    ("auxiliaries", "totals"),
    [
        (AUXILIARIES[:5], TOTALS),
        (AUXILIARIES, TOTALS[:2]),
        (AUXILIARIES[:, 0], TOTALS),
        (np.where(AUXILIARIES > 50, np.nan, AUXILIARIES), TOTALS),
        (AUXILIARIES, [np.inf, 1, 1, 1]),
        (np.empty((N, 0)), []),
    ],
)
def test_auxiliaries_and_totals_that_do_not_fit_are_refused(auxiliaries, totals):
    with pytest.raises(InputError):
        recalibrate_linearly(bootstrap(), auxiliaries, totals)
