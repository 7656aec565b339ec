import numpy as np
import pytest

from analysis.errors import InputError
from analysis.estimation.hadamard import hadamard_matrix


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5, 8, 9, 12, 13, 20, 21, 25, 29, 33, 37, 45, 69, 101])
def test_columns_are_orthogonal_and_the_first_row_and_column_are_ones(order):
    matrix = hadamard_matrix(order)
    m = matrix.shape[0]
    assert m >= order
    assert set(np.unique(matrix)) <= {-1.0, 1.0}
    np.testing.assert_array_equal(matrix.T @ matrix, m * np.eye(m))
    assert (matrix[0] == 1).all()
    assert (matrix[:, 0] == 1).all()


@pytest.mark.parametrize(
    ("order", "built"), [(3, 4), (5, 8), (9, 12), (25, 28), (33, 36), (37, 40), (49, 56), (65, 68), (89, 96)]
)
def test_the_smallest_order_within_reach_is_taken(order, built):
    assert hadamard_matrix(order).shape == (built, built)


def test_a_result_can_be_changed_without_spoiling_the_next():
    hadamard_matrix(4)[:] = 0
    assert hadamard_matrix(4)[0, 0] == 1


@pytest.mark.parametrize("order", [0, -3, 4097])
def test_an_impossible_order_is_refused(order):
    with pytest.raises(InputError, match="order"):
        hadamard_matrix(order)
