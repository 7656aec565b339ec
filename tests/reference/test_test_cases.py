import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimation.chi_squared_sums import chi_squared_sum_tail
from analysis.estimation.design import weighted_design
from analysis.estimation.rank_tests import kruskal_wallis_test, wilcoxon_test
from analysis.estimation.t_tests import one_sample_t_test, paired_t_test, two_sample_t_test
from analysis.estimation.tables import TableStatistic, table_test
from analysis.estimation.wald import wald_test
from tests.reference.reference_cases import assert_close, cluster_design, levels, number, outputs, panel_design

STATISTICS, P_VALUES, APPROXIMATED = 1e-8, 1e-7, 1e-5
PANEL_TABLES = [("voorkeur", "opleiding"), ("stelling", "leeftijd"), ("v1", "geslacht")]


def table_of(name, rows, columns):
    r, row_names = levels(name, rows)
    c, column_names = levels(name, columns)
    return r, c, len(row_names), len(column_names)


def assert_same(case, design, table, method):
    found, expected = table_test(design, *table, method=method), case[method.value]
    assert_close(found.statistic, expected["statistic"], STATISTICS)
    degrees = {"ndf": found.numerator_df, "ddf": found.denominator_df, "df": found.numerator_df}
    for name, value in zip(expected["parameter_names"], expected["parameter"], strict=True):
        assert_close(degrees[name], value, STATISTICS)
    if method is TableStatistic.LINEAR_COMBINATION:
        # without a package for exact sums R prints its saddlepoint approximation under this name
        assert expected["p_value"] == case["saddlepoint"]["p_value"]
        assert 0 < abs(found.p_value / expected["p_value"] - 1) < 0.05
    else:
        is_approximated = method is TableStatistic.SADDLEPOINT
        assert_close(found.p_value, expected["p_value"], APPROXIMATED if is_approximated else P_VALUES)


@pytest.mark.parametrize("method", list(TableStatistic))
def test_chisq_apiclus1_six_tests_of_a_cluster_sample(method):
    case = outputs("chisq_apiclus1")
    table = table_of("apiclus1", "sch.wide", "stype")
    design = cluster_design(is_raked=False)
    assert_same(case["tests"], design, table, method)
    found = table_test(design, *table)
    assert_close(found.shares, np.array(case["table"]) / np.sum(case["table"]), 1e-10)
    assert_close(found.shares * found.base, case["table_Ntotal"], 1e-10)


@pytest.mark.parametrize("method", list(TableStatistic))
@pytest.mark.parametrize(("rows", "columns"), PANEL_TABLES)
def test_chisq_panel_a_raked_six_tests_after_raking(rows, columns, method):
    case = outputs("chisq_panel_a_raked")[f"{rows}_{columns}"]
    assert_same(case, panel_design(), table_of("panel_a", rows, columns), method)


def test_chisq_panel_a_raked_exact_sum_is_the_f_test_where_one_contrast_is_left():
    # with one eigenvalue the linear combination is an F variable, so its p-value is known: R's 0.8389 is not it
    case = outputs("chisq_panel_a_raked")["v1_geslacht"]
    found = table_test(panel_design(), *table_of("panel_a", "v1", "geslacht"), method=TableStatistic.LINEAR_COMBINATION)
    assert_close(found.p_value, case["F"]["p_value"], 1e-7)
    ratio = found.pearson / found.design_effects[0]
    assert_close(chi_squared_sum_tail(0.0, [1.0, -ratio / 1319], [1, 1319]), case["F"]["p_value"], 1e-7)


def test_glm_apistrat_wald_test_of_two_terms():
    case = outputs("glm_apistrat")["logistic"]
    expected = case["wald_term"]
    picked = np.eye(4)[[1, 3]]
    found = wald_test(case["coef"], case["vcov"], contrasts=picked, df=expected["ddf"])
    assert_close(found.statistic, expected["F"], 1e-10)
    assert_close(found.p_value, expected["p"], 1e-10)


def stratified():
    strata, _ = levels("apistrat", "stype")
    fractions = [np.count_nonzero(strata == h) / number("apistrat", "fpc")[strata == h][0] for h in range(3)]
    return weighted_design(number("apistrat", "pw"), strata=strata, sampling_fraction=fractions)


def assert_same_test(found, case, difference):
    assert_close(found.estimate, case[difference], 1e-10)
    assert_close(found.statistic, case["statistic"], STATISTICS)
    assert_close(found.degrees_of_freedom, case["parameter"], STATISTICS)
    assert_close(found.p_value, case["p_value"], P_VALUES)
    assert_close([found.low, found.high], case["ci"], STATISTICS)


def test_ttest_apistrat_two_groups():
    groups, _ = levels("apistrat", "comp.imp")
    found = two_sample_t_test(stratified(), number("apistrat", "enroll"), groups)
    assert_same_test(found, outputs("ttest_apistrat")["two_sample"], "difference")


def test_ttest_apistrat_one_sample_of_paired_scores():
    case = outputs("ttest_apistrat")["one_sample"]
    this_year, last_year = number("apistrat", "api00"), number("apistrat", "api99")
    assert_same_test(one_sample_t_test(stratified(), this_year - last_year), case, "mean")
    assert_same_test(paired_t_test(stratified(), this_year, last_year), case, "mean")


def test_contrast_panel_a_difference_between_domains_after_raking():
    case = outputs("contrast_panel_a")["vrouw_minus_man"]
    groups, names = levels("panel_a", "geslacht")
    assert names == ["man", "vrouw"]
    found = two_sample_t_test(panel_design(), number("panel_a", "v1"), groups)
    assert_close(found.estimate, case["estimate"], 1e-9)
    assert_close(found.standard_error, case["se"], STATISTICS)


def test_ttest_apistrat_wilcoxon_rank_test():
    case = outputs("ttest_apistrat")["wilcoxon"]
    groups, _ = levels("apistrat", "comp.imp")
    found = wilcoxon_test(stratified(), number("apistrat", "api00"), groups, has_split_ties=True)
    assert_close(found.statistic, case["statistic"], STATISTICS)
    assert_close(found.degrees_of_freedom, case["parameter"], STATISTICS)
    assert_close(found.p_value, case["p_value"], P_VALUES)


def test_ttest_apistrat_kruskal_wallis_rank_test():
    case = outputs("ttest_apistrat")["kruskal"]  # R prints the degrees of freedom and the statistic in turned order
    groups, _ = levels("apistrat", "stype")
    found = kruskal_wallis_test(stratified(), number("apistrat", "enroll"), groups, 3, has_split_ties=True)
    assert_close(found.statistic * found.numerator_df, case["parameter"], STATISTICS)
    assert_close(found.numerator_df, case["statistic"], STATISTICS)
    assert_close(found.p_value, case["p_value"], P_VALUES)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.3, 3.0), min_size=15, max_size=15), st.integers(0, 100))
def test_chisq_apiclus1_with_other_weights_and_answers_equals_a_second_computation(factors, seed):
    rows, columns, *_ = table_of("apiclus1", "sch.wide", "stype")
    clusters, _ = levels("apiclus1", "dnum")
    rng = np.random.default_rng(seed)
    rows = np.where(rng.random(183) < 0.2, 1 - rows, rows)
    weights = number("apiclus1", "pw") * np.array(factors)[clusters]
    design = weighted_design(weights, clusters=clusters, sampling_fraction=15 / 757)
    found = table_test(design, rows, columns, 2, 3)
    wald = table_test(design, rows, columns, 2, 3, method=TableStatistic.WALD)

    totals = np.zeros((15, 6))
    np.add.at(totals, (clusters, rows * 3 + columns), weights)
    covariance = np.cov(totals.T) * 15 * (1 - 15 / 757)
    counts = totals.sum(axis=0)
    slopes = np.stack([derivative(shares_of, counts, k) for k in range(6)], axis=1)
    inverse = 1 / shares_of(counts)
    # interaction by treatment contrasts, what the main effects explain taken out
    main = np.array([[1, r, c == 1, c == 2] for r in range(2) for c in range(3)], dtype=float)
    interaction = np.array([[r * (c == 1), r * (c == 2)] for r in range(2) for c in range(3)], dtype=float)
    rest = interaction - main @ np.linalg.lstsq(main, interaction, rcond=None)[0]
    scaled = rest * inverse[:, None]
    effects = np.linalg.eigvals(
        np.linalg.solve(rest.T @ scaled / 183, scaled.T @ slopes @ covariance @ slopes.T @ scaled)
    ).real
    np.testing.assert_allclose(found.design_effects, np.sort(effects)[::-1], rtol=1e-5)

    residual_slopes = np.stack([derivative(residuals_of, counts, k) for k in range(6)], axis=1)
    spread = residual_slopes @ covariance @ residual_slopes.T
    assert wald.statistic == pytest.approx(
        residuals_of(counts) @ np.linalg.solve(spread, residuals_of(counts)) / 2, rel=1e-4
    )


def shares_of(counts):
    return counts / counts.sum()


def residuals_of(counts):
    table = counts.reshape(2, 3)
    return (table - np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum())[0, :2]


def derivative(function, counts, k):
    step = np.zeros(6)
    step[k] = 1e-4 * counts.sum()
    return (function(counts + step) - function(counts - step)) / (2 * step[k])
