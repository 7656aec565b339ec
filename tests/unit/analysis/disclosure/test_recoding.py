import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.anonymity import measure_anonymity
from analysis.disclosure.hierarchies import Hierarchy, merge_group, recode
from analysis.disclosure.recoding import blank_locally, propose_recoding
from analysis.errors import DisclosureError, InputError

AGE = Hierarchy("age", ("16-24", "25-34", "35-49", "50+"), ((0, 0, 1, 1), (0, 0, 0, 0)))
SEX = Hierarchy("sex", ("v", "m"))


def test_codings_merge_whole_groups_of_the_tree():
    assert sorted(AGE.codings()) == [(0, 0, 0, 0), (0, 0, 2, 2), (0, 0, 2, 3), (0, 1, 2, 2), (0, 1, 2, 3)]
    assert AGE.n_codings() == 5
    assert list(SEX.codings()) == [(0, 1)]
    assert SEX.n_codings() == 1
    assert AGE.groups() == ((0, 1), (2, 3), (0, 1, 2, 3))


def test_levels_that_repeat_a_group_do_not_repeat_a_coding():
    tree = Hierarchy("x", ("a", "b", "c"), ((0, 0, 1), (0, 0, 1), (0, 0, 0)))
    found = list(tree.codings())
    assert sorted(found) == [(0, 0, 0), (0, 0, 2), (0, 1, 2)]
    assert tree.n_codings() == 3


def test_loss_is_nothing_for_a_category_and_all_for_the_whole():
    assert AGE.loss((0, 1, 2, 2)).tolist() == [0, 0, 1 / 3, 1 / 3]
    assert AGE.loss((0, 0, 0, 0)).tolist() == [1, 1, 1, 1]
    assert Hierarchy("x", ("only",)).loss((0,)).tolist() == [0]


def test_merging_and_recoding_keep_blanks():
    assert merge_group((0, 1, 2, 3), (2, 3)) == (0, 1, 2, 2)
    assert recode(np.array([[3, 0], [-1, 1]]), ((0, 1, 2, 2), (0, 1))).tolist() == [[2, 0], [-1, 1]]


@pytest.mark.parametrize(
    ("levels", "code"), [(((0, 0),), "wrong_length"), (((0, 0, 1, 1), (0, 1, 1, 1)), "invalid_value")]
)
def test_a_tree_whose_groups_do_not_nest_is_refused(levels, code):
    with pytest.raises(InputError) as error:
        Hierarchy("age", AGE.categories, levels)
    assert error.value.code == code


def rows(*counted):
    return np.array([list(values) for values, count in counted for _ in range(count)])


def test_the_cheapest_merge_that_suffices_is_proposed():
    codes = rows(((0, 0), 6), ((0, 1), 6), ((1, 0), 6), ((1, 1), 6), ((2, 0), 3), ((2, 1), 4), ((3, 0), 3), ((3, 1), 2))
    found = propose_recoding(codes, [AGE, SEX], 5, max_blanked=0)
    assert [(m.variable, m.categories) for m in found.merges] == [("age", ("35-49", "50+"))]
    assert found.n_blanked == 0
    assert found.is_optimal
    assert found.within_allowance
    assert found.loss == pytest.approx(12 / 36 / 3 / 2)


def test_a_single_row_is_blanked_rather_than_everybody_merged():
    codes = rows(((0, 0), 20), ((1, 0), 20), ((2, 0), 20), ((3, 0), 20), ((3, 1), 1))
    found = propose_recoding(codes, [AGE, SEX], 5)
    # a row with a blank has to find four others: the smallest class joins it
    assert measure_anonymity(found.codes, 5).smallest >= 5
    assert found.is_optimal


def test_blanks_beyond_the_allowance_are_said():
    codes = rows(((0,), 3), ((1,), 3))
    found = propose_recoding(codes, [Hierarchy("x", ("a", "b"))], 4, max_blanked=0.1)
    assert not found.within_allowance
    assert found.n_blanked == 6
    assert found.loss == 1


def brute_force_loss(codes, trees, k):
    best = np.inf
    for codings in itertools.product(*(list(tree.codings()) for tree in trees)):
        if measure_anonymity(recode(codes, codings), k).smallest >= k:
            losses = [
                tree.loss(coding)[codes[:, i]].mean()
                for i, (tree, coding) in enumerate(zip(trees, codings, strict=True))
            ]
            best = min(best, float(np.mean(losses)))
    return best


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.sampled_from([0.0, 0.05, 0.5]), st.sampled_from([5_000, 0]))
def test_what_leaves_is_k_anonymous(seed, k, max_blanked, exact_up_to):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(k, 120))
    trees = [AGE, SEX, Hierarchy("wijk", tuple("abcde"), ((0, 0, 1, 1, 1), (0,) * 5))]
    codes = np.column_stack(
        [rng.choice(len(t.categories), n, p=rng.dirichlet(np.ones(len(t.categories)))) for t in trees]
    )
    codes[rng.random(n) < 0.05, 0] = -1
    found = propose_recoding(codes, trees, k, max_blanked=max_blanked, exact_up_to=exact_up_to)
    _, counts = np.unique(found.codes, axis=0, return_counts=True)
    assert counts.min() >= k
    assert found.is_optimal is (exact_up_to > 0)
    assert 0 <= found.loss <= 1 + 1e-9
    assert found.n_blanked >= np.count_nonzero(found.codes == -1) - np.count_nonzero(codes == -1)
    if max_blanked == 0 and exact_up_to and not (codes == -1).any() and found.within_allowance:
        assert found.loss == pytest.approx(brute_force_loss(codes, trees, k))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 15), st.sampled_from([1, 3, 14]))
def test_blanking_alone_makes_k_anonymous_and_changes_no_value(seed, k, n_variables):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(k, 90))
    codes = rng.integers(0, 3, (n, n_variables))
    found = blank_locally(codes, k)
    _, counts = np.unique(found, axis=0, return_counts=True)
    assert counts.min() >= k
    assert ((found == codes) | (found == -1)).all()


def test_the_least_important_variable_is_blanked_first():
    codes = rows(((0, 0), 10), ((0, 1), 5), ((1, 0), 5))
    assert (blank_locally(codes, 6, importance=[1, 5])[:, 0] == -1).sum() >= 5
    assert (blank_locally(codes, 6, importance=[5, 1])[:, 1] == -1).sum() >= 5
    assert blank_locally(codes, 5).tolist() == codes.tolist()


@pytest.mark.parametrize(
    ("codes", "trees", "options", "error", "code"),
    [
        ([[0]], [SEX, AGE], {}, InputError, "wrong_length"),
        ([[2]] * 20, [SEX], {}, InputError, "code_out_of_range"),
        ([[-2]] * 20, [SEX], {}, InputError, "code_out_of_range"),
        ([[0]] * 5, [SEX], {}, DisclosureError, "not_anonymous"),
        ([[0]] * 20, [SEX], {"importance": [0]}, InputError, "invalid_value"),
        ([[0]] * 20, [SEX], {"importance": [1, 1]}, InputError, "wrong_length"),
    ],
)
def test_input_that_does_not_fit_is_refused(codes, trees, options, error, code):
    with pytest.raises(error) as refused:
        propose_recoding(codes, trees, **options)
    assert refused.value.code == code
