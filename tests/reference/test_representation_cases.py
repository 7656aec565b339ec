import numpy as np
import pytest

from analysis.representation.outcome_rates import Dispositions, outcome_rates
from analysis.representation.panel_rates import panel_rates
from analysis.representation.partial_indicators import partial_indicators
from analysis.representation.participation_score import participation_score
from analysis.representation.r_indicators import r_indicator
from analysis.representation.response_cells import Factor, ResponseCells, group_responses
from analysis.representation.response_propensities import fit_propensities
from tests.reference.reference_cases import ERRORS, ESTIMATES, assert_close, levels, number, outputs

INVITED = "panel_a_uitgenodigd"

# R's glm() stops at a relative change in deviance of 1e-8 and hands out the inverse information of the iteration
# before the last. Run its way, we get its figures to 1e-13; ours are of the converged fit.
OF_GLM_INFORMATION, ADJUSTED = 1e-7, 1e-9


def invited_cells(*variables, **design):
    columns = [levels(INVITED, name) for name in variables]
    factors = [Factor(name, tuple(found[1])) for name, found in zip(variables, columns, strict=True)]
    codes = np.column_stack([found[0] for found in columns])
    return group_responses(codes, number(INVITED, "respons").astype(int), factors, **design)


def risq_cells(weight):
    columns = {name: levels("risq_test_counts", name) for name in ("gender", "age", "urb")}
    factors = tuple(Factor(name, tuple(names)) for name, (_, names) in columns.items())
    count = number("risq_test_counts", "n").astype(int)
    responded = count * number("risq_test_counts", "respons01").astype(int)
    codes = np.column_stack([codes for codes, _ in columns.values()])
    return ResponseCells(factors, codes, count, responded, np.full(count.shape[0], weight))


def assert_same(fit, case):
    assert_same_r(r_indicator(fit), case)
    for partial in partial_indicators(fit):
        assert_same_partial(partial, case["partial"][partial.variable])


def assert_same_r(found, case):
    assert found.n == case["n"]
    for ours, name in (
        (found.population, "N"),
        (found.response_rate, "response_rate"),
        (found.variance, "S2_unbiased"),
        (found.r_unadjusted, "R_unadjusted"),
        (found.cv_unadjusted, "CV_unadjusted"),
    ):
        assert_close(ours, case[name], ESTIMATES)
    for ours, name in ((found.r, "R_adjusted"), (found.cv, "CV_adjusted")):
        assert_close(ours, case[name], ADJUSTED)
    for ours, name in (
        (found.bias, "bias_of_S2"),
        (found.standard_error, "R_se"),
        ([found.low, found.high], "R_ci95"),
        (found.cv_standard_error, "CV_se"),
        (found.variance_terms, "variance_terms"),
    ):
        np.testing.assert_allclose(ours, case[name], rtol=OF_GLM_INFORMATION, atol=1e-20)


def assert_same_partial(found, case):
    assert list(found.categories) == case["categories"]
    for ours, name in (
        (found.unconditional_unadjusted, "Pu_unadj"),
        (found.conditional_unadjusted, "Pc_unadj"),
        (found.response_rate, "response_rate_model"),
    ):
        assert_close(ours, case[name], ESTIMATES)
    # a small difference of two rates keeps fewer digits than the rates have
    np.testing.assert_allclose(found.category_unconditional, case["Pu_category_unadj"], rtol=ESTIMATES, atol=2e-14)
    np.testing.assert_allclose(found.category_conditional, case["Pc_category_unadj"], rtol=ESTIMATES, atol=2e-14)
    assert_close([found.unconditional, found.conditional], [case["Pu"], case["Pc"]], ADJUSTED)
    assert_close(found.unconditional_error, case["Pu_se"], OF_GLM_INFORMATION)
    assert_close(found.conditional_error, case["Pc_se_conservative"], OF_GLM_INFORMATION)
    np.testing.assert_allclose(found.category_unconditional_error, case["Pu_category_se"], rtol=ERRORS, atol=1e-20)
    assert_close(found.category_conditional_error, case["Pc_category_se"], OF_GLM_INFORMATION)


def test_rindicator_panel_a_drawn_per_stratum():
    strata, _ = levels(INVITED, "stratum")
    weights = number(INVITED, "trekkingsgewicht")
    cells = invited_cells("leeftijd", "geslacht", "wijk", "opleiding", design_weights=weights, strata=strata)
    assert_same(fit_propensities(cells), outputs("rindicator_panel_a")["weighted"])


def test_rindicator_panel_a_of_everybody():
    cells = invited_cells("leeftijd", "geslacht", "wijk", "opleiding")
    assert_same(fit_propensities(cells), outputs("rindicator_panel_a")["unweighted"])


def test_rindicator_panel_a_interaction():
    cells = invited_cells("leeftijd", "geslacht", "opleiding")
    fit = fit_propensities(cells, interactions=[("leeftijd", "geslacht")])
    assert_same(fit, outputs("rindicator_panel_a_interaction")["result"])


@pytest.mark.parametrize(("weight", "block"), [(500.0, "d500"), (1.0, "d1")])
def test_rindicator_risq_published_as_computed_in_r(weight, block):
    assert_same(fit_propensities(risq_cells(weight)), outputs("rindicator_risq_published")[block])


def test_rindicator_risq_published_digits_of_the_manual():
    printed = outputs("rindicator_risq_published")["published"]
    partials = {partial.variable: partial for partial in partial_indicators(fit_propensities(risq_cells(500.0)))}
    for variable, found in partials.items():
        assert found.unconditional == pytest.approx(printed["Pu"][variable], abs=1e-8)
        assert found.unconditional_unadjusted == pytest.approx(printed["PuUnadj"][variable], abs=1e-8)
        assert found.unconditional_error == pytest.approx(printed["PuSE"][variable], rel=6e-6)
        assert found.conditional == pytest.approx(printed["Pc"][variable], abs=1e-8)
        assert found.conditional_unadjusted == pytest.approx(printed["PcUnadj"][variable], abs=1e-8)
    for variable in ("gender", "urb"):
        found = partials[variable]
        signed = printed[f"{variable}_PuUnadj"]
        np.testing.assert_allclose(found.category_unconditional, list(signed.values()), atol=1e-9)
        np.testing.assert_allclose(
            found.category_unconditional_error, list(printed[f"{variable}_PuUnadjSE"].values()), atol=1e-9
        )
    everybody = r_indicator(fit_propensities(risq_cells(1.0)))
    assert everybody.cv_unadjusted == pytest.approx(printed["CV"], abs=1e-7)
    assert everybody.cv_standard_error == pytest.approx(printed["CVSE_with_d1"], abs=1e-9)
    assert everybody.response_rate == pytest.approx(printed["response_rate"], abs=1e-5)


@pytest.mark.parametrize("name", sorted(outputs("aapor_outcome_rates")["cases"]))
def test_aapor_outcome_rates(name):
    case = outputs("aapor_outcome_rates")["cases"][name]
    order = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")
    given = 0.8 if name.endswith("e_given") else None
    rates = outcome_rates(Dispositions(*(case["counts"][key] for key in order)), eligibility=given)
    assert_close(rates.eligibility, case["e"], ESTIMATES)
    for rate, expected in case["rates"].items():
        assert_close(getattr(rates, rate.lower()), expected, ESTIMATES)


def test_panel_rates_example():
    rates = panel_rates(invited=5200, consented=1405, profiled=1320, wave_invited=1477, wave_complete=912)
    case = outputs("panel_rates")["example"]
    ours = (rates.recruitment, rates.profile, rates.completion, rates.cumulative)
    assert_close(ours, [case[key] for key in ("RECR", "PROR", "COMR", "CUMRR1")], ESTIMATES)


def rscore_cases():
    cases = outputs("rscore_govocal")
    return [*cases["repository_tests"], *cases["panel_a"].values()]


@pytest.mark.parametrize("case", rscore_cases())
def test_rscore_govocal(case):
    population = case["population"]
    participants = [case["participants"].get(category, 0) for category in population]
    found = participation_score(participants, list(population.values()))
    assert_close(found.lowest_to_highest, case["min_max_p_ratio"], ESTIMATES)
    assert_close(found.lowest_to_mean, case["min_mean_p_ratio"], ESTIMATES)
    assert_close(found.proportional_similarity, case["proportional_similarity"], ESTIMATES)
