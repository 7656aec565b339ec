import pytest

from analysis.errors import InputError
from analysis.representation.outcome_rates import Dispositions, outcome_rates, panel_rates


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


def test_panel_nobody_was_invited_to_has_no_rates():
    with pytest.raises(InputError) as caught:
        panel_rates(invited=10, consented=5, profiled=5, wave_invited=0, wave_complete=0)
    assert caught.value.params["name"] == "wave_invited"
