import numpy as np
import pytest

from analysis.errors import InputError
from analysis.recruitment.chances import summarize_chances
from analysis.recruitment.greedy_panel import greedy_chances
from analysis.recruitment.selection import Objective, select_panel

from .test_selection import feature

CODES = np.array([[0, 0]] * 6 + [[0, 1]] * 3 + [[1, 0]] * 2 + [[1, 1]] * 1)
FEATURES = [feature("a", (2, 2), (2, 2)), feature("b", (2, 1), (3, 2))]


def test_chances_are_told_in_all_and_per_category():
    lottery = select_panel(CODES, FEATURES, 4, rng=np.random.default_rng(0), excluded=[11])
    everybody, *rows = summarize_chances(lottery, CODES, FEATURES)
    assert everybody.candidates == 11
    assert everybody.expected_seats == pytest.approx(4)
    assert everybody.minimum == pytest.approx(lottery.min_chance)
    assert [(row.feature, row.category, row.candidates) for row in rows] == [
        ("a", "a0", 9), ("a", "a1", 2), ("b", "b0", 8), ("b", "b1", 3),
    ]  # fmt: skip
    assert rows[1].minimum == rows[1].maximum == pytest.approx(1.0)
    assert sum(row.expected_seats for row in rows[:2]) == pytest.approx(4)
    assert all(row.minimum <= row.median <= row.maximum for row in rows)


def test_a_category_without_candidates_has_no_chances():
    quota = feature("a", (0, 0), (2, 2))
    lottery = select_panel([[0]] * 4, [quota], 2, rng=np.random.default_rng(0))
    assert summarize_chances(lottery, [[0]] * 4, [quota])[2].candidates == 0


def test_codes_of_another_pool_are_refused():
    lottery = select_panel(CODES, FEATURES, 4, rng=np.random.default_rng(0))
    with pytest.raises(InputError):
        summarize_chances(lottery, CODES[:5], FEATURES)


@pytest.mark.heavy
def test_no_draw_seat_by_seat_gives_a_greater_smallest_chance():
    lottery = select_panel(CODES, FEATURES, 4, rng=np.random.default_rng(0), objective=Objective.MAXIMIN)
    chances = greedy_chances(CODES, FEATURES, 4, rng=np.random.default_rng(1), draws=600)
    assert chances.sum() == pytest.approx(4)
    assert chances[CODES[:, 0] == 0].sum() == pytest.approx(2)
    assert chances.min() <= lottery.bound + 4 * np.sqrt(lottery.bound / 600)


def test_without_lower_quotas_everybody_draws_alike():
    chances = greedy_chances([[0]] * 5, [feature("a", (0,), (5,))], 2, rng=np.random.default_rng(1), draws=400)
    np.testing.assert_allclose(chances, 0.4, atol=0.12)


@pytest.mark.parametrize(
    ("codes", "quotas", "seats"),
    [
        ([[0]] * 3, [feature("a", (0, 2), (3, 3))], 2),
        ([[0]] * 3, [feature("a", (0,), (1,))], 2),
        ([[0]] * 3, [feature("a", (3,), (3,))], 2),
        ([[0]] * 3, [feature("a", (0,), (3,))], 0),
    ],
)
def test_a_draw_that_always_gets_stuck_is_an_error(codes, quotas, seats):
    with pytest.raises(InputError, match=r"a whole number, 1 or more|every draw got stuck"):
        greedy_chances(codes, quotas, seats, rng=np.random.default_rng(1), draws=3, attempts=5)
