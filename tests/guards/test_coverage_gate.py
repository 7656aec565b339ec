"""The gate on coverage lets nothing through that was not reached."""

from typing import Any

from tools.coverage_gate import shortfalls


def file(reached: int, of: int = 100, branches: int = 0) -> dict[str, Any]:
    summary = {"covered_lines": reached, "num_statements": of, "missing_lines": of - reached}
    return {
        "summary": {**summary, "covered_branches": 10 - branches, "num_branches": 10, "missing_branches": branches},
        "missing_lines": list(range(of - reached)),
        "missing_branches": [[1, 2]] * branches,
    }


ENOUGH = {f"{package}/services.py": file(95) for package in ("core", "panel", "surveys", "feedback", "portal")}


def test_nine_tenths_are_enough_and_less_is_not() -> None:
    assert list(shortfalls(ENOUGH)) == []
    assert [s.partition(":")[0] for s in shortfalls({**ENOUGH, "panel/services.py": file(85)})] == ["panel"]


def test_one_missed_branch_fails_where_everything_must_be_reached() -> None:
    whole = ("analysis/weighting/raking.py", "panel/lifecycle.py", "core/permissions.py", "surveys/routing/path.py")
    for name in whole:
        assert len(list(shortfalls({**ENOUGH, name: file(100, branches=1)}))) == 1
        assert list(shortfalls({**ENOUGH, name: file(100)})) == []


def test_package_that_was_not_measured_fails() -> None:
    assert [s.partition(":")[0] for s in shortfalls({})] == ["core", "panel", "surveys", "feedback", "portal"]
