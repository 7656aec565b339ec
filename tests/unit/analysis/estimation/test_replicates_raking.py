import numpy as np
import pytest

from analysis.errors import ConvergenceError, InputError, WeightingRefusedError
from analysis.estimation import replicate_raking
from analysis.estimation.replicate_calibration import recalibrate, recalibrate_by
from analysis.estimation.replicate_estimates import replicate_means
from analysis.estimation.replicate_weights import given_replicates, jackknife, rescaled_bootstrap
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.raking import rake
from tests.unit.analysis.samples import AGE, POPULATION, SEX, base_weights, codes

BOTH = (SEX, AGE)


def bootstrap(n=120, n_replicates=40, seed=5, **options):
    return rescaled_bootstrap(base_weights(n), n_replicates, np.random.default_rng(seed), **options)


def margin_error(profile, weights, margins):
    worst = 0.0
    for j, margin in enumerate(margins):
        for k, total in enumerate(margin.totals):
            worst = max(worst, float(np.abs(weights[profile[:, j] == k].sum(axis=0) / total - 1).max()))
    return worst


def test_the_full_sample_and_every_replicate_meet_the_margins():
    replicates = recalibrate(bootstrap(), codes(), BOTH, POPULATION)
    assert margin_error(codes(), replicates.weight_matrix(), BOTH) <= 1.1e-10
    assert margin_error(codes(), replicates.weights[:, None], BOTH) <= 1.1e-10
    assert (replicates.recalibration.max_error <= 1e-10).all()
    assert replicates.recalibration.left_out.size == 0


def test_every_replicate_is_what_raking_it_alone_gives():
    plain = bootstrap()
    replicates = recalibrate(plain, codes(), BOTH, POPULATION)
    np.testing.assert_allclose(
        replicates.weights, rake(codes(), plain.base_weights, BOTH, POPULATION).weights, rtol=1e-12
    )
    for r in (0, 17, 39):
        start = plain.weight_matrix()[:, r]
        drawn = start > 0
        alone = rake(codes()[drawn], start[drawn], BOTH, POPULATION)
        np.testing.assert_allclose(replicates.weight_matrix()[drawn, r], alone.weights, rtol=1e-9)
        assert (replicates.weight_matrix()[~drawn, r] == 0).all()


def test_newton_and_proportional_fitting_agree(monkeypatch):
    newton = recalibrate(bootstrap(), codes(), BOTH, POPULATION)
    monkeypatch.setattr(replicate_raking, "_NEWTON_STEPS", 0)
    fitted = recalibrate(bootstrap(), codes(), BOTH, POPULATION)
    np.testing.assert_allclose(fitted.weight_matrix(), newton.weight_matrix(), rtol=1e-8)


def test_a_coarser_tolerance_is_kept_and_reported():
    replicates = recalibrate(bootstrap(), codes(), BOTH, POPULATION, tolerance=1e-3)
    reached = replicates.recalibration.max_error
    assert reached.max() <= 1e-3
    np.testing.assert_allclose(reached.max(), margin_error(codes(), replicates.weight_matrix(), BOTH), rtol=1e-6)


def test_replicates_in_pieces_equal_replicates_at_once(monkeypatch):
    at_once = recalibrate(bootstrap(), codes(), BOTH, POPULATION).weight_matrix()
    monkeypatch.setattr("analysis.estimation.replicates._CHUNK_VALUES", 700)
    in_pieces = recalibrate(bootstrap(), codes(), BOTH, POPULATION).weight_matrix()
    np.testing.assert_allclose(in_pieces, at_once, rtol=1e-10)


def test_margins_that_share_a_class_are_no_obstacle():
    profile = codes()
    crossed = Margin("sex*age", tuple("abcdef"), np.array([144.0, 216, 120, 156, 234, 130]))
    doubled = np.column_stack([profile, profile[:, 0] * 3 + profile[:, 1]])
    replicates = recalibrate(bootstrap(), doubled, (*BOTH, crossed), POPULATION)
    assert margin_error(doubled, replicates.weight_matrix(), (*BOTH, crossed)) <= 1.1e-10


def test_a_category_without_people_is_left_out_of_the_constraints():
    age = Margin("age", ("0-15", *AGE.categories), np.array([0.0, *AGE.totals]))
    replicates = recalibrate(bootstrap(), codes() + np.array([0, 1]), (SEX, age), POPULATION)
    plain = recalibrate(bootstrap(), codes(), BOTH, POPULATION)
    np.testing.assert_allclose(replicates.weight_matrix(), plain.weight_matrix(), rtol=1e-9)


def test_own_classes_keep_the_share_that_they_have_in_each_replicate():
    education = Margin("education", ("low", "high"), np.array([400.0, 600]), own_classes=("unknown",))
    profile = codes()
    plain = bootstrap()
    replicates = recalibrate(plain, profile, (SEX, education), POPULATION)
    start, weights = plain.weight_matrix(), replicates.weight_matrix()
    unknown = profile[:, 1] == 2
    np.testing.assert_allclose(
        weights[unknown].sum(axis=0) / 1000, start[unknown].sum(axis=0) / start.sum(axis=0), rtol=1e-9
    )
    known = weights[~unknown].sum(axis=0)
    np.testing.assert_allclose(weights[profile[:, 1] == 0].sum(axis=0), 0.4 * known, rtol=1e-9)


def test_excluded_classes_are_left_alone_and_the_others_meet_their_shares():
    education = Margin("education", ("low", "high"), np.array([0.4, 0.6]), excluded_classes=("75+",), in_shares=True)
    profile = codes()
    weights = recalibrate(bootstrap(), profile, (SEX, education), POPULATION).weight_matrix()
    low, high = (weights[profile[:, 1] == k].sum(axis=0) for k in (0, 1))
    np.testing.assert_allclose(low / (low + high), 0.4, rtol=1e-9)
    np.testing.assert_allclose(weights[profile[:, 0] == 0].sum(axis=0), 480, rtol=1e-9)


def test_own_and_excluded_classes_in_one_margin_are_fitted_per_replicate():
    education = Margin(
        "education",
        ("low", "high"),
        np.array([0.4, 0.6]),
        own_classes=("unknown",),
        excluded_classes=("75+",),
        in_shares=True,
    )
    profile = codes(n=160, sizes=(2, 4))
    plain = bootstrap(n=160)
    replicates = recalibrate(plain, profile, (SEX, education), POPULATION)
    start, weights = plain.weight_matrix(), replicates.weight_matrix()
    before, after = ([matrix[profile[:, 1] == k].sum(axis=0) for k in range(3)] for matrix in (start, weights))
    np.testing.assert_allclose(after[2] / sum(after), before[2] / sum(before), rtol=1e-9)
    np.testing.assert_allclose(after[0] / (after[0] + after[1]), 0.4, rtol=1e-9)


def two_people_in_a_class():
    profile = codes()
    profile[:, 1] = np.where(np.arange(120) < 2, 2, profile[:, 1] % 2)
    return profile


def test_a_replicate_that_lost_a_category_is_refused_by_name():
    with pytest.raises(ConvergenceError) as caught:
        recalibrate(bootstrap(), two_people_in_a_class(), BOTH, POPULATION)
    error = caught.value
    assert error.code == "not_recalibrated"
    assert (error.params["margin"], error.params["category"]) == ("age", "65+")
    assert error.params["reason"] == "has nobody left"
    lost = (bootstrap().weight_matrix()[:2] == 0).all(axis=0)
    assert error.params["count"] == np.count_nonzero(lost)
    assert error.params["replicate"] == lost.argmax() + 1


def test_bootstrap_replicates_that_lost_a_category_are_left_out_when_asked_and_counted():
    plain = bootstrap()
    lost = np.flatnonzero((plain.weight_matrix()[:2] == 0).all(axis=0))
    replicates = recalibrate(plain, two_people_in_a_class(), BOTH, POPULATION, leave_out=True)
    np.testing.assert_array_equal(replicates.recalibration.left_out, lost)
    kept = 40 - lost.size
    assert replicates.n_replicates == kept
    np.testing.assert_allclose(replicates.scale, 1 / (kept - 1))
    assert margin_error(two_people_in_a_class(), replicates.weight_matrix(), BOTH) <= 1.1e-10
    assert replicates.degrees_of_freedom == kept - 1


def test_jackknife_replicates_are_never_left_out():
    clusters = np.where(two_people_in_a_class()[:, 1] == 2, 0, np.arange(120))
    with pytest.raises(ConvergenceError, match="65\\+"):
        recalibrate(
            jackknife(base_weights(), clusters=clusters), two_people_in_a_class(), BOTH, POPULATION, leave_out=True
        )


def test_replicates_without_anybody_left_in_a_class_are_refused_all_together():
    kept = np.ones((120, 3))
    kept[:2] = 0
    replicates = given_replicates(base_weights(), kept, scale=1, combined=False, is_bootstrap=True)
    with pytest.raises(ConvergenceError) as caught:
        recalibrate(replicates, two_people_in_a_class(), BOTH, POPULATION, leave_out=True)
    assert caught.value.params["count"] == 3


def test_margins_that_a_replicate_cannot_meet_together_are_refused():
    # the second replicate keeps only young men and women of 35 and over
    profile = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 5)
    age = Margin("age", ("young", "old"), np.array([300.0, 700]))
    diagonal = (profile[:, 0] == profile[:, 1]).astype(float)
    given = np.column_stack([np.ones(20), diagonal, np.ones(20)])
    replicates = given_replicates(np.ones(20), given, scale=0.5)
    with pytest.raises(ConvergenceError) as caught:
        recalibrate(replicates, profile, (SEX, age), POPULATION)
    params = caught.value.params
    assert params["replicate"] == 2
    assert "together" in params["reason"]
    # fitting ends with the ages right: men are 300 where 480 are wanted, farther off than women, 700 for 520
    assert (params["margin"], params["category"]) == ("sex", "man")


def test_a_replicate_in_which_a_profile_would_have_to_vanish_is_refused():
    # without young men and old women in the second margin the third class can only be met at weight nought
    profile = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 5)
    sex = Margin("sex", ("man", "woman"), np.array([500.0, 500]))
    age = Margin("age", ("young", "old"), np.array([500.0, 500]))
    off_diagonal = np.where((profile[:, 0] == 0) & (profile[:, 1] == 1), 0.0, 1.0)
    replicates = given_replicates(np.ones(20), np.column_stack([np.ones(20), off_diagonal, np.ones(20)]), scale=0.5)
    with pytest.raises(ConvergenceError) as caught:
        recalibrate(replicates, profile, (sex, age), POPULATION)
    assert caught.value.params["replicate"] == 2


def test_the_full_sample_is_refused_as_in_raking():
    with pytest.raises(WeightingRefusedError, match="65\\+"):
        recalibrate(bootstrap(), codes() % 2, BOTH, POPULATION)


def test_recalibration_starts_again_from_the_base_weights():
    once = recalibrate(bootstrap(), codes(), BOTH, POPULATION)
    other = (Margin("sex", SEX.categories, np.array([300.0, 700])), AGE)
    twice = recalibrate(once, codes(), other, POPULATION)
    direct = recalibrate(bootstrap(), codes(), other, POPULATION)
    np.testing.assert_array_equal(twice.weight_matrix(), direct.weight_matrix())


def test_a_procedure_of_ones_own_gives_what_the_built_in_one_gives():
    def weigh(rows, weights):
        return rake(codes()[rows], weights, BOTH, POPULATION).weights

    by_hand = recalibrate_by(bootstrap(), weigh)
    built_in = recalibrate(bootstrap(), codes(), BOTH, POPULATION)
    np.testing.assert_allclose(by_hand.weight_matrix(), built_in.weight_matrix(), rtol=1e-8)
    assert np.isnan(by_hand.recalibration.max_error).all()
    item = (np.arange(120) % 3 == 0).astype(float)[:, None]
    np.testing.assert_allclose(
        replicate_means(by_hand, item).standard_error, replicate_means(built_in, item).standard_error, rtol=1e-8
    )


def test_a_procedure_that_refuses_a_replicate_is_passed_on_or_left_out():
    profile = two_people_in_a_class()

    def weigh(rows, weights):
        return rake(profile[rows], weights, BOTH, POPULATION).weights

    with pytest.raises(WeightingRefusedError, match="65\\+"):
        recalibrate_by(bootstrap(), weigh)
    left = recalibrate_by(bootstrap(), weigh, leave_out=True)
    other = recalibrate(bootstrap(), profile, BOTH, POPULATION, leave_out=True)
    np.testing.assert_array_equal(left.recalibration.left_out, other.recalibration.left_out)
    np.testing.assert_allclose(left.weight_matrix(), other.weight_matrix(), rtol=1e-8)


@pytest.mark.parametrize("result", [np.ones(3), np.full(120, np.nan)])
def test_a_procedure_that_returns_no_weights_is_refused(result):
    with pytest.raises(InputError, match="weigh"):
        recalibrate_by(bootstrap(), lambda rows, weights: result)


def test_too_many_failing_replicates_are_refused_even_when_they_may_be_left_out():
    replicates = recalibrate_by(bootstrap(n_replicates=2), lambda rows, weights: weights)
    assert replicates.n_replicates == 2

    def weigh(rows, weights):
        return rake(codes()[rows][:, :1], weights, (SEX,), PanelPopulation(1000.0 if rows.size == 120 else 5.0)).weights

    with pytest.raises(Exception, match="declared total"):
        recalibrate_by(bootstrap(n_replicates=2), weigh, leave_out=True)


def test_replicates_are_polished_well_beyond_the_tolerance():
    replicates = recalibrate(bootstrap(), codes(), BOTH, POPULATION)
    assert replicates.recalibration.max_error.max() <= 1e-12
    assert margin_error(codes(), replicates.weight_matrix(), BOTH) <= 2e-12


def test_a_tolerance_near_rounding_can_be_asked():
    replicates = recalibrate(bootstrap(), codes(), BOTH, POPULATION, tolerance=5e-14)
    assert replicates.recalibration.max_error.max() <= 5e-14


@pytest.mark.parametrize(("n_lost", "is_refused"), [(1, False), (2, True)])
def test_two_replicates_at_least_must_be_left(n_lost, is_refused):
    factors = np.ones((120, 3))
    factors[:2, :n_lost] = 0
    replicates = given_replicates(base_weights(), factors, scale=0.5, combined=False, is_bootstrap=True)
    if is_refused:
        with pytest.raises(ConvergenceError, match="65\\+"):
            recalibrate(replicates, two_people_in_a_class(), BOTH, POPULATION, leave_out=True)
        return
    kept = recalibrate(replicates, two_people_in_a_class(), BOTH, POPULATION, leave_out=True)
    assert kept.n_replicates == 2
    assert kept.scale == 1.0
    np.testing.assert_array_equal(kept.rscales, [1, 1])
