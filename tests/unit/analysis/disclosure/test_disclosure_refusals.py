"""Refusals of disclosure control: each names what is wrong, and with which value."""

import numpy as np
import pytest

from analysis.disclosure.anonymity import measure_anonymity, measure_diversity
from analysis.disclosure.controlled_rounding import round_table
from analysis.disclosure.hierarchies import Hierarchy
from analysis.disclosure.intervals import as_knowledge
from analysis.disclosure.linking import link_cells, link_tables
from analysis.disclosure.release import judge_breakdown, round_to_total
from analysis.disclosure.tables import Axis, Group, Table, count_table
from analysis.disclosure.weight_classes import weights_reveal_classes
from analysis.errors import InputError

WIJK = Axis("wijk", ("A", "B"))
PAIR = np.array([[0, 0], [1, 1]])
NOT_POSITIVE = "must be finite and > 0"


@pytest.mark.parametrize(
    ("call", "code", "params"),
    [
        (
            lambda: judge_breakdown([9, 9], [0.1]),
            "wrong_length",
            {"name": "half_widths", "expected": (2,), "got": (1,)},
        ),
        (lambda: round_to_total([PAIR]), "wrong_shape", {"name": "values", "expected": 1, "got": 3}),
        (lambda: round_to_total([]), "no_rows", {"name": "values"}),
        (
            lambda: round_to_total([1, -1]),
            "invalid_value",
            {"name": "values", "value": [1.0, -1.0], "reason": "must be >= 0, with a sum > 0"},
        ),
        (lambda: count_table([0, 1], [2]), "wrong_shape", {"name": "codes", "expected": 2, "got": 1}),
        (lambda: count_table([[0.5]], [2]), "not_integer", {"name": "codes"}),
        (lambda: count_table(PAIR, [2, 1]), "code_out_of_range", {"name": "codes", "value": 1, "last": 0}),
        (
            lambda: count_table(PAIR, [2, 2], [0], 2),
            "wrong_length",
            {"name": "answers", "expected": 2, "got": 1},
        ),
        (
            lambda: Table("t", "q", (WIJK, WIJK), PAIR),
            "invalid_value",
            {"name": "t", "value": ["wijk", "wijk"], "reason": "a variable stands there twice"},
        ),
        (
            lambda: Table("t", "q", (Axis("wijk", ("A", "B"), (Group("C", (2,)),)),), [1, 1]),
            "code_out_of_range",
            {"name": "C", "value": (2,), "last": 1},
        ),
        (lambda: Table("t", "q", (WIJK,), [1]), "wrong_length", {"name": "t", "expected": (2,), "got": (1,)}),
        (
            lambda: Table("t", "q", (WIJK,), [1, -1]),
            "invalid_value",
            {"name": "t", "value": "a count", "reason": "must be finite and >= 0"},
        ),
        (
            lambda: Table("t", "q", (WIJK,), [1, 1], visible=np.array([True])),
            "wrong_length",
            {"name": "t.visible", "expected": (3,), "got": (1,)},
        ),
        (
            lambda: Hierarchy("age", ("a", "b"), ((0,),)),
            "wrong_length",
            {"name": "age", "expected": 2, "got": 1},
        ),
        (
            lambda: Hierarchy("age", ("a", "b"), ((0, 0), (0, 1))),
            "invalid_value",
            {"name": "age", "value": (0, 1), "reason": "a group lies in two larger ones"},
        ),
        (
            lambda: weights_reveal_classes([1, 1], PAIR, [0, 1]),
            "wrong_shape",
            {"name": "withheld", "expected": 2, "got": 1},
        ),
        (
            lambda: weights_reveal_classes([1, 1], PAIR, PAIR[:1]),
            "wrong_length",
            {"name": "withheld", "expected": 2, "got": 1},
        ),
        (
            lambda: weights_reveal_classes([[1, 1]], PAIR, PAIR),
            "wrong_shape",
            {"name": "weights", "expected": 1, "got": 2},
        ),
        (
            lambda: weights_reveal_classes([1], PAIR, PAIR),
            "wrong_length",
            {"name": "weights", "expected": 2, "got": 1},
        ),
        (
            lambda: weights_reveal_classes([1, 0], PAIR, PAIR),
            "invalid_value",
            {"name": "weights", "value": "a weight", "reason": NOT_POSITIVE},
        ),
        (lambda: measure_anonymity([0, 1]), "wrong_shape", {"name": "codes", "expected": 2, "got": 1}),
        (lambda: measure_anonymity(PAIR[:0]), "no_rows", {"name": "codes"}),
        (lambda: measure_diversity(PAIR, PAIR), "wrong_shape", {"name": "sensitive", "expected": 1, "got": 2}),
        (lambda: measure_diversity(PAIR, [0]), "wrong_length", {"name": "sensitive", "expected": 2, "got": 1}),
        (lambda: round_table([1, 2]), "wrong_shape", {"name": "values", "expected": 2, "got": 1}),
        (lambda: round_table(PAIR[:0]), "no_rows", {"name": "values"}),
        (
            lambda: round_table(-PAIR),
            "invalid_value",
            {"name": "values", "value": "a figure", "reason": "must be finite and >= 0"},
        ),
        (
            lambda: round_table(PAIR, unit=0),
            "invalid_value",
            {"name": "unit", "value": 0, "reason": NOT_POSITIVE},
        ),
        (lambda: link_tables([]), "no_rows", {"name": "tables"}),
        (lambda: link_cells([PAIR], [[1]]), "wrong_shape", {"name": "values", "expected": 1, "got": 3}),
        (lambda: link_cells([1, 1], [[1]]), "wrong_length", {"name": "relations", "expected": 2, "got": 1}),
        (
            lambda: link_cells([1, -1], [[1, 1]]),
            "invalid_value",
            {"name": "values", "value": "a count", "reason": "must be finite and >= 0"},
        ),
        (
            lambda: link_cells([1, 1], [[1, -1]], names=["a"]),
            "wrong_length",
            {"name": "names", "expected": 2, "got": 1},
        ),
        (
            lambda: link_cells([1, 1], [[1, -1]], public=[True]),
            "wrong_length",
            {"name": "public", "expected": 2, "got": 1},
        ),
        (lambda: as_knowledge([PAIR], [1]), "wrong_shape", {"name": "low", "expected": 1, "got": 3}),
        (lambda: as_knowledge([1], [PAIR]), "wrong_shape", {"name": "high", "expected": 1, "got": 3}),
        (lambda: as_knowledge([1], [1, 2]), "wrong_length", {"name": "high", "expected": 1, "got": 2}),
        (
            lambda: as_knowledge([2], [1]),
            "invalid_value",
            {"name": "low", "value": "a bound", "reason": "must be finite and at most high"},
        ),
    ],
)
def test_a_refusal_names_what_is_wrong(call, code, params):
    with pytest.raises(InputError) as caught:
        call()
    assert (caught.value.code, caught.value.params) == (code, params)


def test_a_count_of_nought_is_a_count():
    assert link_cells([0, 1, 1], [[1, 1, -1]]).values.tolist() == [0, 1, 1]
