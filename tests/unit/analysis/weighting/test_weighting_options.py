"""What an option of weighting changes, and what it leaves as it is."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.errors import ConvergenceError, InputError, MarginError
from analysis.weighting.auxiliaries import Auxiliary
from analysis.weighting.base_weights import adjust_for_nonresponse, inclusion_probabilities, with_self_registered
from analysis.weighting.calibrating import Households, HouseholdVariance, calibrate
from analysis.weighting.diagnostics import summarize_weights, weight_histogram
from analysis.weighting.distances import Distance
from analysis.weighting.margins import Margin, PanelPopulation, reconcile
from analysis.weighting.poststratification import poststratify
from analysis.weighting.raking import prepare_raking, rake
from analysis.weighting.solvers import Method, solve_proportionally, sweep
from analysis.weighting.targets import weighted_gram
from tests.unit.analysis.samples import AGE, POPULATION, SEX, base_weights, codes

N = 120
AGES = np.random.default_rng(8).uniform(16, 90, N)
PERSONS = PanelPopulation(1000.0)


def by_least_squares(base, columns, totals, factors):
    """Linear calibration in closed form: w = d (1 + q x'l)."""
    x = np.column_stack(columns)
    system = (x * (base * factors)[:, None]).T @ x
    dual = np.linalg.solve(system, np.asarray(totals) - base @ x)
    return base * (1 + factors * (x @ dual))


@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("factors", [None, 1 / AGES, np.linspace(0.2, 3, N)], ids=["none", "ages", "steps"])
def test_variance_factors_steer_who_takes_the_change(factors, scaled):
    base = base_weights() * 8
    auxiliary = Auxiliary("age", AGES, 48_000.0)
    found = calibrate(
        base,
        population=PERSONS,
        codes=codes()[:, :1],
        margins=[SEX],
        auxiliaries=[auxiliary],
        distance=Distance.LINEAR,
        factors=factors,
        scaled=scaled,
    )
    base = base * (1000 / base.sum()) if scaled else base
    q = np.ones(N) if factors is None else factors
    columns = [np.ones(N), codes()[:, 0] == 1, AGES]
    np.testing.assert_allclose(found.weights, by_least_squares(base, columns, [1000, 520, 48_000], q), rtol=1e-8)


def test_a_total_alone_needs_no_population():
    base = base_weights()
    found = calibrate(base, auxiliaries=[Auxiliary("age", AGES, 9_000.0)], distance=Distance.LINEAR)
    np.testing.assert_allclose(found.weights, by_least_squares(base, [AGES], [9_000], np.ones(N)), rtol=1e-8)
    assert found.notes == ()


def test_margins_that_fit_stay_the_same_objects_and_shares_become_counts():
    shares = Margin("x", ("a", "b"), np.array([0.25, 0.75]), in_shares=True)
    found = reconcile((SEX, shares), PERSONS)
    assert found.margins[0] is SEX
    assert found.margins[1].totals.tolist() == [250, 750]
    assert not found.margins[1].in_shares
    assert not reconcile((Margin("y", ("a", "b"), np.array([500.0, 502])),), PERSONS).margins[0].in_shares
    whole = Margin("z", ("a", "b"), np.array([0.25, 0.75]), in_shares=True)
    assert not reconcile((whole,), PanelPopulation(1.0)).margins[0].in_shares


@pytest.mark.parametrize(("excess", "is_allowed"), [(10, True), (10.1, False)])
def test_counts_may_differ_by_their_rounding_exactly(excess, is_allowed):
    margin = Margin("x", ("a", "b", "c"), AGE.totals + np.array([excess, 0, 0]))
    if is_allowed:
        assert reconcile((margin,), PERSONS).notes[0].difference == excess
    else:
        with pytest.raises(MarginError, match="margin x adds up"):
            reconcile((margin,), PERSONS)


def test_a_margin_of_all_ages_of_the_population_is_compared_also_with_classes_of_its_own():
    population = PanelPopulation(1000.0, age_max=74)
    margin = Margin("x", ("a", "b"), np.array([500.0, 500]), age_max=74, own_classes=("?",))
    assert len(reconcile((margin,), population).notes) == 1


def test_everybody_of_a_frame_may_be_drawn():
    np.testing.assert_allclose(inclusion_probabilities([0, 1], [5, 2], [5, 8]), [1, 0.25])


def test_a_group_of_one_takes_part():
    found = adjust_for_nonresponse([2.0, 3, 5], [0, 2, 2], [True, True, False])
    np.testing.assert_allclose(found.weights, [2, 8])
    np.testing.assert_allclose(found.response_rates, [1, np.nan, 3 / 8])
    assert (found.n_invited.tolist(), found.n_answered.tolist()) == ([1, 0, 2], [1, 0, 1])


def test_the_share_that_rests_on_who_registered_themselves():
    found = with_self_registered([1.0, 3, np.nan], [True, True, False])
    assert found.weights.tolist() == [1, 3, 2]
    assert found.pseudo_share == pytest.approx(2 / 6)


def test_a_summary_counts_respondents_and_their_spread():
    summary = summarize_weights([1.0, 1.0, 4.0])
    assert (summary.n, summary.total) == (3, 6)
    assert summary.variation == pytest.approx(np.std([1, 1, 4]) / 2)


def test_classes_of_the_histogram_follow_their_edges():
    found = weight_histogram([1.0, 1, 1, 5], n_bins=4, upper=2.0)
    assert found.edges.tolist() == [0, 0.5, 1, 1.5, 2.5]
    assert found.counts.tolist() == [0, 3, 0, 1]
    assert found.counts.dtype == np.int64


def test_counts_as_published_are_kept_to_the_letter():
    found = calibrate(base_weights(), population=POPULATION, codes=codes(), margins=(SEX, AGE))
    assert [note.factor for note in found.notes] == [1.0, 1.0]
    assert [report.n_respondents.dtype for report in found.margins] == [np.int64, np.int64]


def test_a_derived_margin_gets_no_room_by_itself():
    derived = Margin("x", ("a", "b"), np.array([500.0, 540]), derived=True)
    with pytest.raises(MarginError, match="margin x adds up"):
        reconcile((derived,), PERSONS)


@pytest.mark.parametrize(("last", "is_allowed"), [(0.4975, True), (0.494, False)])
def test_shares_may_differ_by_their_rounding(last, is_allowed):
    margin = Margin("x", ("a", "b", "c"), np.array([0.25, 0.25, last]), in_shares=True)
    if is_allowed:
        np.testing.assert_allclose(reconcile((margin,), PERSONS).margins[0].totals.sum(), 1000)
    else:
        with pytest.raises(MarginError, match="margin x adds up"):
            reconcile((margin,), PERSONS)


def test_classes_of_its_own_do_not_stretch_a_margin_beyond_the_population():
    margin = Margin("x", ("a", "b"), np.array([500.0, 500]), age_max=80, own_classes=("?",))
    with pytest.raises(MarginError) as caught:
        reconcile((margin,), PanelPopulation(1000.0, age_max=74))
    assert caught.value.params["margin_ages"] == "16-80"


@pytest.mark.parametrize("method", [None, *Method])
def test_a_class_of_its_own_keeps_its_share_and_the_margin_divides_the_rest(method):
    margin = Margin("income", ("low", "high"), np.array([300.0, 700]), own_classes=("rather not say",))
    profile, base = codes(sizes=(2, 3)), base_weights()
    found = rake(profile, base, (SEX, margin), PERSONS, method=method)
    silent = base[profile[:, 1] == 2].sum() / base.sum()
    sums = np.bincount(profile[:, 1], weights=found.weights)
    np.testing.assert_allclose(sums, [300 * (1 - silent), 700 * (1 - silent), 1000 * silent])
    np.testing.assert_allclose(np.bincount(profile[:, 0], weights=found.weights), SEX.totals)


def test_errors_are_relative_also_in_a_population_of_one():
    shares = Margin("sex", SEX.categories, SEX.totals / 1000, in_shares=True)
    problem = prepare_raking(codes()[:, :1], np.ones(N), (shares,), PanelPopulation(1.0)).problem
    np.testing.assert_allclose(problem.errors(np.array([0.24, 0.65])), [-0.5, 0.25])
    assert problem.max_error(np.array([0.24, 0.65])) == pytest.approx(0.5)


@pytest.mark.parametrize(("allowed", "done"), [(0, 0), (1, 1), (3, 3), (1000, None)])
def test_fitting_counts_its_rounds_and_stops_when_they_are_used(allowed, done):
    prepared = prepare_raking(codes(), base_weights(), (SEX, AGE), PERSONS)
    start = prepared.cell_base * 2.0
    found = solve_proportionally(prepared.problem, start, 1e-10, allowed)
    by_hand, rounds = start, 0
    while rounds < allowed and prepared.problem.max_error(by_hand) > 1e-10:
        by_hand, rounds = sweep(prepared.problem, by_hand)[0], rounds + 1
    assert found.iterations == rounds
    assert done in (None, rounds)
    np.testing.assert_allclose(found.cell_weights, by_hand)


def test_the_products_of_thousands_of_profiles_are_those_of_the_whole_table():
    rng = np.random.default_rng(1)
    design, weights = rng.normal(size=(1300, 4)), rng.uniform(1, 2, 1300)
    np.testing.assert_allclose(weighted_gram(design, weights), design.T @ np.diag(weights) @ design)


def test_poststratification_tells_how_it_was_done():
    found = poststratify(codes()[:, 1], base_weights(), AGE, PERSONS)
    assert (found.distance, found.iterations) == (Distance.RAKING, 1)
    assert found.max_error <= 1e-14
    derived = Margin("age", AGE.categories, AGE.totals * 1.04, derived=True)
    with pytest.raises(MarginError, match="margin age adds up"):
        poststratify(codes()[:, 1], base_weights(), derived, PERSONS)
    wide = poststratify(codes()[:, 1], base_weights(), derived, PERSONS, derivation_tolerance=0.05)
    np.testing.assert_allclose(wide.weights, found.weights)


def test_a_class_of_nobody_is_not_missed_and_own_classes_keep_their_codes():
    margin = Margin("x", ("a", "b", "c", "d"), np.array([0.4, 0.0, 0.2, 0.4]), own_classes=("?",), in_shares=True)
    profile = np.array([0, 0, 3, 4])
    found = poststratify(profile, np.ones(4), margin, PERSONS, partial=True)
    assert [(refusal.category, refusal.population) for refusal in found.ignored] == [("c", 0.2)]
    np.testing.assert_allclose(found.weights.sum(), 800)
    assert found.weights[3] == pytest.approx(200)
    np.testing.assert_allclose(found.weights[:3], [150, 150, 300])


def test_the_first_uneven_household_is_named():
    base = np.ones(N)
    base[[10, 31]] = 2
    with pytest.raises(InputError) as caught:
        calibrate(
            base, population=PERSONS, codes=codes(), margins=(SEX, AGE), households=Households(np.arange(N) // 2 + 100)
        )
    assert (caught.value.code, caught.value.params) == (
        "uneven_household",
        {"household": 105, "name": "base weight"},
    )


def test_factors_of_households_are_their_size_times_the_factors_of_members():
    households = np.arange(N) // 2 - (np.arange(N) % 6 == 0)
    q = np.repeat(np.linspace(0.5, 2, N), 1)
    groups = np.unique(households, return_inverse=True)[1]
    q = (np.bincount(groups, weights=q) / np.bincount(groups))[groups]
    sizes = np.bincount(groups)[groups]
    profile = codes()[:, :1]
    shared = {"population": PERSONS, "codes": profile, "margins": (SEX,), "distance": Distance.LINEAR}
    by_size = calibrate(
        np.ones(N) * 8, households=Households(households, HouseholdVariance.SUM), factors=q, scaled=False, **shared
    )
    x = np.column_stack([np.ones(N), profile[:, 0] == 1]).astype(float)
    means = np.array([np.bincount(groups, weights=column) / np.bincount(groups) for column in x.T]).T[groups]
    np.testing.assert_allclose(
        by_size.weights, by_least_squares(np.ones(N) * 8, means.T, [1000, 520], q * sizes), rtol=1e-8
    )


def test_bounds_that_are_too_tight_are_told_with_what_can_be_had():
    with pytest.raises(ConvergenceError) as caught:
        calibrate(np.ones(N), population=PERSONS, codes=codes(), margins=(SEX, AGE), bounds=(0.9, 1.1))
    params = caught.value.params
    assert caught.value.code == "bounds_too_tight"
    assert (params["lower"], params["upper"], params["category"]) == (0.9, 1.1, "65+")
    found = [params[name] for name in ("wanted", "lowest", "highest")]
    np.testing.assert_allclose(found, [250, 300, 1100 / 3])


def test_bounds_fail_only_where_a_margin_that_leaves_a_class_alone_cannot_be_met_with_another():
    """Women are all of one income; the shares of income ask for more of them than the margin of sex leaves."""
    profile = np.zeros((100, 2), dtype=np.int64)
    profile[:50, 0] = 1
    profile[50:, 1] = np.where(np.arange(50) < 25, 1, 2)
    income = Margin("income", ("low", "high"), np.array([500.0, 500]), age_max=74, excluded_classes=("75+",))
    options = {"population": PERSONS, "codes": profile, "margins": (SEX, income), "bounds": (0.5, 3.0)}
    with pytest.raises(ConvergenceError) as caught:
        calibrate(np.ones(100), **options)
    assert caught.value.code == "bounds_cannot_meet_all"
    assert caught.value.params["error"] > 0.01
    assert calibrate(np.ones(100), **{**options, "margins": (SEX, replace(income, totals=np.array([600.0, 400])))})
