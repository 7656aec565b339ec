import numpy as np
import pytest

from analysis.errors import InputError
from analysis.representation.panel_rates import panel_rates, retention_rate

COUNTS = {"invited": 2000, "consented": 300, "profiled": 240, "wave_invited": 200, "wave_complete": 120}


def test_cumulative_rate_is_the_product():
    rates = panel_rates(**COUNTS)
    assert (rates.recruitment, rates.profile, rates.completion) == (0.15, 0.8, 0.6)
    assert rates.cumulative == pytest.approx(0.072)
    assert rates.low < rates.cumulative < rates.high


def test_interval_holds_as_often_as_it_says():
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        consented = rng.binomial(400, 0.2)
        profiled = rng.binomial(consented, 0.8)
        rates = panel_rates(
            invited=400,
            consented=consented,
            profiled=profiled,
            wave_invited=100,
            wave_complete=rng.binomial(100, 0.5),
        )
        held += rates.low <= 0.08 <= rates.high
    assert 0.92 < held / 400 <= 0.98


def test_stage_that_nobody_got_through_leaves_an_upper_limit():
    rates = panel_rates(**{**COUNTS, "wave_complete": 0})
    assert (rates.cumulative, rates.low) == (0, 0)
    assert 0 < rates.high < 0.15 * 0.8 * 0.02


def test_everybody_through_every_stage_stays_a_share():
    rates = panel_rates(invited=9, consented=9, profiled=9, wave_invited=9, wave_complete=9)
    assert (rates.cumulative, rates.high) == (1, 1)


def test_retention_is_the_share_still_active():
    found = retention_rate(active=880, profiled=1000)
    assert found.rate == 0.88
    assert found.low < 0.88 < found.high


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"wave_invited": 0}, "wave_invited"),
        ({"invited": 0}, "invited"),
        ({"invited": float("inf")}, "invited"),
        ({"invited": float("nan")}, "invited"),
        ({"consented": 2001}, "consented"),
        ({"consented": -1}, "consented"),
        ({"profiled": 301}, "profiled"),
        ({"wave_complete": 201}, "wave_complete"),
    ],
)
def test_impossible_counts_are_refused_by_name(changed, name):
    with pytest.raises(InputError) as caught:
        panel_rates(**{**COUNTS, **changed})
    assert caught.value.params["name"] == name
