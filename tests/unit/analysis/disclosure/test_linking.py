import itertools
import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.linking import Nesting, link_cells, link_tables
from analysis.disclosure.tables import Axis, Group, Table
from analysis.errors import InputError

WIJK = Axis("wijk", ("A", "B", "C"))
YES = Axis("q1", ("yes", "no"))
COUNTS = np.array([[4, 1], [2, 3], [10, 20]])


def by_name(linked):
    return dict(zip(linked.names, linked.values.tolist(), strict=True))


def test_the_same_group_in_two_tables_is_one_cell():
    by_wijk = Table("by wijk", "q1", (WIJK,), COUNTS, YES)
    rest = Axis("wijk", ("A", "B", "C"), (Group("the rest", (1, 2)),))
    linked = link_tables([by_wijk, Table("A or not", "q1", (rest,), COUNTS, YES)])
    names = by_name(linked)
    assert names["q1: wijk=A, q1=yes"[:3] + " q1=yes, wijk=A"] == 4
    assert len(linked.names) == 5 * 3
    assert linked.cells_of(by_wijk).shape == (4, 3)
    assert linked.values[linked.cells_of(by_wijk)].tolist() == by_wijk.node_counts.tolist()


def test_every_answer_points_at_the_base_of_its_group():
    linked = link_tables([Table("t", "q1", (WIJK,), COUNTS, YES)])
    bases = {linked.names[i]: linked.names[b] for i, b in enumerate(linked.base_of)}
    assert bases["q1: q1=yes, wijk=B"] == "q1: wijk=B"
    assert bases["q1: wijk=B"] == "q1: wijk=B"
    assert bases["q1: q1=no"] == "q1: everybody"
    assert linked.is_base.sum() == 4


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_all_relations_hold_for_the_counts(data):
    shape = data.draw(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)))
    counts = np.array(data.draw(st.lists(st.integers(0, 9), min_size=math.prod(shape), max_size=math.prod(shape))))
    members = data.draw(st.lists(st.integers(0, shape[0] - 1), min_size=1))
    first = Axis("x", tuple("abc"[: shape[0]]), (Group("g", tuple(members)),))
    second, answers = Axis("y", tuple("abc"[: shape[1]])), Axis("q", tuple("abc"[: shape[2]]))
    cube = counts.reshape(shape)
    tables = [
        Table("xy", "q", (first, second), cube, answers),
        Table("y", "q", (second,), cube.sum(axis=0), answers),
    ]
    linked = link_tables(tables)
    assert np.abs(linked.relations @ linked.values).max(initial=0) == 0
    assert link_tables(tables[::-1]).keys == linked.keys


def test_relations_are_enough_to_find_every_total():
    linked = link_tables([Table("t", "q1", (WIJK,), COUNTS, YES)])
    atoms = [i for i, key in enumerate(linked.keys) if len(key[1]) == 2]
    rest = [i for i in range(len(linked.keys)) if i not in atoms]
    matrix = linked.relations.toarray()
    assert np.linalg.matrix_rank(matrix[:, rest]) == len(rest)


def test_another_version_is_tied_by_the_difference():
    before = Table("v1", "q1", (WIJK,), COUNTS, YES, is_public=True)
    after = Table("v2", "q1 corrected", (WIJK,), COUNTS - np.eye(3, 2, dtype=int), YES)
    linked = link_tables([before, after], [Nesting("q1 corrected", "q1")])
    names = by_name(linked)
    assert names["q1 without q1 corrected: everybody"] == 2
    assert names["q1 without q1 corrected: q1=yes, wijk=A"] == 1
    assert np.abs(linked.relations @ linked.values).max() == 0
    rest = linked.names.index("q1 without q1 corrected: q1=yes, wijk=A")
    assert linked.is_guarded[rest]
    assert not linked.is_shown[rest]
    assert linked.names[linked.base_of[rest]] == "q1 without q1 corrected: wijk=A"


def test_flags_of_all_tables_of_a_cell_count():
    shown = Table("a", "q1", (WIJK,), COUNTS.sum(axis=1), is_public=True)
    cross = Table("b", "q1", (WIJK,), COUNTS, YES, is_shown=False, is_sensitive=True)
    linked = link_tables([shown, cross])
    wijk, answer = linked.names.index("q1: wijk=A"), linked.names.index("q1: q1=yes, wijk=A")
    assert linked.is_public[[wijk, answer]].tolist() == [True, False]
    assert linked.is_guarded[[wijk, answer]].tolist() == [True, False]
    assert linked.is_sensitive[[wijk, answer]].tolist() == [True, True]


@pytest.mark.parametrize(
    ("tables", "nestings", "code"),
    [
        ([], [], "no_rows"),
        (
            [Table("a", "q1", (WIJK,), [1, 2, 3]), Table("b", "q1", (Axis("wijk", ("A", "B")),), [3, 3])],
            [],
            "category_mismatch",
        ),
        ([Table("a", "q1", (WIJK,), [1, 2, 3]), Table("b", "q1", (WIJK,), [1, 3, 2])], [], "cells_disagree"),
        ([Table("a", "q1", (WIJK,), [1, 2, 3])], [Nesting("q2", "q1")], "unknown_population"),
        (
            [Table("a", "q1", (WIJK,), [1, 2, 3]), Table("b", "q2", (WIJK,), [1, 3, 2])],
            [Nesting("q2", "q1")],
            "cells_disagree",
        ),
    ],
)
def test_tables_that_contradict_each_other_are_refused(tables, nestings, code):
    with pytest.raises(InputError) as error:
        link_tables(tables, nestings)
    assert error.value.code == code


def test_bare_cells_keep_names_and_public_ones():
    linked = link_cells([3, 1, 2], [[1, -1, -1]], public=[True, False, False], names=["all", "a", "b"])
    assert linked.names == ("all", "a", "b")
    assert linked.is_public.tolist() == [True, False, False]
    assert linked.is_base.all()
    assert link_cells([3, 1, 2], sp.csr_array([[1, -1, -1]])).names[2] == "cell 2"


@pytest.mark.parametrize(
    ("arguments", "options", "code"),
    [
        (([3, 1, 2], [[1, -1]]), {}, "wrong_length"),
        (([3, -1, 4], [[1, -1, -1]]), {}, "invalid_value"),
        (([3, np.inf, 4], [[1, -1, -1]]), {}, "invalid_value"),
        (([3, 1, 1], [[1, -1, -1]]), {}, "relation_broken"),
        (([3, 1, 2], [[1, -1, -1]]), {"names": ["a"]}, "wrong_length"),
        (([3, 1, 2], [[1, -1, -1]]), {"public": [True]}, "wrong_length"),
        (([[3, 1, 2]], [[1, -1, -1]]), {}, "wrong_shape"),
    ],
)
def test_bare_cells_that_do_not_fit_are_refused(arguments, options, code):
    with pytest.raises(InputError) as error:
        link_cells(*arguments, **options)
    assert error.value.code == code


def test_order_of_tables_does_not_matter():
    tables = [
        Table("a", "q1", (WIJK,), COUNTS, YES),
        Table("b", "q2", (WIJK,), COUNTS.sum(axis=1)),
        Table("c", "q1", (), COUNTS.sum(axis=0), YES),
    ]
    linked = [link_tables(list(order)) for order in itertools.permutations(tables)]
    assert len({one.names for one in linked}) == 1
    assert len({one.relations.toarray().tobytes() for one in linked}) == 1
