import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import chdtrc

from analysis.errors import EstimationError, InputError
from analysis.estimation.design import raked_design, unweighted_design, weighted_design
from analysis.estimation.tables import TableStatistic, table_test
from analysis.weighting.raking import rake
from tests.unit.analysis.samples import AGE, POPULATION, SEX, base_weights, codes

METHODS = list(TableStatistic)
RNG = np.random.default_rng(12)
ROWS, COLUMNS = RNG.integers(0, 3, 120), RNG.integers(0, 4, 120)
CLUSTERS = np.arange(120) // 4
DESIGN = weighted_design(base_weights(), clusters=CLUSTERS)


def pearson_of(rows, columns, shape):
    counts = np.zeros(shape)
    np.add.at(counts, (rows, columns), 1)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return ((counts - expected) ** 2 / expected).sum()


def test_simple_random_sample_with_replacement_gives_pearsons_test():
    n = 20_000
    rows, columns = RNG.integers(0, 3, n), RNG.integers(0, 2, n)
    pearson = pearson_of(rows, columns, (3, 2))
    for method in METHODS:
        found = table_test(unweighted_design(n), rows, columns, 3, 2, method=method)
        assert found.pearson == pytest.approx(pearson)
        np.testing.assert_allclose(found.design_effects, 1, rtol=0.03)
        assert found.p_value == pytest.approx(chdtrc(2, pearson), rel=0.05)


def test_design_effects_of_a_full_table_are_ones_but_for_the_divisor():
    # with the observed shares in D and multinomial V the matrix is the identity; V is estimated with n - 1
    found = table_test(unweighted_design(120), ROWS, COLUMNS, 3, 4, method=TableStatistic.CHI_SQUARED)
    assert found.design_effects.sum() / 6 == pytest.approx(1, abs=0.2)


def test_repeating_every_answer_in_its_cluster_doubles_the_design_effects():
    rows, columns = np.repeat(ROWS, 2), np.repeat(COLUMNS, 2)
    single = table_test(unweighted_design(120), ROWS, COLUMNS, 3, 4)
    double = table_test(weighted_design(np.ones(240), clusters=np.arange(240) // 2), rows, columns, 3, 4)
    np.testing.assert_allclose(double.design_effects, 2 * single.design_effects)
    assert double.pearson == pytest.approx(2 * single.pearson)
    assert double.p_value == pytest.approx(single.p_value)


@pytest.mark.parametrize("method", METHODS)
def test_renaming_categories_and_turning_the_table_change_nothing(method):
    found = table_test(DESIGN, ROWS, COLUMNS, 3, 4, method=method)
    renamed = table_test(DESIGN, 2 - ROWS, np.array([2, 0, 3, 1])[COLUMNS], 3, 4, method=method)
    turned = table_test(DESIGN, COLUMNS, ROWS, 4, 3, method=method)
    for other in (renamed, turned):
        assert other.statistic == pytest.approx(found.statistic, rel=1e-9)
        assert other.p_value == pytest.approx(found.p_value, rel=1e-7)
    np.testing.assert_allclose(turned.shares, found.shares.T)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n_rows=st.integers(2, 4), n_columns=st.integers(2, 4))
def test_p_values_are_probabilities(method, seed, n_rows, n_columns):
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(np.arange(120) % n_rows), rng.permutation(np.arange(120) % n_columns)
    found = table_test(DESIGN, rows, columns, n_rows, n_columns, method=method)
    assert 0 <= found.p_value <= 1
    assert found.statistic >= 0


@pytest.mark.slow
@pytest.mark.heavy
@pytest.mark.parametrize("method", METHODS)
def test_one_in_twenty_tables_of_unrelated_clustered_answers_is_significant(method):
    rng, n, size = np.random.default_rng(7), 600, 3
    design, significant = weighted_design(np.ones(n), clusters=np.arange(n) // size), 0
    for _ in range(2000):
        rows, columns = (
            np.where(rng.random(n) < 0.5, np.repeat(rng.integers(0, k, n // size), size), rng.integers(0, k, n))
            for k in (2, 3)
        )
        significant += table_test(design, rows, columns, 2, 3, method=method).p_value < 0.05
    assert 0.038 < significant / 2000 < 0.062


@pytest.mark.parametrize("method", METHODS)
def test_a_missing_answer_leaves_the_table_but_not_the_design(method):
    rows, columns = ROWS.copy(), COLUMNS.copy()
    rows[:6], columns[6:10] = -1, -1
    found = table_test(DESIGN, rows, columns, 3, 4, method=method)
    assert found.base == 110
    weights = np.where(np.arange(120) < 10, 0.0, base_weights())
    at_nought = table_test(weighted_design(weights, clusters=CLUSTERS), ROWS, COLUMNS, 3, 4, method=method)
    assert found.p_value == pytest.approx(at_nought.p_value, rel=1e-9)


def test_calibration_on_a_variable_of_the_table_takes_away_its_variance():
    raked = raked_design(rake(codes(), base_weights(), (SEX, AGE), POPULATION))
    fixed = weighted_design(raked.weights)
    sex, answer = codes()[:, 0], RNG.integers(0, 2, 120)
    with_margins, without = (table_test(d, sex, answer, 2, 2) for d in (raked, fixed))
    assert with_margins.pearson == pytest.approx(without.pearson)
    assert with_margins.design_effects[0] != pytest.approx(without.design_effects[0], rel=1e-3)


def test_an_empty_cell_is_counted_and_the_test_still_made():
    rows, columns = ROWS.copy(), COLUMNS.copy()
    columns[(rows == 1) & (columns == 2)] = 3
    found = table_test(DESIGN, rows, columns, 3, 4)
    assert found.n_empty_cells == 1
    assert 0 < found.p_value < 1


def test_an_empty_row_or_column_is_refused_by_name():
    with pytest.raises(EstimationError, match="rows: nobody is in category 1"):
        table_test(DESIGN, np.where(ROWS == 1, 0, ROWS), COLUMNS, 3, 4)
    with pytest.raises(EstimationError, match="columns: nobody is in category 4"):
        table_test(DESIGN, ROWS, COLUMNS, 3, 5)


def test_a_table_of_which_every_cell_is_calibrated_has_nothing_to_test():
    margin = type(SEX)("cell", ("a", "b", "c", "d"), np.array([100.0, 200, 300, 400]))
    cell = np.arange(120) % 4
    design = raked_design(rake(cell[:, None], base_weights(), (margin,), POPULATION))
    for method in METHODS:
        with pytest.raises(EstimationError, match="free of each other"):
            table_test(design, cell // 2, cell % 2, 2, 2, method=method)


def test_too_many_empty_cells_are_refused():
    diagonal = np.arange(120) % 3
    with pytest.raises(EstimationError, match="free of each other"):
        table_test(DESIGN, diagonal, diagonal, 3, 3)


def test_nobody_with_both_answers_is_refused():
    with pytest.raises(EstimationError, match="no rows"):
        table_test(DESIGN, np.where(CLUSTERS % 2 == 0, -1, ROWS), np.where(CLUSTERS % 2 == 1, -1, COLUMNS), 3, 4)


def test_more_cells_than_clusters_are_refused_where_the_test_cannot_bear_them():
    few = weighted_design(base_weights(), clusters=np.arange(120) // 24)
    with pytest.raises(EstimationError, match="free of each other"):
        table_test(few, ROWS, COLUMNS, 3, 4, method=TableStatistic.WALD)
    only = np.where(np.arange(120) < 24, 0, -1)
    with pytest.raises(EstimationError, match="degrees of freedom"):
        table_test(few, np.where(only < 0, -1, ROWS), COLUMNS, 3, 4)


@pytest.mark.parametrize(
    ("rows", "columns", "n_rows"),
    [(ROWS[:5], COLUMNS, 3), (ROWS + 0.5, COLUMNS, 3), (ROWS, COLUMNS, 2), (ROWS, COLUMNS, 1), (ROWS - 2, COLUMNS, 3)],
)
def test_input_that_does_not_fit_is_refused(rows, columns, n_rows):
    with pytest.raises(InputError):
        table_test(DESIGN, rows, columns, n_rows, 4)
