"""The worked examples of the documentation give what is printed there."""

import doctest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_worked_examples_give_what_the_page_says(monkeypatch):
    monkeypatch.chdir(ROOT)
    result = doctest.testfile(str(ROOT / "docs" / "statistics.md"), module_relative=False, encoding="utf-8")
    assert result.attempted > 30
    assert result.failed == 0
