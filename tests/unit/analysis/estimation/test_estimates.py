import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import raked_design, unweighted_design, weighted_design
from analysis.estimation.estimates import (
    covariance_of_means,
    estimate_means,
    estimate_ratios,
    estimate_shares,
    estimate_totals,
    estimate_variances,
)
from analysis.weighting.raking import rake
from tests.unit.analysis.samples import AGE, POPULATION, SEX, base_weights, codes


def raked():
    return raked_design(rake(codes(), base_weights(), (SEX, AGE), POPULATION))


def test_unweighted_mean_has_the_textbook_standard_error():
    values = np.array([1.0, 2, 4, 8, 16])
    found = estimate_means(unweighted_design(5), values[:, None])
    assert found.estimate[0, 0] == pytest.approx(values.mean())
    assert found.standard_error[0, 0] == pytest.approx(values.std(ddof=1) / np.sqrt(5))
    assert (found.base[0, 0], found.degrees_of_freedom[0, 0]) == (5, 4)
    assert found.effective_base[0, 0] == pytest.approx(5)


def test_calibrated_variable_is_known_without_error():
    found = estimate_shares(raked(), codes()[:, 1], 3)
    np.testing.assert_allclose(found.estimate[0], AGE.totals / 1000, rtol=1e-9)
    assert found.standard_error.max() < 1e-12


def test_missing_answers_leave_the_base():
    values = np.array([[1.0, np.nan], [0.0, np.nan], [np.nan, 3.0], [1.0, 5.0]])
    found = estimate_means(unweighted_design(4), values)
    assert found.base.tolist() == [[3, 2]]
    np.testing.assert_allclose(found.estimate, [[2 / 3, 4.0]])


def test_domain_in_which_nobody_answered_has_no_estimate():
    found = estimate_means(unweighted_design(4), np.ones((4, 1)), domain=np.array([0, 0, -1, 0]), n_domains=2)
    assert found.base.tolist() == [[3], [0]]
    assert np.isnan(found.estimate[1, 0])
    assert np.isnan(found.standard_error[1, 0])
    assert (found.effective_base[1, 0], found.degrees_of_freedom[1, 0]) == (0, 0)


def test_domain_keeps_the_other_respondents_in_the_variance():
    values = np.random.default_rng(5).random((120, 1))
    domain = codes()[:, 0]
    inside = values[domain == 0, 0]
    found = estimate_means(unweighted_design(120), values, domain=domain, n_domains=2)
    influence = np.where(domain == 0, values[:, 0] - inside.mean(), 0) / inside.size
    assert found.standard_error[0, 0] == pytest.approx(np.sqrt(120 / 119 * (influence**2).sum()))


def test_many_items_give_the_same_as_one_at_a_time():
    values = (np.random.default_rng(6).random((120, 30)) < 0.4).astype(float)
    together = estimate_means(raked(), values, domain=codes()[:, 1], n_domains=3)
    alone = estimate_means(raked(), values[:, 7:8], domain=codes()[:, 1], n_domains=3)
    np.testing.assert_allclose(together.standard_error[:, 7], alone.standard_error[:, 0], rtol=1e-12)


def test_strata_remove_the_differences_between_them():
    strata = np.repeat([5, 9], 20)
    values = np.repeat([0.0, 10.0], 20)[:, None]
    plain = estimate_means(weighted_design(np.ones(40)), values)
    stratified = estimate_means(weighted_design(np.ones(40), strata=strata), values)
    assert plain.standard_error[0, 0] > 0.5
    assert stratified.standard_error[0, 0] == 0
    assert stratified.degrees_of_freedom[0, 0] == 38


def test_full_count_has_no_sampling_error():
    design = weighted_design(np.ones(10), sampling_fraction=1.0)
    assert estimate_means(design, np.arange(10.0)[:, None]).standard_error[0, 0] == 0


def test_people_of_one_cluster_count_as_one_unit():
    values = np.repeat([1.0, 2, 3, 4], 5)[:, None]
    found = estimate_means(weighted_design(np.ones(20), clusters=np.repeat([3, 8, 1, 6], 5)), values)
    assert found.standard_error[0, 0] == pytest.approx(np.std([1, 2, 3, 4], ddof=1) / 2)
    assert found.degrees_of_freedom[0, 0] == 3


def test_totals_and_ratios_by_domain():
    design = weighted_design(np.array([2.0, 2, 3, 3]))
    domain = np.array([0, 0, 1, 1])
    y, x = np.array([[1.0], [3], [2], [np.nan]]), np.array([[2.0], [2], [4], [4]])
    totals = estimate_totals(design, y, domain=domain, n_domains=2)
    assert totals.estimate.ravel().tolist() == [8, 6]
    ratios = estimate_ratios(design, y, x, domain=domain, n_domains=2)
    assert ratios.estimate.ravel().tolist() == [1.0, 0.5]
    assert ratios.base.ravel().tolist() == [2, 1]


def test_coefficient_of_variation_is_the_error_against_the_estimate():
    found = estimate_means(unweighted_design(4), np.array([[-1.0, 0], [-3, 0], [-2, 0], [-6, 0]]))
    assert found.coefficient_of_variation[0, 0] == pytest.approx(found.standard_error[0, 0] / 3)
    assert np.isnan(found.coefficient_of_variation[0, 1])


def test_variance_of_answers_per_domain():
    values = np.array([[1.0], [4], [2], [8], [5], [np.nan]])
    domain = np.array([0, 0, 0, 1, -1, 1])
    found = estimate_variances(unweighted_design(6), values, domain=domain, n_domains=2)
    assert found.estimate[0, 0] == pytest.approx(np.var([1, 4, 2], ddof=1))
    assert np.isnan(found.estimate[1, 0])
    assert found.base.tolist() == [[3], [0]]


def test_covariance_agrees_with_the_standard_errors():
    values = np.random.default_rng(8).random((120, 3))
    values[4, 1] = np.nan
    covariance = covariance_of_means(raked(), values)
    found = estimate_means(raked(), values)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), found.standard_error[0], rtol=1e-10)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000))
def test_linearized_and_jackknife_standard_errors_agree(seed):
    rng = np.random.default_rng(seed)
    weights, values = rng.uniform(0.5, 2, 80), rng.random(80)
    found = estimate_means(weighted_design(weights), values[:, None]).standard_error[0, 0]
    total, weighted = weights.sum(), weights @ values
    without = (weighted - weights * values) / (total - weights)
    jackknife = np.sqrt(79 / 80 * ((without - weighted / total) ** 2).sum())
    assert found == pytest.approx(jackknife, rel=0.05)


def test_stratum_with_a_single_respondent_is_refused_by_name():
    with pytest.raises(EstimationError) as caught:
        weighted_design(np.ones(3), strata=np.array([4, 4, 7]))
    assert caught.value.params == {"stratum": 7, "stage": 1}


def test_cluster_in_two_strata_is_refused():
    with pytest.raises(EstimationError) as caught:
        weighted_design(np.ones(4), strata=np.array([0, 0, 1, 1]), clusters=np.array([5, 6, 6, 7]))
    assert caught.value.params == {"cluster": 6}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"weights": []}, "no_rows"),
        ({"weights": np.ones(3), "strata": np.zeros(2, dtype=int)}, "wrong_length"),
        ({"weights": np.ones(3), "sampling_fraction": 1.5}, "invalid_value"),
        ({"weights": np.ones(3), "sampling_fraction": [0.1, 0.2]}, "wrong_length"),
    ],
)
def test_designs_that_make_no_sense_are_refused(arguments, code):
    with pytest.raises(InputError) as caught:
        weighted_design(**arguments)
    assert caught.value.code == code


def test_answers_that_do_not_fit_the_design_are_refused():
    with pytest.raises(InputError):
        estimate_means(unweighted_design(4), np.ones((3, 1)))
    with pytest.raises(InputError):
        estimate_shares(unweighted_design(3), np.array([0, 1, 2]), 2)
    with pytest.raises(InputError):
        estimate_ratios(unweighted_design(3), np.ones((3, 2)), np.ones((3, 1)))
    with pytest.raises(InputError):
        estimate_means(unweighted_design(3), np.ones((3, 1)), domain=np.array([0, 1, 2]), n_domains=2)


def test_items_without_columns_are_refused_by_name():
    with pytest.raises(InputError) as caught:
        estimate_means(unweighted_design(3), np.zeros((3, 0)))
    assert (caught.value.code, caught.value.params) == ("no_columns", {"name": "values"})
