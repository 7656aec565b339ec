"""What every estimate asks of answers, domains and codes; each refusal names what is wrong, and with which value."""

import numpy as np
import pytest

from analysis.errors import InputError
from analysis.estimation.design import unweighted_design
from analysis.estimation.estimates import estimate_means, estimate_ratios, estimate_shares, estimate_totals
from analysis.estimation.linearization import (
    answers,
    category_indicators,
    covariance_of_totals,
    domain_codes,
    influence_of_means,
    ratio_answers,
)
from analysis.estimation.replicate_estimates import (
    replicate_means,
    replicate_quantile,
    replicate_ratios,
    replicate_shares,
    replicate_totals,
)
from analysis.estimation.replicate_weights import jackknife

ONES = np.ones((3, 2))
DESIGN = unweighted_design(3)
ESTIMATES_AND_REPLICATES = [
    (estimate_means, estimate_ratios, estimate_shares, DESIGN),
    (replicate_means, replicate_ratios, replicate_shares, jackknife(np.ones(3))),
]


def with_infinities():
    values = np.array([[1.0, np.nan], [np.inf, 2], [3, -np.inf]])
    return answers("income", values, 3)


@pytest.mark.parametrize(
    ("call", "code", "params"),
    [
        (lambda: answers("income", np.ones(3), 3), "wrong_shape", {"name": "income", "expected": 2, "got": 1}),
        (lambda: answers("income", ONES, 4), "wrong_length", {"name": "income", "expected": 4, "got": 3}),
        (lambda: answers("income", np.ones((3, 0)), 3), "no_columns", {"name": "income"}),
        (
            with_infinities,
            "invalid_value",
            {"name": "income", "value": np.inf, "reason": "finite, or missing"},
        ),
        (
            lambda: domain_codes(3, None, 0),
            "invalid_value",
            {"name": "n_domains", "value": 0, "reason": "a whole number, 1 or more"},
        ),
        (lambda: domain_codes(3, [0.5, 1, 1], 2), "not_integer", {"name": "domain"}),
        (lambda: domain_codes(3, [0, 1], 2), "wrong_length", {"name": "domain", "expected": 3, "got": 2}),
        (lambda: domain_codes(3, [[0, 1, 1]], 2), "wrong_shape", {"name": "domain", "expected": 1, "got": 2}),
        (lambda: domain_codes(3, [0, 2, 3], 2), "code_out_of_range", {"name": "domain", "value": 2, "last": 1}),
        (lambda: domain_codes(3, [0, 1, -2], 2), "code_out_of_range", {"name": "domain", "value": -2, "last": 1}),
        (lambda: influence_of_means(DESIGN, ONES[:2]), "wrong_length", {"name": "values", "expected": 3, "got": 2}),
        (lambda: covariance_of_totals(DESIGN, ONES[:2]), "wrong_length", {"name": "values", "expected": 3, "got": 2}),
        (lambda: ratio_answers(2, ONES, ONES), "wrong_length", {"name": "numerators", "expected": 2, "got": 3}),
        (lambda: ratio_answers(3, ONES, ONES[:2]), "wrong_length", {"name": "denominators", "expected": 3, "got": 2}),
        (
            lambda: ratio_answers(3, ONES, ONES[:, :1]),
            "wrong_length",
            {"name": "denominators", "expected": 2, "got": 1},
        ),
        (lambda: category_indicators(3, [0.5, 1, 1], 2), "not_integer", {"name": "codes"}),
        (lambda: category_indicators(3, [0, 1], 2), "wrong_length", {"name": "codes", "expected": 3, "got": 2}),
        (lambda: category_indicators(2, [[0, 1]], 2), "wrong_shape", {"name": "codes", "expected": 1, "got": 2}),
        (lambda: category_indicators(2, [0, 5], 5), "code_out_of_range", {"name": "codes", "value": 5, "last": 4}),
    ],
)
def test_a_refusal_names_what_is_wrong(call, code, params):
    with pytest.raises(InputError) as caught:
        call()
    assert (caught.value.code, caught.value.params) == (code, params)


def test_a_ratio_counts_answers_of_which_both_are_known():
    y, x, usable = ratio_answers(3, [[1.0], [np.nan], [2]], [[4.0], [5], [np.nan]])
    assert (y.ravel().tolist(), x.ravel().tolist(), usable.ravel().tolist()) == ([1, 0, 0], [4, 0, 0], [1, 0, 0])


@pytest.mark.parametrize(("means", "ratios", "shares", "design"), ESTIMATES_AND_REPLICATES)
def test_a_denominator_of_nought_is_an_answer(means, ratios, shares, design):
    found = ratios(design, [[1.0], [2], [3]], [[2.0], [2], [0]])
    assert (found.estimate[0, 0], found.base[0, 0]) == (1.5, 3)
    assert found.effective_base[0, 0] == pytest.approx(3)


@pytest.mark.parametrize(("means", "ratios", "shares", "design"), ESTIMATES_AND_REPLICATES)
def test_without_codes_everybody_is_in_the_first_domain(means, ratios, shares, design):
    for found in (
        means(design, ONES[:, :1], n_domains=2),
        shares(design, [0, 0, 0], 1, n_domains=2),
        ratios(design, ONES[:, :1], ONES[:, :1], n_domains=2),
    ):
        np.testing.assert_array_equal(found.estimate, [[1.0], [np.nan]])
        assert found.base.ravel().tolist() == [3, 0]


@pytest.mark.parametrize(("means", "ratios", "shares", "design"), ESTIMATES_AND_REPLICATES)
def test_no_answer_is_no_category(means, ratios, shares, design):
    found = shares(design, [0, 1, -1], 2)
    np.testing.assert_allclose(found.estimate, [[0.5, 0.5]])
    assert found.base.tolist() == [[2, 2]]


@pytest.mark.parametrize(("means", "ratios", "shares", "design"), ESTIMATES_AND_REPLICATES)
def test_ratios_are_taken_within_domains_and_over_everybody_without(means, ratios, shares, design):
    y, x = [[1.0], [2], [6]], [[2.0], [2], [3]]
    assert ratios(design, y, x, domain=[0, 0, 1], n_domains=2).estimate.tolist() == [[0.75], [2.0]]
    np.testing.assert_allclose(ratios(design, y, x).estimate, [[9 / 7]])


@pytest.mark.parametrize(("totals", "design"), [(estimate_totals, DESIGN), (replicate_totals, jackknife(np.ones(3)))])
def test_totals_are_taken_over_everybody_and_name_rows_that_lack(totals, design):
    assert totals(design, [[1.0], [2], [6]]).estimate.tolist() == [[9.0]]
    with pytest.raises(InputError) as caught:
        totals(design, ONES[:2])
    assert caught.value.params == {"name": "values", "expected": 3, "got": 2}


def test_coefficients_and_answers_of_replicates_are_named():
    found = replicate_means(jackknife(np.ones(3)), ONES)
    with pytest.raises(InputError) as caught:
        found.combine([1, 0])
    assert caught.value.params == {"name": "coefficients", "expected": 2, "got": 1}
    with pytest.raises(InputError) as caught:
        replicate_quantile(jackknife(np.ones(3)), [1.0, 2])
    assert caught.value.params == {"name": "values", "expected": 3, "got": 2}
