import numpy as np

from analysis.weighting.cells import collapse
from analysis.weighting.margins import Margin
from analysis.weighting.membership import Membership, profile_membership

SEX = Margin("sex", ("man", "woman"), np.array([4.0, 6]))
SCHOOL = Margin("school", ("low", "high"), np.array([5.0, 5]), own_classes=("unsaid",), excluded_classes=("75+",))
PROFILE = np.array([[0, 0], [0, 3], [1, 2], [1, 1], [1, 2]])


def membership():
    return profile_membership(collapse(PROFILE, (2, 4)), (SEX, SCHOOL))


def test_classes_stand_side_by_side_without_those_that_a_margin_leaves_alone():
    found = membership()
    assert found.places == (slice(0, 2), slice(2, 5))
    expected = [[1, 0, 1, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 1, 0], [0, 1, 0, 0, 1]]
    assert found.incidence.tolist() == expected


def test_sums_are_those_of_the_incidence():
    weights = np.array([1.0, 2.0, 4.0, 8.0])
    assert membership().sums(weights).tolist() == (weights @ membership().incidence).tolist() == [3, 12, 1, 4, 8]


def test_cells_of_several_people_belong_to_classes_in_part():
    shares = np.array([[0.5, 0.5], [1.0, 0.0]])
    found = Membership((SEX,), np.zeros((0, 2), dtype=np.int64), shares)
    assert found.incidence is shares
    assert found.sums(np.array([4.0, 3.0])).tolist() == [5, 2]


def test_without_margins_there_are_no_classes():
    found = profile_membership(collapse(PROFILE, (2, 4)), ())
    assert found.incidence.shape == (4, 0)
    assert found.sums(np.ones(4)).shape == (0,)
