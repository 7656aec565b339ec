import numpy as np
import pytest

from analysis.errors import InputError
from analysis.representation.response_cells import ResponseCells, group_responses
from tests.unit.analysis.representation.responses import AGE, PROFILES, SEX, cells


def refusal(make):
    with pytest.raises(InputError) as caught:
        make()
    return caught.value.code


def test_persons_are_counted_per_profile_weight_and_stratum():
    codes = [[0, 1], [0, 1], [0, 1], [2, 0]]
    found = group_responses(codes, [1, 0, 1, 0], (AGE, SEX), design_weights=[2, 2, 3, 2], strata=[0, 0, 1, 0])
    assert found.codes.tolist() == [[0, 1], [0, 1], [2, 0]]
    assert found.invited.tolist() == [2, 1, 1]
    assert found.responded.tolist() == [1, 1, 0]
    assert found.population.tolist() == [4, 3, 2]
    assert found.strata.tolist() == [0, 1, 0]
    assert found.n == 4


def test_everybody_invited_needs_no_weights_or_strata():
    found = group_responses([[0, 0], [1, 1]], [True, False], (AGE, SEX))
    assert found.design_weights.tolist() == [1, 1]
    assert found.strata is None


def test_unknown_factor_is_named():
    assert refusal(lambda: cells([1] * 6, [2] * 6).column("district")) == "unknown_factor"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: cells([3] + [1] * 5, [2] * 6), "invalid_value"),
        (lambda: cells([-1] + [1] * 5, [2] * 6), "invalid_value"),
        (lambda: cells([0] * 6, [0] * 6), "no_rows"),
        (lambda: cells([1] * 6, [2] * 6, weights=0), "invalid_value"),
        (lambda: cells([1] * 6, [2] * 6, weights=np.nan), "invalid_value"),
        (lambda: cells([1] * 6, [2] * 6, weights=1 / 12), "invalid_value"),
        (lambda: cells([1] * 6, [2.0] * 6), "not_integer"),
        (lambda: cells([1] * 6, [2] * 6, strata=[0] * 5), "wrong_length"),
        (lambda: cells([1] * 5, [2] * 6), "wrong_length"),
        (lambda: ResponseCells((), PROFILES, [2] * 6, [1] * 6, [1.0] * 6), "no_rows"),
        (lambda: ResponseCells((AGE,), PROFILES, [2] * 6, [1] * 6, [1.0] * 6), "invalid_value"),
        (lambda: ResponseCells((AGE, AGE), PROFILES, [2] * 6, [1] * 6, [1.0] * 6), "invalid_value"),
        (lambda: ResponseCells((SEX, AGE), PROFILES, [2] * 6, [1] * 6, [1.0] * 6), "code_out_of_range"),
        (lambda: group_responses([[0, -1]], [1], (AGE, SEX)), "code_out_of_range"),
        (lambda: group_responses([[0, 0]], [2], (AGE, SEX)), "invalid_value"),
        (lambda: group_responses([[0, 0]], [1, 0], (AGE, SEX)), "wrong_length"),
        (lambda: group_responses(np.zeros((0, 2), dtype=int), np.zeros(0, dtype=int), (AGE, SEX)), "no_rows"),
    ],
)
def test_malformed_cells_are_refused_with_a_code(make, code):
    assert refusal(make) == code
