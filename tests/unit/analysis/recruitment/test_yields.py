import numpy as np
import pytest
from scipy.special import betaln

from analysis.errors import InputError
from analysis.recruitment.yields import YieldBelief, learn_yields, pool_yields, with_second_letter


def test_without_letters_the_published_yield_stands():
    np.testing.assert_allclose(learn_yields([0], [0], prior_yield=0.14).mean, [0.14])


def test_earlier_rounds_move_the_expected_yield():
    belief = learn_yields([500, 500], [20, 80], prior_yield=0.10, prior_letters=50)
    np.testing.assert_allclose(belief.mean, [25 / 550, 85 / 550])


def test_every_stratum_may_start_from_its_own_yield():
    np.testing.assert_allclose(learn_yields([0, 0], [0, 0], prior_yield=[0.05, 0.14]).mean, [0.05, 0.14])


def test_strata_that_are_alike_learn_from_one_another():
    alike = pool_yields([200] * 8, [20, 21, 19, 20, 22, 18, 20, 20])
    different = pool_yields([200] * 8, [4, 40, 10, 60, 5, 30, 2, 55])
    assert alike.letters > 5 * different.letters
    assert np.ptp(alike.belief.mean) < np.ptp([18 / 200, 22 / 200]) / 3
    assert np.ptp(different.belief.mean) > 0.2


def test_stratum_without_letters_gets_the_common_yield():
    found = pool_yields([400, 400, 400, 0], [20, 24, 22, 0], prior_letters=10)
    assert found.belief.mean[3] == pytest.approx(found.mean)
    assert found.mean == pytest.approx(0.055, abs=0.006)


def test_pooling_lands_on_the_highest_likelihood():
    sent, joined = np.array([100, 80, 120, 60]), np.array([12, 3, 20, 9])
    found = pool_yields(sent, joined, prior_yield=0.1, prior_letters=50)

    def height(mean, letters):
        a, b = mean * letters, (1 - mean) * letters
        fit = (betaln(a + joined, b + sent - joined) - betaln(a, b)).sum()
        return fit + 5 * np.log(mean) + 45 * np.log(1 - mean) - (np.log(letters / 50) / 1.5) ** 2 / 2

    best = height(found.mean, found.letters)
    for mean, letters in ((1.001, 1), (0.999, 1), (1, 1.01), (1, 0.99)):
        assert height(found.mean * mean, found.letters * letters) < best


def test_second_letter_adds_among_those_who_did_not_join():
    first, second = YieldBelief([10.0], [90.0]), YieldBelief([5.0], [95.0])
    both = with_second_letter(first, second)
    assert both.mean[0] == pytest.approx(1 - 0.9 * 0.95)
    rng = np.random.default_rng(4)
    drawn = 1 - (1 - rng.beta(10, 90, 200_000)) * (1 - rng.beta(5, 95, 200_000))
    ours = rng.beta(both.successes[0], both.failures[0], 200_000)
    np.testing.assert_allclose(np.quantile(ours, [0.05, 0.5, 0.95]), np.quantile(drawn, [0.05, 0.5, 0.95]), rtol=0.01)


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (lambda: learn_yields([10], [11]), "invalid_value"),
        (lambda: learn_yields([10], [-1]), "invalid_value"),
        (lambda: learn_yields([10], [1], prior_yield=0.0), "invalid_value"),
        (lambda: learn_yields([10], [1], prior_yield=np.nan), "invalid_value"),
        (lambda: learn_yields([10], [1], prior_letters=0), "invalid_value"),
        (lambda: learn_yields([10, 20], [1]), "wrong_length"),
        (lambda: learn_yields([10.5], [1]), "not_integer"),
        (lambda: pool_yields([10], [11]), "invalid_value"),
        (lambda: pool_yields([10], [1], prior_yield=1.0), "invalid_value"),
        (lambda: YieldBelief([0.0], [1.0]), "invalid_value"),
        (lambda: YieldBelief([1.0], [1.0, 2.0]), "wrong_length"),
        (lambda: with_second_letter(YieldBelief([1.0], [1.0]), YieldBelief([1.0, 1.0], [1.0, 1.0])), "wrong_length"),
    ],
)
def test_impossible_rounds_are_refused(refused, code):
    with pytest.raises(InputError) as caught:
        refused()
    assert caught.value.code == code
