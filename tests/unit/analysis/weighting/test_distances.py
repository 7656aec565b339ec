"""Each distance is a function F with F(0) = 1, its slope and an integral: all three are held to each other."""

import numpy as np
import pytest

from analysis.errors import InputError
from analysis.weighting.distances import Distance, response_of

BOUNDED = (0.4, 2.5)
CASES = [
    (Distance.LINEAR, None),
    (Distance.LINEAR, BOUNDED),
    (Distance.RAKING, None),
    (Distance.RAKING, BOUNDED),
    (Distance.RAKING, (0.0, 2.5)),
    (Distance.LOGIT, BOUNDED),
    (Distance.LOGIT, (0.9, 5.0)),
]
# on both sides of every bound, and no corner among them
POINTS = np.array([-3.03, -0.83, -0.31, 0.02, 0.27, 0.74, 1.81, 3.07])
STEP = 1e-5


@pytest.mark.parametrize(("distance", "bounds"), CASES)
def test_a_g_weight_starts_at_1_with_slope_1(distance, bounds):
    ratio, slope, _ = response_of(distance, bounds)(np.zeros(1))
    assert (ratio[0], slope[0]) == (pytest.approx(1, abs=1e-12), pytest.approx(1, abs=1e-12))


@pytest.mark.parametrize(("distance", "bounds"), CASES)
def test_the_slope_and_the_integral_belong_to_the_g_weight(distance, bounds):
    response = response_of(distance, bounds)
    up, down, here = response(POINTS + STEP), response(POINTS - STEP), response(POINTS)
    np.testing.assert_allclose((up[0] - down[0]) / (2 * STEP), here[1], atol=1e-7)
    np.testing.assert_allclose((up[2] - down[2]) / (2 * STEP), here[0], atol=1e-7)


@pytest.mark.parametrize(("distance", "bounds"), [case for case in CASES if case[1] is not None])
def test_g_weights_rise_to_their_bounds_and_stay_within(distance, bounds):
    far = np.array([-40.0, *POINTS, 40.0])
    ratio, _, _ = response_of(distance, bounds)(far)
    assert (np.diff(ratio) >= 0).all()
    assert (ratio[0], ratio[-1]) == (pytest.approx(bounds[0], abs=1e-9), pytest.approx(bounds[1], abs=1e-9))


def test_without_bounds_the_linear_distance_gives_negative_weights_and_raking_never():
    assert response_of(Distance.LINEAR, None)(POINTS)[0].tolist() == (1 + POINTS).tolist()
    np.testing.assert_allclose(response_of(Distance.RAKING, None)(POINTS)[0], np.exp(POINTS))


@pytest.mark.parametrize(
    ("distance", "bounds", "reason"),
    [
        (Distance.LOGIT, None, "the logit distance needs them"),
        (Distance.LOGIT, (0.5, np.inf), "the logit distance needs both"),
        (Distance.RAKING, (0.5, 1.0), "they must enclose 1"),
        (Distance.LINEAR, (1.0, 3.0), "they must enclose 1"),
    ],
)
def test_bounds_that_do_not_fit_are_named(distance, bounds, reason):
    with pytest.raises(InputError) as caught:
        response_of(distance, bounds)
    assert caught.value.code == "invalid_value"
    assert caught.value.params == {"name": "bounds", "value": bounds, "reason": reason}
