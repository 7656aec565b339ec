"""A difference that is a group of its own needs no second cell: it is protected where it stands."""

import numpy as np

from analysis.disclosure.differencing import small_differences, with_differences
from analysis.disclosure.linking import link_tables
from analysis.disclosure.tables import Axis, Group, Table

AGE = ("16-34", "35-64", "65-74", "75+")
SEX = ("v", "m")
YES = Axis("q", ("yes", "no"))
COUNTS = [30, 40, 20, 4]


def linked_by_age(*groups, shows_categories=True):
    return link_tables([Table("t", "q", (Axis("age", AGE, groups, shows_categories=shows_categories),), COUNTS)])


def test_everybody_without_a_group_is_the_category_left_over():
    linked = linked_by_age(Group("under 75", (0, 1, 2)))
    assert [d.base for d in small_differences(linked, linked.is_shown, 10)] == [4]
    assert with_differences(linked, 10) is linked


def test_one_group_without_another_is_the_category_left_over():
    linked = linked_by_age(Group("35+", (1, 2, 3)), Group("35-74", (1, 2)))
    assert ("q: age=35+", "q: age=35-74") in [
        (d.larger, d.smaller) for d in small_differences(linked, linked.is_shown, 10)
    ]
    assert with_differences(linked, 10) is linked


def of_elderly(*groups):
    """Two groups that differ by 3 + 4 people of 65 and older."""
    axis = Axis("age", AGE, (Group("35+", (1, 2, 3)), Group("35-64", (1,)), *groups), shows_categories=False)
    return link_tables([Table("t", "q", (axis,), [[15, 15], [20, 20], [2, 1], [2, 2]], YES)])


def test_a_difference_that_is_a_hidden_group_is_protected_there():
    linked = of_elderly(Group("65+", (2, 3)))
    assert "q: age=65+" in linked.names
    assert with_differences(linked, 10) is linked


def test_a_difference_that_is_no_group_gets_a_cell_with_its_answers():
    linked = of_elderly()
    wider = with_differences(linked, 10)
    first = len(linked.names)
    assert wider.names[first] == "q: age=35+ without q: age=35-64"
    assert [wider.values[i] for i in range(first, first + 3)] == [7, 4, 3]
    assert wider.base_of[first : first + 3].tolist() == [first] * 3
    assert wider.keys[first][0] == linked.keys[0][0]


def test_cells_of_two_differences_stand_one_after_the_other():
    wijk = ("A", "B", "C", "D")
    groups = (Group("AB", (0, 1)), Group("ABCD", (0, 1, 2, 3)))
    counts = [[[15, 15], [20, 20], [2, 1], [2, 2]], [[20, 15], [15, 15], [1, 1], [3, 1]]]
    axes = (Axis("sex", SEX), Axis("wijk", wijk, groups, shows_categories=False))
    linked = link_tables([Table("t", "q", axes, counts, YES)])
    wider = with_differences(linked, 10)
    bases = [i for i in range(len(linked.names), len(wider.names)) if wider.base_of[i] == i]
    assert len(bases) >= 2
    for base in bases:
        assert wider.base_of[base : base + 3].tolist() == [base] * 3
        assert wider.values[base] == wider.values[base + 1] + wider.values[base + 2]


def test_each_population_has_its_own_differences():
    tables = []
    for question in ("q1", "q2"):
        axis = Axis("age", AGE, (Group("65+", (2, 3)), Group("65-74", (2,))), shows_categories=False)
        tables.append(Table(question, question, (axis,), COUNTS))
    linked = link_tables(tables)
    found = small_differences(linked, linked.is_shown, 10)
    assert [(d.larger, d.smaller) for d in found] == [
        ("q1: age=65+", "q1: age=65-74"),
        ("q2: age=65+", "q2: age=65-74"),
    ]


def test_a_difference_of_one_person_is_found():
    axis = Axis("age", AGE, (Group("under 75", (0, 1, 2)),))
    linked = link_tables([Table("t", "q", (axis,), [30, 40, 20, 1])])
    assert [d.base for d in small_differences(linked, linked.is_shown, 10)] == [1]


def difference_of(counts, *, is_sensitive=False):
    """The cells added for people of 35+ without those of 35-64, and the linked set they were added to."""
    axis = Axis("age", AGE, (Group("35+", (1, 2, 3)), Group("35-64", (1,))), shows_categories=False)
    linked = link_tables([Table("t", "q", (axis,), counts, YES, is_sensitive=is_sensitive)])
    wider = with_differences(linked, 10)
    return linked, wider, range(len(linked.names), len(wider.names))


def test_a_group_of_the_floor_itself_is_shown_and_can_be_subtracted():
    linked, wider, fresh = difference_of([[15, 15], [5, 5], [2, 1], [2, 2]])
    assert [wider.values[i] for i in fresh] == [7, 4, 3]
    linked, wider, fresh = difference_of([[15, 15], [5, 4], [2, 1], [2, 2]])
    assert wider is linked


def test_cells_of_a_difference_are_as_sensitive_as_their_answers_and_public_nowhere():
    for is_sensitive in (True, False):
        linked, wider, fresh = difference_of([[15, 15], [20, 20], [2, 1], [2, 2]], is_sensitive=is_sensitive)
        answers = [i for i in fresh if wider.base_of[i] != i]
        assert wider.is_sensitive[answers].tolist() == [is_sensitive] * 2
        assert wider.is_sensitive.dtype == linked.is_sensitive.dtype
        assert wider.is_public.tolist() == [*linked.is_public.tolist(), False, False, False]
        labels = {wider.names[i].removeprefix(f"{wider.names[fresh[0]]}, ") for i in answers}
        assert len(labels) == 2
        assert all(label.startswith("q ") for label in labels)


def test_the_relations_between_the_old_cells_stay():
    linked, wider, fresh = difference_of([[15, 15], [20, 20], [2, 1], [2, 2]])
    n, m = len(linked.names), linked.relations.shape[0]
    assert (wider.relations[:m, :n] != linked.relations).nnz == 0
    assert wider.relations[:m, n:].nnz == 0
    assert wider.relations.shape == (m + len(fresh), n + len(fresh))
    assert abs(wider.relations @ wider.values).max() == 0


def test_groups_that_lie_beside_each_other_are_not_subtracted():
    axis = Axis("age", AGE, shows_total=False)
    assert small_differences(link_tables([Table("t", "q", (axis,), [30, 33, 36, 39])]), np.ones(5, bool), 10) == ()
    groups = (Group("16-64", (0, 1)), Group("35-74", (1, 2)))
    axis = Axis("age", AGE, groups, shows_categories=False, shows_total=False)
    linked = link_tables([Table("t", "q", (axis,), [30, 33, 36, 39])])
    assert small_differences(linked, linked.is_shown, 10) == ()
