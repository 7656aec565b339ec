import numpy as np
import pytest

from analysis.errors import AnalysisError, MarginError, WeightingRefusedError
from analysis.weighting.margins import Margin, PanelPopulation, Unit, encode, reconcile
from tests.unit.analysis.samples import AGE, POPULATION, SEX


@pytest.mark.parametrize(
    ("categories", "totals", "code"),
    [
        ((), [], "empty_margin"),
        (("a", "a"), [1, 2], "duplicate_category"),
        (("a", "b"), [1, -2], "invalid_total"),
        (("a", "b"), [1, np.nan], "invalid_total"),
        (("a", "b"), [0, 0], "zero_margin"),
        (("a", "b"), [1, 2, 3], "wrong_length"),
    ],
)
def test_malformed_margin_is_refused(categories, totals, code):
    with pytest.raises(MarginError) as caught:
        Margin("x", categories, np.array(totals, dtype=float))
    assert caught.value.code == code
    assert "x" in str(caught.value)


def test_category_that_is_also_an_own_class_is_refused():
    with pytest.raises(MarginError) as caught:
        Margin("x", ("a", "b"), np.ones(2), own_classes=("b",))
    assert caught.value.params == {"margin": "x", "category": "b"}


def test_difference_within_rounding_is_scaled_away_and_reported():
    age = Margin("age", AGE.categories, AGE.totals + np.array([0, 4, 0]))
    found = reconcile((SEX, age), POPULATION)
    note = found.notes[1]
    assert (note.difference, note.stated_total, note.allowed_difference) == (4.0, 1004.0, 10.0)
    assert [margin.totals.sum() for margin in found.margins] == pytest.approx([1000, 1000])


def test_difference_beyond_rounding_is_refused_with_both_totals():
    age = Margin("age", AGE.categories, AGE.totals + np.array([0, 20, 0]))
    with pytest.raises(MarginError) as caught:
        reconcile((SEX, age), POPULATION)
    assert caught.value.code == "margins_disagree"
    assert caught.value.params["stated"] == 1020.0
    assert caught.value.params["declared"] == 1000.0


def test_stated_derivation_explains_more_for_derived_margins_only():
    derived = Margin("age", AGE.categories, AGE.totals + np.array([0, 20, 0]), derived=True)
    assert reconcile((derived,), POPULATION, derivation_tolerance=0.02).notes[0].derived
    published = Margin("age", AGE.categories, derived.totals)
    with pytest.raises(MarginError):
        reconcile((published,), POPULATION, derivation_tolerance=0.02)


def test_shares_that_do_not_add_up_are_refused():
    with pytest.raises(MarginError) as caught:
        reconcile((Margin("x", ("a", "b"), np.array([0.5, 0.48]), in_shares=True),), POPULATION)
    assert caught.value.params["declared"] == 1.0


def test_same_margin_twice_is_refused():
    with pytest.raises(MarginError) as caught:
        reconcile((SEX, SEX), POPULATION)
    assert caught.value.code == "duplicate_margin"


def test_household_shares_are_not_used_for_persons():
    homes = Margin("household", ("one", "more"), np.array([418.0, 582]), unit=Unit.HOUSEHOLD)
    with pytest.raises(MarginError) as caught:
        reconcile((homes,), POPULATION)
    assert caught.value.params["margin_unit"] == "household"


@pytest.mark.parametrize(
    ("ages", "population_ages"),
    [((18, None), (16, None)), ((16, 74), (16, None)), ((16, None), (16, 74)), ((16, 80), (16, 74))],
)
def test_margin_over_other_ages_is_refused(ages, population_ages):
    margin = Margin("x", ("a", "b"), np.array([500.0, 500]), age_min=ages[0], age_max=ages[1])
    population = PanelPopulation(1000.0, age_min=population_ages[0], age_max=population_ages[1])
    with pytest.raises(MarginError) as caught:
        reconcile((margin,), population)
    assert caught.value.code == "age_mismatch"


def test_margin_that_stops_earlier_is_accepted_once_the_older_have_a_class():
    margin = Margin("x", ("a", "b"), np.array([300.0, 100]), age_max=74, own_classes=("75+",))
    found = reconcile((margin,), PanelPopulation(1000.0, age_max=90))
    assert found.notes == ()
    assert found.margins[0].totals.tolist() == [300.0, 100.0]


def test_values_are_encoded_with_missing_as_minus_one():
    margin = Margin("x", ("a", "b"), np.ones(2), own_classes=("?",), excluded_classes=("old",))
    assert encode(["b", None, "old", "?", "a"], margin).tolist() == [1, -1, 3, 2, 0]


def test_values_absent_from_the_population_are_refused_with_their_counts():
    with pytest.raises(WeightingRefusedError) as caught:
        encode(["man", "x", "other", "x"], SEX)
    assert [(r.category, r.n_respondents) for r in caught.value.refusals] == [("other", 1), ("x", 2)]
    assert "category x: 2 respondents, absent" in str(caught.value)
    assert isinstance(caught.value, AnalysisError)
    assert caught.value.code == "weighting_refused"
