"""Whatever is not numbers of the right shape is refused by name, never by an error of NumPy's."""

import numpy as np
import pytest

from analysis.arrays import as_code_columns, as_codes, as_floats, as_numbers, require_count, require_length
from analysis.disclosure.anonymity import measure_anonymity, rare_combinations
from analysis.disclosure.controlled_rounding import round_table
from analysis.disclosure.release import Verdict, judge_base, judge_breakdown, round_to_total
from analysis.disclosure.tables import Axis, Table, count_table
from analysis.disclosure.thresholds import protection_levels
from analysis.errors import AnalysisError, InputError, MarginError
from analysis.estimation.agreement import cohen_kappa
from analysis.estimation.design import selection_weights, weighted_design
from analysis.estimation.differences import linear_contrasts, smooth_contrasts
from analysis.estimation.estimates import estimate_means, estimate_shares
from analysis.estimation.intervals import IntervalMethod, mean_interval, share_interval, wilson_interval
from analysis.estimation.multiple_testing import guard_family
from analysis.estimation.quantiles import estimate_quantiles
from analysis.estimation.regression import estimate_regression, indicator_columns, term_test
from analysis.estimation.replicate_weights import given_replicates
from analysis.estimation.scales import estimate_scales
from analysis.estimation.t_tests import group_differences, one_sample_t_test
from analysis.estimation.tables import table_test
from analysis.estimation.wald import f_test, wald_test
from analysis.recruitment.allocation import allocate
from analysis.recruitment.frames import sampling_frame
from analysis.recruitment.letters import plan_letters
from analysis.recruitment.precision import expected_half_width, needed_invitations, plan_precision
from analysis.recruitment.quotas import quotas_from_shares
from analysis.recruitment.yields import learn_yields
from analysis.representation.composition import chance_shares, chi_squared, dissimilarity
from analysis.weighting.auxiliaries import Auxiliary
from analysis.weighting.base_weights import adjust_for_nonresponse
from analysis.weighting.cells import as_profile, cross
from analysis.weighting.diagnostics import summarize_weights, weight_histogram
from analysis.weighting.distances import Distance, response_of
from analysis.weighting.margins import PanelPopulation

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


OTHER_ROOMS = [
    (lambda: judge_breakdown([20.0, np.nan], [0.05, 0.05]), "invalid_value"),
    (lambda: judge_breakdown([20.0, np.inf], [0.05, 0.05]), "invalid_value"),
    (lambda: judge_breakdown(["many", "few"], [0.05, 0.05]), "not_numeric"),
    (lambda: round_to_total([1.0, 2.0], np.nan), "invalid_value"),
    (lambda: round_table([[1.0, 2.0]], total=np.inf), "invalid_value"),
    (lambda: round_table([[0.0, 0.0]], total=100), "invalid_value"),
    (lambda: round_table([[1e300, 2.0]]), "invalid_value"),
    (lambda: count_table([["a"], ["b"]], [2]), "not_integer"),
    (lambda: count_table(CODES[:, None], [2.5]), "not_integer"),
    (lambda: count_table(CODES[:, None], [2], answers=CODES[:3], n_answers=2), "wrong_length"),
    (lambda: count_table(CODES[:, None], [2], answers=CODES, n_answers=None), "invalid_value"),
    (lambda: protection_levels(-1), "invalid_value"),
    (lambda: protection_levels(2, lower="high"), "not_numeric"),
    (lambda: measure_anonymity(CODES[:, None], np.inf), "invalid_value"),
    (lambda: rare_combinations(CODES[:, None], 2, 0.5), "invalid_value"),
    (lambda: chance_shares([0.5, 0.6], 10, np.random.default_rng(1)), "invalid_value"),
    (lambda: chance_shares([-0.5, 1.5], 10, np.random.default_rng(1)), "invalid_value"),
    (lambda: chance_shares([0.5, 0.5], 10.5, np.random.default_rng(1)), "invalid_value"),
    (lambda: dissimilarity([np.nan, 0.5], [0.5, 0.5]), "invalid_value"),
    (lambda: chi_squared([np.inf, 0.5], [0.5, 0.5], 20), "invalid_value"),
    (lambda: expected_half_width(100, population=np.inf), "invalid_value"),
    (lambda: needed_invitations(np.inf, 0.3), "invalid_value"),
    (lambda: plan_precision(0.1, [100, 200], [[0.3], [0.3]]), "wrong_shape"),
    (lambda: plan_letters([5.0], learn_yields([100], [10]), budget=np.nan), "invalid_value"),
    (lambda: sampling_frame(["a", "b"], strata=[0, 1], n_strata=np.nan), "invalid_value"),
    (lambda: allocate(2.5, [1.0, 2.0], at_most=5), "not_integer"),
    (lambda: quotas_from_shares("age", ["y", "o"], [0.5, 0.5], np.inf), "invalid_value"),
    (lambda: quotas_from_shares("age", ["y", "o"], [0.5, 0.5], 10, tolerance=np.nan), "invalid_value"),
    (lambda: quotas_from_shares("age", ["y", "o"], "ab", 10), "not_numeric"),
    (lambda: adjust_for_nonresponse(np.ones(2), [0.5, np.nan], [True, True]), "not_integer"),
    (lambda: adjust_for_nonresponse(np.ones(2), [0, 0], [[True], [True]]), "wrong_shape"),
    (lambda: adjust_for_nonresponse(np.ones(2), [0, 0], [[True], [True, False]]), "not_numeric"),
    (lambda: cross([0.5, 1.0], [0, 1], 2), "not_integer"),
    (lambda: cross([0, 1], [0, 1, 1], 2), "wrong_length"),
    (lambda: cross([0, 1], [0, 1], np.inf), "invalid_value"),
    (lambda: as_profile(RAGGED), "wrong_shape"),
    (lambda: guard_family(["a"]), "not_numeric"),
    (lambda: PanelPopulation("many"), "not_numeric"),
    (lambda: Auxiliary("income", np.ones(2), "much"), "not_numeric"),
    (lambda: response_of(Distance.LINEAR, (0.5,)), "invalid_value"),
    (lambda: response_of(Distance.LINEAR, 0.5), "invalid_value"),
    (lambda: response_of(Distance.LINEAR, ("low", "high")), "not_numeric"),
    (lambda: Table("t", "everybody", (Axis("sex", ("m", "f")),), ["few", "many"]), "not_numeric"),
    (lambda: count_table(CODES[:, None], 2), "wrong_shape"),
    (lambda: linear_contrasts([np.inf], [[1.0]], [[1.0]]), "invalid_value"),
    (lambda: linear_contrasts([1.0], [[np.inf]], [[1.0]]), "invalid_value"),
    (lambda: summarize_weights([0.0, 0.0]), "invalid_value"),
    (lambda: summarize_weights([np.inf, 1.0]), "invalid_value"),
    (lambda: weight_histogram([1.0, 2.0], n_bins=0), "invalid_value"),
    (lambda: weight_histogram([1.0, 2.0], upper=np.nan), "invalid_value"),
]


@pytest.mark.parametrize(("call", "code"), OTHER_ROOMS)
def test_a_wrong_argument_is_named_in_the_other_rooms_too(call, code):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.code == code


def test_a_base_that_is_not_a_number_is_never_shown():
    assert judge_base(np.nan, 0.01) is Verdict.TOO_FEW


@pytest.mark.parametrize("total", [0.0, -5.0, np.nan, np.inf])
def test_a_population_has_a_size(total):
    with pytest.raises(MarginError) as caught:
        PanelPopulation(total)
    assert caught.value.params["margin"] == "population"
