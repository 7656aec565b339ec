import numpy as np
import pytest

from analysis.errors import InputError, Merge, WeightingRefusedError
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.merging import MergeHierarchy
from analysis.weighting.poststratification import poststratify
from analysis.weighting.raking import rake
from tests.unit.analysis.samples import AGE, POPULATION, base_weights, codes

GROUPS = codes()[:, 1]
WIDER = Margin("age", ("none", "16-34", "35-64", "65+", "100+"), np.array([20.0, 300, 450, 200, 30]))


def test_every_class_gets_its_population():
    result = poststratify(GROUPS, base_weights(), AGE, POPULATION)
    np.testing.assert_allclose(np.bincount(GROUPS, weights=result.weights), AGE.totals, rtol=1e-12)
    assert result.iterations == 1
    assert result.ignored == ()
    np.testing.assert_allclose(result.margins[0].after, AGE.totals)


def test_residuals_are_deviations_from_the_class_mean():
    result = poststratify(GROUPS, base_weights(), AGE, POPULATION)
    y = np.random.default_rng(3).normal(size=(120, 1))
    means = np.bincount(GROUPS, weights=y[:, 0] * base_weights()) / np.bincount(GROUPS, weights=base_weights())
    np.testing.assert_allclose(result.calibration.residuals(y)[:, 0], y[:, 0] - means[GROUPS], atol=1e-12)


def test_partial_leaves_out_empty_classes_and_tells_who_is_missing():
    result = poststratify(GROUPS + 1, base_weights(), WIDER, POPULATION, partial=True)
    np.testing.assert_allclose(np.bincount(GROUPS, weights=result.weights), [300, 450, 200])
    assert [(r.category, r.population) for r in result.ignored] == [("none", 20.0), ("100+", 30.0)]
    assert result.margins[0].categories == ("16-34", "35-64", "65+")


def test_partial_changes_nothing_when_every_class_is_there():
    whole = poststratify(GROUPS, base_weights(), AGE, POPULATION)
    partial = poststratify(GROUPS, base_weights(), AGE, POPULATION, partial=True)
    np.testing.assert_array_equal(whole.weights, partial.weights)


def test_empty_class_is_refused_with_the_merge_that_would_help():
    hierarchy = MergeHierarchy("age", {"none": "16-34"})
    with pytest.raises(WeightingRefusedError) as caught:
        poststratify(GROUPS + 1, base_weights(), WIDER, POPULATION, hierarchy=hierarchy)
    assert [r.category for r in caught.value.refusals] == ["none", "100+"]
    assert caught.value.refusals[0].proposal == Merge("age", "none", "16-34")


def test_partial_still_refuses_missing_values_and_unknown_codes():
    groups = GROUPS + 1
    groups[0] = -1
    with pytest.raises(WeightingRefusedError) as caught:
        poststratify(groups, base_weights(), WIDER, POPULATION, partial=True)
    assert [r.code for r in caught.value.refusals] == ["missing_value"]
    groups[0] = 7
    with pytest.raises(InputError) as unknown:
        poststratify(groups, base_weights(), WIDER, POPULATION, partial=True)
    assert unknown.value.params["value"] == 7


def test_partial_with_nobody_in_any_class_is_refused():
    with pytest.raises(WeightingRefusedError):
        poststratify(np.full(120, -1), base_weights(), AGE, POPULATION, partial=True)


def test_class_that_the_margin_excludes_is_only_scaled_along_with_everyone():
    margin = Margin("x", ("a", "b"), np.array([300.0, 100]), age_max=74, excluded_classes=("75+",))
    groups = np.repeat([0, 1, 2], [20, 40, 40])
    result = poststratify(groups, np.ones(100), margin, PanelPopulation(1000.0))
    weighted = np.bincount(groups, weights=result.weights)
    assert weighted[0] / weighted[1] == pytest.approx(3)
    assert weighted.sum() == pytest.approx(1000)
    raked = rake(groups[:, None], np.ones(100), [margin], PanelPopulation(1000.0))
    np.testing.assert_allclose(result.weights, raked.weights, rtol=1e-9)
