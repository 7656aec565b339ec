"""Withholding when each kind of protection is asked, when effort is limited, and what a refusal tells."""

import numpy as np
import pytest

from analysis.disclosure.linking import link_cells
from analysis.disclosure.suppression import Level, suppress
from analysis.disclosure.thresholds import protection_levels
from analysis.errors import DisclosureError, InputError
from tests.unit.analysis.disclosure.test_suppression import grid, is_protected

FIRST = np.arange(9) == 0


def of_seed(seed):
    """A three by three table with its small cells, and what an attacker must be left with."""
    values, relations = grid(np.random.default_rng(seed).integers(0, 25, (3, 3)))
    small = (values > 0) & (values < 5)
    return values, relations, small, protection_levels(values.size, width=np.where(small, 5, 0))


def withhold(seed, **options):
    values, relations, small, levels = of_seed(seed)
    found = suppress(link_cells(values, relations), small, levels, level=Level.CELL, **options)
    assert is_protected(values, relations, found.hidden, levels)
    return found


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("kind", "need", "others"),
    [
        ("lower", 6, [1, 3, 4]),
        ("upper", 3, [1, 3, 4]),
        # the cells beside it hold too little to make room: totals have to go
        ("upper", 4, [1, 6, 7]),
        ("upper", 5, [2, 6, 8]),
        ("width", 6, [1, 3, 4]),
    ],
)
def test_each_kind_of_protection_withholds_the_least_that_gives_it(kind, need, others):
    values, relations = grid([[6, 4], [3, 9]])
    levels = protection_levels(9, **{kind: np.where(FIRST, need, 0)})
    found = suppress(link_cells(values, relations), FIRST, levels, level=Level.CELL)
    assert np.flatnonzero(found.complementary).tolist() == others
    assert found.loss == (values[others] + 1).sum()
    assert is_protected(values, relations, found.hidden, levels)


@pytest.mark.heavy
@pytest.mark.parametrize("seed", [18, 31])
@pytest.mark.parametrize("options", [{"exact_up_to": 0}, {"max_rounds": 0}], ids=str)
def test_limited_effort_protects_and_withholds_nothing_in_vain(seed, options):
    values, relations, _, levels = of_seed(seed)
    found = withhold(seed, **options)
    assert not found.is_optimal
    assert found.loss == (values + 1)[found.complementary].sum()
    for one in np.flatnonzero(found.complementary):
        assert not is_protected(values, relations, found.hidden & (np.arange(values.size) != one), levels)


@pytest.mark.heavy
@pytest.mark.parametrize(("options", "loss"), [({}, 41), ({"exact_up_to": 0}, 52), ({"max_rounds": 0}, 43)], ids=str)
def test_limited_effort_costs_information(options, loss):
    assert withhold(18, **options).loss == loss


@pytest.mark.heavy
@pytest.mark.parametrize(("max_rounds", "is_optimal"), [(200, True), (3, True), (2, True), (1, False)])
def test_the_cheapest_choice_is_proved_when_three_questions_suffice_and_are_allowed(max_rounds, is_optimal):
    found = withhold(7, max_rounds=max_rounds)
    assert (found.rounds, found.is_optimal) == (3, is_optimal)


def test_an_attacker_who_finds_nothing_is_asked_once():
    values, relations = grid([[6, 4], [3, 9]])
    found = suppress(link_cells(values, relations), np.zeros(9, bool), protection_levels(9), level=Level.CELL)
    assert (found.rounds, found.is_optimal) == (1, True)


@pytest.mark.parametrize(
    ("primary", "size", "weights", "code", "params"),
    [
        (FIRST[:3], 9, None, "wrong_length", {"name": "primary", "expected": 9, "got": 3}),
        (FIRST, 3, None, "wrong_length", {"name": "protection", "expected": 9, "got": 3}),
        (FIRST, 9, [[1.0]], "wrong_shape", {"name": "weights", "expected": 1, "got": 2}),
        (FIRST, 9, [1.0], "wrong_length", {"name": "weights", "expected": 9, "got": 1}),
        (
            FIRST,
            9,
            np.zeros(9),
            "invalid_value",
            {"name": "weights", "value": "a weight", "reason": "must be finite and > 0"},
        ),
    ],
)
def test_a_refusal_names_what_is_wrong(primary, size, weights, code, params):
    linked = link_cells(*grid([[6, 4], [3, 9]]))
    with pytest.raises(InputError) as caught:
        suppress(linked, primary, protection_levels(size), weights=weights)
    assert (caught.value.code, caught.value.params) == (code, params)


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ([0, 1], "cell 0; cell 1"),
        ([0, 1, 2, 3, 4], "cell 0; cell 1; cell 2; cell 3; cell 4"),
        ([0, 1, 2, 3, 4, 5], "cell 0; cell 1; cell 2; cell 3; cell 4; ..."),
    ],
)
def test_up_to_five_cells_that_cannot_be_protected_are_named(cells, shown):
    small = np.isin(np.arange(9), cells)
    linked = link_cells(*grid([[6, 4], [3, 9]]), public=np.ones(9, dtype=bool))
    with pytest.raises(DisclosureError) as caught:
        suppress(linked, small, protection_levels(9, width=np.where(small, 5, 0)), level=Level.CELL)
    assert caught.value.params["cells"] == shown
    assert (caught.value.params["count"], len(caught.value.params["names"])) == (len(cells), len(cells))
