import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import raked_design, selection_weights, weighted_design
from analysis.estimation.estimates import estimate_means, estimate_totals
from analysis.estimation.stages import LonelyUnits
from tests.unit.analysis.estimation.designs import leave_out, raked

LONELY_STRATA = np.array([0, 0, 0, 1, 1, 2])
LONELY_VALUES = np.array([[1.0], [2], [6], [3], [8], [10]])


def lonely_design(lonely, **options):
    return weighted_design(np.ones(6), strata=LONELY_STRATA, lonely=lonely, **options)


def two_stage_variance(z, first, second, sizes):
    """Variance of a total by the textbook: two stages, simple random sampling at both, sums written out."""
    units = np.unique(first)
    n, frame = units.size, sizes[0, 0]
    totals = np.array([z[first == unit].sum() for unit in units])
    variance = (1 - n / frame) * n * totals.var(ddof=1)
    for unit in units:
        inside = first == unit
        parts = np.array([z[inside & (second == v)].sum() for v in np.unique(second[inside])])
        m, below = parts.size, sizes[inside, 1][0]
        variance += n / frame * (1 - m / below) * m * parts.var(ddof=1)
    return variance


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_two_stages_give_the_textbook_variance(seed):
    rng = np.random.default_rng(seed)
    first = np.repeat(np.arange(5), 6)
    second = np.tile(np.repeat([0, 1, 2], 2), 5)
    sizes = np.stack([np.full(30, 12.0), np.repeat(rng.integers(3, 9, 5), 6)], axis=1)
    order = rng.permutation(30)
    first, second, sizes = first[order], second[order], sizes[order]
    weights, y = rng.uniform(1, 4, 30), rng.normal(5, 2, 30)
    design = weighted_design(weights, clusters=np.stack([first, second], axis=1), population_sizes=sizes)
    found = estimate_totals(design, y[:, None])
    expected = two_stage_variance(weights * y, first, second, sizes)
    assert found.standard_error[0, 0] ** 2 == pytest.approx(expected, rel=1e-10)
    assert found.degrees_of_freedom[0, 0] == 4


def test_second_stage_adds_nothing_to_a_first_stage_with_replacement():
    clusters = np.array([[1, 1], [1, 2], [2, 1], [2, 2], [3, 1], [3, 1]])
    values = np.arange(6.0)[:, None]
    one = estimate_means(weighted_design(np.ones(6), clusters=clusters[:, 0]), values)
    design = weighted_design(np.ones(6), clusters=clusters)
    assert estimate_means(design, values).standard_error == one.standard_error
    assert len(design.stages) == 1


@pytest.mark.parametrize("frame", [{"sampling_fraction": 0.5}, {"population_sizes": np.full(8, 4.0)}])
def test_a_later_stage_of_unknown_frame_is_with_replacement(frame):
    clusters = np.stack([np.repeat([0, 1], 4), np.arange(8)], axis=1)
    values = np.array([[1.0], [5], [2], [2], [8], [3], [3], [7]])
    found = estimate_totals(weighted_design(np.ones(8), clusters=clusters, **frame), values)
    stated = weighted_design(np.ones(8), clusters=clusters, sampling_fraction=np.tile([0.5, 0.0], (8, 1)))
    assert found.standard_error == estimate_totals(stated, values).standard_error


def test_strata_within_clusters():
    clusters = np.stack([np.repeat([1, 2], 8), np.arange(16)], axis=1)
    strata = np.stack([np.zeros(16, dtype=int), np.tile([7, 7, 7, 7, 9, 9, 9, 9], 2)], axis=1)
    values = np.where(strata[:, 1] == 7, 1.0, 5.0)[:, None] + np.repeat([0.0, 1], 8)[:, None]
    design = weighted_design(np.ones(16), strata=strata, clusters=clusters, sampling_fraction=np.full((16, 2), 0.5))
    # within the strata of a cluster nothing differs, so that only the first stage is left
    assert estimate_totals(design, values).standard_error[0, 0] ** 2 == pytest.approx(
        0.5 * 2 * np.var([24, 32], ddof=1)
    )


def test_fractions_per_stratum_and_sizes_of_the_frame_say_the_same():
    strata = np.array([3, 3, 3, 8, 8, 8, 8])
    values = np.array([[1.0], [4], [2], [9], [7], [3], [4]])
    by_fraction = weighted_design(np.ones(7), strata=strata, sampling_fraction=[0.5, 0.25])
    by_size = weighted_design(np.ones(7), strata=strata, population_sizes=np.where(strata == 3, 6.0, 16.0))
    by_row = weighted_design(np.ones(7), strata=strata, sampling_fraction=np.where(strata == 3, 0.5, 0.25)[:, None])
    expected = estimate_means(by_fraction, values).standard_error
    for design in (by_size, by_row):
        assert estimate_means(design, values).standard_error == expected
    assert by_size.sampling_fraction.tolist() == [0.5, 0.25]


def test_frame_without_end_is_with_replacement():
    values = np.array([[1.0], [5], [2]])
    endless = weighted_design(np.ones(3), population_sizes=np.full(3, np.inf))
    assert (
        estimate_means(endless, values).standard_error
        == estimate_means(weighted_design(np.ones(3)), values).standard_error
    )


@pytest.mark.parametrize("lonely", [LonelyUnits.CERTAINTY, LonelyUnits.REMOVE])
def test_single_unit_adds_nothing(lonely):
    found = estimate_totals(lonely_design(lonely), LONELY_VALUES)
    without = weighted_design(np.ones(5), strata=LONELY_STRATA[:5])
    assert found.standard_error == pytest.approx(estimate_totals(without, LONELY_VALUES[:5]).standard_error)


def test_single_unit_stands_at_its_distance_to_nought():
    rest = estimate_totals(lonely_design(LonelyUnits.REMOVE), LONELY_VALUES).standard_error[0, 0] ** 2
    found = estimate_totals(lonely_design(LonelyUnits.ADJUST, sampling_fraction=[0, 0, 0.25]), LONELY_VALUES)
    assert found.standard_error[0, 0] ** 2 == pytest.approx(rest + 0.75 * 10**2)


def test_single_unit_adds_the_average_of_the_other_strata():
    rest = estimate_totals(lonely_design(LonelyUnits.REMOVE), LONELY_VALUES).standard_error[0, 0] ** 2
    found = estimate_totals(lonely_design(LonelyUnits.AVERAGE), LONELY_VALUES)
    assert found.standard_error[0, 0] ** 2 == pytest.approx(rest * 3 / 2)


@pytest.mark.parametrize("lonely", [option for option in LonelyUnits if option is not LonelyUnits.REFUSE])
def test_single_units_hold_in_a_domain_as_in_its_total(lonely):
    domain = np.array([0, 0, 1, 0, 1, 0])
    inside = estimate_totals(lonely_design(lonely), LONELY_VALUES, domain=domain, n_domains=2)
    for d in (0, 1):
        alone = estimate_totals(lonely_design(lonely), np.where(domain[:, None] == d, LONELY_VALUES, 0.0))
        assert inside.standard_error[d] == pytest.approx(alone.standard_error[0])


def test_average_needs_a_stratum_with_two_units():
    with pytest.raises(EstimationError) as caught:
        weighted_design(np.ones(2), strata=[4, 7], lonely=LonelyUnits.AVERAGE)
    assert caught.value.params == {"stratum": 4, "stage": 1}


def test_single_unit_of_which_the_whole_stratum_is_in_the_sample_is_not_lonely():
    design = lonely_design(LonelyUnits.REFUSE, population_sizes=np.array([9.0, 9, 9, 9, 9, 1]))
    without = weighted_design(np.ones(5), strata=LONELY_STRATA[:5], population_sizes=np.full(5, 9.0))
    found = estimate_totals(design, LONELY_VALUES).standard_error
    assert found == pytest.approx(estimate_totals(without, LONELY_VALUES[:5]).standard_error)


def test_single_unit_of_a_later_stage_is_named_with_its_stage():
    with pytest.raises(EstimationError) as caught:
        weighted_design(
            np.ones(3), clusters=np.array([[1, 1], [1, 2], [2, 1]]), population_sizes=np.array([[4.0, 5]] * 3)
        )
    assert caught.value.params == {"stratum": 0, "stage": 2}


def test_clusters_numbered_anew_in_each_stratum():
    strata, clusters = np.repeat([0, 1], 6), np.tile([1, 1, 2, 2, 3, 3], 2)
    values = np.random.default_rng(2).random((12, 1))
    nested = weighted_design(np.ones(12), strata=strata, clusters=clusters, nest=True)
    renumbered = weighted_design(np.ones(12), strata=strata, clusters=clusters + 10 * strata)
    assert estimate_means(nested, values).standard_error == estimate_means(renumbered, values).standard_error
    with pytest.raises(EstimationError) as caught:
        weighted_design(np.ones(12), strata=strata, clusters=clusters)
    assert caught.value.code == "cluster_across_strata"


def test_selection_weights_are_the_product_over_the_stages():
    clusters = np.array([[1, 1], [1, 2], [2, 1], [2, 2], [2, 3]])
    sizes = np.array([[10.0, 4], [10, 4], [10, 6], [10, 6], [10, 6]])
    assert selection_weights(sizes, clusters=clusters).tolist() == [10, 10, 10, 10, 10]
    assert selection_weights([8.0, 8, 9, 9, 9], strata=[0, 0, 1, 1, 1]).tolist() == [4, 4, 3, 3, 3]


def test_respondents_without_weight_do_not_count_as_units():
    design = weighted_design(np.array([1.0, 2, 0, 1]))
    assert design.degrees_of_freedom() == 2
    assert design.degrees_of_freedom(np.array([True, True, True, False])) == 1
    found = estimate_means(design, np.array([[1.0], [2], [99], [4]]))
    assert (found.estimate[0, 0], found.degrees_of_freedom[0, 0]) == (2.25, 2)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_households_of_one_calibrated_sample_agree_with_leaving_each_out(seed):
    rng = np.random.default_rng(seed)
    result = raked(120, seed % 500)
    clusters = rng.permutation(np.repeat(np.arange(40), 3))
    design = raked_design(result, clusters=clusters, sampling_fraction=0.2)
    y = rng.normal(size=120)
    found = estimate_means(design, y[:, None])
    calibration = result.calibration
    x, d = calibration.design[calibration.cells.index], calibration.base_weights
    total = result.weights @ x

    def regression_mean(weights):
        # linear calibration of what is left, from the calibrated weights on
        left = weights / design.weights
        base = d * left
        b = np.linalg.lstsq(x.T @ (base[:, None] * x), x.T @ (base * y), rcond=1e-12)[0]
        return (weights @ y + (total - weights @ x) @ b) / total[0]

    assert found.standard_error[0, 0] == pytest.approx(leave_out(design, regression_mean), rel=0.15)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"weights": [1.0, -1]}, "invalid_value"),
        ({"weights": [1.0, np.nan]}, "invalid_value"),
        ({"weights": [1.0, np.inf]}, "invalid_value"),
        ({"weights": np.ones(2), "population_sizes": [0.0, 4]}, "invalid_value"),
        ({"weights": np.ones(2), "population_sizes": [4.0, np.nan]}, "invalid_value"),
        ({"weights": np.ones(2), "population_sizes": [4.0]}, "wrong_length"),
        ({"weights": np.ones(2), "population_sizes": [4.0, 4], "sampling_fraction": 0.5}, "invalid_value"),
        ({"weights": np.ones(2), "population_sizes": [[4.0, 4], [4, 4]]}, "too_many_stages"),
        ({"weights": np.ones(2), "strata": [[4, 4], [4, 4]]}, "too_many_stages"),
        ({"weights": np.ones(2), "sampling_fraction": [[0.5]]}, "wrong_length"),
        ({"weights": np.ones(2), "clusters": [0.5, 1]}, "not_integer"),
    ],
)
def test_input_that_makes_no_sense_is_refused(arguments, code):
    with pytest.raises(InputError) as caught:
        weighted_design(**arguments)
    assert caught.value.code == code


@pytest.mark.parametrize(("sizes", "code"), [([1.0, 1, 1], "frame_too_small"), ([5.0, 6, 5], "uneven_stratum")])
def test_frames_that_cannot_be_are_refused_by_stratum(sizes, code):
    with pytest.raises(EstimationError) as caught:
        weighted_design(np.ones(3), strata=[6, 6, 6], population_sizes=sizes)
    assert (caught.value.code, caught.value.params["stratum"]) == (code, 6)


def test_selection_weights_need_a_size():
    with pytest.raises(InputError):
        selection_weights([np.inf, np.inf])


def test_calibration_of_other_respondents_is_refused():
    with pytest.raises(InputError) as caught:
        weighted_design(np.ones(3), calibration=raked().calibration)
    assert caught.value.code == "wrong_length"
