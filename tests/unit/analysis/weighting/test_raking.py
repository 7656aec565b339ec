import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import ConvergenceError, InputError, Merge, WeightingRefusedError
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.merging import MergeHierarchy, apply_merges
from analysis.weighting.raking import prepare_raking, rake
from analysis.weighting.solvers import Method
from tests.unit.analysis.samples import AGE, POPULATION, SEX, base_weights, codes


def totals_of(result, profile, column):
    return np.bincount(profile[:, column], weights=result.weights)


def test_raked_weights_meet_every_margin():
    profile = codes()
    result = rake(profile, base_weights(), (SEX, AGE), POPULATION)
    np.testing.assert_allclose(totals_of(result, profile, 0), SEX.totals, rtol=1e-10)
    np.testing.assert_allclose(totals_of(result, profile, 1), AGE.totals, rtol=1e-10)
    assert result.iterations >= 1
    np.testing.assert_allclose(result.g_weights * result.base_weights, result.weights)


def test_report_shows_each_margin_before_after_and_in_the_population():
    profile = codes()
    report = rake(profile, base_weights(), (SEX, AGE), POPULATION).margins[1]
    assert report.variable == "age"
    assert [note.variable for note in rake(profile, base_weights(), (SEX, AGE), POPULATION).notes] == ["sex", "age"]
    assert report.categories == AGE.categories
    assert report.n_respondents.tolist() == [40, 40, 40]
    assert report.before.sum() == pytest.approx(1000)
    np.testing.assert_allclose(report.after, AGE.totals, rtol=1e-10)
    np.testing.assert_allclose(report.population, AGE.totals)
    assert np.abs(report.relative_error).max() <= 1e-10


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_scale_of_the_base_weights_does_not_matter(scale):
    one = rake(codes(), base_weights(), (SEX, AGE), POPULATION).weights
    other = rake(codes(), base_weights() * scale, (SEX, AGE), POPULATION).weights
    np.testing.assert_allclose(one, other, rtol=1e-9)


def test_both_routes_give_the_same_weights():
    newton = rake(codes(), base_weights(), (SEX, AGE), POPULATION, method=Method.NEWTON)
    fitted = rake(codes(), base_weights(), (SEX, AGE), POPULATION, method=Method.PROPORTIONAL_FITTING)
    assert fitted.method is Method.PROPORTIONAL_FITTING
    np.testing.assert_allclose(newton.weights, fitted.weights, rtol=1e-8)


def test_a_few_sweeps_end_where_newtons_method_does():
    newton = rake(codes(), base_weights(), (SEX, AGE), POPULATION, method=Method.NEWTON)
    plain = rake(codes(), base_weights(), (SEX, AGE), POPULATION)
    assert (plain.method, newton.method) == (Method.PROPORTIONAL_FITTING, Method.NEWTON)
    assert plain.iterations < 12
    assert plain.max_error <= 1e-14
    np.testing.assert_allclose(plain.weights, newton.weights, rtol=1e-11)


def test_margins_that_sweeps_approach_slowly_are_met_by_newtons_method():
    # the two variables nearly coincide, so every sweep undoes most of the one before
    profile = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], [50, 2, 2, 46], axis=0)
    margins = (Margin("x", ("a", "b"), np.array([400.0, 600])), Margin("y", ("a", "b"), np.array([410.0, 590])))
    found = rake(profile, np.ones(100), margins, POPULATION)
    fitted = rake(profile, np.ones(100), margins, POPULATION, method=Method.PROPORTIONAL_FITTING)
    assert found.method is Method.NEWTON
    assert found.max_error <= 1e-12
    assert found.iterations < fitted.iterations
    np.testing.assert_allclose(found.weights, fitted.weights, rtol=1e-8)


@pytest.mark.parametrize("method", [None, *Method])
def test_margins_that_contradict_each_other_are_refused_even_where_a_wide_tolerance_would_do(method):
    twin = Margin("twin", ("a", "b"), np.array([480.001, 519.999]))
    profile = np.repeat(codes(sizes=(2,)), 2, axis=1)
    with pytest.raises(ConvergenceError) as caught:
        rake(profile, np.ones(120), (SEX, twin), POPULATION, method=method, tolerance=0.01)
    assert (caught.value.code, caught.value.params["margin"]) == ("margins_contradict", "twin")


def test_one_margin_takes_no_more_than_the_sweep_that_meets_it_and_the_one_that_shows_it():
    result = rake(codes()[:, :1], base_weights(), (SEX,), POPULATION)
    assert result.iterations == 2
    np.testing.assert_allclose(result.margins[0].after, SEX.totals, rtol=1e-15)


def test_both_routes_agree_when_margins_leave_classes_alone():
    margin = Margin("x", ("a", "b", "c"), np.array([300.0, 100, 0]), age_max=74, excluded_classes=("75+",))
    other = Margin("y", ("a", "b"), np.array([30.0, 10]), age_max=74, excluded_classes=("75+",))
    profile = codes(sizes=(2, 3, 3))
    profile[:, 1] = np.array([0, 1, 3])[profile[:, 1]]
    for chosen in ((SEX, margin, other), (margin, other)):
        columns = profile[:, 3 - len(chosen) :]
        newton, fitted = (rake(columns, base_weights(), chosen, POPULATION, method=method) for method in Method)
        np.testing.assert_allclose(newton.weights, fitted.weights, rtol=1e-8)
        plain = rake(columns, base_weights(), chosen, POPULATION)
        np.testing.assert_allclose(plain.weights, newton.weights, rtol=1e-9)


def test_margins_that_share_a_class_are_met_without_trouble():
    again = Margin("again", ("65+", "younger"), np.array([250.0, 750]))
    profile = codes()
    profile = np.column_stack([profile, np.where(profile[:, 1] == 2, 0, 1)])
    result = rake(profile, base_weights(), (SEX, AGE, again), POPULATION)
    plain = rake(profile[:, :2], base_weights(), (SEX, AGE), POPULATION)
    np.testing.assert_allclose(result.weights, plain.weights, rtol=1e-9)
    # what follows from other margins is no constraint of its own
    assert result.calibration.design.shape[1] == plain.calibration.design.shape[1] == 4


def test_category_without_people_and_respondents_is_left_out():
    margin = Margin("x", ("none", "a", "b"), np.array([0.0, 400, 600]))
    result = rake(codes(sizes=(2,)) + 1, np.ones(120), (margin,), POPULATION)
    np.testing.assert_allclose(result.margins[0].after, [0, 400, 600])


def test_all_reasons_for_refusal_come_at_once_with_proposed_merges():
    profile = codes()
    profile[profile[:, 1] == 0, 1] = 1
    profile[0, 0] = -1
    weights = base_weights()
    weights[[3, 4]] = 0, np.nan
    hierarchies = {"age": MergeHierarchy("age", {"16-34": "35-64"})}
    with pytest.raises(WeightingRefusedError) as caught:
        rake(profile, weights, (SEX, AGE), POPULATION, hierarchies=hierarchies)
    found = {refusal.code: refusal for refusal in caught.value.refusals}
    assert found["nonpositive_base_weight"].n_respondents == 2
    assert (found["missing_value"].margin, found["missing_value"].n_respondents) == ("sex", 1)
    empty = found["category_without_respondents"]
    assert (empty.margin, empty.category, empty.population) == ("age", "16-34", 300.0)
    assert empty.proposal == Merge("age", "16-34", "35-64")
    assert "proposed: merge 16-34 with 35-64" in str(caught.value)


def test_accepting_the_proposed_merge_makes_weighting_possible():
    profile = codes()
    profile[profile[:, 1] == 0, 1] = 1
    merged = apply_merges(profile, (SEX, AGE), [Merge("age", "16-34", "35-64")])
    result = rake(merged.codes, base_weights(), merged.margins, POPULATION)
    np.testing.assert_allclose(result.margins[1].after, [750, 250])


def test_respondents_in_a_category_that_the_population_lacks_are_refused():
    margin = Margin("x", ("a", "b"), np.array([1000.0, 0]))
    with pytest.raises(WeightingRefusedError) as caught:
        rake(codes(sizes=(2,)), np.ones(120), (margin,), POPULATION)
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.category, refusal.n_respondents) == ("category_not_in_population", "b", 60)


def test_margins_that_no_weights_can_meet_are_refused_by_both_routes():
    crossed = Margin("twin", ("a", "b"), np.array([700.0, 300]))
    profile = np.repeat(codes(sizes=(2,)), 2, axis=1)
    for method in (None, *Method):
        with pytest.raises(ConvergenceError) as caught:
            rake(profile, np.ones(120), (SEX, crossed), POPULATION, method=method)
        assert caught.value.params["margin"] in ("sex", "twin")


def test_weights_that_would_have_to_vanish_are_refused():
    # both margins can only be met when the second respondent weighs nothing
    profile = np.array([[0, 0], [0, 1], [1, 1]])
    margins = (Margin("x", ("a", "b"), np.array([400.0, 600])), Margin("y", ("a", "b"), np.array([400.0, 600])))
    for method in (None, *Method):
        with pytest.raises(ConvergenceError) as caught:
            rake(profile, np.ones(3), margins, POPULATION, method=method)
        assert caught.value.code == "not_converged"


def test_margins_that_cannot_be_met_come_with_numbers_and_the_merge_that_may_help():
    profile = np.array([[0, 0], [0, 1], [1, 1]])
    margins = (Margin("x", ("a", "b"), np.array([400.0, 600])), Margin("y", ("a", "b"), np.array([500.0, 500])))
    hierarchies = {name: MergeHierarchy(name, {"a": "b", "b": "a"}) for name in ("x", "y")}
    with pytest.raises(ConvergenceError) as caught:
        rake(profile, np.ones(3), margins, POPULATION, hierarchies=hierarchies)
    found = caught.value.params
    assert found["n_respondents"] == np.count_nonzero(
        profile[:, ("x", "y").index(found["margin"])] == ("a", "b").index(found["category"])
    )
    assert found["proposal"].category == found["category"]
    assert str(caught.value).endswith(f"proposed: merge {found['category']} with {found['proposal'].into}")


def test_route_that_finds_no_further_step_says_so():
    rng = np.random.default_rng(292)
    profile = np.stack([rng.integers(0, size, 18) for size in (4, 3, 2)], axis=1)
    weights = rng.uniform(0.2, 5.0, 18)
    margins = [
        Margin(f"m{j}", tuple(map(str, range(size))), rng.dirichlet(np.full(size, 3.0)) * 900)
        for j, size in enumerate((4, 3, 2))
    ]
    with pytest.raises(ConvergenceError) as caught:
        rake(profile, weights, margins, PanelPopulation(900.0))
    assert caught.value.code == "not_converged"


@pytest.mark.parametrize("method", list(Method))
def test_margin_that_excludes_a_class_sets_shares_of_the_rest_and_keeps_the_total(method):
    margin = Margin("x", ("a", "b"), np.array([300.0, 100]), age_max=74, excluded_classes=("75+",))
    profile = np.repeat([0, 1, 2], [20, 40, 40])[:, None]
    result = rake(profile, np.ones(100), (margin,), POPULATION, method=method)
    weighted = np.bincount(profile[:, 0], weights=result.weights)
    assert weighted.sum() == pytest.approx(1000)
    assert weighted[0] / weighted[1] == pytest.approx(3)
    assert result.weights[-1] == pytest.approx(result.base_weights[-1] * result.g_weights[-1])
    assert result.margins[0].categories == ("a", "b")


@pytest.mark.parametrize(
    ("profile", "weights", "code"),
    [
        (np.zeros((0, 2), dtype=int), np.ones(0), "no_rows"),
        (np.zeros((4, 1), dtype=int), np.ones(4), "wrong_length"),
        (np.zeros((4, 2), dtype=int), np.ones(3), "wrong_length"),
        (np.zeros((4, 2), dtype=int), np.ones((4, 1)), "wrong_shape"),
        (np.full((4, 2), 3), np.ones(4), "code_out_of_range"),
        (np.full((4, 2), -2), np.ones(4), "code_out_of_range"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(profile, weights, code):
    with pytest.raises(InputError) as caught:
        rake(profile, weights, (SEX, AGE), POPULATION)
    assert caught.value.code == code


def test_weighting_to_no_margins_is_refused():
    with pytest.raises(InputError):
        prepare_raking(np.zeros((4, 0), dtype=int), np.ones(4), (), POPULATION)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_margins_are_met_or_an_error_is_raised_and_order_does_not_matter(data):
    n = data.draw(st.integers(3, 40))
    sizes = data.draw(st.lists(st.integers(2, 4), min_size=1, max_size=3))
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    profile = np.stack([rng.integers(0, size, n) for size in sizes], axis=1)
    weights = rng.uniform(0.2, 5.0, n)
    margins = [
        Margin(f"m{j}", tuple(map(str, range(size))), rng.dirichlet(np.full(size, 3.0)) * 900)
        for j, size in enumerate(sizes)
    ]
    try:
        result = rake(profile, weights, margins, PanelPopulation(900.0))
    except (WeightingRefusedError, ConvergenceError):
        assume(False)
    for j, margin in enumerate(margins):
        reached = np.bincount(profile[:, j], weights=result.weights, minlength=sizes[j])
        np.testing.assert_allclose(reached, margin.totals, rtol=1.01e-10)
    assert (result.weights > 0).all()
    order = rng.permutation(n)
    shuffled = rake(profile[order], weights[order], margins, PanelPopulation(900.0))
    np.testing.assert_allclose(shuffled.weights, result.weights[order], rtol=1e-6)


@pytest.mark.parametrize("stated", [40.0, 30.0])
def test_a_margin_that_follows_from_a_much_finer_one_is_met_or_contradicts_it(stated):
    streets, n = np.arange(80), 80
    halves = streets % 2
    fine = Margin("street", tuple(map(str, streets)), np.ones(n))
    coarse = Margin("side", ("even", "odd"), np.array([stated, n - stated]))

    def raked():
        return rake(
            np.stack([streets, halves], axis=1), np.linspace(1, 3, n), (fine, coarse), PanelPopulation(float(n))
        )

    if stated == 40.0:
        np.testing.assert_allclose(raked().weights, np.ones(n))
        return
    with pytest.raises(ConvergenceError) as caught:
        raked()
    assert caught.value.params == {
        "margin": "side",
        "category": "odd",
        "stated": pytest.approx(50.0),
        "implied": pytest.approx(40.0),
    }


def test_raking_to_no_margin_at_all_is_refused():
    with pytest.raises(InputError) as caught:
        rake(np.zeros((2, 0), dtype=int), np.ones(2), (), PanelPopulation(9.0))
    assert caught.value.code == "no_constraints"
