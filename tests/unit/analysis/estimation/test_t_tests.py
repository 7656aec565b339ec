import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import raked_design, unweighted_design, weighted_design
from analysis.estimation.linearization import covariance_of_means
from analysis.estimation.t_tests import (
    differences_from_the_rest,
    group_differences,
    one_sample_t_test,
    paired_t_test,
    two_sample_t_test,
)
from analysis.weighting.raking import rake
from tests.unit.analysis.samples import AGE, POPULATION, SEX, base_weights, codes

RNG = np.random.default_rng(21)
VALUES = RNG.normal(6, 2, 120)
GROUPS = codes()[:, 1]
DESIGN = weighted_design(base_weights(), clusters=np.arange(120) // 3)


def test_one_sample_test_by_hand():
    found = one_sample_t_test(unweighted_design(5), [1.0, 2, 4, 8, 16], expected=2.0)
    se = np.std([1, 2, 4, 8, 16], ddof=1) / np.sqrt(5)
    assert found.statistic[0] == pytest.approx((6.2 - 2) / se)
    assert found.degrees_of_freedom[0] == 3
    assert found.high[0] - found.estimate[0] == pytest.approx(3.1824463053 * se)


def test_p_value_and_interval_tell_the_same_story():
    found = two_sample_t_test(DESIGN, VALUES, codes()[:, 0])
    edge = two_sample_t_test(DESIGN, VALUES, codes()[:, 0], level=1 - found.p_value[0])
    assert min(abs(edge.low[0]), abs(edge.high[0])) < 1e-9


def test_paired_test_leaves_out_who_answered_once():
    second = VALUES + RNG.normal(0.4, 1, 120)
    second[:5] = np.nan
    found = paired_t_test(unweighted_design(120), VALUES, second)
    again = one_sample_t_test(unweighted_design(120), np.where(np.arange(120) < 5, np.nan, VALUES - second))
    assert found.p_value[0] == again.p_value[0]
    assert found.degrees_of_freedom[0] == 113


def test_domain_is_where_the_mean_is_taken():
    domain = np.where(GROUPS == 1, 0, -1)
    found = one_sample_t_test(DESIGN, VALUES, domain=domain)
    inside = np.average(VALUES[GROUPS == 1], weights=base_weights()[GROUPS == 1])
    assert found.estimate[0] == pytest.approx(inside)


def test_difference_takes_the_covariance_of_the_groups_along():
    design = raked_design(rake(codes(), base_weights(), (SEX, AGE), POPULATION))
    found = group_differences(design, VALUES, GROUPS, 3)
    covariance = covariance_of_means(design, VALUES[:, None], domain=GROUPS, n_domains=3)
    contrasts = np.array([[-1, 1, 0], [-1, 0, 1], [0, -1, 1]])
    np.testing.assert_allclose(found.standard_error, np.sqrt(np.diag(contrasts @ covariance @ contrasts.T)))


def test_pairs_can_be_named_and_turned_round():
    every = group_differences(DESIGN, VALUES, GROUPS, 3)
    one = group_differences(DESIGN, VALUES, GROUPS, 3, pairs=[(0, 2)])
    assert one.estimate[0] == pytest.approx(-every.estimate[1])
    assert one.p_value[0] == pytest.approx(every.p_value[1])


def test_rest_of_two_groups_is_the_other_one():
    both = differences_from_the_rest(DESIGN, VALUES, codes()[:, 0], 2)
    single = two_sample_t_test(DESIGN, VALUES, codes()[:, 0])
    np.testing.assert_allclose(both.estimate, [-single.estimate[0], single.estimate[0]])
    np.testing.assert_allclose(both.p_value, [single.p_value[0]] * 2)


def test_rest_does_not_hold_who_belongs_to_no_group():
    groups = np.where(GROUPS == 2, -1, GROUPS)
    found = differences_from_the_rest(DESIGN, VALUES, groups, 2)
    assert found.estimate[1] == pytest.approx(two_sample_t_test(DESIGN, VALUES, groups).estimate[0])


def test_group_without_answers_is_left_untested():
    found = group_differences(DESIGN, np.where(GROUPS == 2, np.nan, VALUES), GROUPS, 3)
    assert np.isnan(found.p_value).tolist() == [False, True, True]
    with pytest.raises(EstimationError, match="nobody is in category 1"):
        two_sample_t_test(DESIGN, VALUES, np.zeros(120, dtype=int))
    with pytest.raises(EstimationError, match="nobody is in category 0"):
        two_sample_t_test(DESIGN, VALUES, np.ones(120, dtype=int))


def test_groups_of_one_mind_cannot_be_tested():
    found = group_differences(unweighted_design(120), (GROUPS == 1).astype(float), GROUPS, 3)
    assert found.estimate.tolist() == [1, 0, -1]
    assert np.isnan(found.p_value).all()


@given(st.permutations(range(3)))
def test_renaming_groups_changes_only_signs(names):
    found = group_differences(DESIGN, VALUES, GROUPS, 3)
    pairs = [(names[a], names[b]) for a, b in ((1, 0), (2, 0), (2, 1))]
    renamed = group_differences(DESIGN, VALUES, np.array(names)[GROUPS], 3, pairs=pairs)
    np.testing.assert_allclose(renamed.p_value, found.p_value, rtol=1e-9)


def test_nobody_with_an_answer_is_refused():
    with pytest.raises(EstimationError, match="no rows"):
        one_sample_t_test(DESIGN, np.full(120, np.nan))


@pytest.mark.parametrize(
    ("values", "groups", "options"),
    [
        (VALUES[:5], GROUPS, {}),
        (VALUES, GROUPS[:5], {}),
        (VALUES, GROUPS + 1, {}),
        (VALUES, GROUPS, {"pairs": []}),
        (VALUES, GROUPS, {"pairs": [(0, 3)]}),
        (np.where(GROUPS == 1, np.inf, VALUES), GROUPS, {}),
    ],
)
def test_input_that_does_not_fit_is_refused(values, groups, options):
    with pytest.raises(InputError):
        group_differences(DESIGN, values, groups, 3, **options)
