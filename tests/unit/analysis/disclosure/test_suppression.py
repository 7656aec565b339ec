import itertools

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.disclosure.linking import link_cells, link_tables
from analysis.disclosure.suppression import Level, suppress, units_by
from analysis.disclosure.tables import Axis, Table
from analysis.disclosure.thresholds import primary_cells, protection_for, protection_levels
from analysis.errors import DisclosureError, InputError
from tests.unit.analysis.disclosure.attacker import Attacker


def grid(table):
    """Values and relations of a two-way table with totals, cells row by row."""
    table = np.asarray(table, dtype=float)
    full = np.vstack([np.column_stack([table, table.sum(1)]), np.append(table.sum(0), table.sum())])
    lines = []
    for axis in (0, 1):
        for i in range(full.shape[axis]):
            line = np.zeros_like(full)
            view = line if axis == 0 else line.T
            view[i, :-1], view[i, -1] = -1, 1
            lines.append(line.ravel())
    return full.ravel(), np.array(lines)


def interval(values, relations, hidden, cell):
    """The interval of one cell by one plain program per end."""
    bounds = [(0, 1e6) if h else (v, v) for v, h in zip(values, hidden, strict=True)]
    ends = []
    for sign in (1, -1):
        cost = np.zeros(len(values))
        cost[cell] = sign
        found = linprog(cost, A_eq=relations, b_eq=np.zeros(len(relations)), bounds=bounds)
        ends.append(sign * found.fun)
    return ends


def is_protected(values, relations, hidden, levels):
    for cell in np.flatnonzero(levels.is_asked):
        low, high = interval(values, relations, hidden, cell)
        if values[cell] - low < levels.lower[cell] - 1e-6 or high - values[cell] < levels.upper[cell] - 1e-6:
            return False
        if high - low < levels.width[cell] - 1e-6:
            return False
    return True


TABLE = [[20, 50, 10], [8, 19, 22], [17, 32, 12]]
PRIMARY = np.arange(16) == 4


@pytest.mark.heavy
def test_one_small_cell_takes_three_others_in_a_two_way_table():
    values, relations = grid(TABLE)
    levels = protection_levels(16, width=np.where(PRIMARY, 5, 0))
    found = suppress(link_cells(values, relations), PRIMARY, levels, level=Level.CELL)
    assert found.complementary.sum() == 3
    assert np.flatnonzero(found.hidden).tolist() == [4, 6, 8, 10]
    assert found.loss == 22 + 17 + 12 + 3
    assert found.is_optimal
    assert is_protected(values, relations, found.hidden, levels)


@pytest.mark.heavy
def test_the_number_of_cells_can_be_kept_low_instead():
    values, relations = grid(TABLE)
    levels = protection_levels(16, width=np.where(PRIMARY, 5, 0))
    found = suppress(link_cells(values, relations), PRIMARY, levels, level=Level.CELL, weights=np.ones(16))
    assert (found.loss, found.complementary.sum()) == (3, 3)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=4, max_size=4), st.sampled_from([0, 1, 3, 4, 8]), st.data())
def test_no_cheaper_choice_protects(counts, cell, data):
    values, relations = grid(np.array(counts).reshape(2, 2))
    asked = np.arange(9) == cell
    level, need = data.draw(st.sampled_from(["lower", "upper", "width"])), data.draw(st.integers(1, 6))
    levels = protection_levels(9, **{level: np.where(asked, need, 0)})
    linked = link_cells(values, relations)
    others = [np.array(chosen) for chosen in itertools.product([False, True], repeat=9) if not chosen[cell]]
    others.sort(key=lambda chosen: (values + 1)[chosen].sum())
    costs = ((values + 1)[chosen].sum() for chosen in others if is_protected(values, relations, chosen | asked, levels))
    cheapest = next(costs, None)
    if cheapest is None:
        with pytest.raises(DisclosureError):
            suppress(linked, asked, levels, level=Level.CELL)
    else:
        assert suppress(linked, asked, levels, level=Level.CELL).loss == pytest.approx(cheapest)


@settings(max_examples=6, deadline=None)
@given(st.data())
def test_large_parts_are_protected_too_and_nothing_is_withheld_in_vain(data):
    shape = data.draw(st.tuples(st.integers(2, 4), st.integers(2, 4)))
    counts = data.draw(st.lists(st.integers(0, 30), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    values, relations = grid(np.array(counts).reshape(shape))
    n = len(values)
    primary = (values > 0) & (values < 5)
    levels = protection_levels(n, width=np.where(primary, 5, 0))
    linked = link_cells(values, relations)
    best = suppress(linked, primary, levels, level=Level.CELL)
    for options in ({"exact_up_to": 0}, {"max_rounds": 0}):
        found = suppress(linked, primary, levels, level=Level.CELL, **options)
        assert is_protected(values, relations, found.hidden, levels)
        assert found.loss >= best.loss - 1e-9
        if found.complementary.any() and not found.is_optimal:
            one = int(np.flatnonzero(found.complementary)[0])
            less = found.hidden & (np.arange(n) != one)
            assert not is_protected(values, relations, less, levels)


@st.composite
def linked_breakdowns(draw):
    """Two questions by the same two class variables, and perhaps their cross, from invented answers."""
    n = draw(st.integers(30, 90))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    classes = {"x": draw(st.integers(2, 4)), "y": draw(st.integers(2, 3))}
    codes = {name: rng.choice(k, n, p=rng.dirichlet(np.full(k, 1.5))) for name, k in classes.items()}
    tables = []
    crosses = draw(st.sampled_from([[("x",), ("y",)], [("x",), ("x", "y")], [("x", "y")]]))
    for question in ("q1", "q2"):
        answers = rng.integers(-1, 2, n)
        for names in crosses:
            kept = answers >= 0
            counts = np.zeros([*(classes[v] for v in names), 2])
            np.add.at(counts, (*(codes[v][kept] for v in names), answers[kept]), 1)
            axes = tuple(Axis(v, tuple("abcd"[: classes[v]])) for v in names)
            tables.append(Table(f"{question} {names}", question, axes, counts, Axis(question, ("yes", "no"))))
    return tables


def assert_unrecoverable(tables, level, n_public):
    linked = link_tables(tables)
    primary = primary_cells(linked)
    out = ~primary.mask & linked.is_shown & (np.arange(len(linked.names)) % 7 < n_public) & ~linked.is_base
    linked = type(linked)(**{**vars(linked), "is_public": out})
    levels = protection_for(linked, primary)
    try:
        found = suppress(linked, primary.mask, levels, level=level)
    except DisclosureError:
        # what is out already tells too much: nothing to protect any more
        reject()
    assert not (found.hidden & out).any()
    assert (found.hidden | ~primary.mask).all()
    again = suppress(linked, primary.mask, levels, level=level)
    assert again.hidden.tolist() == found.hidden.tolist()
    cells = [linked.cells_of(table) for table in tables]
    visible = [~found.hidden[positions] for positions in cells]
    asked = [(t, tuple(p)) for t in range(len(tables)) for p in np.argwhere(levels.width[cells[t]] > 0)]
    attacker = Attacker(tables, visible)
    for target in asked[:: max(1, len(asked) // 8)]:
        low, high = attacker.interval(*target)
        width = levels.width[cells[target[0]][target[1]]]
        assert high - low > 1e-6 or width == 0
        assert high - low >= width - 1e-5


@settings(max_examples=4, deadline=None)
@given(linked_breakdowns(), st.sampled_from(list(Level)), st.integers(0, 3))
def test_no_withheld_small_cell_is_recoverable_by_an_attacker_of_the_tests_own(tables, level, n_public):
    assert_unrecoverable(tables, level, n_public)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(linked_breakdowns(), st.sampled_from(list(Level)), st.integers(0, 3))
def test_no_withheld_small_cell_is_recoverable_in_many_linked_tables(tables, level, n_public):
    assert_unrecoverable(tables, level, n_public)


def test_a_small_cell_that_follows_from_public_ones_is_named():
    values, relations = grid(TABLE)
    linked = link_cells(values, relations, public=~PRIMARY)
    with pytest.raises(DisclosureError) as error:
        suppress(linked, PRIMARY, protection_levels(16, width=np.where(PRIMARY, 5, 0)), level=Level.CELL)
    assert error.value.code == "not_protectable"
    assert error.value.params["names"] == ("cell 4",)
    many = np.isin(np.arange(16), [0, 1, 2, 4, 5, 6])
    linked = link_cells(values, relations, public=np.ones(16, dtype=bool))
    with pytest.raises(DisclosureError, match=r"6 cells .*; \.\.\."):
        suppress(linked, many, protection_levels(16, width=np.where(many, 5, 0)), level=Level.CELL)


def test_nothing_small_withholds_nothing():
    values, relations = grid(TABLE)
    found = suppress(link_cells(values, relations), np.zeros(16, dtype=bool), protection_levels(16))
    assert not found.hidden.any()
    assert (found.loss, found.is_optimal) == (0, True)


def test_units_are_cells_groups_or_breakdowns():
    wijk, answers = Axis("wijk", ("A", "B")), Axis("q1", ("yes", "no"))
    linked = link_tables([Table("t", "q1", (wijk,), np.array([[20, 20], [3, 2]]), answers)])
    assert len(set(units_by(linked, Level.CELL).tolist())) == 9
    assert len(set(units_by(linked, Level.GROUP).tolist())) == 3
    assert len(set(units_by(linked, Level.BREAKDOWN).tolist())) == 2
    primary = primary_cells(linked)
    levels = protection_for(linked, primary)
    group = suppress(linked, primary.mask, levels, level=Level.GROUP)
    assert {linked.names[i] for i in np.flatnonzero(group.complementary)} == {
        "q1: wijk=A",
        "q1: q1=yes, wijk=A",
        "q1: q1=no, wijk=A",
    }
    whole = suppress(linked, primary.mask, levels, level=Level.BREAKDOWN)
    assert whole.primary.sum() == 6
    assert not whole.complementary.any()


@pytest.mark.parametrize(
    ("primary", "levels", "options", "code"),
    [
        (np.zeros(3, dtype=bool), protection_levels(16), {}, "wrong_length"),
        (PRIMARY, protection_levels(3), {}, "wrong_length"),
        (PRIMARY, protection_levels(16), {"weights": np.ones(3)}, "wrong_length"),
        (PRIMARY, protection_levels(16), {"weights": np.zeros(16)}, "invalid_value"),
        (PRIMARY, protection_levels(16), {"weights": np.full(16, np.nan)}, "invalid_value"),
    ],
)
def test_input_that_does_not_fit_is_refused(primary, levels, options, code):
    values, relations = grid(TABLE)
    with pytest.raises(InputError) as error:
        suppress(link_cells(values, relations), primary, levels, **options)
    assert error.value.code == code
