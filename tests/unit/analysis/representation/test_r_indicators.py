import numpy as np
import pytest
from hypothesis import given, settings

from analysis.errors import EstimationError, InputError
from analysis.representation.partial_indicators import partial_indicators
from analysis.representation.r_indicators import r_indicator
from analysis.representation.response_cells import Factor, ResponseCells, group_responses
from analysis.representation.response_propensities import fit_propensities
from tests.unit.analysis.representation.responses import AGE, PROFILES, SEX, cells, drawn_cells

RESPONDED, INVITED = [30, 40, 50, 60, 20, 10], [100, 110, 120, 130, 140, 150]
ROUNDING = 1e-9


def test_everybody_equally_likely_is_fully_representative():
    found = r_indicator(fit_propensities(cells([10, 20, 30, 40, 50, 60], [50, 100, 150, 200, 250, 300])))
    assert found.r == 1
    assert found.cv == pytest.approx(0, abs=ROUNDING)
    assert np.isnan(found.standard_error)


def test_men_only_is_as_uneven_as_response_gets():
    found = r_indicator(fit_propensities(cells([50, 0] * 3, [50] * 6), ["sex"]))
    assert found.r == pytest.approx(0, abs=0.01)
    assert found.response_rate == 0.5


@given(drawn_cells())
@settings(max_examples=60, deadline=None)
def test_r_lies_below_one_and_its_adjustment_raises_it(found_cells):
    found = r_indicator(fit_propensities(found_cells))
    assert found.r_unadjusted - ROUNDING <= found.r <= 1
    assert found.r_unadjusted >= -0.01
    assert found.r_unadjusted == pytest.approx(1 - 2 * found.cv_unadjusted * found.response_rate, abs=ROUNDING)


@given(drawn_cells())
@settings(max_examples=60, deadline=None)
def test_fitted_numbers_equal_the_counts_of_every_category(found_cells):
    fit = fit_propensities(found_cells)
    for column, k in ((0, 3), (1, 2)):
        codes = found_cells.codes[:, column]
        fitted = np.bincount(codes, weights=fit.propensity * found_cells.invited, minlength=k)
        np.testing.assert_allclose(fitted, np.bincount(codes, weights=found_cells.responded, minlength=k), rtol=1e-9)


@given(drawn_cells())
@settings(max_examples=60, deadline=None)
def test_partials_of_one_variable_are_the_whole_spread(found_cells):
    fit = fit_propensities(found_cells, ["age"])
    whole = r_indicator(fit)
    total = whole.population
    age = partial_indicators(fit)[0]
    spread = whole.variance * (total - 1) / total
    assert age.unconditional_unadjusted**2 == pytest.approx(spread, abs=ROUNDING)
    assert (age.category_unconditional**2).sum() == pytest.approx(spread, abs=ROUNDING)
    assert age.conditional_unadjusted == pytest.approx(age.unconditional_unadjusted, abs=ROUNDING)


@given(drawn_cells())
@settings(max_examples=60, deadline=None)
def test_between_and_within_variance_add_up(found_cells):
    fit = fit_propensities(found_cells)
    whole = r_indicator(fit)
    age, sex = partial_indicators(fit)
    spread = whole.variance * (whole.population - 1) / whole.population
    # with two variables, alike on the one is between its categories
    assert age.conditional_unadjusted**2 + sex.unconditional_unadjusted**2 == pytest.approx(spread, abs=ROUNDING)


def test_interaction_of_all_variables_fits_every_cell():
    fit = fit_propensities(cells(RESPONDED, INVITED), interactions=[("age", "sex")])
    np.testing.assert_allclose(fit.propensity, np.divide(RESPONDED, INVITED), rtol=1e-9)


def test_variable_may_stand_in_an_interaction_alone():
    alone = fit_propensities(cells(RESPONDED, INVITED), ["age"], interactions=[("age", "sex")])
    np.testing.assert_allclose(alone.propensity, np.divide(RESPONDED, INVITED), rtol=1e-9)
    assert partial_indicators(alone)[1].conditional > 0


def test_variable_outside_the_model_has_no_conditional_part():
    sex = partial_indicators(fit_propensities(cells(RESPONDED, INVITED), ["age"]))[1]
    assert sex.unconditional > 0
    assert sex.conditional == pytest.approx(0, abs=1e-12)
    assert np.isnan(sex.category_conditional_error).all()


def test_persons_and_their_counts_give_the_same():
    codes = np.repeat(PROFILES, INVITED, axis=0)
    answers = np.concatenate([np.arange(n) < k for k, n in zip(RESPONDED, INVITED, strict=True)])
    persons = r_indicator(fit_propensities(group_responses(codes, answers, (AGE, SEX))))
    counted = r_indicator(fit_propensities(cells(RESPONDED, INVITED)))
    assert persons.r == pytest.approx(counted.r, rel=1e-12)
    assert persons.standard_error == pytest.approx(counted.standard_error, rel=1e-9)


def test_cell_in_which_nobody_was_invited_changes_nothing():
    crossed = [("age", "sex")]
    with_empty = cells([*RESPONDED[:5], 0], [*INVITED[:5], 0])
    without = ResponseCells((AGE, SEX), PROFILES[:5], INVITED[:5], RESPONDED[:5], np.ones(5))
    one, two = (
        r_indicator(fit_propensities(given_cells, interactions=crossed)) for given_cells in (with_empty, without)
    )
    assert one.r == pytest.approx(two.r, rel=1e-12)
    assert one.standard_error == pytest.approx(two.standard_error, rel=1e-9)


def test_category_of_nobody_is_unknown_and_counts_for_nothing():
    wide = Factor("age", (*AGE.categories, "ancient"))
    found = partial_indicators(fit_propensities(ResponseCells((wide, SEX), PROFILES, INVITED, RESPONDED, np.ones(6))))
    assert np.isnan(found[0].response_rate[3])
    assert found[0].category_unconditional[3] == 0
    assert found[0].category_unconditional_error[3] == 0


def test_category_without_any_response_has_propensity_zero():
    fit = fit_propensities(cells([0, 0, 50, 60, 20, 10], INVITED))
    assert fit.propensity[:2].tolist() == [0, 0]
    limit = fit_propensities(
        cells([0, 0, 50_000_000, 60_000_000, 20_000_000, 10_000_000], np.multiply(INVITED, 1_000_000))
    )
    np.testing.assert_allclose(fit.propensity, limit.propensity, rtol=1e-9)
    assert 0 < r_indicator(fit).standard_error < 0.1
    age = partial_indicators(fit)[0]
    assert age.response_rate[0] == 0


def test_unequal_weights_without_strata_count_as_drawn_with_replacement():
    weights = [2.0, 2.0, 3.0, 3.0, 4.0, 4.0]
    spread = r_indicator(fit_propensities(cells(RESPONDED, INVITED, weights)))
    strata = r_indicator(fit_propensities(cells(RESPONDED, INVITED, weights, strata=[0, 0, 1, 1, 2, 2])))
    assert spread.r_unadjusted == strata.r_unadjusted
    assert spread.variance_terms[2] > strata.variance_terms[2] > 0


def test_standard_error_agrees_with_the_bootstrap():
    rng = np.random.default_rng(11)
    invited = np.multiply(INVITED, 40)
    rates = np.divide(RESPONDED, INVITED)
    drawn = [r_indicator(fit_propensities(cells(rng.binomial(invited, rates), invited))) for _ in range(60)]
    spread = np.std([found.r for found in drawn], ddof=1)
    assert np.mean([found.standard_error for found in drawn]) == pytest.approx(spread, rel=0.3)


def test_bias_adjustment_takes_off_what_chance_adds():
    rng = np.random.default_rng(3)
    invited = np.full(6, 60)
    drawn = [r_indicator(fit_propensities(cells(rng.binomial(invited, 0.3), invited))) for _ in range(60)]
    spread, taken = (np.mean([getattr(found, name) for found in drawn]) for name in ("variance", "bias"))
    # the published adjustment counts all four coefficients, chance spreads propensities by the three that are no
    # intercept
    assert spread / taken == pytest.approx(3 / 4, rel=0.1)


def test_stratum_in_which_nobody_was_invited_adds_no_variance():
    invited, responded = [*INVITED[:5], 0], [*RESPONDED[:5], 0]
    one, two = (
        r_indicator(fit_propensities(cells(responded, invited, 2.0, strata=strata)))
        for strata in ([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 2])
    )
    assert one.variance_terms == two.variance_terms


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (lambda: fit_propensities(cells([0] * 6, INVITED)), "no_variation"),
        (lambda: fit_propensities(cells(INVITED, INVITED)), "no_variation"),
        (lambda: r_indicator(fit_propensities(lonely())), "lonely_stratum"),
        (lambda: fit_propensities(crossed_separation()), "response_separated"),
    ],
)
def test_response_that_no_model_explains_is_refused(refused, code):
    with pytest.raises(EstimationError) as caught:
        refused()
    assert caught.value.code == code
    assert caught.value.params.get("stratum", 9) == 9


def lonely():
    return cells([*RESPONDED[:5], 1], [*INVITED[:5], 1], 2.0, strata=[4] * 5 + [9])


def crossed_separation():
    # every category holds both answers, yet age and sex together decide
    return cells([0, 5, 5, 9, 0, 0], [9, 9, 9, 9, 0, 0])


@pytest.mark.parametrize("weights", [[2.0, 2.0, 2.0, 2.0, 2.0, 3.0], [0.5, 0.5, 0.5, 5.0, 5.0, 5.0]])
def test_weights_that_no_stratified_draw_gives_are_refused(weights):
    with pytest.raises(InputError) as caught:
        r_indicator(fit_propensities(cells(RESPONDED, INVITED, weights, strata=[0, 0, 0, 1, 1, 1])))
    assert caught.value.params["name"] == "design_weights"


def test_model_without_variables_is_refused():
    with pytest.raises(InputError):
        fit_propensities(cells(RESPONDED, INVITED), [])


@pytest.mark.parametrize("level", [0.0, 1.0, np.nan, np.inf])
def test_an_interval_needs_a_level_between_nought_and_one(level):
    fit = fit_propensities(cells([10, 20, 30, 40, 50, 60], [50, 100, 150, 200, 250, 300]))
    with pytest.raises(InputError) as caught:
        r_indicator(fit, level=level)
    assert caught.value.params["name"] == "level"
