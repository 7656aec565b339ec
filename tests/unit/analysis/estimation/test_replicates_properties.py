import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimation.design import weighted_design
from analysis.estimation.estimates import estimate_means, estimate_ratios, estimate_totals
from analysis.estimation.replicate_calibration import recalibrate
from analysis.estimation.replicate_estimates import replicate_means, replicate_ratios, replicate_totals
from analysis.estimation.replicate_weights import (
    balanced_half_samples,
    jackknife,
    rescaled_bootstrap,
    stratified_jackknife,
)
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.raking import rake

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(5, 60), st.floats(0, 0.9))
@settings(max_examples=60, deadline=None)
def test_the_jackknife_of_a_total_is_its_linearization(seed, n_clusters, fraction):
    rng = np.random.default_rng(seed)
    clusters = np.concatenate([np.arange(n_clusters), rng.integers(0, n_clusters, 2 * n_clusters)])
    weights, values = rng.uniform(0.5, 5, clusters.size), rng.normal(3, 2, (clusters.size, 2))
    found = replicate_totals(jackknife(weights, clusters=clusters, sampling_fraction=fraction), values)
    linearized = estimate_totals(weighted_design(weights, clusters=clusters, sampling_fraction=fraction), values)
    np.testing.assert_allclose(found.standard_error, linearized.standard_error, rtol=1e-9)


@given(SEEDS, st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_the_stratified_jackknife_of_a_total_is_its_linearization(seed, n_strata):
    rng = np.random.default_rng(seed)
    strata = np.concatenate([np.repeat(np.arange(n_strata), 2), rng.integers(0, n_strata, 40)])
    weights, values = rng.uniform(0.5, 5, strata.size), rng.normal(3, 2, (strata.size, 2))
    fractions = rng.uniform(0, 0.9, n_strata)
    found = replicate_totals(stratified_jackknife(weights, strata, sampling_fraction=fractions), values)
    linearized = estimate_totals(weighted_design(weights, strata=strata, sampling_fraction=fractions), values)
    np.testing.assert_allclose(found.standard_error, linearized.standard_error, rtol=1e-9)


@given(SEEDS, st.integers(1, 30), st.floats(0, 0.9))
@settings(max_examples=60, deadline=None)
def test_half_samples_of_a_total_are_its_linearization(seed, n_strata, fay):
    rng = np.random.default_rng(seed)
    strata = rng.permutation(np.repeat(np.arange(n_strata), 2))
    weights, values = rng.uniform(0.5, 5, strata.size), rng.normal(3, 2, (strata.size, 2))
    found = replicate_totals(balanced_half_samples(weights, strata, fay=fay), values)
    linearized = estimate_totals(weighted_design(weights, strata=strata), values)
    np.testing.assert_allclose(found.standard_error, linearized.standard_error, rtol=1e-8)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_jackknife_and_linearization_of_means_and_ratios_agree_to_first_order(seed):
    rng = np.random.default_rng(seed)
    n = 400
    weights = rng.uniform(1, 3, n)
    y, x = rng.normal(5, 1, (n, 1)), rng.uniform(1, 2, (n, 1))
    strata = np.arange(n) % 4
    design = weighted_design(weights, strata=strata)
    replicates = stratified_jackknife(weights, strata)
    # they differ by a term of order 1/n
    np.testing.assert_allclose(
        replicate_means(replicates, y).standard_error, estimate_means(design, y).standard_error, rtol=4 / n
    )
    np.testing.assert_allclose(
        replicate_ratios(replicates, y, x).standard_error, estimate_ratios(design, y, x).standard_error, rtol=4 / n
    )


def two_margins(rng, n, sizes):
    profile = np.column_stack([np.concatenate([np.repeat(np.arange(k), 8), rng.integers(0, k, n)])[:n] for k in sizes])
    profile = np.column_stack([rng.permutation(column) for column in profile.T])
    made = []
    for j, k in enumerate(sizes):
        shares = np.bincount(profile[:, j], minlength=k) / n * rng.uniform(0.7, 1.4, k)
        made.append(Margin(f"m{j}", tuple(map(str, range(k))), shares / shares.sum() * 5000))
    return profile, tuple(made)


@given(SEEDS, st.integers(2, 4), st.integers(2, 5))
@settings(max_examples=40, deadline=None)
def test_every_raked_replicate_meets_every_margin(seed, first, second):
    rng = np.random.default_rng(seed)
    profile, margins = two_margins(rng, 150, (first, second))
    plain = rescaled_bootstrap(rng.uniform(0.5, 4, 150), 25, rng)
    replicates = recalibrate(plain, profile, margins, PanelPopulation(5000.0), leave_out=True)
    assert replicates.recalibration.left_out.size <= 2
    weights = replicates.weight_matrix()
    for j, margin in enumerate(margins):
        sums = np.array([weights[profile[:, j] == k].sum(axis=0) for k in range(len(margin.categories))])
        np.testing.assert_allclose(sums, np.repeat(margin.totals[:, None], weights.shape[1], axis=1), rtol=2e-10)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_raked_jackknife_and_linearization_with_calibration_residuals_agree(seed):
    rng = np.random.default_rng(seed)
    n = 500
    profile, margins = two_margins(rng, n, (2, 4))
    base = rng.uniform(1, 2, n)
    values = (profile[:, 1:] + rng.normal(0, 1, (n, 1))) + 4
    result = rake(profile, base, margins, PanelPopulation(5000.0))
    linearized = estimate_means(weighted_design(result.weights, calibration=result.calibration), values)
    raked = recalibrate(jackknife(base), profile, margins, PanelPopulation(5000.0))
    found = replicate_means(raked, values)
    np.testing.assert_allclose(found.estimate, linearized.estimate, rtol=1e-9)
    np.testing.assert_allclose(found.standard_error, linearized.standard_error, rtol=0.03)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_rows_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    n = 120
    profile, margins = two_margins(rng, n, (2, 3))
    base, values, names = rng.uniform(1, 2, n), rng.normal(0, 1, (n, 2)), rng.permutation(n)
    strata, order = profile[:, 0], rng.permutation(n)

    def errors(rows):
        plain = rescaled_bootstrap(
            base[rows], 30, np.random.default_rng(seed), strata=strata[rows], clusters=names[rows]
        )
        raked = recalibrate(plain, profile[rows], margins, PanelPopulation(5000.0), leave_out=True)
        return replicate_means(raked, values[rows]).standard_error

    np.testing.assert_allclose(errors(order), errors(np.arange(n)), rtol=1e-8)


@pytest.mark.parametrize("calibrated", [False, True])
@pytest.mark.heavy
def test_the_bootstrap_comes_near_the_linearized_error(calibrated):
    rng = np.random.default_rng(8)
    n = 600
    profile, margins = two_margins(rng, n, (2, 4))
    base, values = rng.uniform(1, 2, n), profile[:, 1:] + rng.normal(0, 1, (n, 1))
    replicates = rescaled_bootstrap(base, 3000, rng)
    design = weighted_design(base)
    if calibrated:
        replicates = recalibrate(replicates, profile, margins, PanelPopulation(5000.0))
        result = rake(profile, base, margins, PanelPopulation(5000.0))
        design = weighted_design(result.weights, calibration=result.calibration)
    ratio = replicate_means(replicates, values).standard_error / estimate_means(design, values).standard_error
    # 3,000 draws leave 1.3 % standard error on it
    np.testing.assert_allclose(ratio, 1, atol=0.05)
