"""The route over sums per profile against the influence of every respondent written out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.estimation.design import unweighted_design, weighted_design
from analysis.estimation.estimates import estimate_breakdowns, estimate_means, estimate_totals
from analysis.estimation.linearization import covariance_of_means, covariance_of_totals
from analysis.estimation.stages import LonelyUnits
from tests.unit.analysis.estimation.designs import any_design, leave_out, raked
from tests.unit.analysis.samples import codes

SEEDS = st.integers(0, 10_000)


def items(rng, n, *, missing=True):
    binary = (rng.random((n, 3)) < (0.05, 0.5, 0.9)).astype(float)
    values = np.hstack([binary, rng.normal(1000, 3, (n, 1)), rng.exponential(1, (n, 1))])
    return np.where(rng.random(values.shape) < 0.1, np.nan, values) if missing else values


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.booleans(), st.booleans(), st.booleans())
def test_means_agree_with_the_covariance_of_influences(seed, is_raked, has_strata, missing):
    rng = np.random.default_rng(seed)
    design = any_design(rng, is_raked=is_raked, has_strata=has_strata)
    values, domain = items(rng, design.n, missing=missing), rng.integers(-1, 4, design.n)
    found = estimate_means(design, values, domain=domain, n_domains=4)
    direct = covariance_of_means(design, values, domain=domain, n_domains=4)
    np.testing.assert_allclose(found.standard_error.ravel(), np.sqrt(np.diag(direct)), rtol=1e-8, atol=1e-14)
    w = design.weights
    for d, q in np.ndindex(4, 5):
        inside = (domain == d) & np.isfinite(values[:, q])
        assert found.base[d, q] == inside.sum()
        assert found.estimate[d, q] == pytest.approx(np.average(values[inside, q], weights=w[inside]), rel=1e-12)
        assert found.effective_base[d, q] == pytest.approx(w[inside].sum() ** 2 / (w[inside] ** 2).sum())
        assert found.degrees_of_freedom[d, q] == design.degrees_of_freedom(inside)


@settings(deadline=None, max_examples=20)
@given(SEEDS, st.booleans())
def test_totals_agree_with_the_covariance_of_influences(seed, is_raked):
    rng = np.random.default_rng(seed)
    design = any_design(rng, is_raked=is_raked)
    values, domain = items(rng, design.n), rng.integers(-1, 3, design.n)
    found = estimate_totals(design, values, domain=domain, n_domains=3)
    direct = covariance_of_totals(design, values, domain=domain, n_domains=3)
    np.testing.assert_allclose(found.standard_error.ravel(), np.sqrt(np.diag(direct)), rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(
        found.estimate[0], np.nansum(values * (design.weights * (domain == 0))[:, None], axis=0), rtol=1e-12
    )


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_means_agree_with_leaving_each_respondent_out(seed):
    rng = np.random.default_rng(seed)
    n = 90
    design = weighted_design(rng.uniform(1, 2, n), strata=rng.permutation(np.arange(n) % 2), sampling_fraction=0.3)
    y, domain = rng.normal(size=n), rng.permutation(np.arange(n) % 2)
    found = estimate_means(design, y[:, None], domain=domain, n_domains=2)
    for d in (0, 1):
        expected = leave_out(design, lambda w, d=d: np.average(y, weights=w * (domain == d)))
        assert found.standard_error[d, 0] == pytest.approx(expected, rel=0.05)


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_order_of_the_rows_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    n = 60
    weights, strata, values = rng.uniform(1, 3, n), np.arange(n) % 3, items(rng, n)
    domain, order = rng.integers(0, 3, n), rng.permutation(n)
    first = estimate_means(weighted_design(weights, strata=strata), values, domain=domain, n_domains=3)
    design = weighted_design(weights[order], strata=strata[order])
    second = estimate_means(design, values[order], domain=domain[order], n_domains=3)
    for name, array in vars(first).items():
        np.testing.assert_allclose(getattr(second, name), array, rtol=1e-10)


def test_single_strata_at_their_distance_to_nought_take_the_same_road():
    rng = np.random.default_rng(4)
    strata = np.concatenate([np.arange(40) % 2, [5, 9]])
    design = weighted_design(rng.uniform(1, 3, 42), strata=strata, lonely=LonelyUnits.ADJUST)
    values = items(rng, 42)
    found = estimate_means(design, values)
    np.testing.assert_allclose(found.standard_error[0] ** 2, np.diag(covariance_of_means(design, values)), rtol=1e-9)


def test_a_margin_that_calibration_fixes_has_no_error_and_its_neighbours_keep_theirs():
    result = raked()
    design = weighted_design(result.weights, calibration=result.calibration)
    sex = codes()[:, 0]
    free = np.random.default_rng(1).random(120)
    found = estimate_means(design, np.stack([sex == 0, free], axis=1))
    assert found.standard_error[0, 0] < 1e-12
    alone = estimate_means(design, free[:, None])
    assert found.standard_error[0, 1] == pytest.approx(alone.standard_error[0, 0], rel=1e-13)
    assert alone.standard_error[0, 0] > 0.01


def test_an_answer_that_nobody_varies_has_no_error():
    found = estimate_means(unweighted_design(20), np.full((20, 1), 7.0))
    assert (found.estimate[0, 0], found.standard_error[0, 0]) == (7.0, 0.0)
    assert estimate_totals(unweighted_design(20), np.full((20, 1), 7.0)).standard_error[0, 0] == pytest.approx(0)


def test_breakdowns_in_one_call_are_those_one_by_one_in_the_order_asked():
    rng = np.random.default_rng(8)
    design = any_design(rng)
    values = items(rng, design.n)
    asked = {"all": (None, 1), "sex": (rng.integers(0, 2, 90), 2), "area": (rng.integers(-1, 6, 90), 6)}
    found = estimate_breakdowns(design, values, asked)
    assert list(found) == ["all", "sex", "area"]
    for name, (domain, count) in asked.items():
        alone = estimate_means(design, values, domain=domain, n_domains=count)
        np.testing.assert_allclose(found[name].standard_error, alone.standard_error, rtol=1e-10)


def test_breakdowns_whose_combinations_are_too_many_are_estimated_apart():
    rng = np.random.default_rng(9)
    n = 6000
    design = unweighted_design(n)
    values = (rng.random((n, 2)) < 0.5).astype(float)
    asked = {name: (rng.integers(0, 90, n), 90) for name in ("first", "second")}
    found = estimate_breakdowns(design, values, asked)
    for name, (domain, _) in asked.items():
        inside = values[domain == 7]
        expected = np.sqrt(n / (n - 1) * ((inside - inside.mean(axis=0)) ** 2).sum(axis=0)) / len(inside)
        np.testing.assert_allclose(found[name].standard_error[7], expected, rtol=1e-9)


def test_many_groups_split_the_items_without_changing_them():
    rng = np.random.default_rng(10)
    n = 2600
    design = weighted_design(rng.uniform(1, 2, n))
    values, domain = rng.normal(size=(n, 120)), np.arange(n) % 2200
    together = estimate_means(design, values, domain=domain, n_domains=2200)
    alone = estimate_means(design, values[:, 100:101], domain=domain, n_domains=2200)
    for name, array in vars(alone).items():
        np.testing.assert_allclose(getattr(together, name)[:, 100], array[:, 0], rtol=1e-10)


def test_a_domain_of_one_answer_has_no_error_of_its_own():
    rng = np.random.default_rng(10)
    values = rng.normal(size=(50, 4))
    found = estimate_means(weighted_design(rng.uniform(1, 2, 50)), values, domain=np.arange(50), n_domains=50)
    np.testing.assert_allclose(found.estimate, values, rtol=1e-12)
    assert not found.standard_error.any()


def test_far_more_domains_than_respondents():
    values, domain = np.arange(8.0)[:, None], np.array([0, 500, 500, 900, -1, 900, 900, 0])
    found = estimate_means(unweighted_design(8), values, domain=domain, n_domains=1000)
    assert np.flatnonzero(found.base).tolist() == [0, 500, 900]
    assert found.estimate[[0, 500], 0].tolist() == [3.5, 1.5]


def test_nobody_in_any_domain():
    found = estimate_means(unweighted_design(3), np.ones((3, 2)), domain=[-1, -1, -1], n_domains=2)
    assert np.isnan(found.estimate).all()
    assert not found.base.any()


def test_cluster_samples_estimate_breakdowns_too():
    rng = np.random.default_rng(11)
    clusters = rng.permutation(np.repeat(np.arange(30), 3))
    design = any_design(rng, has_strata=False, clusters=clusters)
    values, domain = items(rng, 90), rng.integers(0, 2, 90)
    found = estimate_breakdowns(design, values, {"sex": (domain, 2)})["sex"]
    direct = covariance_of_means(design, values, domain=domain, n_domains=2)
    np.testing.assert_allclose(found.standard_error.ravel() ** 2, np.diag(direct), rtol=1e-9)
    totals = estimate_totals(design, values)
    np.testing.assert_allclose(totals.standard_error[0] ** 2, np.diag(covariance_of_totals(design, values)), rtol=1e-9)


@settings(deadline=None, max_examples=30)
@given(SEEDS, st.booleans(), st.sampled_from(LonelyUnits))
def test_two_stages_in_strata_agree_with_the_covariance_of_influences(seed, is_raked, lonely):
    rng = np.random.default_rng(seed)
    result = raked(96, seed % 500)
    strata = np.stack([np.repeat([0, 1, 2], 32), np.zeros(96, dtype=int)], axis=1)
    clusters = np.stack([np.repeat(np.arange(12), 8), np.tile(np.repeat(np.arange(4), 2), 12)], axis=1)
    order = rng.permutation(96)
    if lonely is not LonelyUnits.REFUSE:
        # one stratum keeps one cluster, and one cluster one unit below it: of that there is no average
        clusters[strata[:, 0] == 2, 0] = 99
        clusters[clusters[:, 0] == 0, 1] *= lonely is LonelyUnits.AVERAGE
    design = weighted_design(
        result.weights,
        strata=strata[order],
        clusters=clusters[order],
        sampling_fraction=np.tile([0.3, 0.6], (96, 1)),
        lonely=lonely,
        calibration=result.calibration if is_raked else None,
    )
    values, domain = items(rng, 96), rng.integers(-1, 3, 96)
    means = estimate_means(design, values, domain=domain, n_domains=3)
    totals = estimate_totals(design, values, domain=domain, n_domains=3)
    for found, covariance in ((means, covariance_of_means), (totals, covariance_of_totals)):
        direct = np.diag(covariance(design, values, domain=domain, n_domains=3))
        np.testing.assert_allclose(found.standard_error.ravel(), np.sqrt(direct), rtol=1e-8, atol=1e-13)
    for d, q in np.ndindex(3, 5):
        inside = (domain == d) & np.isfinite(values[:, q])
        assert means.base[d, q] == inside.sum()
        assert means.degrees_of_freedom[d, q] == design.degrees_of_freedom(inside)


@pytest.mark.parametrize(
    ("values", "options", "code"),
    [
        (np.array([[1.0], [np.inf], [0]]), {}, "invalid_value"),
        (np.ones((3, 1)), {"n_domains": 0}, "invalid_value"),
        (np.ones((3, 1)), {"domain": [0, -2, 0]}, "code_out_of_range"),
        (np.ones(3), {}, "wrong_shape"),
        (np.ones((3, 1)), {"domain": [0, 0]}, "wrong_length"),
    ],
)
def test_answers_and_domains_that_make_no_sense_are_refused(values, options, code):
    with pytest.raises(InputError) as caught:
        estimate_means(unweighted_design(3), values, **options)
    assert caught.value.code == code
