import numpy as np
import pytest
from scipy.special import chdtrc

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import unweighted_design, weighted_design
from analysis.estimation.rank_tests import kruskal_wallis_test, population_ranks, wilcoxon_test
from tests.unit.analysis.samples import base_weights

RNG = np.random.default_rng(8)
GROUPS = np.arange(120) % 3
VALUES = RNG.integers(1, 6, 120).astype(float)
DESIGN = weighted_design(base_weights())


def test_equal_answers_share_the_middle_of_their_weight():
    found = population_ranks(weighted_design([1.0, 2, 3, 4]), [5.0, 5, 1, 9])
    np.testing.assert_allclose(found, [0.45, 0.45, 0.15, 0.8])


def test_split_ties_take_the_plain_mean_of_the_ranks_in_row_order():
    found = population_ranks(weighted_design([1.0, 2, 3, 4]), [5.0, 5, 1, 9], has_split_ties=True)
    np.testing.assert_allclose(found, [(0.35 + 0.5) / 2, (0.35 + 0.5) / 2, 0.15, 0.8])


def test_missing_answers_and_outsiders_have_no_rank():
    found = population_ranks(unweighted_design(4), [1.0, np.nan, 2, 3], domain=[0, 0, -1, 1])
    np.testing.assert_array_equal(np.isnan(found), [False, True, True, False])
    np.testing.assert_allclose(found[[0, 3]], [0.25, 0.75])


def test_rank_test_does_not_depend_on_the_order_of_rows():
    order = RNG.permutation(120)
    moved = weighted_design(base_weights()[order])
    found = wilcoxon_test(DESIGN, VALUES, np.where(GROUPS == 2, -1, GROUPS))
    again = wilcoxon_test(moved, VALUES[order], np.where(GROUPS == 2, -1, GROUPS)[order])
    assert again.p_value[0] == pytest.approx(found.p_value[0], rel=1e-10)


def test_rank_test_sees_only_the_order_of_answers():
    plain = kruskal_wallis_test(DESIGN, VALUES, GROUPS, 3)
    stretched = kruskal_wallis_test(DESIGN, np.exp(3 * VALUES), GROUPS, 3)
    assert stretched.p_value == pytest.approx(plain.p_value, rel=1e-10)


def test_two_groups_give_the_square_of_the_wilcoxon_statistic():
    groups = np.where(GROUPS == 2, -1, GROUPS)
    t = wilcoxon_test(DESIGN, VALUES, groups)
    f = kruskal_wallis_test(DESIGN, VALUES, groups, 2)
    assert f.statistic == pytest.approx(t.statistic[0] ** 2)
    assert f.p_value == pytest.approx(t.p_value[0])
    assert f.denominator_df == t.degrees_of_freedom[0]


def test_without_weights_it_comes_close_to_the_classical_statistic():
    values = np.random.default_rng(3).normal(size=3000)
    groups = np.arange(3000) % 3
    ranks = values.argsort().argsort() + 1.0
    sums = np.bincount(groups, ranks)
    classical = 12 / (3000 * 3001) * (sums**2 / 1000).sum() - 3 * 3001
    found = kruskal_wallis_test(unweighted_design(3000), values, groups, 3)
    assert found.p_value == pytest.approx(chdtrc(2, classical), rel=0.02)


def test_one_group_or_an_empty_one_is_refused():
    with pytest.raises(InputError, match="2 or more"):
        kruskal_wallis_test(DESIGN, VALUES, GROUPS, 1)
    with pytest.raises(EstimationError, match="nobody is in category 3"):
        kruskal_wallis_test(DESIGN, VALUES, GROUPS, 4)
