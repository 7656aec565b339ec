"""Replicate weights against R's survey: jackknife, half-samples, bootstrap, and replicates raked again."""

import numpy as np
import pytest

from analysis.arrays import FloatArray
from analysis.estimation.design import weighted_design
from analysis.estimation.estimates import estimate_ratios
from analysis.estimation.intervals import mean_intervals
from analysis.estimation.replicate_calibration import recalibrate
from analysis.estimation.replicate_estimates import (
    replicate_means,
    replicate_quantile,
    replicate_ratios,
    replicate_statistic,
    replicate_totals,
)
from analysis.estimation.replicate_weights import (
    balanced_half_samples,
    given_replicates,
    jackknife,
    stratified_jackknife,
)
from analysis.weighting.margins import PanelPopulation
from tests.reference.reference_cases import (
    ERRORS,
    ESTIMATES,
    WEIGHTS,
    assert_close,
    levels,
    margins,
    number,
    numbers,
    outputs,
    profile,
    table,
)

NORMAL = 1.959963984540054


def replicate_table(name: str) -> FloatArray:
    return numbers(name, *table(name))


def api_jackknife():
    clusters, _ = levels("apiclus1", "dnum")
    return jackknife(number("apiclus1", "pw"), clusters=clusters, sampling_fraction=15 / 757)


def api_bootstrap():
    expected = outputs("replicate_boot_apiclus1")
    return given_replicates(
        number("apiclus1", "pw"),
        replicate_table("rep_boot_apiclus1"),
        scale=expected["scale"],
        rscales=expected["rscales"],
        is_bootstrap=True,
    )


def api_raked(replicates):
    given = margins("replicate_jk1_raked")
    return recalibrate(replicates, profile("apiclus1", given), given, PanelPopulation(6194.0))


def assert_agree(found, expected, *, covariance=True):
    assert_close(found.estimate, expected["estimate"], ESTIMATES)
    assert_close(found.standard_error, expected["se"], ERRORS)
    reach = NORMAL * found.standard_error
    assert_close(found.estimate - reach, expected["ci95_normal"]["low"], ERRORS)
    if covariance:
        assert_close(found.covariance(), expected["vcov"], ERRORS)


def test_replicate_jk1_apiclus1_weights_are_those_of_r():
    expected = outputs("replicate_jk1_apiclus1")
    replicates = api_jackknife()
    theirs, ours = replicate_table("rep_jk1_apiclus1"), replicates.weight_matrix()
    # R numbers its replicates by first appearance of the cluster, ours follow the cluster code
    order = np.lexsort(theirs[::-1])
    np.testing.assert_allclose(ours[:, np.lexsort(ours[::-1])], theirs[:, order], rtol=WEIGHTS)
    assert_close(replicates.scale, expected["scale"], ESTIMATES)
    assert_close(replicates.rscales, expected["rscales"], ESTIMATES)
    assert replicates.degrees_of_freedom == expected["df"]


def test_replicate_jk1_apiclus1_estimates():
    expected = outputs("replicate_jk1_apiclus1")
    replicates = api_jackknife()
    assert_agree(replicate_means(replicates, numbers("apiclus1", "api00", "enroll")), expected["mean"])
    assert_agree(replicate_totals(replicates, numbers("apiclus1", "enroll")), expected["total"])
    ratio = replicate_ratios(replicates, numbers("apiclus1", "api.stu"), numbers("apiclus1", "enroll"))
    assert_agree(ratio, expected["ratio"])


def test_replicate_jk1_apiclus1_a_statistic_of_the_weights_equals_the_built_in_one():
    expected = outputs("replicate_jk1_apiclus1")["ratio"]
    students, enrolled = number("apiclus1", "api.stu"), number("apiclus1", "enroll")
    assert_agree(replicate_statistic(api_jackknife(), lambda w: (w @ students) / (w @ enrolled)), expected)


def test_replicate_jk1_apiclus1_degrees_of_freedom_follow_from_given_weights():
    expected = outputs("replicate_jk1_apiclus1")
    replicates = given_replicates(
        number("apiclus1", "pw"), replicate_table("rep_jk1_apiclus1"), scale=expected["scale"]
    )
    assert replicates.degrees_of_freedom == expected["df"]
    assert_agree(replicate_means(replicates, numbers("apiclus1", "api00", "enroll")), expected["mean"])


def test_replicate_jkn_apistrat_weights_and_estimates():
    expected = outputs("replicate_jkn_apistrat")
    strata, names = levels("apistrat", "stype")
    fractions = [np.count_nonzero(strata == h) / number("apistrat", "fpc")[strata == h][0] for h in range(3)]
    replicates = stratified_jackknife(number("apistrat", "pw"), strata, sampling_fraction=fractions)
    # R takes the strata in order of appearance (E, M, H), ours follow their code (E, H, M)
    order = np.r_[0:100, 150:200, 100:150]
    theirs = replicate_table("rep_jkn_apistrat")
    np.testing.assert_allclose(replicates.weight_matrix(order), theirs, rtol=WEIGHTS)
    assert_close(replicates.scale, expected["scale"], ESTIMATES)
    assert_close(replicates.rscales[order], expected["rscales"], ESTIMATES)
    assert replicates.degrees_of_freedom == expected["df"]
    assert_agree(replicate_means(replicates, numbers("apistrat", "api00", "enroll")), expected["mean"])
    assert_agree(replicate_totals(replicates, numbers("apistrat", "enroll")), expected["total"])
    by = replicate_means(replicates, numbers("apistrat", "api00"), domain=strata, n_domains=3)
    assert names == expected["by"]["domains"]
    assert_close(by.estimate, expected["by"]["estimate"], ESTIMATES)
    assert_close(by.standard_error, expected["by"]["se"], ERRORS)


def test_replicate_jk1_raked_every_replicate_meets_the_margins_and_gives_r_s_errors():
    expected = outputs("replicate_jk1_raked")
    replicates = api_raked(api_jackknife())
    assert_close(replicates.weights, expected["full_weights"], WEIGHTS)
    assert_agree(replicate_means(replicates, numbers("apiclus1", "api00", "enroll")), expected["mean"])
    improved, names = levels("apiclus1", "comp.imp")
    items = np.column_stack([number("apiclus1", "enroll"), improved == 0, improved == 1])
    assert [f"comp.imp{name}" for name in names] == expected["total"]["names"][1:]
    total = replicate_totals(replicates, items)
    assert_close(total.estimate, expected["total"]["estimate"], ESTIMATES)
    assert_close(total.standard_error, expected["total"]["se"], ERRORS)
    assert_close(total.covariance(), expected["total"]["vcov"], ERRORS)


def test_replicate_boot_apiclus1_given_weights():
    expected = outputs("replicate_boot_apiclus1")
    replicates = api_bootstrap()
    assert_agree(replicate_means(replicates, numbers("apiclus1", "api00", "enroll")), expected["mean"])
    assert_agree(replicate_totals(replicates, numbers("apiclus1", "enroll")), expected["total"])


def test_replicate_boot_apiclus1_median():
    expected = outputs("replicate_boot_apiclus1")["median"]
    found = replicate_quantile(api_bootstrap(), number("apiclus1", "api00"))
    assert_close(found.estimate, expected["est"], ESTIMATES)
    assert_close(found.standard_error, expected["se"], 1e-6)


def test_replicate_boot_apiclus1_raked():
    expected = outputs("replicate_boot_apiclus1")["raked"]
    replicates = api_raked(api_bootstrap())
    assert_agree(replicate_means(replicates, numbers("apiclus1", "api00")), expected["mean"])
    assert_agree(replicate_totals(replicates, numbers("apiclus1", "enroll")), expected["total"])


def test_replicate_brr_scd_given_factors():
    expected = outputs("replicate_brr_scd")
    replicates = given_replicates(
        np.ones(6), expected["given_weights"], scale=1 / 4, combined=False, degrees_of_freedom=3
    )
    assert_agree(
        replicate_ratios(replicates, numbers("scd", "alive"), numbers("scd", "arrests")), expected["ratio_given"]
    )
    assert_agree(replicate_totals(replicates, numbers("scd", "alive")), expected["total_given"])


@pytest.mark.parametrize(("case", "fay"), [("ratio_brr", 0.0), ("ratio_fay", 0.3)])
def test_replicate_brr_scd_half_samples(case, fay):
    expected = outputs("replicate_brr_scd")
    strata, _ = levels("scd", "ESA")
    replicates = balanced_half_samples(np.ones(6), strata, fay=fay)
    assert_agree(replicate_ratios(replicates, numbers("scd", "alive"), numbers("scd", "arrests")), expected[case])
    if fay:
        assert_close(replicates.scale, expected["fay_scale"], ESTIMATES)
    assert replicates.degrees_of_freedom == 3


def test_replicate_brr_scd_linearized():
    expected = outputs("replicate_brr_scd")["linearized"]
    strata, _ = levels("scd", "ESA")
    ratio = estimate_ratios(
        weighted_design(np.ones(6), strata=strata), numbers("scd", "alive"), numbers("scd", "arrests")
    )
    assert_close(ratio.estimate, expected["estimate"], ESTIMATES)
    assert_close(ratio.standard_error, expected["se"], ERRORS)


def test_replicate_jk1_apiclus1_intervals_use_t_on_the_units():
    found = replicate_means(api_jackknife(), numbers("apiclus1", "api00"))
    limits = mean_intervals(found)
    t_14 = 2.1447866879169273
    assert_close(limits.half_width, t_14 * found.standard_error, ERRORS)
