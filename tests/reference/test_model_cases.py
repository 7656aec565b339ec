"""Regression and agreement against R's survey package; each test names its case."""

import numpy as np

from analysis.arrays import FloatArray
from analysis.estimation.agreement import survey_kappa
from analysis.estimation.design import Design, weighted_design
from analysis.estimation.regression import (
    Regression,
    coefficient_intervals,
    estimate_regression,
    indicator_columns,
    odds_ratios,
    term_test,
)
from tests.reference.reference_cases import (
    ERRORS,
    ESTIMATES,
    close,
    cluster_design,
    levels,
    number,
    numbers,
    outputs,
    panel_design,
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


def _match(model: Regression, expected: dict[str, list[float]]) -> None:
    close(model.coefficients, expected["coef"], MODELS)
    close(model.standard_error, expected["se"], MODEL_ERRORS)
    assert model.degrees_of_freedom == expected["df_residual"]


def test_glm_apistrat_logistic():
    expected = outputs("glm_apistrat")["logistic"]
    wide, names = levels("apistrat", "sch.wide")
    assert names == ["No", "Yes"]
    model = estimate_regression(_stratified_design(), _school_columns(), wide)
    _match(model, expected)
    close(model.covariance, expected["vcov"], MODEL_ERRORS)
    close(model.t, expected["t"], MODEL_ERRORS)
    close(model.p_value, expected["p"], MODEL_ERRORS)
    found = coefficient_intervals(model)
    close(np.stack([found.low, found.high], axis=1), expected["ci"], MODEL_ERRORS)


def test_glm_apistrat_wald_test_of_two_terms():
    expected = outputs("glm_apistrat")["logistic"]["wald_term"]
    wide, _ = levels("apistrat", "sch.wide")
    found = term_test(estimate_regression(_stratified_design(), _school_columns(), wide), [1, 3])
    close(found.statistic, expected["F"], MODEL_ERRORS)
    close(found.p_value, expected["p"], MODEL_ERRORS)
    assert (found.numerator_df, found.denominator_df) == (expected["df"], expected["ddf"])


def test_glm_apistrat_linear():
    model = estimate_regression(_stratified_design(), _school_columns(), number("apistrat", "api00"), family="gaussian")
    _match(model, outputs("glm_apistrat")["linear"])


def test_glm_panel_a_raked():
    expected = outputs("glm_panel_a_raked")
    sex, _ = levels("panel_a", "geslacht")
    education, _ = levels("panel_a", "opleiding")
    columns = [np.ones(sex.size), indicator_columns(sex, 2), indicator_columns(education, 3)]
    x = np.column_stack([*columns, number("panel_a", "leeftijd_jaar")])
    model = estimate_regression(panel_design(), x, number("panel_a", "v1"))
    _match(model, expected)
    close(odds_ratios(model).estimate, expected["odds_ratio"], MODELS)


def test_kappa_apiclus1():
    expected = outputs("kappa_apiclus1")["kappa"]
    improved, _ = levels("apiclus1", "comp.imp")
    wide, _ = levels("apiclus1", "sch.wide")
    found = survey_kappa(cluster_design(is_raked=False), improved, wide, 2)
    close(found.estimate, expected["estimate"], ESTIMATES)
    close(found.standard_error, expected["se"], ERRORS)
