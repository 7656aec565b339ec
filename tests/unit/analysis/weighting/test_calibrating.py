import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.errors import ConvergenceError, InputError, MarginError, Merge, WeightingRefusedError
from analysis.weighting.auxiliaries import Auxiliary
from analysis.weighting.calibrating import Households, calibrate, prepare_calibration
from analysis.weighting.distances import Distance
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.merging import MergeHierarchy
from analysis.weighting.raking import rake
from tests.unit.analysis.samples import AGE, POPULATION, SEX, base_weights, codes

INCOME = np.random.default_rng(8).lognormal(0, 0.4, 120)
OPTIONS = [
    (Distance.LINEAR, None),
    (Distance.RAKING, None),
    (Distance.LINEAR, (0.3, 3.0)),
    (Distance.RAKING, (0.3, 3.0)),
    (Distance.LOGIT, (0.3, 3.0)),
    (Distance.LINEAR, (-np.inf, 3.0)),
    (Distance.RAKING, (0.0, np.inf)),
]


def income(total=1150.0):
    return Auxiliary("income", INCOME, total)


def weigh(**options):
    arguments = {
        "population": POPULATION,
        "codes": codes(),
        "margins": (SEX, AGE),
        "auxiliaries": [income()],
        **options,
    }
    return calibrate(arguments.pop("base_weights", base_weights()), **arguments)


@pytest.mark.parametrize(("distance", "bounds"), OPTIONS)
def test_every_distance_meets_margins_totals_and_bounds(distance, bounds):
    result = weigh(distance=distance, bounds=bounds)
    for j, margin in enumerate((SEX, AGE)):
        np.testing.assert_allclose(np.bincount(codes()[:, j], weights=result.weights), margin.totals, rtol=1e-10)
    assert result.weights @ INCOME == pytest.approx(1150.0, rel=1e-10)
    assert result.max_error <= 1e-10
    assert (result.distance, result.bounds) == (distance, bounds)
    np.testing.assert_allclose(result.g_weights * result.base_weights, result.weights)
    if bounds is not None:
        assert bounds[0] <= result.g_weights.min() < result.g_weights.max() <= bounds[1]


@pytest.mark.parametrize(("distance", "bounds"), OPTIONS)
def test_margins_that_already_hold_leave_the_weights_alone(distance, bounds):
    base = rake(codes(), base_weights(), (SEX, AGE), POPULATION).weights
    result = weigh(base_weights=base, auxiliaries=[], distance=distance, bounds=bounds)
    np.testing.assert_allclose(result.weights, base, rtol=1e-9)


def test_report_tells_before_after_and_population_of_margins_and_totals():
    result = weigh()
    (total,) = result.totals
    assert (total.variable, total.population) == ("income", 1150.0)
    assert total.before == pytest.approx(result.base_weights @ INCOME)
    assert total.after == pytest.approx(1150.0)
    assert abs(total.relative_error) <= 1e-10
    assert [report.variable for report in result.margins] == ["sex", "age"]
    assert result.margins[1].n_respondents.tolist() == [40, 40, 40]
    np.testing.assert_allclose(result.margins[0].population, SEX.totals)
    assert [note.variable for note in result.notes] == ["sex", "age"]
    assert result.iterations >= 1


def test_row_order_does_not_matter():
    order = np.random.default_rng(1).permutation(120)
    straight = weigh(distance=Distance.LOGIT, bounds=(0.3, 3.0))
    shuffled = weigh(
        base_weights=base_weights()[order],
        codes=codes()[order],
        auxiliaries=[Auxiliary("income", INCOME[order], 1150.0)],
        distance=Distance.LOGIT,
        bounds=(0.3, 3.0),
    )
    np.testing.assert_allclose(shuffled.weights, straight.weights[order], rtol=1e-10)


@pytest.mark.parametrize(("distance", "bounds"), OPTIONS)
def test_collapsing_does_not_matter(distance, bounds):
    collapsed = weigh(auxiliaries=[], distance=distance, bounds=bounds)
    alone = weigh(auxiliaries=[], distance=distance, bounds=bounds, households=Households(np.arange(120)))
    assert collapsed.calibration.cells.n_cells == 6
    assert alone.calibration.cells.n_cells == 120
    np.testing.assert_allclose(collapsed.weights, alone.weights, rtol=1e-9)
    values = np.random.default_rng(2).normal(size=(120, 2))
    np.testing.assert_allclose(collapsed.calibration.residuals(values), alone.calibration.residuals(values), atol=1e-9)


def test_general_route_rakes_as_raking_does_with_own_and_excluded_classes():
    profile = codes(sizes=(2, 4))
    margin = Margin("x", ("a", "b"), np.array([300.0, 100]), age_max=74, own_classes=("?",), excluded_classes=("75+",))
    given = (SEX, margin)
    result = weigh(codes=profile, margins=given, auxiliaries=[], distance=Distance.RAKING)
    np.testing.assert_allclose(result.weights, rake(profile, base_weights(), given, POPULATION).weights, rtol=1e-9)


def test_population_alone_scales_the_weights():
    result = calibrate(base_weights(), population=POPULATION)
    np.testing.assert_allclose(result.weights, base_weights() * 1000 / base_weights().sum())


def test_bounds_are_read_after_scaling_unless_asked_otherwise():
    assert weigh(bounds=(0.3, 3.0)).base_weights.sum() == pytest.approx(1000.0)
    with pytest.raises(ConvergenceError) as caught:
        weigh(bounds=(0.3, 3.0), scaled=False)
    assert caught.value.code == "bounds_too_tight"
    raw = weigh(bounds=(0.3, 30.0), scaled=False)
    np.testing.assert_array_equal(raw.base_weights, base_weights())


def test_base_weights_that_add_up_already_are_left_as_they_are():
    base = base_weights() * (1000.0 + 5e-5) / base_weights().sum()
    np.testing.assert_array_equal(weigh(base_weights=base).base_weights, base)


def test_factors_of_the_distance_move_the_variable_ones_more():
    q = np.where(np.arange(120) < 60, 1.0, 100.0)
    g = weigh(factors=q).g_weights
    assert np.abs(g[60:] - 1).max() > np.abs(g[:60] - 1).max()


def test_factors_of_the_distance_weigh_the_regression_of_the_residuals():
    q = np.random.default_rng(4).uniform(0.5, 2, 120)
    result = weigh(factors=q)
    x = np.column_stack([codes()[:, [0]] == np.arange(2), codes()[:, [1]] == np.arange(1, 3), INCOME])
    y = np.random.default_rng(5).normal(size=(120, 1))
    w = np.sqrt(result.base_weights * q)[:, None]
    coefficients = np.linalg.lstsq(x * w, y * w, rcond=None)[0]
    np.testing.assert_allclose(result.calibration.residuals(y), y - x @ coefficients, atol=1e-10)


def test_total_that_is_nought_can_be_met():
    balance = Auxiliary("balance", INCOME - INCOME.mean(), 0.0)
    result = weigh(auxiliaries=[balance])
    assert result.weights @ balance.values == pytest.approx(0.0, abs=1e-9)


def test_variable_with_a_large_offset_is_not_taken_for_a_constant():
    year = Auxiliary("year", 1_000_000 + np.arange(120.0) % 7, 1_000_003.2 * 1000)
    result = weigh(auxiliaries=[year])
    assert result.weights @ (year.values - 1_000_000) == pytest.approx(3200.0, rel=1e-6)


@pytest.mark.parametrize("values", [INCOME, np.zeros(120)])
def test_total_that_follows_from_others_is_refused(values):
    with pytest.raises(MarginError) as caught:
        weigh(auxiliaries=[income(), Auxiliary("again", values, 3.0)])
    assert (caught.value.code, caught.value.params["variable"]) == ("collinear_total", "again")


def test_variable_that_is_nought_for_everyone_is_refused():
    for others in ((), (income(),)):
        with pytest.raises(MarginError) as caught:
            calibrate(base_weights(), auxiliaries=[Auxiliary("nought", np.zeros(120), 3.0), *others])
        assert (caught.value.code, caught.value.params["variable"]) == ("collinear_total", "nought")


def test_variable_that_few_respondents_have_is_not_taken_for_nought():
    rare = np.zeros(120)
    rare[[77, 78]] = 1.0, 2.0
    result = calibrate(base_weights(), auxiliaries=[Auxiliary("rare", rare, 30.0)])
    assert result.weights @ rare == pytest.approx(30.0)
    both = calibrate(base_weights(), auxiliaries=[Auxiliary("rare", rare, 30.0), income()])
    assert both.weights @ INCOME == pytest.approx(1150.0)


def test_margins_that_contradict_each_other_are_refused():
    crossed = Margin("age*", ("16-34", "35+"), np.array([310.0, 690]))
    profile = np.column_stack([codes(), np.minimum(codes()[:, 1], 1)])
    with pytest.raises(ConvergenceError) as caught:
        weigh(codes=profile, margins=(SEX, AGE, crossed))
    assert caught.value.code == "margins_contradict"
    found = caught.value.params
    assert (found["margin"], found["category"]) == ("age*", "35+")
    assert (found["stated"], found["implied"]) == (690.0, pytest.approx(700.0))


def test_margins_that_repeat_each_other_are_met():
    crossed = Margin("age*", ("16-34", "35+"), np.array([300.0, 700]))
    profile = np.column_stack([codes(), np.minimum(codes()[:, 1], 1)])
    np.testing.assert_allclose(weigh(codes=profile, margins=(SEX, AGE, crossed)).weights, weigh().weights, rtol=1e-9)


def test_total_outside_the_reach_of_positive_weights_is_named():
    with pytest.raises(ConvergenceError) as caught:
        weigh(auxiliaries=[income(10_000.0)], distance=Distance.RAKING)
    assert caught.value.code == "bounds_cannot_meet_all"
    assert (caught.value.params["margin"], caught.value.params["category"]) == ("income", "total")


def test_bounds_that_cannot_hold_come_with_the_merge_that_may_help():
    with pytest.raises(ConvergenceError) as caught:
        weigh(bounds=(0.9, 1.1), hierarchies={"age": MergeHierarchy("age", {"65+": "35-64"})})
    found = caught.value.params
    assert (found["margin"], found["category"], found["n_respondents"]) == ("age", "65+", 40)
    assert found["proposal"] == Merge("age", "65+", "35-64")
    assert "1.1 times the base weights" in str(caught.value)
    assert str(caught.value).endswith("proposed: merge 65+ with 35-64")


def test_raking_that_must_make_weights_vanish_is_refused():
    profile = np.array([[0, 0], [0, 1], [1, 1]])
    margins = (Margin("x", ("a", "b"), np.array([400.0, 600])), Margin("y", ("a", "b"), np.array([400.0, 600])))
    with pytest.raises(ConvergenceError) as caught:
        calibrate(np.ones(3), population=POPULATION, codes=profile, margins=margins, distance=Distance.RAKING)
    assert caught.value.code == "not_converged"


def test_all_reasons_for_refusal_come_at_once_with_proposed_merges():
    profile = codes()
    profile[profile[:, 1] == 0, 1] = 1
    profile[0, 0] = -1
    weights = base_weights()
    weights[3] = -1.0
    values = INCOME.copy()
    values[[5, 6]] = np.nan
    with pytest.raises(WeightingRefusedError) as caught:
        weigh(
            base_weights=weights,
            codes=profile,
            auxiliaries=[Auxiliary("income", values, 1150.0)],
            hierarchies={"age": MergeHierarchy("age", {"16-34": "35-64"})},
        )
    found = [(r.code, r.margin, r.n_respondents) for r in caught.value.refusals]
    assert found == [
        ("nonpositive_base_weight", "", 1),
        ("missing_value", "sex", 1),
        ("category_without_respondents", "age", 0),
        ("missing_value", "income", 2),
    ]
    assert caught.value.refusals[2].proposal == Merge("age", "16-34", "35-64")


def test_missing_values_and_bad_weights_are_refused_without_margins_too():
    with pytest.raises(WeightingRefusedError) as caught:
        calibrate([1.0, np.inf], auxiliaries=[Auxiliary("x", [1.0, np.nan], 4.0)])
    assert [r.code for r in caught.value.refusals] == ["nonpositive_base_weight", "missing_value"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"population": None}, "total_without_population"),
        ({"population": None, "margins": (), "auxiliaries": [], "codes": None}, "no_constraints"),
        ({"base_weights": np.ones(0)}, "no_rows"),
        ({"base_weights": np.ones((2, 2))}, "wrong_shape"),
        ({"codes": codes()[:50]}, "wrong_length"),
        ({"codes": codes()[:, :1]}, "wrong_length"),
        ({"codes": None}, "wrong_length"),
        ({"codes": codes() + 0.5}, "not_integer"),
        ({"codes": codes() + 2}, "code_out_of_range"),
        ({"auxiliaries": [income(), income()]}, "duplicate_margin"),
        ({"auxiliaries": [Auxiliary("x", np.ones(3), 1.0)]}, "wrong_length"),
        ({"factors": np.ones(3)}, "wrong_length"),
        ({"factors": np.zeros(120)}, "invalid_value"),
        ({"distance": Distance.LOGIT}, "invalid_value"),
        ({"distance": Distance.LOGIT, "bounds": (0.5, np.inf)}, "invalid_value"),
        ({"bounds": (1.0, 2.0)}, "invalid_value"),
        ({"bounds": (0.5, np.nan)}, "invalid_value"),
        ({"households": Households(np.zeros(3, dtype=int))}, "wrong_length"),
        ({"households": Households(np.zeros(120))}, "not_integer"),
    ],
)
def test_input_that_does_not_fit_is_refused(options, code):
    with pytest.raises((InputError, MarginError)) as caught:
        weigh(**options)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("values", "total", "code"), [([1.0, np.inf], 1.0, "invalid_value"), ([1.0], np.nan, "invalid_total")]
)
def test_totals_that_are_no_numbers_are_refused(values, total, code):
    with pytest.raises((InputError, MarginError)) as caught:
        Auxiliary("x", np.array(values), total)
    assert caught.value.code == code


def test_prepared_calibration_weighs_replicates_from_other_starting_weights():
    prepared = prepare_calibration(
        base_weights(), population=POPULATION, codes=codes(), margins=(SEX, AGE), distance=Distance.RAKING
    )
    start = base_weights(seed=9)
    weights, solution = prepared.solve(start)
    np.testing.assert_allclose(weights, rake(codes(), start, (SEX, AGE), POPULATION).weights, rtol=1e-9)
    assert solution.max_error <= 1e-10


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_bounded_weights_are_found_exactly_when_linear_programming_finds_some(data):
    n = data.draw(st.integers(4, 25))
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    profile = np.stack([np.concatenate([np.arange(k), rng.integers(0, k, n - k)]) for k in (2, 3)], axis=1)
    base, x = rng.uniform(0.5, 2.0, n), rng.normal(size=n)
    sizes = [rng.dirichlet(np.full(k, 4.0)) * 900 for k in (2, 3)]
    given_margins = [Margin(f"m{j}", tuple(map(str, range(len(s)))), s) for j, s in enumerate(sizes)]
    total = float(900 * (x.mean() + rng.normal(0, 0.2)))
    low, high = data.draw(st.floats(0.1, 0.8)), data.draw(st.floats(1.3, 4.0))
    design = np.column_stack([profile[:, [0]] == np.arange(2), profile[:, [1]] == np.arange(3), x])
    goals = np.concatenate([*sizes, [total]])
    scaled = base * 900 / base.sum()
    possible = linprog(np.zeros(n), A_eq=design.T * scaled / 900, b_eq=goals / 900, bounds=(low, high)).status == 0
    assume(np.linalg.matrix_rank(design) == 5)
    arguments = {
        "population": PanelPopulation(900.0),
        "codes": profile,
        "margins": given_margins,
        "auxiliaries": [Auxiliary("x", x, total)],
        "bounds": (low, high),
    }
    if not possible:
        with pytest.raises(ConvergenceError, match=r"who can have|meet all margins together"):
            calibrate(base, **arguments)
        return
    result = calibrate(base, **arguments)
    np.testing.assert_allclose(design.T @ result.weights, goals, rtol=1e-9, atol=1e-7)
    assert low - 1e-12 <= result.g_weights.min() <= result.g_weights.max() <= high + 1e-12


def test_class_that_a_margin_leaves_alone_does_not_make_bounds_unreachable():
    margin = Margin("x", ("a", "b"), np.array([300.0, 100]), age_max=74, excluded_classes=("75+",))
    profile = np.repeat([0, 1, 2], [20, 40, 40])[:, None]
    result = calibrate(np.ones(100), population=POPULATION, codes=profile, margins=[margin], bounds=(0.3, 3.0))
    weighted = np.bincount(profile[:, 0], weights=result.weights)
    assert weighted[0] / weighted[1] == pytest.approx(3)
    with pytest.raises(ConvergenceError) as caught:
        calibrate(np.ones(100), population=POPULATION, codes=profile, margins=[margin], bounds=(0.9, 1.1))
    assert caught.value.code == "bounds_cannot_meet_all"


def test_bounds_that_the_population_does_not_allow_are_refused():
    with pytest.raises(ConvergenceError) as caught:
        calibrate(np.ones(3), population=POPULATION, bounds=(0.5, 2.0), scaled=False)
    assert (caught.value.code, caught.value.params["margin"]) == ("bounds_cannot_meet_all", "population")


def test_bounds_that_totals_alone_cannot_meet_are_named():
    values = [Auxiliary("x", [1.0, 2.0, 3.0], 7.0), Auxiliary("y", [3.0, 2.0, 1.0], 3.0)]
    with pytest.raises(ConvergenceError) as caught:
        calibrate(np.ones(3), auxiliaries=values, bounds=(0.5, 1.5))
    assert caught.value.code == "bounds_cannot_meet_all"
    assert caught.value.params["margin"] in ("x", "y")


def test_population_that_the_totals_do_not_allow_is_named():
    values = Auxiliary("x", np.array([1.0, 1.0, 2.0]), 300.0)
    with pytest.raises(ConvergenceError) as caught:
        calibrate(
            np.full(3, 100.0), population=PanelPopulation(450.0), auxiliaries=[values], bounds=(0.5, 1.6), scaled=False
        )
    assert caught.value.code == "bounds_cannot_meet_all"
    assert caught.value.params["margin"] in ("x", "population")
