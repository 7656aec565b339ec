import numpy as np
import pytest

from analysis.errors import InputError
from analysis.representation.composition import (
    chance_dissimilarity,
    chance_shares,
    chi_squared,
    compare_composition,
    dissimilarity,
)
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


def test_chi_squared_stands_beside_theory_and_chance():
    found = compare_composition(np.repeat([0, 1, 2], [36, 40, 24]), AGE, generator(), n_draws=4000)
    assert found.chi_squared == pytest.approx(36 / 30 + 25 / 45 + 1 / 25)
    assert found.degrees_of_freedom == 2
    assert found.p_value == pytest.approx(np.exp(-found.chi_squared / 2))
    assert found.chance_p_value == pytest.approx(found.p_value, abs=0.03)


def test_shares_of_a_perfect_draw_bracket_the_population():
    found = compare_composition(np.repeat([0, 1, 2], [50, 30, 20]), AGE, generator())
    assert (found.chance_share_low < found.population_share).all()
    assert (found.chance_share_high > found.population_share).all()
    assert found.share[0] > found.chance_share_high[0]
    assert found.chance_p_value < 0.01


def test_p_value_of_a_perfect_draw_is_even():
    rng = generator()
    population = AGE.totals / AGE.totals.sum()
    drawn = [np.repeat([0, 1, 2], rng.multinomial(80, population)) for _ in range(150)]
    p_values = np.array([compare_composition(codes, AGE, rng, n_draws=200).chance_p_value for codes in drawn])
    assert 0.01 < np.mean(p_values <= 0.1) < 0.2
    assert 0.4 < np.mean(p_values <= 0.5) < 0.62


def test_weights_that_mend_the_composition_leave_no_difference():
    codes = np.repeat([0, 1, 2], [10, 50, 40])
    found = compare_composition(codes, AGE, generator(), weights=np.array([3.0, 0.9, 0.625])[codes])
    assert found.dissimilarity == pytest.approx(0, abs=1e-12)
    assert found.chi_squared == pytest.approx(0, abs=1e-12)
    assert found.chance_p_value == 1


def test_category_that_the_population_lacks_is_infinitely_unlikely():
    gone = Margin("district", ("north", "south", "gone"), np.array([5.0, 5.0, 0.0]))
    found = compare_composition(np.array([0, 1, 2]), gone, generator())
    assert found.chi_squared == np.inf
    assert found.p_value == 0
    assert compare_composition(np.array([0, 1]), gone, generator()).degrees_of_freedom == 1
    assert chi_squared([0.5, 0.5, 0.0], [0.5, 0.5, 0.0], 10) == 0


def test_single_category_cannot_differ():
    found = compare_composition(np.array([0, 0]), Margin("all", ("all",), np.array([9.0])), generator())
    assert (found.degrees_of_freedom, found.p_value, found.chance_p_value) == (0, 1, 1)


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (lambda: compare_composition([0, 1], AGE, generator(), weights=[1.0, -1.0]), "invalid_value"),
        (lambda: compare_composition([0, 1], AGE, generator(), weights=[1.0, np.nan]), "invalid_value"),
        (lambda: compare_composition([0, 1], AGE, generator(), weights=[1.0]), "wrong_length"),
        (lambda: compare_composition([0, 1], AGE, generator(), weights=[0.0, 0.0]), "no_rows"),
        (lambda: compare_composition([0, 1], AGE, generator(), n_draws=0), "invalid_value"),
        (lambda: chance_shares([0.5, 0.5], 0, generator()), "invalid_value"),
        (lambda: chi_squared([0.5, 0.5], [1.0], 3), "wrong_length"),
    ],
)
def test_unusable_input_is_refused_with_a_code(refused, code):
    with pytest.raises(InputError) as caught:
        refused()
    assert caught.value.code == code
