"""Refusals of weighting: each names what is wrong, where, and with which value."""

import numpy as np
import pytest

from analysis.errors import AnalysisError, MarginError, Refusal, WeightingRefusedError
from analysis.weighting.auxiliaries import Auxiliary
from analysis.weighting.base_weights import (
    adjust_for_nonresponse,
    base_weights,
    inclusion_probabilities,
    with_self_registered,
)
from analysis.weighting.calibrating import Households, calibrate
from analysis.weighting.cells import collapse, cross
from analysis.weighting.constraints import household_sizes
from analysis.weighting.diagnostics import summarize_weights, weight_histogram
from analysis.weighting.margins import Margin, PanelPopulation, Unit, encode, reconcile
from analysis.weighting.merging import apply_merges
from analysis.weighting.poststratification import poststratify
from analysis.weighting.raking import rake
from tests.unit.analysis.samples import AGE, POPULATION, SEX, codes

ONES = np.ones(3)
FLAGS = [True, False, True]
NOT_FLAGS = {"value": "int64", "reason": "it must be true or false"}
NOT_POSITIVE = "they must be positive"
PAIR = np.array([[0, 0], [1, 1]])
AGES = np.array([30.0, 40, 50])


def ages_of(margin_ages, population_ages):
    margin = Margin("x", ("a", "b"), np.array([500.0, 500]), age_min=margin_ages[0], age_max=margin_ages[1])
    population = PanelPopulation(1000.0, age_min=population_ages[0], age_max=population_ages[1])
    return reconcile((margin,), population)


def dwellings():
    return reconcile((Margin("home", ("one", "more"), np.array([1.0, 2]), unit=Unit.DWELLING),), POPULATION)


def at_home(households):
    return calibrate(ONES, population=POPULATION, households=Households(households))


def two_of_one_name():
    auxiliary = Auxiliary("age", AGES, 100.0)
    return calibrate(ONES, population=POPULATION, auxiliaries=[auxiliary, auxiliary])


@pytest.mark.parametrize(
    ("call", "code", "params"),
    [
        (
            lambda: inclusion_probabilities([0], [[1]], [1]),
            "wrong_shape",
            {"name": "drawn", "expected": 1, "got": 2},
        ),
        (
            lambda: inclusion_probabilities([0], [1], [[1]]),
            "wrong_shape",
            {"name": "frame", "expected": 1, "got": 2},
        ),
        (
            lambda: inclusion_probabilities([0], [1], [1, 1]),
            "wrong_length",
            {"name": "frame", "expected": 1, "got": 2},
        ),
        (lambda: inclusion_probabilities([0.5], [1], [1]), "not_integer", {"name": "strata"}),
        (base_weights, "no_rows", {"name": "probabilities"}),
        (lambda: base_weights([[0.5]]), "wrong_shape", {"name": "probabilities", "expected": 1, "got": 2}),
        (lambda: base_weights([0.5], [1, 1]), "wrong_length", {"name": "probabilities", "expected": 1, "got": 2}),
        (
            lambda: base_weights([1.0, 1.5]),
            "invalid_value",
            {"name": "probabilities", "value": 1.5, "reason": "0 < p <= 1"},
        ),
        (
            lambda: adjust_for_nonresponse([ONES], [0], [True]),
            "wrong_shape",
            {"name": "weights", "expected": 1, "got": 2},
        ),
        (lambda: adjust_for_nonresponse([], [], []), "no_rows", {"name": "weights"}),
        (
            lambda: adjust_for_nonresponse([1, 0, 1], [0, 0, 0], FLAGS),
            "invalid_value",
            {"name": "weights", "value": 0.0, "reason": NOT_POSITIVE},
        ),
        (
            lambda: adjust_for_nonresponse(ONES, [0, 0, 0], [1, 0, 1]),
            "invalid_value",
            {"name": "answered", **NOT_FLAGS},
        ),
        (
            lambda: adjust_for_nonresponse(ONES, [0, 0, 0], [True]),
            "wrong_length",
            {"name": "answered", "expected": 3, "got": 1},
        ),
        (lambda: adjust_for_nonresponse(ONES, [0.5, 0, 0], FLAGS), "not_integer", {"name": "groups"}),
        (lambda: adjust_for_nonresponse(ONES, [0], FLAGS), "wrong_length", {"name": "groups", "expected": 3, "got": 1}),
        (
            lambda: adjust_for_nonresponse(ONES, [0, -1, 0], FLAGS),
            "code_out_of_range",
            {"name": "groups", "value": -1, "last": 0},
        ),
        (
            lambda: adjust_for_nonresponse(ONES, [0, 1, 0], FLAGS),
            "group_without_answers",
            {"group": 1, "n_invited": 1},
        ),
        (lambda: with_self_registered([ONES], FLAGS), "wrong_shape", {"name": "weights", "expected": 1, "got": 2}),
        (lambda: with_self_registered(ONES, [1, 0, 1]), "invalid_value", {"name": "drawn", **NOT_FLAGS}),
        (lambda: with_self_registered(ONES, [True]), "wrong_length", {"name": "drawn", "expected": 3, "got": 1}),
        (lambda: summarize_weights([ONES]), "wrong_shape", {"name": "weights", "expected": 1, "got": 2}),
        (lambda: summarize_weights([]), "no_rows", {"name": "weights"}),
        (
            lambda: weight_histogram(ONES, upper=0.0),
            "invalid_value",
            {"name": "upper", "value": 0.0, "reason": "must be more than 0, and finite"},
        ),
        (
            lambda: weight_histogram(ONES, upper=np.inf),
            "invalid_value",
            {"name": "upper", "value": np.inf, "reason": "must be more than 0, and finite"},
        ),
        (
            lambda: weight_histogram(ONES * 0),
            "invalid_value",
            {"name": "weights", "value": "weights", "reason": "finite, with a sum of more than 0"},
        ),
        (
            lambda: summarize_weights([1, np.inf]),
            "invalid_value",
            {"name": "weights", "value": "weights", "reason": "finite, with a sum of more than 0"},
        ),
        (lambda: with_self_registered(ONES, [FLAGS]), "wrong_shape", {"name": "drawn", "expected": 1, "got": 2}),
        (lambda: cross([0.5], [0], 2), "not_integer", {"name": "first"}),
        (lambda: cross([0], [0.5], 2), "not_integer", {"name": "second"}),
        (lambda: cross([0], [0, 1], 2), "wrong_length", {"name": "second", "expected": 1, "got": 2}),
        (
            lambda: calibrate([ONES], population=POPULATION),
            "wrong_shape",
            {"name": "base_weights", "expected": 1, "got": 2},
        ),
        (lambda: at_home([0.5, 1, 1]), "not_integer", {"name": "households"}),
        (lambda: at_home([1, 1]), "wrong_length", {"name": "households", "expected": 3, "got": 2}),
        (lambda: poststratify([[0]], [1], AGE, POPULATION), "wrong_shape", {"name": "codes", "expected": 1, "got": 2}),
        (lambda: household_sizes([0.5]), "not_integer", {"name": "households"}),
        (
            lambda: collapse(PAIR, [2]),
            "wrong_length",
            {"name": "columns of codes", "expected": 1, "got": 2},
        ),
        (
            lambda: collapse(PAIR, [2, 1]),
            "code_out_of_range",
            {"name": "column 1 of codes", "value": 1, "last": 0},
        ),
        (lambda: apply_merges([0, 1], [SEX], []), "wrong_shape", {"name": "codes", "expected": 2, "got": 1}),
        (lambda: rake([0, 1], [1, 1], [SEX], POPULATION), "wrong_shape", {"name": "codes", "expected": 2, "got": 1}),
        (lambda: rake([[0.5]], [1], [SEX], POPULATION), "not_integer", {"name": "codes"}),
        (
            lambda: rake(PAIR, [[1, 1]], [SEX, AGE], POPULATION),
            "wrong_shape",
            {"name": "base_weights", "expected": 1, "got": 2},
        ),
        (
            lambda: rake(PAIR, [1], [SEX, AGE], POPULATION),
            "wrong_length",
            {"name": "base_weights", "expected": 2, "got": 1},
        ),
        (lambda: rake(PAIR[:0], [], [SEX, AGE], POPULATION), "no_rows", {"name": "codes"}),
        (
            lambda: rake(PAIR, [1, 1], [SEX], POPULATION),
            "wrong_length",
            {"name": "columns of codes", "expected": 1, "got": 2},
        ),
        (
            lambda: rake([[0, 0], [1, 7]], [1, 1], [SEX, AGE], POPULATION),
            "code_out_of_range",
            {"name": "age", "value": 7, "last": 2},
        ),
        (lambda: calibrate([], population=POPULATION), "no_rows", {"name": "base_weights"}),
        (
            lambda: calibrate([1, 1, 1], population=POPULATION, codes=PAIR, margins=[SEX, AGE]),
            "wrong_length",
            {"name": "codes", "expected": 3, "got": 2},
        ),
        (
            lambda: calibrate([1, 1], population=POPULATION, codes=PAIR, margins=[SEX]),
            "wrong_length",
            {"name": "columns of codes", "expected": 1, "got": 2},
        ),
        (lambda: calibrate([1, 1], codes=PAIR[:, :1], margins=[SEX]), "total_without_population", {"margin": "sex"}),
        (
            lambda: calibrate(ONES, population=POPULATION, factors=[1, 0, 1]),
            "invalid_value",
            {"name": "variance_factors", "value": 0.0, "reason": "all must be positive"},
        ),
        (
            lambda: calibrate(ONES, population=POPULATION, factors=[1]),
            "wrong_length",
            {"name": "variance_factors", "expected": 3, "got": 1},
        ),
        (
            lambda: calibrate(ONES, population=POPULATION, factors=[ONES]),
            "wrong_shape",
            {"name": "variance_factors", "expected": 1, "got": 2},
        ),
        (lambda: Auxiliary("age", [AGES], 1.0), "wrong_shape", {"name": "values of age", "expected": 1, "got": 2}),
        (
            lambda: Auxiliary("age", [np.inf], 1.0),
            "invalid_value",
            {"name": "age", "value": np.inf, "reason": "it must be finite"},
        ),
        (
            lambda: Auxiliary("age", AGES, np.inf),
            "invalid_total",
            {"margin": "age", "category": "", "total": np.inf},
        ),
        (
            lambda: calibrate([1, 1], population=POPULATION, auxiliaries=[Auxiliary("age", AGES, 9.0)]),
            "wrong_length",
            {"name": "values of age", "expected": 2, "got": 3},
        ),
        (two_of_one_name, "duplicate_margin", {"margin": "age"}),
        (lambda: Margin("x", ("a",), [[1]]), "wrong_shape", {"name": "totals", "expected": 1, "got": 2}),
        (
            lambda: Margin("x", ("a", "b"), [1, np.inf]),
            "invalid_total",
            {"margin": "x", "category": "b", "total": np.inf},
        ),
        (
            lambda: Margin("x", ("a", "b"), [1]),
            "wrong_length",
            {"name": "totals of x", "expected": 2, "got": 1},
        ),
        (lambda: reconcile((SEX, SEX), POPULATION), "duplicate_margin", {"margin": "sex"}),
        (
            dwellings,
            "unit_mismatch",
            {"margin": "home", "margin_unit": "dwelling", "population_unit": "person"},
        ),
        (
            lambda: ages_of((18, 74), (16, None)),
            "age_mismatch",
            {"margin": "x", "margin_ages": "18-74", "population_ages": "16+"},
        ),
        (
            lambda: ages_of((16, None), (18, 90)),
            "age_mismatch",
            {"margin": "x", "margin_ages": "16+", "population_ages": "18-90"},
        ),
        (
            lambda: reconcile((Margin("x", ("a", "b"), [400, 500]),), POPULATION),
            "margins_disagree",
            {"margin": "x", "stated": 900.0, "declared": 1000.0, "difference": -100.0, "allowed": 10.0},
        ),
    ],
)
def test_a_refusal_names_what_is_wrong(call, code, params):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert (caught.value.code, caught.value.params) == (code, params)


def without_women():
    profile = codes()
    profile[:, 0] = 0
    return rake(profile, np.ones(120), (SEX, AGE), POPULATION)


def without_an_age():
    auxiliary = Auxiliary("age", [np.nan, 40, np.nan], 100.0)
    return calibrate(ONES, population=POPULATION, auxiliaries=[auxiliary])


@pytest.mark.parametrize(
    ("call", "refusals"),
    [
        (
            lambda: rake(codes(), np.append(np.ones(117), [0, -1, np.inf]), (SEX, AGE), POPULATION),
            [Refusal("nonpositive_base_weight", "", "", 3, 0.0)],
        ),
        (
            lambda: rake([[0, 0], [1, -1]], np.array([1.0, 0]), (SEX, AGE), POPULATION),
            [Refusal("nonpositive_base_weight", "", "", 1, 0.0), Refusal("missing_value", "age", "", 1, 0.0)],
        ),
        (without_women, [Refusal("category_without_respondents", "sex", "woman", 0, 520.0)]),
        (without_an_age, [Refusal("missing_value", "age", "", 2, 100.0)]),
        (lambda: encode(["man", "x", "x"], SEX), [Refusal("category_not_in_population", "sex", "x", 2, 0.0)]),
    ],
)
def test_reasons_against_weighting_are_listed_in_full(call, refusals):
    with pytest.raises(WeightingRefusedError) as caught:
        call()
    found = list(caught.value.refusals)
    assert [refusal for refusal in refusals if refusal not in found] == []


def test_both_a_weight_and_a_class_are_refused_at_once():
    profile = codes()
    profile[:, 0] = 0
    with pytest.raises(WeightingRefusedError) as caught:
        rake(profile, np.zeros(120), (SEX, AGE), POPULATION)
    assert [refusal.code for refusal in caught.value.refusals] == [
        "nonpositive_base_weight",
        "category_without_respondents",
    ]


def test_classes_left_out_of_poststratification_are_listed_with_their_population():
    found = poststratify([0, 0, 2], ONES, AGE, POPULATION, partial=True)
    assert found.ignored == (Refusal("category_without_respondents", "age", "35-64", 0, 450.0),)
    np.testing.assert_allclose(found.weights, [150, 150, 250])


@pytest.mark.parametrize(("wrong", "code"), [(-2, "code_out_of_range"), (3, "code_out_of_range")])
def test_codes_of_no_class_are_refused_when_classes_are_left_out(wrong, code):
    with pytest.raises(AnalysisError) as caught:
        poststratify([0, 2, wrong], ONES, AGE, POPULATION, partial=True)
    assert (caught.value.code, caught.value.params["value"]) == (code, wrong)


@pytest.mark.parametrize("call", [rake, calibrate])
def test_a_derived_margin_is_given_room_only_when_asked(call):
    derived = Margin("age", AGE.categories, AGE.totals * 1.04, derived=True)

    def weigh(**options):
        if call is rake:
            return rake(codes(), np.ones(120), (SEX, derived), POPULATION, **options)
        return calibrate(np.ones(120), codes=codes(), margins=(SEX, derived), population=POPULATION, **options)

    with pytest.raises(MarginError) as caught:
        weigh()
    assert (caught.value.code, caught.value.params["margin"]) == ("margins_disagree", "age")
    assert weigh(derivation_tolerance=0.05).weights.sum() == pytest.approx(1000)
    with pytest.raises(MarginError):
        weigh(derivation_tolerance=0.03)
