"""Regression and agreement against R's survey package; each test names its case."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.arrays import FloatArray
from analysis.estimation.agreement import survey_kappa
from analysis.estimation.design import Design, raked_design, weighted_design
from analysis.estimation.glm import fit_glm
from analysis.estimation.regression import (
    Regression,
    coefficient_intervals,
    estimate_regression,
    indicator_columns,
    odds_ratios,
    term_test,
)
from analysis.estimation.replicate_calibration import recalibrate
from analysis.estimation.replicate_regression import replicate_regression
from analysis.estimation.replicate_weights import jackknife
from analysis.weighting.margins import PanelPopulation
from analysis.weighting.raking import rake
from tests.reference.reference_cases import (
    ERRORS,
    ESTIMATES,
    assert_close,
    cluster_design,
    levels,
    margins,
    number,
    numbers,
    outputs,
    panel_design,
    profile,
)

MODELS = 1e-10
# R takes the information of its last step but one, and sweeps raked margins ten times: its own error shows, at 1e-9
MODEL_ERRORS = 1e-8


def _stratified_design() -> Design:
    strata, _ = levels("apistrat", "stype")
    drawn = np.bincount(strata)
    frame = np.array([number("apistrat", "fpc")[strata == h][0] for h in range(drawn.size)])
    return weighted_design(number("apistrat", "pw"), strata=strata, sampling_fraction=drawn / frame)


def _school_columns() -> FloatArray:
    predictors = numbers("apistrat", "ell", "meals", "mobility")
    return np.column_stack([np.ones(predictors.shape[0]), predictors])


def _assert_match(model: Regression, expected: dict[str, list[float]]) -> None:
    assert_close(model.coefficients, expected["coef"], MODELS)
    assert_close(model.standard_error, expected["se"], MODEL_ERRORS)
    assert model.degrees_of_freedom == expected["df_residual"]


def test_glm_apistrat_logistic():
    expected = outputs("glm_apistrat")["logistic"]
    wide, names = levels("apistrat", "sch.wide")
    assert names == ["No", "Yes"]
    model = estimate_regression(_stratified_design(), _school_columns(), wide)
    _assert_match(model, expected)
    assert_close(model.covariance, expected["vcov"], MODEL_ERRORS)
    assert_close(model.t, expected["t"], MODEL_ERRORS)
    assert_close(model.p_value, expected["p"], MODEL_ERRORS)
    found = coefficient_intervals(model)
    assert_close(np.stack([found.low, found.high], axis=1), expected["ci"], MODEL_ERRORS)


def test_glm_apistrat_wald_test_of_two_terms():
    expected = outputs("glm_apistrat")["logistic"]["wald_term"]
    wide, _ = levels("apistrat", "sch.wide")
    found = term_test(estimate_regression(_stratified_design(), _school_columns(), wide), [1, 3])
    assert_close(found.statistic, expected["F"], MODEL_ERRORS)
    assert_close(found.p_value, expected["p"], MODEL_ERRORS)
    assert (found.numerator_df, found.denominator_df) == (expected["df"], expected["ddf"])


def test_glm_apistrat_linear():
    model = estimate_regression(_stratified_design(), _school_columns(), number("apistrat", "api00"), family="gaussian")
    _assert_match(model, outputs("glm_apistrat")["linear"])


def _panel_columns() -> FloatArray:
    sex, _ = levels("panel_a", "geslacht")
    education, _ = levels("panel_a", "opleiding")
    columns = [np.ones(sex.size), indicator_columns(sex, 2), indicator_columns(education, 3)]
    return np.column_stack([*columns, number("panel_a", "leeftijd_jaar")])


def test_glm_panel_a_raked():
    expected = outputs("glm_panel_a_raked")
    model = estimate_regression(panel_design(), _panel_columns(), number("panel_a", "v1"))
    _assert_match(model, expected)
    assert_close(odds_ratios(model).estimate, expected["odds_ratio"], MODELS)


def test_kappa_apiclus1():
    expected = outputs("kappa_apiclus1")["kappa"]
    improved, _ = levels("apiclus1", "comp.imp")
    wide, _ = levels("apiclus1", "sch.wide")
    found = survey_kappa(cluster_design(is_raked=False), improved, wide, 2)
    assert_close(found.estimate, expected["estimate"], ESTIMATES)
    assert_close(found.standard_error, expected["se"], ERRORS)


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 1_000))
def test_glm_apistrat_with_other_weights_agrees_with_what_a_little_more_weight_does(seed):
    design = _stratified_design()
    factor = np.random.default_rng(seed).lognormal(0.0, 0.3, design.n)
    design = dataclasses.replace(design, weights=design.weights * factor)
    x, w = _school_columns(), design.weights
    wide, _ = levels("apistrat", "sch.wide")
    moved = []
    for row in np.eye(design.n) * w * 1e-4:
        up, down = (fit_glm(x, wide, w + sign * row).coefficients for sign in (1, -1))
        moved.append((up - down) / (2 * row.sum()))
    own = estimate_regression(design, x, wide)
    assert_close(own.covariance, design.covariance(np.array(moved)), 1e-4)


@pytest.mark.slow
def test_glm_panel_a_raked_from_other_weights_agrees_with_leaving_respondents_out():
    given_margins = margins("rake_panel_a_5m")
    codes = profile("panel_a", given_margins)
    base = np.random.default_rng(5).lognormal(0.0, 0.3, codes.shape[0])
    population = PanelPopulation(float(given_margins[0].totals.sum()))
    x, y = _panel_columns(), number("panel_a", "v1")
    own = estimate_regression(raked_design(rake(codes, base, given_margins, population)), x, y)
    other = replicate_regression(recalibrate(jackknife(base), codes, given_margins, population), x, y)
    assert_close(own.coefficients, other.coefficients, 1e-7)
    # leaving one out moves margins and model by its leverage too: the jackknife is some 3 % wider
    assert_close(own.standard_error, other.standard_error, 0.05)


@settings(max_examples=10)
@given(st.integers(0, 1_000), st.booleans())
def test_kappa_apiclus1_with_other_weights_agrees_with_the_covariance_of_its_table(seed, is_raked):
    design = cluster_design(is_raked=is_raked)
    factor = np.random.default_rng(seed).lognormal(0.0, 0.3, design.n)
    design = dataclasses.replace(design, weights=design.weights * factor)
    improved, _ = levels("apiclus1", "comp.imp")
    wide, _ = levels("apiclus1", "sch.wide")
    cells = (2 * improved + wide)[:, None] == np.arange(4)
    influence = (cells - (design.weights @ cells) / design.weights.sum()) / design.weights.sum()
    table = design.weights @ cells / design.weights.sum()

    def kappa(p: FloatArray) -> float:
        chance = (p[0] + p[1]) * (p[0] + p[2]) + (p[2] + p[3]) * (p[1] + p[3])
        return float((p[0] + p[3] - chance) / (1 - chance))

    step = 1e-6 * np.eye(4)
    gradient = np.array([(kappa(table + row) - kappa(table - row)) / 2e-6 for row in step])
    found = survey_kappa(design, improved, wide, 2)
    assert_close(found.estimate, kappa(table), 1e-12)
    assert_close(found.standard_error, np.sqrt(gradient @ design.covariance(influence) @ gradient), 1e-6)
