import numpy as np
import pytest

from analysis.errors import InputError
from analysis.representation.composition import chance_dissimilarity, compare_composition, dissimilarity
from analysis.weighting.margins import Margin
from tests.unit.analysis.samples import AGE


def generator():
    return np.random.default_rng(2025)


def test_composition_stands_beside_the_population_and_chance():
    codes = np.repeat([0, 1, 2, -1], [10, 50, 40, 5])
    found = compare_composition(codes, AGE, generator())
    assert found.counts.tolist() == [10, 50, 40]
    np.testing.assert_allclose(found.share, [0.1, 0.5, 0.4])
    np.testing.assert_allclose(found.population_share, [0.3, 0.45, 0.25])
    assert found.dissimilarity == pytest.approx(0.2)
    assert found.n_outside == 5
    assert (found.low < found.share).all()
    assert (found.high > found.share).all()
    assert found.chance_mean < found.chance_high < found.dissimilarity


def test_flawless_draw_over_many_categories_is_not_called_unrepresentative():
    wide = Margin("district", tuple(map(str, range(10))), np.ones(10))
    codes = generator().integers(0, 10, 150)
    found = compare_composition(codes, wide, generator())
    assert 0.05 < found.chance_mean < 0.12
    assert found.dissimilarity < found.chance_high * 1.3


def test_same_seed_gives_the_same_chance():
    codes = np.repeat([0, 1, 2], 20)
    one, two = (compare_composition(codes, AGE, generator()).chance_high for _ in range(2))
    assert one == two


def test_expected_chance_agrees_with_the_formula():
    shares = np.array([0.2, 0.3, 0.5])
    formula = np.sqrt(2 * shares * (1 - shares) / (np.pi * 400)).sum() / 2
    assert chance_dissimilarity(shares, 400, generator()).mean() == pytest.approx(formula, rel=0.05)


def test_weights_count_in_shares_and_widen_the_intervals():
    codes = np.repeat([0, 1, 2], 40)
    weights = np.tile([1.0, 3.0], 60)
    weighted = compare_composition(codes, AGE, generator(), weights=weights)
    plain = compare_composition(codes, AGE, generator())
    np.testing.assert_allclose(weighted.share, plain.share)
    assert (weighted.high - weighted.low > plain.high - plain.low).all()


def test_group_without_any_known_class_is_refused():
    with pytest.raises(InputError) as caught:
        compare_composition(np.array([-1, -1]), AGE, generator())
    assert caught.value.code == "no_rows"
    with pytest.raises(InputError):
        compare_composition(np.array([], dtype=int), AGE, generator())


def test_code_that_names_no_category_is_refused():
    with pytest.raises(InputError):
        compare_composition(np.array([0, 3]), AGE, generator())


def test_disjoint_groups_are_wholly_dissimilar():
    assert dissimilarity([1.0, 0.0], [0.0, 1.0]) == 1.0
