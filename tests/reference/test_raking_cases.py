import numpy as np
import pytest

from analysis.errors import ConvergenceError, MarginError, WeightingRefusedError
from analysis.estimation.design import raked_design, weighted_design
from analysis.estimation.estimates import estimate_means, estimate_ratios, estimate_shares, estimate_totals
from analysis.weighting.diagnostics import summarize_weights
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.raking import rake
from analysis.weighting.solvers import Method
from tests.reference.reference_cases import (
    ERRORS,
    ESTIMATES,
    WEIGHTS,
    assert_close,
    cluster_design,
    levels,
    margins,
    number,
    numbers,
    outputs,
    panel_design,
    profile,
    raked,
    table,
)

SCHOOLS = PanelPopulation(6194.0)
TYPES = ("E", "H", "M")
TYPE_TOTALS = np.array([4421.0, 755, 1018])
WIDE = Margin("sch.wide", ("No", "Yes"), np.array([1072.0, 5122]))

RAKING = [
    ("rake_panel_a_5m", "panel_a", None),
    ("rake_panel_a_baseweights_4m", "panel_a", "trekkingsgewicht"),
    ("rake_panel_a_cross_margin", "panel_a", None),
    ("poststratify_panel_a_joint", "panel_a", None),
    ("rake_apisrs_3m", "apisrs", "pw"),
    ("rake_apiclus1_2m", "apiclus1", "pw"),
]


@pytest.mark.parametrize("method", [Method.NEWTON, Method.PROPORTIONAL_FITTING])
@pytest.mark.parametrize(("case", "data", "base"), RAKING)
def test_weights_equal_those_of_the_case(case, data, base, method):
    result = raked(case, data, base, method=method)
    assert result.method is method
    assert result.max_error <= 1e-10
    assert_close(result.weights, outputs(case)["weights"], WEIGHTS)


@pytest.mark.parametrize(("case", "data", "base"), [row for row in RAKING if row[0].startswith("rake")])
def test_weight_summary_equals_that_of_the_case(case, data, base):
    summary = summarize_weights(raked(case, data, base).weights)
    kish = outputs(case)["kish"]
    assert summary.n == kish["n"]
    assert_close(summary.design_effect, kish["deff_kish"], ESTIMATES)
    assert_close(summary.effective_n, kish["n_eff"], ESTIMATES)
    assert_close(summary.max_over_mean, kish["max_over_mean"], WEIGHTS)


def test_rake_panel_a_5m_means_and_standard_errors():
    case = outputs("rake_panel_a_5m")
    means = estimate_means(panel_design(), numbers("panel_a", *case["mean"]["names"]))
    assert_close(means.estimate, case["mean"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, case["se_exact_calibration"], ERRORS)
    assert (means.degrees_of_freedom == case["df"]).all()


def test_rake_panel_a_5m_weights_as_fixed_give_the_naive_standard_errors():
    case = outputs("rake_panel_a_5m")
    values = numbers("panel_a", *case["mean"]["names"])
    fixed = weighted_design(raked("rake_panel_a_5m", "panel_a").weights)
    assert_close(estimate_means(fixed, values).standard_error, case["naive_se_weights_as_fixed"], ERRORS)


@pytest.mark.parametrize("item", ["v7", "v8", "rapportcijfer"])
def test_rake_panel_a_5m_items_with_missing_answers(item):
    case = outputs("rake_panel_a_5m")["mean_na_rm"][item]
    means = estimate_means(panel_design(), numbers("panel_a", item))
    assert_close(means.estimate, case["estimate"], ESTIMATES)
    assert_close(means.standard_error, case["se"], ERRORS)


def test_rake_panel_a_5m_shares_totals_and_ratio():
    case = outputs("rake_panel_a_5m")
    codes, names = levels("panel_a", "stelling")
    shares = estimate_shares(panel_design(), codes, len(names))
    assert_close(shares.estimate, case["stelling"]["estimate"], ESTIMATES)
    assert_close(shares.standard_error, case["stelling"]["se"], ERRORS)
    totals = estimate_totals(panel_design(), numbers("panel_a", *case["total"]["names"]))
    assert_close(totals.estimate, case["total"]["estimate"], ESTIMATES)
    assert_close(totals.standard_error, case["total"]["se"], ERRORS)
    ratio = estimate_ratios(panel_design(), numbers("panel_a", "bestedingen"), numbers("panel_a", "inkomen"))
    assert_close(ratio.estimate, case["ratio_bestedingen_inkomen"]["estimate"], ESTIMATES)
    assert_close(ratio.standard_error, case["ratio_bestedingen_inkomen"]["se"], ERRORS)


def test_rake_panel_a_baseweights_4m_with_strata_means_and_standard_errors():
    case = outputs("rake_panel_a_baseweights_4m")
    strata, _ = levels("panel_a", "stratum")
    design = raked_design(raked("rake_panel_a_baseweights_4m", "panel_a", "trekkingsgewicht"), strata=strata)
    means = estimate_means(design, numbers("panel_a", *case["mean"]["names"]))
    assert_close(means.estimate, case["mean"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, case["se_exact_calibration"], ERRORS)
    assert (means.degrees_of_freedom == case["df"]).all()


def test_rake_panel_a_cross_margin_means():
    case = outputs("rake_panel_a_cross_margin")["mean"]
    design = raked_design(raked("rake_panel_a_cross_margin", "panel_a"))
    assert_close(estimate_means(design, numbers("panel_a", *case["names"])).estimate, case["estimate"], ESTIMATES)


def test_poststratify_panel_a_joint_means_and_domains():
    case = outputs("poststratify_panel_a_joint")
    design = raked_design(raked("poststratify_panel_a_joint", "panel_a"))
    means = estimate_means(design, numbers("panel_a", *case["mean"]["names"]))
    assert_close(means.estimate, case["mean"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, case["mean"]["se"], ERRORS)
    codes, names = levels("panel_a", "wijk")
    assert names == case["by_wijk"]["domains"]
    domains = estimate_means(design, numbers("panel_a", "v1"), domain=codes, n_domains=len(names))
    assert_close(domains.estimate, case["by_wijk"]["estimate"], ESTIMATES)
    assert_close(domains.standard_error, case["by_wijk"]["se"], ERRORS)


def test_rake_apisrs_3m_means_totals_and_standard_errors():
    case = outputs("rake_apisrs_3m")
    design = raked_design(raked("rake_apisrs_3m", "apisrs", "pw"), sampling_fraction=200 / 6194)
    means = estimate_means(design, numbers("apisrs", *case["mean"]["names"]))
    assert_close(means.estimate, case["mean"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, case["se_exact_calibration"], ERRORS)
    total = estimate_totals(design, numbers("apisrs", "enroll"))
    assert_close(total.estimate, case["total"]["estimate"], ESTIMATES)


def test_rake_apiclus1_2m_means_totals_and_standard_errors_of_a_cluster_sample():
    case = outputs("rake_apiclus1_2m")
    design = cluster_design(is_raked=True)
    codes, _ = levels("apiclus1", "stype")
    values = np.hstack([numbers("apiclus1", "api00", "enroll"), codes[:, None] == np.arange(3)])
    means = estimate_means(design, values)
    assert_close(means.estimate, case["mean"]["estimate"], ESTIMATES)
    # school type is a margin: its standard error is nought, which has no relative tolerance
    assert_close(means.standard_error[0, :2], case["se_exact_calibration"]["mean"][:2], ERRORS)
    assert means.standard_error[0, 2:].max() < 1e-9
    totals = estimate_totals(design, numbers("apiclus1", "enroll"))
    assert_close(totals.estimate, case["total"]["estimate"][0], ESTIMATES)
    assert_close(totals.standard_error, case["se_exact_calibration"]["total"][0], ERRORS)
    assert (means.degrees_of_freedom == case["df"]).all()


def test_rake_apiclus1_2m_default_control_stops_early_where_ours_meets_the_margins():
    case = outputs("rake_apiclus1_2m_default_control")
    result = raked("rake_apiclus1_2m_default_control", "apiclus1", "pw")
    assert result.max_error <= 1e-10 < case["max_rel_margin_error"]
    assert_close(result.weights, case["weights"], 1e-4)


def test_rake_errors_missing_value_is_refused():
    types = Margin("stype", TYPES, TYPE_TOTALS)
    codes = profile("apiclus1", (types, WIDE))
    codes[2, 0] = -1
    with pytest.raises(WeightingRefusedError) as caught:
        rake(codes, number("apiclus1", "pw"), (types, WIDE), SCHOOLS)
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.margin, refusal.n_respondents) == ("missing_value", "stype", 1)


def test_rake_errors_category_without_respondents_is_refused():
    types = Margin("stype", (*TYPES, "X"), np.array([4421.0, 755, 1008, 10]))
    with pytest.raises(WeightingRefusedError) as caught:
        rake(profile("apiclus1", (types, WIDE)), number("apiclus1", "pw"), (types, WIDE), SCHOOLS)
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.category) == ("category_without_respondents", "X")
    assert (refusal.population, refusal.n_respondents) == (10.0, 0)


def test_rake_errors_category_absent_from_the_population_is_refused():
    types = Margin("stype", ("E", "H"), np.array([5000.0, 1194]))
    with pytest.raises(WeightingRefusedError) as caught:
        profile("apiclus1", (types, WIDE))
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.category) == ("category_not_in_population", "M")
    assert refusal.n_respondents == table("apiclus1")["stype"].count("M") > 0


@pytest.mark.parametrize("declared", [6194.0, 7072.0, 6600.0])
def test_rake_errors_margins_that_contradict_each_other_are_refused(declared):
    types = Margin("stype", TYPES, TYPE_TOTALS)
    wide = Margin("sch.wide", ("No", "Yes"), np.array([1072.0, 6000]))
    with pytest.raises(MarginError) as caught:
        rake(profile("apiclus1", (types, wide)), number("apiclus1", "pw"), (types, wide), PanelPopulation(declared))
    assert caught.value.code == "margins_disagree"


def test_rake_errors_margins_that_cannot_be_met_together_do_not_pass_silently():
    types = Margin("stype", TYPES, TYPE_TOTALS)
    same = Margin("again", TYPES, np.array([4000.0, 1176, 1018]))
    codes = profile("apiclus1", (types,))
    with pytest.raises(ConvergenceError) as caught:
        rake(np.hstack([codes, codes]), number("apiclus1", "pw"), (types, same), SCHOOLS)
    assert caught.value.code == "margins_contradict"
    assert caught.value.params["margin"] == "again"
    assert caught.value.params["category"] in TYPES


def test_margins_of_every_raking_case_are_read_completely():
    assert [len(margin.categories) for margin in margins("rake_panel_a_5m")] == [6, 2, 10, 3, 4]
