import numpy as np
import pytest

from analysis.errors import InputError
from analysis.weighting.auxiliaries import Auxiliary
from analysis.weighting.calibrating import Households, HouseholdVariance, calibrate
from analysis.weighting.distances import Distance
from analysis.weighting.margins import Margin
from tests.unit.analysis.samples import AGE, POPULATION, SEX, codes

HOUSEHOLD = np.random.default_rng(6).permutation(np.arange(120) % 50)
BASE = np.random.default_rng(7).uniform(0.5, 3.0, 50)[HOUSEHOLD]
INCOME = np.random.default_rng(8).lognormal(0, 0.4, 120)


def weigh(variance=HouseholdVariance.MEAN, base=BASE, **options):
    arguments = {"codes": codes(), "margins": (SEX, AGE), "auxiliaries": [Auxiliary("income", INCOME, 1100.0)]}
    return calibrate(
        base, population=POPULATION, households=Households(HOUSEHOLD, variance), **{**arguments, **options}
    )


def household_matrix():
    person = np.column_stack([codes()[:, [0]] == np.arange(2), codes()[:, [1]] == np.arange(1, 3), INCOME])
    sums = np.stack([np.bincount(HOUSEHOLD, weights=column) for column in person.T], axis=1)
    return sums, np.bincount(HOUSEHOLD), np.array([480.0, 520, 450, 250, 1100])


def group_weights():
    first = np.unique(HOUSEHOLD, return_index=True)[1]
    return (BASE * 1000 / BASE.sum())[first]


@pytest.mark.parametrize("variance", list(HouseholdVariance))
@pytest.mark.parametrize(
    ("distance", "bounds"), [(Distance.LINEAR, None), (Distance.RAKING, None), (Distance.LOGIT, (0.2, 4))]
)
def test_members_of_a_household_get_one_weight_and_margins_hold_for_persons(variance, distance, bounds):
    result = weigh(variance, distance=distance, bounds=bounds)
    for h in range(50):
        assert np.ptp(result.weights[h == HOUSEHOLD]) < 1e-12
    for j, margin in enumerate((SEX, AGE)):
        np.testing.assert_allclose(np.bincount(codes()[:, j], weights=result.weights), margin.totals, rtol=1e-10)
    assert result.weights @ INCOME == pytest.approx(1100.0)
    assert result.margins[0].n_respondents.tolist() == [60, 60]


def test_mean_equals_the_integrated_method_of_lemaitre_and_dufour():
    sums, sizes, totals = household_matrix()
    d, means = group_weights(), sums / sizes[:, None]
    normal = means.T @ (means * (d * sizes)[:, None])
    g = 1 + means @ np.linalg.solve(normal, totals - sums.T @ d)
    np.testing.assert_allclose(weigh().g_weights, g[HOUSEHOLD], rtol=1e-9)


def test_sum_equals_calibration_of_households_to_their_sums():
    sums, _, totals = household_matrix()
    d = group_weights()
    g = 1 + sums @ np.linalg.solve(sums.T @ (sums * d[:, None]), totals - sums.T @ d)
    np.testing.assert_allclose(weigh(HouseholdVariance.SUM).g_weights, g[HOUSEHOLD], rtol=1e-9)


def test_residuals_of_household_calibration_add_up_to_those_of_the_household_regression():
    sums, sizes, _ = household_matrix()
    d, y = group_weights(), np.random.default_rng(3).normal(size=(120, 1))
    total = np.bincount(HOUSEHOLD, weights=y[:, 0])
    for variance, weight in ((HouseholdVariance.MEAN, d / sizes), (HouseholdVariance.SUM, d)):
        residuals = weigh(variance).calibration.residuals(y)
        coefficients = np.linalg.solve(sums.T @ (sums * weight[:, None]), sums.T @ (weight * total))
        expected = total - sums @ coefficients
        np.testing.assert_allclose(np.bincount(HOUSEHOLD, weights=residuals[:, 0]), expected, atol=1e-9)


def test_factors_of_the_distance_go_together_with_households():
    q = np.random.default_rng(9).uniform(0.5, 2.0, 50)[HOUSEHOLD]
    assert np.abs(weigh(HouseholdVariance.SUM, factors=q).weights - weigh(HouseholdVariance.SUM).weights).max() > 1e-3


def test_household_whose_members_a_margin_excludes_keeps_one_weight():
    profile = np.column_stack([codes()[:, 0], codes(sizes=(2, 3), seed=11)[:, 1]])
    margin = Margin("x", ("a", "b"), np.array([300.0, 100]), age_max=74, excluded_classes=("75+",))
    result = weigh(codes=profile, margins=(SEX, margin), auxiliaries=[])
    weighted = np.bincount(profile[:, 1], weights=result.weights)
    assert weighted[0] / weighted[1] == pytest.approx(3)


@pytest.mark.parametrize(
    ("options", "name"),
    [({"base": np.arange(1.0, 121.0)}, "base weight"), ({"factors": np.arange(1.0, 121.0)}, "variance factor")],
)
def test_members_that_differ_cannot_have_one_weight(options, name):
    with pytest.raises(InputError) as caught:
        weigh(**options)
    assert (caught.value.code, caught.value.params["name"]) == ("uneven_household", name)
