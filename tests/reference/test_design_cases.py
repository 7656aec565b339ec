"""Designs of the reference: strata, clusters, stages, frames of known size, single units, design effects."""

import numpy as np
import pytest

from analysis.errors import EstimationError
from analysis.estimation.design import Design, selection_weights, weighted_design
from analysis.estimation.design_effects import mean_design_effects, total_design_effects
from analysis.estimation.estimates import estimate_means, estimate_ratios, estimate_totals, estimate_variances
from analysis.estimation.intervals import mean_intervals
from analysis.estimation.linearization import covariance_of_means, covariance_of_totals
from analysis.estimation.stages import LonelyUnits
from tests.reference.reference_cases import ERRORS, ESTIMATES, WEIGHTS, assert_close, levels, number, numbers, outputs


def integers(name: str, *columns: str) -> np.ndarray:
    return numbers(name, *columns).astype(np.int64)


def indicators(name: str, column: str) -> np.ndarray:
    codes, names = levels(name, column)
    return (codes[:, None] == np.arange(len(names))).astype(float)


def stratified() -> Design:
    strata, _ = levels("apistrat", "stype")
    return weighted_design(number("apistrat", "pw"), strata=strata, population_sizes=number("apistrat", "fpc"))


def two_stages() -> Design:
    stages = {
        "clusters": integers("apiclus2", "dnum", "snum"),
        "population_sizes": numbers("apiclus2", "fpc1", "fpc2"),
    }
    return weighted_design(selection_weights(**stages), **stages)


def assert_same(estimates, case, n=None):
    assert_close(estimates.estimate, case["estimate"][:n], ESTIMATES)
    # what a stratum or a calibration fixes has no error: R prints 0, we keep rounding
    np.testing.assert_allclose(estimates.standard_error.ravel(), case["se"][:n], rtol=ERRORS, atol=1e-9)


def test_estimates_apistrat_means_of_a_stratified_sample():
    case = outputs("estimates_apistrat")
    values = [numbers("apistrat", "api00", "api99", "enroll")]
    values += [indicators("apistrat", "stype"), indicators("apistrat", "sch.wide")]
    items = np.hstack(values)
    means = estimate_means(stratified(), items)
    assert_same(means, case["mean"])
    np.testing.assert_allclose(means.coefficient_of_variation[0], case["mean"]["cv"], rtol=ERRORS, atol=1e-12)
    covariance = covariance_of_means(stratified(), items)
    np.testing.assert_allclose(covariance, case["mean"]["vcov"], rtol=ERRORS, atol=1e-12)
    interval = mean_intervals(means)
    assert_close(interval.low, case["mean"]["ci95_t"]["low"], ERRORS)
    assert (means.degrees_of_freedom == case["df"]).all()
    varying = np.array(case["mean"]["deff"]) > 0
    assert_close(mean_design_effects(stratified(), items)[0, varying], np.array(case["mean"]["deff"])[varying], ERRORS)


def test_estimates_apistrat_totals_ratios_and_variance():
    case = outputs("estimates_apistrat")
    items = np.hstack([numbers("apistrat", "enroll"), indicators("apistrat", "stype")])
    totals = estimate_totals(stratified(), items)
    assert_same(totals, case["total"])
    np.testing.assert_allclose(
        np.diag(covariance_of_totals(stratified(), items)), np.diag(case["total"]["vcov"]), rtol=ERRORS, atol=1e-12
    )
    assert_close(total_design_effects(stratified(), items[:, :1]), case["total"]["deff"][:1], ERRORS)
    ratios = estimate_ratios(
        stratified(),
        numbers("apistrat", "api.stu", "api00", "api.stu", "api00"),
        numbers("apistrat", "enroll", "enroll", "api99", "api99"),
    )
    assert_same(ratios, case["ratio"])
    assert_same(estimate_variances(stratified(), numbers("apistrat", "api00")), case["var"])


def test_estimates_apiclus2_two_stages_with_frames_of_known_size():
    case = outputs("estimates_apiclus2")
    means = estimate_means(two_stages(), numbers("apiclus2", "api00", "api99"))
    assert_same(means, case["mean"])
    assert_close(covariance_of_means(two_stages(), numbers("apiclus2", "api00", "api99")), case["mean"]["vcov"], ERRORS)
    assert (means.degrees_of_freedom == case["df"]).all()
    scores = numbers("apiclus2", "api00", "api99")
    assert_close(mean_design_effects(two_stages(), scores), case["mean"]["deff"], ERRORS)
    assert_close(mean_design_effects(two_stages(), scores, with_replacement=True), case["mean_deff_replace"], ERRORS)


def test_estimates_apiclus2_missing_answers():
    case = outputs("estimates_apiclus2")
    assert_same(estimate_totals(two_stages(), numbers("apiclus2", "enroll")), case["total_na"])
    ratios = estimate_ratios(two_stages(), numbers("apiclus2", "api.stu"), numbers("apiclus2", "enroll"))
    assert_same(ratios, case["ratio"])


def test_estimates_mu284_two_stages_with_weights_from_the_frame():
    case = outputs("estimates_mu284")
    stages = {"clusters": integers("mu284", "id1", "id2"), "population_sizes": numbers("mu284", "n1", "n2")}
    weights = selection_weights(**stages)
    assert_close(weights, case["weights"], WEIGHTS)
    design = weighted_design(weights, **stages)
    assert_same(estimate_totals(design, numbers("mu284", "y1")), case["total"])
    assert_same(estimate_means(design, numbers("mu284", "y1")), case["mean"])


def test_estimates_fpc_with_and_without_a_frame_of_known_size():
    case = outputs("estimates_fpc")
    clusters = {"strata": integers("fpc", "stratid")[:, 0], "clusters": integers("fpc", "psuid"), "nest": True}
    weights, x = number("fpc", "weight"), numbers("fpc", "x")
    assert_same(estimate_means(weighted_design(weights, **clusters), x), case["with_replacement"])
    finite = weighted_design(weights, **clusters, population_sizes=number("fpc", "Nh"))
    assert_same(estimate_means(finite, x), case["fpc"])
    assert_same(estimate_totals(finite, x), case["fpc_total"])


@pytest.mark.parametrize("lonely", [option for option in LonelyUnits if option is not LonelyUnits.REFUSE])
def test_lonely_psu_crowd_options(lonely):
    assert_same(estimate_means(crowd(lonely), numbers("crowd", "rooms")[1:]), outputs("lonely_psu_crowd")[lonely.value])


def test_lonely_psu_crowd_is_refused_by_default():
    assert "only one PSU" in outputs("lonely_psu_crowd")["fail"]["error"]
    with pytest.raises(EstimationError) as caught:
        crowd(LonelyUnits.REFUSE)
    assert (caught.value.code, caught.value.params) == ("lonely_stratum", {"stratum": 1, "stage": 1})


def crowd(lonely):
    return weighted_design(
        number("crowd", "weight")[1:],
        strata=integers("crowd", "stratum")[1:, 0],
        clusters=integers("crowd", "cluster")[1:, 0],
        lonely=lonely,
    )
