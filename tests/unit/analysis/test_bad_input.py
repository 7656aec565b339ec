"""Whatever is not numbers of the right shape is refused by name, never by an error of NumPy's."""

import numpy as np
import pytest

from analysis.arrays import as_code_columns, as_codes, as_floats, as_numbers, require_count, require_length
from analysis.errors import AnalysisError, InputError
from analysis.estimation.agreement import cohen_kappa
from analysis.estimation.design import selection_weights, weighted_design
from analysis.estimation.differences import smooth_contrasts
from analysis.estimation.estimates import estimate_means, estimate_shares
from analysis.estimation.intervals import IntervalMethod, mean_interval, share_interval, wilson_interval
from analysis.estimation.quantiles import estimate_quantiles
from analysis.estimation.regression import estimate_regression, indicator_columns, term_test
from analysis.estimation.replicate_weights import given_replicates
from analysis.estimation.scales import estimate_scales
from analysis.estimation.t_tests import group_differences, one_sample_t_test
from analysis.estimation.tables import table_test
from analysis.estimation.wald import f_test, wald_test

DESIGN = weighted_design(np.array([1.0, 2.0, 3.0, 4.0]))
VALUES = np.array([[1.0], [2.0], [4.0], [3.0]])
ONE = VALUES[:, 0]
CODES = np.array([0, 1, 0, 1])
RAGGED = [[1, 2], [3]]
NOT_NUMBERS = [
    ["a", "b"],
    ["1.5", "2"],
    [1 + 2j, 1j],
    np.array(["2025-01-01"], dtype="datetime64[D]"),
    RAGGED,
    {},
    [object()],
    [10**400],
]


@pytest.mark.parametrize("values", NOT_NUMBERS)
def test_what_is_no_table_of_numbers_is_refused_as_figures_and_as_codes(values):
    with pytest.raises(InputError) as caught:
        as_floats("answers", values, 1)
    assert (caught.value.code, caught.value.params) == ("not_numeric", {"name": "answers"})
    with pytest.raises(InputError) as caught:
        as_codes("answers", values, 1)
    assert caught.value.code in ("not_integer", "wrong_shape")


def test_nothing_is_not_a_number_and_truth_values_are():
    np.testing.assert_array_equal(as_numbers("answers", [1, None, True]), [1.0, np.nan, 1.0])


def test_unsigned_codes_too_large_to_be_codes_do_not_turn_into_missing_ones():
    with pytest.raises(InputError) as caught:
        as_codes("codes", np.array([2**64 - 1, 0], dtype=np.uint64), 1)
    assert caught.value.code == "not_integer"
    assert as_codes("codes", np.array([3], dtype=np.uint64), 1).dtype == np.int64


@pytest.mark.parametrize("values", [[0, 1], [[0], [1]]])
def test_codes_of_one_stage_may_be_a_row_or_a_column(values):
    assert as_code_columns("strata", values, 2).tolist() == [[0], [1]]


def test_one_number_is_no_column():
    with pytest.raises(InputError) as caught:
        require_length("weights", np.array(3.0), 1)
    assert caught.value.params == {"name": "weights", "expected": 1, "got": "one number"}


@pytest.mark.parametrize("value", [0, -1, 1.0, np.nan, np.inf, "3", None, 10**30])
def test_a_count_is_a_whole_number_of_reasonable_size(value):
    with pytest.raises(InputError) as caught:
        require_count("n_domains", value)
    assert caught.value.code == "invalid_value"
    assert require_count("n_domains", np.int64(3)) == 3


REFUSED = [
    (lambda: weighted_design(["a", "b"]), "not_numeric"),
    (lambda: weighted_design(np.ones(2), strata=RAGGED), "wrong_shape"),
    (lambda: weighted_design(np.ones(4), population_sizes=[]), "wrong_length"),
    (lambda: weighted_design(np.ones(4), population_sizes=np.ones((4, 1, 1))), "wrong_shape"),
    (lambda: weighted_design(np.ones(4), strata=CODES[:3], sampling_fraction=[0.1, 0.1]), "wrong_length"),
    (lambda: weighted_design(np.ones(4), sampling_fraction="half"), "not_numeric"),
    (lambda: weighted_design(np.ones(4), sampling_fraction=np.ones((4, 1, 1))), "wrong_shape"),
    (lambda: selection_weights([]), "no_rows"),
    (lambda: selection_weights(5.0), "wrong_shape"),
    (lambda: estimate_means(DESIGN, VALUES, domain=CODES, n_domains=2.5), "invalid_value"),
    (lambda: estimate_shares(DESIGN, CODES, np.inf), "invalid_value"),
    (lambda: estimate_scales(DESIGN, VALUES, np.nan), "invalid_value"),
    (lambda: estimate_quantiles(DESIGN, ONE, 0.5), "wrong_shape"),
    (lambda: estimate_quantiles(DESIGN, ONE, ["half"]), "not_numeric"),
    (lambda: estimate_quantiles(DESIGN, ONE, [0.5], level=0.0), "invalid_value"),
    (lambda: estimate_quantiles(DESIGN, ONE, [0.5], level=np.nan), "invalid_value"),
    (lambda: mean_interval([1.0, 2.0], [1.0, 1.0, 1.0], 5), "wrong_length"),
    (lambda: wilson_interval([0.1, 0.2], [30, 40, 50]), "wrong_length"),
    (lambda: share_interval("a", 0.1, 5, method=IntervalMethod.LOGIT), "not_numeric"),
    (
        lambda: share_interval(
            [0.1, 0.2], 0.1, [3, 4], method=IntervalMethod.BETA, base=[9, 9, 9], effective_base=[8, 8]
        ),
        "wrong_length",
    ),
    (lambda: one_sample_t_test(DESIGN, ONE, expected=np.nan), "invalid_value"),
    (lambda: group_differences(DESIGN, ONE, CODES, 2.0), "invalid_value"),
    (lambda: table_test(DESIGN, CODES, CODES, np.inf, 2), "invalid_value"),
    (lambda: cohen_kappa(CODES, CODES, np.nan), "invalid_value"),
    (lambda: indicator_columns(CODES, 1.5), "invalid_value"),
    (lambda: indicator_columns(CODES, 2, reference=0.5), "not_integer"),
    (lambda: term_test(estimate_regression(DESIGN, np.ones((4, 1)), ONE, family="gaussian"), 0), "wrong_shape"),
    (lambda: given_replicates(np.ones(2), np.ones((2, 2)), scale="1"), "not_numeric"),
    (lambda: given_replicates(np.ones(2), np.ones((2, 2)), scale=1, degrees_of_freedom=np.nan), "invalid_value"),
    (lambda: f_test(np.nan, 2, 5), "invalid_value"),
    (lambda: f_test(1.0, -2, 5), "invalid_value"),
    (lambda: wald_test([1.0, 2.0], [[-1.0, 0.0], [0.0, 1.0]]), "dependent_hypotheses"),
]


@pytest.mark.parametrize(("call", "code"), REFUSED)
def test_a_wrong_argument_is_named(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code


@pytest.mark.parametrize("function", [lambda m: np.log(m[0]), lambda m: np.sqrt(m[0])])
def test_a_function_that_does_not_exist_at_the_estimates_gives_no_contrast(function):
    with pytest.raises(InputError) as caught:
        smooth_contrasts([-2.0], [[1.0]], function)
    assert caught.value.params["name"] == "function"
