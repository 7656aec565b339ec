import numpy as np
import pytest

from analysis.errors import InputError
from analysis.representation.participation_score import chance_participation_scores, participation_score


def test_equal_rates_score_one():
    found = participation_score([5, 10, 20], [50, 100, 200])
    assert (found.lowest_to_highest, found.lowest_to_mean) == pytest.approx((1, 1))
    assert found.proportional_similarity == pytest.approx(1)


def test_perfect_draw_over_ten_districts_scores_low_all_the_same():
    rng = np.random.default_rng(8)
    districts = [4026, 3228, 8629, 4701, 1771, 5545, 7822, 7195, 2519, 6437]
    scores = chance_participation_scores(districts, 150, rng)
    assert scores.shape == (2000,)
    assert 0.3 < scores.mean() < 0.5


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (lambda: participation_score([1, 2], [1]), "wrong_length"),
        (lambda: participation_score([1, 2], [5, 0]), "invalid_value"),
        (lambda: participation_score([1, -2], [5, 5]), "invalid_value"),
        (lambda: participation_score([1, np.nan], [5, 5]), "invalid_value"),
        (lambda: participation_score([0, 0], [5, 5]), "no_rows"),
        (lambda: participation_score([], []), "no_rows"),
    ],
)
def test_unusable_counts_are_refused(refused, code):
    with pytest.raises(InputError) as caught:
        refused()
    assert caught.value.code == code
