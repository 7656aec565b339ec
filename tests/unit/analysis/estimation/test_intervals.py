import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit, stdtrit

from analysis.errors import InputError
from analysis.estimation.design import unweighted_design, weighted_design
from analysis.estimation.estimates import estimate_means
from analysis.estimation.intervals import (
    IntervalMethod,
    asin_interval,
    beta_interval,
    effective_sample_size,
    likelihood_interval,
    logit_interval,
    mean_interval,
    mean_intervals,
    share_interval,
    share_intervals,
    wilson_interval,
)
from analysis.estimation.regression import estimate_regression
from tests.unit.analysis.samples import base_weights

METHODS = list(IntervalMethod)
BOUNDED = [method for method in METHODS if method is not IntervalMethod.MEAN]
inner_shares = st.floats(0.02, 0.98)
degrees = st.integers(3, 2000)


def one(method, p, se, df, n=400.0, level=0.95):
    found = share_interval(p, se, df, method=method, base=n, effective_base=0.8 * n, level=level)
    return float(found.low), float(found.high)


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


@pytest.mark.parametrize("method", METHODS)
@given(p=inner_shares, part=st.floats(0.05, 0.9), df=degrees)
def test_interval_holds_its_estimate(method, p, part, df):
    low, high = one(method, p, part * np.sqrt(p * (1 - p)), df)
    assert low <= p <= high


@pytest.mark.parametrize("method", BOUNDED)
@given(p=st.floats(0, 1), se=st.floats(0, 0.5), df=st.integers(0, 2000), n=st.integers(1, 5000))
def test_interval_of_a_share_is_a_share(method, p, se, df, n):
    low, high = one(method, p, se, df, float(n))
    assert np.isnan(low) == np.isnan(high)
    if not np.isnan(low):
        assert 0 <= low <= high <= 1


@pytest.mark.parametrize("method", METHODS)
@given(p=inner_shares, part=st.floats(0.05, 0.4), df=degrees)
def test_smaller_standard_error_gives_a_shorter_interval(method, p, part, df):
    se = part * np.sqrt(p * (1 - p))
    wide, narrow = one(method, p, se, df), one(method, p, 0.8 * se, df)
    assert wide[0] <= narrow[0] < narrow[1] <= wide[1]


@pytest.mark.parametrize("method", METHODS)
@given(p=inner_shares, part=st.floats(0.05, 0.4), df=degrees)
def test_interval_of_the_complement_is_mirrored(method, p, part, df):
    se = part * np.sqrt(p * (1 - p))
    low, high = one(method, p, se, df)
    assert one(method, 1 - p, se, df) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_large_samples_bring_all_methods_together(method):
    assert one(method, 0.4, 0.002, 60_000, 60_000.0) == pytest.approx(
        one(IntervalMethod.MEAN, 0.4, 0.002, 60_000), abs=2e-5
    )


@given(p=inner_shares, part=st.floats(0.01, 0.5), df=degrees, n=st.integers(20, 5000))
def test_likelihood_limits_solve_their_equation(p, part, df, n):
    se = part * np.sqrt(p * (1 - p))
    allowed = stdtrit(df, 0.975) ** 2 * se**2 / (p * (1 - p)) * n / (n - 1)
    for q in one(IntervalMethod.LIKELIHOOD, p, se, df, float(n)):
        if 1e-9 < q < 1 - 1e-9:
            divergence = 2 * (p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)))
            assert divergence == pytest.approx(allowed, rel=1e-7)


def test_logit_interval_is_the_wald_interval_of_a_logistic_model():
    values = (np.random.default_rng(2).random(120) < 0.3).astype(float)
    design = weighted_design(base_weights(), clusters=np.arange(120) // 2)
    model = estimate_regression(design, np.ones((120, 1)), values)
    shares = estimate_means(design, values[:, None])
    reach = stdtrit(59, 0.975) * model.standard_error[0]
    found = share_intervals(shares, method=IntervalMethod.LOGIT)
    limits = expit([model.coefficients[0] - reach, model.coefficients[0] + reach])
    assert (found.low[0, 0], found.high[0, 0]) == pytest.approx(tuple(limits), rel=1e-9)


def test_asin_limit_beyond_the_end_is_cut_off_unless_asked_to_fold_back():
    plain, folded = asin_interval(0.005, 0.01, 20), asin_interval(0.005, 0.01, 20, is_folded=True)
    assert float(plain.low) == 0
    assert float(folded.low) > 0
    assert float(plain.high) == float(folded.high)
    assert float(asin_interval(0.999, 0.02, 20).high) == 1


@pytest.mark.parametrize("method", [IntervalMethod.LOGIT, IntervalMethod.LIKELIHOOD, IntervalMethod.ASIN])
@pytest.mark.parametrize("p", [0.0, 1.0])
def test_transformed_intervals_do_not_exist_at_the_ends(method, p):
    assert np.isnan(one(method, p, 0.0, 50)).all()


@pytest.mark.parametrize("method", METHODS)
def test_no_degrees_of_freedom_leave_everything_open(method):
    low, high = one(method, 0.3, 0.05, 0)
    assert low <= 0
    assert high >= 1


def test_mean_without_degrees_of_freedom_is_unbounded_even_without_spread():
    found = mean_interval(4.0, 0.0, 0)
    assert (float(found.low), float(found.high)) == (-np.inf, np.inf)


def test_effective_sample_size_of_a_simple_random_sample_is_its_size():
    p, n = 0.3, 200
    found = effective_sample_size(p, np.sqrt(p * (1 - p) / n), n - 1, n, 150)
    assert float(found) == pytest.approx(n)


@pytest.mark.parametrize(("p", "se"), [(0.0, 0.0), (1.0, 0.0), (0.3, 0.0), (0.3, 1e-16)])
def test_effective_sample_size_falls_back_on_kish_without_spread(p, se):
    assert float(effective_sample_size(p, se, 99, 100, 70)) == 70


def test_clusters_of_few_units_count_for_less():
    se = np.sqrt(0.3 * 0.7 / 200)
    assert effective_sample_size(0.3, se, 5, 200, 200) < effective_sample_size(0.3, se, 100, 200, 200) < 200


def test_named_method_takes_the_size_of_the_whole_design_for_beta_alone():
    few = shares(8, 25)
    for method in METHODS:
        plain = share_intervals(few, method=method).high[0, 0]
        whole = share_intervals(few, method=method, n_respondents=2000).high[0, 0]
        changes = method in (IntervalMethod.BETA, IntervalMethod.WILSON)
        assert (whole != plain) == changes


def test_rule_is_made_of_the_named_methods():
    for hits, method in ((200, IntervalMethod.LOGIT), (5, IntervalMethod.BETA)):
        rule, named = share_intervals(shares(hits, 500)), share_intervals(shares(hits, 500), method=method)
        assert (rule.low[0, 0], rule.high[0, 0]) == (named.low[0, 0], named.high[0, 0])
        assert named.is_beta[0, 0] == (method is IntervalMethod.BETA)


@pytest.mark.parametrize(
    ("p", "se", "df", "level"),
    [(1.2, 0.1, 9, 0.95), (-0.1, 0.1, 9, 0.95), (0.5, -0.1, 9, 0.95), (0.5, 0.1, -1, 0.95), (0.5, 0.1, 9, 1.0)],
)
@pytest.mark.parametrize("method", [IntervalMethod.LOGIT, IntervalMethod.LIKELIHOOD, IntervalMethod.BETA])
def test_input_that_cannot_be_is_refused(method, p, se, df, level):
    with pytest.raises(InputError):
        one(method, p, se, df, level=level)


@pytest.mark.parametrize("method", [IntervalMethod.LIKELIHOOD, IntervalMethod.BETA, IntervalMethod.WILSON])
def test_base_is_asked_for_where_it_is_needed(method):
    with pytest.raises(InputError, match="needs it"):
        share_interval(0.5, 0.1, 9, method=method)
    if method is not IntervalMethod.LIKELIHOOD:
        with pytest.raises(InputError, match="needs it"):
            share_interval(0.5, 0.1, 9, method=method, base=10)


def test_level_and_share_of_wilson_are_checked():
    with pytest.raises(InputError, match="level"):
        wilson_interval(0.5, 10, level=0.0)
    with pytest.raises(InputError, match="share"):
        wilson_interval(1.5, 10)


def test_arguments_broadcast():
    found = likelihood_interval([[0.2], [0.4]], [0.01, 0.02, 0.03], 50, 400)
    assert found.low.shape == (2, 3)
    np.testing.assert_allclose(
        logit_interval([0.2, np.nan], 0.01, 50).low, [expit(logit(0.2) - stdtrit(50, 0.975) * 0.01 / 0.16), np.nan]
    )
