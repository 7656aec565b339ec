from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult, linprog

from analysis.errors import InputError
from analysis.recruitment.committees import SolverError, committee_space, group_candidates, solution
from analysis.recruitment.fairness import relaxed_leximin
from analysis.recruitment.quotas import QuotaFeature, quotas_from_shares
from analysis.recruitment.random_committees import random_committees
from analysis.recruitment.relaxation import QuotasInfeasibleError
from analysis.recruitment.selection import TICKETS, Objective, select_panel


def feature(name, lower, upper):
    return QuotaFeature(name, tuple(f"{name}{j}" for j in range(len(lower))), tuple(lower), tuple(upper))


def all_panels(codes, features, seats, households, required=(), excluded=()):
    found = []
    for panel in combinations(range(len(codes)), seats):
        chosen = set(panel)
        if not set(required) <= chosen or chosen & set(excluded):
            continue
        if len({households[i] for i in panel}) < seats:
            continue
        counts = [np.bincount(codes[list(panel), f], minlength=len(q.lower)) for f, q in enumerate(features)]
        if all(((c >= q.lower) & (c <= q.upper)).all() for c, q in zip(counts, features, strict=True)):
            found.append([i in chosen for i in range(len(codes))])
    return np.array(found, dtype=float)


def brute_leximin(panels, n_levels=None):
    """Leximin by levels over every panel: a candidate is settled when its own chance cannot rise above the level."""
    open_ = panels.any(axis=0) & ~panels.all(axis=0)
    chances = np.where(panels.all(axis=0), 1.0, 0.0)
    settled = ~open_
    n = len(panels)

    def best(objective, level):
        rows, bounds = [], []
        for i in np.flatnonzero(open_):
            rises = 1.0 if not settled[i] and objective is None else 0.0
            rows.append(np.append(-panels[:, i], rises))
            bounds.append(-chances[i] + 1e-9 if settled[i] else (0.0 if objective is None else -level + 1e-9))
        goal = np.append(np.zeros(n), -1.0) if objective is None else np.append(-panels[:, objective], 0.0)
        solved = linprog(
            goal,
            A_ub=np.array(rows),
            b_ub=bounds,
            A_eq=[np.append(np.ones(n), 0.0)],
            b_eq=[1.0],
            bounds=[(0, None)] * n + [(0, 1)],
        )
        return -solved.fun

    while not settled.all():
        level = best(None, 0.0)
        stuck = [i for i in np.flatnonzero(~settled) if best(i, level) <= level + 1e-7]
        chances[stuck] = level
        settled[stuck] = True
        if n_levels == 1:
            return chances, level
    return chances, None


@st.composite
def small_pools(draw):
    n = draw(st.integers(4, 10))
    seats = draw(st.integers(1, min(5, n - 1)))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    sizes = draw(st.lists(st.integers(2, 3), min_size=1, max_size=3))
    codes = np.stack([rng.integers(0, size, n) for size in sizes], axis=1)
    features = []
    for f, size in enumerate(sizes):
        centre = rng.multinomial(seats, np.ones(size) / size)
        features.append(
            feature(
                f"f{f}", np.maximum(0, centre - rng.integers(0, 2)).tolist(), (centre + rng.integers(0, 2)).tolist()
            )
        )
    households = rng.integers(0, n, n) if draw(st.booleans()) else np.arange(n)
    required = [0] if draw(st.booleans()) else []
    excluded = [n - 1] if draw(st.booleans()) and households[n - 1] != households[0] else []
    return codes, features, seats, households, required, excluded


def run(pool, objective, **settings_):
    codes, features, seats, households, required, excluded = pool
    return select_panel(
        codes,
        features,
        seats,
        rng=np.random.default_rng(1),
        objective=objective,
        households=households,
        required=np.array(required, dtype=int),
        excluded=np.array(excluded, dtype=int),
        **settings_,
    )


@settings(max_examples=60, deadline=None)
@given(small_pools())
def test_maximin_equals_the_linear_program_over_every_panel(pool):
    panels = all_panels(*pool)
    if not len(panels):
        with pytest.raises(QuotasInfeasibleError):
            run(pool, Objective.MAXIMIN)
        return
    lottery = run(pool, Objective.MAXIMIN)
    reachable = panels.any(axis=0)
    np.testing.assert_array_equal(lottery.chances > 0, reachable)
    _, level = brute_leximin(panels, 1)
    assume(level is not None)
    assert lottery.min_chance == pytest.approx(level, abs=2e-6) or panels.all(axis=0)[reachable].all()
    assert lottery.bound >= level - 1e-7
    assert lottery.gap <= 1e-6


@settings(max_examples=60, deadline=None)
@given(small_pools())
def test_leximin_equals_leximin_over_every_panel(pool):
    panels = all_panels(*pool)
    assume(len(panels))
    lottery = run(pool, Objective.LEXIMIN)
    chances, _ = brute_leximin(panels)
    np.testing.assert_allclose(np.sort(lottery.chances), np.sort(chances), atol=5e-6)
    np.testing.assert_allclose(lottery.chances, chances, atol=5e-6)


@settings(max_examples=60, deadline=None)
@given(small_pools(), st.sampled_from(list(Objective)))
def test_every_outcome_meets_the_quotas_and_the_tickets_add_up_to_the_chances(pool, objective):
    codes, features, seats, _households, required, _ = pool
    try:
        lottery = run(pool, objective)
    except QuotasInfeasibleError:
        assume(False)
    first = [np.flatnonzero(lottery.group == g)[0] for g in range(lottery.counts.shape[1])]
    sizes = np.bincount(lottery.group[lottery.group >= 0], minlength=lottery.counts.shape[1])
    assert lottery.tickets.sum() == TICKETS
    assert (lottery.tickets > 0).all()
    np.testing.assert_array_equal(lottery.counts.sum(axis=1) + len(required), seats)
    for column, quota in enumerate(features):
        forced = np.bincount(codes[required, column], minlength=len(quota.lower))
        for counts in lottery.counts:
            seated = forced + np.bincount(codes[first, column], weights=counts, minlength=len(quota.lower))
            assert ((seated >= quota.lower) & (seated <= quota.upper)).all()
    expected = np.append(lottery.probabilities @ lottery.counts / sizes, 0.0)[lottery.group]
    expected[required] = 1.0
    np.testing.assert_allclose(lottery.chances, expected, atol=1e-12)
    assert lottery.chances.sum() == pytest.approx(seats, abs=1e-9)


def test_quotas_that_pull_apart_leave_the_level_below_the_relaxed_bound():
    # three candidates, two of whom always sit together in halves: whole seats cannot split as the relaxed space does
    codes = np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 1]])
    features = [feature(name, (1, 1), (1, 1)) for name in "abc"]
    with pytest.raises(QuotasInfeasibleError) as caught:
        select_panel(codes, features, 2, rng=np.random.default_rng(0))
    assert sum(abs(c.new_lower - c.old_lower) + c.new_upper - c.old_upper for c in caught.value.proposal) == 2


def test_infeasible_quotas_name_the_conflict_and_the_smallest_change():
    codes = np.array([[0]] * 8 + [[1]] * 2)
    quota = QuotaFeature("leeftijd", ("jong", "oud"), (1, 4), (2, 5))
    with pytest.raises(QuotasInfeasibleError, match="leeftijd, category oud: at least 4 seats, 2 candidates") as caught:
        select_panel(codes, [quota], 6, rng=np.random.default_rng(0))
    changes = {change.category: change for change in caught.value.proposal}
    assert (changes["oud"].new_lower, changes["oud"].available) == (2, 2)
    assert changes["jong"].new_upper == 4
    mended = QuotaFeature("leeftijd", ("jong", "oud"), (1, 2), (4, 5))
    assert select_panel(codes, [mended], 6, rng=np.random.default_rng(0)).min_chance == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("lower", "upper", "code"),
    [((3, 3), (4, 4), "lower_exceeds_seats"), ((0, 0), (2, 1), "upper_below_seats")],
)
def test_quotas_that_cannot_add_up_to_the_seats_are_named(lower, upper, code):
    with pytest.raises(QuotasInfeasibleError) as caught:
        select_panel([[0]] * 5 + [[1]] * 5, [feature("a", lower, upper)], 4, rng=np.random.default_rng(0))
    assert [conflict.code for conflict in caught.value.conflicts] == [code]
    assert caught.value.proposal


def test_more_required_candidates_than_a_quota_allows_is_named():
    with pytest.raises(QuotasInfeasibleError) as caught:
        select_panel(
            [[0]] * 4 + [[1]] * 4, [feature("a", (0, 0), (1, 4))], 4, rng=np.random.default_rng(0), required=[0, 1]
        )
    assert caught.value.conflicts[0].code == "too_many_required"
    assert caught.value.proposal[0].new_upper == 2


def test_fewer_households_than_seats_has_no_proposal():
    with pytest.raises(QuotasInfeasibleError, match="cannot fill 4 seats") as caught:
        select_panel(
            [[0]] * 6, [feature("a", (0,), (6,))], 4, rng=np.random.default_rng(0), households=[0, 0, 1, 1, 2, 2]
        )
    assert caught.value.proposal == ()
    assert caught.value.code == "too_few_candidates"


def test_the_required_may_fill_the_panel():
    lottery = select_panel(
        [[0], [0], [1]], [feature("a", (0, 1), (2, 1))], 2, rng=np.random.default_rng(0), required=[0, 2]
    )
    assert lottery.chances.tolist() == [1.0, 0.0, 1.0]
    assert lottery.min_chance == 1.0


def test_required_who_fill_the_panel_against_the_quotas_are_refused():
    with pytest.raises(QuotasInfeasibleError) as caught:
        select_panel([[0], [0], [1]], [feature("a", (0, 1), (2, 1))], 2, rng=np.random.default_rng(0), required=[0, 1])
    assert caught.value.proposal[0].new_lower == 0


def test_candidates_on_no_panel_are_named_and_do_not_pull_the_others_down():
    codes = [[0], [0], [1], [1], [2]]
    lottery = select_panel(codes, [feature("a", (1, 1, 0), (1, 1, 0))], 2, rng=np.random.default_rng(0))
    assert lottery.unreachable.tolist() == [4]
    assert lottery.min_chance == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"codes": [[0.5]]}, "not_integer"),
        ({"codes": [0, 1]}, "wrong_shape"),
        ({"codes": [[0], [5]]}, "code_out_of_range"),
        ({"codes": [[0], [-1]]}, "code_out_of_range"),
        ({"codes": [[0, 0]]}, "invalid_value"),
        ({"codes": np.zeros((0, 1), dtype=int)}, "no_rows"),
        ({"seats": 0}, "invalid_value"),
        ({"seats": 1.5}, "invalid_value"),
        ({"features": [], "codes": np.zeros((3, 0), dtype=int)}, "invalid_value"),
        ({"tolerance": 0.0}, "invalid_value"),
        ({"households": [1]}, "wrong_length"),
        ({"required": [9]}, "code_out_of_range"),
        ({"required": [0], "excluded": [0]}, "invalid_value"),
        ({"required": [0, 1], "households": [1, 1, 2]}, "invalid_value"),
        ({"features": [feature("a", (0, 0), (2, 2))] * 2}, "invalid_value"),
    ],
)
def test_input_that_does_not_fit_is_refused(arguments, error):
    given_ = {"codes": [[0], [1], [1]], "features": [feature("a", (0, 0), (2, 2))], "seats": 2} | arguments
    with pytest.raises(InputError) as caught:
        select_panel(
            given_.pop("codes"), given_.pop("features"), given_.pop("seats"), rng=np.random.default_rng(0), **given_
        )
    assert caught.value.code == error


@pytest.mark.parametrize(
    ("categories", "lower", "upper"),
    [
        ((), (), ()),
        (("a", "a"), (0, 0), (1, 1)),
        (("a",), (0, 1), (1,)),
        (("a",), (2,), (1,)),
        (("a",), (-1,), (1,)),
        (("a",), (0.5,), (1,)),
        (("a",), (False,), (1,)),
    ],
)
def test_quotas_that_contradict_themselves_are_refused(categories, lower, upper):
    with pytest.raises(InputError):
        QuotaFeature("f", categories, lower, upper)


def test_quotas_follow_from_population_shares():
    quota = quotas_from_shares("a", ("x", "y"), (0.25, 0.75), 112, tolerance=0.0)
    assert (quota.lower, quota.upper) == ((28, 84), (28, 84))
    wider = quotas_from_shares("a", ("x", "y"), (1, 3), 112)
    assert (wider.lower, wider.upper) == ((27, 81), (29, 87))


@pytest.mark.parametrize("shares", [(0.5,), (0, 0), (-1, 2), (np.nan, 1)])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(InputError):
        quotas_from_shares("a", ("x", "y"), shares, 10)


def pairs_of_complements(copies):
    """Candidates who only fit their opposite: whole panels are four pairs, fractional seats mix them further."""
    kinds = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0), (1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    codes = np.array([kind for kind, n in zip(kinds, copies, strict=True) for _ in range(n)])
    return codes, [feature(name, (1, 1), (1, 1)) for name in "abc"], 2, np.arange(len(codes)), [], []


@pytest.mark.heavy
@pytest.mark.parametrize("copies", [(3, 3, 3, 3, 1, 1, 1, 1), (4, 3, 2, 2, 1, 1, 1, 2), (1, 1, 1, 5, 2, 1, 3, 1)])
def test_where_whole_seats_do_worse_than_fractional_ones_the_integer_programs_decide(copies):
    pool = pairs_of_complements(copies)
    panels = all_panels(*pool)
    fair = run(pool, Objective.LEXIMIN)
    chances, _ = brute_leximin(panels)
    np.testing.assert_allclose(fair.chances, chances, atol=5e-6)
    maximin = run(pool, Objective.MAXIMIN)
    assert maximin.min_chance == pytest.approx(chances.min(), abs=2e-6)
    assert maximin.gap <= 1e-6


def test_too_few_rounds_leave_a_stated_gap():
    pool = pairs_of_complements((3, 3, 3, 3, 1, 1, 1, 1))
    lottery = run(pool, Objective.MAXIMIN, rounds=1)
    assert lottery.rounds == 1
    assert lottery.bound - lottery.min_chance == pytest.approx(lottery.gap)
    assert lottery.gap > 0.04


@pytest.mark.heavy
def test_leximin_with_the_same_pool_does_not_depend_on_the_search():
    pool = pairs_of_complements((4, 3, 2, 2, 1, 1, 1, 2))
    one, two = (select_panel(pool[0], pool[1], 2, rng=np.random.default_rng(seed)).chances for seed in (1, 2))
    np.testing.assert_allclose(one, two, atol=2e-6)


def opposites_without_partner():
    codes = np.array([(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)])
    features = [feature(name, (1, 1), (1, 1)) for name in "abc"]
    groups = group_candidates(codes, np.arange(4), np.ones(4, dtype=bool))
    return committee_space(codes, features, 2, groups, np.zeros(0, dtype=np.int64))


def test_walks_that_cannot_end_in_a_panel_are_left_out():
    space = opposites_without_partner()
    assert space.any_committee() is None
    assert random_committees(space, np.full(4, 0.5), 6, np.random.default_rng(0)).shape == (0, 4)


def test_a_space_without_any_point_is_an_error():
    space = replace(opposites_without_partner(), upper=np.zeros(7))
    with pytest.raises(SolverError, match="infeasible"):
        relaxed_leximin(space)


def test_the_mean_of_random_committees_lies_near_the_expected_seats():
    codes = np.random.default_rng(5).integers(0, 3, (40, 2))
    groups = group_candidates(codes, np.arange(40), np.ones(40, dtype=bool))
    features = [feature(name, (3, 3, 3), (5, 5, 5)) for name in "ab"]
    space = committee_space(codes, features, 12, groups, np.zeros(0, dtype=np.int64))
    expected = relaxed_leximin(space) * space.sizes
    found = random_committees(space, expected, 150, np.random.default_rng(6))
    totals = found @ space.rows.T
    assert ((totals >= space.lower) & (totals <= space.upper)).all()
    assert np.abs(found.mean(axis=0) - expected).max() < 4.5 * 0.5 / np.sqrt(len(found))


def test_a_solver_that_found_nothing_is_an_error():
    with pytest.raises(SolverError, match="ran out of time"):
        solution(OptimizeResult(x=None, message="ran out of time"))
