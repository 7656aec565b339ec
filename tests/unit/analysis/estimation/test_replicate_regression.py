import numpy as np
import pytest

from analysis.errors import EstimationError, InputError
from analysis.estimation.agreement import survey_kappa
from analysis.estimation.design import weighted_design
from analysis.estimation.glm import fit_glm
from analysis.estimation.regression import estimate_regression
from analysis.estimation.replicate_estimates import replicate_statistic
from analysis.estimation.replicate_regression import replicate_regression
from analysis.estimation.replicate_weights import given_replicates, jackknife, stratified_jackknife

N = 90


def _sample(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = np.column_stack([np.ones(N), random.normal(size=N)])
    y = (random.random(N) < 1 / (1 + np.exp(-x[:, 1]))).astype(float)
    return x, y, random.uniform(0.5, 2.0, N)


@pytest.mark.heavy
@pytest.mark.parametrize("family", ["binomial", "gaussian", "poisson"])
def test_replicates_that_move_one_weight_a_little_give_the_linearized_covariance(family):
    x, y, w = _sample(1)
    y[:4] = np.nan
    step = 1e-4
    replicates = given_replicates(w, 1 + step * np.eye(N), scale=N / (N - 1) / step**2, combined=False)
    found = replicate_regression(replicates, x, y, family=family)
    linearized = estimate_regression(weighted_design(w), x, y, family=family)
    np.testing.assert_allclose(found.coefficients, linearized.coefficients, rtol=1e-12)
    np.testing.assert_allclose(found.covariance, linearized.covariance, rtol=2e-3, atol=1e-8)
    np.testing.assert_array_equal(found.fitted, linearized.fitted)
    assert found.base == N - 4


def test_jackknife_of_clusters_agrees_with_linearization():
    x, y, w = _sample(2)
    clusters, strata = np.arange(N) // 3, (np.arange(N) // 3) % 2
    replicates = stratified_jackknife(w, strata, clusters=clusters, sampling_fraction=[0.2, 0.4])
    found = replicate_regression(replicates, x, y)
    design = weighted_design(w, strata=strata, clusters=clusters, sampling_fraction=[0.2, 0.4])
    linearized = estimate_regression(design, x, y)
    np.testing.assert_allclose(found.standard_error, linearized.standard_error, rtol=0.1)
    assert found.degrees_of_freedom == linearized.degrees_of_freedom == 28 + 1 - 2


def test_jackknife_is_the_spread_of_the_fits_without_one():
    x, y, w = _sample(3)
    domain = np.arange(N) < 70
    found = replicate_regression(jackknife(w), x, y, domain=domain)
    fits = []
    for row in range(N):
        kept = domain & (np.arange(N) != row)
        fits.append(fit_glm(x[kept], y[kept], w[kept]).coefficients)
    np.testing.assert_allclose(found.standard_error, np.sqrt(np.var(fits, axis=0) * (N - 1)), rtol=1e-8)
    assert found.degrees_of_freedom == 69 - 1


def test_jackknife_of_kappa_agrees_with_linearization():
    random = np.random.default_rng(4)
    first = random.integers(0, 3, N)
    second = np.where(random.random(N) < 0.5, first, random.integers(0, 3, N))
    w = random.uniform(0.5, 2.0, N)
    found = replicate_statistic(
        jackknife(w), lambda weights: survey_kappa(weighted_design(weights), first, second, 3).estimate
    )
    linearized = survey_kappa(weighted_design(w), first, second, 3)
    assert found.standard_error[0, 0] == pytest.approx(linearized.standard_error, rel=0.05)


def test_replicate_in_which_answers_are_predicted_perfectly_is_refused():
    x = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]])
    with pytest.raises(EstimationError) as caught:
        replicate_regression(jackknife(np.ones(6)), x, [0, 1, 1, 0, 1, 1])
    assert caught.value.code == "separation"


def test_arrays_of_another_length_are_refused():
    x, y, w = _sample(5)
    for bad in ({"x": x[1:]}, {"y": y[1:]}, {"domain": np.ones(3, dtype=bool)}):
        with pytest.raises(InputError) as caught:
            replicate_regression(jackknife(w), **({"x": x, "y": y} | bad))
        assert caught.value.code == "wrong_length"
