"""A difference that is a group of its own needs no second cell: it is protected where it stands."""

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
