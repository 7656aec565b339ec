import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.audit import Finding, audit, rounded_knowledge
from analysis.disclosure.intervals import as_knowledge, cell_extremes
from analysis.disclosure.linking import link_cells, link_tables
from analysis.disclosure.tables import Axis, Table
from analysis.disclosure.thresholds import protection_levels
from analysis.errors import DisclosureError, InputError

ROW = link_cells([40, 4, 6, 30], [[1, -1, -1, -1]], names=["all", "a", "b", "c"])
ANSWERS = Axis("q", ("yes", "no", "other"))
YES_NO = Axis("q", ("yes", "no"))


def hide(*cells):
    return np.isin(np.arange(4), cells)


def test_a_cell_that_follows_is_found_by_name():
    found = audit(ROW, hide(1), protection_levels(4, width=np.where(hide(1), 5, 0)))
    assert not found.is_safe
    assert [(c.name, c.low, c.high, c.width_asked, c.finding) for c in found.exposed] == [("a", 4, 4, 5, Finding.EXACT)]


def test_an_interval_that_is_too_narrow_is_told_from_an_exact_one():
    asked = np.where(hide(1), 11, 0)
    found = audit(ROW, hide(1, 2), protection_levels(4, width=asked))
    assert [(c.name, c.low, c.high, c.finding) for c in found.cells] == [
        ("a", 0, 10, Finding.TOO_NARROW),
        ("b", 0, 10, Finding.SAFE),
    ]
    assert audit(ROW, hide(1, 2), protection_levels(4, width=np.where(hide(1), 10, 0))).is_safe


@pytest.mark.parametrize(
    ("levels", "is_safe"), [({"lower": 4}, True), ({"lower": 5}, False), ({"upper": 6}, True), ({"upper": 7}, False)]
)
def test_protection_below_and_above_is_judged_on_its_own(levels, is_safe):
    asked = {name: np.where(hide(1), level, 0) for name, level in levels.items()}
    assert audit(ROW, hide(1, 2), protection_levels(4, **asked)).is_safe is is_safe


def test_a_published_cell_that_asks_protection_is_exposed():
    found = audit(ROW, hide(), protection_levels(4, width=np.where(hide(2), 5, 0)))
    assert [c.name for c in found.exposed] == ["b"]


def test_a_mask_of_another_length_is_refused():
    with pytest.raises(InputError) as caught:
        audit(ROW, np.ones(3, dtype=bool), protection_levels(4))
    assert caught.value.params == {"name": "hidden", "expected": 4, "got": 3}


def test_a_cell_is_reported_with_its_place_and_count():
    found = audit(ROW, hide(1, 2), protection_levels(4))
    assert [(c.index, c.name, c.value) for c in found.cells] == [(1, "a", 4), (2, "b", 6)]


def test_an_attacker_may_know_that_counts_are_whole():
    """Twice one cell and three times another are 12 together."""
    linked = link_cells([3, 2, 12], [[2, 3, -1]])
    hidden = np.array([True, True, False])
    asked = protection_levels(3, width=[6, 0, 0])
    assert [(c.low, c.high) for c in audit(linked, hidden, asked).cells] == [(0, 6), (0, 4)]
    linked = link_cells([3, 3, 15], [[2, 3, -1]])
    assert [c.high for c in audit(linked, hidden, asked).cells] == [7.5, 5]
    assert [c.high for c in audit(linked, hidden, asked, whole_numbers=True).cells] == [6, 5]


def test_judging_only_what_asks_protection_tells_the_same():
    """A wide row in which the first cells ask protection; who judges early says no more than is so."""
    linked = link_cells([100, 4, 6, 30, 60], [[1, -1, -1, -1, -1]])
    hidden = np.array([False, True, True, True, False])
    asked = protection_levels(5, width=[0, 5, 41, 0, 0])
    full, fast = (audit(linked, hidden, asked, full_intervals=is_full) for is_full in (True, False))
    assert [(c.index, c.low, c.high) for c in full.cells] == [(1, 0, 40), (2, 0, 40), (3, 0, 40)]
    assert [(c.index, c.finding) for c in fast.cells] == [(1, Finding.SAFE), (2, Finding.TOO_NARROW)]
    assert (fast.cells[1].low, fast.cells[1].high) == (0, 40)


def test_knowledge_that_contradicts_is_refused():
    known = as_knowledge([40, 0, 6, 30], [40, 3, 6, 30])
    with pytest.raises(DisclosureError):
        audit(ROW, hide(1), protection_levels(4), known=known)


def shares_table(counts):
    return link_tables([Table("t", "q", (), np.array(counts), ANSWERS)])


def bounds_of(linked, known):
    return {n: (lo, hi) for n, lo, hi in zip(linked.names, known.low.tolist(), known.high.tolist(), strict=True)}


def test_a_rounded_share_means_a_few_whole_counts():
    linked = shares_table([100, 150, 50])
    nobody = np.zeros(4, dtype=bool)
    known = bounds_of(linked, rounded_knowledge(linked, nobody))
    # 33 % of 300 is 97.5 to 100.5, 17 % is 49.5 to 52.5 (or 16.5: 49.5)
    assert known["q: q=yes"] == (98, 100)
    assert known["q: q=no"] == (149, 151)
    assert known["q: everybody"] == (300, 300)
    assert bounds_of(linked, rounded_knowledge(linked, nobody, slack=1.0))["q: q=yes"] == (96, 102)
    assert bounds_of(linked, rounded_knowledge(linked, nobody, unit=0.1))["q: q=yes"] == (75, 105)


def test_extreme_shares_are_known_as_a_band_only():
    linked = shares_table([196, 3, 1])
    nobody = np.zeros(4, dtype=bool)
    known = bounds_of(linked, rounded_knowledge(linked, nobody, banded=~linked.is_base))
    assert known["q: q=yes"] == (191, 200)
    assert known["q: q=no"] == (0, 9)
    middle = shares_table([10, 180, 10])
    known = bounds_of(middle, rounded_knowledge(middle, nobody, banded=~middle.is_base))
    assert known["q: q=yes"] == (9, 11)


def test_hidden_cells_and_shares_of_a_hidden_base_are_open():
    linked = shares_table([10, 20, 30])
    hidden = np.array([name == "q: everybody" for name in linked.names])
    known = bounds_of(linked, rounded_knowledge(linked, hidden))
    assert known["q: everybody"] == (0, np.inf)
    assert known["q: q=yes"] == (0, np.inf)
    assert bounds_of(linked, rounded_knowledge(linked, linked.is_base | True))["q: q=no"] == (0, np.inf)


def test_an_empty_group_has_no_shares_to_round():
    linked = shares_table([0, 0, 0])
    known = rounded_knowledge(linked, np.zeros(4, dtype=bool))
    assert known.low.tolist() == known.high.tolist() == [0, 0, 0, 0]


def test_rounding_can_hide_what_exact_counts_give_away():
    wijk = Axis("wijk", ("A", "B"))
    linked = link_tables([Table("t", "q", (wijk,), np.array([[2, 1, 1], [200, 500, 300]]), ANSWERS)])
    small = np.array(["wijk=A" in name and "q=" in name for name in linked.names])
    levels = protection_levels(len(linked.names), width=np.where(small, 2, 0))
    assert len(audit(linked, small, levels).exposed) == 3
    assert audit(linked, small, levels, known=rounded_knowledge(linked, small)).is_safe


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=6, max_size=6), st.sampled_from([0.5, 1.0]), st.booleans())
def test_the_true_counts_always_fit_what_rounding_tells(counts, slack, banded):
    wijk = Axis("wijk", ("A", "B"))
    linked = link_tables([Table("t", "q", (wijk,), np.array(counts).reshape(2, 3), ANSWERS)])
    n = len(linked.names)
    mask = ~linked.is_base if banded else None
    known = rounded_knowledge(linked, np.zeros(n, dtype=bool), slack=slack, banded=mask)
    assert (known.low <= linked.values).all()
    assert (known.high >= linked.values).all()
    wide = cell_extremes(linked.relations, known, np.arange(n))
    tight = cell_extremes(linked.relations, known, np.arange(n), whole_numbers=True)
    assert (tight.low >= wide.low - 1e-6).all()
    assert (tight.high <= wide.high + 1e-6).all()
    assert (tight.low <= linked.values).all()
    assert (tight.high >= linked.values).all()


@pytest.mark.parametrize("width", [4, 12])
@pytest.mark.parametrize("whole", [False, True])
def test_stopping_early_gives_the_same_verdict(width, whole):
    wijk = Axis("wijk", ("A", "B", "C"))
    linked = link_tables([Table("t", "q", (wijk,), np.array([[2, 1], [3, 9], [200, 500]]), YES_NO)])
    hidden = np.array(["wijk=A" in name or "wijk=B" in name for name in linked.names])
    levels = protection_levels(len(linked.names), width=np.where(hidden, width, 0))
    full = audit(linked, hidden, levels, whole_numbers=whole)
    early = audit(linked, hidden, levels, whole_numbers=whole, full_intervals=False)
    assert early.exposed == full.exposed
    assert len(early.cells) == len(full.cells)
    assert full.is_safe is (width == 4)


@pytest.mark.parametrize(
    ("yes", "no", "banded", "known"),
    [
        (1, 0, False, (1, 1)),
        (400, 0, False, (398, 400)),
        (0, 400, False, (0, 2)),
        (95, 5, True, (95, 95)),
        (96, 4, True, (96, 100)),
        (5, 95, True, (5, 5)),
        (4, 96, True, (0, 4)),
    ],
)
def test_what_a_rounded_share_tells_about_its_count(yes, no, banded, known):
    linked = link_tables([Table("t", "q", (), np.array([yes, no]), YES_NO)])
    answer = linked.names.index("q: q=yes")
    hidden = np.zeros(3, dtype=bool)
    found = rounded_knowledge(linked, hidden, banded=np.full(3, banded))
    assert (found.low[answer], found.high[answer]) == known
