"""Counties drawn with very unequal probability: estimates, intervals, tests of tables and trimming at both bounds."""

import numpy as np
import pytest

from analysis.estimation.design import Design, weighted_design
from analysis.estimation.design_effects import mean_design_effects
from analysis.estimation.estimates import estimate_means, estimate_ratios, estimate_totals
from analysis.estimation.intervals import IntervalMethod, asin_interval, share_intervals
from analysis.estimation.tables import TableStatistic, table_test
from analysis.weighting.trimming import trim_weights
from tests.reference.reference_cases import ERRORS, ESTIMATES, WEIGHTS, assert_close, number, numbers, outputs

CANDIDATES = ("Bush", "Kerry", "Nader")
DATA = "election_pps"


def counties() -> Design:
    return weighted_design(number(DATA, "wt"))


def test_estimates_election_pps_means_totals_and_ratios():
    case = outputs("estimates_election_pps")
    votes = numbers(DATA, *CANDIDATES)
    for estimate, name in ((estimate_means, "mean"), (estimate_totals, "total")):
        found = estimate(counties(), votes)
        assert_close(found.estimate, case[name]["estimate"], ESTIMATES)
        assert_close(found.standard_error, case[name]["se"], ERRORS)
    assert_close(mean_design_effects(counties(), votes, with_replacement=True), case["deff_replace"], ERRORS)
    ratios = estimate_ratios(counties(), votes[:, :2], numbers(DATA, "votes", "votes"))
    assert_close(ratios.estimate, case["ratio"]["estimate"], ESTIMATES)
    assert_close(ratios.standard_error, case["ratio"]["se"], ERRORS)
    winner = number(DATA, "win").astype(np.int64)
    by = estimate_totals(counties(), numbers(DATA, "votes"), domain=winner, n_domains=2)
    assert_close(by.estimate, case["total_votes_by_win"]["estimate"], ESTIMATES)
    assert_close(by.standard_error, case["total_votes_by_win"]["se"], ERRORS)


@pytest.mark.parametrize("name", ["asin", "beta", "mean", "xlogit"])
def test_estimates_election_pps_intervals_of_a_share(name):
    shares = estimate_means(counties(), numbers(DATA, "win"))
    if name == "asin":
        found = asin_interval(shares.estimate, shares.standard_error, shares.degrees_of_freedom, is_folded=True)
    else:
        found = share_intervals(shares, method=IntervalMethod(name))
    assert_close([found.low[0, 0], found.high[0, 0]], outputs("estimates_election_pps")["ciprop_win"][name], ERRORS)


@pytest.mark.parametrize("name", ["F", "Chisq", "Wald", "adjWald"])
def test_estimates_election_pps_tests_of_a_table(name):
    rows, columns = (number(DATA, column).astype(np.int64) for column in ("win", "third"))
    found = table_test(counties(), rows, columns, 2, 2, method=TableStatistic(name))
    assert_close([found.statistic, found.p_value], outputs("estimates_election_pps")["chisq_win_third"][name], 1e-7)


@pytest.mark.parametrize(("name", "strict"), [("once", False), ("strict", True)])
def test_trim_election_pps_at_both_bounds(name, strict):
    case = outputs("trim_election_pps")[name]
    found = trim_weights(number(DATA, "wt"), lower=case["lower"], upper=case["upper"], strict=strict)
    assert_close(found.weights, case["weights"], WEIGHTS)
