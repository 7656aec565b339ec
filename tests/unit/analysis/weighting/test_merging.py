import numpy as np
import pytest

from analysis.errors import MarginError, Merge
from analysis.weighting.margins import Margin
from analysis.weighting.merging import MergeHierarchy, apply_merges
from tests.unit.analysis.samples import AGE, SEX


def test_accepted_merge_joins_margin_and_respondents():
    codes = np.array([[0, 0], [1, 1], [0, 2], [1, -1]])
    found = apply_merges(codes, (SEX, AGE), [Merge("age", "16-34", "35-64")])
    assert found.margins[0] is SEX
    assert found.margins[1].categories == ("16-34 + 35-64", "65+")
    assert found.margins[1].totals.tolist() == [750.0, 250.0]
    assert found.codes.tolist() == [[0, 0], [1, 0], [0, 1], [1, -1]]
    assert codes[2, 1] == 2


def test_chained_merges_end_in_one_category():
    merges = [Merge("age", "16-34", "35-64"), Merge("age", "65+", "16-34")]
    found = apply_merges(np.array([[2]]), (AGE,), merges)
    assert found.margins[0].categories == ("16-34 + 35-64 + 65+",)
    assert found.codes.tolist() == [[0]]
    assert found.merges == tuple(merges)


def test_merge_keeps_own_and_excluded_classes_apart():
    margin = Margin("x", ("a", "b", "c"), np.ones(3), own_classes=("?",), excluded_classes=("old",))
    found = apply_merges(np.array([[0], [2], [3], [4]]), (margin,), [Merge("x", "a", "c")])
    assert found.margins[0].all_categories == ("a + c", "b", "?", "old")
    assert found.codes.ravel().tolist() == [0, 0, 2, 3]


def test_merge_of_an_unknown_category_is_refused():
    with pytest.raises(MarginError) as caught:
        apply_merges(np.array([[0]]), (AGE,), [Merge("age", "16-34", "90+")])
    assert caught.value.params == {"margin": "age", "category": "90+"}


def test_hierarchy_proposes_only_declared_neighbours():
    hierarchy = MergeHierarchy("age", {"16-34": "35-64"})
    assert hierarchy.propose("16-34") == Merge("age", "16-34", "35-64")
    assert hierarchy.propose("65+") is None
