"""Thresholds exactly at their bound, and what a refusal tells."""

import numpy as np
import pytest

from analysis.disclosure.linking import link_tables
from analysis.disclosure.release import ReleaseRule
from analysis.disclosure.tables import Axis, Table
from analysis.disclosure.thresholds import primary_cells, protection_for, protection_levels
from analysis.errors import InputError


def sensitive(yes, no):
    linked = link_tables([Table("t", "q", (), np.array([yes, no]), Axis("q", ("yes", "no")), is_sensitive=True)])
    return linked, primary_cells(linked)


@pytest.mark.parametrize(
    ("yes", "no", "is_few"), [(10, 10, False), (9, 30, True), (30, 9, True), (30, 1, True), (1, 30, True)]
)
def test_an_answer_is_too_small_below_the_floor_and_beside_fewer_than_the_floor(yes, no, is_few):
    linked, found = sensitive(yes, no)
    answers = ~linked.is_base
    assert found.small_numerator[answers].tolist() == [is_few, is_few]
    assert not found.small_numerator[~answers].any()


def test_everybody_may_be_one_person():
    linked, found = sensitive(1, 0)
    assert {linked.names[i] for i in np.flatnonzero(found.unanimous)} == {"q: q=yes"}
    levels = protection_for(linked, found, protects_empty=False)
    assert levels.width[linked.is_base].tolist() == [ReleaseRule().floor]
    assert not protection_for(*sensitive(0, 0), protects_empty=False).is_asked.any()


@pytest.mark.parametrize(
    ("kind", "low", "high", "is_short"),
    [
        ("lower", 2.0, 9.0, False),
        ("lower", 2.1, 9.0, True),
        ("upper", 2.0, 8.0, False),
        ("upper", 2.0, 7.9, True),
        ("width", 3.0, 6.0, False),
        ("width", 3.0, 5.9, True),
    ],
)
def test_protection_falls_short_when_the_interval_does(kind, low, high, is_short):
    levels = protection_levels(2, **{kind: [0, 3]})
    found = levels.is_short(np.array([1]), np.array([5.0]), np.array([low]), np.array([high]))
    assert found.tolist() == [is_short]


@pytest.mark.parametrize("name", ["lower", "upper", "width"])
def test_a_refusal_names_the_level(name):
    with pytest.raises(InputError) as caught:
        protection_levels(2, **{name: [1.0]})
    assert (caught.value.code, caught.value.params) == ("wrong_length", {"name": name, "expected": 2, "got": 1})
    with pytest.raises(InputError) as caught:
        protection_levels(2, **{name: -1})
    assert caught.value.params == {"name": name, "value": "a level", "reason": "must be finite and >= 0"}
