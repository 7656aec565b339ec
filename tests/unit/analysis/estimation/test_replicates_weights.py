import numpy as np
import pytest

from analysis.errors import EstimationError, InputError
from analysis.estimation.replicate_weights import (
    balanced_half_samples,
    given_replicates,
    jackknife,
    rescaled_bootstrap,
    stratified_jackknife,
)
from analysis.estimation.replicates import ReplicateMethod

WEIGHTS = np.array([2.0, 2, 3, 3, 4, 4, 5, 5])
STRATA = np.array([0, 0, 0, 0, 1, 1, 1, 1])
CLUSTERS = np.array([1, 1, 2, 2, 3, 3, 4, 4])


def generator(seed=7):
    return np.random.default_rng(seed)


def test_jackknife_drops_one_respondent_and_raises_the_others():
    replicates = jackknife(WEIGHTS)
    expected = WEIGHTS[:, None] * 8 / 7 * (1 - np.eye(8))
    np.testing.assert_allclose(replicates.weight_matrix(), expected)
    assert replicates.scale == 7 / 8
    assert replicates.degrees_of_freedom == 7


def test_jackknife_drops_whole_clusters_and_knows_the_frame():
    replicates = jackknife(WEIGHTS, clusters=CLUSTERS, sampling_fraction=0.5)
    assert replicates.n_replicates == 4
    np.testing.assert_allclose(replicates.weight_matrix()[:, 0], WEIGHTS * 4 / 3 * (CLUSTERS != 1))
    assert replicates.scale == 0.5 * 3 / 4
    assert replicates.degrees_of_freedom == 3


def test_stratified_jackknife_leaves_other_strata_alone():
    replicates = stratified_jackknife(WEIGHTS, STRATA, clusters=CLUSTERS, sampling_fraction=[0.0, 0.5])
    np.testing.assert_allclose(replicates.weight_matrix()[:, 0], WEIGHTS * [0, 0, 2, 2, 1, 1, 1, 1])
    np.testing.assert_allclose(replicates.rscales, [0.5, 0.5, 0.25, 0.25])
    assert replicates.scale == 1.0
    assert replicates.degrees_of_freedom == 2


def test_replicates_of_the_stratified_jackknife_follow_the_strata_not_the_rows():
    replicates = stratified_jackknife(np.ones(4), [1, 0, 1, 0], sampling_fraction=[0.0, 0.5])
    np.testing.assert_allclose(replicates.rscales, [0.5, 0.5, 0.25, 0.25])
    dropped = (replicates.weight_matrix() == 0).argmax(axis=0)
    np.testing.assert_array_equal(dropped, [1, 3, 0, 2])


@pytest.mark.parametrize("n_strata", [1, 2, 3, 4, 5, 11, 12, 24])
def test_half_samples_are_in_full_balance(n_strata):
    strata = np.repeat(np.arange(n_strata), 2)
    replicates = balanced_half_samples(np.ones(2 * n_strata), strata)
    signs = replicates.weight_matrix()[::2] - 1
    np.testing.assert_array_equal(np.abs(signs), 1)
    np.testing.assert_array_equal(signs @ signs.T, replicates.n_replicates * np.eye(n_strata))
    np.testing.assert_array_equal(signs.sum(axis=1), 0)
    np.testing.assert_array_equal(replicates.weight_matrix()[1::2], 1 - signs)
    assert replicates.degrees_of_freedom == n_strata


def test_fay_keeps_everybody_with_a_smaller_swing():
    replicates = balanced_half_samples(WEIGHTS, STRATA, clusters=CLUSTERS, fay=0.3)
    factors = replicates.weight_matrix() / WEIGHTS[:, None]
    np.testing.assert_allclose(np.unique(factors.round(12)), [0.3, 1.7])
    np.testing.assert_allclose(replicates.scale, 1 / (4 * 0.49))


@pytest.mark.parametrize("fay", [-0.1, 1.0, np.nan])
def test_a_fay_factor_outside_its_range_is_refused(fay):
    with pytest.raises(InputError, match="fay"):
        balanced_half_samples(WEIGHTS, STRATA, clusters=CLUSTERS, fay=fay)


def test_half_samples_need_two_units_in_every_stratum():
    with pytest.raises(EstimationError) as caught:
        balanced_half_samples(np.ones(5), [4, 4, 9, 9, 9])
    assert caught.value.params == {"stratum": 9, "n_units": 3}


def test_bootstrap_draws_one_unit_less_than_there_are_in_every_stratum():
    strata = np.repeat([0, 1, 2], [2, 5, 30])
    replicates = rescaled_bootstrap(np.ones(37), 200, generator(), strata=strata)
    weights = replicates.weight_matrix()
    for h, n_units in enumerate([2, 5, 30]):
        times = weights[strata == h] * (n_units - 1) / n_units
        np.testing.assert_allclose(times, np.rint(times), atol=1e-12)
        np.testing.assert_allclose(times.sum(axis=0), n_units - 1)
    assert replicates.scale == 1 / 199
    assert replicates.degrees_of_freedom == 34
    assert replicates.is_random


def test_bootstrap_draws_every_unit_of_a_stratum_equally_often():
    strata = np.repeat([1, 0], [4, 6])
    replicates = rescaled_bootstrap(np.ones(10), 4000, generator(), strata=strata)
    mean = replicates.weight_matrix().mean(axis=1)
    np.testing.assert_allclose(mean, 1.0, atol=5 * 1.3 / np.sqrt(4000))


def test_bootstrap_keeps_clusters_together():
    replicates = rescaled_bootstrap(WEIGHTS, 50, generator(), clusters=CLUSTERS)
    factors = replicates.weight_matrix() / WEIGHTS[:, None]
    np.testing.assert_array_equal(factors[::2], factors[1::2])


def test_bootstrap_with_a_finite_population_shrinks_towards_the_sample():
    full = rescaled_bootstrap(np.ones(10), 40, generator()).weight_matrix()
    shrunk = rescaled_bootstrap(np.ones(10), 40, generator(), sampling_fraction=0.75).weight_matrix()
    np.testing.assert_allclose(shrunk - 1, 0.5 * (full - 1))
    assert shrunk.min() > 0


def test_the_same_generator_state_gives_the_same_draws_and_another_state_others():
    first, again, other = (rescaled_bootstrap(WEIGHTS, 30, generator(s)).weight_matrix() for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_degrees_of_freedom_of_a_bootstrap_never_exceed_the_replicates():
    assert rescaled_bootstrap(np.ones(100), 10, generator()).degrees_of_freedom == 9


def test_a_single_replicate_is_refused():
    with pytest.raises(InputError, match="n_replicates"):
        rescaled_bootstrap(WEIGHTS, 1, generator())


def test_a_set_that_does_not_fit_in_memory_is_refused_before_it_is_made():
    with pytest.raises(EstimationError) as caught:
        jackknife(np.ones(20_000))
    assert caught.value.code == "too_many_replicates"
    with pytest.raises(EstimationError, match="replicates"):
        rescaled_bootstrap(np.ones(2_000), 1_000_000, generator())


def test_a_stratum_with_one_unit_is_refused():
    with pytest.raises(EstimationError, match="single"):
        stratified_jackknife(np.ones(3), [0, 0, 1])
    with pytest.raises(EstimationError, match="single"):
        jackknife(np.ones(1))


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize(
    "make",
    [
        jackknife,
        lambda w: stratified_jackknife(w, STRATA),
        lambda w: balanced_half_samples(w, STRATA, clusters=CLUSTERS),
        lambda w: rescaled_bootstrap(w, 5, generator()),
        lambda w: given_replicates(w, np.ones((8, 3)), scale=1.0),
    ],
)
def test_base_weights_that_are_not_positive_are_refused(make, bad):
    with pytest.raises(InputError, match="weights"):
        make(np.where(np.arange(8) == 3, bad, WEIGHTS))


def test_no_respondents_are_refused():
    with pytest.raises(InputError, match="no rows"):
        jackknife([])


def test_given_weights_are_returned_as_given():
    given = generator().uniform(0, 3, (8, 5))
    replicates = given_replicates(WEIGHTS, given, scale=0.25, rscales=[1, 2, 3, 4, 5], mse=True)
    np.testing.assert_allclose(replicates.weight_matrix(), given)
    np.testing.assert_allclose(replicates.weight_matrix(np.array([3, 1])), given[:, [3, 1]])
    assert replicates.method is ReplicateMethod.GIVEN
    assert replicates.mse
    assert not replicates.is_random


def test_given_factors_multiply_the_weights():
    replicates = given_replicates(WEIGHTS, np.full((8, 2), 3.0), scale=1, combined=False, is_bootstrap=True)
    np.testing.assert_allclose(replicates.weight_matrix()[:, 0], 3 * WEIGHTS)
    assert replicates.is_random


@pytest.mark.parametrize("n_strata", [1, 2, 3])
def test_degrees_of_freedom_of_given_weights_are_units_minus_strata(n_strata):
    strata = np.arange(12) % n_strata
    weights = np.linspace(1, 3, 12)
    made = stratified_jackknife(weights, strata)
    given = given_replicates(weights, made.weight_matrix(), scale=1, rscales=made.rscales)
    assert given.degrees_of_freedom == made.degrees_of_freedom == 12 - n_strata
    assert given_replicates(weights, made.weight_matrix(), scale=1, degrees_of_freedom=4).degrees_of_freedom == 4


@pytest.mark.parametrize(
    ("matrix", "options"),
    [
        (np.ones((8, 1)), {"scale": 1.0}),
        (-np.ones((8, 3)), {"scale": 1.0}),
        (np.full((8, 3), np.nan), {"scale": 1.0}),
        (np.ones((7, 3)), {"scale": 1.0}),
        (np.ones(8), {"scale": 1.0}),
        (np.ones((8, 3)), {"scale": -1.0}),
        (np.ones((8, 3)), {"scale": np.nan}),
        (np.ones((8, 3)), {"scale": 1.0, "rscales": [1, 1]}),
        (np.ones((8, 3)), {"scale": 1.0, "rscales": [1, 1, -1]}),
    ],
)
def test_given_weights_that_do_not_fit_are_refused(matrix, options):
    with pytest.raises(InputError):
        given_replicates(WEIGHTS, matrix, **options)
