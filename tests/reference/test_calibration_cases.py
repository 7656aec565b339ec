"""Calibration, post-stratification and trimming against R's survey package, case by case."""

import numpy as np
import pytest

from analysis.errors import ConvergenceError, MarginError, WeightingRefusedError
from analysis.estimation.design import weighted_design
from analysis.estimation.estimates import estimate_means, estimate_ratios, estimate_totals
from analysis.weighting.auxiliaries import Auxiliary
from analysis.weighting.calibrating import calibrate
from analysis.weighting.diagnostics import summarize_weights
from analysis.weighting.distances import Distance
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.poststratification import poststratify
from analysis.weighting.trimming import rake_and_trim, trim_weights
from tests.reference.reference_cases import (
    ERRORS,
    ESTIMATES,
    FOLDER,
    WEIGHTS,
    assert_close,
    levels,
    margins,
    number,
    numbers,
    outputs,
    profile,
    raked,
)

SCHOOLS = PanelPopulation(6194.0)
TYPES = Margin("stype", ("E", "H", "M"), np.array([4421.0, 755, 1018]))
PERFORMANCE = 3914069.0
CLUSTER_CASES = [
    ("calibrate_apiclus1_linear", Distance.LINEAR, None),
    ("calibrate_apiclus1_linear_bounded", Distance.LINEAR, (0.7, 1.7)),
    ("calibrate_apiclus1_logit", Distance.LOGIT, (0.7, 1.7)),
    ("calibrate_apiclus1_raking", Distance.RAKING, None),
]
PANEL_CASES = [
    ("linear", Distance.LINEAR, None),
    ("raking", Distance.RAKING, None),
    ("logit", Distance.LOGIT, (0.3, 3)),
]
RAKING_CASES = [
    ("rake_panel_a_5m", "panel_a", None),
    ("rake_panel_a_baseweights_4m", "panel_a", "trekkingsgewicht"),
    ("rake_panel_a_cross_margin", "panel_a", None),
    ("rake_apisrs_3m", "apisrs", "pw"),
    ("rake_apiclus1_2m", "apiclus1", "pw"),
]


def schools(**options):
    """Calibrate the cluster sample to school types and the sum of api99."""
    auxiliaries = options.pop("auxiliaries", [Auxiliary("api99", number("apiclus1", "api99"), PERFORMANCE)])
    return calibrate(
        number("apiclus1", "pw"),
        population=SCHOOLS,
        codes=profile("apiclus1", (TYPES,)),
        margins=[TYPES],
        auxiliaries=auxiliaries,
        **options,
    )


def cluster_sample(result):
    clusters, _ = levels("apiclus1", "dnum")
    return weighted_design(
        result.weights, clusters=clusters, sampling_fraction=15 / 757, calibration=result.calibration
    )


def stratified_sample(result):
    strata, _ = levels("apistrat", "stype")
    fractions = [np.count_nonzero(strata == h) / number("apistrat", "fpc")[strata == h][0] for h in range(3)]
    return weighted_design(result.weights, strata=strata, sampling_fraction=fractions, calibration=result.calibration)


@pytest.mark.parametrize(("case", "distance", "bounds"), CLUSTER_CASES)
def test_weights_and_their_extremes_equal_those_of_the_case(case, distance, bounds):
    result, expected = schools(distance=distance, bounds=bounds), outputs(case)
    assert_close(result.weights, expected["weights"], WEIGHTS)
    assert_close(result.g_weights.min(), expected["g_min"], WEIGHTS)
    assert_close(result.g_weights.max(), expected["g_max"], WEIGHTS)
    reached = [*result.margins[0].after, result.totals[0].after]
    assert_close(reached, expected["totals"], ESTIMATES)
    assert result.max_error <= 1e-10


@pytest.mark.parametrize(("case", "distance", "bounds"), CLUSTER_CASES)
def test_estimates_and_standard_errors_equal_those_of_the_case(case, distance, bounds):
    design, expected = cluster_sample(schools(distance=distance, bounds=bounds)), outputs(case)
    means = estimate_means(design, numbers("apiclus1", "api00", "enroll"))
    assert_close(means.estimate, expected["mean"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, expected["mean"]["se"], ERRORS)
    assert (means.degrees_of_freedom == expected["df"]).all()
    totals = estimate_totals(design, numbers("apiclus1", "api.stu", "enroll"))
    assert_close(totals.estimate, expected["total"]["estimate"], ESTIMATES)
    assert_close(totals.standard_error, expected["total"]["se"], ERRORS)
    ratio = estimate_ratios(design, numbers("apiclus1", "api.stu"), numbers("apiclus1", "enroll"))
    assert_close(ratio.estimate, expected["ratio"]["estimate"], ESTIMATES)
    assert_close(ratio.standard_error, expected["ratio"]["se"], ERRORS)
    codes, names = levels("apiclus1", "stype")
    assert names == expected["by"]["domains"]
    domains = estimate_means(design, numbers("apiclus1", "api00"), domain=codes, n_domains=len(names))
    assert_close(domains.estimate, expected["by"]["estimate"], ESTIMATES)
    assert_close(domains.standard_error, expected["by"]["se"], ERRORS)


def test_calibrate_apistrat_no_intercept():
    expected = outputs("calibrate_apistrat_no_intercept")
    result = calibrate(
        number("apistrat", "pw"),
        auxiliaries=[
            Auxiliary("api99", number("apistrat", "api99"), PERFORMANCE),
            Auxiliary("enroll", number("apistrat", "enroll"), 3811472.0),
        ],
    )
    assert_close(result.weights, expected["weights"], WEIGHTS)
    design = stratified_sample(result)
    means = estimate_means(design, numbers("apistrat", "api00"))
    assert_close(means.estimate, expected["mean"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, expected["mean"]["se"], ERRORS)
    totals = estimate_totals(design, numbers("apistrat", "api.stu"))
    assert_close(totals.estimate, expected["total"]["estimate"], ESTIMATES)
    assert_close(totals.standard_error, expected["total"]["se"], ERRORS)


@pytest.mark.parametrize(("name", "distance", "bounds"), PANEL_CASES)
def test_calibrate_panel_a_mixed(name, distance, bounds):
    expected = outputs("calibrate_panel_a_mixed")[name]
    result = panel_mixed(distance=distance, bounds=bounds)
    assert_close(result.weights, expected["weights"], WEIGHTS)
    strata, _ = levels("panel_a", "stratum")
    design = weighted_design(result.weights, strata=strata, calibration=result.calibration)
    means = estimate_means(design, numbers("panel_a", "v1", "v2", "bestedingen"))
    assert_close(means.estimate, expected["mean"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, expected["mean"]["se"], ERRORS)
    total = estimate_totals(design, numbers("panel_a", "v1"))
    assert_close(total.estimate, expected["total"]["estimate"], ESTIMATES)
    assert_close(total.standard_error, expected["total"]["se"], ERRORS)
    summary = summarize_weights(result.weights)
    assert_close(summary.design_effect, expected["kish"]["deff_kish"], ESTIMATES)
    assert_close(summary.max_over_mean, expected["kish"]["max_over_mean"], WEIGHTS)


def panel_mixed(**options):
    population = outputs("calibrate_panel_a_mixed")["population"]
    size, women = population["(Intercept)"], population["geslachtvrouw"]
    low, middle = population["opleidinglaag"], population["opleidingmidden"]
    given = (
        Margin("geslacht", ("man", "vrouw"), np.array([size - women, women], dtype=float)),
        Margin("opleiding", ("hoog", "laag", "midden"), np.array([size - low - middle, low, middle], dtype=float)),
    )
    return calibrate(
        number("panel_a", "trekkingsgewicht"),
        population=PanelPopulation(float(size)),
        codes=profile("panel_a", given),
        margins=given,
        auxiliaries=[
            Auxiliary("leeftijd_jaar", number("panel_a", "leeftijd_jaar"), float(population["leeftijd_jaar"]))
        ],
        **options,
    )


@pytest.mark.parametrize("distance", list(Distance))
def test_calibrate_errors_bounds_too_tight_name_what_they_allow(distance):
    assert outputs("calibrate_errors")["bounds_too_tight"]["error"]
    with pytest.raises(ConvergenceError) as caught:
        schools(distance=distance, bounds=(0.9, 1.1))
    assert caught.value.code == "bounds_too_tight"
    found = caught.value.params
    assert (found["margin"], found["category"], found["wanted"]) == ("stype", "H", 755.0)
    assert found["n_respondents"] == 14
    assert found["lowest"] < found["highest"] < 755.0


def test_calibrate_errors_bounds_that_each_margin_allows_but_not_all_together():
    with pytest.raises(ConvergenceError) as caught:
        schools(bounds=(0.75, 1.6))
    assert caught.value.code == "bounds_cannot_meet_all"
    assert caught.value.params["error"] > 1e-6


def test_calibrate_errors_names_disagree_cannot_happen_because_totals_carry_their_variable():
    # R has to match totals with columns by name, and warns
    assert "reordered" in outputs("calibrate_errors")["names_disagree"]["warnings"][0]
    api99 = Auxiliary("api99", number("apiclus1", "api99"), PERFORMANCE)
    enrolled = Auxiliary("enroll", number("apiclus1", "enroll"), 3811472.0)
    one = schools(auxiliaries=[api99, enrolled])
    other = schools(auxiliaries=[enrolled, api99])
    assert_close(one.weights, other.weights, WEIGHTS)


@pytest.mark.parametrize("stated", [2 * PERFORMANCE, 1.9 * PERFORMANCE])
def test_calibrate_errors_collinear_totals_are_refused(stated):
    assert outputs("calibrate_errors")["collinear"]["error"]
    api99 = number("apiclus1", "api99")
    with pytest.raises(MarginError) as caught:
        schools(auxiliaries=[Auxiliary("twice", 2 * api99, stated), Auxiliary("api99", api99, PERFORMANCE)])
    assert (caught.value.code, caught.value.params["variable"]) == ("collinear_total", "api99")


@pytest.mark.parametrize(("case", "data", "base"), RAKING_CASES)
def test_raking_cases_by_the_general_route(case, data, base):
    given = margins(case)
    codes = profile(data, given)
    result = calibrate(
        np.ones(codes.shape[0]) if base is None else number(data, base),
        population=PanelPopulation(float(given[0].totals.sum())),
        codes=codes,
        margins=given,
        distance=Distance.RAKING,
    )
    assert_close(result.weights, outputs(case)["weights"], WEIGHTS)


def test_poststratify_apiclus1():
    expected = outputs("poststratify_apiclus1")
    result = poststratify(profile("apiclus1", (TYPES,))[:, 0], number("apiclus1", "pw"), TYPES, SCHOOLS)
    assert_close(result.weights, expected["weights"], WEIGHTS)
    design = cluster_sample(result)
    means = estimate_means(design, numbers("apiclus1", "api00", "enroll"))
    assert_close(means.estimate, expected["mean"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, expected["mean"]["se"], ERRORS)
    total = estimate_totals(design, numbers("apiclus1", "enroll"))
    assert_close(total.estimate, expected["total"]["estimate"][0], ESTIMATES)
    assert_close(total.standard_error, expected["total"]["se"][0], ERRORS)
    ratio = estimate_ratios(design, numbers("apiclus1", "api.stu"), numbers("apiclus1", "enroll"))
    assert_close(ratio.standard_error, expected["ratio"]["se"], ERRORS)
    codes, names = levels("apiclus1", "comp.imp")
    assert names == expected["by"]["domains"]
    domains = estimate_means(design, numbers("apiclus1", "api00"), domain=codes, n_domains=len(names))
    assert_close(domains.estimate, expected["by"]["estimate"], ESTIMATES)
    assert_close(domains.standard_error, expected["by"]["se"], ERRORS)


def test_poststratify_panel_a_joint():
    expected = outputs("poststratify_panel_a_joint")
    (crossed,) = margins("poststratify_panel_a_joint")
    codes = profile("panel_a", (crossed,))[:, 0]
    result = poststratify(codes, np.ones(codes.shape[0]), crossed, PanelPopulation(float(crossed.totals.sum())))
    assert_close(result.weights, expected["weights"], WEIGHTS)
    design = weighted_design(result.weights, calibration=result.calibration)
    means = estimate_means(design, numbers("panel_a", *expected["mean"]["names"]))
    assert_close(means.estimate, expected["mean"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, expected["mean"]["se"], ERRORS)


def test_poststratify_partial_leaves_out_the_class_without_respondents_and_says_so():
    expected = outputs("poststratify_partial")
    margin = Margin("stype", ("E", "H", "M", "Z"), np.array([4421.0, 755, 1018, 50]))
    codes, _ = levels("apistrat", "stype")
    result = poststratify(codes, number("apistrat", "pw"), margin, PanelPopulation(6244.0), partial=True)
    assert_close(result.weights, expected["weights"], WEIGHTS)
    (ignored,) = result.ignored
    assert (ignored.category, ignored.population) == ("Z", 50.0)
    means = estimate_means(stratified_sample(result), numbers("apistrat", "api00"))
    assert_close(means.estimate, expected["mean"]["estimate"], ESTIMATES)
    assert_close(means.standard_error, expected["mean"]["se"], ERRORS)


def test_poststratify_partial_is_refused_unless_asked_for():
    assert outputs("poststratify_partial")["error_without_partial"]["error"]
    margin = Margin("stype", ("E", "H", "M", "Z"), np.array([4421.0, 755, 1018, 50]))
    codes, _ = levels("apistrat", "stype")
    with pytest.raises(WeightingRefusedError) as caught:
        poststratify(codes, number("apistrat", "pw"), margin, PanelPopulation(6244.0))
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.category) == ("category_without_respondents", "Z")


@pytest.mark.parametrize(
    ("name", "bounds", "strict"),
    [
        ("once", ("lower", "upper"), False),
        ("strict", ("lower", "upper"), True),
        ("upper_only_p95", ("upper",), False),
    ],
)
def test_trim_panel_a(name, bounds, strict):
    case = outputs("trim_panel_a")
    given = case[name] if name == "upper_only_p95" else case
    weights = raked("rake_panel_a_5m", "panel_a").weights
    found = trim_weights(weights, strict=strict, **{bound: given[bound] for bound in bounds})
    assert_close(found.weights, case[name]["weights"], WEIGHTS)
    assert_close(found.weights.sum(), weights.sum(), ESTIMATES)
    if "kish" in case[name]:
        assert_close(summarize_weights(found.weights).design_effect, case[name]["kish"]["deff_kish"], ESTIMATES)


def test_trim_panel_a_means_and_the_standard_error_of_the_margins_before_trimming():
    case = outputs("trim_panel_a")
    result = raked("rake_panel_a_5m", "panel_a")
    trimmed = trim_weights(result.weights, lower=case["lower"], upper=case["upper"]).weights
    values = numbers("panel_a", *case["mean_after_strict"]["names"])
    means = estimate_means(weighted_design(trimmed, calibration=result.calibration), values)
    assert_close(means.estimate, case["mean_after_strict"]["estimate"], ESTIMATES)
    # R keeps the margins that held before, so its residuals are those of the trimmed share of each weight
    kept = (values - means.estimate) * (trimmed / result.weights)[:, None] / trimmed.sum()
    design = weighted_design(result.weights, calibration=result.calibration)
    assert_close(np.sqrt(design.variance(kept)), case["mean_after_strict"]["se"], ERRORS)


def test_trim_panel_a_with_recalibration_keeps_both_the_bounds_and_the_margins():
    result = raked("rake_panel_a_5m", "panel_a")
    found = rake_and_trim(result.prepared, lower=0.3, upper=3.0)
    case = outputs("trim_panel_a")
    assert found.raking.max_error <= 1e-10
    assert found.raking.weights.max() <= case["upper"] * (1 + 1e-9)
    assert found.raking.weights.min() >= case["lower"] * (1 - 1e-9)


def test_every_case_of_calibration_is_named_here():
    text = "".join(file.read_text(encoding="utf-8") for file in FOLDER.glob("test_*.py"))
    index = [file.stem for file in (FOLDER / "cases").glob("*.json")]
    ours = [case for case in index if case.split("_")[0] in ("calibrate", "poststratify", "rake", "trim")]
    assert len(ours) >= 18
    assert [case for case in ours if case not in text] == []
