"""Merging step by step where the trees allow too much, and what an option of recoding changes."""

import numpy as np
import pytest

from analysis.disclosure.hierarchies import Hierarchy
from analysis.disclosure.recoding import blank_locally, propose_recoding
from analysis.errors import InputError
from tests.unit.analysis.disclosure.test_recoding import AGE, SEX, rows

REGION = Hierarchy("region", ("a", "b", "c"), ((0, 0, 1), (0, 0, 0)))
FINE = rows(((0, 0), 6), ((0, 1), 6), ((1, 0), 6), ((1, 1), 6), ((2, 0), 3), ((2, 1), 4), ((3, 0), 3), ((3, 1), 2))


def merges(found):
    return [(merge.variable, merge.categories) for merge in found.merges]


@pytest.mark.parametrize(("exact_up_to", "is_optimal"), [(5, True), (4, False)])
def test_each_step_merges_what_saves_most_rows_per_loss(exact_up_to, is_optimal):
    found = propose_recoding(FINE, [AGE, SEX], 5, max_blanked=0, exact_up_to=exact_up_to)
    assert merges(found) == [("age", ("35-49", "50+"))]
    assert found.is_optimal is is_optimal
    assert found.loss == pytest.approx(12 / 36 / 3 / 2)


def test_steps_go_on_until_everything_fits_and_the_best_of_them_is_kept():
    codes = rows(((0, 0), 4), ((1, 0), 4), ((2, 1), 4), ((3, 1), 4), ((2, 2), 2), ((3, 2), 2))
    found = propose_recoding(codes, [AGE, REGION], 8, max_blanked=0, exact_up_to=0)
    assert found.n_blanked == 0
    assert {variable for variable, _ in merges(found)} == {"age", "region"}
    best = propose_recoding(codes, [AGE, REGION], 8, max_blanked=0)
    assert found.loss >= best.loss
    assert found.within_allowance


def test_importance_decides_which_variable_is_merged():
    codes = rows(((0, 0), 9), ((0, 2), 1), ((2, 0), 1), ((2, 2), 9))
    trees = [Hierarchy("x", ("a", "b", "c"), ((0, 0, 0),)), Hierarchy("y", ("a", "b", "c"), ((0, 0, 0),))]
    for exact_up_to in (100, 0):
        for importance, variable in (((1, 3), "x"), ((3, 1), "y")):
            found = propose_recoding(codes, trees, 5, importance=importance, max_blanked=0, exact_up_to=exact_up_to)
            assert [merge.variable for merge in found.merges] == [variable]
            assert found.loss == pytest.approx(1 / 4)


@pytest.mark.parametrize(("max_blanked", "within"), [(2 / 42, True), (1.9 / 42, False), (1.0, True)])
def test_the_allowance_is_a_share_of_all_values(max_blanked, within):
    found = propose_recoding(rows(((0,), 38), ((1,), 2), ((-1,), 2)), [SEX], 3, max_blanked=max_blanked)
    assert (found.n_blanked, found.within_allowance) == (2, within)


def test_blanks_that_were_there_lose_nothing_more():
    found = propose_recoding(rows(((0,), 10), ((-1,), 10)), [SEX], 5)
    assert (found.n_blanked, found.loss) == (0, 0)


def test_at_most_a_twentieth_is_blanked_unless_asked():
    codes = rows(((0,), 30), ((1,), 30), ((2,), 4))
    found = propose_recoding(codes, [REGION], 5)
    # blanking four of 64 is more than a twentieth, so everything is merged
    assert found.n_blanked == 0
    assert merges(found) == [("region", ("a", "b", "c"))]
    assert propose_recoding(codes, [REGION], 4).merges == ()


def test_the_last_rows_take_the_smallest_class_along():
    found = blank_locally(rows(((0,), 6), ((1,), 5), ((2,), 2)), 5)
    assert np.unique(found, return_counts=True)[1].tolist() == [7, 6]


@pytest.mark.parametrize(
    ("call", "code", "params"),
    [
        (
            lambda: propose_recoding(FINE, [AGE], 5),
            "wrong_length",
            {"name": "hierarchies", "expected": 2, "got": 1},
        ),
        (
            lambda: propose_recoding(FINE, [SEX, SEX], 5),
            "code_out_of_range",
            {"name": "sex", "value": 3, "last": 1},
        ),
        (
            lambda: propose_recoding(FINE, [AGE, SEX], 5, importance=[[1, 1]]),
            "wrong_shape",
            {"name": "importance", "expected": 1, "got": 2},
        ),
        (
            lambda: blank_locally(FINE, 5, importance=[1]),
            "wrong_length",
            {"name": "importance", "expected": 2, "got": 1},
        ),
        (
            lambda: blank_locally(FINE, 5, importance=[1, 0]),
            "invalid_value",
            {"name": "importance", "value": [1.0, 0.0], "reason": "must be finite and > 0"},
        ),
    ],
)
def test_a_refusal_names_what_is_wrong(call, code, params):
    with pytest.raises(InputError) as caught:
        call()
    assert (caught.value.code, caught.value.params) == (code, params)
