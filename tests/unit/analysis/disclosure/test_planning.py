import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.linking import Nesting
from analysis.disclosure.planning import plan_release
from analysis.disclosure.suppression import Level
from analysis.disclosure.tables import Axis, Group, Table
from analysis.errors import DisclosureError
from tests.unit.analysis.disclosure.attacker import Attacker

WIJK = Axis("wijk", ("A", "B", "C"))
YES = Axis("q", ("yes", "no"))
COUNTS = np.array([[3, 2], [14, 9], [40, 30]])


def test_a_small_wijk_takes_the_next_one_along():
    table = Table("by wijk", "q", (WIJK,), COUNTS, YES)
    plan = plan_release([table])
    assert plan.is_safe
    assert {name for name, is_primary in plan.withheld() if is_primary} == {
        "q: q=no, wijk=A",
        "q: q=yes, wijk=A",
        "q: wijk=A",
    }
    assert plan.visible(table).tolist() == [[False] * 3, [False] * 3, [True] * 3, [True] * 3]
    assert plan.audit.is_safe


def test_whole_breakdowns_go_when_asked():
    table = Table("by wijk", "q", (WIJK,), COUNTS, YES)
    plan = plan_release([table], level=Level.BREAKDOWN)
    assert plan.visible(table).tolist() == [[False] * 3, [False] * 3, [False] * 3, [True] * 3]


def test_what_is_out_already_is_never_withheld_and_holds_the_new_table_back():
    known = Table(
        "published",
        "q",
        (WIJK,),
        COUNTS,
        YES,
        is_public=True,
        visible=np.array([[False] * 3, [False] * 3, [True] * 3, [True] * 3]),
    )
    groups = (Group("A and C", (0, 2)), Group("B", (1,)))
    fresh = Table("new", "q", (Axis("wijk", ("A", "B", "C"), groups, shows_categories=False),), COUNTS, YES)
    plan = plan_release([known, fresh])
    assert plan.is_safe
    assert plan.visible(known).tolist() == known.node_shown.tolist()
    assert not plan.visible(fresh)[:2].any()


def test_a_published_set_that_gives_a_group_away_is_refused_by_name():
    seen = np.array([[False] * 3, [True] * 3, [True] * 3, [True] * 3])
    known = Table("published", "q", (WIJK,), COUNTS, YES, is_public=True, visible=seen)
    with pytest.raises(DisclosureError, match="wijk=A") as error:
        plan_release([known])
    assert error.value.params["count"] == 3


def test_a_corrected_version_may_not_tell_who_withdrew():
    one_less = COUNTS - np.array([[0, 0], [0, 0], [1, 0]])
    before = Table("before", "q", (), COUNTS.sum(axis=0), YES, is_public=True)
    after = Table("after", "q corrected", (), one_less.sum(axis=0), YES)
    plan = plan_release([before, after], nestings=[Nesting("q corrected", "q")])
    assert plan.is_safe
    assert not plan.visible(after).any()
    assert plan_release([after]).visible(after).all()


def test_nested_filters_in_two_variables_are_kept_apart():
    wijk, sex = ("A", "B"), ("v", "m")
    counts = np.array([[4, 50], [2, 2]])
    large = Table("all", "q", (), counts.sum())
    axes = (Axis("wijk", wijk, (Group("A", (0,)),), False, False), Axis("sex", sex, (Group("m", (1,)),), False, False))
    small = Table("A, m", "q", axes, counts)
    plan = plan_release([large, small])
    assert plan.is_safe
    assert plan.differences == ()
    assert not (plan.visible(large).any() and plan.visible(small).any())


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(list(Level)))
def test_no_withheld_group_can_be_worked_out_from_what_is_printed(seed, level):
    rng = np.random.default_rng(seed)
    x = Axis("x", ("a", "b", "c", "d"), (Group("ab", (0, 1)), Group("cd", (2, 3))))
    rest = Axis("x", ("a", "b", "c", "d"), (Group("a", (0,)), Group("rest", (1, 2, 3))), shows_categories=False)
    y = Axis("y", ("v", "m"))
    counts = rng.poisson(rng.gamma(0.7, 12, (4, 2, 1)), (4, 2, 2))
    tables = [
        Table("x", "q", (x,), counts.sum(axis=1), YES),
        Table("rest", "q", (rest,), counts.sum(axis=1), YES),
        Table("xy", "q", (x, y), counts, YES),
    ]
    plan = plan_release(tables, level=level)
    assert plan.is_safe
    visible = [plan.visible(table) for table in tables]
    attacker = Attacker(tables, visible)
    for number, table in enumerate(tables):
        base = table.node_counts[..., -1:]
        assert not (visible[number] & (base < 10)).any()
        cells = plan.linked.cells_of(table)
        for position in np.argwhere(~visible[number] & (base < 10))[::7]:
            low, high = attacker.interval(number, tuple(position))
            assert high - low >= plan.protection.width[cells[tuple(position)]] - 1e-5
