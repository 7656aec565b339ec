import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import chdtrc, fdtrc

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import weighted_design
from analysis.estimation.estimates import estimate_shares
from analysis.estimation.linearization import covariance_of_means
from analysis.estimation.wald import f_test, two_sided_p, wald_test
from tests.unit.analysis.samples import base_weights, codes

V = np.array([[2.0, 0.5], [0.5, 1.0]])
B = np.array([3.0, -1.0])


def test_one_estimate_gives_the_squared_z_score():
    found = wald_test([3.0], [[4.0]])
    assert found.statistic == pytest.approx(2.25)
    assert found.p_value == pytest.approx(chdtrc(1, 2.25))
    assert (found.numerator_df, found.denominator_df) == (1, np.inf)


def test_with_degrees_of_freedom_it_is_an_f_test():
    chi, f = wald_test(B, V), wald_test(B, V, df=20)
    assert f.statistic == pytest.approx(chi.statistic / 2)
    assert f.p_value == pytest.approx(fdtrc(2, 20, chi.statistic / 2))
    assert f.p_value > chi.p_value


def test_contrast_against_a_stated_value():
    found = wald_test(B, V, contrasts=[[1.0, -1.0]], hypothesis=[3.0])
    assert found.statistic == pytest.approx((4 - 3) ** 2 / (2 + 1 - 2 * 0.5))


@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4))
def test_hypotheses_put_in_other_words_give_the_same(numbers):
    change = np.array(numbers).reshape(2, 2)
    # written out: the determinant of numbers near the smallest there are divides by nought
    if abs(change[0, 0] * change[1, 1] - change[0, 1] * change[1, 0]) < 0.01:
        return
    assert wald_test(B, V, contrasts=change).statistic == pytest.approx(wald_test(B, V).statistic, rel=1e-6)


@given(st.floats(0, 50), st.integers(1, 9), st.integers(1, 500))
def test_p_values_are_probabilities(statistic, m, df):
    assert 0 <= f_test(statistic, m, df).p_value <= 1


def test_dropping_any_one_category_gives_the_same_test():
    design = weighted_design(base_weights())
    shares = estimate_shares(design, codes()[:, 1], 3).estimate[0]
    indicators = (codes()[:, 1][:, None] == np.arange(3)).astype(float)
    covariance = covariance_of_means(design, indicators)
    found = [
        wald_test(shares[keep] - 1 / 3, covariance[np.ix_(keep, keep)], df=119).p_value
        for keep in ([0, 1], [0, 2], [1, 2])
    ]
    assert found[1:] == pytest.approx(found[:1] * 2, rel=1e-8)
    with pytest.raises(EstimationError, match="only 2 are free"):
        wald_test(shares, covariance)


def test_hypothesis_without_uncertainty_is_refused():
    with pytest.raises(EstimationError, match="only 1 are free"):
        wald_test([1.0, 2.0], [[1.0, 0.0], [0.0, 0.0]])


def test_no_degrees_of_freedom_are_refused():
    with pytest.raises(EstimationError, match="degrees of freedom"):
        wald_test(B, V, df=0)


@pytest.mark.parametrize(
    ("estimate", "covariance", "options"),
    [
        ([1.0], V, {}),
        (B, [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], {}),
        ([np.nan, 1.0], V, {}),
        (B, [[1.0, 0.5], [-0.5, 1.0]], {}),
        (B, V, {"contrasts": [[1.0]]}),
        (B, V, {"contrasts": [[np.nan, 1.0]]}),
        (B, V, {"hypothesis": [1.0]}),
    ],
)
def test_input_that_does_not_fit_is_refused(estimate, covariance, options):
    with pytest.raises(InputError):
        wald_test(estimate, covariance, **options)


def test_two_sided_p_of_students_t():
    np.testing.assert_allclose(two_sided_p([2.7764451052, 0.0], 4), [0.05, 1.0])
    assert np.isnan(two_sided_p(1.0, 0))
