import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from analysis.errors import EstimationError, InputError
from analysis.estimation.glm import fit_glm, fit_logistic

ONES = np.ones(6)
X = np.column_stack([ONES, [0, 1, 2, 3, 4, 5]])
Y = np.array([0.0, 1, 0, 1, 0, 1])


def _sample(seed: int, n: int = 60, p: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), random.normal(size=(n, p - 1))])
    return x, (random.random(n) < 0.4).astype(float), random.uniform(0.2, 5.0, n)


def test_share_of_yes_is_the_intercept():
    found = fit_logistic(np.ones((4, 1)), [1, 0, 0, 0])
    np.testing.assert_allclose(found.coefficients, [np.log(1 / 3)], rtol=1e-13)
    np.testing.assert_allclose(found.fitted, 0.25, rtol=1e-13)
    np.testing.assert_allclose(found.information, [[4 * 0.25 * 0.75]], rtol=1e-13)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_logistic_fit_is_where_the_likelihood_is_highest(seed):
    x, y, w = _sample(seed)

    def loss(beta):
        eta = x @ beta
        return w @ (np.logaddexp(0, eta) - y * eta), x.T @ (w * (1 / (1 + np.exp(-eta)) - y))

    own = minimize(loss, np.zeros(3), jac=True, method="BFGS", options={"gtol": 1e-9})
    assume(np.abs(own.x).max() < 10)
    np.testing.assert_allclose(fit_logistic(x, y, w).coefficients, own.x, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("family", ["binomial", "gaussian", "poisson"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_score_vanishes_and_inverse_is_the_inverse(family, seed):
    x, y, w = _sample(seed)
    found = fit_glm(x, y, w, family=family)
    np.testing.assert_allclose(x.T @ (w * (y - found.fitted)), 0.0, atol=1e-10)
    np.testing.assert_allclose(found.residuals, y - found.fitted, atol=1e-13)
    np.testing.assert_allclose(found.information @ found.inverse_information, np.eye(3), atol=1e-11)


def test_gaussian_fit_is_weighted_least_squares():
    x, y, w = _sample(4)
    root = np.sqrt(w)[:, None]
    expected = np.linalg.lstsq(x * root, y * root[:, 0], rcond=None)[0]
    np.testing.assert_allclose(fit_glm(x, y, w, family="gaussian").coefficients, expected, rtol=1e-11)


def test_rows_without_weight_do_not_count_but_are_predicted():
    x, y, w = _sample(5)
    w[:10] = 0.0
    whole, part = fit_logistic(x, y, w), fit_logistic(x[10:], y[10:], w[10:])
    np.testing.assert_allclose(whole.coefficients, part.coefficients, rtol=1e-12)
    assert whole.fitted.shape == (60,)


def test_columns_of_very_different_size_do_no_harm():
    x, y, w = _sample(6)
    shifted = x.copy()
    shifted[:, 1] = 2020.0 + x[:, 1] * 1e-3
    np.testing.assert_allclose(fit_logistic(shifted, y, w).fitted, fit_logistic(x, y, w).fitted, rtol=1e-8)


@pytest.mark.parametrize(
    ("x", "y", "family"),
    [
        ([0.94, 27.64, 14.8, 0.32, 157.26, 19.0], [1.0, 1, 0, 0, 1, 1], "binomial"),
        ([191.0, 193, 15, 118, 162, 163], [12.0, 0, 0, 48, 12, 13], "poisson"),
    ],
)
def test_step_that_goes_too_far_is_shortened(x, y, family):
    columns = np.column_stack([ONES, x])
    found = fit_glm(columns, y, family=family)
    np.testing.assert_allclose(columns.T @ found.residuals, 0.0, atol=1e-8 * np.sum(y))


def test_fit_that_takes_too_long_is_refused():
    with pytest.raises(EstimationError) as caught:
        fit_glm(X, [0.0, 1, 0, 2, 9, 40], family="poisson", max_iterations=1)
    assert (caught.value.code, caught.value.params) == ("fit_not_converged", {"iterations": 1})


def test_counts_of_very_different_size_are_fitted():
    x, y, w = _sample(7)
    counts = np.exp(8 * x[:, 1]) * (1 + y)
    found = fit_glm(x, counts, w, family="poisson")
    np.testing.assert_allclose(x.T @ (w * found.residuals) / (x.T @ (w * counts)), 0.0, atol=1e-8)


@pytest.mark.parametrize("answers", [[0, 0, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]])
def test_perfectly_predicted_answers_are_refused(answers):
    with pytest.raises(EstimationError, match="predicted perfectly"):
        fit_logistic(X, answers)


def test_group_in_which_everybody_agrees_is_named():
    group = np.array([0.0, 0, 0, 0, 1, 1])
    with pytest.raises(EstimationError) as caught:
        fit_logistic(np.column_stack([ONES, group]), [0, 1, 0, 1, 1, 1])
    assert (caught.value.code, caught.value.params) == ("separation", {"column": 1})


def test_counts_that_are_all_zero_are_refused():
    with pytest.raises(EstimationError) as caught:
        fit_glm(X, np.zeros(6), family="poisson")
    assert caught.value.code == "separation"


@pytest.mark.parametrize("extra", [X[:, 1] * 2 - 1, np.zeros(6), ONES])
def test_column_that_says_nothing_new_is_named(extra):
    with pytest.raises(EstimationError) as caught:
        fit_logistic(np.column_stack([X, extra]), Y)
    assert (caught.value.code, caught.value.params) == ("collinear_column", {"column": 2})


def test_more_columns_than_rows_are_refused():
    with pytest.raises(EstimationError) as caught:
        fit_logistic([[1.0, 2.0, 3.0]], [1.0])
    assert caught.value.params == {"column": 1}


@pytest.mark.parametrize(
    ("x", "y", "weights", "family"),
    [
        (X, [0, 1, 0, 2, 0, 1], None, "binomial"),
        (X, [0, 1, 0, np.nan, 0, 1], None, "gaussian"),
        (X, [0, 1, 0, -1, 0, 1], None, "poisson"),
        (X + np.inf, Y, None, "gaussian"),
        (X, Y, -ONES, "binomial"),
        (X, Y, ONES * np.nan, "binomial"),
        (X, Y, ONES * 0, "binomial"),
        (X, Y[:5], None, "binomial"),
        (X, Y, ONES[:5], "binomial"),
        (X[:, 1], Y, None, "binomial"),
        (X[:0], Y[:0], None, "binomial"),
        (X, Y, None, "gamma"),
    ],
)
def test_input_that_does_not_fit_is_refused(x, y, weights, family):
    with pytest.raises(InputError):
        fit_glm(x, y, weights, family=family)
