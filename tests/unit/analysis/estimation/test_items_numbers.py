"""Choices, scales, budgets and numbers beyond their means."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.estimation.design import Design, unweighted_design, weighted_design
from analysis.estimation.items import (
    estimate_budget,
    estimate_budget_spread,
    estimate_choices,
    estimate_duels,
    estimate_matrix,
    estimate_quantity,
    estimate_ranking,
    estimate_scale_points,
    estimate_several,
)

NA = np.nan
N = 40


def _design(seed: int) -> Design:
    return weighted_design(np.random.default_rng(seed).uniform(0.3, 4.0, N), clusters=np.arange(N) // 2)


def test_choices_are_shares_of_persons_and_of_choices():
    found = estimate_choices(weighted_design([1.0, 3.0, 2.0]), [[1, 1, 0], [1, 0, 0], [NA, NA, NA]])
    np.testing.assert_allclose(found.of_persons.estimate, [[1.0, 0.25, 0.0]])
    np.testing.assert_allclose(found.of_choices.estimate, [[0.8, 0.2, 0.0]])
    np.testing.assert_allclose(found.number_chosen.estimate, [[1.25]])
    assert found.of_choices.base.tolist() == [[2, 2, 2]]


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_shares_of_choices_add_up_to_1_and_follow_from_shares_of_persons(seed, k):
    chosen = np.random.default_rng(seed).integers(0, 2, (N, k)).astype(float)
    chosen[0] = 1.0
    found = estimate_choices(_design(seed), chosen)
    assert found.of_choices.estimate.sum() == pytest.approx(1.0)
    expected = found.of_persons.estimate / found.number_chosen.estimate
    np.testing.assert_allclose(found.of_choices.estimate, expected, rtol=1e-10)


def test_error_of_a_share_of_choices_agrees_with_leaving_one_out():
    random = np.random.default_rng(1)
    chosen, w = random.integers(0, 2, (N, 3)).astype(float), random.uniform(0.3, 4.0, N)
    left_out = []
    for row in range(N):
        kept = np.delete(chosen, row, axis=0) * np.delete(w, row)[:, None]
        left_out.append(kept.sum(axis=0) / kept.sum())
    jackknife = np.sqrt(np.var(left_out, axis=0) * (N - 1))
    found = estimate_choices(weighted_design(w), chosen).of_choices.standard_error[0]
    np.testing.assert_allclose(found, jackknife, rtol=0.05)


def test_nobody_who_chose_anything_leaves_the_share_of_choices_open():
    found = estimate_choices(unweighted_design(2), [[0, 0], [0, 0]])
    assert np.isnan(found.of_choices.estimate).all()
    assert found.number_chosen.estimate.tolist() == [[0.0]]


@given(st.integers(0, 10_000), st.integers(4, 7))
def test_points_of_a_scale_add_up_to_everything_else(seed, n_points):
    random = np.random.default_rng(seed)
    scores = random.integers(1, n_points + 1, (N, 3)).astype(float)
    scores[random.random((N, 3)) < 0.2] = NA
    found = estimate_matrix(_design(seed), scores, n_points)
    shares = np.array([point.estimate[0] for point in found.points])
    np.testing.assert_allclose(shares.sum(axis=0), 1.0)
    np.testing.assert_allclose(np.arange(1, n_points + 1) @ shares, found.scales.mean.estimate[0])
    np.testing.assert_allclose(shares[-2:].sum(axis=0), found.scales.top_two.estimate[0])
    np.testing.assert_allclose(shares[:2].sum(axis=0), found.scales.bottom_two.estimate[0])
    np.testing.assert_allclose((shares[-2:] - shares[:2]).sum(axis=0), found.scales.net.estimate[0], atol=1e-12)
    assert found.points[0].base.tolist() == np.isfinite(scores).sum(axis=0, keepdims=True).tolist()


def test_net_of_a_scale_has_the_error_of_top_minus_bottom():
    scores = np.array([5.0, 4, 1, 3, 2, 5, 5, 1])
    design = weighted_design(np.arange(1.0, 9.0))
    found = estimate_matrix(design, scores[:, None], 5).scales
    value = (scores >= 4).astype(float) - (scores <= 2)
    centred = (value - found.net.estimate[0, 0]) / design.weights.sum()
    assert found.net.standard_error[0, 0] == pytest.approx(np.sqrt(design.variance(centred[:, None])[0]))


def test_short_scales_have_points_but_no_top_two():
    found = estimate_scale_points(unweighted_design(3), [[1], [2], [2]], 2)
    assert [point.estimate[0, 0] for point in found] == pytest.approx([1 / 3, 2 / 3])
    with pytest.raises(InputError):
        estimate_matrix(unweighted_design(3), [[1], [2], [2]], 2)
    with pytest.raises(InputError):
        estimate_scale_points(unweighted_design(3), [[1], [2], [2]], 0)


def test_scales_are_broken_down():
    found = estimate_scale_points(unweighted_design(3), [[1], [2], [2]], 2, domain=[0, 1, 1], n_domains=2)
    assert found[0].estimate.tolist() == [[1.0], [0.0]]


def test_budget_shares_add_up_to_1_and_are_spread_around_their_median():
    points = [[100, 0], [50, 50], [0, 100], [30, 70], [NA, NA]]
    design = unweighted_design(5)
    assert estimate_budget(design, points).mean_share.estimate.sum() == pytest.approx(1.0)
    first, second = estimate_budget_spread(design, points, probabilities=[0.25, 0.5])
    np.testing.assert_allclose(first.estimate, [[0.0, 0.3]])
    np.testing.assert_allclose(second.estimate, [[0.0, 0.5]])
    assert first.base.tolist() == [4]


def test_spread_of_a_budget_is_made_per_domain():
    found = estimate_budget_spread(
        unweighted_design(4),
        [[100, 0], [80, 20], [0, 100], [30, 70]],
        probabilities=[0.5],
        domain=[0, 0, 1, 1],
        n_domains=2,
    )
    np.testing.assert_allclose(found[0].estimate, [[0.8], [0.0]])


@pytest.mark.parametrize("budget", [0.0, -100.0, np.inf, np.nan])
def test_budget_that_is_not_positive_is_refused(budget):
    with pytest.raises(InputError) as caught:
        estimate_budget(unweighted_design(2), [[50, 50], [0, 100]], budget=budget)
    assert caught.value.params["name"] == "budget"


@pytest.mark.parametrize("points", [[[np.inf, 0], [50, 50]], [[50, 50]], [50, 50]])
def test_points_that_do_not_fit_are_refused(points):
    with pytest.raises(InputError):
        estimate_budget(unweighted_design(2), points)


def test_number_has_mean_median_and_quartiles():
    found = estimate_quantity(unweighted_design(6), [1.0, 2, 3, 4, 100, NA])
    assert found.mean.estimate.tolist() == [[22.0]]
    assert found.quantiles.estimate.tolist() == [[2.0, 3.0, 4.0]]
    assert found.mean.base.tolist() == [[5]]
    assert found.quantiles.base.tolist() == [5]


def test_number_is_broken_down():
    found = estimate_quantity(
        unweighted_design(4), [1.0, 3, 10, 30], probabilities=[0.5], domain=[0, 0, 1, 1], n_domains=2
    )
    np.testing.assert_allclose(found.mean.estimate, [[2.0], [20.0]])
    np.testing.assert_allclose(found.quantiles.estimate, [[1.0], [10.0]])


def test_number_of_another_length_is_refused():
    with pytest.raises(InputError):
        estimate_quantity(unweighted_design(4), [1.0, 2.0])


@pytest.mark.parametrize(
    "function",
    [
        estimate_several,
        estimate_choices,
        partial(estimate_matrix, n_points=5),
        estimate_ranking,
        estimate_duels,
        estimate_budget,
        estimate_budget_spread,
    ],
)
def test_question_without_items_is_refused(function):
    with pytest.raises(InputError) as caught:
        function(unweighted_design(2), np.zeros((2, 0)))
    assert caught.value.code == "no_columns"
