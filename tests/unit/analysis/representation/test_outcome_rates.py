from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.representation.outcome_rates import Dispositions, outcome_rate_intervals, outcome_rates


def test_rate_without_anybody_in_the_denominator_is_none():
    rates = outcome_rates(Dispositions(0))
    assert rates.rr1 is None
    assert rates.eligibility == 1.0


def test_unknown_cases_count_in_part_when_some_prove_ineligible():
    rates = outcome_rates(Dispositions(50, non_contact=30, unknown_other=20, not_eligible=20))
    assert rates.eligibility == pytest.approx(0.8)
    assert rates.rr1 == pytest.approx(0.5)
    assert rates.rr3 == pytest.approx(50 / 96)


@pytest.mark.parametrize("eligibility", [-0.1, 1.1])
def test_eligibility_is_a_share(eligibility):
    with pytest.raises(InputError):
        outcome_rates(Dispositions(1), eligibility=eligibility)


def test_negative_counts_are_refused_by_name():
    with pytest.raises(InputError) as caught:
        Dispositions(1, refusal=-1)
    assert caught.value.params["name"] == "refusal"


@pytest.mark.parametrize("count", [float("nan"), float("inf")])
def test_counts_are_numbers(count):
    with pytest.raises(InputError):
        Dispositions(1, other=count)


def test_intervals_lie_around_their_rates():
    cases = Dispositions(50, 5, 10, 30, 5, 0, 20, 10)
    rates, limits = outcome_rates(cases), outcome_rate_intervals(cases)
    for rate in fields(rates):
        low, value, high = (getattr(found, rate.name) for found in (limits.low, rates, limits.high))
        assert low < value < high or rate.name == "eligibility"
    assert (limits.low.rr1, limits.high.rr1) == pytest.approx((50 / 120 - 0.0845, 50 / 120 + 0.0896), abs=1e-3)
    assert outcome_rate_intervals(Dispositions(0)).low.rr1 is None


def test_higher_level_gives_wider_intervals():
    narrow, wide = (outcome_rate_intervals(Dispositions(50, refusal=50), level=level) for level in (0.8, 0.99))
    assert wide.low.rr1 < narrow.low.rr1
    assert wide.high.rr1 > narrow.high.rr1


@given(st.lists(st.integers(0, 500), min_size=8, max_size=8))
def test_rates_are_shares_in_their_order(counts):
    rates = outcome_rates(Dispositions(*counts))
    for family in (("rr1", "rr3", "rr5"), ("rr2", "rr4", "rr6"), ("ref1", "ref2", "ref3"), ("con1", "con2", "con3")):
        known = [value for value in (getattr(rates, name) for name in family) if value is not None]
        assert all(0 <= value <= 1 for value in known)
        assert known == sorted(known)
