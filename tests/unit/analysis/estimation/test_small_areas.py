import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from analysis.errors import EstimationError, InputError
from analysis.estimation.small_areas import benchmark_areas, estimate_small_areas, smooth_variances

METHODS = ["reml", "ml", "fay_herriot", "prasad_rao"]
M = 24


def _areas(seed: int, variance: float = 0.5, m: int = M) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = np.column_stack([np.ones(m), random.normal(size=m)])
    psi = np.tile([0.2, 0.4, 0.8], m // 3)
    truth = x @ [1.0, 0.5] + random.normal(0, np.sqrt(variance), m)
    return truth + random.normal(0, np.sqrt(psi)), psi, x, truth


def _dense_loss(log_variance: float, y: np.ndarray, psi: np.ndarray, x: np.ndarray, *, restricted: bool) -> float:
    v = np.diag(psi) + np.exp(log_variance) * np.eye(y.shape[0])
    inverse = np.linalg.inv(v)
    normal = x.T @ inverse @ x
    r = y - x @ np.linalg.solve(normal, x.T @ inverse @ y)
    loss = np.linalg.slogdet(v)[1] + r @ inverse @ r
    return float(loss + np.linalg.slogdet(normal)[1]) if restricted else float(loss)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_variance_is_where_the_likelihood_is_highest(seed, restricted):
    y, psi, x, _ = _areas(seed)
    found = estimate_small_areas(y, psi, x, method="reml" if restricted else "ml")
    own = minimize_scalar(lambda v: _dense_loss(v, y, psi, x, restricted=restricted), bounds=(-12, 4), method="bounded")
    if found.variance == 0:
        assert own.x < -11
    else:
        at_found = _dense_loss(np.log(found.variance), y, psi, x, restricted=restricted)
        assert at_found <= own.fun + 1e-9
        constant = (M - 2 if restricted else M) * np.log(2 * np.pi)
        assert found.log_likelihood == pytest.approx(-0.5 * (at_found + constant))


@given(st.integers(0, 10_000), st.sampled_from(METHODS))
def test_estimate_is_the_best_linear_predictor(seed, method):
    y, psi, x, _ = _areas(seed)
    found = estimate_small_areas(y, psi, x, method=method)
    inverse = np.linalg.inv(np.diag(psi) + found.variance * np.eye(M))
    beta = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ y)
    np.testing.assert_allclose(found.coefficients, beta, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(found.estimate, x @ beta + found.variance * inverse @ (y - x @ beta), atol=1e-9)
    np.testing.assert_allclose(found.coefficient_covariance, np.linalg.inv(x.T @ inverse @ x), rtol=1e-8)


@given(st.integers(0, 10_000), st.sampled_from(METHODS))
def test_estimate_lies_between_direct_and_synthetic(seed, method):
    y, psi, x, _ = _areas(seed)
    found = estimate_small_areas(y, psi, x, method=method)
    low, high = np.minimum(y, found.synthetic), np.maximum(y, found.synthetic)
    assert np.all((found.estimate >= low - 1e-12) & (found.estimate <= high + 1e-12))
    assert np.all((found.shrinkage >= 0) & (found.shrinkage < 1))
    assert np.all(found.mse > 0)


@given(st.integers(0, 1_000), st.sampled_from(METHODS), st.floats(0.01, 100))
def test_other_units_change_nothing_but_the_units(seed, method, factor):
    y, psi, x, _ = _areas(seed)
    before = estimate_small_areas(y, psi, x, method=method)
    after = estimate_small_areas(y * factor, psi * factor**2, x, method=method)
    np.testing.assert_allclose(after.estimate, before.estimate * factor, rtol=1e-6, atol=1e-9 * factor)
    np.testing.assert_allclose(after.mse, before.mse * factor**2, rtol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_area_without_answers_gets_the_synthetic_figure_and_says_so(method):
    y, psi, x, _ = _areas(1)
    y[3], psi[3] = np.nan, np.nan
    found = estimate_small_areas(y, psi, x, method=method)
    assert found.is_synthetic.tolist() == [i == 3 for i in range(M)]
    assert found.estimate[3] == pytest.approx(found.synthetic[3])
    assert found.shrinkage[3] == 0.0
    assert np.isnan(found.standardized_residuals[3])
    kept = np.arange(M) != 3
    without = estimate_small_areas(y[kept], psi[kept], x[kept], method=method)
    np.testing.assert_allclose(found.estimate[kept], without.estimate)
    np.testing.assert_allclose(found.mse[kept], without.mse)
    vague = estimate_small_areas(np.where(kept, y, 0.0), np.where(kept, psi, 1e12), x, method="reml")
    reml = estimate_small_areas(y, psi, x)
    assert vague.mse[3] == pytest.approx(reml.mse[3], rel=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_estimates_that_vary_less_than_chance_get_no_variance_between_areas(method):
    _, psi, x, _ = _areas(2)
    found = estimate_small_areas(x @ [1.0, 0.5] + 0.01 * np.tile([1, -1], M // 2), psi, x, method=method)
    assert found.variance == 0.0
    np.testing.assert_allclose(found.estimate, found.synthetic)


@pytest.mark.parametrize("method", METHODS)
def test_large_differences_leave_the_direct_estimates_alone(method):
    y, psi, x, _ = _areas(3, variance=1e6)
    found = estimate_small_areas(y, psi, x, method=method)
    np.testing.assert_allclose(found.shrinkage, 1.0, atol=1e-5)
    np.testing.assert_allclose(found.mse, psi, rtol=1e-4)


def test_highest_of_two_tops_is_found():
    # one precise area with a small residual pulls towards 0, the others towards a large variance
    y = np.array([0.0, 0.0, 0.01, -0.01, 9.0, -9.0, 10.0, -8.0, 9.5, -11.0])
    psi = np.array([1e-4, 1e-4, 1e-4, 1e-4, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    x = np.ones((10, 1))
    found = estimate_small_areas(y, psi, x)
    losses = [_dense_loss(v, y, psi, x, restricted=True) for v in np.linspace(-20, 6, 400)]
    assert _dense_loss(np.log(found.variance), y, psi, x, restricted=True) <= min(losses) + 1e-9


def test_interval_is_normal():
    y, psi, x, _ = _areas(4)
    found = estimate_small_areas(y, psi, x)
    low, high = found.intervals(0.9)
    np.testing.assert_allclose((high - low) / 2, 1.6448536269514722 * np.sqrt(found.mse))
    with pytest.raises(InputError):
        found.intervals(0.0)


@pytest.mark.slow
@pytest.mark.heavy
@pytest.mark.parametrize("method", METHODS)
def test_estimated_error_is_the_error_that_is_made(method):
    psi = np.tile([0.7, 0.6, 0.5, 0.4, 0.3], 9)
    random = np.random.default_rng(11)
    x = np.column_stack([np.ones(45), random.normal(size=45)])
    repeats = 1_000
    made, estimated, covered = np.zeros(45), np.zeros(45), np.zeros(45)
    for _ in range(repeats):
        truth = x @ [2.0, 1.0] + random.normal(0, 1.0, 45)
        y = truth + random.normal(0, np.sqrt(psi))
        y[::9] = np.nan
        found = estimate_small_areas(y, psi, x, method=method)
        low, high = found.intervals()
        made += (found.estimate - truth) ** 2 / repeats
        estimated += found.mse / repeats
        covered += ((low <= truth) & (truth <= high)) / repeats
    seen = np.arange(45) % 9 != 0
    assert estimated[seen].mean() == pytest.approx(made[seen].mean(), rel=0.05)
    assert estimated[~seen].mean() == pytest.approx(made[~seen].mean(), rel=0.08)
    assert 0.93 <= covered.mean() <= 0.97


@given(st.integers(0, 1_000), st.floats(-3, 3))
def test_benchmarked_areas_average_to_the_total(seed, total):
    y, psi, x, _ = _areas(seed)
    shares = np.random.default_rng(seed).dirichlet(np.ones(M))
    areas = estimate_small_areas(y, psi, x)
    assert shares @ benchmark_areas(areas, shares, total) == pytest.approx(total, abs=1e-10)
    already = benchmark_areas(areas, shares, float(shares @ areas.estimate))
    np.testing.assert_allclose(already, areas.estimate, atol=1e-12)


def test_benchmarking_moves_what_is_known_least_most():
    y, psi, x, _ = _areas(5)
    y[0] = np.nan
    areas = estimate_small_areas(y, psi, x)
    moved = np.abs(benchmark_areas(areas, np.full(M, 1 / M), 5.0) - areas.estimate)
    assert np.argmax(moved) == np.argmax(areas.mse)
    np.testing.assert_allclose(moved / moved[1], areas.mse / areas.mse[1])


@pytest.mark.parametrize(
    ("shares", "total"),
    [(np.full(M, 0.1), 1.0), (np.full(M - 1, 1 / (M - 1)), 1.0), (np.full(M, 1 / M), np.nan), (np.eye(M)[0] * -1, 1.0)],
)
def test_benchmark_that_does_not_fit_is_refused(shares, total):
    areas = estimate_small_areas(*_areas(6)[:3])
    with pytest.raises(InputError):
        benchmark_areas(areas, shares, total)


def test_smoothed_variances_have_the_pooled_variance_of_one_answer():
    found = smooth_variances([0.02, 0.0, np.nan, 0.05, np.nan], [10, 4, 0, 2, np.nan])
    pooled = (9 * 10 * 0.02 + 0.0 + 1 * 2 * 0.05) / (9 + 3 + 1)
    np.testing.assert_allclose(found, [pooled / 10, pooled / 4, np.nan, pooled / 2, np.nan])


@given(st.lists(st.integers(2, 60), min_size=2, max_size=12))
def test_variances_of_like_areas_are_left_as_they_are(bases):
    n = np.array(bases, dtype=float)
    np.testing.assert_allclose(smooth_variances(0.3 / n, n), 0.3 / n)


def test_area_with_one_answer_borrows_its_variance():
    np.testing.assert_allclose(smooth_variances([0.1, 0.0], [5, 1]), [0.1, 0.5])


@pytest.mark.parametrize(("variances", "base"), [([0.0, 0.0], [5, 6]), ([0.1, 0.1], [1, 1])])
def test_nothing_to_pool_is_refused(variances, base):
    with pytest.raises(EstimationError) as caught:
        smooth_variances(variances, base)
    assert caught.value.code == "too_few_areas"


@pytest.mark.parametrize(
    ("variances", "base"), [([-0.1, 0.1], [5, 6]), ([0.1, np.inf], [5, 6]), ([0.1, 0.1], [-5, 6]), ([0.1, 0.1], [5])]
)
def test_variances_and_bases_that_do_not_fit_are_refused(variances, base):
    with pytest.raises(InputError):
        smooth_variances(variances, base)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"direct": [1.0, np.inf, 2, 3]}, "invalid_value"),
        ({"sampling_variance": [1.0, 0, 1, 1]}, "invalid_value"),
        ({"sampling_variance": [1.0, np.nan, 1, 1]}, "invalid_value"),
        ({"sampling_variance": [1.0, 1, 1]}, "wrong_length"),
        ({"x": np.ones((3, 1))}, "wrong_length"),
        ({"x": [[1.0], [np.nan], [1], [1]]}, "invalid_value"),
        ({"method": "eb"}, "invalid_value"),
    ],
)
def test_areas_that_do_not_fit_are_refused(change, code):
    areas = {"direct": [1.0, 2, 3, 4], "sampling_variance": [1.0, 1, 1, 1], "x": np.ones((4, 1)), "method": "reml"}
    with pytest.raises(InputError) as caught:
        estimate_small_areas(**(areas | change))
    assert caught.value.code == code


def test_as_many_covariates_as_areas_are_refused():
    with pytest.raises(EstimationError) as caught:
        estimate_small_areas([1.0, 2, np.nan], [1.0, 1, 1], [[1.0, 0], [1, 1], [1, 2]])
    assert caught.value.params == {"areas": 2, "needed": 3}


@pytest.mark.parametrize("extra", [0.0, 2.0])
def test_covariate_that_says_nothing_new_is_refused(extra):
    with pytest.raises(EstimationError) as caught:
        estimate_small_areas([1.0, 2, 3, 4], np.ones(4), np.column_stack([np.ones(4), np.full(4, extra)]))
    assert caught.value.params == {"column": 1}
