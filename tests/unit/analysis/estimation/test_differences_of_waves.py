import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import raked_design, unweighted_design, weighted_design
from analysis.estimation.estimates import estimate_means
from analysis.estimation.waves import Wave, change_between_waves
from tests.unit.analysis.estimation.designs import any_design, raked

SEEDS = st.integers(0, 10_000)


def wave(design, values, persons, domain=None):
    return Wave(design, np.asarray(values, dtype=float).reshape(design.n, -1), np.asarray(persons), domain)


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_same_members_twice_give_the_error_of_paired_differences(seed):
    rng = np.random.default_rng(seed)
    design = raked_design(raked(90, seed % 500), strata=np.arange(90) % 3, sampling_fraction=0.3)
    first, second = rng.random(90), rng.random(90)
    found = change_between_waves(wave(design, first, np.arange(90)), wave(design, second, np.arange(90)))
    paired = estimate_means(design, (second - first)[:, None])
    assert found.estimate[0, 0] == pytest.approx(paired.estimate[0, 0])
    assert found.standard_error[0, 0] == pytest.approx(paired.standard_error[0, 0], rel=1e-9)
    assert (found.n_linked, found.degrees_of_freedom) == (90, 87)


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_order_of_the_members_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    first, second, order = rng.random(40), rng.random(40), rng.permutation(40)
    persons = np.where(rng.random(40) < 0.5, np.arange(40), -1)
    one = change_between_waves(
        wave(unweighted_design(40), first, persons), wave(unweighted_design(40), second, persons)
    )
    two = change_between_waves(
        wave(unweighted_design(40), first, persons), wave(unweighted_design(40), second[order], persons[order])
    )
    assert one.n_linked == two.n_linked == np.count_nonzero(persons >= 0)
    assert one.standard_error[0, 0] == pytest.approx(two.standard_error[0, 0], rel=1e-12)


def test_without_consent_the_waves_are_independent():
    rng = np.random.default_rng(1)
    first, second = any_design(rng), any_design(rng, has_strata=False)
    y, z = rng.random(90), rng.random(90)
    found = change_between_waves(wave(first, y, np.full(90, -1)), wave(second, z, np.arange(90)))
    errors = [estimate_means(d, v[:, None]).standard_error[0, 0] for d, v in ((first, y), (second, z))]
    assert found.n_linked == 0
    assert found.covariance[0, 0] == 0
    assert found.standard_error[0, 0] == pytest.approx(np.hypot(*errors), rel=1e-9)
    assert found.first_variance[0, 0] == pytest.approx(errors[0] ** 2, rel=1e-9)
    assert found.second_variance[0, 0] == pytest.approx(errors[1] ** 2, rel=1e-9)


def test_partial_overlap_counts_for_who_took_part_twice():
    rng = np.random.default_rng(5)
    base = rng.normal(size=300)
    first, second = base[:200] + rng.normal(0, 0.3, 200), base[100:] + rng.normal(0, 0.3, 200)
    found = change_between_waves(
        wave(unweighted_design(200), first, np.arange(200)), wave(unweighted_design(200), second, np.arange(100, 300))
    )
    shared = np.cov(first[100:], second[:100])[0, 1]
    assert found.n_linked == 100
    assert found.covariance[0, 0] == pytest.approx(100 * shared / (200 * 200), rel=0.1)
    assert found.standard_error[0, 0] < np.sqrt(found.first_variance[0, 0] + found.second_variance[0, 0])


def test_error_of_the_change_is_the_spread_over_repeated_pairs_of_waves():
    rng = np.random.default_rng(6)
    changes, errors = [], []
    for _ in range(150):
        base = rng.normal(size=90)
        y, z = base[:60] + rng.normal(0, 0.5, 60), base[30:] + rng.normal(0, 0.5, 60)
        design = unweighted_design(60)
        found = change_between_waves(wave(design, y, np.arange(60)), wave(design, z, np.arange(30, 90)))
        changes.append(found.estimate[0, 0])
        errors.append(found.standard_error[0, 0])
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(changes), rel=0.15)


def test_change_by_domain_and_item_with_a_domain_that_stood_empty():
    rng = np.random.default_rng(7)
    design, values, domain = unweighted_design(30), rng.random((30, 2)), np.arange(30) % 2
    found = change_between_waves(
        wave(design, values, np.arange(30), domain), wave(design, values + 1, np.arange(30), domain), n_domains=3
    )
    np.testing.assert_allclose(found.estimate[:2], 1.0)
    # two variances minus twice their like: what is left is the root of rounding
    np.testing.assert_allclose(found.standard_error[:2], 0.0, atol=1e-8)
    assert np.isnan(found.estimate[2]).all()
    assert np.isnan(found.standard_error[2]).all()


def test_households_are_linked_through_their_members():
    rng = np.random.default_rng(8)
    households = np.repeat(np.arange(20), 2)
    design = weighted_design(np.ones(40), clusters=households)
    y, z = rng.random(40), rng.random(40)
    found = change_between_waves(wave(design, y, np.arange(40)), wave(design, z, np.arange(40)))
    paired = estimate_means(design, (z - y)[:, None])
    assert found.standard_error[0, 0] == pytest.approx(paired.standard_error[0, 0], rel=1e-9)


def test_waves_that_do_not_fit_are_refused():
    design = unweighted_design(3)
    good = wave(design, [1, 2, 3], [0, 1, 2])
    with pytest.raises(InputError):
        change_between_waves(good, wave(design, np.ones((3, 2)), [0, 1, 2]))
    with pytest.raises(InputError):
        change_between_waves(good, wave(design, [1, 2, 3], [0, 1]))
    with pytest.raises(EstimationError) as caught:
        change_between_waves(good, wave(design, [1, 2, 3], [4, 4, -1]))
    assert (caught.value.code, caught.value.params) == ("person_twice", {"count": 1})
    stages = weighted_design(
        np.ones(8),
        clusters=np.stack([np.repeat([0, 1], 4), np.arange(8)], axis=1),
        population_sizes=np.full((8, 2), 9.0),
    )
    with pytest.raises(EstimationError) as caught:
        change_between_waves(wave(stages, np.ones(8), np.arange(8)), good)
    assert caught.value.code == "several_stages"
