"""What a plan holds, how a cover is chosen, and how close weights may come: in small, by hand."""

import numpy as np
import pytest
import scipy.sparse as sp

from analysis.disclosure.anonymity import Combination, measure_anonymity, measure_diversity
from analysis.disclosure.cuts import Cover, Cut, Room, cover_greedily, cuts_from, room_needed
from analysis.disclosure.planning import plan_release
from analysis.disclosure.release import ReleaseRule, round_to_total
from analysis.disclosure.tables import Axis, Table, count_table
from analysis.disclosure.thresholds import primary_cells, protection_for
from analysis.disclosure.weight_classes import propose_weights, weights_reveal_classes

YES = Axis("q", ("yes", "no"))
WIJK = Axis("wijk", ("A", "B", "C"))
COUNTS = np.array([[3, 2], [14, 9], [40, 30]])


def plan(**options):
    table = Table("t", "q", (WIJK,), COUNTS, YES, is_sensitive=True)
    return table, plan_release([table], **options)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"rule": ReleaseRule(floor=4)},
        {"numerator_floor": 3},
        {"answer_width": 2.0},
        {"rule": ReleaseRule(floor=12), "numerator_floor": 11, "answer_width": 1.0},
    ],
    ids=str,
)
def test_a_plan_holds_the_thresholds_and_the_protection_that_were_asked(options):
    _, found = plan(**options)
    rule = options.get("rule", ReleaseRule())
    primary = primary_cells(found.linked, rule, options.get("numerator_floor", 10))
    assert found.primary.mask.tolist() == primary.mask.tolist()
    levels = protection_for(found.linked, primary, rule, answer_width=options.get("answer_width", 3.0))
    assert found.protection.width.tolist() == levels.width.tolist()
    assert not (primary.mask & found.linked.is_shown & ~found.suppression.primary).any()


def test_a_plan_reports_whole_intervals_only_when_asked():
    _, found = plan()
    _, full = plan(full_intervals=True)
    assert len(found.audit.cells) == found.protection.is_asked.sum()
    assert len(full.audit.cells) == (full.suppression.hidden | full.protection.is_asked).sum()


def test_the_cover_takes_what_helps_most_for_its_weight():
    matrix = sp.csr_array(np.array([[1.0, 0, 0, 1, 0], [1, 1, 0, 0, 0], [0, 0.5, 0.5, 0, 0]]))
    # unit 0 helps two lines; unit 3 is light but helps one
    assert cover_greedily(matrix, np.array([1.5, 3, 1, 1, 1])).tolist() == [True, True, True, False, False]
    assert cover_greedily(matrix, np.array([9.0, 3, 1, 1, 1])).tolist() == [False, True, True, True, False]


def test_a_line_that_cannot_be_met_does_not_hold_the_cover_up():
    matrix = sp.csr_array(np.array([[0.0, 0.3, 0.3], [1, 0, 0]]))
    assert cover_greedily(matrix, np.ones(3)).tolist() == [True, True, True]
    assert cover_greedily(sp.csr_array((1, 3)), np.ones(3)).tolist() == [False, False, False]


@pytest.mark.parametrize(("exact_up_to", "is_optimal", "loss"), [(4, True, 5.9), (3, False, 6.0)])
def test_a_cover_is_proved_for_parts_that_are_small_enough(exact_up_to, is_optimal, loss):
    cover = Cover(np.array([4.0, 3, 3, 1.9, 1]), exact_up_to)
    cuts = [Cut((0, 1), (1.0, 1.0)), Cut((0, 2), (1.0, 1.0)), Cut((2, 3), (1.0, 1.0))]
    assert cover.learn(cuts) == 3
    assert cover.learn(cuts[:1]) == 0
    chosen = cover.solve()
    assert cover.is_optimal is is_optimal
    assert cover.weights[chosen].sum() == pytest.approx(loss)
    assert not chosen[4]


def test_a_cut_tells_which_units_would_give_the_room_that_lacks():
    room = Room(np.array([5.0, 2, 1, 9]), np.full(4, np.inf), np.array([0, 1, Room.ALWAYS_OPEN, Room.KNOWN]))
    slopes = sp.csr_array(np.array([[1.0, 0.5, 1.0, 4.0], [0.0, -1.0, 0.0, 0.0]]))
    moves = room_needed(slopes, room, -1.0)
    assert moves.toarray().tolist() == [[5, 1, 1, 0], [0, np.inf, 0, 0]]
    nothing = np.zeros(2, dtype=bool)
    assert cuts_from(moves, np.array([0.0, 0.0]), room, nothing) == []
    first, second = cuts_from(moves, np.array([5.0, 0.5]), room, nothing)
    assert (first.units, first.shares) == ((0, 1), (1.0, 0.25))
    assert (second.units, second.shares) == ((1,), (1.0,))
    assert cuts_from(moves, np.array([6.0, 0.0]), room, np.array([True, False])) == []


def test_equal_remainders_go_to_the_earlier_entry_and_larger_ones_first():
    assert round_to_total([1, 1, 1]).tolist() == [34, 33, 33]
    assert round_to_total([0.146, 0.252, 0.602]).tolist() == [15, 25, 60]
    assert round_to_total([1, 2, 3, 2], 10).tolist() == [1, 3, 4, 2]
    assert round_to_total([7], 12).tolist() == [12]
    assert round_to_total([0, 5]).tolist() == [0, 100]


def test_rows_that_stand_out_are_named_by_all_their_columns():
    found = measure_anonymity([[0, 1], [0, 1], [2, -1]], 2)
    assert found.violating == (Combination((0, 1), (2, -1), 1),)
    assert (found.sizes.tolist(), found.smallest, found.n_violating) == ([2, 2, 1], 1, 1)


def test_diversity_is_the_effective_number_of_answers_in_the_poorest_class():
    codes = [[0]] * 4 + [[1]] * 4
    found = measure_diversity(codes, [0, 0, 0, 1, 0, 1, 2, 2])
    assert (found.distinct, found.per_class.tolist()) == (2, [2, 3])
    assert found.entropy == pytest.approx(np.exp(-(0.75 * np.log(0.75) + 0.25 * np.log(0.25))))


@pytest.mark.parametrize("scale", [1e-6, 1.0, 3e5])
def test_weights_may_differ_in_the_thirteenth_digit_on_any_scale(scale):
    kept, withheld = np.zeros((40, 1), dtype=int), np.repeat([[0], [1]], 20, axis=0)
    same = np.where(withheld[:, 0] == 0, 1.0, 1.0 + 2e-13) * scale * 7.3
    other = np.where(withheld[:, 0] == 0, 1.0, 1.0 + 2e-11) * scale * 7.3
    assert weights_reveal_classes(same, kept, withheld).is_safe
    assert weights_reveal_classes(other, kept, withheld).spelled.all()


def test_rounded_weights_are_steps_of_their_mean_and_never_nought():
    kept, withheld = np.zeros((40, 1), dtype=int), np.repeat([[0], [1]], 20, axis=0)
    weights = np.where(withheld[:, 0] == 0, 49.0, 51.0)
    found = propose_weights(weights, kept, withheld)
    assert found.step == 0.05
    np.testing.assert_allclose(found.weights, 50)
    far = propose_weights(np.where(withheld[:, 0] == 0, 1.0, 9.0), kept, withheld)
    assert (far.step, far.weights) == (None, None)


def test_a_table_without_answers_counts_persons():
    assert count_table([[0], [1], [1]], [2]).tolist() == [1, 2]
    assert count_table([[0], [1], [1]], [2], [0, -1, 1], 2).tolist() == [[1, 0], [0, 1]]
