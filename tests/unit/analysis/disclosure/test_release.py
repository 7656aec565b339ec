import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.release import ShareBand, Verdict, band_shares, judge_base, judge_breakdown, round_to_total
from analysis.errors import InputError


@pytest.mark.parametrize(
    ("base", "half_width", "verdict"),
    [
        (30, 0.2, Verdict.SHOWN),
        (29, 0.11, Verdict.TOO_UNCERTAIN),
        (29, 0.10, Verdict.SHOWN),
        (10, 0.05, Verdict.SHOWN),
        (9, 0.01, Verdict.TOO_FEW),
        (0, float("nan"), Verdict.TOO_FEW),
        (20, float("nan"), Verdict.TOO_UNCERTAIN),
    ],
)
def test_group_is_shown_by_its_base_and_uncertainty(base, half_width, verdict):
    assert judge_base(base, half_width) is verdict


def test_one_small_group_withholds_the_whole_breakdown():
    found = judge_breakdown([120, 9, 300], [0.05, 0.3, 0.03])
    assert not found.is_shown
    assert found.groups == (Verdict.SHOWN, Verdict.TOO_FEW, Verdict.SHOWN)


def test_breakdown_of_large_groups_is_shown():
    assert judge_breakdown([[120, 118], [40, 30]], [[0.05, 0.09], [0.2, 0.2]]).is_shown


def test_smallest_base_and_widest_interval_of_several_items_count():
    found = judge_breakdown([[40, 20], [40, 40]], [[0.05, 0.12], [0.1, 0.1]])
    assert found.groups == (Verdict.TOO_UNCERTAIN, Verdict.SHOWN)


def test_bases_and_widths_of_different_groups_are_refused():
    with pytest.raises(InputError):
        judge_breakdown([10, 20], [0.1])
    with pytest.raises(InputError):
        judge_breakdown(10, 0.1)


def test_extreme_shares_are_printed_coarsely():
    assert band_shares([0.049, 0.05, 0.5, 0.95, 0.951]) == (
        ShareBand.BELOW,
        ShareBand.EXACT,
        ShareBand.EXACT,
        ShareBand.EXACT,
        ShareBand.ABOVE,
    )


def test_thirds_are_rounded_to_a_hundred():
    assert round_to_total([1 / 3, 1 / 3, 1 / 3]).tolist() == [34, 33, 33]


def test_exact_percentages_are_kept():
    assert round_to_total([0.29, 0.57, 0.14]).tolist() == [29, 57, 14]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12).filter(lambda v: sum(v) > 1e-3), st.integers(1, 1000))
def test_rounded_parts_add_up_and_stay_within_one_unit(values, total):
    found = round_to_total(values, total)
    exact = np.array(values) * total / np.sum(values)
    assert found.sum() == total
    assert np.abs(found - exact).max() < 1 + 1e-6


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [-1.0, 2.0], [np.nan, 1.0]])
def test_nothing_to_divide_is_refused(values):
    with pytest.raises(InputError):
        round_to_total(values)
