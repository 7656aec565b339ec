"""The tests themselves: each can fail, and none is larger than the code may be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.test_structure import ROOT, functions, name_of

FILES = sorted(f for f in (ROOT / "tests").rglob("*.py") if "vendor" not in f.parts)
CLAIMS = ("assert_", "_assert_", "check_", "_check_", "expect", "raises", "warns", "fail")
# what a person who goes through the pages sees
SEEN = {"see", "heading"}


def claims(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """What in a test can make it fail by intent: an assertion, or a call that says by its name that it is one."""
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            yield node
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in SEEN or name.startswith(CLAIMS):
                yield node


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_every_test_claims_something(file: Path) -> None:
    empty = [f.name for f in functions(file) if f.name.startswith("test_") and not any(claims(f))]
    assert not empty


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_file_of_tests_stays_within_its_budget(file: Path) -> None:
    assert file.read_text(encoding="utf-8").count("\n") <= 400


@pytest.mark.parametrize("source", ["def test_a(): run()", "def test_a():\n    x = 1\n    run(x == 1)"])
def test_guard_sees_a_test_that_claims_nothing(source: str) -> None:
    (test,) = ast.parse(source).body
    assert isinstance(test, ast.FunctionDef)
    assert not any(claims(test))
