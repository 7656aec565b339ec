"""Replicate weights that are refused: each refusal names what is wrong, and with which value."""

import numpy as np
import pytest

from analysis.errors import AnalysisError, MarginError
from analysis.estimation.replicate_calibration import recalibrate, recalibrate_by
from analysis.estimation.replicate_linear_calibration import recalibrate_linearly
from analysis.estimation.replicate_regression import replicate_regression
from analysis.estimation.replicate_weights import (
    balanced_half_samples,
    given_replicates,
    jackknife,
    rescaled_bootstrap,
)
from analysis.weighting.margins import Margin
from tests.unit.analysis.samples import AGE, POPULATION, SEX, codes

ONES = np.ones(4)
PAIRS = [0, 0, 1, 1]
GIVEN = np.array([[2.0, 0], [0, 2], [2, 0], [0, 2]])
NO_COLUMNS = "two or more columns of finite weights that are not negative are needed"


def draw(n_replicates=2, weights=ONES):
    return rescaled_bootstrap(weights, n_replicates, np.random.default_rng(1))


def linearly(auxiliaries=GIVEN, totals=(9.0, 9.0)):
    return recalibrate_linearly(jackknife(ONES), auxiliaries, totals)


def weigh_by(result):
    return recalibrate_by(jackknife(ONES), lambda rows, weights: np.asarray(result))


def regress(x=GIVEN, y=ONES):
    return replicate_regression(jackknife(ONES), x, y)


def given(weights=ONES, replicates=GIVEN, **options):
    return given_replicates(weights, replicates, **{"scale": 0.5, **options})


@pytest.mark.parametrize(
    ("call", "code", "params"),
    [
        (
            lambda: balanced_half_samples(ONES, PAIRS, fay=1.0),
            "invalid_value",
            {"name": "fay", "value": 1.0, "reason": "it must lie in 0 <= fay < 1"},
        ),
        (
            lambda: draw(1),
            "invalid_value",
            {"name": "n_replicates", "value": 1, "reason": "a whole number, 2 or more"},
        ),
        (
            lambda: draw(200_000_000),
            "too_many_replicates",
            {"n_units": 4, "n_replicates": 200_000_000, "limit": 250_000_000},
        ),
        (lambda: jackknife([ONES]), "wrong_shape", {"name": "weights", "expected": 1, "got": 2}),
        (lambda: jackknife([]), "no_rows", {"name": "weights"}),
        (
            lambda: jackknife([1, 0, 2]),
            "invalid_value",
            {"name": "weights", "value": 0.0, "reason": "weights must be positive"},
        ),
        (lambda: given([ONES]), "wrong_shape", {"name": "weights", "expected": 1, "got": 2}),
        (lambda: given([]), "no_rows", {"name": "weights"}),
        (lambda: given(replicates=ONES), "wrong_shape", {"name": "replicate_weights", "expected": 2, "got": 1}),
        (lambda: given(replicates=GIVEN[:3]), "wrong_length", {"name": "replicate_weights", "expected": 4, "got": 3}),
        (
            lambda: given(replicates=GIVEN[:, :1]),
            "invalid_value",
            {"name": "replicate_weights", "value": "1 columns", "reason": NO_COLUMNS},
        ),
        (
            lambda: given(replicates=-GIVEN),
            "invalid_value",
            {"name": "replicate_weights", "value": "2 columns", "reason": NO_COLUMNS},
        ),
        (lambda: given(rscales=GIVEN), "wrong_shape", {"name": "rscales", "expected": 1, "got": 2}),
        (lambda: given(rscales=[1.0]), "wrong_length", {"name": "rscales", "expected": 2, "got": 1}),
        (
            lambda: given(rscales=[1.0, -1]),
            "invalid_value",
            {"name": "rscales", "value": [1.0, -1.0], "reason": "it must not be negative"},
        ),
        (
            lambda: given(scale=-0.5),
            "invalid_value",
            {"name": "scale", "value": [-0.5], "reason": "it must not be negative"},
        ),
        (lambda: linearly(ONES), "wrong_shape", {"name": "auxiliaries", "expected": 2, "got": 1}),
        (lambda: linearly(GIVEN[:2]), "wrong_length", {"name": "auxiliaries", "expected": 4, "got": 2}),
        (lambda: linearly(totals=[[1.0, 1]]), "wrong_shape", {"name": "totals", "expected": 1, "got": 2}),
        (lambda: linearly(totals=[1.0]), "wrong_length", {"name": "totals", "expected": 2, "got": 1}),
        (
            lambda: linearly(totals=[1.0, np.nan]),
            "invalid_value",
            {"name": "totals", "value": "NaN", "reason": "finite numbers are needed"},
        ),
        (
            lambda: linearly(np.full((4, 2), np.inf)),
            "invalid_value",
            {"name": "auxiliaries", "value": "NaN", "reason": "finite numbers are needed"},
        ),
        (lambda: weigh_by([ONES]), "wrong_shape", {"name": "result of weigh", "expected": 1, "got": 2}),
        (lambda: weigh_by([1.0]), "wrong_length", {"name": "result of weigh", "expected": 4, "got": 1}),
        (
            lambda: weigh_by(ONES * np.nan),
            "invalid_value",
            {"name": "result of weigh", "value": "NaN", "reason": "weights must be numbers"},
        ),
        (lambda: regress(x=ONES), "wrong_shape", {"name": "x", "expected": 2, "got": 1}),
        (lambda: regress(y=GIVEN), "wrong_shape", {"name": "y", "expected": 1, "got": 2}),
        (lambda: regress(x=GIVEN[:2]), "wrong_length", {"name": "x", "expected": 4, "got": 2}),
        (lambda: regress(y=ONES[:2]), "wrong_length", {"name": "y", "expected": 4, "got": 2}),
    ],
)
def test_a_refusal_names_what_is_wrong(call, code, params):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert (caught.value.code, caught.value.params) == (code, params)


@pytest.mark.parametrize(("n_strata", "n_replicates"), [(1, 2), (2, 4), (3, 4), (4, 8), (7, 8)])
def test_half_samples_are_no_more_than_balance_takes(n_strata, n_replicates):
    strata = np.repeat(np.arange(n_strata), 2)
    assert balanced_half_samples(np.ones(2 * n_strata), strata).n_replicates == n_replicates


def test_a_derived_margin_is_given_room_only_when_asked():
    derived = Margin("age", AGE.categories, AGE.totals * 1.04, derived=True)
    replicates = jackknife(np.ones(120))
    with pytest.raises(MarginError, match="margin age adds up"):
        recalibrate(replicates, codes(), (SEX, derived), POPULATION)
    found = recalibrate(replicates, codes(), (SEX, derived), POPULATION, derivation_tolerance=0.05)
    np.testing.assert_allclose(found.weight_matrix().sum(axis=0), 1000)


def test_the_first_replicate_that_cannot_be_raked_is_named():
    profile = codes()
    kept = np.ones((120, 3))
    kept[5, 0], kept[profile[:, 0] == 1, 1], kept[77, 2] = 0, 0, 0
    with pytest.raises(AnalysisError) as caught:
        recalibrate(given_replicates(np.ones(120), kept, scale=1.0), profile, (SEX, AGE), POPULATION)
    assert caught.value.params == {
        "count": 1,
        "n_replicates": 3,
        "replicate": 2,
        "margin": "sex",
        "category": "woman",
        "reason": "has nobody left",
    }
