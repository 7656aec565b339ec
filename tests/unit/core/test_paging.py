"""Which page of a list is shown."""

import pytest

from core.paging import Paging


@pytest.mark.parametrize(
    ("total", "wanted", "pages", "number", "offset"),
    [(0, 1, 1, 1, 0), (50, 1, 1, 1, 0), (51, 2, 2, 2, 50), (51, 99, 2, 2, 50), (120, -3, 3, 1, 0), (120, 2, 3, 2, 50)],
)
def test_who_asks_for_a_page_that_is_not_there_gets_the_nearest(
    total: int, wanted: int, pages: int, number: int, offset: int
) -> None:
    found = Paging(total, 50, wanted)
    assert (found.pages, found.number, found.offset) == (pages, number, offset)
