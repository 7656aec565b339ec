import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.estimation.design import unweighted_design, weighted_design
from analysis.estimation.design_effects import mean_design_effects, total_design_effects
from analysis.estimation.differences import (
    differences_from_rest,
    domain_differences,
    item_differences,
    linear_contrasts,
    smooth_contrasts,
)
from analysis.estimation.estimates import covariance_of_means, estimate_means
from tests.unit.analysis.estimation.designs import any_design, leave_out

SEEDS = st.integers(0, 10_000)


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_domain_differences_agree_with_the_covariance_matrix(seed):
    rng = np.random.default_rng(seed)
    design = any_design(rng)
    values, domain = rng.random((90, 2)), rng.integers(-1, 3, 90)
    found = domain_differences(design, values, domain, 3)
    means = estimate_means(design, values, domain=domain, n_domains=3).estimate
    covariance = covariance_of_means(design, values, domain=domain, n_domains=3)
    for row, (first, second) in enumerate([(1, 0), (2, 0), (2, 1)]):
        for q in (0, 1):
            a = np.zeros(6)
            a[first * 2 + q], a[second * 2 + q] = 1, -1
            assert found.estimate[row, q] == pytest.approx(means[first, q] - means[second, q])
            assert found.standard_error[row, q] == pytest.approx(np.sqrt(a @ covariance @ a), rel=1e-8)
            together = (domain == first) | (domain == second)
            assert found.degrees_of_freedom[row, q] == design.degrees_of_freedom(together)


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_differences_agree_with_leaving_each_respondent_out(seed):
    rng = np.random.default_rng(seed)
    design = weighted_design(rng.uniform(1, 2, 90), strata=np.arange(90) % 2, sampling_fraction=0.2)
    values, domain = rng.random((90, 2)), rng.permutation(np.arange(90) % 3)
    values[:, 1] = 0.6 * values[:, 0] + 0.4 * values[:, 1]
    items = item_differences(design, values, [[0, 1]])
    expected = leave_out(design, lambda w: np.average(values[:, 0] - values[:, 1], weights=w))
    assert items.standard_error[0, 0] == pytest.approx(expected, rel=0.03)
    domains = domain_differences(design, values, domain, 3, [[0, 2]])

    def difference(w):
        return np.average(values[:, 0], weights=w * (domain == 0)) - np.average(values[:, 0], weights=w * (domain == 2))

    assert domains.standard_error[0, 0] == pytest.approx(leave_out(design, difference), rel=0.05)


def test_items_answered_by_others_are_each_taken_over_their_own_answers():
    values = np.array([[1.0, np.nan], [3, 4], [np.nan, 8], [5, 6]])
    found = item_differences(unweighted_design(4), values, [[0, 1], [1, 0]])
    assert found.estimate.ravel().tolist() == [-3, 3]
    assert found.degrees_of_freedom.ravel().tolist() == [2, 2]
    assert found.standard_error[0] == found.standard_error[1]


def test_difference_with_an_empty_domain_is_unknown():
    found = domain_differences(unweighted_design(4), np.arange(4.0)[:, None], np.array([0, 0, 2, 2]), 3)
    assert np.isnan(found.estimate[:, 0]).tolist() == [True, False, True]
    assert np.isnan(found.standard_error[:, 0]).tolist() == [True, False, True]


def test_each_domain_against_the_rest():
    rng = np.random.default_rng(3)
    values, domain = rng.random((40, 1)), rng.integers(-1, 3, 40)
    found = differences_from_rest(unweighted_design(40), values, domain, 3)
    assert found.estimate.shape == found.degrees_of_freedom.shape == (3, 1)
    for d in range(3):
        rest = (domain >= 0) & (domain != d)
        assert found.estimate[d, 0] == pytest.approx(values[domain == d].mean() - values[rest].mean())
    two = np.where(domain < 0, -1, (domain != 1).astype(int))
    expected = domain_differences(unweighted_design(40), values, two, 2, [[0, 1]])
    assert found.standard_error[1] == expected.standard_error[0]


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_smooth_contrasts_have_the_derivatives_of_the_textbook(seed):
    rng = np.random.default_rng(seed)
    means, root = rng.uniform(0.2, 0.8, 3), rng.normal(size=(3, 3))
    covariance = root @ root.T
    found = smooth_contrasts(means, covariance, lambda m: np.array([np.log(m[0] / m[1]), m[0] * m[2] ** 2]))
    jacobian = np.array([[1 / means[0], -1 / means[1], 0], [means[2] ** 2, 0, 2 * means[0] * means[2]]])
    np.testing.assert_allclose(found.estimate, [np.log(means[0] / means[1]), means[0] * means[2] ** 2], rtol=1e-12)
    np.testing.assert_allclose(found.covariance, jacobian @ covariance @ jacobian.T, rtol=1e-10)
    linear = linear_contrasts(means, covariance, jacobian)
    np.testing.assert_allclose(linear.standard_error, found.standard_error, rtol=1e-10)


def test_contrast_of_a_covariance_that_rounds_below_nought_has_no_error():
    found = linear_contrasts([1.0, 1], [[1, 1 + 1e-16], [1 + 1e-16, 1 - 1e-16]], [[1, -1]])
    assert found.standard_error[0] == 0


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: linear_contrasts([1.0, 2], np.eye(3), [[1, 1]]), "wrong_length"),
        (lambda: linear_contrasts([1.0, 2], np.eye(2), [[1, 1, 1]]), "wrong_length"),
        (lambda: linear_contrasts([[1.0, 2]], np.eye(2), [[1, 1]]), "wrong_shape"),
        (lambda: smooth_contrasts([0.0, 2], np.eye(2), lambda m: np.log(m[0] / m[1])), "invalid_value"),
        (lambda: item_differences(unweighted_design(2), np.ones((2, 2)), [[0, 2]]), "code_out_of_range"),
        (lambda: item_differences(unweighted_design(2), np.ones((2, 2)), [[0, 1, 1]]), "wrong_length"),
        (lambda: domain_differences(unweighted_design(2), np.ones((2, 1)), [0, 1], 2, [[0, -1]]), "code_out_of_range"),
    ],
)
def test_comparisons_that_make_no_sense_are_refused(call, code):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.code == code


def test_unweighted_sample_has_a_design_effect_of_one():
    values = np.random.default_rng(1).normal(size=(50, 2))
    np.testing.assert_allclose(mean_design_effects(unweighted_design(50), values, with_replacement=True), 1.0)
    scaled = weighted_design(np.full(50, 4.0), sampling_fraction=0.25)
    np.testing.assert_allclose(mean_design_effects(scaled, values), 1.0)
    np.testing.assert_allclose(mean_design_effects(scaled, values, with_replacement=True), 0.75)
    # the total of a sample of fixed size is its mean times N
    np.testing.assert_allclose(total_design_effects(scaled, values), 1.0)


def test_design_effect_is_unknown_without_spread_or_population():
    values = np.array([[1.0, 5], [2, 5], [4, 5], [9, 5]])
    assert np.isnan(mean_design_effects(unweighted_design(4), values)).all()
    found = mean_design_effects(unweighted_design(4), values, with_replacement=True)
    assert np.isnan(found).tolist() == [[False, True]]


def test_design_effect_of_clusters_that_agree_within_is_their_size():
    clusters = np.repeat(np.arange(30), 4)
    values = np.repeat(np.random.default_rng(2).normal(size=30), 4)[:, None]
    found = mean_design_effects(weighted_design(np.ones(120), clusters=clusters), values, with_replacement=True)
    assert found[0, 0] == pytest.approx(4, rel=0.05)
    domain = np.where(clusters < 15, 0, -1)
    inside = mean_design_effects(
        weighted_design(np.ones(120), clusters=clusters), values, domain=domain, with_replacement=True
    )
    assert inside[0, 0] == pytest.approx(4, rel=0.1)
