import numpy as np
import pytest

from analysis.estimation.design import unweighted_design
from analysis.estimation.estimates import estimate_means
from analysis.estimation.intervals import (
    beta_interval,
    logit_interval,
    mean_intervals,
    share_intervals,
    wilson_interval,
)


def shares(hits, n):
    return estimate_means(unweighted_design(n), (np.arange(n) < hits).astype(float)[:, None])


@pytest.mark.parametrize(
    ("hits", "n", "is_beta"), [(200, 500, False), (5, 500, True), (495, 500, True), (12, 25, True)]
)
def test_logit_is_the_default_and_beta_stands_in_for_small_or_extreme(hits, n, is_beta):
    found = share_intervals(shares(hits, n))
    assert found.is_beta[0, 0] == is_beta
    assert 0 <= found.low[0, 0] < hits / n < found.high[0, 0] <= 1


def test_nobody_choosing_an_option_still_gives_an_upper_limit():
    found = share_intervals(shares(0, 50))
    assert found.low[0, 0] == 0
    assert found.high[0, 0] == pytest.approx(1 - 0.025 ** (1 / 50))


def test_everybody_choosing_an_option_still_gives_a_lower_limit():
    found = share_intervals(shares(50, 50))
    assert found.high[0, 0] == 1
    assert found.low[0, 0] == pytest.approx(0.025 ** (1 / 50))


def test_no_answers_give_no_interval():
    empty = estimate_means(unweighted_design(4), np.full((4, 1), np.nan))
    found = share_intervals(empty)
    assert np.isnan([found.low[0, 0], found.high[0, 0]]).all()


def test_mean_interval_uses_student_t():
    found = mean_intervals(estimate_means(unweighted_design(5), np.arange(5.0)[:, None]))
    assert found.half_width[0, 0] == pytest.approx(2.7764451052 * np.sqrt(2.5 / 5))


def test_higher_level_gives_wider_intervals():
    narrow = logit_interval(0.3, 0.02, 400, level=0.8)
    wide = logit_interval(0.3, 0.02, 400, level=0.99)
    assert wide.low < narrow.low < 0.3 < narrow.high < wide.high


def test_beta_interval_of_a_simple_random_sample_is_clopper_pearson():
    p, n = 0.1, 100
    found = beta_interval(p, np.sqrt(p * (1 - p) / n), n - 1, n, n)
    assert (float(found.low), float(found.high)) == pytest.approx((0.0490047, 0.1762226), abs=1e-6)


def test_wilson_interval_of_a_published_example():
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81 of 263
    found = wilson_interval(81 / 263, 263)
    assert (float(found.low), float(found.high)) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_wilson_interval_stays_within_bounds():
    found = wilson_interval([0.0, 1.0], 12)
    assert found.low[0] == 0
    assert found.high[1] == 1
