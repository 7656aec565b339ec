import numpy as np
import pytest

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import weighted_design
from analysis.estimation.estimates import estimate_means, estimate_shares
from analysis.estimation.intervals import mean_interval, mean_intervals, share_intervals
from analysis.estimation.quantiles import estimate_quantile
from analysis.estimation.replicate_estimates import (
    replicate_means,
    replicate_quantile,
    replicate_ratios,
    replicate_shares,
    replicate_statistic,
    replicate_totals,
)
from analysis.estimation.replicate_weights import (
    balanced_half_samples,
    given_replicates,
    jackknife,
    rescaled_bootstrap,
)

N = 60
RNG = np.random.default_rng(11)
WEIGHTS = RNG.uniform(1, 4, N)
ITEMS = RNG.normal(5, 2, (N, 3))
GROUP = np.arange(N) % 4


def bootstrap(n_replicates=80, **options):
    return rescaled_bootstrap(WEIGHTS, n_replicates, np.random.default_rng(3), **options)


def by_hand(replicates, statistic):
    """Return estimate and covariance from the formula, one replicate at a time."""
    full = np.atleast_1d(statistic(replicates.weights))
    found = np.array([np.atleast_1d(statistic(w)) for w in replicates.weight_matrix().T])
    centre = full if replicates.mse else found.mean(axis=0)
    covariance = sum(
        replicates.scale * c * np.outer(row - centre, row - centre)
        for c, row in zip(replicates.rscales, found, strict=True)
    )
    return full, covariance


@pytest.mark.parametrize("mse", [False, True])
@pytest.mark.parametrize("make", [jackknife, lambda w, mse: bootstrap(mse=mse)])
def test_means_and_their_covariance_follow_the_formula(make, mse):
    replicates = make(WEIGHTS, mse=mse)
    found = replicate_means(replicates, ITEMS)
    estimate, covariance = by_hand(replicates, lambda w: w @ ITEMS / w.sum())
    np.testing.assert_allclose(found.estimate[0], estimate)
    np.testing.assert_allclose(found.covariance(), covariance, rtol=1e-9)
    np.testing.assert_allclose(found.standard_error[0], np.sqrt(np.diag(covariance)))
    assert (found.undefined == 0).all()


def test_centring_at_the_estimate_never_gives_the_smaller_error():
    around_mean, around_estimate = (replicate_means(bootstrap(mse=mse), ITEMS) for mse in (False, True))
    assert (around_estimate.standard_error > around_mean.standard_error).all()


def test_replicates_that_count_for_nothing_move_neither_spread_nor_centre():
    plain = bootstrap(20)
    matrix = np.column_stack([plain.weight_matrix(), WEIGHTS * np.linspace(0, 9, N)])
    padded = given_replicates(WEIGHTS, matrix, scale=plain.scale, rscales=[*np.ones(20), 0.0])
    np.testing.assert_allclose(
        replicate_means(padded, ITEMS).standard_error, replicate_means(plain, ITEMS).standard_error
    )


def test_missing_answers_are_left_out_item_by_item():
    values = ITEMS.copy()
    values[::5, 1] = np.nan
    found = replicate_means(bootstrap(), values)
    answered = np.isfinite(values[:, 1])
    _, variance = by_hand(bootstrap(), lambda w: w[answered] @ values[answered, 1] / w[answered].sum())
    np.testing.assert_allclose(found.standard_error[0, 1] ** 2, variance[0, 0])
    np.testing.assert_array_equal(found.base, [[60, 48, 60]])
    np.testing.assert_array_equal(found.degrees_of_freedom, [[59, 47, 59]])


def test_domains_equal_one_domain_at_a_time():
    found = replicate_means(bootstrap(), ITEMS, domain=GROUP, n_domains=4)
    for d in range(4):
        alone = replicate_means(bootstrap(), ITEMS, domain=np.where(d == GROUP, 0, -1))
        np.testing.assert_allclose(found.estimate[d], alone.estimate[0])
        np.testing.assert_allclose(found.standard_error[d], alone.standard_error[0])
        assert (alone.degrees_of_freedom == 14).all()


def test_estimates_bases_and_effective_bases_are_those_of_linearization():
    found = replicate_means(bootstrap(), ITEMS, domain=GROUP, n_domains=4)
    linearized = estimate_means(weighted_design(WEIGHTS), ITEMS, domain=GROUP, n_domains=4)
    np.testing.assert_allclose(found.estimate, linearized.estimate)
    np.testing.assert_allclose(found.effective_base, linearized.effective_base)
    np.testing.assert_array_equal(found.base, linearized.base)
    np.testing.assert_array_equal(found.degrees_of_freedom, linearized.degrees_of_freedom)


def test_degrees_of_freedom_in_a_domain_count_units_and_strata():
    strata, clusters = np.arange(N) // 30, np.arange(N) // 5
    replicates = bootstrap(strata=strata, clusters=clusters)
    assert replicates.degrees_of_freedom == 10
    found = replicate_means(replicates, ITEMS, domain=np.where(np.arange(N) < 40, 0, 1), n_domains=2)
    np.testing.assert_array_equal(found.degrees_of_freedom[:, 0], [6, 3])


def test_totals_count_no_answer_as_nothing():
    values = ITEMS.copy()
    values[0] = np.nan
    found = replicate_totals(bootstrap(), values, domain=GROUP, n_domains=4)
    filled = np.where(np.isfinite(values), values, 0)
    estimate, covariance = by_hand(bootstrap(), lambda w: (w * (GROUP == 0)) @ filled)
    np.testing.assert_allclose(found.estimate[0], estimate)
    np.testing.assert_allclose(found.standard_error[0], np.sqrt(np.diag(covariance)))


def test_ratios_leave_out_rows_without_one_of_the_two():
    y, x = ITEMS[:, :1].copy(), ITEMS[:, 1:2].copy()
    y[3], x[4] = np.nan, np.nan
    found = replicate_ratios(bootstrap(), y, x)
    kept = np.isfinite(y[:, 0] + x[:, 0])
    estimate, covariance = by_hand(bootstrap(), lambda w: (w[kept] @ y[kept, 0]) / (w[kept] @ x[kept, 0]))
    np.testing.assert_allclose(found.estimate[0], estimate)
    np.testing.assert_allclose(found.standard_error[0] ** 2, covariance[0])
    assert found.base[0, 0] == 58


def test_ratios_of_unequal_numbers_of_items_are_refused():
    with pytest.raises(InputError, match="denominators"):
        replicate_ratios(bootstrap(), ITEMS, ITEMS[:, :2])


def test_shares_add_up_and_match_linearization_in_value():
    answers = np.where(np.arange(N) % 7 == 0, -1, np.arange(N) % 3)
    found = replicate_shares(bootstrap(), answers, 3, domain=GROUP, n_domains=4)
    np.testing.assert_allclose(found.estimate.sum(axis=1), 1)
    linearized = estimate_shares(weighted_design(WEIGHTS), answers, 3, domain=GROUP, n_domains=4)
    np.testing.assert_allclose(found.estimate, linearized.estimate)
    limits = share_intervals(found)
    assert ((limits.low < found.estimate) & (found.estimate < limits.high)).all()


def test_a_difference_between_domains_knows_their_covariance():
    clusters = np.arange(N) // 4
    replicates = jackknife(WEIGHTS, clusters=clusters)
    found = replicate_means(replicates, ITEMS[:, :1], domain=GROUP, n_domains=4)
    difference = found.combine([[1, -1, 0, 0], [0, 0, 1, -1]])

    def between(w):
        inside = [np.flatnonzero(d == GROUP) for d in range(4)]
        means = [w[rows] @ ITEMS[rows, 0] / w[rows].sum() for rows in inside]
        return np.array([means[0] - means[1], means[2] - means[3]])

    estimate, covariance = by_hand(replicates, between)
    np.testing.assert_allclose(difference.estimate[0], estimate)
    np.testing.assert_allclose(difference.covariance(), covariance, rtol=1e-9)
    assert difference.base.tolist() == [[15, 15]]
    assert difference.degrees_of_freedom.tolist() == [[14, 14]]


def test_a_combination_of_the_wrong_length_is_refused():
    with pytest.raises(InputError, match="coefficients"):
        replicate_means(bootstrap(), ITEMS).combine([[1, -1]])


def test_an_undefined_estimate_does_not_spoil_combinations_without_it():
    found = replicate_means(bootstrap(), ITEMS[:, :1], domain=GROUP, n_domains=5)
    assert np.isnan(found.estimate[4, 0])
    assert np.isnan(found.standard_error[4, 0])
    assert found.base[4, 0] == 0
    assert found.undefined[4, 0] == 80
    assert np.isfinite(found.combine([[1, -1, 0, 0, 0]]).standard_error).all()
    assert np.isnan(found.combine([[1, 0, 0, 0, -1]]).standard_error).all()


def test_a_statistic_of_the_weights_may_be_anything():
    def correlation_and_mean(w):
        centred = ITEMS - w @ ITEMS / w.sum()
        moments = (centred * w[:, None]).T @ centred
        return [moments[0, 1] / np.sqrt(moments[0, 0] * moments[1, 1]), w @ ITEMS[:, 0] / w.sum()]

    found = replicate_statistic(bootstrap(), correlation_and_mean)
    estimate, covariance = by_hand(bootstrap(), lambda w: np.array(correlation_and_mean(w)))
    np.testing.assert_allclose(found.estimate[0], estimate)
    np.testing.assert_allclose(found.covariance(), covariance, rtol=1e-9)
    np.testing.assert_allclose(
        found.standard_error[0, 1], replicate_means(bootstrap(), ITEMS[:, :1]).standard_error[0, 0]
    )
    assert found.base.tolist() == [[N, N]]


def test_a_statistic_that_is_undefined_or_changes_length_is_refused():
    with pytest.raises(EstimationError, match="finite"):
        replicate_statistic(bootstrap(), lambda w: np.nan)
    with pytest.raises(InputError, match="statistic"):
        replicate_statistic(bootstrap(), lambda w: np.ones(2 if (w > 0).all() else 3))
    with pytest.raises(InputError, match="statistic"):
        replicate_statistic(bootstrap(), lambda w: np.ones((2, 2)))


def test_a_domain_that_a_few_bootstrap_draws_miss_is_scaled_up_from_the_others():
    few = np.where(np.arange(N) < 5, 0, -1)
    found = replicate_means(bootstrap(400), ITEMS, domain=few)
    missed = int(found.undefined[0, 0])
    assert 0 < missed <= 20
    defined = found.replicates[0][:, np.isfinite(found.replicates[0, 0])]
    expected = ((defined - defined.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) / 399 * 400 / (400 - missed)
    np.testing.assert_allclose(found.standard_error[0] ** 2, expected)
    assert np.isnan(found.covariance()).all()


def test_a_domain_that_many_bootstrap_draws_miss_has_no_standard_error():
    found = replicate_means(bootstrap(400), ITEMS, domain=np.where(np.arange(N) < 2, 0, -1))
    assert found.undefined[0, 0] > 20
    assert np.isfinite(found.estimate).all()
    assert np.isnan(found.standard_error).all()


def test_a_domain_inside_one_jackknife_unit_has_no_standard_error():
    clusters = np.arange(N) // 6
    found = replicate_means(jackknife(WEIGHTS, clusters=clusters), ITEMS, domain=np.where(clusters == 0, 0, -1))
    assert (found.undefined == 1).all()
    assert np.isnan(found.standard_error).all()


def test_intervals_use_the_t_distribution():
    found = replicate_means(bootstrap(), ITEMS)
    limits = mean_intervals(found, level=0.9)
    reach = mean_interval(0.0, 1.0, 59, level=0.9).high
    np.testing.assert_allclose(limits.half_width, reach * found.standard_error)


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.75])
def test_a_quantile_and_its_woodruff_interval_follow_the_share_below_it(probability):
    values = ITEMS[:, 0].copy()
    values[::6] = np.nan
    found = replicate_quantile(bootstrap(), values, probability)
    linearized = estimate_quantile(weighted_design(WEIGHTS), values, probability)
    assert found.estimate == linearized.estimate
    assert found.base == 50
    assert found.low <= found.estimate <= found.high
    assert found.degrees_of_freedom == 49
    t = float(mean_interval(0.0, 1.0, 49).high)
    np.testing.assert_allclose(found.standard_error, (found.high - found.low) / (2 * t))


def test_a_wider_level_gives_a_wider_woodruff_interval():
    narrow, wide = (replicate_quantile(bootstrap(), ITEMS[:, 0], level=level) for level in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_a_quantile_in_every_replicate():
    replicates = balanced_half_samples(WEIGHTS, np.arange(N) // 2)
    found = replicate_quantile(replicates, ITEMS[:, 0], woodruff=False)

    def median(w):
        order = np.argsort(ITEMS[:, 0])
        running = np.cumsum(w[order])
        return ITEMS[order[np.argmax(running >= 0.5 * running[-1] * (1 - 1e-12))], 0]

    estimate, variance = by_hand(replicates, median)
    assert found.estimate == estimate[0]
    np.testing.assert_allclose(found.standard_error**2, variance[0, 0])
    t = float(mean_interval(0.0, 1.0, 30).high)
    np.testing.assert_allclose([found.low, found.high], found.estimate + t * found.standard_error * np.array([-1, 1]))


def test_a_quantile_never_is_an_answer_without_weight():
    values = np.arange(4.0)
    replicates = given_replicates(
        np.ones(4), np.array([[0, 1], [1, 0], [1, 1], [0, 2.0]]), scale=1.0, degrees_of_freedom=1
    )
    low = replicate_quantile(replicates, values, 1e-13, woodruff=False)
    assert low.estimate == 0
    # the lowest answers with weight are 1 and 0
    np.testing.assert_allclose(low.standard_error**2, 0.5)


def test_a_quantile_undefined_in_a_replicate_has_no_standard_error():
    replicates = given_replicates(np.ones(4), np.array([[0, 1], [0, 1], [1, 0], [1, 1.0]]), scale=1.0)
    values = np.array([1.0, 2.0, np.nan, np.nan])
    assert np.isnan(replicate_quantile(replicates, values, woodruff=False).standard_error)


def test_impossible_quantiles_are_refused():
    for probability in (0.0, 1.0, np.nan):
        with pytest.raises(InputError, match="probability"):
            replicate_quantile(bootstrap(), ITEMS[:, 0], probability)
    with pytest.raises(EstimationError, match="values"):
        replicate_quantile(bootstrap(), np.full(N, np.nan))
    with pytest.raises(InputError, match="values"):
        replicate_quantile(bootstrap(), ITEMS)


@pytest.mark.parametrize(
    "options",
    [{"domain": GROUP, "n_domains": 3}, {"domain": GROUP - 2, "n_domains": 4}, {"domain": GROUP[:5], "n_domains": 4}],
)
def test_domains_that_do_not_fit_are_refused(options):
    with pytest.raises(InputError, match=r"domain"):
        replicate_means(bootstrap(), ITEMS, **options)


def test_a_code_out_of_range_is_named_with_the_range():
    with pytest.raises(InputError) as caught:
        replicate_shares(bootstrap(), GROUP, 3)
    assert caught.value.params == {"name": "codes", "value": 3, "last": 2}
    with pytest.raises(InputError) as caught:
        replicate_shares(bootstrap(), GROUP - 2, 4)
    assert caught.value.params == {"name": "codes", "value": -2, "last": 3}


def test_the_scale_of_the_weights_does_not_matter_to_quantiles():
    tiny = rescaled_bootstrap(WEIGHTS * 1e-6, 80, np.random.default_rng(3))
    for woodruff in (True, False):
        found = replicate_quantile(tiny, ITEMS[:, 0], woodruff=woodruff)
        assert found == replicate_quantile(bootstrap(), ITEMS[:, 0], woodruff=woodruff)


@pytest.mark.parametrize("values", [ITEMS[:10], ITEMS[:, 0], np.where(ITEMS > 5, np.inf, ITEMS)])
def test_values_that_do_not_fit_are_refused(values):
    with pytest.raises(InputError, match="values"):
        replicate_means(bootstrap(), values)


def test_estimates_in_pieces_equal_estimates_at_once(monkeypatch):
    at_once = replicate_means(bootstrap(), ITEMS, domain=GROUP, n_domains=4).replicates
    statistic = replicate_statistic(bootstrap(), lambda w: w @ ITEMS).replicates
    median = replicate_quantile(bootstrap(), ITEMS[:, 0], woodruff=False)
    monkeypatch.setattr("analysis.estimation.replicates._CHUNK_VALUES", 7 * N)
    np.testing.assert_allclose(replicate_means(bootstrap(), ITEMS, domain=GROUP, n_domains=4).replicates, at_once)
    np.testing.assert_allclose(replicate_statistic(bootstrap(), lambda w: w @ ITEMS).replicates, statistic)
    assert replicate_quantile(bootstrap(), ITEMS[:, 0], woodruff=False) == median
