import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.estimation.design import unweighted_design
from analysis.estimation.multiple_testing import Guard, benjamini_hochberg, guard_family, holm
from analysis.estimation.t_tests import differences_from_the_rest

p_lists = st.lists(st.floats(0, 1), min_size=1, max_size=20)
# Benjamini & Hochberg (1995), section 3.2: fifteen tests, of which their procedure rejects four and Bonferroni's three
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0
]  # fmt: skip


def test_published_family_lets_four_through_for_exploration_and_three_for_publication():
    assert guard_family(PUBLISHED, guard=Guard.BENJAMINI_HOCHBERG).may_be_named.sum() == 4
    assert guard_family(PUBLISHED).may_be_named.sum() == 3


def test_adjusted_values_by_hand():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(benjamini_hochberg([0.01, 0.04, 0.03, 0.005]), [0.02, 0.04, 0.04, 0.02])


def test_one_remarkable_difference_among_many_is_not_named():
    alone, in_company = guard_family([0.02]), guard_family([0.02, 0.6, 0.4, 0.9])
    assert alone.may_be_named.tolist() == [True]
    assert not in_company.may_be_named.any()
    assert in_company.size == 4


def test_untestable_comparison_is_not_counted_and_not_named():
    found = guard_family([[0.01, np.nan], [0.04, 0.5]])
    assert found.size == 3
    assert found.may_be_named.tolist() == [[True, False], [False, False]]
    assert np.isnan(found.adjusted_p_value[0, 1])


def test_only_holm_is_meant_for_publication():
    assert not guard_family([0.5]).is_exploration
    assert guard_family([0.5], guard=Guard.BENJAMINI_HOCHBERG).is_exploration


def test_empty_family_names_nothing():
    found = guard_family([])
    assert (found.size, found.may_be_named.size) == (0, 0)


@given(p_lists)
def test_guards_never_make_a_difference_surer(p):
    assert (holm(p) >= np.array(p)).all()
    assert (benjamini_hochberg(p) >= np.array(p) * (1 - 1e-15)).all()
    assert (holm(p) >= benjamini_hochberg(p) * (1 - 1e-12)).all()


@given(p_lists, st.randoms())
def test_order_of_the_family_does_not_matter(p, random):
    order = list(range(len(p)))
    random.shuffle(order)
    shuffled = np.array(p)[order]
    np.testing.assert_allclose(holm(shuffled), holm(p)[order])
    np.testing.assert_allclose(benjamini_hochberg(shuffled), benjamini_hochberg(p)[order])


def test_chance_of_any_false_difference_stays_below_five_per_cent():
    p = np.random.default_rng(1).random((2000, 10))
    named = np.array([guard_family(row).may_be_named.any() for row in p])
    assert 0.03 < named.mean() < 0.065


@pytest.mark.parametrize("p", [[-0.1], [1.1], [0.5, np.inf]])
def test_what_is_no_p_value_is_refused(p):
    with pytest.raises(InputError, match=r"0\.\.1"):
        guard_family(p)


def test_significance_outside_its_range_is_refused():
    with pytest.raises(InputError, match="significance"):
        guard_family([0.5], significance=1.0)


def test_of_ten_groups_only_the_one_that_differs_is_named():
    groups = np.arange(2000) % 10
    # two in five like it, in group 7 three in five
    likes = (np.arange(2000) // 10 % 5 < np.where(groups == 7, 3, 2)).astype(float)
    differences = differences_from_the_rest(unweighted_design(2000), likes, groups, 10)
    family = guard_family(differences.p_value)
    assert family.size == 10
    assert np.flatnonzero(family.may_be_named).tolist() == [7]
    assert (family.adjusted_p_value >= differences.p_value).all()
