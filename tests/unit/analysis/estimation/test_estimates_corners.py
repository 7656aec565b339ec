"""Estimates where a route of its own is taken: clusters, large constants, nearly empty domains."""

import numpy as np
import pytest

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import weighted_design
from analysis.estimation.estimates import (
    estimate_means,
    estimate_ratios,
    estimate_shares,
    estimate_totals,
    estimate_variances,
)
from analysis.estimation.linearization import covariance_of_means, covariance_of_totals
from analysis.estimation.replicate_estimates import replicate_means, replicate_quantile
from analysis.estimation.replicate_weights import jackknife, rescaled_bootstrap
from analysis.estimation.stages import LonelyUnits
from tests.unit.analysis.estimation.designs import any_design

N = 90
RNG = np.random.default_rng(6)
ITEMS = RNG.normal(0, 1, (N, 2))
DOMAIN = np.arange(N) % 3
CLUSTERS = np.arange(N) // 3
# domains 3 and 4: one person, and nobody
SPARSE = np.append(DOMAIN[:-1], 3)

DESIGNS = {
    "persons": any_design(np.random.default_rng(1), is_raked=False),
    "raked": any_design(np.random.default_rng(1)),
    "clusters": weighted_design(RNG.uniform(1, 3, N), clusters=CLUSTERS),
    "raked clusters": any_design(np.random.default_rng(1), has_strata=False, clusters=CLUSTERS),
}


@pytest.fixture(params=DESIGNS, scope="module")
def design(request):
    return DESIGNS[request.param]


def test_a_large_constant_moves_the_mean_and_not_its_standard_error(design):
    constant = 3.0e8
    plain = estimate_means(design, ITEMS, domain=DOMAIN, n_domains=3)
    moved = estimate_means(design, ITEMS + constant, domain=DOMAIN, n_domains=3)
    np.testing.assert_allclose(moved.estimate - constant, plain.estimate, atol=1e-6)
    np.testing.assert_allclose(moved.standard_error, plain.standard_error, rtol=1e-5)


def test_a_total_of_what_is_nearly_the_weighted_constant_keeps_its_error(design):
    """w y is 1 for everybody but for a little: the sums of squares cancel nearly whole."""
    y = (1 + 1e-9 * ITEMS[:, :1]) / design.weights[:, None]
    found = estimate_totals(design, y).standard_error[0, 0]
    assert found == pytest.approx(np.sqrt(design.variance(y)[0]), rel=1e-9)


def test_effective_bases_are_those_of_kish(design):
    w = design.weights
    found = estimate_means(design, ITEMS, domain=SPARSE, n_domains=5)
    expected = [w[d == SPARSE].sum() ** 2 / (w[d == SPARSE] ** 2).sum() for d in range(4)]
    np.testing.assert_allclose(found.effective_base, np.column_stack([[*expected, 0], [*expected, 0]]))
    assert found.base[3:].tolist() == [[1, 1], [0, 0]]


def test_domains_without_anybody_have_no_mean_and_a_total_of_nought(design):
    means = estimate_means(design, ITEMS, domain=SPARSE, n_domains=5)
    assert np.isnan(means.estimate[4]).all()
    assert np.isnan(means.standard_error[4]).all()
    totals = estimate_totals(design, ITEMS, domain=SPARSE, n_domains=5)
    assert (totals.estimate[4].tolist(), totals.standard_error[4].tolist()) == ([0, 0], [0, 0])


def test_variances_of_answers_belong_to_their_domain(design):
    w = design.weights
    pairs = np.where(np.arange(N) < 2, 1, 0)
    found = estimate_variances(design, ITEMS, domain=pairs, n_domains=2)
    for d, rows in enumerate((pairs == 0, pairs == 1)):
        n = rows.sum()
        mean = w[rows] @ ITEMS[rows] / w[rows].sum()
        expected = n / (n - 1) * (w[rows] @ (ITEMS[rows] - mean) ** 2) / w[rows].sum()
        np.testing.assert_allclose(found.estimate[d], expected)
    assert estimate_variances(design, ITEMS).estimate.shape == (1, 2)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda design: estimate_totals(design, ITEMS[:4]), "values"),
        (lambda design: estimate_variances(design, ITEMS[:4]), "values"),
        (lambda design: estimate_ratios(design, ITEMS[:4], ITEMS), "numerators"),
        (lambda design: estimate_shares(design, DOMAIN[:4], 3), "codes"),
    ],
)
def test_rows_that_lack_are_named(call, name):
    with pytest.raises(InputError) as caught:
        call(DESIGNS["persons"])
    assert caught.value.params == {"name": name, "expected": N, "got": 4}


def test_lonely_units_of_one_stratum_count_as_the_mean_of_the_only_other():
    strata = [0, 0, 0, 1]
    influence = np.array([[1.0], [2], [6], [50]])
    alone = weighted_design(np.ones(3)).variance(influence[:3])
    averaged = weighted_design(np.ones(4), strata=strata, lonely=LonelyUnits.AVERAGE)
    np.testing.assert_allclose(averaged.variance(influence), 2 * alone)


@pytest.mark.parametrize(
    ("options", "code", "params"),
    [
        (
            {"strata": [[0, 0]] * 4, "clusters": np.arange(4)},
            "too_many_stages",
            {"name": "strata", "expected": 1, "got": 2},
        ),
        (
            {"strata": [0, 0, 1, 1], "sampling_fraction": [[0.5], [0.5], [0.5], [0.4]]},
            "uneven_stratum",
            {"name": "sampling_fraction", "stratum": 1},
        ),
        (
            {"strata": [0, 0, 1, 1], "population_sizes": [9, 9, 9, 8]},
            "uneven_stratum",
            {"name": "population_sizes", "stratum": 1},
        ),
        (
            {"strata": [5, 5, 7, 7], "population_sizes": [2, 2, 1.5, 1.5]},
            "frame_too_small",
            {"stage": 1, "stratum": 7, "n_units": 2, "size": 1.5},
        ),
        ({"strata": [0.5] * 4}, "not_integer", {"name": "strata"}),
        ({"clusters": [0, 1]}, "wrong_length", {"name": "clusters", "expected": 4, "got": 2}),
    ],
)
def test_a_sample_that_does_not_fit_its_frame_is_named(options, code, params):
    with pytest.raises((EstimationError, InputError)) as caught:
        weighted_design(np.ones(4), **options)
    assert (caught.value.code, caught.value.params) == (code, params)


def test_a_census_has_no_variance():
    design = weighted_design(np.ones(4), strata=[5, 5, 7, 7], population_sizes=[2, 2, 2, 2])
    assert design.variance(np.arange(4.0)[:, None]).tolist() == [0]


def test_one_undefined_replicate_of_sixty_leaves_no_standard_error_unless_they_are_draws():
    one = np.where(np.arange(60) == 7, 0, -1)
    answers = np.arange(60.0)[:, None]
    found = replicate_means(jackknife(np.ones(60)), answers, domain=one, n_domains=1)
    assert found.undefined.tolist() == [[1]]
    assert np.isnan(found.standard_error).all()
    assert found.degrees_of_freedom.tolist() == [[0]]
    few = np.where(np.arange(60) < 4, 0, -1)
    drawn = rescaled_bootstrap(np.ones(60), 200, np.random.default_rng(2))
    found = replicate_means(drawn, answers, domain=few, n_domains=1)
    assert 0 < found.undefined[0, 0] <= 10
    assert np.isfinite(found.standard_error).all()


def test_a_combination_is_as_effective_as_its_least_effective_part():
    found = replicate_means(jackknife(DESIGNS["persons"].weights), ITEMS, domain=DOMAIN, n_domains=3)
    combined = found.combine([[1, 0, -1, 0, 0, 0], [0, 0, 0, 0, 0, 2]])
    parts = found.effective_base.ravel()
    np.testing.assert_allclose(combined.effective_base, [[min(parts[0], parts[2]), parts[5]]])
    with pytest.raises(InputError) as caught:
        found.combine([[1, 0]])
    assert caught.value.params == {"name": "coefficients", "expected": 6, "got": 2}


def test_quantiles_lie_on_the_answer_that_reaches_the_share():
    replicates = jackknife(np.ones(4))
    values = np.array([4.0, 1, 3, 2])
    assert [replicate_quantile(replicates, values, p).estimate for p in (0.25, 0.5, 0.75, 0.99)] == [1, 2, 3, 4]


def test_the_standard_error_of_a_quantile_follows_its_interval_at_any_level():
    rng = np.random.default_rng(4)
    replicates, values = jackknife(np.ones(200)), rng.normal(size=200)
    found = [replicate_quantile(replicates, values, level=level) for level in (0.8, 0.95)]
    assert found[0].high - found[0].low < found[1].high - found[1].low
    # about sqrt(pi / 2n) at either level
    np.testing.assert_allclose([each.standard_error for each in found], np.sqrt(np.pi / 400), rtol=0.3)


STRATA = np.arange(N) % 3
# sampling units within the strata; the last stratum has one
UNITS = np.where(STRATA == 2, 99, STRATA * 10 + np.arange(N) // 18)
TWO_STAGES = {
    "strata": STRATA,
    "clusters": np.column_stack([STRATA * 10 + np.arange(N) // 18, np.arange(N)]),
    "population_sizes": np.column_stack([np.full(N, 9), np.full(N, 40)]),
}


@pytest.mark.parametrize("is_raked", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {"strata": STRATA, "clusters": UNITS, "lonely": LonelyUnits.ADJUST},
        {"strata": STRATA, "clusters": UNITS, "lonely": LonelyUnits.AVERAGE, "sampling_fraction": 0.4},
        TWO_STAGES,
    ],
    ids=["adjust", "average", "two stages"],
)
def test_sums_by_unit_give_what_influence_values_give(options, is_raked):
    raked = DESIGNS["raked"]
    calibration = raked.calibration if is_raked else None
    design = weighted_design(raked.weights, calibration=calibration, **options)
    items = ITEMS.copy()
    items[::7] = np.nan
    found = estimate_means(design, items, domain=DOMAIN, n_domains=3)
    covariance = covariance_of_means(design, items, domain=DOMAIN, n_domains=3)
    np.testing.assert_allclose(found.standard_error.ravel(), np.sqrt(np.diag(covariance)), rtol=1e-9)
    totals = estimate_totals(design, items, domain=DOMAIN, n_domains=3)
    covariance = covariance_of_totals(design, items, domain=DOMAIN, n_domains=3)
    np.testing.assert_allclose(totals.standard_error.ravel(), np.sqrt(np.diag(covariance)), rtol=1e-9)
