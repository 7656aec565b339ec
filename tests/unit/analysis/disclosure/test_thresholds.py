import numpy as np
import pytest

from analysis.disclosure.linking import link_tables
from analysis.disclosure.release import ReleaseRule
from analysis.disclosure.tables import Axis, Table
from analysis.disclosure.thresholds import Protection, primary_cells, protection_for, protection_levels
from analysis.errors import InputError

WIJK = Axis("wijk", ("A", "B", "C", "D"))
ANSWERS = Axis("q1", ("yes", "no", "other"))
COUNTS = [[2, 1, 1], [12, 30, 0], [0, 0, 0], [40, 0, 0]]


def names_of(linked, mask):
    return {linked.names[i] for i in np.flatnonzero(mask)}


def linked_table(**options):
    return link_tables([Table("t", "q1", (WIJK,), np.array(COUNTS), ANSWERS, **options)])


def test_a_group_under_the_floor_is_withheld_with_all_its_answers():
    linked = linked_table()
    found = primary_cells(linked)
    assert names_of(linked, found.small_base) == {
        f"q1: {part}wijk={w}" for w in "AC" for part in ("", "q1=yes, ", "q1=no, ", "q1=other, ")
    }
    assert not (found.small_numerator | found.unanimous).any()


def test_the_floor_itself_is_shown():
    linked = link_tables([Table("t", "q1", (WIJK,), [10, 9, 30, 30])])
    assert names_of(linked, primary_cells(linked).mask) == {"q1: wijk=B"}
    assert not primary_cells(linked, ReleaseRule(floor=9)).mask.any()


def test_few_behind_an_answer_or_beside_it_count_when_sensitive():
    linked = linked_table(is_sensitive=True)
    found = primary_cells(linked)
    groups = names_of(linked, found.small_numerator) - names_of(linked, found.small_base)
    # everybody: 54 yes, 31 no, 1 other of 86
    assert groups == {"q1: q1=other"}
    assert names_of(linked, found.unanimous) == {"q1: q1=yes, wijk=D"}
    assert names_of(linked, primary_cells(linked, numerator_floor=13).small_numerator) >= {"q1: q1=yes, wijk=B"}
    almost = link_tables([Table("t", "q", (), np.array([80, 5]), Axis("q", ("yes", "no")), is_sensitive=True)])
    assert names_of(almost, primary_cells(almost).small_numerator) == {"q: q=yes", "q: q=no"}


def test_cells_of_a_cross_that_nobody_shows_are_not_judged():
    linked = linked_table(is_shown=False)
    assert not primary_cells(linked).mask.any()


def test_protection_is_wide_for_bases_and_no_wider_than_public_for_answers():
    linked = linked_table()
    levels = protection_for(linked, primary_cells(linked))
    width = dict(zip(linked.names, levels.width.tolist(), strict=True))
    assert width["q1: wijk=A"] == 10
    assert width["q1: q1=yes, wijk=A"] == 3
    assert width["q1: q1=other, wijk=A"] == 1
    assert width["q1: wijk=B"] == 0
    assert width["q1: wijk=C"] == 10
    relaxed = protection_for(linked, primary_cells(linked), ReleaseRule(floor=12), answer_width=5, protects_empty=False)
    width = dict(zip(linked.names, relaxed.width.tolist(), strict=True))
    assert (width["q1: wijk=A"], width["q1: q1=no, wijk=A"], width["q1: wijk=C"]) == (12, 5, 0)


def test_an_answer_that_no_total_shows_is_capped_by_itself():
    cross = Table("t", "q1", (Axis("x", ("a", "b")),), np.array([[2, 3], [40, 30]]), ANSWERS_TWO)
    linked = link_tables([cross])
    few = linked.keys[linked.names.index("q1: q2=yes, x=a")]
    alone = type(linked)(
        **{**vars(linked), "keys": tuple(k if k != ("q1", few[1][:1]) else ("q1", ()) for k in linked.keys)}
    )
    assert protection_for(alone, primary_cells(alone)).width[linked.names.index("q1: q2=yes, x=a")] == 2


ANSWERS_TWO = Axis("q2", ("yes", "no"))


def test_levels_can_be_set_by_hand():
    levels = protection_levels(3, lower=1, upper=[0, 2, 0])
    assert levels.lower.tolist() == [1, 1, 1]
    assert levels.upper.tolist() == [0, 2, 0]
    assert levels.width.tolist() == [0, 0, 0]
    assert levels.is_asked.all()
    only = levels.where(np.array([False, True, False]))
    assert isinstance(only, Protection)
    assert only.is_asked.tolist() == [False, True, False]
    assert protection_levels(2, width=[0, 1]).is_asked.tolist() == [False, True]


@pytest.mark.parametrize(
    ("options", "code"),
    [({"lower": [1]}, "wrong_length"), ({"width": -1}, "invalid_value"), ({"upper": np.inf}, "invalid_value")],
)
def test_levels_that_do_not_fit_are_refused(options, code):
    with pytest.raises(InputError) as error:
        protection_levels(2, **options)
    assert error.value.code == code
