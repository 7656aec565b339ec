import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import Design, unweighted_design, weighted_design
from analysis.estimation.items import estimate_duels, estimate_ranking

NA = np.nan
N = 60


def _design(seed: int) -> Design:
    random = np.random.default_rng(seed)
    return weighted_design(random.uniform(0.3, 4.0, N), clusters=np.arange(N) // 2)


def _rankings(seed: int, k: int, *, favourite: float = 0.0) -> np.ndarray:
    """Rankings by noisy liking, each cut off after a number of items of its own (0: no answer)."""
    random = np.random.default_rng(seed)
    liking = random.normal(size=(N, k))
    liking[:, 0] += favourite
    ranks = 1.0 + np.argsort(np.argsort(-liking, axis=1), axis=1)
    kept = random.integers(0, k + 1, N)
    return np.where(ranks <= kept[:, None], ranks, NA)


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_shares_of_a_duel_add_up_to_1(seed, k):
    (found,) = estimate_duels(_design(seed), _rankings(seed, k))
    off = ~np.eye(k, dtype=bool)
    np.testing.assert_allclose((found.share + found.share.T)[off], 1.0, rtol=1e-12)
    np.testing.assert_allclose((found.low + found.high.T)[off], 1.0, rtol=1e-12)
    np.testing.assert_allclose(found.standard_error, found.standard_error.T)
    assert np.isnan(np.diag(found.share)).all()
    assert np.all((found.low <= found.share)[off] & (found.share <= found.high)[off])


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_mean_rank_and_borda_follow_from_the_duels(seed, k):
    design, ranks = _design(seed), _rankings(seed, k)
    (found,) = estimate_duels(design, ranks)
    ranking = estimate_ranking(design, ranks)
    np.testing.assert_allclose(ranking.mean_rank.estimate[0], 1 + np.nansum(found.share, axis=0), rtol=1e-10)
    np.testing.assert_allclose(ranking.borda.estimate[0], np.nanmean(found.share, axis=1), rtol=1e-10, atol=1e-12)


def test_duels_count_ranked_before_unranked_and_two_unranked_half():
    (found,) = estimate_duels(unweighted_design(3), [[1, 2, NA, NA], [2, 1, NA, NA], [NA, NA, NA, NA]])
    half = [[NA, 0.5, 1, 1], [0.5, NA, 1, 1], [0, 0, NA, 0.5], [0, 0, 0.5, NA]]
    np.testing.assert_array_equal(found.share, half)
    assert found.base == 2
    assert found.condorcet_winner is None
    assert not found.is_clear


def test_duels_weigh_respondents():
    (found,) = estimate_duels(weighted_design([1.0, 3.0]), [[1, 2], [2, 1]])
    np.testing.assert_allclose(found.share, [[NA, 0.25], [0.75, NA]])
    assert (found.condorcet_winner, found.is_clear) == (1, False)


def test_circle_has_no_condorcet_winner():
    (found,) = estimate_duels(unweighted_design(3), [[1, 2, 3], [3, 1, 2], [2, 3, 1]])
    assert found.share[0, 1] > 0.5
    assert found.share[1, 2] > 0.5
    assert found.share[2, 0] > 0.5
    assert found.condorcet_winner is None


def test_condorcet_winner_need_not_be_ranked_first_most_often():
    rows = [[1, 2, 3]] * 4 + [[3, 1, 2]] * 3 + [[3, 2, 1]] * 3
    ranking, (found,) = (f(unweighted_design(10), rows) for f in (estimate_ranking, estimate_duels))
    assert np.argmax(ranking.first.estimate[0]) == 0
    assert found.condorcet_winner == 1


def test_winner_is_clear_when_every_duel_is():
    (found,) = estimate_duels(_design(1), _rankings(1, 3, favourite=3.0))
    assert (found.condorcet_winner, found.is_clear) == (0, True)
    assert np.all(found.low[0, 1:] > 0.5)


def test_few_who_all_agree_make_no_clear_winner():
    (found,) = estimate_duels(unweighted_design(3), [[1, 2]] * 3)
    assert (found.condorcet_winner, found.is_clear) == (0, False)


def test_higher_level_asks_more_of_a_clear_winner():
    design, ranks = unweighted_design(100), [[1, 2]] * 61 + [[2, 1]] * 39
    assert estimate_duels(design, ranks)[0].is_clear
    assert not estimate_duels(design, ranks, level=0.99)[0].is_clear


def test_duels_are_made_per_domain():
    domain = np.array([0, 0, 1, 1, -1])
    found = estimate_duels(unweighted_design(5), [[1, 2], [1, 2], [2, 1], [NA, NA], [2, 1]], domain=domain, n_domains=3)
    assert [d.condorcet_winner for d in found] == [0, 1, None]
    assert [d.base for d in found] == [2, 1, 0]


def test_one_item_makes_no_duel():
    with pytest.raises(InputError) as caught:
        estimate_duels(unweighted_design(2), [[1], [1]])
    assert caught.value.params["value"] == 1


@pytest.mark.parametrize("function", [estimate_duels, estimate_ranking])
def test_rows_that_are_no_ranking_are_refused(function):
    with pytest.raises(EstimationError):
        function(unweighted_design(2), [[1, 1], [1, 2]])
    with pytest.raises(InputError):
        function(unweighted_design(2), [[1, np.inf], [1, 2]])
    with pytest.raises(InputError):
        function(unweighted_design(3), [[1, 2], [1, 2]])


@pytest.mark.slow
@pytest.mark.heavy
@pytest.mark.parametrize("k", [2, 3, 5])
def test_when_all_items_are_liked_alike_a_clear_winner_is_seldom_named(k):
    random = np.random.default_rng(k)
    design = unweighted_design(150)
    named = 0
    for _ in range(1_000):
        ranks = 1.0 + np.argsort(random.random((150, k)), axis=1)
        named += estimate_duels(design, ranks)[0].is_clear
    # at most 5 %, with three standard errors of a thousand rounds
    assert named <= 50 + 21
