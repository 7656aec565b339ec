import numpy as np
import pytest

from analysis.disclosure.tables import Axis, Group, Table, count_table
from analysis.errors import InputError

WIJK = Axis("wijk", ("A", "B", "C"), (Group("AB", (0, 1)),))
SEX = Axis("sex", ("v", "m"))
COUNTS = [[4, 1], [2, 3], [10, 20]]


def test_nodes_are_categories_then_groups_then_the_total():
    assert [node.label for node in WIJK.nodes] == ["A", "B", "C", "AB", "total"]


def test_a_group_equal_to_a_category_or_the_total_stands_there_once():
    axis = Axis("wijk", ("A", "B"), (Group("first", (0,)), Group("all", (1, 0))), shows_categories=False)
    assert [(node.label, node.is_shown) for node in axis.nodes] == [("A", True), ("B", False), ("all", True)]


def test_counts_of_groups_and_totals_are_sums_of_the_categories():
    table = Table("t", "all", (WIJK,), np.array(COUNTS), SEX)
    assert table.node_counts.tolist() == [[4, 1, 5], [2, 3, 5], [10, 20, 30], [6, 4, 10], [16, 24, 40]]


def test_hidden_categories_and_unseen_nodes_are_not_shown():
    axis = Axis("wijk", ("A", "B"), shows_categories=False)
    assert Table("t", "all", (axis,), [3, 4]).node_shown.tolist() == [False, False, True]
    assert Table("t", "all", (axis,), [3, 4], is_shown=False).node_shown.tolist() == [False, False, False]
    seen = np.array([True, False, False])
    open_axis = Axis("wijk", ("A", "B"))
    assert Table("t", "all", (open_axis,), [3, 4], visible=seen).node_shown.tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"counts": [[1, 2]]}, "wrong_length"),
        ({"counts": [[-1, 1], [2, 3], [10, 20]]}, "invalid_value"),
        ({"counts": [[np.nan, 1], [2, 3], [10, 20]]}, "invalid_value"),
        ({"answers": WIJK, "counts": np.ones((3, 3))}, "invalid_value"),
        ({"visible": np.ones((2, 2), dtype=bool)}, "wrong_length"),
        ({"axes": (Axis("wijk", ("A", "B", "C"), (Group("x", ()),)),)}, "code_out_of_range"),
        ({"axes": (Axis("wijk", ("A", "B", "C"), (Group("x", (3,)),)),)}, "code_out_of_range"),
        ({"axes": (Axis("wijk", ("A", "B", "C"), (Group("x", (-1,)),)),)}, "code_out_of_range"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(changes, code):
    given = {"name": "t", "population": "all", "axes": (WIJK,), "counts": COUNTS, "answers": SEX} | changes
    with pytest.raises(InputError) as error:
        Table(**given)
    assert error.value.code == code


def test_rows_are_counted_per_combination_and_answer():
    counts = count_table([[0, 1], [0, 1], [1, 0], [1, 1]], [2, 2], [0, 1, 1, -1], 2)
    assert counts.tolist() == [[[0, 0], [1, 1]], [[0, 1], [0, 0]]]
    assert count_table([[0], [2], [2]], [3]).tolist() == [1, 0, 2]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (([[0], [3]], [3]), "code_out_of_range"),
        (([[0], [-1]], [3]), "code_out_of_range"),
        (([[0.5]], [3]), "not_integer"),
        (([0, 1], [3]), "wrong_shape"),
        (([[0, 1]], [3]), "wrong_shape"),
        (([[0], [1]], [3], [0], 2), "wrong_length"),
        (([[0], [1]], [3], [0, 2], 2), "code_out_of_range"),
    ],
)
def test_rows_that_do_not_fit_are_refused(arguments, code):
    with pytest.raises(InputError) as error:
        count_table(*arguments)
    assert error.value.code == code
