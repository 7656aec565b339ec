from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.recruitment.panel_draw import draw_panel, verify_draw
from analysis.recruitment.relaxation import QuotasInfeasibleError
from analysis.recruitment.selection import Objective, select_panel

from .test_selection import feature, run, small_pools


@settings(max_examples=80, deadline=None)
@given(small_pools(), st.text(min_size=1))
def test_a_drawn_panel_meets_the_quotas_the_seats_and_one_per_household(pool, seed):
    codes, features, seats, households, required, excluded = pool
    try:
        lottery = run(pool, Objective.MAXIMIN)
    except QuotasInfeasibleError:
        assume(False)
    draw = draw_panel(lottery, seed)
    assert len(set(draw.panel.tolist())) == seats
    assert len(set(households[draw.panel].tolist())) == seats
    assert set(required) <= set(draw.panel.tolist())
    assert not set(excluded) & set(draw.panel.tolist())
    assert (lottery.chances[draw.panel] > 0).all()
    for column, quota in enumerate(features):
        seated = np.bincount(codes[draw.panel, column], minlength=len(quota.lower))
        assert ((seated >= quota.lower) & (seated <= quota.upper)).all()
    assert verify_draw(lottery, draw)


def lottery_with_couples():
    codes = [[0], [0], [0], [1], [1], [1], [1], [0]]
    households = [0, 1, 2, 2, 3, 4, 5, 5]
    return select_panel(codes, [feature("a", (1, 1), (2, 2))], 3, rng=np.random.default_rng(0), households=households)


@pytest.mark.heavy
def test_draws_over_many_seeds_come_as_often_as_the_chances_say():
    lottery = lottery_with_couples()
    draws = 4_000
    drawn = np.zeros(8)
    for seed in range(draws):
        drawn[draw_panel(lottery, str(seed)).panel] += 1
    error = np.sqrt(lottery.chances * (1 - lottery.chances) / draws)
    assert (np.abs(drawn / draws - lottery.chances) < 4.5 * error).all()


def test_the_same_seed_draws_the_same_panel_and_another_lottery_another_proof():
    lottery = lottery_with_couples()
    draw = draw_panel(lottery, "loting 1")
    assert draw_panel(lottery, "loting 1").digest == draw.digest
    other = replace(lottery, seats=4)
    assert other.digest != lottery.digest
    assert not verify_draw(other, draw)


def test_a_panel_changed_after_the_draw_does_not_verify():
    lottery = lottery_with_couples()
    draw = draw_panel(lottery, "loting 1")
    assert not verify_draw(lottery, replace(draw, panel=draw.panel[::-1]))
    assert not verify_draw(lottery, replace(draw, ticket=draw.ticket + 1))


def test_a_draw_needs_a_seed():
    with pytest.raises(InputError, match="must not be empty"):
        draw_panel(lottery_with_couples(), "")
