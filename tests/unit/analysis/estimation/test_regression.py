import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import Design, raked_design, weighted_design
from analysis.estimation.estimates import estimate_means
from analysis.estimation.glm import fit_glm
from analysis.estimation.regression import (
    coefficient_intervals,
    estimate_regression,
    indicator_columns,
    odds_ratios,
    term_test,
)
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.raking import rake

N = 80
FAMILIES = ["binomial", "gaussian", "poisson"]


def _sample(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = np.column_stack([np.ones(N), random.normal(size=N), random.integers(0, 2, N)])
    y = (random.random(N) < 1 / (1 + np.exp(-0.5 * x[:, 1]))).astype(float)
    return x, y, random.uniform(0.5, 3.0, N)


def _clustered(weights: np.ndarray) -> Design:
    clusters = np.arange(N) // 4
    return weighted_design(weights, strata=clusters % 3, clusters=clusters, sampling_fraction=0.1)


@pytest.mark.parametrize("family", FAMILIES)
def test_influence_is_what_a_little_more_weight_does(family):
    x, y, w = _sample(1)
    step = 1e-5
    moved = []
    for row in range(N):
        change = np.zeros(N)
        change[row] = step
        up, down = (fit_glm(x, y, w + sign * change, family=family).coefficients for sign in (1, -1))
        moved.append((up - down) / (2 * step))
    design = _clustered(w)
    found = estimate_regression(design, x, y, family=family).covariance
    np.testing.assert_allclose(found, design.covariance(np.array(moved)), rtol=1e-6, atol=1e-9)


def test_raking_is_part_of_the_covariance():
    x, y, w = _sample(2)
    random = np.random.default_rng(3)
    profile = np.column_stack([random.integers(0, 2, N), random.integers(0, 3, N)])
    # margins that the sample meets already: then weighing the residuals by base or by raked weights is the same
    first, second = (np.bincount(codes, w) for codes in profile.T)
    margins = (Margin("a", ("0", "1"), first), Margin("b", ("0", "1", "2"), second))

    def raked(base: np.ndarray):
        return rake(profile, base, margins, PanelPopulation(float(w.sum())))

    moved = []
    for row in range(N):
        change = np.zeros(N)
        change[row] = 1e-4 * w[row]
        up, down = (fit_glm(x, y, raked(w + sign * change).weights).coefficients for sign in (1, -1))
        moved.append((up - down) / 2e-4)
    centred = np.array(moved) - np.mean(moved, axis=0)
    found = estimate_regression(raked_design(raked(w)), x, y).covariance
    np.testing.assert_allclose(found, centred.T @ centred * N / (N - 1), rtol=1e-5, atol=1e-9)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1_000))
def test_linear_model_agrees_with_leaving_clusters_out(seed):
    x, y, w = _sample(seed)
    # nobody with so much leverage that leaving one cluster out is no small step
    x[:, 1] = np.clip(x[:, 1], -1.5, 1.5)
    y = y + x[:, 1]
    clusters = np.arange(N) // 2
    design = weighted_design(w, clusters=clusters)
    count = N // 2
    left_out = [
        fit_glm(x[clusters != c], y[clusters != c], w[clusters != c], family="gaussian").coefficients
        for c in range(count)
    ]
    jackknife = np.var(left_out, axis=0) * (count - 1)
    found = estimate_regression(design, x, y, family="gaussian").standard_error
    np.testing.assert_allclose(found, np.sqrt(jackknife), rtol=0.2)


def test_model_with_only_an_intercept_is_the_share():
    x, y, w = _sample(4)
    design = _clustered(w)
    share = estimate_means(design, y[:, None])
    model = estimate_regression(design, x[:, :1], y)
    p = share.estimate[0, 0]
    np.testing.assert_allclose(model.fitted, p)
    np.testing.assert_allclose(model.standard_error[0], share.standard_error[0, 0] / (p * (1 - p)), rtol=1e-10)
    assert model.degrees_of_freedom == share.degrees_of_freedom[0, 0]


@pytest.mark.parametrize("missing", ["x", "y", "domain"])
def test_missing_rows_stay_in_the_variance_as_another_domain(missing):
    x, y, w = _sample(5)
    gone = np.arange(N) < 12
    design = _clustered(w)
    domain = None
    x_given, y_given = x.copy(), y.copy()
    if missing == "x":
        x_given[gone, 1] = np.nan
    elif missing == "y":
        y_given[gone] = np.nan
    else:
        domain = ~gone
    found = estimate_regression(design, x_given, y_given, domain=domain)
    fit = fit_glm(x[~gone], y[~gone], w[~gone])
    influence = np.zeros((N, 3))
    influence[~gone] = x[~gone] * (y[~gone] - fit.fitted)[:, None] @ np.linalg.inv(fit.information)
    np.testing.assert_allclose(found.covariance, design.covariance(influence), rtol=1e-10)
    assert found.base == N - 12
    assert np.isnan(found.fitted).sum() == 12
    assert found.degrees_of_freedom == 17 - 3 + 1 - 3


def test_tests_and_intervals_use_student_t():
    x, y, w = _sample(6)
    design = weighted_design(w)
    model = estimate_regression(design, x, y, family="gaussian")
    assert model.degrees_of_freedom == N - 3
    interval = coefficient_intervals(model, 1 - model.p_value[1])
    zero = interval.low[1] if model.coefficients[1] > 0 else interval.high[1]
    assert zero == pytest.approx(0.0, abs=1e-9)
    ratios = odds_ratios(model, 0.9)
    plain = coefficient_intervals(model, 0.9)
    np.testing.assert_allclose(np.log(ratios.low), plain.low)
    np.testing.assert_allclose(np.log(ratios.high), plain.high)
    np.testing.assert_allclose(np.log(ratios.estimate), model.coefficients)


def test_term_of_one_column_is_the_t_test():
    x, y, w = _sample(7)
    model = estimate_regression(_clustered(w), x, y)
    found = term_test(model, [1])
    assert found.statistic == pytest.approx(model.t[1] ** 2)
    assert found.p_value == pytest.approx(model.p_value[1])


def test_term_does_not_depend_on_the_reference_category():
    random = np.random.default_rng(8)
    codes = random.integers(0, 4, N)
    _, y, w = _sample(8)
    results = []
    for reference in (0, 2):
        x = np.column_stack([np.ones(N), indicator_columns(codes, 4, reference=reference)])
        results.append(term_test(estimate_regression(_clustered(w), x, y), [1, 2, 3]))
    assert results[0].statistic == pytest.approx(results[1].statistic, rel=1e-9)
    assert results[0].numerator_df == 3


def test_indicators_leave_out_the_reference_and_keep_missing_missing():
    found = indicator_columns(np.array([0, 1, 2, -1]), 3, reference=1)
    np.testing.assert_array_equal(found, [[1, 0], [0, 0], [0, 1], [np.nan, np.nan]])


@pytest.mark.parametrize(("codes", "reference"), [([0, 3], 0), ([-2, 0], 0), ([0, 1], 3), ([0, 1], -1)])
def test_codes_outside_the_categories_are_refused(codes, reference):
    with pytest.raises(InputError) as caught:
        indicator_columns(np.array(codes), 3, reference=reference)
    assert caught.value.code == "code_out_of_range"


@pytest.mark.parametrize("units", [2, 3])
def test_design_with_too_few_units_gives_no_p_values(units):
    x, y, w = _sample(9)
    model = estimate_regression(weighted_design(w, clusters=np.arange(N) % units), x, y)
    assert model.degrees_of_freedom == 0
    assert np.isnan(model.p_value).all()
    assert np.isneginf(coefficient_intervals(model).low).all()
    with pytest.raises(EstimationError) as caught:
        term_test(model, [1])
    assert caught.value.code == "no_degrees_of_freedom"


def test_more_coefficients_than_the_design_can_carry_are_not_tested_together():
    x, y, w = _sample(10)
    model = estimate_regression(weighted_design(w, clusters=np.arange(N) % 3), x, y)
    with pytest.raises(EstimationError) as caught:
        term_test(model, [0, 1, 2])
    assert caught.value.code == "dependent_hypotheses"


@pytest.mark.parametrize("columns", [[], [3], [-1, 0]])
def test_columns_that_are_not_in_the_model_are_not_tested(columns):
    x, y, w = _sample(12)
    with pytest.raises(InputError):
        term_test(estimate_regression(weighted_design(w), x, y), columns)


def test_level_outside_0_to_1_is_refused():
    x, y, w = _sample(13)
    with pytest.raises(InputError):
        coefficient_intervals(estimate_regression(weighted_design(w), x, y), 95)


def test_arrays_of_another_length_are_refused():
    x, y, w = _sample(14)
    design = weighted_design(w)
    for bad in ({"x": x[1:]}, {"y": y[1:]}, {"domain": np.ones(3, dtype=bool)}):
        with pytest.raises(InputError) as caught:
            estimate_regression(design, **({"x": x, "y": y} | bad))
        assert caught.value.code == "wrong_length"


@pytest.mark.slow
@pytest.mark.heavy
def test_intervals_of_clustered_stratified_draws_cover_the_coefficients_of_the_population():
    random = np.random.default_rng(21)
    n_clusters, size, drawn, draws = 3_000, 6, 60, 1_000
    stratum = np.repeat([0, 1], [1_000, 2_000])
    everybody = np.arange(n_clusters * size) // size
    shared = random.normal(0, 0.8, n_clusters)[everybody]
    x = np.column_stack([np.ones(everybody.size), random.normal(size=everybody.size) + 0.5 * shared])
    y = (random.random(everybody.size) < 1 / (1 + np.exp(0.5 - 0.7 * x[:, 1] - shared))).astype(float)
    truth = fit_glm(x, y).coefficients
    covered = np.zeros(2)
    for _ in range(draws):
        chosen = np.concatenate([random.choice(np.flatnonzero(stratum == h), drawn, replace=False) for h in (0, 1)])
        rows = np.flatnonzero(np.isin(everybody, chosen))
        design = weighted_design(
            np.array([1_000, 2_000])[stratum[everybody[rows]]] / drawn,
            strata=stratum[everybody[rows]],
            clusters=everybody[rows],
            sampling_fraction=[drawn / 1_000, drawn / 2_000],
        )
        found = coefficient_intervals(estimate_regression(design, x[rows], y[rows]))
        covered += ((found.low <= truth) & (truth <= found.high)) / draws
    assert np.all((covered >= 0.93) & (covered <= 0.97)), covered
