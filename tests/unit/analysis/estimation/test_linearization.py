"""Influence values and what follows from them, each against a route that does not share its code."""

import numpy as np
import pytest

from analysis.estimation.design import weighted_design
from analysis.estimation.estimates import estimate_means, estimate_ratios, estimate_totals
from analysis.estimation.linearization import (
    covariance_of_means,
    covariance_of_totals,
    degrees_of_freedom,
    influence_of_means,
    linearized_variance,
)
from tests.unit.analysis.estimation.designs import any_design

RNG = np.random.default_rng(5)
N = 90
DOMAIN = RNG.integers(-1, 2, N)
ITEMS = RNG.normal(3, 1, (N, 2))
ITEMS[RNG.random((N, 2)) < 0.1] = np.nan


@pytest.fixture(scope="module")
def design():
    return any_design(np.random.default_rng(2))


def test_covariance_of_totals_is_that_of_each_domain(design):
    covariance = covariance_of_totals(design, ITEMS, domain=DOMAIN, n_domains=2)
    assert covariance.shape == (4, 4)
    alone = estimate_totals(design, ITEMS, domain=DOMAIN, n_domains=2)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), alone.standard_error.ravel(), rtol=1e-10)
    # the total of both domains together has the variance that the covariances give it
    first = np.array([1.0, 0, 1, 0])
    together = estimate_totals(design, ITEMS[:, :1], domain=np.minimum(DOMAIN, 0), n_domains=1)
    assert np.sqrt(first @ covariance @ first) == pytest.approx(together.standard_error[0, 0], rel=1e-10)


def test_covariance_of_means_is_that_of_each_domain(design):
    covariance = covariance_of_means(design, ITEMS, domain=DOMAIN, n_domains=2)
    alone = estimate_means(design, ITEMS, domain=DOMAIN, n_domains=2)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), alone.standard_error.ravel(), rtol=1e-10)


def test_without_domains_there_is_one(design):
    means, influence = influence_of_means(design, ITEMS)
    assert means.shape == (1, 2)
    assert influence.shape == (N, 1, 2)
    np.testing.assert_allclose(design.weights @ influence[:, 0], 0, atol=1e-12)


def test_variance_of_chosen_pairs_is_that_of_the_ratio(design):
    y, x = np.nan_to_num(ITEMS), np.isfinite(ITEMS) * np.array([2.0, 3])
    ratios = estimate_ratios(design, y, x, domain=DOMAIN, n_domains=2)
    pairs = np.array([1, 0, 1]), np.array([1, 0, 0])
    sums = np.array([(design.weights * (d == DOMAIN)) @ x[:, q] for d, q in zip(*pairs, strict=True)])
    found = linearized_variance(design, y, x, DOMAIN, pairs, ratios.estimate[pairs], 1 / sums)
    np.testing.assert_allclose(np.sqrt(found), ratios.standard_error[pairs], rtol=1e-10)


def test_degrees_of_freedom_count_units_and_strata_where_somebody_answered():
    strata = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
    clusters = np.arange(12) // 2
    design = weighted_design(np.ones(12), strata=strata, clusters=clusters)
    domain = np.array([0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1])
    answered = np.ones((12, 3), dtype=bool)
    answered[6:8, 1] = False
    answered[:4, 2] = False
    # domain 0: four clusters in two strata; item 1 misses a cluster of the second, item 2 the whole first stratum
    # domain 1: three clusters in two strata, the second of which has one respondent there
    np.testing.assert_array_equal(degrees_of_freedom(design, answered, domain, 2), [[2, 1, 1], [1, 1, 1]])


def test_who_weighs_nothing_gives_no_degree_of_freedom():
    design = weighted_design(np.array([1.0, 1, 1, 0]))
    np.testing.assert_array_equal(degrees_of_freedom(design, np.ones((4, 1), bool), np.zeros(4, int), 1), [[2]])
