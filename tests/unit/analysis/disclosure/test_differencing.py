import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.differencing import small_differences, with_differences
from analysis.disclosure.linking import link_cells, link_tables
from analysis.disclosure.tables import Axis, Group, Table

AGE = ("16-34", "35-64", "65-74", "75+")
YES = Axis("q", ("yes", "no"))


def age_axis(*groups):
    return Axis("age", AGE, groups, shows_categories=False)


def test_two_filters_that_differ_by_a_few_are_named():
    counts = np.array([30, 40, 20, 4])
    older = Table("65+", "q", (age_axis(Group("65+", (2, 3))),), counts)
    middle = Table("65-74", "q", (age_axis(Group("65-74", (2,))),), counts)
    linked = link_tables([older, middle])
    found = small_differences(linked, linked.is_shown, 10)
    assert [(d.larger, d.smaller, d.base) for d in found] == [("q: age=65+", "q: age=65-74", 4)]
    assert linked.values[found[0].larger_index] - linked.values[found[0].smaller_index] == 4
    hidden = linked.is_shown & (np.arange(len(linked.names)) != found[0].smaller_index)
    assert small_differences(linked, hidden, 10) == ()


def test_the_total_contains_every_group():
    linked = link_tables([Table("t", "q", (age_axis(Group("under 75", (0, 1, 2))),), [30, 40, 20, 4])])
    assert [d.larger for d in small_differences(linked, linked.is_shown, 10)] == ["q: everybody"]
    assert small_differences(linked, linked.is_shown, 4) == ()


def test_groups_of_different_populations_are_not_subtracted():
    tables = [Table("a", "q1", (), np.array([30, 20]), YES), Table("b", "q2", (), np.array([25, 20]), YES)]
    linked = link_tables(tables)
    assert small_differences(linked, linked.is_shown, 10) == ()
    bare = link_cells([10, 8, 2], [[1, -1, -1]])
    assert small_differences(bare, bare.is_shown, 10) == ()


def nested_filters():
    """Men of wijk A within everybody of wijken A and B: the rest is no union of categories."""
    wijk, sex = ("A", "B", "C"), ("v", "m")
    counts = np.array([[[1, 2], [30, 20]], [[1, 1], [2, 1]], [[20, 20], [10, 10]]])
    large = Table(
        "AB", "q", (Axis("wijk", wijk, (Group("AB", (0, 1)),), shows_categories=False),), counts.sum(axis=1), YES
    )
    small_axes = (
        Axis("wijk", wijk, (Group("A", (0,)),), False, False),
        Axis("sex", sex, (Group("m", (1,)),), False, False),
    )
    return link_tables([large, Table("A, m", "q", small_axes, counts, YES)])


def test_a_difference_in_two_variables_gets_a_cell_with_its_answers():
    linked = nested_filters()
    wider = with_differences(linked, 10)
    fresh = list(range(len(linked.names), len(wider.names)))
    assert [wider.values[i] for i in fresh] == [8, 4, 4]
    assert wider.names[fresh[0]] == "q: wijk=AB without q: sex=m, wijk=A"
    assert wider.base_of[fresh].tolist() == [fresh[0]] * 3
    assert wider.is_guarded[fresh].all()
    assert not wider.is_shown[fresh].any()
    assert np.abs(wider.relations @ wider.values).max() == 0
    assert wider.relations.shape[1] == len(wider.names)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=6, max_size=6), st.integers(2, 12))
def test_all_pairs_are_found(counts, floor):
    axes = (Axis("x", ("a", "b", "c"), (Group("ab", (0, 1)),)), Axis("y", ("v", "m")))
    linked = link_tables([Table("t", "q", axes, np.array(counts).reshape(3, 2))])
    people = {}
    for i, (_, domain) in enumerate(linked.keys):
        chosen = dict(domain)
        people[i] = {(x, y) for x in chosen.get("x", range(3)) for y in chosen.get("y", range(2))}
    expected = {
        (a, b)
        for a, b in itertools.permutations(people, 2)
        if people[b] < people[a] and 0 < linked.values[a] - linked.values[b] < floor
    }
    found = small_differences(linked, linked.is_shown, floor)
    assert {(d.larger_index, d.smaller_index) for d in found} == expected
