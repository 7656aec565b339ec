"""Quantiles: every rule and every interval of the reference."""

import numpy as np
import pytest
from scipy.special import stdtrit

from analysis.estimation.design import raked_design, weighted_design
from analysis.estimation.estimates import estimate_means
from analysis.estimation.quantile_rules import QuantileRule
from analysis.estimation.quantiles import QuantileInterval, estimate_quantile, estimate_quantiles
from tests.reference.reference_cases import ESTIMATES, assert_close, number, outputs, raked

PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)


def simple_random():
    return weighted_design(number("apisrs", "pw"), population_sizes=number("apisrs", "fpc"))


@pytest.mark.parametrize("item", ["api00", "enroll"])
@pytest.mark.parametrize("rule", [rule for rule in QuantileRule if rule is not QuantileRule.SHAH_VAISH])
def test_quantiles_apisrs_every_rule(rule, item):
    found = estimate_quantiles(simple_random(), number("apisrs", item), PROBABILITIES, rule=rule)
    assert_close(found.estimate, outputs("quantiles_apisrs")["qrule"][rule.value][item], ESTIMATES)


@pytest.mark.parametrize("item", ["api00", "enroll"])
def test_quantiles_apisrs_shah_vaish_but_for_the_scale_of_the_weights(item):
    # R leaves half the weight, 30.97, unscaled where ours is half of 1: with equal weights, a shift of p
    shifted = np.array(PROBABILITIES) + (30.97 - 1) / 2 / 201
    found = estimate_quantiles(
        simple_random(), number("apisrs", item), np.minimum(shifted, 0.9999), rule=QuantileRule.SHAH_VAISH
    )
    assert_close(found.estimate, outputs("quantiles_apisrs")["qrule"]["shahvaish"][item], ESTIMATES)


@pytest.mark.parametrize("interval", [kind for kind in QuantileInterval if kind is not QuantileInterval.SCORE])
def test_quantiles_apisrs_every_interval(interval):
    case = outputs("quantiles_apisrs")["interval"][interval.value]
    found = estimate_quantiles(simple_random(), number("apisrs", "api00"), (0.25, 0.5, 0.75), interval=interval)
    assert_close(found.estimate, case["estimate"], ESTIMATES)
    assert_close(found.low, case["low"], 1e-6)
    assert_close(found.high, case["high"], 1e-6)
    assert_close(found.standard_error, case["se"], 1e-6)


def test_quantiles_apisrs_score_interval_begins_at_the_first_answer_that_is_not_rejected():
    case = outputs("quantiles_apisrs")["interval"]["score"]
    values = number("apisrs", "api00")
    found = estimate_quantiles(simple_random(), values, (0.25, 0.5, 0.75), interval=QuantileInterval.SCORE)
    assert_close(found.estimate, case["estimate"], ESTIMATES)
    assert_close(found.high, case["high"], 1e-6)
    assert_close(found.low[0, [0, 2]], [case["low"][0], case["low"][2]], 1e-6)
    # R searches for the crossing and ends on the wrong side of the step: its own test rejects the limit it gives
    scores = []
    for limit in (case["low"][1], found.low[0, 1]):
        below = estimate_means(simple_random(), (values <= limit)[:, None])
        scores.append((0.5 - below.estimate[0, 0]) / below.standard_error[0, 0])
    assert (case["low"][1], found.low[0, 1]) == (631.0, 633.0)
    assert scores[0] > stdtrit(199, 0.975) > scores[1]


def test_poststratify_panel_a_joint_median():
    case = outputs("poststratify_panel_a_joint")["quantile"]
    design = raked_design(raked("poststratify_panel_a_joint", "panel_a"))
    found = estimate_quantile(design, number("panel_a", "bestedingen"))
    assert found.estimate == case["median"]
    assert_close(found.standard_error, case["se"], 1e-6)
