import numpy as np
import pytest

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import unweighted_design, weighted_design
from analysis.estimation.items import estimate_budget, estimate_ranking, estimate_scales, estimate_several

NA = np.nan
THREE = unweighted_design(3)


def test_several_choices_are_shares_of_persons():
    found = estimate_several(THREE, [[1, 1, 0], [1, 0, 0], [NA, NA, NA]])
    assert found.estimate.tolist() == [[1.0, 0.5, 0.0]]
    assert found.base.tolist() == [[2, 2, 2]]


def test_choice_that_is_neither_yes_nor_no_is_refused():
    with pytest.raises(InputError) as caught:
        estimate_several(THREE, [[1, 2], [0, 0], [0, 0]])
    assert caught.value.params["value"] == 2.0


def test_scale_gives_mean_top_two_and_net():
    found = estimate_scales(unweighted_design(4), [[5], [4], [1], [NA]], 5)
    assert found.mean.estimate[0, 0] == pytest.approx(10 / 3)
    assert found.top_two.estimate[0, 0] == pytest.approx(2 / 3)
    assert found.net.estimate[0, 0] == pytest.approx(1 / 3)


def test_score_off_the_scale_is_refused():
    with pytest.raises(InputError):
        estimate_scales(THREE, [[6], [1], [2]], 5)


def test_scale_too_short_for_top_and_bottom_two_is_refused():
    with pytest.raises(InputError):
        estimate_scales(THREE, [[1], [2], [3]], 3)


def test_ranking_gives_mean_rank_borda_and_first_places():
    found = estimate_ranking(THREE, [[1, 2, 3], [2, 1, 3], [NA, NA, NA]])
    assert found.mean_rank.estimate.tolist() == [[1.5, 1.5, 3.0]]
    assert found.borda.estimate.tolist() == [[0.75, 0.75, 0.0]]
    assert found.first.estimate.tolist() == [[0.5, 0.5, 0.0]]
    assert found.first.base.tolist() == [[2, 2, 2]]


def test_items_left_unranked_share_the_remaining_ranks():
    found = estimate_ranking(unweighted_design(2), [[1, NA, NA], [1, NA, NA]])
    assert found.mean_rank.estimate.tolist() == [[1.0, 2.5, 2.5]]
    assert found.first.estimate.tolist() == [[1.0, 0.0, 0.0]]


@pytest.mark.parametrize("row", [[1, 1, 2], [2, 3, NA], [1, 2, 4], [0, 1, 2]])
def test_rows_that_are_no_ranking_are_counted_and_refused(row):
    with pytest.raises(EstimationError) as caught:
        estimate_ranking(unweighted_design(2), [row, [1, 2, 3]])
    assert caught.value.params == {"count": 1, "n_items": 3}


def test_budget_gives_mean_share_and_who_gives_nothing():
    design = weighted_design(np.array([1.0, 3.0, 5.0]))
    found = estimate_budget(design, [[100, 0], [20, 80], [NA, NA]])
    np.testing.assert_allclose(found.mean_share.estimate, [[0.4, 0.6]])
    np.testing.assert_allclose(found.nothing.estimate, [[0.0, 0.25]])


def test_post_left_empty_gets_nothing():
    found = estimate_budget(unweighted_design(2), [[100, NA], [NA, 100]])
    assert found.nothing.estimate.tolist() == [[0.5, 0.5]]


def test_budgets_that_do_not_add_up_are_counted_and_refused():
    with pytest.raises(EstimationError) as caught:
        estimate_budget(THREE, [[50, 40], [50, 50], [60, 60]])
    assert caught.value.params == {"count": 2, "expected": 100.0}


def test_negative_points_are_refused():
    with pytest.raises(InputError):
        estimate_budget(THREE, [[110, -10], [50, 50], [50, 50]])


def test_kinds_of_questions_can_be_broken_down():
    found = estimate_budget(THREE, [[100, 0], [20, 80], [60, 40]], domain=np.array([0, 1, 1]), n_domains=2)
    np.testing.assert_allclose(found.mean_share.estimate, [[1.0, 0.0], [0.4, 0.6]])
