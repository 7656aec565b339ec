"""Every part of a design counts, and every refusal of one names what is wrong, and with which value."""

import numpy as np
import pytest

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import raked_design, selection_weights, weighted_design
from analysis.estimation.stages import LonelyUnits
from tests.unit.analysis.estimation.designs import raked

ONES = np.ones(4)
BOTH = {"sampling_fraction": 0.5, "population_sizes": [9, 9, 9, 9]}


def without_calibration_of_its_length():
    return weighted_design(ONES, calibration=raked(12).calibration)


@pytest.mark.parametrize(
    ("call", "code", "params"),
    [
        (lambda: weighted_design([ONES]), "wrong_shape", {"name": "weights", "expected": 1, "got": 2}),
        (lambda: weighted_design([]), "no_rows", {"name": "weights"}),
        (
            lambda: weighted_design([1, 2, -3]),
            "invalid_value",
            {"name": "weights", "value": -3.0, "reason": "finite and not negative"},
        ),
        (without_calibration_of_its_length, "wrong_length", {"name": "calibration", "expected": 4, "got": 12}),
        (
            lambda: weighted_design(ONES, **BOTH),
            "invalid_value",
            {"name": "sampling_fraction", "value": "both", "reason": "or population_sizes"},
        ),
        (
            lambda: weighted_design(ONES, sampling_fraction=[0.0, 1.0, 1.5], strata=[0, 0, 1, 2]),
            "invalid_value",
            {"name": "sampling_fraction", "value": 1.5, "reason": "it must lie in 0..1"},
        ),
        (
            lambda: weighted_design(ONES, sampling_fraction=[0.1, 0.5, 0.1], strata=[0, 0, 1, 1]),
            "wrong_length",
            {"name": "sampling_fraction", "expected": 2, "got": 3},
        ),
        (
            lambda: weighted_design(ONES, sampling_fraction=[[0.1]]),
            "wrong_length",
            {"name": "sampling_fraction", "expected": 4, "got": 1},
        ),
        (
            lambda: weighted_design(ONES, population_sizes=9),
            "wrong_shape",
            {"name": "population_sizes", "expected": 1, "got": 0},
        ),
        (
            lambda: weighted_design(ONES, population_sizes=[9, 9]),
            "wrong_length",
            {"name": "population_sizes", "expected": 4, "got": 2},
        ),
        (
            lambda: weighted_design(ONES, population_sizes=[9, 9, 9, 0]),
            "invalid_value",
            {"name": "population_sizes", "value": 0.0, "reason": "more than 0"},
        ),
        (
            lambda: selection_weights(9),
            "wrong_shape",
            {"name": "population_sizes", "expected": 1, "got": 0},
        ),
        (
            lambda: selection_weights([np.inf, np.inf]),
            "invalid_value",
            {"name": "population_sizes", "value": np.inf, "reason": "weights need a size"},
        ),
    ],
)
def test_a_refusal_names_what_is_wrong(call, code, params):
    with pytest.raises(InputError) as caught:
        call()
    assert (caught.value.code, caught.value.params) == (code, params)


def test_a_stratum_with_one_unit_has_its_weights_too():
    np.testing.assert_allclose(selection_weights([8, 8, 5], strata=[0, 0, 1]), [4, 4, 5])


def test_fractions_belong_to_the_strata_of_the_first_stage():
    strata = np.stack([[4, 4, 4, 4, 2, 2, 2, 2], np.zeros(8, dtype=int)], axis=1)
    clusters = np.stack([np.arange(8) // 2, np.arange(8)], axis=1)
    design = weighted_design(np.ones(8), strata=strata, clusters=clusters, sampling_fraction=[0.1, 0.3])
    assert design.sampling_fraction[design.strata].tolist() == [0.3] * 4 + [0.1] * 4


def test_units_drawn_from_drawn_clusters_add_their_own_variance():
    """Two of five clusters, two of four and three of six persons in them: the textbook's two terms by hand."""
    values = np.array([1.0, 4, 2, 3, 10])
    clusters = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]])
    sizes = np.array([[5, 4], [5, 4], [5, 6], [5, 6], [5, 6]])
    weights = selection_weights(sizes, clusters=clusters)
    np.testing.assert_allclose(weights, 5)
    design = weighted_design(weights, clusters=clusters, population_sizes=sizes)
    between = 5**2 * (1 - 2 / 5) / 2 * np.var([4 * 2.5, 6 * 5], ddof=1)
    within = 5 / 2 * (4**2 * (1 - 2 / 4) / 2 * np.var(values[:2], ddof=1))
    within += 5 / 2 * (6**2 * (1 - 3 / 6) / 3 * np.var(values[2:], ddof=1))
    assert design.variance(values[:, None])[0] == pytest.approx(between + within)
    np.testing.assert_allclose(design.covariance(values[:, None]), [[between + within]])


@pytest.mark.parametrize(
    "options",
    [
        {"strata": np.arange(120) % 3},
        {"clusters": np.arange(120) // 2},
        {"sampling_fraction": 0.4},
        {"population_sizes": np.full(120, 200)},
        {"strata": np.arange(120) % 2, "clusters": np.arange(120) // 4, "nest": True},
        {"strata": np.minimum(np.arange(120), 1), "lonely": LonelyUnits.CERTAINTY},
    ],
    ids=lambda options: "+".join(options),
)
def test_a_raked_design_is_made_of_the_same_parts(options):
    result = raked()
    influence = np.random.default_rng(1).random((120, 1))
    found = raked_design(result, **options).variance(influence)
    by_parts = weighted_design(result.weights, calibration=result.calibration, **options).variance(influence)
    np.testing.assert_array_equal(found, by_parts)
    assert not np.array_equal(found, raked_design(result).variance(influence))


def test_a_cluster_in_two_strata_is_refused_unless_its_codes_are_nested():
    with pytest.raises(EstimationError, match="cluster 0 lies in more than one stratum"):
        raked_design(raked(), strata=np.arange(120) % 2, clusters=np.arange(120) // 4)
