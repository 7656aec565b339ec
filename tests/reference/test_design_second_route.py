"""The inputs of the reference, disturbed, by a second route: leaving out, or tilting, each sampling unit in turn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimation.design import Design, weighted_design
from analysis.estimation.differences import domain_differences
from analysis.estimation.estimates import estimate_means, estimate_ratios, estimate_totals
from analysis.estimation.linearization import covariance_of_means
from tests.reference.reference_cases import levels, number, numbers, panel_design
from tests.unit.analysis.estimation.designs import leave_out, tilt

SEEDS = st.integers(0, 10_000)
CLOSE = 0.08


def disturbed(seed: int, weights: np.ndarray, values: np.ndarray) -> tuple[np.random.Generator, np.ndarray, np.ndarray]:
    """Other weights, other answers, some of them missing: the same shape of data as the case."""
    rng = np.random.default_rng(seed)
    noisy = values * rng.uniform(0.8, 1.25, values.shape)
    return rng, weights * rng.uniform(0.7, 1.4, weights.shape), np.where(rng.random(values.shape) < 0.05, np.nan, noisy)


def stratified(weights: np.ndarray) -> Design:
    strata, _ = levels("apistrat", "stype")
    return weighted_design(weights, strata=strata, population_sizes=number("apistrat", "fpc"))


def clustered(weights: np.ndarray) -> Design:
    clusters, _ = levels("apiclus1", "dnum")
    return weighted_design(weights, clusters=clusters, population_sizes=number("apiclus1", "fpc"))


def mean(y: np.ndarray, weights: np.ndarray) -> float:
    answered = ~np.isnan(y)
    return float(np.average(y[answered], weights=weights[answered]))


@pytest.mark.parametrize(("data", "make"), [("apistrat", stratified), ("apiclus1", clustered)])
@settings(deadline=None, max_examples=10)
@given(seed=SEEDS)
def test_estimates_apistrat_and_apiclus1_disturbed_agree_with_tilting_each_unit(data, make, seed):
    _, weights, values = disturbed(seed, number(data, "pw"), numbers(data, "api00", "enroll", "api.stu"))
    design = make(weights)
    means = estimate_means(design, values).standard_error[0]
    totals = estimate_totals(design, values).standard_error[0]
    ratio = estimate_ratios(design, values[:, 2:], values[:, 1:2]).standard_error[0, 0]
    both = ~np.isnan(values[:, 1] + values[:, 2])
    expected = tilt(design, lambda w: (w[both] @ values[both, 2]) / (w[both] @ values[both, 1]))
    assert ratio == pytest.approx(expected, rel=1e-5)
    for q in range(3):
        assert means[q] == pytest.approx(tilt(design, lambda w, q=q: mean(values[:, q], w)), rel=1e-5)
        # a total is linear: leaving units out gives the same to rounding
        expected = leave_out(design, lambda w, q=q: np.nansum(w * values[:, q]))
        assert totals[q] == pytest.approx(expected, rel=1e-9)


@settings(deadline=None, max_examples=10)
@given(SEEDS)
def test_estimates_apistrat_disturbed_agree_with_leaving_each_respondent_out(seed):
    _, weights, values = disturbed(seed, number("apistrat", "pw"), numbers("apistrat", "api00", "enroll"))
    design = stratified(weights)
    means = estimate_means(design, values).standard_error[0]
    for q in range(2):
        assert means[q] == pytest.approx(leave_out(design, lambda w, q=q: mean(values[:, q], w)), rel=CLOSE)


@settings(deadline=None, max_examples=10)
@given(SEEDS)
def test_by_apistrat_disturbed_differences_agree_with_leaving_each_unit_out(seed):
    rng, weights, values = disturbed(seed, number("apistrat", "pw"), numbers("apistrat", "api00"))
    design, domain = stratified(weights), rng.integers(0, 2, 200)
    found = domain_differences(design, values, domain, 2)

    def difference(w):
        return mean(values[domain == 1, 0], w[domain == 1]) - mean(values[domain == 0, 0], w[domain == 0])

    assert found.standard_error[0, 0] == pytest.approx(leave_out(design, difference), rel=CLOSE)
    assert found.standard_error[0, 0] == pytest.approx(tilt(design, difference), rel=1e-5)


@settings(deadline=None, max_examples=10)
@given(SEEDS)
def test_by_panel_a_raked_disturbed_sums_per_profile_agree_with_influences(seed):
    rng, _, values = disturbed(seed, np.ones(1320), numbers("panel_a", "v1", "bestedingen", "inkomen"))
    domain, names = levels("panel_a", "wijk")
    domain = np.where(rng.random(1320) < 0.1, -1, domain)
    found = estimate_means(panel_design(), values, domain=domain, n_domains=len(names))
    direct = covariance_of_means(panel_design(), values, domain=domain, n_domains=len(names))
    np.testing.assert_allclose(found.standard_error.ravel(), np.sqrt(np.diag(direct)), rtol=1e-8)
