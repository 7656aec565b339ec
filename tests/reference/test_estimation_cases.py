"""Domains and differences of the reference."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.estimation.design import raked_design
from analysis.estimation.differences import domain_differences, item_differences, linear_contrasts, smooth_contrasts
from analysis.estimation.estimates import (
    covariance_of_means,
    estimate_breakdowns,
    estimate_means,
    estimate_ratios,
    estimate_shares,
    estimate_totals,
)
from tests.reference.reference_cases import (
    ERRORS,
    ESTIMATES,
    assert_close,
    levels,
    numbers,
    outputs,
    panel_design,
    raked,
)
from tests.reference.test_design_cases import stratified


@pytest.mark.parametrize("item", ["v1", "v2", "v3"])
@pytest.mark.parametrize("by", ["leeftijd", "wijk", "opleiding"])
def test_by_panel_a_raked_domains(item, by):
    case = outputs("by_panel_a_raked")[f"{item} by {by}"]
    codes, names = levels("panel_a", by)
    assert names == case["domains"]
    domains = estimate_means(panel_design(), numbers("panel_a", item), domain=codes, n_domains=len(names))
    assert_close(domains.estimate, case["estimate"], ESTIMATES)
    assert_close(domains.standard_error, case["se"], ERRORS)


def test_by_panel_a_raked_all_breakdowns_in_one_call():
    cases = outputs("by_panel_a_raked")
    breakdowns = {by: levels("panel_a", by) for by in ("leeftijd", "wijk", "opleiding")}
    found = estimate_breakdowns(
        panel_design(),
        numbers("panel_a", "v1", "v2", "v3"),
        {by: (codes, len(names)) for by, (codes, names) in breakdowns.items()},
    )
    for by, domains in found.items():
        for column, item in enumerate(("v1", "v2", "v3")):
            assert_close(domains.estimate[:, column], cases[f"{item} by {by}"]["estimate"], ESTIMATES)
            assert_close(domains.standard_error[:, column], cases[f"{item} by {by}"]["se"], ERRORS)


def test_by_panel_a_raked_missing_answers_and_shares():
    cases = outputs("by_panel_a_raked")
    codes, _ = levels("panel_a", "geslacht")
    means = estimate_means(panel_design(), numbers("panel_a", "v7"), domain=codes, n_domains=2)
    assert_close(means.estimate, cases["v7 by geslacht (na.rm)"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, cases["v7 by geslacht (na.rm)"]["se"], ERRORS)
    answers, names = levels("panel_a", "stelling")
    shares = estimate_shares(panel_design(), answers, len(names), domain=codes, n_domains=2)
    assert_close(shares.estimate.T, cases["stelling by geslacht"]["estimate"], ESTIMATES)
    assert_close(shares.standard_error.T, cases["stelling by geslacht"]["se"], ERRORS)


def test_subset_vs_drop_keeps_the_other_respondents_in_the_variance():
    case = outputs("subset_vs_drop")
    strata, _ = levels("panel_a", "stratum")
    design = raked_design(raked("rake_panel_a_baseweights_4m", "panel_a", "trekkingsgewicht"), strata=strata)
    district, districts = levels("panel_a", "wijk")
    age, ages = levels("panel_a", "leeftijd")
    inside = (district == districts.index("Noord")) & (age == ages.index("50-64"))
    domain = np.where(inside, 0, -1)
    means = estimate_means(design, numbers("panel_a", "v1", "bestedingen"), domain=domain)
    assert_close(means.estimate, case["mean"]["estimate"], ESTIMATES)
    # R's rake() sweeps unweighted means: with equal weights in the regression we reproduce its figure,
    # with the base weights in it (right, and what se_exact_calibration holds) ours differs by 0.1 %
    swept = replace(design, calibration=replace(design.calibration, base_weights=np.ones(design.n)))
    as_in_r = estimate_means(swept, numbers("panel_a", "v1", "bestedingen"), domain=domain)
    assert_close(as_in_r.standard_error, case["mean"]["se"], 1e-6)
    assert_close(means.standard_error, case["mean"]["se"], 2e-3)
    assert (means.degrees_of_freedom == case["df"]).all()
    total = estimate_totals(design, numbers("panel_a", "v1"), domain=domain)
    assert_close(total.estimate, case["total"]["estimate"], ESTIMATES)


def test_contrast_panel_a_items():
    case = outputs("contrast_panel_a")
    items = numbers("panel_a", "v1", "v2")
    means, covariance = estimate_means(panel_design(), items).estimate[0], covariance_of_means(panel_design(), items)
    for found in (
        item_differences(panel_design(), items, [[0, 1]]),
        linear_contrasts(means, covariance, [[1, -1]]),
    ):
        # the difference is 1e-4 of the shares: its digits are fewer by as many
        np.testing.assert_allclose(np.ravel(found.estimate), case["v1_minus_v2"]["estimate"], atol=1e-13)
        assert_close(found.standard_error, case["v1_minus_v2"]["se"], ERRORS)
    ratio = smooth_contrasts(means, covariance, lambda m: np.log(m[0] / m[1]))
    np.testing.assert_allclose(ratio.estimate, case["log_ratio"]["estimate"], atol=1e-13)
    assert_close(ratio.standard_error, case["log_ratio"]["se"], ERRORS)


def test_contrast_panel_a_domains_with_their_covariance():
    case = outputs("contrast_panel_a")
    sex, names = levels("panel_a", "geslacht")
    domains = estimate_means(panel_design(), numbers("panel_a", "v1"), domain=sex, n_domains=2)
    assert names == case["by"]["domains"]
    assert_close(domains.estimate, case["by"]["estimate"], ESTIMATES)
    assert_close(domains.standard_error, case["by"]["se"], ERRORS)
    found = domain_differences(panel_design(), numbers("panel_a", "v1"), sex, 2)
    assert_close(found.estimate, case["vrouw_minus_man"]["estimate"], ESTIMATES)
    assert_close(found.standard_error, case["vrouw_minus_man"]["se"], ERRORS)
    naive = np.sqrt((domains.standard_error**2).sum())
    assert_close(naive, case["naive_se_vrouw_minus_man"], ERRORS)
    assert abs(naive / found.standard_error[0, 0] - 1) > 0.005


def test_by_apistrat_covariance_of_domains_and_shares_by_domain():
    cases = outputs("by_apistrat")
    types, names = levels("apistrat", "stype")
    means = estimate_means(stratified(), numbers("apistrat", "api00"), domain=types, n_domains=3)
    assert names == cases["mean_by_stype"]["domains"]
    assert_close(means.estimate, cases["mean_by_stype"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, cases["mean_by_stype"]["se"], ERRORS)
    covariance = covariance_of_means(stratified(), numbers("apistrat", "api00"), domain=types, n_domains=3)
    np.testing.assert_allclose(covariance, cases["cov"], rtol=ERRORS, atol=1e-10)
    improved, _ = levels("apistrat", "comp.imp")
    wide, _ = levels("apistrat", "sch.wide")
    shares = estimate_shares(stratified(), wide, 2, domain=improved, n_domains=2)
    assert_close(shares.estimate.T, cases["factor_by"]["estimate"], ESTIMATES)
    assert_close(shares.standard_error.T, cases["factor_by"]["se"], ERRORS)


def test_by_apistrat_means_totals_and_ratios_by_domain():
    cases = outputs("by_apistrat")
    types, names = levels("apistrat", "stype", "sch.wide")
    means = estimate_means(stratified(), numbers("apistrat", "api00", "enroll"), domain=types, n_domains=6)
    assert [f"{name}:api00" for name in names] == cases["mean_by_two"]["domains"][:6]
    assert_close(means.estimate.T, cases["mean_by_two"]["estimate"], ESTIMATES)
    assert_close(means.standard_error.T, cases["mean_by_two"]["se"], ERRORS)
    improved, _ = levels("apistrat", "comp.imp")
    totals = estimate_totals(stratified(), numbers("apistrat", "enroll"), domain=improved, n_domains=2)
    assert_close(totals.estimate, cases["total_by"]["estimate"], ESTIMATES)
    assert_close(totals.standard_error, cases["total_by"]["se"], ERRORS)
    wide, _ = levels("apistrat", "sch.wide")
    ratios = estimate_ratios(
        stratified(), numbers("apistrat", "api.stu"), numbers("apistrat", "enroll"), domain=wide, n_domains=2
    )
    assert_close(ratios.estimate, cases["ratio_by"]["estimate"], ESTIMATES)
    assert_close(ratios.standard_error, cases["ratio_by"]["se"], ERRORS)
