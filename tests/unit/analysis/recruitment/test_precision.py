import pytest

from analysis.errors import InputError
from analysis.recruitment.precision import expected_half_width, needed_answers, needed_invitations


def test_a_thousand_answers_give_about_three_points():
    assert expected_half_width(1000) == pytest.approx(0.03099, abs=1e-5)


def test_design_effect_asks_for_more_answers():
    assert needed_answers(0.05) == 385
    assert needed_answers(0.05, design_effect=1.5) == 577


def test_needed_answers_reach_the_half_width():
    n = needed_answers(0.04, share=0.3, design_effect=1.2)
    assert expected_half_width(n, share=0.3, design_effect=1.2) <= 0.04
    assert expected_half_width(n - 1, share=0.3, design_effect=1.2) > 0.04


def test_invitations_follow_from_the_response_rate():
    assert needed_invitations(300, 0.6) == 500


@pytest.mark.parametrize(
    "refused",
    [
        lambda: expected_half_width(0),
        lambda: expected_half_width(10, share=1.2),
        lambda: expected_half_width(10, design_effect=0),
        lambda: needed_answers(0),
        lambda: needed_invitations(10, 0),
    ],
)
def test_impossible_plans_are_refused(refused):
    with pytest.raises(InputError):
        refused()
