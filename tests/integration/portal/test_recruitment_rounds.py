"""Three planned rounds fill the panel and mirror the municipality better than as many letters spread evenly."""

import pytest

from benchmarks import recruitment


@pytest.mark.slow
def test_three_planned_rounds_fill_the_panel_and_come_nearer_to_the_municipality():
    planned = recruitment.run(2021)
    even = recruitment.run(2021, [outcome.letters for outcome in planned])
    print(*recruitment.lines(planned, even), sep="\n")
    last, other = planned[-1], even[-1]
    assert last.members >= recruitment.TARGET
    # what the register knows, the planner repairs; education and tenure stand in no register
    for variable in ("age", "district"):
        assert last.dissimilarity[variable] < 0.6 * other.dissimilarity[variable]
    assert last.r > other.r
